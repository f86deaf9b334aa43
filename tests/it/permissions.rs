//! Each permission of the probes in `template.yaml`, taken away: the guard still answers, and lists
//! an unknown that names the permission. A permission without a test here fails.

use serde_json::{Value, json};

use crate::stage::{Stage, readable, site};

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k1";
/// Its bucket names it by its ID alone.
const STANDBY_KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/k2";

const LIST_BUCKET: &str = "s3:ListBucket";

/// What is needed to read the config at all; `faults` has what becomes of the job.
const NOT_FACTS: [&str; 2] = ["cloudfront:GetDistribution", "cloudfront:ListDistributions"];

/// The actions that `template.yaml` allows from one line of it to another.
fn allowed(from: &str, to: &str) -> Vec<String> {
    const SERVICES: [&str; 10] = [
        "cloudformation",
        "cloudfront",
        "codepipeline",
        "events",
        "kms",
        "lambda",
        "logs",
        "s3",
        "sns",
        "sqs",
    ];
    let template = include_str!("../../template.yaml");
    let (_, rest) = template.split_once(from).unwrap();
    let (part, _) = rest.split_once(to).unwrap();
    // A word of a condition, such as `kms:ViaService:`, ends in a colon.
    let words = part
        .lines()
        .filter(|line| !line.trim_start().starts_with('#') && !line.contains("Resource:"))
        .flat_map(|line| line.split([' ', '[', ']', ',']));
    let mut actions: Vec<String> = words
        .filter(|word| {
            word.split_once(':').is_some_and(|(service, action)| {
                SERVICES.contains(&service) && !action.is_empty() && !action.ends_with(':')
            })
        })
        .map(str::to_owned)
        .collect();
    actions.sort();
    actions
}

fn probes() -> Vec<String> {
    allowed("- PolicyName: Probes", "- PolicyName: ")
}

/// A candidate about which every probe is asked.
fn candidate() -> Value {
    let mut candidate = site();
    let origins = candidate["Origins"]["Items"].as_array_mut().unwrap();
    let mut foreign = origins[0].clone();
    foreign["Id"] = "foreign".into();
    foreign["DomainName"] = "example-foreign.s3.eu-west-1.amazonaws.com".into();
    let mut website = origins[3].clone();
    website["Id"] = "website".into();
    website["DomainName"] = "example-website.s3-website-us-east-1.amazonaws.com".into();
    website["CustomOriginConfig"]["OriginProtocolPolicy"] = "http-only".into();
    let mut vpc = origins[3].clone();
    vpc["Id"] = "vpc".into();
    vpc["VpcOriginConfig"] = json!({"VpcOriginId": "vo_example"});
    vpc.as_object_mut().unwrap().remove("CustomOriginConfig");
    origins.extend([foreign, website, vpc]);
    candidate["Origins"]["Quantity"] = 7.into();
    candidate
}

fn readable_by_everybody(bucket: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
        "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{bucket}/*")}]})
}

async fn without(permission: &str) {
    let stage = Stage::new().await;
    {
        let mut world = stage.double.world();
        let bucket = world.bucket("example-assets", "eu-west-1");
        bucket.policy(readable("example-assets")).kms_key(KEY);
        let standby = world.bucket("example-assets-standby", "eu-central-1");
        standby
            .policy(readable("example-assets-standby"))
            .kms_key("k2");
        let foreign = world.bucket("example-foreign", "eu-west-1");
        foreign.owned_by("444455556666");
        let website = world.bucket("example-website", "us-east-1").website();
        // What lifts the public access block may be in the policy, and else in the ACLs.
        match permission {
            "s3:GetBucketPublicAccessBlock" => {
                website.policy(readable_by_everybody("example-website"));
            }
            "s3:GetBucketOwnershipControls" => website.public_access_block = None,
            _ => {}
        }
        for key in [KEY, STANDBY_KEY] {
            world.key(key, json!({"Version": "2012-10-17", "Statement": []}));
        }
        world.deny(permission);
    }
    let answer = stage.run(stage.job(&candidate())).await;
    assert!(!answer.succeeded(), "{permission}: {}", answer.message());
    let report = stage.report();
    let unknowns = report["unknowns"].as_array().unwrap();
    assert!(
        unknowns
            .iter()
            .any(|unknown| unknown["needs"] == permission),
        "{permission}: {unknowns:#?}"
    );
    // The others are read all the same.
    for unknown in unknowns {
        let needs = unknown["needs"].as_str().unwrap();
        assert!(needs == permission || !needs.contains(':'), "{unknown}");
    }
}

/// `HeadBucket` shows a bucket's region even where it is refused, and `ListBuckets` whose it is.
#[tokio::test]
async fn without_list_bucket_the_buckets_are_known_all_the_same() {
    let stage = Stage::new().await;
    {
        let mut world = stage.double.world();
        let foreign = world.bucket("example-foreign", "eu-west-1");
        foreign.owned_by("444455556666");
        world.deny(LIST_BUCKET);
    }
    stage.run(stage.job(&candidate())).await;
    let report = stage.report();
    let findings = report["findings"].as_array().unwrap();
    let foreign = |finding: &Value| finding["rule"] == "foreign-bucket";
    assert!(findings.iter().any(foreign), "{findings:#?}");
    let unknowns = report["unknowns"].as_array().unwrap();
    let bucket = |unknown: &Value| unknown["fact"] == "bucket";
    assert!(!unknowns.iter().any(bucket), "{unknowns:#?}");
}

macro_rules! without {
    ($($test:ident: $permission:literal,)+) => {
        const TESTED: &[&str] = &[$($permission),+];
        $(
            #[tokio::test]
            async fn $test() {
                without($permission).await;
            }
        )+
    };
}

without! {
    without_list_all_my_buckets: "s3:ListAllMyBuckets",
    without_get_bucket_policy: "s3:GetBucketPolicy",
    without_get_bucket_ownership_controls: "s3:GetBucketOwnershipControls",
    without_get_bucket_public_access_block: "s3:GetBucketPublicAccessBlock",
    without_get_bucket_website: "s3:GetBucketWebsite",
    without_get_encryption_configuration: "s3:GetEncryptionConfiguration",
    without_get_key_policy: "kms:GetKeyPolicy",
    without_get_origin_access_control: "cloudfront:GetOriginAccessControl",
    without_get_origin_access_identity: "cloudfront:GetCloudFrontOriginAccessIdentity",
    without_get_vpc_origin: "cloudfront:GetVpcOrigin",
}

#[test]
fn the_settings_page_names_every_permission() {
    let page = include_str!("../../docs/settings.md");
    let (_, rest) = page.split_once("| permission | for |").unwrap();
    let (table, _) = rest.split_once("\n\n").unwrap();
    let actions = allowed("  FunctionRole:", "  # --- The audit");
    assert!(actions.len() > 20, "{actions:?}");
    for action in actions {
        let (_, name) = action.split_once(':').unwrap();
        assert!(table.contains(name), "{action}");
    }
}

#[test]
fn every_permission_of_the_probes_is_taken_away_once() {
    let mut tested = [TESTED, &NOT_FACTS, &[LIST_BUCKET]].concat();
    tested.sort_unstable();
    assert_eq!(probes(), tested);
}
