//! The guard's own function. Its one call, `Invoke`, is signed by hand with what is below every SDK:
//! that of Lambda has a hundred operations, and one binary has all ways in.
//!
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::HttpStatusCodeClassifier;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::metadata::ErrorMetadata;
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use serde_json::Value;

use super::DEFAULT_REGION;
use super::bodies::Bodies;
use super::calls::Calls;
use super::failure::Failure;
use super::http;
use crate::distribution::Region;
use crate::ports::DeliveryError;

/// Lambda throttled, or has not taken it; its answer to an event that it took may be lost too, and a sweep
/// stands a second one.
const RETRIED: &[u16] = &[429, 500, 502, 503, 504];
const SERVICE: &str = "lambda";
/// Lambda takes an event of 1 MB at most, and a continuation has a few hundred bytes.
const PERMISSION: &str = "lambda:InvokeFunction";

/// Hands an event to a function, which Lambda then invokes by itself.
pub(super) async fn invoke(
    config: &SdkConfig,
    function: &str,
    event: &Value,
) -> Result<(), DeliveryError> {
    let what = || format!("the event for function {function}");
    let undelivered = |why: String| DeliveryError { what: what(), why };
    let Some(credentials) = config.credentials_provider() else {
        return Err(undelivered("there are no credentials".to_owned()));
    };
    let credentials = credentials.provide_credentials().await;
    let credentials = credentials.map_err(|error| undelivered(error.to_string()))?;
    let region = config
        .region()
        .map_or(DEFAULT_REGION, |it| it.as_ref())
        .to_owned();
    let endpoint = endpoint(config, &region);
    let call = Call {
        path: format!("/2015-03-31/functions/{function}/invocations"),
        body: event.to_string(),
        region,
        endpoint,
        credentials,
    };
    let mut operation = Operation::builder()
        .service_name("Lambda")
        .operation_name("Invoke")
        .endpoint_url(&call.endpoint)
        .no_auth()
        .standard_retry(&http::retries())
        .retry_classifier(HttpStatusCodeClassifier::new_from_codes(RETRIED))
        .timeout_config(http::timeouts())
        .interceptor(Calls)
        .interceptor(Bodies);
    if let Some(client) = config.http_client() {
        operation = operation.http_client(client);
    }
    if let Some(sleep) = config.sleep_impl() {
        operation = operation.sleep_impl(sleep);
    }
    let operation = operation
        .serializer(|call: Call| call.request())
        .deserializer(answer)
        .build();
    let answer = operation.invoke(call).await;
    answer.map_err(|error| Failure::of(&error).undelivered(PERMISSION, what()))
}

/// `AWS_ENDPOINT_URL_LAMBDA` or its like, else Lambda's own in the region
/// (<https://docs.aws.amazon.com/general/latest/gr/lambda-service.html>).
fn endpoint(config: &SdkConfig, region: &str) -> String {
    let key = ServiceConfigKey::builder()
        .service_id("Lambda")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let own = key
        .ok()
        .and_then(|key| config.service_config()?.load_config(key));
    let given = own.or_else(|| config.endpoint_url().map(str::to_owned));
    if let Some(url) = given {
        return url.trim_end_matches('/').to_owned();
    }
    let suffix = Region::parse(region).map_or("amazonaws.com", |region| region.suffix());
    match (config.use_fips(), config.use_dual_stack()) {
        (Some(true), _) => format!("https://lambda-fips.{region}.{suffix}"),
        (_, Some(true)) if suffix == "amazonaws.com" => format!("https://lambda.{region}.api.aws"),
        _ => format!("https://lambda.{region}.{suffix}"),
    }
}

#[derive(Debug)]
struct Call {
    path: String,
    body: String,
    region: String,
    endpoint: String,
    /// Its `Debug` hides the secret.
    credentials: Credentials,
}

impl Call {
    fn request(&self) -> Result<HttpRequest, BoxError> {
        // Lambda answers at once, and retries what fails.
        let own = [
            ("content-type", "application/json"),
            ("x-amz-invocation-type", "Event"),
        ];
        let uri = format!("{}{}", self.endpoint, self.path);
        let body = SignableBody::Bytes(self.body.as_bytes());
        let signable = SignableRequest::new("POST", uri, own.into_iter(), body)?;
        let identity = self.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(SERVICE)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let (signature, _) = sign(signable, &parameters)?.into_parts();
        let mut request = HttpRequest::new(SdkBody::from(self.body.as_str()));
        request.set_method("POST")?;
        request.set_uri(self.path.as_str())?;
        let headers = request.headers_mut();
        for (name, value) in own {
            headers.try_insert(name, value)?;
        }
        for header in signature.into_parts().0 {
            headers.try_insert(header.name(), header.value().to_owned())?;
        }
        Ok(request)
    }
}

fn answer(response: &HttpResponse) -> Result<(), OrchestratorError<ErrorMetadata>> {
    if response.status().is_success() {
        return Ok(());
    }
    let body: Value = response
        .body()
        .bytes()
        .and_then(|body| serde_json::from_slice(body).ok())
        .unwrap_or_default();
    let message = ["Message", "message"]
        .iter()
        .find_map(|key| body.get(key)?.as_str());
    // `ResourceNotFoundException:http://…` in some answers.
    let code = response
        .headers()
        .get("x-amzn-errortype")
        .unwrap_or_default();
    let code = code.split(':').next().unwrap_or_default();
    let mut error = ErrorMetadata::builder().code(code);
    if let Some(message) = message {
        error = error.message(message);
    }
    Err(OrchestratorError::operation(error.build()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambda_is_asked_in_its_region_and_partition() {
        let config = || SdkConfig::builder();
        for (config, region, url) in [
            (
                config(),
                "us-east-1",
                "https://lambda.us-east-1.amazonaws.com",
            ),
            (
                config(),
                "cn-north-1",
                "https://lambda.cn-north-1.amazonaws.com.cn",
            ),
            (
                config().use_fips(true),
                "us-gov-west-1",
                "https://lambda-fips.us-gov-west-1.amazonaws.com",
            ),
            (
                config().use_dual_stack(true),
                "eu-west-1",
                "https://lambda.eu-west-1.api.aws",
            ),
            (
                config().endpoint_url("http://localhost:4566/"),
                "eu-west-1",
                "http://localhost:4566",
            ),
        ] {
            assert_eq!(endpoint(&config.build(), region), url);
        }
    }

    #[test]
    fn a_request_is_signed_with_its_body() {
        let call = Call {
            path: "/2015-03-31/functions/guard/invocations".to_owned(),
            body: "{}".to_owned(),
            region: "eu-west-1".to_owned(),
            endpoint: "https://lambda.eu-west-1.amazonaws.com".to_owned(),
            credentials: Credentials::new("AKID", "5ecr3t", Some("t0k3n".to_owned()), None, "test"),
        };
        let request = call.request().unwrap();
        let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
        assert!(header("authorization").contains("/eu-west-1/lambda/aws4_request"));
        assert_eq!(header("x-amz-security-token"), "t0k3n");
        assert_eq!(header("x-amz-invocation-type"), "Event");
        assert!(!format!("{call:?}").contains("5ecr3t"));
    }
}
