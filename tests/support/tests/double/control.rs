use aws_double::{Double, World};
use serde_json::json;

use crate::client::{Ask, s3};

fn scenario() -> serde_json::Value {
    json!({
        "account": "222233334444",
        "buckets": {"site": {"region": "eu-west-1", "objects": {"a": "text", "b": {"base64": "AAE="}, "c.zip": {"zip": {"x": {"json": {"y": 1}}}}},
            "website": true, "policy": {"Statement": []}}, "theirs": {"owner": "999988887777"}},
        "distributions": {"E1": {"CallerReference": "r"}, "E2": {"config": {}, "domainName": "d.cloudfront.net"}},
        "originAccessControls": {"OAC": {"type": "lambda"}}, "originAccessIdentities": {"OAI": {}},
        "topics": ["arn:aws:sns:us-east-1:222233334444:t"], "buses": ["audit"], "latencyMs": 5,
        "faults": [{"operation": "s3:*", "kind": {"status": 503, "code": "SlowDown"}, "times": 1}, {"operation": "*", "kind": "deny", "subject": "x"}],
        "denied": ["s3:GetBucketPolicy"],
    })
}

#[test]
fn a_scenario_makes_a_world() {
    let mut world = World::default();
    world.merge(&scenario()).expect("a good scenario");
    let site = &world.buckets["site"];
    assert_eq!(
        (
            site.region.as_str(),
            site.owner.as_str(),
            site.objects.len()
        ),
        ("eu-west-1", "222233334444", 3)
    );
    assert!(site.website.is_some() && site.objects["c.zip"].body.starts_with(b"PK"));
    assert_eq!(
        world.origin_access_controls["OAC"]["OriginAccessControlOriginType"],
        "lambda"
    );
    assert_eq!(
        (
            world.faults.len(),
            world.latency.as_millis(),
            world.distributions["E2"].domain_name.as_str()
        ),
        (2, 5, "d.cloudfront.net")
    );
    let unknown = world
        .merge(&json!({"bucket": {}}))
        .expect_err("a typing error is noticed");
    assert_eq!(
        unknown.to_string(),
        "the scenario has the unknown key bucket"
    );
}

#[tokio::test]
async fn the_process_is_steered_over_http() {
    let double = Double::start().await;
    let at = double.endpoint();
    assert_eq!(
        Ask::new(&at, "POST", "/_double/world")
            .body(scenario().to_string())
            .send()
            .await
            .status,
        200
    );
    assert_eq!(
        Ask::new(&at, "POST", "/_double/world")
            .body("{\"x\":1}")
            .send()
            .await
            .status,
        400
    );
    let options = json!({"userParameters": "E1", "artifact": {"bucket": "site", "key": "c.zip"}, "accessKeyId": "AKIAJOB", "sessionToken": ""});
    let event = Ask::new(&at, "POST", "/_double/jobs")
        .body(options.to_string())
        .send()
        .await
        .json();
    let id = event["CodePipeline.job"]["id"].as_str().expect("an ID");
    let job = Ask::new(&at, "GET", &format!("/_double/jobs/{id}"))
        .send()
        .await
        .json();
    assert_eq!(job, json!({"state": "InProgress", "result": null}));
    s3(&at, "HEAD", "/site", "eu-west-1").send().await;
    let requests = Ask::new(&at, "GET", "/_double/requests")
        .send()
        .await
        .json();
    assert_eq!(
        (
            &requests["calls"]["s3:HeadBucket"],
            &requests["waves"],
            &requests["requests"][0]["status"]
        ),
        (&json!(1), &json!(1), &json!(503))
    );
    let read = Ask::new(&at, "GET", "/site/c.zip")
        .signed("AKIAJOB", "eu-west-1", "s3")
        .send()
        .await;
    assert_eq!(read.status, 200);
    assert_eq!(
        Ask::new(&at, "GET", "/_double/violations")
            .send()
            .await
            .json(),
        json!([])
    );
    assert_eq!(
        Ask::new(&at, "GET", "/_double/published")
            .send()
            .await
            .json(),
        json!([])
    );
    assert_eq!(
        Ask::new(&at, "POST", "/_double/reset").send().await.status,
        200
    );
    assert!(double.world().buckets.is_empty());
}
