//! CloudTrail's events on what distributions use: those that it hurts are reported, and by whom; nothing
//! that is used is silence, at the cost of one read.

use aws_double::{Fault, FaultKind};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::stage::{ACCOUNT, DISTRIBUTION, REPORTS, Stage};

const LIST: &str = "cloudfront:ListDistributions";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn event(name: &str) -> Value {
    let path = format!("{}/events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// Writes the index into each part, as format 1 has it: the site uses its buckets.
fn put_index(stage: &Stage, age: time::Duration) {
    let taken_at = OffsetDateTime::now_utc() - age;
    let uses = |bucket: &str, origin: &str, pattern: &str| {
        json!({"subject": {"kind": "bucket", "name": bucket}, "uses": [{
            "distribution": {"id": DISTRIBUTION, "domainName": "d1.cloudfront.net",
                "aliases": ["www.example.com"], "enabled": true, "staging": false, "multiTenant": false},
            "origins": [{"id": origin, "domainName": format!("{bucket}.s3.us-east-1.amazonaws.com"),
                "subjects": [{"kind": "bucket", "name": bucket}],
                "serves": [{"pathPattern": pattern, "group": null}]}]}]})
    };
    let part = json!({
        "schemaVersion": "1", "takenAt": taken_at.format(&Rfc3339).unwrap(), "account": ACCOUNT,
        "distributions": 1, "configs": [], "names": {},
        "subjects": [uses("example-media", "media", "/media/*"), uses("example-assets", "assets", "*")],
        "gaps": {"unread": [], "openOrigins": [], "codeAtEdge": [], "uncheckedKeys": []},
    });
    let mut world = stage.double.world();
    for shard in 0..64 {
        let key = format!("index/v1/{shard:02}.json");
        world.object(REPORTS, &key, part.to_string());
    }
    world.forget_requests();
}

fn delete_media(stage: &Stage) {
    stage.double.world().buckets.remove("example-media");
}

#[tokio::test]
async fn a_deleted_bucket_is_reported_with_who_deleted_it_and_what_no_longer_works() {
    let stage = Stage::new().await;
    put_index(&stage, time::Duration::hours(1));
    delete_media(&stage);
    let answer = stage
        .invoke(event("cloudtrail-delete-bucket"))
        .await
        .unwrap();
    assert_eq!(answer["hurt"], json!([DISTRIBUTION]));
    {
        let world = stage.double.world();
        let [message] = world.published.as_slice() else {
            panic!("{:?}", world.published);
        };
        let sentence = "Admin/alice deleted bucket `example-media`: `/media/*` of www.example.com serves errors; \
                        the name is free for any account";
        assert!(message.message.starts_with(sentence), "{}", message.message);
        assert!(
            message.message.contains("missing-bucket"),
            "{}",
            message.message
        );
        assert!(!message.message.contains("Note:"), "{}", message.message);
        assert!(!world.calls().contains_key(LIST), "the index says it");
        assert_eq!(world.violations, Vec::<String>::new());
    }
    assert_eq!(stage.report()["distribution"]["id"], DISTRIBUTION);
    // A second delivery sends nothing.
    let again = stage
        .invoke_as("request-2", event("cloudtrail-delete-bucket"))
        .await;
    assert!(again.unwrap().get("duplicate").is_some());
    assert_eq!(stage.double.world().published.len(), 1);
}

#[tokio::test]
async fn what_nothing_uses_is_silence_at_the_cost_of_one_read() {
    let stage = Stage::new().await;
    put_index(&stage, time::Duration::hours(1));
    let mut event = event("cloudtrail-delete-bucket");
    event["detail"]["requestParameters"]["bucketName"] = "example-other".into();
    let answer = stage.invoke(event).await.unwrap();
    assert!(
        answer["unused"].as_str().unwrap().contains("example-other"),
        "{answer}"
    );
    let world = stage.double.world();
    assert!(world.published.is_empty());
    let calls: Vec<_> = world.calls().into_iter().collect();
    assert_eq!(calls, [("s3:GetObject".to_owned(), 1)]);
}

#[tokio::test]
async fn without_a_fresh_index_the_list_answers_and_the_message_says_so() {
    for age in [None, Some(time::Duration::days(7))] {
        let stage = Stage::new().await;
        if let Some(age) = age {
            put_index(&stage, age);
        }
        delete_media(&stage);
        stage
            .invoke(event("cloudtrail-delete-bucket"))
            .await
            .unwrap();
        let world = stage.double.world();
        assert_eq!(world.calls()[LIST], 1);
        let message = &world.published[0].message;
        assert!(
            message.contains("Note: which distributions use it is from the live list"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_list_that_fails_fails_the_invocation_and_is_never_silence() {
    let stage = Stage::impatient().await;
    stage
        .double
        .world()
        .fault(Fault::new(LIST, FaultKind::Throttle));
    let failed = stage.invoke(event("cloudtrail-delete-bucket")).await;
    assert!(failed.unwrap_err().to_string().contains(LIST));
}

#[tokio::test]
async fn a_change_that_breaks_nothing_and_a_refused_one_are_silence() {
    let stage = Stage::new().await;
    put_index(&stage, time::Duration::hours(1));
    let answer = stage
        .invoke(event("cloudtrail-put-bucket-policy"))
        .await
        .unwrap();
    assert_eq!(answer["hurt"], json!([]));
    let mut refused = event("cloudtrail-delete-bucket");
    refused["detail"]["errorCode"] = "BucketNotEmpty".into();
    let answer = stage.invoke(refused).await.unwrap();
    assert!(answer.get("ignored").is_some(), "{answer}");
    assert!(stage.double.world().published.is_empty());
}

#[tokio::test]
async fn a_policy_that_no_longer_grants_is_reported_with_its_rule() {
    let stage = Stage::new().await;
    put_index(&stage, time::Duration::hours(1));
    {
        let mut world = stage.double.world();
        let assets = world.buckets.get_mut("example-assets").unwrap();
        assets.policy(json!({"Version": "2012-10-17", "Statement": []}));
    }
    stage
        .invoke(event("cloudtrail-put-bucket-policy"))
        .await
        .unwrap();
    let world = stage.double.world();
    let message = &world.published[0].message;
    assert!(
        message.starts_with("Admin/alice changed the policy of bucket `example-assets`: `*` of www.example.com is broken (ungranted-bucket-access"),
        "{message}"
    );
}

#[tokio::test]
async fn a_deleted_access_control_and_a_disabled_key_reach_the_distributions_that_use_them() {
    let stage = Stage::new().await;
    stage.double.world().origin_access_controls.clear();
    let event_of = event("cloudtrail-delete-origin-access-control");
    let answer = stage.invoke(event_of).await.unwrap();
    assert_eq!(answer["hurt"], json!([DISTRIBUTION]), "{answer}");
    {
        let world = stage.double.world();
        let message = &world.published[0].message;
        assert!(
            message.contains("unknown-origin-access-control"),
            "{message}"
        );
    }
    let stage = Stage::new().await;
    {
        let mut world = stage.double.world();
        world
            .buckets
            .get_mut("example-assets")
            .unwrap()
            .kms_key(KEY);
        world.key(KEY, json!({"Version": "2012-10-17", "Statement": []}));
    }
    let answer = stage
        .invoke(event("cloudtrail-put-key-policy"))
        .await
        .unwrap();
    assert_eq!(answer["hurt"], json!([DISTRIBUTION]), "{answer}");
    let world = stage.double.world();
    assert!(world.published[0].message.contains("ungranted-kms-access"));
}

#[tokio::test]
async fn a_sweep_writes_the_index_that_answers_afterwards() {
    let stage = Stage::new().await;
    for depth in ["existence", "full"] {
        let sweep = json!({"sweep": {"depth": depth}});
        stage
            .invoke_as(&format!("sweep-{depth}"), sweep)
            .await
            .unwrap();
        assert_eq!(stage.stored("index/v1/").len(), 64);
    }
    {
        let mut world = stage.double.world();
        world.buckets.remove("example-media");
        world.published.clear();
        world.forget_requests();
    }
    let answer = stage
        .invoke(event("cloudtrail-delete-bucket"))
        .await
        .unwrap();
    assert_eq!(answer["hurt"], json!([DISTRIBUTION]));
    {
        let world = stage.double.world();
        assert!(!world.calls().contains_key(LIST), "{:?}", world.calls());
        assert!(!world.published[0].message.contains("Note:"));
    }
    // At depth `full` the buckets were asked for their keys, so no key is left open.
    let key = stage
        .invoke_as("key", event("cloudtrail-schedule-key-deletion"))
        .await
        .unwrap();
    assert!(
        key["unused"].as_str().unwrap().contains("1234abcd"),
        "{key}"
    );
    assert!(!stage.double.world().calls().contains_key(LIST));
}
