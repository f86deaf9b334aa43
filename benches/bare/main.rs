//! What the SDK alone costs: the calls that a gate makes, in the same order, and nothing judged.
//!
//! The comparison for the CPU budget in `docs/performance.md`. Straightforward use of the SDK, with
//! the guard's TLS provider and its handling of `AWS_CA_BUNDLE`; what is probed comes from the live
//! config, which `measure` makes the same as the candidate.

#![allow(
    clippy::large_futures,
    reason = "straightforward, as a user of the SDK writes it"
)]

use std::error::Error;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_s3::config::{Credentials, SharedHttpClient};
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use futures_util::future::{join, join_all, join5};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client()?)
        .load()
        .await;
    let report_bucket = variable("ORIGIN_GUARD_REPORT_BUCKET").ok_or("no report bucket")?;
    let clients = Clients::new(config, report_bucket);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        Box::pin(clients.gate(&event.payload)).await
    }))
    .await
}

fn http_client() -> Result<SharedHttpClient> {
    let store = match variable("AWS_CA_BUNDLE") {
        Some(path) => TrustStore::empty().with_pem_certificate(std::fs::read(path)?),
        None => TrustStore::default(),
    };
    let context = TlsContext::builder().with_trust_store(store).build()?;
    Ok(Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(context)
        .build_https())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a program of its own, without the guard's settings"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

struct Clients {
    config: SdkConfig,
    report_bucket: String,
    s3: aws_sdk_s3::Client,
    cloudfront: aws_sdk_cloudfront::Client,
    codepipeline: aws_sdk_codepipeline::Client,
}

impl Clients {
    fn new(config: SdkConfig, report_bucket: String) -> Self {
        Self {
            s3: aws_sdk_s3::Client::new(&config),
            cloudfront: aws_sdk_cloudfront::Client::new(&config),
            codepipeline: aws_sdk_codepipeline::Client::new(&config),
            report_bucket,
            config,
        }
    }

    async fn gate(&self, event: &Value) -> Result<Value> {
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
        let need = |pointer: &str| text(pointer).ok_or_else(|| format!("no {pointer}"));
        let job = need("/CodePipeline.job/id")?;
        let account = need("/CodePipeline.job/accountId")?;
        let parameters: Value = serde_json::from_str(need(
            "/CodePipeline.job/data/actionConfiguration/configuration/UserParameters",
        )?)?;
        let distribution = parameters["distribution"]
            .as_str()
            .ok_or("no distribution")?;

        let credentials = "/CodePipeline.job/data/artifactCredentials";
        let artifact_client = aws_sdk_s3::Client::from_conf(
            aws_sdk_s3::config::Builder::from(&self.config)
                .credentials_provider(Credentials::new(
                    need(&format!("{credentials}/accessKeyId"))?,
                    need(&format!("{credentials}/secretAccessKey"))?,
                    text(&format!("{credentials}/sessionToken")).map(str::to_owned),
                    None,
                    "job",
                ))
                .build(),
        );
        let location = "/CodePipeline.job/data/inputArtifacts/0/location/s3Location";
        let artifact = async {
            let object = artifact_client
                .get_object()
                .bucket(need(&format!("{location}/bucketName"))?)
                .key(need(&format!("{location}/objectKey"))?)
                .send()
                .await?;
            Result::Ok(object.body.collect().await?.into_bytes())
        };
        let live = self.cloudfront.get_distribution().id(distribution).send();
        let last_good = self
            .s3
            .get_object()
            .bucket(&self.report_bucket)
            .key(format!("last-good/{distribution}.json"))
            .send();
        let details = self.codepipeline.get_job_details().job_id(job).send();
        let marker = self
            .s3
            .put_object()
            .bucket(&self.report_bucket)
            .key(format!("events/{job}.json"))
            .if_none_match("*")
            .body(ByteStream::from_static(b"{}"))
            .send();
        // There is no last known good config yet, which is an error to the SDK.
        let (artifact, live, _, details, marker) =
            join5(artifact, live, last_good, details, marker).await;
        let (artifact, live, _, _) = (artifact?, live?, details?, marker?);

        self.probe(&live, account).await?;

        let put = |key: String| {
            self.s3
                .put_object()
                .bucket(&self.report_bucket)
                .key(key)
                .body(ByteStream::from(artifact.clone()))
                .send()
        };
        for stored in
            join_all(["json", "md", "html"].map(|form| put(format!("reports/{job}.{form}")))).await
        {
            stored?;
        }

        self.codepipeline
            .put_job_success_result()
            .job_id(job)
            .send()
            .await?;
        Ok(json!({}))
    }

    /// Every bucket and every origin access control at once, each of them asked about once.
    async fn probe(
        &self,
        live: &aws_sdk_cloudfront::operation::get_distribution::GetDistributionOutput,
        account: &str,
    ) -> Result<()> {
        let origins = live
            .distribution()
            .and_then(|distribution| distribution.distribution_config())
            .and_then(|config| config.origins())
            .ok_or("no origins")?;
        let names = || {
            let origins = origins.items().iter();
            origins.filter_map(|origin| Some(origin.domain_name().split_once(".s3.")?.0))
        };
        let policies = names().map(|name| {
            let call = self.s3.get_bucket_policy().bucket(name);
            call.expected_bucket_owner(account).send()
        });
        let encryptions = names().map(|name| {
            let call = self.s3.get_bucket_encryption().bucket(name);
            call.expected_bucket_owner(account).send()
        });
        let mut controls: Vec<&str> = origins
            .items()
            .iter()
            .filter_map(|origin| origin.origin_access_control_id())
            .filter(|id| !id.is_empty())
            .collect();
        controls.sort_unstable();
        controls.dedup();
        let controls = controls
            .into_iter()
            .map(|id| self.cloudfront.get_origin_access_control().id(id).send());
        let (controls, (policies, _)) = join(
            join_all(controls),
            join(join_all(policies), join_all(encryptions)),
        )
        .await;
        for policy in policies {
            policy?;
        }
        for control in controls {
            control?;
        }
        Ok(())
    }
}
