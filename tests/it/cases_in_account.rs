//! More of what users reported (`cases_offline.rs`): the cases that depend on what is beside the config.

use origin_guard::facts::{Connection, Owner, Trust, Website};
use origin_guard::finding::Finding;
use origin_guard::rule::Severity;
use serde_json::{Value, json};

use crate::scene::Scene;
use crate::stage::{DISTRIBUTION, Stage, site};
use crate::whole::whole;
use crate::world::certificate;

/// A config with one origin `main` in a world where all is well with it.
fn scene(origin: &Value) -> Scene {
    let mut origin = origin.clone();
    origin["Id"] = "main".into();
    let config = whole(json!({"Origins": {"Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "main"}}));
    Scene::read("case", config.to_string().as_bytes()).unwrap()
}

fn custom(domain: &str, policy: &str) -> Value {
    json!({"DomainName": domain, "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443,
        "OriginProtocolPolicy": policy, "OriginSslProtocols": {"Items": ["TLSv1.2"]}}})
}

async fn found(scene: &Scene) -> Vec<(&'static str, Severity)> {
    let findings = scene.findings().await;
    findings
        .iter()
        .map(|it| (it.rule.name, it.severity))
        .collect()
}

/// "The diff hides which path changed": everything that phase 2 says of a behavior names its path.
#[tokio::test]
async fn whatever_is_wrong_with_a_behavior_names_its_path() {
    let mut config = site();
    for (at, target) in ["api-v2", "assets-with-stand-by"].into_iter().enumerate() {
        config["CacheBehaviors"]["Items"][at]["TargetOriginId"] = target.into();
    }
    config["CacheBehaviors"]["Items"][1]["PathPattern"] = "/api/{id}".into();
    let policy = "216adef6-5c7f-47e4-b989-5492eafa07d3";
    config["DefaultCacheBehavior"]["OriginRequestPolicyId"] = policy.into();
    let findings = Scene::read("site", config.to_string().as_bytes())
        .unwrap()
        .findings()
        .await;
    let blocking: Vec<&Finding> = findings
        .iter()
        .filter(|it| it.severity == Severity::Error)
        .collect();
    assert_eq!(blocking.len(), 4, "{blocking:#?}");
    for finding in blocking {
        let [path] = &finding.path_patterns[..] else {
            panic!("{finding:#?}");
        };
        let named = finding.message.contains(path.as_str())
            || finding.message.contains("default cache behavior");
        assert!(named, "{}", finding.message);
    }
}

/// "Only one of [CustomOriginConfig, S3OriginConfig] should be specified": an empty one is one.
#[tokio::test]
async fn an_empty_s3originconfig_beside_an_access_control() {
    let origin = json!({"DomainName": "assets.s3.eu-west-1.amazonaws.com", "S3OriginConfig": {},
        "OriginAccessControlId": "EOAC1"});
    assert_eq!(found(&scene(&origin)).await, []);
}

/// A bucket that only redirects is reached through its website endpoint.
#[tokio::test]
async fn a_bucket_that_redirects_behind_its_website_endpoint() {
    let origin = custom(
        "www.example.com.s3-website.eu-west-1.amazonaws.com",
        "http-only",
    );
    let mut scene = scene(&origin);
    let bucket = scene.world.buckets.get_mut("www.example.com").unwrap();
    bucket.website = Website::RedirectsTo("example.com".to_owned());
    assert_eq!(found(&scene).await, []);
}

/// "Real CloudFront checks neither the ownership nor the existence of the bucket": it runs with one
/// that is gone, and the guard says so of the live config.
#[tokio::test]
async fn a_live_distribution_whose_bucket_is_gone_or_of_another_account() {
    for (rule, owner) in [
        ("missing-bucket", None),
        ("foreign-bucket", Some("999988887777")),
    ] {
        let stage = Stage::new().await;
        match owner {
            None => drop(stage.double.world().buckets.remove("example-media")),
            Some(owner) => {
                stage
                    .double
                    .world()
                    .bucket("example-media", "us-east-1")
                    .owned_by(owner);
            }
        }
        let job = stage.double.world().job(Some(DISTRIBUTION), None);
        stage
            .run(job)
            .await
            .fails_with("JobFailed", &[rule, "example-media", "/media/*"]);
    }
}

#[tokio::test]
async fn a_cross_account_bucket_is_an_ordinary_pattern_once_it_is_allowed() {
    let origin = json!({"DomainName": "shared.s3.eu-west-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""}, "OriginAccessControlId": "EOAC1"});
    let mut scene = scene(&origin);
    scene.world.buckets.get_mut("shared").unwrap().owner =
        Owner::Allowed(origin_guard::distribution::AccountId::parse("444455556666").unwrap());
    assert_eq!(found(&scene).await, []);
}

/// What the edge answers for a bucket that is gone has changed before: S3 itself is asked, by name.
#[tokio::test]
async fn s3_is_asked_about_a_bucket_and_not_the_edge() {
    let stage = Stage::new().await;
    stage.double.world().buckets.remove("example-assets");
    stage
        .run(stage.job(&site()))
        .await
        .fails_with("JobFailed", &["missing-bucket"]);
    let report = stage.report();
    let findings = report["findings"].as_array().unwrap();
    let finding = findings
        .iter()
        .find(|it| it["rule"] == "missing-bucket")
        .unwrap();
    assert_eq!(
        finding["evidence"]["S3"], "404, no bucket of this name",
        "{finding}"
    );
    let world = stage.double.world();
    let asked = world
        .requests
        .iter()
        .filter(|it| it.subject.as_deref() == Some("example-assets"));
    let operations: Vec<&str> = asked.map(|it| it.operation.as_str()).collect();
    assert!(operations.contains(&"GetBucketPolicy"), "{operations:?}");
}

/// Logs that go nowhere are CloudFront's to refuse, and no matter of the origins.
#[tokio::test]
async fn the_bucket_for_logs_is_no_origin() {
    let mut config = site();
    config["Logging"] = json!({"Enabled": true, "IncludeCookies": false,
        "Bucket": "example-logs.s3.ap-east-1.amazonaws.com", "Prefix": ""});
    let scene = Scene::read("site", config.to_string().as_bytes()).unwrap();
    assert!(!scene.world.buckets.contains_key("example-logs"));
    let findings = scene.findings().await;
    let blocks = |it: &Finding| it.severity == Severity::Error;
    assert!(!findings.iter().any(blocks), "{findings:#?}");
}

/// "CloudFront wasn't able to connect to the origin": the load balancer's certificate is for the site.
#[tokio::test]
async fn a_load_balancer_with_a_certificate_for_another_name() {
    let domain = "web-123.eu-west-1.elb.amazonaws.com";
    let mut scene = scene(&custom(domain, "https-only"));
    let names = vec!["www.example.com".to_owned()];
    scene.world.put_host(domain).https = certificate(Trust::WrongNames(names), 60);
    let findings = scene.findings().await;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0].rule.name, "untrusted-origin-certificate");
    assert_eq!(findings[0].severity, Severity::Error);
    assert!(
        findings[0].message.contains("`www.example.com`"),
        "{}",
        findings[0].message
    );
}

/// The same without a look at the load balancer: its name alone says so.
#[tokio::test]
async fn a_load_balancers_name_over_https_warns_without_a_network() {
    let domain = "web-123.eu-west-1.elb.amazonaws.com";
    for (policy, expected) in [
        ("https-only", "uncertifiable-origin-name"),
        ("match-viewer", "uncertifiable-origin-name"),
        ("http-only", "unencrypted-origin"),
    ] {
        let mut scene = scene(&custom(domain, policy));
        scene.world.offline = true;
        let rules: Vec<&str> = found(&scene)
            .await
            .into_iter()
            .map(|(rule, _)| rule)
            .collect();
        assert_eq!(rules, [expected], "{policy}");
    }
}

/// A host that does not serve 443 matters where CloudFront asks there, and nowhere else.
#[tokio::test]
async fn the_port_that_is_asked_is_the_one_that_counts() {
    let closed = Connection::Refused;
    for (policy, http, https, rules) in [
        (
            "https-only",
            Connection::Open,
            closed.clone(),
            &["unreachable-origin-port"][..],
        ),
        (
            "https-only",
            closed.clone(),
            certificate(Trust::Trusted, 60),
            &[],
        ),
        (
            "http-only",
            Connection::Open,
            closed.clone(),
            &["unencrypted-origin"],
        ),
        (
            "http-only",
            closed,
            certificate(Trust::Trusted, 60),
            &["unreachable-origin-port", "unencrypted-origin"],
        ),
    ] {
        let mut scene = scene(&custom("app.example.com", policy));
        let host = scene.world.put_host("app.example.com");
        (host.http, host.https) = (http, https);
        let found: Vec<&str> = scene
            .findings()
            .await
            .iter()
            .map(|it| it.rule.name)
            .collect();
        assert_eq!(found, rules, "{policy}");
    }
}

/// "HttpVersion is missing": what has nothing to do with origins blocks nothing.
#[tokio::test]
async fn a_field_that_an_old_client_leaves_out() {
    let mut config = site();
    for field in [
        "HttpVersion",
        "IsIPV6Enabled",
        "PriceClass",
        "Staging",
        "Restrictions",
    ] {
        config.as_object_mut().unwrap().remove(field);
    }
    let findings = Scene::read("site", config.to_string().as_bytes())
        .unwrap()
        .findings()
        .await;
    let blocks = |it: &Finding| it.severity == Severity::Error;
    assert!(!findings.iter().any(blocks), "{findings:#?}");
    let message =
        "the config has no PriceClass, Restrictions, HttpVersion, which CloudFront documents";
    let is_said = findings.iter().any(|it| it.message.starts_with(message));
    assert!(is_said, "{findings:#?}");
}
