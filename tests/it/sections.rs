//! The origin map, section by section, through a pipeline's job: what is sound passes, and what is
//! broken is refused by the rule that is meant. (DNS and TLS have servers of their own in
//! `src/network/tests.rs`, since a double of AWS answers for no host.)

use serde_json::{Value, json};

use crate::stage::{ACCOUNT, Stage, site};

fn origin(config: &mut Value, at: usize) -> &mut Value {
    &mut config["Origins"]["Items"][at]
}

/// Judges the site with its config and its world bent.
async fn judge(
    modify: impl Fn(&mut Value),
    world: impl Fn(&mut aws_double::World),
) -> (bool, String) {
    let stage = Stage::new().await;
    world(&mut stage.double.world());
    let mut candidate = site();
    modify(&mut candidate);
    let answer = stage.run(stage.job(&candidate)).await;
    (answer.succeeded(), answer.message().to_owned())
}

#[track_caller]
fn refuses((passed, message): &(bool, String), rule: &str, also: &str) {
    assert!(!passed, "{rule}: {message}");
    assert!(
        message.contains(&format!("error[{rule}]")),
        "{rule}: {message}"
    );
    assert!(message.contains(also), "{also}: {message}");
}

fn untouched(_: &mut aws_double::World) {}

#[tokio::test]
async fn s3_endpoints() {
    for sound in [
        "example-assets.s3.eu-west-1.amazonaws.com",
        "example-assets.s3.dualstack.eu-west-1.amazonaws.com",
        "EXAMPLE-ASSETS.s3-eu-west-1.amazonaws.com",
    ] {
        let judged = judge(|it| origin(it, 0)["DomainName"] = sound.into(), untouched).await;
        assert!(judged.0, "{sound}: {}", judged.1);
    }
    for (broken, rule) in [
        (
            "example-assets.s3-accelerate.amazonaws.com",
            "unsupported-s3-endpoint",
        ),
        ("s3.eu-west-1.amazonaws.com", "unsupported-s3-endpoint"),
        (
            "example-assets.s3-website-eu-west-1.amazonaws.com",
            "website-endpoint-as-s3-origin",
        ),
        (
            "Example_Assets.s3.eu-west-1.amazonaws.com",
            "invalid-bucket-name",
        ),
    ] {
        let judged = judge(|it| origin(it, 0)["DomainName"] = broken.into(), untouched).await;
        refuses(&judged, rule, "origin `assets`");
    }
}

#[tokio::test]
async fn buckets() {
    let judged = judge(|_| {}, untouched).await;
    assert!(judged.0, "{}", judged.1);
    let moved = |it: &mut Value| {
        origin(it, 0)["DomainName"] = "example-assets-v2.s3.eu-west-1.amazonaws.com".into();
    };
    refuses(
        &judge(moved, untouched).await,
        "missing-bucket",
        "anyone could create it",
    );
    let foreign = |world: &mut aws_double::World| {
        world
            .bucket("example-assets", "eu-west-1")
            .owned_by("444455556666");
    };
    refuses(
        &judge(|_| {}, foreign).await,
        "foreign-bucket",
        "example-assets",
    );
    let elsewhere = |world: &mut aws_double::World| {
        world.buckets.get_mut("example-assets").unwrap().region = "us-west-2".to_owned();
    };
    refuses(
        &judge(|_| {}, elsewhere).await,
        "wrong-bucket-region",
        "us-west-2",
    );
}

#[tokio::test]
async fn a_bucket_that_is_only_there_to_get_through() {
    let moved = |it: &mut Value| {
        origin(it, 0)["DomainName"] = "example-assets-v2.s3.eu-west-1.amazonaws.com".into();
    };
    let made = |world: &mut aws_double::World| {
        let policy = crate::stage::readable("example-assets-v2");
        world
            .bucket("example-assets-v2", "eu-west-1")
            .policy(policy);
    };
    let (passed, message) = judge(moved, made).await;
    assert!(passed, "{message}");
    assert!(message.contains("warning[placeholder-bucket]"), "{message}");
    assert!(
        message.contains("from bucket `example-assets` to `example-assets-v2`, which is empty"),
        "{message}"
    );
    let filled = |world: &mut aws_double::World| {
        made(world);
        world.object("example-assets-v2", "index.html", "hello");
    };
    let (passed, message) = judge(moved, filled).await;
    assert!(
        passed && !message.contains("placeholder-bucket"),
        "{message}"
    );
}

#[tokio::test]
async fn access() {
    let closed = |world: &mut aws_double::World| {
        world.buckets.get_mut("example-assets").unwrap().policy = None;
    };
    let statement = format!("arn:aws:cloudfront::{ACCOUNT}:distribution/E2EXAMPLE1GUARD");
    refuses(
        &judge(|_| {}, closed).await,
        "ungranted-bucket-access",
        &statement,
    );
    let gone = |it: &mut Value| origin(it, 0)["OriginAccessControlId"] = "EGONE1".into();
    refuses(
        &judge(gone, untouched).await,
        "unknown-origin-access-control",
        "EGONE1",
    );
    let both = |it: &mut Value| {
        origin(it, 0)["S3OriginConfig"]["OriginAccessIdentity"] =
            "origin-access-identity/cloudfront/EMEDIAOAI1".into();
    };
    refuses(
        &judge(both, untouched).await,
        "mixed-origin-access",
        "only one",
    );
    let encrypted = |world: &mut aws_double::World| {
        let key = "arn:aws:kms:eu-west-1:111122223333:key/k1";
        world
            .buckets
            .get_mut("example-assets")
            .unwrap()
            .kms_key(key);
        world.key(key, json!({"Version": "2012-10-17", "Statement": []}));
    };
    refuses(
        &judge(|_| {}, encrypted).await,
        "ungranted-kms-access",
        "kms:Decrypt",
    );
}

#[tokio::test]
async fn vpc_origins_and_tenants() {
    let in_vpc = |it: &mut Value| {
        let api = origin(it, 3);
        api["VpcOriginConfig"] = json!({"VpcOriginId": "vo_example"});
        api.as_object_mut().unwrap().remove("CustomOriginConfig");
    };
    let there = |status: &'static str| {
        move |world: &mut aws_double::World| {
            let origin = json!({"Id": "vo_example", "Status": status, "AccountId": ACCOUNT,
                "VpcOriginEndpointConfig": {"Name": "api", "Arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/api/1"}});
            world.vpc_origins.insert("vo_example".to_owned(), origin);
        }
    };
    let judged = judge(in_vpc, there("Deployed")).await;
    assert!(judged.0, "{}", judged.1);
    refuses(
        &judge(in_vpc, untouched).await,
        "unknown-vpc-origin",
        "vo_example",
    );
    let tenants = |it: &mut Value| {
        it["ConnectionMode"] = "tenant-only".into();
        origin(it, 3)["DomainName"] = "{{customer}}.origin.example.com".into();
    };
    let (passed, message) = judge(tenants, untouched).await;
    assert!(passed && message.contains("{{customer}}"), "{message}");
}

#[tokio::test]
async fn shape_and_groups() {
    for (modify, rule) in [
        (
            (|it| origin(it, 1)["Id"] = "assets".into()) as fn(&mut Value),
            "duplicate-origin-id",
        ),
        (
            |it| origin(it, 3)["OriginPath"] = "v1/".into(),
            "malformed-origin-path",
        ),
        (
            |it| origin(it, 3)["ConnectionAttempts"] = 9.into(),
            "origin-timeout-out-of-range",
        ),
        (
            |it| origin(it, 3)["CustomOriginConfig"]["HTTPSPort"] = 22.into(),
            "invalid-origin-port",
        ),
        (
            |it| it["OriginGroups"]["Items"][0]["Members"]["Items"][1]["OriginId"] = "ghost".into(),
            "unknown-group-member",
        ),
        (
            |it| {
                it["OriginGroups"]["Items"][0]["Members"] =
                    json!({"Quantity": 1, "Items": [{"OriginId": "assets"}]});
            },
            "group-member-count",
        ),
    ] {
        refuses(&judge(modify, untouched).await, rule, "help:");
    }
}
