//! Region, credentials and endpoints as Lambda gives them: in the environment
//! (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>). The SDK's own loader would also look for
//! profiles, containers and instances, which no function has: a twentieth of its size, and files to be looked for at start-up.

use aws_config::BehaviorVersion;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_sdk_s3::config::SharedCredentialsProvider;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::DEFAULT_REGION;
use super::http::{self, Trust};
use crate::settings;

/// What the function's clients are made of.
pub fn config(trust: &Trust) -> SdkConfig {
    let region = settings::region().unwrap_or_else(|| DEFAULT_REGION.to_owned());
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(
            EnvironmentVariableCredentialsProvider::new(),
        ))
        .service_config(Environment)
        .http_client(http::client(trust))
        .timeout_config(http::timeouts())
        .retry_config(http::retries())
        .stalled_stream_protection(http::stalled_streams());
    config.set_use_fips(settings::sdk_flag("AWS_USE_FIPS_ENDPOINT"));
    config.set_use_dual_stack(settings::sdk_flag("AWS_USE_DUALSTACK_ENDPOINT"));
    config.build()
}

/// `AWS_ENDPOINT_URL` and its like: a service's own before the one for all
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>).
#[derive(Debug)]
struct Environment;

impl LoadServiceConfig for Environment {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace([' ', '-'], "_");
        settings::sdk(&format!("{}_{service}", key.env())).or_else(|| settings::sdk(key.env()))
    }
}
