//! Calls and waves, counted by the double. Times are for `make bench`.

use aws_double::{Fault, FaultKind, World};
use serde_json::{Value, json};

use crate::stage::{DISTRIBUTION, REPORTS, Stage, readable, site};
use crate::whole::whole;

/// A config of many S3 origins, each in a bucket of its own, all behind one OAC.
fn wide(stage: &Stage, origins: usize) -> Value {
    let mut config = site();
    config["OriginGroups"] = json!({"Quantity": 0});
    config["CacheBehaviors"] = json!({"Quantity": 0});
    let items: Vec<Value> = (0..origins)
        .map(|n| {
            let name = format!("wide-{n}");
            stage.double.world().bucket(&name, "us-east-1").policy(readable(&name));
            json!({"Id": format!("o{n}"), "DomainName": format!("wide-{n}.s3.us-east-1.amazonaws.com"),
                "S3OriginConfig": {"OriginAccessIdentity": ""}, "OriginAccessControlId": "EASSETSOAC1"})
        })
        .collect();
    config["Origins"] = json!({"Quantity": origins, "Items": items});
    config["DefaultCacheBehavior"]["TargetOriginId"] = "o0".into();
    whole(config)
}

fn update(config: &Value, etag: &str) -> Value {
    json!({
        "detail-type": "AWS API Call via CloudTrail", "source": "aws.cloudfront", "account": "111122223333",
        "detail": {"eventID": "budget-1", "eventSource": "cloudfront.amazonaws.com", "eventName": "UpdateDistribution",
            "responseElements": {"eTag": etag, "distribution": {"id": DISTRIBUTION, "distributionConfig": lowered(config)}}}
    })
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

/// How many requests each wave had.
fn waves(world: &World) -> Vec<usize> {
    let of_wave = |wave| {
        let requests = world.requests.iter();
        requests.filter(|it| it.wave == Some(wave)).count()
    };
    (0..world.waves()).map(of_wave).collect()
}

#[tokio::test]
async fn a_gate_takes_four_waves_whatever_the_number_of_origins() {
    let stage = Stage::new().await;
    let candidate = wide(&stage, 100);
    let hold = [5, 100 + 100 + 1, 3, 1];
    stage.double.world().hold = hold.to_vec();
    assert!(stage.run(stage.job(&candidate)).await.succeeded());
    let world = stage.double.world();
    assert_eq!(waves(&world), hold, "read, probe, store, answer");
    let calls = world.calls();
    assert_eq!(calls["s3:GetBucketPolicy"], 100);
    assert_eq!(
        calls.get("s3:HeadBucket"),
        None,
        "the policy's answer says as much"
    );
    assert_eq!(
        calls["cloudfront:GetOriginAccessControl"], 1,
        "however often it is named"
    );
    assert_eq!(
        calls["s3:PutObject"], 4,
        "marker, and report in three forms"
    );
    drop(world);
    let cost = &stage.report()["cost"];
    assert_eq!(cost["waves"], 2, "up to the report: {cost}");
    assert_eq!(cost["awsCalls"]["s3:GetBucketPolicy"], 100);
}

/// A source can name more buckets than a function has file descriptors.
#[tokio::test]
async fn no_more_than_256_requests_of_probes_are_in_flight() {
    let stage = Stage::new().await;
    let candidate = wide(&stage, 300);
    // None of a wave is answered before all of it came.
    let hold = [5, 256, 256, 300 + 300 + 1 - 2 * 256, 3, 1];
    stage.double.world().hold = hold.to_vec();
    stage.run(stage.job(&candidate)).await;
    assert_eq!(waves(&stage.double.world()), hold);
}

#[tokio::test]
async fn waves_are_counted_on_after_a_call_that_is_not_awaited() {
    let stage = Stage::new().await;
    let candidate = wide(&stage, 3);
    // The call is tried again before it is given up.
    stage.double.world().hold = vec![5, 1 + 3 + 3 + 1, 3, 1];
    let hang = Fault::new("codepipeline:GetJobDetails", FaultKind::Hang);
    stage.double.world().fault(hang);
    assert!(stage.run(stage.job(&candidate)).await.succeeded());
    let waves = &stage.report()["cost"]["waves"];
    assert_eq!(waves, 3, "read, tried again, probed");
}

#[tokio::test]
async fn an_audit_takes_two_waves_and_asks_cloudfront_for_no_config() {
    let mut stage = Stage::new().await;
    stage.settings.notify_pass = true;
    let config = wide(&stage, 25);
    let hold = [25 + 25 + 1 + 1 + 1, 3 + 1, 1 + 1];
    stage.double.world().hold = hold.to_vec();
    stage.invoke(update(&config, "ENOTLIVE")).await.unwrap();
    let world = stage.double.world();
    let calls = world.calls();
    // Two to judge and report; one more to mark the event as reported, and to check whether the config is
    // still live.
    assert_eq!(waves(&world), hold, "{calls:?}");
    assert_eq!(world.waves_until("sns:Publish"), 2);
    assert_eq!(calls["s3:GetBucketPolicy"], 25);
    assert_eq!(calls.get("s3:HeadBucket"), None);
    assert_eq!(calls["sns:Publish"], 1);
    assert_eq!(
        calls["cloudfront:GetDistribution"], 1,
        "only for the last known good config"
    );
    assert_eq!(calls.get("s3:ListBuckets"), None);
}

#[tokio::test]
async fn keeping_the_last_known_good_takes_one_read_and_one_write() {
    let stage = Stage::new().await;
    let etag = stage.double.world().distributions[DISTRIBUTION]
        .etag
        .clone();
    stage.invoke(update(&site(), &etag)).await.unwrap();
    let world = stage.double.world();
    let calls = world.calls();
    assert_eq!(calls["cloudfront:GetDistribution"], 1);
    let written: Vec<&String> = world.buckets[REPORTS].objects.keys().collect();
    assert_eq!(
        written.len(),
        5,
        "marker, report in three forms, last known good: {written:?}"
    );
    assert_eq!(calls["s3:PutObject"], 6, "the marker is written twice");
}

#[tokio::test]
async fn each_subject_is_asked_about_once() {
    let stage = Stage::new().await;
    let mut config = site();
    let copy = config["Origins"]["Items"][0].clone();
    for n in 0..5 {
        let mut copy = copy.clone();
        copy["Id"] = format!("again-{n}").into();
        config["Origins"]["Items"]
            .as_array_mut()
            .unwrap()
            .push(copy);
    }
    config["Origins"]["Quantity"] = 9.into();
    stage.run(stage.job(&config)).await;
    let calls = stage.double.world().calls();
    assert_eq!(
        (
            calls["s3:GetBucketPolicy"],
            calls["cloudfront:GetOriginAccessControl"]
        ),
        (3, 1)
    );
}
