//! A guard with real SDK clients, in front of the double.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_double::Double;
use origin_guard::aws::Aws;
use origin_guard::distribution::AccountId;
use origin_guard::guard::{Failure, Guard, Invocation};
use origin_guard::network::Edge;
use origin_guard::settings::{LoopbackEndpoint, Settings};
use serde_json::{Value, json};

pub(crate) const DISTRIBUTION: &str = "E2EXAMPLE1GUARD";
pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:origin-guard";
pub(crate) const REPORTS: &str = "origin-guard-reports";
pub(crate) const ARTIFACTS: &str = "pipeline-artifacts";
pub(crate) const GUARD_SECRET: &str = "guard-secret-key";
/// Of the site's API.
pub(crate) const HEADER_VALUE: &str = "header-value-that-is-secret";
/// The value of a policy's condition on what a request carries.
pub(crate) const CONDITION_VALUE: &str = "condition-value-that-is-secret";

/// The double, in which all is well with `tests/fixtures/site.json`, and a guard.
pub(crate) struct Stage {
    pub double: Double,
    pub settings: Settings,
    pub deadline: Duration,
    /// How long a request may take: short only where the double hangs.
    pub patience: Duration,
    /// Where the log was when it began.
    log: usize,
}

/// One of the function in the guarded account.
pub(crate) fn invocation(request_id: &str, time: Duration) -> Invocation {
    Invocation::lasting(request_id, AccountId::parse(ACCOUNT), time)
}

/// The healthy config.
pub(crate) fn site() -> Value {
    serde_json::from_str(include_str!("../fixtures/site.json")).unwrap()
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let double = Double::start().await;
        furnish(&double);
        Self {
            double,
            settings: Settings {
                region: origin_guard::distribution::Region::parse("us-east-1"),
                report_bucket: Some(REPORTS.to_owned()),
                topic_arn: Some(TOPIC.to_owned()),
                job_details: true,
                ..Settings::default()
            },
            deadline: Duration::from_mins(1),
            patience: Duration::from_secs(10),
            log: crate::logs::mark(),
        }
    }

    /// One that soon gives up on a request.
    pub(crate) async fn impatient() -> Self {
        let mut stage = Self::new().await;
        stage.patience = Duration::from_millis(400);
        stage
    }

    pub(crate) fn aws(&self) -> Aws {
        let aws = Aws::new(
            sdk_config(&self.double.endpoint(), self.patience),
            self.settings.report_bucket.clone(),
        );
        if self.settings.edge == Some(true) {
            aws.with_edge(Edge::reached_at(LoopbackEndpoint::parse(
                &self.double.endpoint(),
            )))
        } else {
            aws
        }
    }

    /// One invocation, as Lambda makes it.
    pub(crate) async fn invoke(&self, event: Value) -> Result<Value, Failure> {
        self.invoke_as("request-1", event).await
    }

    pub(crate) async fn invoke_as(&self, request_id: &str, event: Value) -> Result<Value, Failure> {
        let guard = Guard::new(self.aws(), Ok(self.settings.clone()));
        guard
            .handle(event, &invocation(request_id, self.deadline))
            .await
    }

    /// A job whose artifact holds these files.
    pub(crate) fn job_with(&self, parameters: &str, files: &[(&str, &[u8])]) -> Value {
        self.job_of(parameters, pack(files))
    }

    /// A job whose artifact is these bytes.
    pub(crate) fn job_of(&self, parameters: &str, artifact: Vec<u8>) -> Value {
        let mut world = self.double.world();
        world.object(ARTIFACTS, "run/in.zip", artifact);
        world.job(Some(parameters), Some((ARTIFACTS, "run/in.zip")))
    }

    /// A job with a candidate for the distribution that is live.
    pub(crate) fn job(&self, candidate: &Value) -> Value {
        let parameters = json!({"distribution": DISTRIBUTION, "candidate": "distribution.json"});
        let text = serde_json::to_string_pretty(candidate).unwrap();
        self.job_with(
            &parameters.to_string(),
            &[("distribution.json", text.as_bytes())],
        )
    }

    /// Runs a job to its end and returns its result as CodePipeline got it.
    pub(crate) async fn run(&self, event: Value) -> Answer {
        let id = event["CodePipeline.job"]["id"].as_str().unwrap().to_owned();
        self.invoke(event).await.unwrap();
        self.answer(&id)
    }

    pub(crate) fn answer(&self, job: &str) -> Answer {
        let world = self.double.world();
        let result = world.jobs[job].result.clone().expect("the job is answered");
        assert_eq!(world.violations, Vec::<String>::new());
        Answer(result)
    }

    /// The reports that were stored, by key.
    pub(crate) fn stored(&self, prefix: &str) -> Vec<(String, String)> {
        let world = self.double.world();
        world.buckets[REPORTS]
            .objects
            .iter()
            .filter(|(key, _)| key.starts_with(prefix))
            .map(|(key, object)| {
                (
                    key.clone(),
                    String::from_utf8(object.body.to_vec()).unwrap(),
                )
            })
            .collect()
    }

    /// The one JSON report.
    pub(crate) fn report(&self) -> Value {
        let reports = self.stored("reports/");
        let json = reports.iter().find(|(key, _)| key.ends_with(".json"));
        serde_json::from_str(&json.expect("a report is stored").1).unwrap()
    }
}

/// No credential of its jobs, nor the guard's own, nor a header's or a condition's value was logged.
impl Drop for Stage {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let mut secrets = [GUARD_SECRET, HEADER_VALUE, CONDITION_VALUE]
            .map(str::to_owned)
            .to_vec();
        for job in self.double.world().jobs.values() {
            let credentials = &job.event["CodePipeline.job"]["data"]["artifactCredentials"];
            let values = credentials.as_object().into_iter().flatten();
            secrets.extend(values.filter_map(|(_, value)| Some(value.as_str()?.to_owned())));
        }
        let log = crate::logs::since(self.log);
        for secret in secrets {
            assert!(!log.contains(&secret), "{secret} is logged");
        }
    }
}

/// A bucket policy that lets in every distribution of the account and the identity of the site.
pub(crate) fn readable(bucket: &str) -> Value {
    let grant = |principal: Value, condition: Value| {
        json!({"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject",
            "Resource": format!("arn:aws:s3:::{bucket}/*"), "Condition": condition})
    };
    let identity = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EMEDIAOAI1";
    json!({"Version": "2012-10-17", "Statement": [
        grant(json!({"Service": "cloudfront.amazonaws.com"}), json!({"StringEquals": {"AWS:SourceAccount": ACCOUNT}})),
        grant(json!({"AWS": identity}), json!({})),
    ]})
}

pub(crate) fn furnish(double: &Double) {
    let mut world = double.world();
    for (bucket, region) in [
        ("example-assets", "eu-west-1"),
        ("example-assets-standby", "eu-central-1"),
        ("example-media", "us-east-1"),
        (REPORTS, "us-east-1"),
        (ARTIFACTS, "us-east-1"),
    ] {
        world.bucket(bucket, region).policy(readable(bucket));
    }
    world.origin_access_control("EASSETSOAC1", "s3", "always", "sigv4");
    world.origin_access_identity("EMEDIAOAI1");
    world.distribution(DISTRIBUTION, site());
    world.topic(TOPIC);
}

pub(crate) fn sdk_config(endpoint: &str, patience: Duration) -> aws_config::SdkConfig {
    let credentials =
        aws_sdk_s3::config::Credentials::new("AKIAGUARD", GUARD_SECRET, None, None, "test");
    aws_config::SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(aws_sdk_s3::config::SharedCredentialsProvider::new(
            credentials,
        ))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(aws_smithy_async_sleep())
        .retry_config(
            aws_smithy_types::retry::RetryConfig::standard()
                .with_initial_backoff(Duration::from_millis(5)),
        )
        .timeout_config(
            aws_smithy_types::timeout::TimeoutConfig::builder()
                .connect_timeout(patience)
                .read_timeout(patience)
                .operation_timeout(patience * 4)
                .build(),
        )
        .build()
}

fn aws_smithy_async_sleep() -> aws_sdk_s3::config::SharedAsyncSleep {
    #[derive(Debug)]
    struct Sleep;
    impl aws_sdk_s3::config::AsyncSleep for Sleep {
        fn sleep(&self, duration: Duration) -> aws_sdk_s3::config::Sleep {
            aws_sdk_s3::config::Sleep::new(tokio::time::sleep(duration))
        }
    }
    aws_sdk_s3::config::SharedAsyncSleep::new(Sleep)
}

/// A job's result.
pub(crate) struct Answer(pub Value);

impl Answer {
    pub(crate) fn succeeded(&self) -> bool {
        self.0.get("executionDetails").is_some()
    }

    pub(crate) fn failure_type(&self) -> &str {
        self.0["failureDetails"]["type"]
            .as_str()
            .unwrap_or_else(|| panic!("{}", self.0))
    }

    pub(crate) fn message(&self) -> &str {
        let details = &self.0["failureDetails"]["message"];
        let summary = &self.0["executionDetails"]["summary"];
        details
            .as_str()
            .or(summary.as_str())
            .unwrap_or_else(|| panic!("{}", self.0))
    }

    #[track_caller]
    pub(crate) fn fails_with(&self, failure_type: &str, texts: &[&str]) {
        assert_eq!(self.failure_type(), failure_type, "{}", self.message());
        for text in texts {
            assert!(
                self.message().contains(text),
                "no {text:?} in: {}",
                self.message()
            );
        }
    }
}

/// A ZIP as build tools make it, deflated.
pub(crate) fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::{Cursor, Write as _};
    use zip::write::{SimpleFileOptions, ZipWriter};
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
