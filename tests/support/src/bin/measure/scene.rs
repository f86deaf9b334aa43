//! An AWS in which all is well with a wide distribution, and the events about it.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::time::Duration;

use aws_double::runtime_api::{Function, Invocation, Outcome};
use aws_double::{Double, JobState, zip};
use serde_json::{Value, json};

use crate::figures::Sample;
use crate::program::{Program, Scratch};

pub const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:origin-guard";
const DISTRIBUTION: &str = "E2EXAMPLE1GUARD";
const REPORTS: &str = "origin-guard-reports";
const ARTIFACTS: &str = "pipeline-artifacts";
const ACCESS_CONTROL: &str = "E1EXAMPLEOAC";
const TIMEOUT: Duration = Duration::from_mins(1);
/// A process that has answered still goes and asks for the next event.
const SETTLE: Duration = Duration::from_millis(20);

/// The double, and a distribution that is live in it.
pub struct Scene {
    double: Double,
    /// The certificates to trust, with TLS.
    authority: Option<Scratch>,
    config: Value,
    events: usize,
}

impl Scene {
    pub async fn new(origins: usize, tls: bool) -> io::Result<Self> {
        let double = if tls {
            Double::start_tls().await
        } else {
            Double::start().await
        };
        let config = config(origins);
        {
            let mut world = double.world();
            for n in 0..origins {
                let name = bucket(n);
                let policy = read_by_cloudfront(&name);
                world.bucket(&name, "us-east-1").policy(policy);
            }
            for bucket in [REPORTS, ARTIFACTS] {
                world.bucket(bucket, "us-east-1");
            }
            world.origin_access_control(ACCESS_CONTROL, "s3", "always", "sigv4");
            world.topic(TOPIC);
            world.distribution(DISTRIBUTION, config.clone());
        }
        Ok(Self {
            authority: double.ca_pem().map(Scratch::new).transpose()?,
            double,
            config,
            events: 0,
        })
    }

    pub fn latency(&mut self, latency: Duration) {
        self.double.world().latency = latency;
    }

    /// Programs trust these certificates (PEM) besides the double's, with TLS.
    pub fn trust(&mut self, roots: &str) -> io::Result<()> {
        let bundle = |own| Scratch::new(&format!("{roots}\n{own}"));
        self.authority = self.double.ca_pem().map(bundle).transpose()?;
        Ok(())
    }

    pub fn lose_a_bucket(&mut self) {
        self.double.world().buckets.remove(&bucket(0));
    }

    /// What was asked since the last event.
    pub fn calls(&self) -> BTreeMap<String, usize> {
        self.double.world().calls()
    }

    pub fn waves(&self) -> usize {
        self.double.world().waves()
    }

    /// How many of them it took until a call was answered.
    pub fn waves_until(&self, call: &str) -> usize {
        self.double.world().waves_until(call)
    }

    /// A process audits the change that made the config live.
    pub async fn audit(&mut self, program: &Program) -> Result<(), Box<dyn Error>> {
        let mut function = self.start(program).await?;
        let event = self.change();
        self.invoke(&mut function, &event).await?;
        Ok(())
    }

    /// A process judges the config for a pipeline.
    pub async fn gate(&mut self, program: &Program) -> Result<(), Box<dyn Error>> {
        self.gates(program, 1).await.map(drop)
    }

    /// A new process judges the config for a pipeline, a number of times.
    pub async fn gates(
        &mut self,
        program: &Program,
        times: usize,
    ) -> Result<Vec<Sample>, Box<dyn Error>> {
        let mut function = self.start(program).await?;
        let mut samples = Vec::new();
        for _ in 0..times {
            let event = self.job();
            tokio::time::sleep(SETTLE).await;
            let before = function.cpu_time().ok_or("no processor time")?;
            let invocation = self.invoke(&mut function, &event).await?;
            tokio::time::sleep(SETTLE).await;
            let after = function.cpu_time().ok_or("no processor time")?;
            let id = event["CodePipeline.job"]["id"].as_str().unwrap_or_default();
            let succeeded = self.double.world().jobs[id].state == JobState::Succeeded;
            if !succeeded {
                return Err(format!("{} failed the job: {}", program.name, function.logs()).into());
            }
            samples.push(Sample {
                duration: invocation.duration,
                cpu: after.saturating_sub(before),
                peak_kb: function.peak_rss_kb().ok_or("no peak memory")?,
            });
        }
        Ok(samples)
    }

    async fn start(&self, program: &Program) -> io::Result<Function> {
        let endpoint = self.double.endpoint();
        let mut env = vec![
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("ORIGIN_GUARD_REPORT_BUCKET", REPORTS),
            ("ORIGIN_GUARD_TOPIC_ARN", TOPIC),
            ("ORIGIN_GUARD_NOTIFY_PASS", "true"),
            // As its peers do, which have no setting for it.
            ("ORIGIN_GUARD_JOB_DETAILS", "on"),
        ];
        if let Some(authority) = &self.authority {
            let path = authority.0.to_str();
            let path = path.ok_or_else(|| io::Error::other("the temporary folder is not UTF-8"))?;
            env.push(("AWS_CA_BUNDLE", path));
        }
        program.start(&env).await
    }

    async fn invoke(
        &self,
        function: &mut Function,
        event: &Value,
    ) -> Result<Invocation, Box<dyn Error>> {
        self.double.world().forget_requests();
        let invocation = function.invoke(event, TIMEOUT).await;
        let Outcome::Response(_) = invocation.outcome else {
            return Err(format!("{:?}: {}", invocation.outcome, function.logs()).into());
        };
        match self.double.world().violations.first() {
            Some(violation) => Err(format!("against AWS's rules: {violation}").into()),
            None => Ok(invocation),
        }
    }

    fn job(&self) -> Value {
        let mut world = self.double.world();
        let etag = world.distributions[DISTRIBUTION].etag.clone();
        let candidate = json!({"ETag": etag, "DistributionConfig": self.config});
        let candidate = format!("{candidate:#}");
        let artifact = zip([("distribution.json", candidate.as_bytes())]);
        world.object(ARTIFACTS, "run/in.zip", artifact);
        let parameters = json!({"distribution": DISTRIBUTION, "candidate": "distribution.json"});
        world.job(
            Some(&parameters.to_string()),
            Some((ARTIFACTS, "run/in.zip")),
        )
    }

    fn change(&mut self) -> Value {
        self.events += 1;
        let etag = self.double.world().distributions[DISTRIBUTION].etag.clone();
        json!({
            "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.cloudfront",
            "account": "111122223333",
            "detail": {
                "eventID": format!("00000000-0000-4000-a000-{:012}", self.events),
                "eventTime": "2026-11-23T09:14:02Z",
                "eventSource": "cloudfront.amazonaws.com",
                "eventName": "UpdateDistribution",
                "userIdentity": {"type": "IAMUser", "userName": "alice"},
                "responseElements": {
                    "eTag": etag,
                    "distribution": {"id": DISTRIBUTION, "distributionConfig": lowered(&self.config)}
                }
            }
        })
    }
}

/// The API's names as CloudTrail writes them.
fn lowered(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| (key[..1].to_lowercase() + &key[1..], lowered(value)))
                .collect(),
        ),
        Value::Array(items) => items.iter().map(lowered).collect(),
        other => other.clone(),
    }
}

fn bucket(n: usize) -> String {
    format!("example-assets-{n}")
}

/// S3 origins, each in a bucket of its own, behind one access control, and a behavior for each as
/// far as CloudFront's quota goes.
fn config(origins: usize) -> Value {
    const MAX_BEHAVIORS: usize = 75;
    let origin = |n| {
        json!({
            "Id": format!("assets-{n}"),
            "DomainName": format!("{}.s3.us-east-1.amazonaws.com", bucket(n)),
            "OriginPath": "",
            "CustomHeaders": {"Quantity": 0},
            "S3OriginConfig": {"OriginAccessIdentity": ""},
            "OriginAccessControlId": ACCESS_CONTROL,
            "ConnectionAttempts": 3,
            "ConnectionTimeout": 10,
            "OriginShield": {"Enabled": false}
        })
    };
    let behavior = |n| {
        json!({
            "TargetOriginId": format!("assets-{n}"),
            "ViewerProtocolPolicy": "redirect-to-https",
            "AllowedMethods": {
                "Quantity": 2,
                "Items": ["HEAD", "GET"],
                "CachedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]}
            },
            "SmoothStreaming": false,
            "Compress": true,
            "LambdaFunctionAssociations": {"Quantity": 0},
            "FunctionAssociations": {"Quantity": 0},
            "FieldLevelEncryptionId": "",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"
        })
    };
    let origins: Vec<Value> = (0..origins).map(origin).collect();
    let behaviors: Vec<Value> = (1..origins.len())
        .take(MAX_BEHAVIORS)
        .map(|n| {
            let mut behavior = behavior(n);
            behavior["PathPattern"] = format!("/app-{n}/*").into();
            behavior
        })
        .collect();
    json!({
        "CallerReference": "bench",
        "Aliases": {"Quantity": 1, "Items": ["www.example.com"]},
        "DefaultRootObject": "index.html",
        "Origins": {"Quantity": origins.len(), "Items": origins},
        "OriginGroups": {"Quantity": 0},
        "DefaultCacheBehavior": behavior(0),
        "CacheBehaviors": {"Quantity": behaviors.len(), "Items": behaviors},
        "CustomErrorResponses": {"Quantity": 0},
        "Comment": "www.example.com",
        "Logging": {"Enabled": false, "IncludeCookies": false, "Bucket": "", "Prefix": ""},
        "PriceClass": "PriceClass_100",
        "Enabled": true,
        "ViewerCertificate": {"CloudFrontDefaultCertificate": true, "MinimumProtocolVersion": "TLSv1"},
        "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
        "WebACLId": "",
        "HttpVersion": "http2",
        "IsIPV6Enabled": true
    })
}

/// What lets the distribution read a bucket through its origin access control.
fn read_by_cloudfront(bucket: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{bucket}/*"),
        "Condition": {"StringEquals": {
            "AWS:SourceArn": format!("arn:aws:cloudfront::111122223333:distribution/{DISTRIBUTION}")
        }}
    }]})
}
