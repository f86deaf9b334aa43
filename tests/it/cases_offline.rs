//! What users reported in public threads, message by message: each quotes the message or the shape
//! that was reported.

use origin_guard::candidate::{Source, read_document};
use origin_guard::facts::Facts;
use origin_guard::finding::Finding;
use origin_guard::rule::Severity;
use origin_guard::rules::{Case, Limits, judge};
use serde_json::{Value, json};

use crate::stage::{DISTRIBUTION, Stage, readable, site};
use crate::whole::whole;

/// What the rules say without an account.
fn findings(config: &Value) -> Vec<Finding> {
    let candidate = read_document(
        Source::File,
        "distribution.json",
        config.to_string().as_bytes(),
    )
    .unwrap();
    let (facts, limits) = (Facts::default(), Limits::default());
    judge(&Case::new(&candidate.distribution, &facts, &limits)).findings
}

/// The errors among them, by rule.
fn errors(config: &Value) -> Vec<&'static str> {
    let blocking = findings(config)
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error);
    blocking.map(|finding| finding.rule.name).collect()
}

/// One origin `main`, which the default behavior targets.
fn one(origin: Value) -> Value {
    let mut origin = origin;
    origin["Id"] = "main".into();
    whole(
        json!({"Origins": {"Items": [origin]}, "DefaultCacheBehavior": {"TargetOriginId": "main"}}),
    )
}

fn s3(domain: &str) -> Value {
    json!({"DomainName": domain, "S3OriginConfig": {"OriginAccessIdentity": ""}})
}

fn custom(domain: &str, policy: &str) -> Value {
    json!({"DomainName": domain, "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": policy}})
}

#[track_caller]
fn blocks(config: &Value, rule: &str) -> Finding {
    let found = findings(config);
    let at = found
        .iter()
        .position(|finding| finding.rule.name == rule && finding.severity == Severity::Error);
    found[at.unwrap_or_else(|| panic!("no {rule} in {found:#?}"))].clone()
}

/// "One or more of your origins do not exist": which behavior, and what there is.
#[test]
fn a_target_that_is_no_origin_is_named_with_its_path() {
    let mut config = site();
    config["CacheBehaviors"]["Items"][1]["TargetOriginId"] = "app_frontend_origin".into();
    let finding = blocks(&config, "unknown-target-origin");
    assert!(
        finding
            .message
            .contains("cache behavior 1 `/media/*` targets origin `app_frontend_origin`")
    );
    assert!(
        finding
            .evidence
            .iter()
            .any(|(_, ids)| ids.contains("`assets`"))
    );
}

/// cfn-lint's E3057 took a target that is an origin group for an orphan.
#[test]
fn a_target_that_is_a_group_passes() {
    assert_eq!(errors(&site()), Vec::<&str>::new());
}

#[test]
fn a_group_that_only_the_live_config_has_is_no_target() {
    let mut config = site();
    config["OriginGroups"] = json!({"Quantity": 0});
    assert_eq!(errors(&config), ["unknown-target-origin"]);
}

/// "The parameter origin ID must be unique."
#[test]
fn a_duplicate_id() {
    let mut config = site();
    config["Origins"]["Items"][1]["Id"] = "assets".into();
    blocks(&config, "duplicate-origin-id");
}

#[test]
fn an_id_with_a_prefix_that_a_framework_wants_is_another_id() {
    let mut config = one(s3("assets.s3.eu-west-1.amazonaws.com"));
    config["DefaultCacheBehavior"]["TargetOriginId"] = "s3:main".into();
    assert_eq!(errors(&config), ["unknown-target-origin"]);
    // And a placeholder of that framework's is not a bad domain.
    let config = one(s3("${self:custom.bucket}.s3.amazonaws.com"));
    assert_eq!(errors(&config), Vec::<&str>::new());
}

#[test]
fn every_behavior_is_judged_not_only_the_first() {
    let mut config = site();
    for at in 0..2 {
        config["CacheBehaviors"]["Items"][at]["TargetOriginId"] = "StackOriginAuto1234".into();
    }
    assert_eq!(errors(&config), ["unknown-target-origin"; 2]);
}

#[test]
fn a_behavior_at_the_primary_instead_of_the_group_is_a_warning() {
    let mut config = site();
    config["DefaultCacheBehavior"]["TargetOriginId"] = "assets".into();
    let found = findings(&config);
    let finding = found
        .iter()
        .find(|finding| finding.rule.name == "unused-origin-group")
        .expect("it is found");
    assert_eq!(finding.severity, Severity::Warning);
    assert_eq!(errors(&config), Vec::<&str>::new());
}

/// "Exactly one of CustomOriginConfig and S3OriginConfig must be specified", "You cannot specify both."
#[test]
fn both_configs_or_none() {
    let mut both = custom("assets.s3.eu-west-1.amazonaws.com", "https-only");
    both["S3OriginConfig"] = json!({"OriginAccessIdentity": ""});
    blocks(&one(both), "ambiguous-origin-type");
    blocks(
        &one(json!({"DomainName": "api.example.com"})),
        "ambiguous-origin-type",
    );
}

/// "If you want to delete an origin, you must first edit or delete the cache behaviors."
#[tokio::test]
async fn an_origin_that_is_removed_while_a_behavior_uses_it_says_that_this_change_removes_it() {
    let stage = Stage::new().await;
    let mut config = site();
    config["Origins"]["Items"].as_array_mut().unwrap().remove(3);
    config["Origins"]["Quantity"] = 3.into();
    stage.run(stage.job(&config)).await.fails_with(
        "JobFailed",
        &["this change removes it", "api.origin.example.com"],
    );
}

/// "The parameter Origin DomainName does not refer to a valid S3 bucket."
#[test]
fn a_website_endpoint_as_an_s3_origin() {
    let mut origin = s3("site.s3-website-us-east-1.amazonaws.com");
    origin["OriginAccessControlId"] = "EOAC".into();
    let finding = blocks(&one(origin), "website-endpoint-as-s3-origin");
    assert!(
        finding.remediation.contains("CustomOriginConfig"),
        "{}",
        finding.remediation
    );
    assert!(
        finding
            .remediation
            .contains("site.s3.us-east-1.amazonaws.com"),
        "{}",
        finding.remediation
    );
}

#[test]
fn a_url_without_a_config() {
    let config =
        one(json!({"DomainName": "https://1plcsnvbul.execute-api.us-east-1.amazonaws.com"}));
    let found = errors(&config);
    assert!(
        found.contains(&"malformed-origin-domain") && found.contains(&"ambiguous-origin-type"),
        "{found:?}"
    );
}

#[test]
fn another_host_as_an_s3_origin_with_a_path_that_has_no_slash() {
    let mut origin = s3("example.com");
    origin["OriginPath"] = "somepath".into();
    let found = errors(&one(origin));
    assert!(
        found.contains(&"non-s3-domain-as-s3-origin") && found.contains(&"malformed-origin-path"),
        "{found:?}"
    );
}

#[test]
fn brackets_of_a_placeholder_are_no_bucket_name() {
    blocks(
        &one(custom("[bucketName].s3.amazonaws.com", "http-only")),
        "invalid-bucket-name",
    );
}

/// "The parameter origin name cannot contain a colon."
#[test]
fn a_website_url() {
    let finding = blocks(
        &one(custom(
            "http://site.s3-website-us-east-1.amazonaws.com",
            "http-only",
        )),
        "malformed-origin-domain",
    );
    assert!(
        finding
            .remediation
            .contains("`site.s3-website-us-east-1.amazonaws.com`")
    );
}

/// "The parameter origin name must be a domain name."
#[test]
fn what_is_no_domain_name() {
    for domain in [
        "3.89.124.135",
        "localhost",
        "cdn.dev.example.com.",
        "a b.example.com",
    ] {
        blocks(
            &one(custom(domain, "https-only")),
            "malformed-origin-domain",
        );
    }
}

/// boto3#3804: with an OAC the empty S3OriginConfig is still required.
#[test]
fn an_access_control_without_s3originconfig() {
    let config = one(
        json!({"DomainName": "my-bucket-name.s3.us-east-1.amazonaws.com", "OriginAccessControlId": "EOAC"}),
    );
    let finding = blocks(&config, "ambiguous-origin-type");
    assert!(
        finding.remediation.contains("S3OriginConfig"),
        "{}",
        finding.remediation
    );
}

/// "The specified origin server does not exist or is not valid" means a missing config as well as a missing bucket.
#[tokio::test]
async fn both_meanings_of_invalidorigin_are_checked() {
    let stage = Stage::new().await;
    let mut config = site();
    config["Origins"]["Items"][0]["DomainName"] = "test-stage.s3.eu-west-1.amazonaws.com".into();
    config["Origins"]["Items"][3]
        .as_object_mut()
        .unwrap()
        .remove("CustomOriginConfig");
    stage
        .run(stage.job(&config))
        .await
        .fails_with("JobFailed", &["missing-bucket", "ambiguous-origin-type"]);
}

/// "The origin type and OAC origin type differ."
#[tokio::test]
async fn an_access_control_of_another_type_than_the_origin() {
    let stage = Stage::new().await;
    let mut config = site();
    config["Origins"]["Items"][3]["OriginAccessControlId"] = "EASSETSOAC1".into();
    stage
        .run(stage.job(&config))
        .await
        .fails_with("JobFailed", &["mismatched-origin-access-control", "`api`"]);
}

/// "Cannot use both Origin Access Control and Origin Access Identity on an origin"
#[test]
fn both_kinds_of_access() {
    let mut config = site();
    config["Origins"]["Items"][2]["OriginAccessControlId"] = "EASSETSOAC1".into();
    blocks(&config, "mixed-origin-access");
    // An empty identity beside an access control is the right way to write it (peers 4).
    assert_eq!(errors(&site()), Vec::<&str>::new());
}

/// "The specified origin access identity does not exist or is not valid."
#[tokio::test]
async fn an_identity_without_its_prefix_or_gone() {
    let mut origin = s3("assets.s3.eu-west-1.amazonaws.com");
    origin["S3OriginConfig"]["OriginAccessIdentity"] = "EMEDIAOAI1".into();
    blocks(&one(origin), "unknown-origin-access-identity");
    let stage = Stage::new().await;
    stage.double.world().origin_access_identities.clear();
    stage.run(stage.job(&site())).await.fails_with(
        "JobFailed",
        &["unknown-origin-access-identity", "EMEDIAOAI1"],
    );
}

/// The policy was never there, was wiped by another stack, or names the distribution that was first.
#[tokio::test]
async fn a_bucket_policy_that_does_not_allow_this_distribution() {
    for condition in [
        None,
        Some("arn:aws:cloudfront::111122223333:distribution/E1ANOTHERONE"),
    ] {
        let stage = Stage::new().await;
        let mut policy = readable("example-assets");
        match condition {
            Some(other) => {
                policy["Statement"][0]["Condition"] =
                    json!({"StringEquals": {"AWS:SourceArn": other}});
            }
            None => policy["Statement"] = json!([]),
        }
        stage
            .double
            .world()
            .bucket("example-assets", "eu-west-1")
            .policy(policy);
        stage.run(stage.job(&site())).await.fails_with(
            "JobFailed",
            &[
                "ungranted-bucket-access",
                DISTRIBUTION,
                condition.unwrap_or("allows nothing"),
            ],
        );
    }
}

#[test]
fn a_legacy_identity_alone_never_fails() {
    let found = findings(&site());
    let legacy = found
        .iter()
        .find(|finding| finding.rule.name == "legacy-origin-access-identity")
        .unwrap();
    assert_eq!(legacy.severity, Severity::Info);
}

#[tokio::test]
async fn access_controls_of_other_types_than_s3_fit_their_origins() {
    let stage = Stage::new().await;
    stage
        .double
        .world()
        .origin_access_control("ELAMBDA1", "lambda", "always", "sigv4");
    let mut config = site();
    config["Origins"]["Items"][3]["DomainName"] = "abc123.lambda-url.eu-west-1.on.aws".into();
    config["Origins"]["Items"][3]["OriginAccessControlId"] = "ELAMBDA1".into();
    let answer = stage.run(stage.job(&config)).await;
    assert!(answer.succeeded(), "{}", answer.message());
}

/// "307 Temporary Redirect" on the global name; "doesn't work for Regions launched in 2019 or later".
#[tokio::test]
async fn the_global_name_warns_and_fails_where_it_does_not_resolve() {
    let found = findings(&one(s3("assets.s3.amazonaws.com")));
    let global = found
        .iter()
        .find(|finding| finding.rule.name == "global-s3-endpoint")
        .unwrap();
    assert_eq!(global.severity, Severity::Warning);
    let stage = Stage::new().await;
    stage.double.world().bucket("example-newer", "eu-south-1");
    let mut config = site();
    config["Origins"]["Items"][0]["DomainName"] = "example-newer.s3.amazonaws.com".into();
    let answer = stage.run(stage.job(&config)).await;
    answer.fails_with(
        "JobFailed",
        &[
            "global-s3-endpoint",
            "example-newer.s3.eu-south-1.amazonaws.com",
        ],
    );
}

/// "The bucket you are attempting to access must be addressed using the specified endpoint."
#[tokio::test]
async fn the_region_of_another_region() {
    let stage = Stage::new().await;
    stage
        .double
        .world()
        .bucket("example-sydney", "ap-southeast-2");
    let mut config = site();
    config["Origins"]["Items"][0]["DomainName"] =
        "example-sydney.s3.us-east-1.amazonaws.com".into();
    let answer = stage.run(stage.job(&config)).await;
    answer.fails_with(
        "JobFailed",
        &["wrong-bucket-region", "us-east-1", "ap-southeast-2"],
    );
}

/// A first label is no bucket, an ID is no bucket, and a dotted name is a whole one.
#[tokio::test]
async fn only_a_whole_s3_name_is_a_bucket() {
    let stage = Stage::new().await;
    stage
        .double
        .world()
        .bucket("sls-blog.myowndomain.xyz", "eu-west-1")
        .policy(readable("sls-blog.myowndomain.xyz"));
    let mut config = site();
    config["Origins"]["Items"][0]["Id"] = "assets.s3.amazonaws.com".into();
    config["Origins"]["Items"][0]["DomainName"] =
        "sls-blog.myowndomain.xyz.s3.eu-west-1.amazonaws.com".into();
    config["OriginGroups"]["Items"][0]["Members"]["Items"][0]["OriginId"] =
        "assets.s3.amazonaws.com".into();
    let answer = stage.run(stage.job(&config)).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let world = stage.double.world();
    let asked = world
        .requests
        .iter()
        .filter(|request| ["HeadBucket", "GetBucketPolicy"].contains(&request.operation.as_str()));
    let asked: Vec<&str> = asked
        .filter_map(|request| request.subject.as_deref())
        .collect();
    assert!(asked.contains(&"sls-blog.myowndomain.xyz"), "{asked:?}");
    assert!(
        !asked.contains(&"sls-blog") && !asked.contains(&"api"),
        "{asked:?}"
    );
}

/// 504 from a website endpoint that is asked over HTTPS.
#[test]
fn a_website_endpoint_over_https() {
    blocks(
        &one(custom(
            "site.s3-website-us-east-1.amazonaws.com",
            "https-only",
        )),
        "website-endpoint-over-https",
    );
    assert_eq!(
        errors(&one(custom(
            "site.s3-website-us-east-1.amazonaws.com",
            "http-only"
        ))),
        Vec::<&str>::new()
    );
}

/// What is wrong on the viewer side is out of scope.
#[test]
fn viewer_certificates_and_aliases_are_not_judged() {
    let mut config = site();
    config["ViewerCertificate"] =
        json!({"ACMCertificateArn": "arn:aws:acm:us-west-2:111122223333:certificate/x"});
    config["Aliases"] = json!({"Quantity": 1, "Items": ["already-taken.example.com"]});
    assert_eq!(errors(&config), Vec::<&str>::new());
}

/// "PreconditionFailed": the report says which version the verdict is for.
#[tokio::test]
async fn the_version_of_a_verdict_is_recorded() {
    let stage = Stage::new().await;
    let etag = stage.double.world().distributions[DISTRIBUTION]
        .etag
        .clone();
    stage
        .run(stage.job(&json!({"ETag": etag, "DistributionConfig": site()})))
        .await;
    assert_eq!(stage.report()["candidate"]["etag"], etag);
}

/// "missing required field … CacheBehaviors.Quantity": a config without it is still read.
#[test]
fn a_missing_quantity_is_no_finding() {
    let mut config = site();
    config["CacheBehaviors"]
        .as_object_mut()
        .unwrap()
        .remove("Quantity");
    assert_eq!(errors(&config), Vec::<&str>::new());
}

/// Origins come back from CloudFront in another order than they were sent.
#[test]
fn the_order_of_origins_does_not_matter() {
    let mut config = site();
    config["Origins"]["Items"].as_array_mut().unwrap().reverse();
    assert_eq!(errors(&config), Vec::<&str>::new());
}
