//! The state behind the answers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::bucket::{Bucket, Object};
use crate::cloudformation::{ChangeSet, Stack};
use crate::edge::EdgeAnswer;
use crate::fault::{self, Fault};
use crate::job::Job;
use crate::record::{self, Published, Request};

/// Everything that the double knows, and everything that it was asked.
#[derive(Debug)]
pub struct World {
    /// The account of the callers.
    pub account: String,
    /// The buckets of all accounts.
    pub buckets: BTreeMap<String, Bucket>,
    /// The distributions by ID.
    pub distributions: BTreeMap<String, Distribution>,
    /// `OriginAccessControlConfig` by ID.
    pub origin_access_controls: BTreeMap<String, Value>,
    /// The origin access identities by ID.
    pub origin_access_identities: BTreeMap<String, Identity>,
    /// The policies of the KMS keys, by ARN.
    pub key_policies: BTreeMap<String, Value>,
    /// `VpcOrigin` by ID.
    pub vpc_origins: BTreeMap<String, Value>,
    /// The stacks by name.
    pub stacks: BTreeMap<String, Stack>,
    /// The change sets by ARN.
    pub change_sets: BTreeMap<String, ChangeSet>,
    /// The `CodePipeline` jobs by ID.
    pub jobs: BTreeMap<String, Job>,
    /// What the edge answers for paths that begin so, in the place of what follows from the rest of the world; the longest
    /// beginning counts.
    pub edge_answers: BTreeMap<String, EdgeAnswer>,
    /// How much later than a continuation token the job with it comes.
    pub continues_after: Duration,
    /// The ARNs of the topics.
    pub topics: BTreeSet<String>,
    /// The names of the event buses.
    pub buses: BTreeSet<String>,
    /// The messages that were published, in order.
    pub published: Vec<Published>,
    /// The entries that were put on event buses, in order.
    pub events: Vec<Value>,
    /// The names of the Lambda functions.
    pub functions: BTreeSet<String>,
    /// The functions that were invoked, each with its event, in order.
    pub invoked: Vec<(String, Value)>,
    /// The failures to stage.
    pub faults: Vec<Fault>,
    /// The IAM actions that are denied to everyone, such as `s3:ListBucket` or `cloudfront:*`.
    pub denied: BTreeSet<String>,
    /// How much later every request is answered.
    pub latency: Duration,
    /// How many requests each wave is to have: none of a wave is answered before all of it came, or nothing came for
    /// seconds. So requests that wait for no answer are one wave on the slowest machine, and one that waits is in the next.
    pub hold: Vec<usize>,
    /// How many waves were let go.
    pub(crate) let_go: usize,
    pub(crate) last_arrival: Instant,
    /// The most distributions on a page of `ListDistributions` (CloudFront has 100).
    pub page_size: usize,
    /// What was asked, in the order of arrival.
    pub requests: Vec<Request>,
    /// A sentence for each request that broke a documented limit or that the double does not know.
    pub violations: Vec<String>,
    pub(crate) began: Instant,
}

impl Default for World {
    fn default() -> Self {
        Self {
            account: "111122223333".to_owned(),
            buckets: BTreeMap::new(),
            distributions: BTreeMap::new(),
            origin_access_controls: BTreeMap::new(),
            origin_access_identities: BTreeMap::new(),
            key_policies: BTreeMap::new(),
            vpc_origins: BTreeMap::new(),
            stacks: BTreeMap::new(),
            change_sets: BTreeMap::new(),
            jobs: BTreeMap::new(),
            edge_answers: BTreeMap::new(),
            continues_after: Duration::from_secs(30),
            topics: BTreeSet::new(),
            buses: BTreeSet::from(["default".to_owned()]),
            published: Vec::new(),
            events: Vec::new(),
            functions: BTreeSet::new(),
            invoked: Vec::new(),
            faults: Vec::new(),
            denied: BTreeSet::new(),
            latency: Duration::ZERO,
            hold: Vec::new(),
            let_go: 0,
            last_arrival: Instant::now(),
            page_size: 100,
            requests: Vec::new(),
            violations: Vec::new(),
            began: Instant::now(),
        }
    }
}

/// A distribution.
#[derive(Debug, Clone)]
pub struct Distribution {
    /// `DistributionConfig` in API form.
    pub config: Value,
    /// The version, as in the `ETag` header.
    pub etag: String,
    /// `d….cloudfront.net`
    pub domain_name: String,
    /// `Deployed` or `InProgress`.
    pub status: String,
    /// The account it is in.
    pub owner: String,
    /// When it was changed last.
    pub last_modified: OffsetDateTime,
}

/// An origin access identity.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The canonical user that stands for it in bucket policies and ACLs.
    pub s3_canonical_user_id: String,
    /// `CallerReference`
    pub caller_reference: String,
    /// `Comment`
    pub comment: String,
}

impl World {
    /// Makes a bucket of the caller's account.
    pub fn bucket(&mut self, name: &str, region: &str) -> &mut Bucket {
        let bucket = Bucket::new(&self.account, region);
        self.buckets
            .entry(name.to_owned())
            .insert_entry(bucket)
            .into_mut()
    }

    /// Puts an object into a bucket.
    ///
    /// # Panics
    /// When there is no such bucket.
    pub fn object(&mut self, bucket: &str, key: &str, bytes: impl Into<Bytes>) -> &mut Object {
        let objects = &mut self
            .buckets
            .get_mut(bucket)
            .expect("the bucket must be made before its objects")
            .objects;
        objects
            .entry(key.to_owned())
            .insert_entry(Object::new(bytes))
            .into_mut()
    }

    /// Makes a deployed distribution of the caller's account from its `DistributionConfig` in API form.
    pub fn distribution(&mut self, id: &str, config: Value) -> &mut Distribution {
        let distribution = Distribution {
            config,
            etag: new_etag(),
            domain_name: format!("d{}.cloudfront.net", id.to_ascii_lowercase()),
            status: "Deployed".to_owned(),
            owner: self.account.clone(),
            last_modified: OffsetDateTime::now_utc(),
        };
        self.distributions
            .entry(id.to_owned())
            .insert_entry(distribution)
            .into_mut()
    }

    /// Makes an origin access control, for instance of type `s3`, behavior `always`, protocol `sigv4`.
    pub fn origin_access_control(
        &mut self,
        id: &str,
        origin_type: &str,
        signing_behavior: &str,
        signing_protocol: &str,
    ) {
        let config = json!({
            "Name": format!("oac-{id}"), "Description": "", "SigningProtocol": signing_protocol,
            "SigningBehavior": signing_behavior, "OriginAccessControlOriginType": origin_type,
        });
        self.origin_access_controls.insert(id.to_owned(), config);
    }

    /// Makes an origin access identity.
    pub fn origin_access_identity(&mut self, id: &str) -> &mut Identity {
        let unique = Uuid::new_v4().simple().to_string();
        let identity = Identity {
            s3_canonical_user_id: format!("{unique}{unique}"),
            caller_reference: id.to_owned(),
            comment: format!("access-identity-{id}"),
        };
        self.origin_access_identities
            .entry(id.to_owned())
            .insert_entry(identity)
            .into_mut()
    }

    /// Makes a KMS key, by its ARN, with this policy.
    pub fn key(&mut self, arn: &str, policy: Value) {
        self.key_policies.insert(arn.to_owned(), policy);
    }

    /// Makes a topic, by its ARN.
    pub fn topic(&mut self, arn: &str) {
        self.topics.insert(arn.to_owned());
    }

    /// Makes an event bus, by its name.
    pub fn bus(&mut self, name: &str) {
        self.buses.insert(name.to_owned());
    }

    /// Stages a failure.
    pub fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Denies an IAM action to everybody.
    pub fn deny(&mut self, action: &str) {
        self.denied.insert(action.to_owned());
    }

    /// How often each operation was called: `s3:HeadBucket` and so on.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<String, usize> {
        let mut calls = BTreeMap::new();
        for request in &self.requests {
            *calls.entry(request.name()).or_default() += 1;
        }
        calls
    }

    /// The number of sequential waves of requests: a new one starts when a request arrives after all earlier ones had
    /// been answered. Let the world [`hold`](Self::hold) requests, or give it some latency, so that requests that were
    /// sent together overlap.
    #[must_use]
    pub fn waves(&self) -> usize {
        record::waves(&self.requests)
    }

    /// The same up to the last answer to an operation.
    #[must_use]
    pub fn waves_until(&self, operation: &str) -> usize {
        let asked = |request: &&Request| request.name() == operation;
        let answered = self.requests.iter().filter(asked).filter_map(|it| it.end);
        let Some(answered) = answered.max() else {
            return 0;
        };
        let earlier = self.requests.iter().filter(|it| it.start < answered);
        record::waves(&earlier.cloned().collect::<Vec<_>>())
    }

    /// Forgets what was asked, keeps what there is.
    pub fn forget_requests(&mut self) {
        self.requests.clear();
        self.violations.clear();
    }

    pub(crate) fn violation(&mut self, sentence: impl Into<String>) {
        self.violations.push(sentence.into());
    }

    pub(crate) fn is_denied(&self, action: &str) -> bool {
        self.denied
            .iter()
            .any(|pattern| fault::matches_pattern(pattern, action))
    }

    /// The account of an access key: [`World::account`], but for a key of twelve digits, which is its own.
    pub(crate) fn account_of(&self, access_key: &str) -> String {
        let digits = access_key.len() == 12 && access_key.bytes().all(|byte| byte.is_ascii_digit());
        if digits {
            access_key.to_owned()
        } else {
            self.account.clone()
        }
    }

    /// The job whose artifact credentials have this access key.
    pub(crate) fn job_of(&self, access_key: &str) -> Option<&Job> {
        self.jobs
            .values()
            .find(|job| job.access_key_id == access_key)
    }
}

/// A version as CloudFront writes it: `E` and thirteen characters.
pub(crate) fn new_etag() -> String {
    let unique = Uuid::new_v4().simple().to_string().to_ascii_uppercase();
    format!("E{}", &unique[..13])
}
