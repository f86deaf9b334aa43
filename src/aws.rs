//! The one place that names an AWS SDK: one file per service, behind the guard's own words.

mod bodies;
mod bucket_access;
mod bucket_call;
mod calls;
mod cloudformation;
mod cloudfront;
mod cloudfront_xml;
mod codepipeline;
mod distribution_list;
mod environment;
mod eventbridge;
mod failure;
mod head_bucket;
mod http;
mod keys;
mod lambda;
mod limits;
mod objects;
mod once;
mod origin_buckets;
mod own_buckets;
mod raw_body;
mod sns;
#[cfg(feature = "cli")]
mod sts;

use std::sync::Arc;
use std::time::Instant;

use aws_types::SdkConfig;
use serde_json::Value;

pub use failure::Failure;
pub use http::Trust;
#[cfg(feature = "cli")]
pub use sts::NoAccount;

use crate::candidate::{ChangeSet, Live, Stack, StackName};
use crate::delivery::{EventDetail, JobAnswer, Notification};
use crate::distribution::{AccountId, BucketName, DistributionId, Region};
use crate::edge::Question;
use crate::error::GuardError;
use crate::facts::{
    Bucket, BucketAccess, BucketNeed, Fact, Host, HostNeed, Identity, ORIGIN_HOST,
    OriginAccessControl, Probes, VpcOrigin, Website,
};
use crate::judged::Pipeline;
use crate::network::{self, Network};
use crate::policy::Policy;
use crate::ports::{
    Account, Answered, Asking, Channels, DeliveryError, DistributionPage, Edge, EdgeSeen, Itself,
    Memory, Object, ObjectKey, ObjectVersion, OwnBuckets, Pipelines, Services,
};
use crate::request::{ArtifactCredentials, ArtifactLocation, TriggerId};
use crate::timestamp::Timestamp;
use bodies::Bodies;
use calls::Calls;
use limits::Limits;
use once::Once;

/// The AWS of one guard: clients, made once and shared by all invocations.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
    report_bucket: Option<String>,
    network: Option<Arc<Network>>,
    edge: Option<Arc<network::Edge>>,
    cloudfront: aws_sdk_cloudfront::Client,
    s3: aws_sdk_s3::Client,
    kms: aws_sdk_kms::Client,
    codepipeline: aws_sdk_codepipeline::Client,
    sns: aws_sdk_sns::Client,
    eventbridge: aws_sdk_eventbridge::Client,
}

/// Whose credentials are loaded, and which region is asked, in the place of what the environment says.
#[cfg(feature = "cli")]
#[derive(Debug, Clone, Default)]
pub struct Login {
    /// A profile of the AWS configuration files.
    pub profile: Option<String>,
    /// Such as `us-east-1`.
    pub region: Option<String>,
}

/// CloudFront's one region in the commercial partition: its API and its events are only there
/// (<https://docs.aws.amazon.com/general/latest/gr/cf_region.html>).
const DEFAULT_REGION: &str = "us-east-1";

impl Aws {
    /// With region, credentials and endpoints as Lambda gives them; no call is made yet.
    #[must_use]
    pub fn of_function(trust: &Trust, report_bucket: Option<String>) -> Self {
        Self::new(environment::config(trust), report_bucket)
    }

    /// Loads region, credentials and endpoints as the SDK does; no call is made yet.
    #[cfg(feature = "cli")]
    pub async fn load(trust: &Trust, report_bucket: Option<String>, login: Login) -> Self {
        let mut config = aws_config::defaults(aws_config::BehaviorVersion::latest());
        if let Some(profile) = &login.profile {
            config = config.profile_name(profile);
        }
        if let Some(region) = login.region {
            config = config.region(aws_types::region::Region::new(region));
        }
        let config = config
            .http_client(http::client(trust))
            .timeout_config(http::timeouts())
            .retry_config(http::retries())
            .stalled_stream_protection(http::stalled_streams())
            .load()
            .await;
        // A shell without a region is common, and most of what `check` reads is CloudFront's, whose
        // API is in one region. S3 is asked in the region of each domain, and again where the
        // answer says the bucket is, so a wrong home region costs one request and no fact.
        let config = match config.region() {
            Some(_) => config,
            None => config
                .into_builder()
                .region(aws_types::region::Region::new(DEFAULT_REGION))
                .build(),
        };
        let config = match login.profile {
            // It counts before credentials in the environment, as in the AWS CLI.
            Some(profile) => sts::with_profile(config, &profile),
            None => config,
        };
        Self::new(config, report_bucket)
    }

    /// With a configuration that is loaded already.
    #[must_use]
    pub fn new(config: SdkConfig, report_bucket: Option<String>) -> Self {
        // The SDK's service builders share no trait, so that a function could not take any of them.
        // Every client gets the interceptor that counts attempts, since the report's cost must hold every
        // call, and the one that bounds answers.
        macro_rules! config {
            ($sdk:ident) => {
                $sdk::config::Builder::from(&config)
                    .interceptor(Calls)
                    .interceptor(Bodies)
            };
        }
        macro_rules! client {
            ($sdk:ident, $config:expr) => {
                $sdk::Client::from_conf($config.build())
            };
            ($sdk:ident) => {
                client!($sdk, config!($sdk))
            };
        }
        // The answer is the one call that must not outlast the invocation: a job without a result stays
        // in progress until CodePipeline's own time-out, 20 minutes.
        let mut answering = config!(aws_sdk_codepipeline);
        answering.set_timeout_config(Some(http::answer_timeouts(&config)));
        Self {
            cloudfront: client!(aws_sdk_cloudfront),
            // S3 clients are configured in one place: the job's own client, with other credentials,
            // must address buckets in the same way.
            s3: aws_sdk_s3::Client::from_conf(objects::client_config(&config).build()),
            kms: client!(aws_sdk_kms),
            codepipeline: client!(aws_sdk_codepipeline, answering),
            sns: client!(aws_sdk_sns, config!(aws_sdk_sns).retry_classifier(Once)),
            eventbridge: client!(
                aws_sdk_eventbridge,
                config!(aws_sdk_eventbridge).retry_classifier(Once)
            ),
            network: None,
            edge: None,
            report_bucket,
            config,
        }
    }

    /// Lets the hosts of custom origins be probed too; without it they are not asked for.
    #[must_use]
    pub fn with_network(self, network: Network) -> Self {
        Self {
            network: Some(Arc::new(network)),
            ..self
        }
    }

    /// Lets CloudFront's edge be asked by verifications; without it, it is listed as not asked.
    #[must_use]
    pub fn with_edge(self, edge: network::Edge) -> Self {
        Self {
            edge: Some(Arc::new(edge)),
            ..self
        }
    }

    /// The account that the credentials belong to.
    ///
    /// # Errors
    /// If there are no usable credentials, or STS does not answer.
    #[cfg(feature = "cli")]
    pub async fn account(&self) -> Result<AccountId, NoAccount> {
        sts::account(&self.config).await
    }
}

impl Services for Aws {
    type Account = Self;

    fn account(&self) -> &Self {
        self
    }
}

impl Account for Aws {
    type Probes<'a> = AccountProbes<'a>;

    fn probes<'a>(&'a self, asking: Asking<'a>) -> AccountProbes<'a> {
        AccountProbes {
            aws: self,
            account: asking.account,
            limits: Limits::of(&asking),
            buckets: origin_buckets::OriginBuckets::new(&self.s3, &asking),
        }
    }

    async fn live(&self, id: &DistributionId) -> Result<Live, GuardError> {
        cloudfront::live(&self.cloudfront, id).await
    }

    async fn distributions(&self, marker: Option<&str>) -> Result<DistributionPage, GuardError> {
        distribution_list::page(&self.cloudfront, marker).await
    }

    async fn own_buckets(&self) -> Result<OwnBuckets, GuardError> {
        let listing = own_buckets::list(&self.s3, Limits::default()).await;
        listing.map_err(|failure| failure.into_error("s3:ListAllMyBuckets", "*", cloudfront::GUARD))
    }

    async fn find_by_domain(&self, domain: &str) -> Result<Option<DistributionId>, GuardError> {
        distribution_list::find_by_domain(&self.cloudfront, domain).await
    }

    async fn find_by_change(&self, time: Timestamp) -> Result<Option<DistributionId>, GuardError> {
        distribution_list::find_by_change(&self.cloudfront, time).await
    }

    async fn stack(&self, name: &StackName) -> Result<Option<Stack>, GuardError> {
        cloudformation::stack(&self.config, name).await
    }

    async fn change_set(
        &self,
        name: &str,
        stack: Option<&StackName>,
    ) -> Result<ChangeSet, GuardError> {
        cloudformation::change_set(&self.config, name, stack).await
    }
}

/// The probes of one session.
#[derive(Debug)]
pub struct AccountProbes<'a> {
    aws: &'a Aws,
    account: Option<AccountId>,
    limits: Limits<'a>,
    buckets: origin_buckets::OriginBuckets<'a>,
}

impl Probes for AccountProbes<'_> {
    async fn bucket(&self, name: &BucketName, need: &BucketNeed) -> (Fact<Bucket>, BucketAccess) {
        self.buckets.probe(name, need).await
    }

    async fn existence(&self, name: &BucketName, need: &BucketNeed) -> Fact<Bucket> {
        self.buckets.existence(name, need).await
    }

    async fn origin_access_control(&self, id: &str) -> Fact<Option<OriginAccessControl>> {
        cloudfront::origin_access_control(&self.aws.cloudfront, id, self.limits).await
    }

    async fn origin_access_identity(&self, id: &str) -> Fact<Option<Identity>> {
        cloudfront::origin_access_identity(&self.aws.cloudfront, id, self.limits).await
    }

    async fn vpc_origin(&self, id: &str) -> Fact<Option<VpcOrigin>> {
        cloudfront::vpc_origin(&self.aws.cloudfront, id, self.limits).await
    }

    fn account(&self) -> Option<AccountId> {
        self.account
    }

    async fn website(&self, name: &BucketName, need: &BucketNeed) -> Fact<Website> {
        self.buckets.website(name, need).await
    }

    async fn key_policy(&self, key: &str, hint: Option<&Region>) -> Fact<Option<Policy>> {
        keys::policy(&self.aws.kms, key, hint, self.account, self.limits).await
    }

    async fn host(&self, need: &HostNeed) -> Fact<Host> {
        match &self.aws.network {
            Some(network) => {
                // The network has time-outs of its own; the session's deadline comes first where it
                // is nearer.
                let probe = network.probe(need);
                self.limits.fact(ORIGIN_HOST, &need.name, probe).await
            }
            // `Network=off` is the template's default: that is a choice, not a failure, and may not
            // make a gate inconclusive.
            None => Fact::not_asked(ORIGIN_HOST, &need.name),
        }
    }
}

impl Pipelines for Aws {
    async fn artifact(
        &self,
        location: &ArtifactLocation,
        credentials: &ArtifactCredentials,
        limit: u64,
    ) -> Result<Vec<u8>, GuardError> {
        objects::artifact(&self.config, location, credentials, limit).await
    }

    async fn pipeline(&self, job: &TriggerId) -> Option<Pipeline> {
        codepipeline::pipeline(&self.codepipeline, job).await
    }

    async fn answer(&self, job: &TriggerId, answer: &JobAnswer) -> Result<Answered, DeliveryError> {
        codepipeline::answer(&self.codepipeline, job, answer).await
    }
}

impl Edge for Aws {
    fn is_asked(&self) -> bool {
        self.edge.is_some()
    }

    async fn ask(&self, questions: &[&Question], until: Option<Instant>) -> Vec<EdgeSeen> {
        match &self.edge {
            Some(edge) => edge.ask(questions, until).await,
            None => Vec::new(),
        }
    }
}

impl Memory for Aws {
    fn bucket(&self) -> Option<&str> {
        self.report_bucket.as_deref()
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Object>, GuardError> {
        match self.bucket() {
            Some(bucket) => objects::get(&self.s3, bucket, key).await,
            // Without a report bucket nothing was ever stored, so there is nothing that could not
            // be read.
            None => Ok(None),
        }
    }

    async fn put(
        &self,
        key: &ObjectKey,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> Result<(), DeliveryError> {
        let bucket = self.bucket().ok_or_else(|| no_bucket(key))?;
        objects::put(&self.s3, bucket, key, content_type, body).await
    }

    async fn replace(
        &self,
        key: &ObjectKey,
        body: Vec<u8>,
        version: Option<&ObjectVersion>,
    ) -> Result<bool, DeliveryError> {
        let bucket = self.bucket().ok_or_else(|| no_bucket(key))?;
        objects::replace(&self.s3, bucket, key, body, version).await
    }

    async fn file(&self, url: &str, limit: u64) -> Result<Vec<u8>, GuardError> {
        objects::file(&self.s3, url, limit).await
    }
}

fn no_bucket(key: &ObjectKey) -> DeliveryError {
    DeliveryError {
        what: key.to_string(),
        why: "ORIGIN_GUARD_REPORT_BUCKET is not set".to_owned(),
    }
}

impl Itself for Aws {
    async fn invoke(&self, function: &str, event: &Value) -> Result<(), DeliveryError> {
        lambda::invoke(&self.config, function, event).await
    }
}

impl Channels for Aws {
    async fn publish(&self, topic: &str, message: &Notification) -> Result<(), DeliveryError> {
        sns::publish(&self.sns, topic, message).await
    }

    async fn put_event(&self, bus: &str, detail: &EventDetail) -> Result<(), DeliveryError> {
        eventbridge::put(&self.eventbridge, bus, detail).await
    }
}
