//! Inputs on which other tools err: cfn-lint 1.58.0, Prowler 5.46.0, steampipe's compliance mod,
//! Guard's registry, domain-protect, Ansible's module, Cloud Custodian 0.9.53, read and run in
//! November 2026. Each test has the number of its case in that collection.

use aws_double::{Fault, FaultKind};
use origin_guard::facts::Owner;
use origin_guard::finding::Finding;
use origin_guard::rule::Severity;
use serde_json::{Value, json};

use crate::scene::{Scene, more_than_unread_grants};
use crate::stage::{Stage, readable, site};
use crate::whole::whole;

/// A config with these origins and groups, of which the default behavior targets the first.
fn config(origins: &[Value], groups: &[Value]) -> Value {
    json!({"Origins": {"Items": origins}, "OriginGroups": {"Items": groups},
        "DefaultCacheBehavior": {"TargetOriginId": origins[0]["Id"]}})
}

fn s3(id: &str, domain: &str) -> Value {
    json!({"Id": id, "DomainName": domain, "OriginAccessControlId": "EOAC1",
        "S3OriginConfig": {"OriginAccessIdentity": ""}})
}

fn custom(id: &str, domain: &str) -> Value {
    json!({"Id": id, "DomainName": domain, "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443,
        "OriginProtocolPolicy": "https-only", "OriginSslProtocols": {"Items": ["TLSv1.2"]}}})
}

fn server() -> Value {
    custom("o1", "api.example.com")
}

fn scene(config: &Value) -> Scene {
    Scene::read("peers", whole(config.clone()).to_string().as_bytes()).unwrap()
}

/// What blocks: the rule and the place in the config.
async fn errors(scene: &Scene) -> Vec<(&'static str, String)> {
    let findings = scene.findings().await;
    let errors = findings.iter().filter(|it| it.severity == Severity::Error);
    errors
        .map(|it| (it.rule.name, scene.within(&it.place.pointer)))
        .collect()
}

/// In a world where all else is well, this and nothing else blocks.
async fn blocks_at(config: &Value, rule: &str, place: &str) {
    let found = errors(&scene(config)).await;
    assert_eq!(found, [(rule, place.to_owned())], "{config}");
}

async fn passes(scene: &Scene) {
    assert_eq!(errors(scene).await, []);
    assert_eq!(more_than_unread_grants(scene.judge().await.unknowns), []);
}

async fn findings_of(scene: &Scene, rule: &str) -> Vec<Finding> {
    let mut findings = scene.findings().await;
    findings.retain(|finding| finding.rule.name == rule);
    findings
}

/// cfn-lint checks the default behavior's target alone.
#[tokio::test]
async fn peer_1_a_cache_behavior_that_targets_nothing() {
    let mut config = config(&[server()], &[]);
    config["CacheBehaviors"]["Items"] = json!([{"PathPattern": "/x", "TargetOriginId": "nope"}]);
    blocks_at(
        &config,
        "unknown-target-origin",
        "/CacheBehaviors/Items/0/TargetOriginId",
    )
    .await;
}

#[tokio::test]
async fn peer_1_a_group_member_that_is_nothing() {
    let group = json!({"Id": "g", "FailoverCriteria": {"StatusCodes": {"Items": [500]}},
        "Members": {"Items": [{"OriginId": "o1"}, {"OriginId": "ghost"}]}});
    let mut config = config(&[server()], &[group]);
    config["DefaultCacheBehavior"]["TargetOriginId"] = "g".into();
    let place = "/OriginGroups/Items/0/Members/Items/1/OriginId";
    blocks_at(&config, "unknown-group-member", place).await;
}

/// One ID that only the deployment knows makes cfn-lint silent about all targets.
#[tokio::test]
async fn peer_1_a_symbolic_id_does_not_silence_a_literal_target() {
    let mut config = config(&[custom("${AWS::StackName}-api", "api.example.com")], &[]);
    config["DefaultCacheBehavior"]["TargetOriginId"] = "nope".into();
    let place = "/DefaultCacheBehavior/TargetOriginId";
    blocks_at(&config, "unknown-target-origin", place).await;
    config["DefaultCacheBehavior"]["TargetOriginId"] = "site-api".into();
    let unknowns = scene(&config).judge().await.unknowns;
    let said = unknowns.iter().any(|it| {
        it.unknown.fact == "target origin" && it.unknown.subject.contains("${AWS::StackName}-api")
    });
    assert!(said, "{unknowns:?}");
}

#[tokio::test]
async fn peer_1_a_domain_with_scheme_and_path() {
    let url = custom("o1", "https://api.example.com/v1");
    let place = "/Origins/Items/0/DomainName";
    blocks_at(&config(&[url], &[]), "malformed-origin-domain", place).await;
}

#[tokio::test]
async fn peer_1_two_origins_of_one_id() {
    let origins = [server(), custom("o1", "other.example.com")];
    blocks_at(
        &config(&origins, &[]),
        "duplicate-origin-id",
        "/Origins/Items/1/Id",
    )
    .await;
}

#[tokio::test]
async fn peer_1_an_origin_without_any_config() {
    let bare = json!({"Id": "o1", "DomainName": "api.example.com"});
    blocks_at(
        &config(&[bare], &[]),
        "ambiguous-origin-type",
        "/Origins/Items/0",
    )
    .await;
}

#[tokio::test]
async fn peer_1_a_website_endpoint_as_an_s3_origin() {
    let mut origin = s3("o1", "site.s3-website-us-east-1.amazonaws.com");
    origin["OriginAccessControlId"] = "".into();
    let place = "/Origins/Items/0/DomainName";
    blocks_at(
        &config(&[origin], &[]),
        "website-endpoint-as-s3-origin",
        place,
    )
    .await;
}

#[tokio::test]
async fn peer_1_an_origin_path_the_wrong_way_round() {
    let mut origin = server();
    origin["OriginPath"] = "foo/".into();
    blocks_at(
        &config(&[origin], &[]),
        "malformed-origin-path",
        "/Origins/Items/0/OriginPath",
    )
    .await;
}

#[tokio::test]
async fn peer_1_an_identity_that_is_not_written_as_one() {
    let mut origin = s3("o1", "assets.s3.us-east-1.amazonaws.com");
    origin["OriginAccessControlId"] = "".into();
    origin["S3OriginConfig"]["OriginAccessIdentity"] = "E2QWRUHAPOMQZL".into();
    let place = "/Origins/Items/0/S3OriginConfig/OriginAccessIdentity";
    blocks_at(
        &config(&[origin], &[]),
        "unknown-origin-access-identity",
        place,
    )
    .await;
}

#[tokio::test]
async fn peer_1_identity_and_control_together() {
    let mut origin = s3("o1", "assets.s3.us-east-1.amazonaws.com");
    origin["S3OriginConfig"]["OriginAccessIdentity"] =
        "origin-access-identity/cloudfront/E2QWRUHAPOMQZL".into();
    let place = "/Origins/Items/0/S3OriginConfig/OriginAccessIdentity";
    blocks_at(&config(&[origin], &[]), "mixed-origin-access", place).await;
}

#[tokio::test]
async fn peer_1_a_control_for_s3_at_a_server() {
    let mut origin = server();
    origin["OriginAccessControlId"] = "EOAC1".into();
    let mut scene = scene(&config(&[origin], &[]));
    scene.world.put_control("EOAC1", "s3");
    let place = "/Origins/Items/0/OriginAccessControlId".to_owned();
    assert_eq!(
        errors(&scene).await,
        [("mismatched-origin-access-control", place)]
    );
}

#[tokio::test]
async fn peer_1_a_port_and_a_timeout_that_cloudfront_refuses() {
    for (field, value, rule) in [
        ("HTTPPort", 22, "invalid-origin-port"),
        ("OriginReadTimeout", 0, "origin-timeout-out-of-range"),
    ] {
        let mut origin = server();
        origin["CustomOriginConfig"][field] = value.into();
        let place = format!("/Origins/Items/0/CustomOriginConfig/{field}");
        blocks_at(&config(&[origin], &[]), rule, &place).await;
    }
}

/// Prowler takes a bucket that it may not look at for one of its own account.
#[tokio::test]
async fn peer_2_a_bucket_that_a_stranger_claimed() {
    let stage = Stage::new().await;
    stage
        .double
        .world()
        .bucket("example-assets", "eu-west-1")
        .owned_by("999988887777");
    let answer = stage.run(stage.job(&site())).await;
    answer.fails_with("JobFailed", &["foreign-bucket", "example-assets"]);
}

#[tokio::test]
async fn peer_2_a_dotted_bucket_is_looked_up_by_its_whole_name() {
    let stage = Stage::new().await;
    let name = "web.s3-assets";
    stage
        .double
        .world()
        .bucket(name, "us-east-1")
        .policy(readable(name));
    let mut config = site();
    config["Origins"]["Items"][0]["DomainName"] = "web.s3-assets.s3.us-east-1.amazonaws.com".into();
    let answer = stage.run(stage.job(&config)).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let world = stage.double.world();
    let heads = world
        .requests
        .iter()
        .filter(|it| it.operation == "GetBucketPolicy");
    let asked: Vec<&str> = heads.filter_map(|it| it.subject.as_deref()).collect();
    assert!(
        asked.contains(&name) && !asked.contains(&"web"),
        "{asked:?}"
    );
}

/// Prowler counts these as buckets that are missing.
#[tokio::test]
async fn peer_2_access_points_are_no_missing_buckets() {
    for domain in [
        "assets-abcdefghijklmnopqrstuvwxyz0123456-s3alias.s3.eu-west-1.amazonaws.com",
        "lambda-abcdefghijklmnopqrstuvwxyz012--ol-s3.s3.eu-west-1.amazonaws.com",
    ] {
        passes(&scene(&config(&[s3("o1", domain)], &[]))).await;
    }
    let multi_region = custom(
        "o1",
        "m1a2b3c4d5e6f.mrap.accesspoint.s3-global.amazonaws.com",
    );
    passes(&scene(&config(&[multi_region], &[]))).await;
}

#[tokio::test]
async fn peer_2_a_network_error_is_no_missing_bucket() {
    let stage = Stage::impatient().await;
    for call in ["s3:GetBucketPolicy", "s3:HeadBucket"] {
        let fault = Fault::new(call, FaultKind::Reset).on("example-assets");
        stage.double.world().fault(fault);
    }
    let answer = stage.run(stage.job(&site())).await;
    answer.fails_with("SystemUnavailable", &["bucket", "example-assets"]);
    let rules = stage.report()["findings"].to_string();
    assert!(!rules.contains("missing-bucket"), "{rules}");
}

#[tokio::test]
async fn peer_2_a_missing_bucket_however_it_is_declared() {
    let mut website = custom("o1", "gone-site.s3-website-us-east-1.amazonaws.com");
    website["CustomOriginConfig"]["OriginProtocolPolicy"] = "http-only".into();
    for origin in [
        custom("o1", "gone-site.s3.us-east-1.amazonaws.com"),
        website,
    ] {
        let mut scene = scene(&config(&[origin], &[]));
        scene.world.buckets.clear();
        let place = "/Origins/Items/0/DomainName".to_owned();
        assert_eq!(errors(&scene).await, [("missing-bucket", place)]);
    }
}

/// Prowler's failover check passes where there is no group; a group that never fails over does not.
#[tokio::test]
async fn peer_2_failover_is_judged_where_there_is_a_group() {
    let origins = [server(), custom("o2", "standby.example.com")];
    let group = json!({"Id": "g", "FailoverCriteria": {"StatusCodes": {"Items": []}},
        "Members": {"Items": [{"OriginId": "o1"}, {"OriginId": "o2"}]}});
    let mut config = config(&origins, &[group]);
    config["DefaultCacheBehavior"]["TargetOriginId"] = "g".into();
    blocks_at(&config, "group-without-failover", "/OriginGroups/Items/0").await;
}

#[tokio::test]
async fn peer_3_what_stands_before_s3_is_the_bucket_whatever_its_dots() {
    let dotted = scene(&config(
        &[s3("o1", "my.dotted.bucket.s3.us-east-1.amazonaws.com")],
        &[],
    ));
    assert!(dotted.world.buckets.contains_key("my.dotted.bucket"));
    passes(&dotted).await;
    let mut gone = scene(&config(&[s3("o1", "gone.s3-us-west-2.amazonaws.com")], &[]));
    gone.world.buckets.clear();
    let found = findings_of(&gone, "missing-bucket").await;
    assert!(
        found[0].message.contains("bucket `gone`"),
        "{}",
        found[0].message
    );
}

#[tokio::test]
async fn peer_3_a_host_with_s3_in_its_name_is_no_bucket() {
    let scene = scene(&config(&[custom("o1", "proxy.s3.example.com")], &[]));
    assert!(scene.world.buckets.is_empty(), "{:?}", scene.world.buckets);
    passes(&scene).await;
    assert_eq!(scene.findings().await.len(), 0);
}

/// Guard's registry wants a control without the empty identity beside it, which CloudFront demands.
#[tokio::test]
async fn peer_4_an_empty_identity_beside_a_control() {
    let scene = scene(&config(
        &[s3("o1", "assets.s3.us-east-1.amazonaws.com")],
        &[],
    ));
    passes(&scene).await;
    assert_eq!(scene.findings().await.len(), 0);
}

/// domain-protect checks the first origin of each distribution.
#[tokio::test]
async fn peer_5_the_bucket_of_the_last_origin() {
    let origins = [
        server(),
        custom("o2", "www.example.net"),
        s3("o3", "gone.s3.us-east-1.amazonaws.com"),
    ];
    let mut config = config(&origins, &[]);
    config["CacheBehaviors"]["Items"] = json!([{"PathPattern": "/a/*", "TargetOriginId": "o2"}, {"PathPattern": "/b/*", "TargetOriginId": "o3"}]);
    let mut scene = scene(&config);
    scene.world.buckets.clear();
    let place = "/Origins/Items/2/DomainName".to_owned();
    assert_eq!(errors(&scene).await, [("missing-bucket", place)]);
}

/// A clean-up tool took this for a dangling origin: code at the edge chooses the real one.
#[tokio::test]
async fn peer_5_a_placeholder_that_code_at_the_edge_replaces() {
    for (list, event, arn) in [
        ("FunctionAssociations", "viewer-request", "FunctionARN"),
        (
            "LambdaFunctionAssociations",
            "origin-request",
            "LambdaFunctionARN",
        ),
    ] {
        let mut config = config(&[custom("default", "placeholder.sst.dev")], &[]);
        config["DefaultCacheBehavior"][list] = json!({"Items": [{"EventType": event, arn: "arn:aws:cloudfront::111122223333:function/router"}]});
        let mut scene = scene(&config);
        scene.world.hosts.clear();
        assert_eq!(errors(&scene).await, [], "{event}");
        // Without such code it would be an error.
        scene.config()["DefaultCacheBehavior"][list] = Value::Null;
        assert_eq!(errors(&scene).await.len(), 1);
    }
}

/// What is read back is in another order than what was sent.
#[tokio::test]
async fn peer_6_the_order_of_origins_means_nothing() {
    let stage = Stage::new().await;
    let mut sent = site();
    sent["Origins"]["Items"].as_array_mut().unwrap().reverse();
    let answer = stage.run(stage.job(&sent)).await;
    assert!(answer.succeeded(), "{}", answer.message());
    assert_eq!(
        stage.report()["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["severity"] != "info")
            .count(),
        0
    );
}

/// Ansible's module refuses both.
#[tokio::test]
async fn peer_7_a_group_as_target_and_a_regional_domain() {
    let origins = [
        s3("o1", "assets.s3.eu-west-1.amazonaws.com"),
        s3("o2", "standby.s3.eu-central-1.amazonaws.com"),
    ];
    let group = json!({"Id": "g", "FailoverCriteria": {"StatusCodes": {"Items": [500, 503]}},
        "Members": {"Items": [{"OriginId": "o1"}, {"OriginId": "o2"}]}});
    let mut config = config(&origins, &[group]);
    config["DefaultCacheBehavior"]["TargetOriginId"] = "g".into();
    let scene = scene(&config);
    passes(&scene).await;
    assert_eq!(scene.findings().await.len(), 0);
}

/// c7n and steampipe have no way to allow a partner's bucket.
#[tokio::test]
async fn peer_8_a_bucket_of_a_partner() {
    let mut scene = scene(&config(
        &[s3("o1", "partner-feed.s3.us-east-1.amazonaws.com")],
        &[],
    ));
    scene.world.buckets.get_mut("partner-feed").unwrap().owner = Owner::Foreign;
    let place = "/Origins/Items/0/DomainName".to_owned();
    assert_eq!(errors(&scene).await, [("foreign-bucket", place)]);
    scene.world.buckets.get_mut("partner-feed").unwrap().owner =
        Owner::Allowed(origin_guard::distribution::AccountId::parse("444455556666").unwrap());
    passes(&scene).await;
}
