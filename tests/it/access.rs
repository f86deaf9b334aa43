//! May CloudFront read the bucket? Policies, encryption and keys, as the services answer.

use std::time::Duration;

use serde_json::{Value, json};

use crate::stage::{DISTRIBUTION, Stage, readable, site};
use crate::whole::whole;

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k1";

fn findings(report: &Value, rule: &str) -> Vec<String> {
    let all = report["findings"].as_array().unwrap();
    all.iter()
        .filter(|finding| finding["rule"] == rule)
        .map(|finding| format!("{} {}", finding["message"], finding["remediation"]))
        .collect()
}

#[tokio::test]
async fn a_policy_that_names_another_distribution_blocks() {
    let stage = Stage::new().await;
    let mut policy = readable("example-assets");
    let other = "arn:aws:cloudfront::111122223333:distribution/E1ANOTHERONE";
    policy["Statement"][0]["Condition"] = json!({"StringEquals": {"AWS:SourceArn": other}});
    stage
        .double
        .world()
        .bucket("example-assets", "eu-west-1")
        .policy(policy);
    let answer = stage.run(stage.job(&site())).await;
    assert_eq!(answer.failure_type(), "JobFailed");
    let found = findings(&stage.report(), "ungranted-bucket-access");
    assert!(!found.is_empty());
    for text in &found {
        assert!(text.contains(other), "{text}");
        assert!(
            text.contains(&format!("distribution/{DISTRIBUTION}")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_bucket_without_a_policy_blocks_wherever_it_is() {
    let stage = Stage::new().await;
    stage.double.world().bucket("example-assets", "us-west-2");
    let mut candidate = site();
    candidate["Origins"]["Items"][0]["DomainName"] = "example-assets.s3.amazonaws.com".into();
    stage.run(stage.job(&candidate)).await;
    let found = findings(&stage.report(), "ungranted-bucket-access");
    assert!(
        found
            .iter()
            .any(|text| text.contains("the policy of bucket `example-assets` is missing")),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_key_is_asked_about_once_and_after_the_bucket() {
    let stage = Stage::new().await;
    {
        let mut world = stage.double.world();
        let bucket = world.bucket("example-assets", "eu-west-1");
        bucket.policy(readable("example-assets")).kms_key(KEY);
        world.key(
            KEY,
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}]}),
        );
        world.latency = Duration::from_millis(100);
    }
    stage.run(stage.job(&site())).await;
    let found = findings(&stage.report(), "ungranted-kms-access");
    assert!(found[0].contains(KEY), "{found:?}");
    assert!(found[0].contains("kms:Decrypt"), "{found:?}");
    assert_eq!(stage.double.world().calls()["kms:GetKeyPolicy"], 1);
}

/// What lets the distribution of the site decrypt.
fn decryptable() -> Value {
    let distribution = format!("arn:aws:cloudfront::111122223333:distribution/{DISTRIBUTION}");
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "kms:Decrypt", "Resource": "*",
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}}}]})
}

/// As `KMSMasterKeyID: !Ref Key` writes it.
#[tokio::test]
async fn a_key_that_is_named_by_its_id_is_where_its_bucket_is() {
    let stage = Stage::new().await;
    {
        let mut world = stage.double.world();
        let bucket = world.bucket("example-assets", "eu-west-1");
        bucket.policy(readable("example-assets")).kms_key("k1");
        world.key(KEY, decryptable());
    }
    let mut candidate = site();
    candidate["Origins"]["Items"][0]["DomainName"] = "example-assets.s3.amazonaws.com".into();
    let answer = stage.run(stage.job(&candidate)).await;
    assert!(answer.succeeded(), "{}", answer.message());
    assert_eq!(stage.double.world().calls()["kms:GetKeyPolicy"], 1);
}

/// A replica of a multi-Region key has the ID of its primary, and a policy of its own.
#[tokio::test]
async fn a_key_and_its_replica_are_two_keys() {
    let stage = Stage::new().await;
    let replica = "arn:aws:kms:eu-central-1:111122223333:key/mrk-1";
    {
        let mut world = stage.double.world();
        for (bucket, region) in [
            ("example-assets", "eu-west-1"),
            ("example-assets-standby", "eu-central-1"),
        ] {
            let bucket = world.bucket(bucket, region).policy(readable(bucket));
            bucket.kms_key("mrk-1");
        }
        world.key(
            "arn:aws:kms:eu-west-1:111122223333:key/mrk-1",
            decryptable(),
        );
        world.key(replica, json!({"Version": "2012-10-17", "Statement": []}));
    }
    stage.run(stage.job(&site())).await;
    let found = findings(&stage.report(), "ungranted-kms-access");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("example-assets-standby"), "{found:?}");
    assert!(found[0].contains(replica), "{found:?}");
}

#[tokio::test]
async fn the_key_of_a_bucket_whose_owner_is_not_known_is_not_asked_about() {
    let stage = Stage::new().await;
    {
        let mut world = stage.double.world();
        let bucket = world.bucket("example-assets", "eu-west-1").kms_key(KEY);
        bucket.policy(readable("example-assets"));
        world.deny("s3:GetBucketPolicy");
        world.deny("s3:ListBucket");
        world.deny("s3:ListAllMyBuckets");
    }
    stage.run(stage.job(&site())).await;
    assert_eq!(stage.double.world().calls().get("kms:GetKeyPolicy"), None);
}

#[tokio::test]
async fn a_denied_look_is_inconclusive_and_names_the_permission() {
    for permission in ["s3:GetBucketPolicy", "s3:GetEncryptionConfiguration"] {
        let stage = Stage::new().await;
        stage.double.world().deny(permission);
        stage
            .run(stage.job(&site()))
            .await
            .fails_with("PermissionError", &[permission]);
    }
}

/// The website endpoint of `example-site` as a custom origin.
fn website() -> Value {
    let mut config = site();
    let origin = &mut config["Origins"]["Items"][0];
    origin["DomainName"] = "example-site.s3-website-eu-west-1.amazonaws.com".into();
    origin["OriginAccessControlId"] = "".into();
    origin.as_object_mut().unwrap().remove("S3OriginConfig");
    origin["CustomOriginConfig"] =
        json!({"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"});
    whole(config)
}

#[tokio::test]
async fn a_website_behind_the_public_access_block_of_new_buckets_blocks() {
    let stage = Stage::new().await;
    let bucket = "example-site";
    let public = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Public", "Effect": "Allow", "Principal": "*",
        "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{bucket}/*")}]});
    stage.double.world().bucket(bucket, "eu-west-1").website();
    let answer = stage.run(stage.job(&website())).await;
    answer.fails_with("JobFailed", &["ungranted-bucket-access", bucket]);

    let policy = public.clone();
    stage
        .double
        .world()
        .bucket(bucket, "eu-west-1")
        .website()
        .policy(policy);
    let answer = stage.run(stage.job(&website())).await;
    answer.fails_with("JobFailed", &["RestrictPublicBuckets"]);

    {
        let mut world = stage.double.world();
        let open = world.bucket(bucket, "eu-west-1").website().policy(public);
        open.public_access_block = None;
    }
    let answer = stage.run(stage.job(&website())).await;
    assert!(answer.succeeded(), "{}", answer.message());
}
