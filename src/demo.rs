//! A broken example and what AWS would say about it, for `origin-guard demo`: the real rules, no account.

use std::sync::Arc;

use time::macros::utc_datetime;

use crate::candidate::{Source, read_document};
use crate::cost::Cost;
use crate::distribution::{AccountId, BucketName, Region};
use crate::error::GuardError;
use crate::facts::{
    Bucket, BucketAccess, Encryption, Fact, Facts, Identity, OriginAccessControl, Owner,
};
use crate::judged::{Judged, Mode};
use crate::policy::Policy;
use crate::report::{self, v1};
use crate::rules::{Case, Limits, judge};
use crate::timestamp::Timestamp;
use crate::verdict::{OnUnknown, Verdict, decide};

/// The example's config.
pub const CONFIG: &str = include_str!("demo.json");
/// Its name in messages.
pub const NAME: &str = "distribution.json";

const ACCOUNT: &str = "111122223333";
const IDENTITY: &str = "EMEDIAOAI1";

/// Judges the example.
///
/// # Errors
/// If the example cannot be read.
pub fn report() -> Result<(v1::Report, Verdict), GuardError> {
    let candidate = read_document(Source::File, NAME, CONFIG.as_bytes())?;
    let facts = facts();
    let limits = Limits::default();
    let case = Case::new(&candidate.distribution, &facts, &limits);
    let decision = decide(judge(&case), OnUnknown::Block);
    let verdict = decision.verdict;
    let report = report::build(&Judged {
        mode: Mode::Check,
        judged_at: Timestamp::of(utc_datetime!(2026-11-23 9:00)),
        candidate,
        baseline: None,
        facts: Arc::new(facts),
        decision,
        trigger: None,
        explanation: None,
        cost: Cost::default(),
        rules_url: None,
    });
    Ok((report, verdict))
}

/// One bucket was renamed in the candidate only, and one is not where its domain says.
fn facts() -> Facts {
    let mut facts = Facts {
        account: AccountId::parse(ACCOUNT),
        ..Facts::default()
    };
    let bucket = |region| Bucket::Exists {
        region: Region::parse(region),
        owner: Fact::Known(Owner::Ours),
    };
    for (name, bucket) in [
        ("example-assets-v2", Bucket::Missing),
        ("example-assets-standby", bucket("eu-central-1")),
        ("example-media", bucket("us-east-1")),
    ] {
        let access = BucketAccess {
            policy: Fact::Known(Policy::parse(&readable(name)).ok()),
            encryption: Fact::Known(Encryption::S3Managed),
            ..BucketAccess::not_asked(name)
        };
        let name = BucketName::new(name);
        facts.buckets.insert(name.clone(), Fact::Known(bucket));
        facts.bucket_access.insert(name, access);
    }
    let control = OriginAccessControl {
        name: "assets".to_owned(),
        origin_type: "s3".to_owned(),
        signing_behavior: "always".to_owned(),
        signing_protocol: Some("sigv4".to_owned()),
    };
    let identity = Identity {
        canonical_user: String::new(),
    };
    facts
        .origin_access_controls
        .insert("EASSETSOAC1".to_owned(), Fact::Known(Some(control)));
    facts
        .origin_access_identities
        .insert(IDENTITY.to_owned(), Fact::Known(Some(identity)));
    facts
}

/// A policy that lets in the account's distributions and the identity.
fn readable(bucket: &str) -> String {
    let resource = format!("arn:aws:s3:::{bucket}/*");
    serde_json::json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
         "Resource": resource, "Condition": {"StringEquals": {"AWS:SourceAccount": ACCOUNT}}},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource,
         "Principal": {"AWS": format!("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {IDENTITY}")}},
    ]})
    .to_string()
}
