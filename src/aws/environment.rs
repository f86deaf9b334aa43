//! Region, credentials and endpoints as Lambda gives them: in the environment
//! (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>). The SDK's own loader also tries
//! profiles, containers and instances, which no function has: a twentieth of its size, and files that are read at start-up.

use aws_config::BehaviorVersion;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_sdk_s3::config::SharedCredentialsProvider;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::DEFAULT_REGION;
use super::http::{self, Trust};
use crate::settings;

/// Reads one variable.
type Read = fn(&str) -> Option<String>;

/// What the function's clients are made of.
pub(super) fn config(trust: &Trust) -> SdkConfig {
    of(trust, settings::sdk)
}

fn of(trust: &Trust, read: Read) -> SdkConfig {
    // Lambda always sets it; what runs the binary by hand may not.
    let region = read("AWS_REGION").unwrap_or_else(|| DEFAULT_REGION.to_owned());
    // As the SDKs read them: `true` or `false` in any case, and anything else as if it were not
    // set.
    let flag = |name| read(name)?.to_ascii_lowercase().parse().ok();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(
            EnvironmentVariableCredentialsProvider::new(),
        ))
        .service_config(Environment(read))
        .http_client(http::client(trust))
        .timeout_config(http::timeouts())
        .retry_config(http::retries())
        .stalled_stream_protection(http::stalled_streams());
    config.set_use_fips(flag("AWS_USE_FIPS_ENDPOINT"));
    config.set_use_dual_stack(flag("AWS_USE_DUALSTACK_ENDPOINT"));
    config.build()
}

/// `AWS_ENDPOINT_URL` and its like: a service's own before the one for all
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>).
#[derive(Debug)]
struct Environment(Read);

impl LoadServiceConfig for Environment {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        // The SDK reference builds the variable's name of the service ID in upper case with
        // underscores, as in `AWS_ENDPOINT_URL_CODEPIPELINE`.
        let service = key.service_id().to_uppercase().replace([' ', '-'], "_");
        (self.0)(&format!("{}_{service}", key.env())).or_else(|| (self.0)(key.env()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Option<String> {
        let value = match name {
            "AWS_REGION" => "us-gov-west-1",
            "AWS_USE_FIPS_ENDPOINT" => "TRUE",
            "AWS_ENDPOINT_URL" => "http://all",
            "AWS_ENDPOINT_URL_KMS" => "http://kms",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn takes_what_lambda_and_the_user_set() {
        let config = of(&Trust::Amazon, variable);
        assert_eq!(config.region().unwrap().as_ref(), "us-gov-west-1");
        assert_eq!(
            (config.use_fips(), config.use_dual_stack()),
            (Some(true), None)
        );
        assert!(config.credentials_provider().is_some());
        let alone = of(&Trust::Amazon, |_| None);
        assert_eq!(alone.region().unwrap().as_ref(), DEFAULT_REGION);
        assert_eq!(alone.use_fips(), None);
    }

    #[test]
    fn the_endpoint_of_one_service_goes_before_that_of_all() {
        let endpoint = |service| {
            let key = ServiceConfigKey::builder()
                .service_id(service)
                .env("AWS_ENDPOINT_URL")
                .profile("endpoint_url");
            Environment(variable).load_config(key.build().unwrap())
        };
        assert_eq!(endpoint("KMS").as_deref(), Some("http://kms"));
        assert_eq!(endpoint("S3").as_deref(), Some("http://all"));
    }
}
