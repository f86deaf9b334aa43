//! Regions that are not there.

use aws_double::{Fault, FaultKind};
use serde_json::Value;

use crate::stage::{Stage, site};

/// The name of such an endpoint is not in DNS, so that nobody answers.
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
async fn a_strangers_bucket_in_a_region_that_is_misspelt_is_a_strangers() {
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

/// The home region says that the bucket is where nobody answers.
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
