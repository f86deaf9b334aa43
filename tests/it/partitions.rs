//! Buckets of other partitions: the guard's credentials are not valid there, so that every answer would be a lie.

use serde_json::{Value, json};

use crate::stage::{Stage, site};

const ELSEWHERE: [(&str, &str); 3] = [
    ("example-gov.s3.us-gov-west-1.amazonaws.com", "aws-us-gov"),
    ("example-china.s3.cn-north-1.amazonaws.com.cn", "aws-cn"),
    (
        "example-sovereign.s3.eusc-de-east-1.amazonaws.eu",
        "aws-eusc",
    ),
];

fn requests_about(stage: &Stage, bucket: &str) -> usize {
    let world = stage.double.world();
    let requests = world.requests.iter();
    requests
        .filter(|it| it.subject.as_deref() == Some(bucket))
        .count()
}

#[track_caller]
fn is_not_decidable(stage: &Stage, bucket: &str, partition: &str) {
    let report = stage.report();
    let unknowns = report["unknowns"].as_array().unwrap();
    let unknown = unknowns.iter().find(|it| it["subject"] == bucket);
    let unknown = unknown.unwrap_or_else(|| panic!("{bucket}: {unknowns:#?}"));
    assert_eq!(unknown["blocks"], false);
    let cause = unknown["cause"].as_str().unwrap();
    assert!(cause.starts_with("not decidable"), "{cause}");
    assert!(cause.contains(partition), "{cause}");
}

#[tokio::test]
async fn a_bucket_of_another_partition_is_not_probed_and_blocks_nothing() {
    for (domain, partition) in ELSEWHERE {
        let stage = Stage::new().await;
        let mut candidate = site();
        candidate["Origins"]["Items"][2]["DomainName"] = domain.into();
        let answer = stage.run(stage.job(&candidate)).await;
        assert!(answer.succeeded(), "{domain}: {}", answer.message());
        let (bucket, _) = domain.split_once('.').unwrap();
        assert_eq!(requests_about(&stage, bucket), 0, "{domain}");
        is_not_decidable(&stage, bucket, partition);
    }
}

#[tokio::test]
async fn a_website_of_another_partition_is_not_probed() {
    let stage = Stage::new().await;
    let mut candidate = site();
    let origin = &mut candidate["Origins"]["Items"][3];
    origin["DomainName"] = "example-gov.s3-website-us-gov-west-1.amazonaws.com".into();
    origin["CustomOriginConfig"]["OriginProtocolPolicy"] = "http-only".into();
    let answer = stage.run(stage.job(&candidate)).await;
    assert!(answer.succeeded(), "{}", answer.message());
    assert_eq!(requests_about(&stage, "example-gov"), 0);
    is_not_decidable(&stage, "example-gov", "aws-us-gov");
}

/// A name is one bucket in each partition: what is true of ours says nothing about the other.
#[tokio::test]
async fn a_name_in_two_partitions_is_two_buckets() {
    let stage = Stage::new().await;
    let mut candidate = site();
    let mut other = candidate["Origins"]["Items"][0].clone();
    other["Id"] = "china".into();
    other["DomainName"] = "example-assets.s3.cn-north-1.amazonaws.com.cn".into();
    let origins = candidate["Origins"]["Items"].as_array_mut().unwrap();
    origins.push(other);
    candidate["Origins"]["Quantity"] = json!(5);
    stage.run(stage.job(&candidate)).await;
    let report = stage.report();
    let findings = report["findings"].as_array().unwrap();
    let region = |finding: &Value| finding["rule"] == "wrong-bucket-region";
    assert!(!findings.iter().any(region), "{findings:#?}");
}
