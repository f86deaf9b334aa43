//! What hangs, and regions that are not there, take nothing along that is known.

use std::time::{Duration, Instant};

use aws_double::{Fault, FaultKind};
use futures_util::future::join_all;
use origin_guard::candidate::{Candidate, Source, read_document};
use origin_guard::distribution::AccountId;
use origin_guard::facts::{Fact, Facts, Needs, ProbeFailure, UnknownCause, gather};
use origin_guard::ports::{Account as _, Asking, Turns};
use origin_guard::rules::{Case, Judgement, Limits, judge};
use serde_json::{Value, json};

use crate::stage::{ACCOUNT, DISTRIBUTION, Stage, readable, site};

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k1";

/// A guard with little time, in front of an S3 that never answers about one bucket.
async fn hanging(bucket: &str) -> Stage {
    let mut stage = Stage::new().await;
    // Two thirds of two thirds are for the probes.
    stage.deadline = Duration::from_secs(6);
    let fault = Fault::new("s3:*", FaultKind::Hang).on(bucket);
    stage.double.world().fault(fault);
    stage
}

fn unknown(report: &Value, fact: &str, subject: &str) -> Value {
    let unknowns = report["unknowns"].as_array().unwrap();
    let is = |it: &&Value| it["fact"] == fact && it["subject"] == subject;
    let found = unknowns.iter().find(is);
    found
        .unwrap_or_else(|| panic!("no {fact} of {subject} in {unknowns:#?}"))
        .clone()
}

fn with_a_ghost() -> Value {
    let mut candidate = site();
    candidate["DefaultCacheBehavior"]["TargetOriginId"] = "ghost".into();
    candidate
}

#[tokio::test]
async fn a_bucket_that_hangs_takes_no_finding_along() {
    let stage = hanging("example-media").await;
    let began = Instant::now();
    let answer = stage.run(stage.job(&with_a_ghost())).await;
    assert!(began.elapsed() < stage.deadline, "{:?}", began.elapsed());
    answer.fails_with("JobFailed", &["unknown-target-origin", "`ghost`"]);
    let report = stage.report();
    let bucket = unknown(&report, "bucket", "example-media");
    assert_eq!(bucket["cause"], "timed out: no answer in time");
    assert_eq!(bucket["blocks"], true);
    let calls = stage.double.world().calls();
    assert_eq!(calls.get("s3:HeadBucket"), None, "no second question");
}

#[tokio::test]
async fn an_audit_tells_what_it_knows_although_a_bucket_hangs() {
    let stage = hanging("example-media").await;
    let event = json!({
        "detail-type": "AWS API Call via CloudTrail", "source": "aws.cloudfront", "account": "111122223333",
        "detail": {"eventID": "patience-1", "eventSource": "cloudfront.amazonaws.com", "eventName": "UpdateDistribution",
            "responseElements": {"eTag": "E1", "distribution": {"id": DISTRIBUTION, "distributionConfig": lowered(&with_a_ghost())}}}
    });
    stage.invoke(event).await.unwrap();
    let world = stage.double.world();
    let message = &world.published[0].message;
    assert!(message.contains("unknown-target-origin"), "{message}");
}

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

/// What the probes know when their time is up; all that does not hang answers at once.
async fn facts(stage: &Stage, candidate: &Candidate, live: &Candidate) -> Facts {
    let subject = candidate.to_probe(Some(&live.distribution));
    let needs = Needs::of_all([subject].into_iter());
    let aws = stage.aws();
    let asking = Asking {
        account: AccountId::parse(ACCOUNT),
        owners: &[],
        until: Some(Instant::now() + Duration::from_secs(4)),
        turns: &Turns::of(100, 1_000),
    };
    gather(&aws.probes(asking), &needs).await
}

fn read(config: &Value) -> Candidate {
    let text = json!({"Id": DISTRIBUTION, "DistributionConfig": config}).to_string();
    read_document(Source::File, "distribution.json", text.as_bytes()).unwrap()
}

/// What the rules say of it.
async fn judged(stage: &Stage) -> Judgement {
    let candidate = read(&site());
    let facts = facts(stage, &candidate, &candidate).await;
    let limits = Limits::default();
    judge(&Case::new(&candidate.distribution, &facts, &limits))
}

fn has(judgement: &Judgement, rule: &str) -> bool {
    let mut findings = judgement.findings.iter();
    findings.any(|finding| finding.rule.name == rule)
}

const CUT_OFF: UnknownCause = UnknownCause::ProbeFailed(ProbeFailure::TimedOut);

#[track_caller]
fn is_cut_off(judgement: &Judgement, fact: &str) {
    let unknowns = || judgement.unknowns.iter().map(|it| &it.unknown);
    let cut = unknowns().find(|it| it.fact == fact && it.cause == CUT_OFF);
    assert!(
        cut.is_some(),
        "{fact}: {:#?}",
        unknowns().collect::<Vec<_>>()
    );
}

/// Every fact that was cut off.
fn cut_off(facts: &Facts) -> Vec<&'static str> {
    fn of<'f, T: 'f>(facts: impl IntoIterator<Item = &'f Fact<T>>) -> Vec<&'static str> {
        let unknown = |fact: &'f Fact<T>| match fact {
            Fact::Unknown(unknown) if unknown.cause == CUT_OFF => Some(unknown.fact),
            _ => None,
        };
        facts.into_iter().filter_map(unknown).collect()
    }
    let access = || facts.bucket_access.values();
    [
        of(facts.origin_access_controls.values()),
        of(facts.origin_access_identities.values()),
        of(facts.vpc_origins.values()),
        of(facts.websites.values()),
        of(facts.key_policies.values()),
        of(access().map(|it| &it.public_access_block)),
        of(access().map(|it| &it.acls)),
        of(access().map(|it| &it.contents)),
    ]
    .concat()
}

fn hang(stage: &Stage, operation: &str) {
    let fault = Fault::new(operation, FaultKind::Hang);
    stage.double.world().fault(fault);
}

/// Where a question about a bucket hangs, what the others said of it counts.
#[tokio::test]
async fn what_a_bucket_said_before_one_question_hangs_counts() {
    let stage = Stage::new().await;
    hang(&stage, "s3:GetBucketEncryption");
    let mut policy = readable("example-assets");
    policy["Statement"][0]["Condition"] = json!({"StringEquals": {"AWS:SourceArn": "arn:other"}});
    stage
        .double
        .world()
        .bucket("example-assets", "eu-west-1")
        .policy(policy);
    let judgement = judged(&stage).await;
    assert!(has(&judgement, "ungranted-bucket-access"));
    is_cut_off(&judgement, "bucket encryption");
}

#[tokio::test]
async fn a_listing_that_hangs_leaves_the_region_known() {
    let stage = Stage::new().await;
    hang(&stage, "s3:ListBuckets");
    stage
        .double
        .world()
        .bucket("example-media", "eu-west-3")
        .owned_by("444455556666");
    let judgement = judged(&stage).await;
    assert!(has(&judgement, "wrong-bucket-region"));
    is_cut_off(&judgement, "bucket owner");
}

#[tokio::test]
async fn a_key_is_asked_about_although_another_bucket_hangs() {
    let stage = Stage::new().await;
    {
        let mut world = stage.double.world();
        world.fault(Fault::new("s3:*", FaultKind::Hang).on("example-media"));
        let bucket = world.bucket("example-assets", "eu-west-1").kms_key(KEY);
        bucket.policy(readable("example-assets"));
        world.key(KEY, json!({"Version": "2012-10-17", "Statement": []}));
    }
    let judgement = judged(&stage).await;
    assert!(has(&judgement, "ungranted-kms-access"));
    is_cut_off(&judgement, "bucket");
}

#[tokio::test]
async fn every_kind_of_probe_has_its_end() {
    let kinds = [
        ("cloudfront:GetOriginAccessControl", "origin access control"),
        (
            "cloudfront:GetCloudFrontOriginAccessIdentity",
            "origin access identity",
        ),
        ("cloudfront:GetVpcOrigin", "VPC origin"),
        ("s3:GetBucketWebsite", "website hosting"),
        ("s3:GetPublicAccessBlock", "public access block"),
        ("s3:GetBucketOwnershipControls", "object ownership"),
        ("s3:ListObjectsV2", "bucket contents"),
    ];
    let each = kinds.map(async |(operation, fact)| {
        let stage = Stage::new().await;
        let candidate = read(&with_every_probe(&stage));
        hang(&stage, operation);
        let facts = facts(&stage, &candidate, &read(&site())).await;
        assert!(cut_off(&facts).contains(&fact), "{fact}: {facts:#?}");
    });
    join_all(each).await;
}

/// It is asked about when its bucket has answered.
#[tokio::test]
async fn a_key_that_hangs_has_its_end() {
    let stage = Stage::new().await;
    hang(&stage, "kms:GetKeyPolicy");
    let candidate = read(&with_every_probe(&stage));
    let facts = facts(&stage, &candidate, &candidate).await;
    assert_eq!(cut_off(&facts), ["key policy"]);
}

/// A candidate about which every probe is asked.
fn with_every_probe(stage: &Stage) -> Value {
    let mut world = stage.double.world();
    let assets = world.bucket("example-assets-v2", "eu-west-1").kms_key(KEY);
    assets.policy(readable("example-assets-v2"));
    world.key(KEY, json!({"Version": "2012-10-17", "Statement": []}));
    let hosting = world.bucket("example-website", "us-east-1").website();
    hosting.public_access_block = None;
    let mut candidate = site();
    let origins = candidate["Origins"]["Items"].as_array_mut().unwrap();
    origins[0]["DomainName"] = "example-assets-v2.s3.eu-west-1.amazonaws.com".into();
    let mut website = origins[3].clone();
    website["Id"] = "website".into();
    website["DomainName"] = "example-website.s3-website-us-east-1.amazonaws.com".into();
    website["CustomOriginConfig"]["OriginProtocolPolicy"] = "http-only".into();
    let mut vpc = origins[3].clone();
    vpc["Id"] = "vpc".into();
    vpc["VpcOriginConfig"] = json!({"VpcOriginId": "vo_example"});
    vpc.as_object_mut().unwrap().remove("CustomOriginConfig");
    origins.extend([website, vpc]);
    candidate["Origins"]["Quantity"] = 6.into();
    candidate
}

/// The name of such an endpoint is not in DNS, so that nothing answers.
fn no_endpoint(region: &str) -> Fault {
    Fault::new("s3:*", FaultKind::Reset).in_region(region)
}

fn at(domain: &str) -> Value {
    let mut candidate = site();
    candidate["Origins"]["Items"][0]["DomainName"] = domain.into();
    candidate
}

#[tokio::test]
async fn a_region_that_is_misspelt_is_a_finding_and_no_outage() {
    let stage = Stage::new().await;
    stage.double.world().fault(no_endpoint("eu-wset-1"));
    let candidate = at("example-assets.s3.eu-wset-1.amazonaws.com");
    let answer = stage.run(stage.job(&candidate)).await;
    answer.fails_with(
        "JobFailed",
        &[
            "wrong-bucket-region",
            "set DomainName to `example-assets.s3.eu-west-1.amazonaws.com`",
        ],
    );
    let report = stage.report();
    let findings = report["findings"].as_array().unwrap().iter();
    let errors: Vec<&Value> = findings.filter(|it| it["severity"] == "error").collect();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    let unknowns = report["unknowns"].as_array().unwrap();
    assert!(
        unknowns.iter().all(|it| it["blocks"] == false),
        "{unknowns:#?}"
    );
}

#[tokio::test]
async fn a_bucket_that_is_missing_in_a_region_that_is_misspelt_is_missing() {
    let stage = Stage::new().await;
    stage.double.world().fault(no_endpoint("eu-wset-1"));
    let candidate = at("example-gone.s3.eu-wset-1.amazonaws.com");
    let answer = stage.run(stage.job(&candidate)).await;
    answer.fails_with("JobFailed", &["missing-bucket"]);
}

#[tokio::test]
async fn a_bucket_of_another_account_in_a_misspelt_region_is_foreign() {
    let stage = Stage::new().await;
    {
        let mut world = stage.double.world();
        world.fault(no_endpoint("eu-wset-1"));
        let foreign = world.bucket("example-foreign", "us-east-1");
        foreign.owned_by("444455556666");
    }
    let candidate = at("example-foreign.s3.eu-wset-1.amazonaws.com");
    let answer = stage.run(stage.job(&candidate)).await;
    answer.fails_with("JobFailed", &["foreign-bucket", "wrong-bucket-region"]);
}

/// The home region says that the bucket is where nothing answers.
#[tokio::test]
async fn a_region_that_is_cut_off_is_an_outage() {
    let stage = Stage::new().await;
    stage.double.world().fault(no_endpoint("eu-west-1"));
    let answer = stage.run(stage.job(&site())).await;
    answer.fails_with("SystemUnavailable", &["unreachable", "example-assets"]);
    let world = stage.double.world();
    let asked = world
        .requests
        .iter()
        .filter(|it| it.region == "eu-west-1" && it.operation == "GetBucketPolicy");
    assert_eq!(asked.count(), 3, "the SDK's tries of one question");
}
