//! Which distribution a candidate is: what a baseline, an option or the candidate itself says of it.

use aws_double::Double;
use serde_json::{Value, json};

use crate::command_line::{err, origin_guard, out, with_account};
use crate::field::fixture;

const OWN: &str = "E2EXAMPLE1GUARD";
const OTHER: &str = "E9OTHERDISTRIB";

fn json_of(name: &str) -> Value {
    let text = std::fs::read_to_string(fixture(&format!("candidate-identity/{name}"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// What `get-distribution-config` prints of the distribution.
fn candidate() -> Value {
    json_of("candidate.json")
}

/// An account whose bucket's policy lets this distribution in.
async fn account(distribution: &str) -> Double {
    let world = json_of("world.json").to_string();
    let world: Value = serde_json::from_str(&world.replace(OTHER, distribution)).unwrap();
    let double = Double::start().await;
    double.world().merge(&world).unwrap();
    double
}

/// The exit code, the report, and what was written to standard error.
fn check(double: &Double, candidate: &Value, options: &[&str]) -> (Option<i32>, Value, String) {
    let arguments = [&["check", "--output", "json", "-"], options].concat();
    let output = with_account(double, &arguments, &candidate.to_string());
    let report = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code(), report, err(&output))
}

fn first_error(report: &Value) -> (&str, &str) {
    let first = &report["findings"][0];
    let text = |key: &str| first[key].as_str().unwrap_or_default();
    assert_eq!(text("severity"), "error", "{report:#}");
    (text("rule"), text("message"))
}

#[tokio::test]
async fn a_candidate_is_the_distribution_that_its_baseline_is() {
    for options in [
        &["--baseline", OWN][..],
        &["--distribution", OWN],
        &["--distribution", OWN, "--baseline", "live"],
    ] {
        let (code, report, error) = check(&account(OTHER).await, &candidate(), options);
        assert_eq!(code, Some(1), "{options:?}: {error}");
        let (rule, message) = first_error(&report);
        assert_eq!(rule, "ungranted-bucket-access");
        assert!(
            message.contains(&format!("distribution/{OWN}`")),
            "{message}"
        );
        assert!(
            message.contains(&format!("distribution/{OTHER}`")),
            "{message}"
        );

        let (code, report, error) = check(&account(OWN).await, &candidate(), options);
        assert_eq!(code, Some(0), "{options:?}: {error}");
        assert_eq!(report["unknowns"], json!([]), "{options:?}");
        assert_eq!(report["distribution"]["id"], OWN);
        assert_eq!(report["baseline"]["source"], "live");
        assert_eq!(report["changes"], json!([]));
    }
}

#[tokio::test]
async fn a_candidate_that_says_that_it_is_another_one_stays_that() {
    let mut candidate = candidate();
    candidate["DistributionConfig"]["CallerReference"] = "another call".into();
    let double = account(OWN).await;
    let (_, report, error) = check(&double, &candidate, &["--baseline", OWN]);
    assert_eq!(report["distribution"]["id"], Value::Null, "{error}");

    candidate["Id"] = OTHER.into();
    let (code, _, error) = check(&double, &candidate, &["--distribution", OWN]);
    assert_eq!(code, Some(2));
    assert!(
        error.contains(&format!("is of distribution {OTHER}, not of {OWN}")),
        "{error}"
    );
}

#[tokio::test]
async fn a_version_that_is_no_longer_live_is_reported() {
    let double = account(OWN).await;
    for options in [["--baseline", OWN], ["--distribution", OWN]] {
        let mut stale = candidate();
        stale["ETag"] = "E9STALEETAG000".into();
        let (code, _, error) = check(&double, &stale, &options);
        assert_eq!(code, Some(2), "{error}");
        for part in ["E9STALEETAG000", "E2EXAMPLEETAG02", "from the live config"] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
    let mut update = candidate();
    let etag = update.as_object_mut().unwrap().remove("ETag").unwrap();
    update["Id"] = OWN.into();
    update["IfMatch"] = etag;
    let (code, _, error) = check(&double, &update, &["--baseline", "live"]);
    assert_eq!(code, Some(0), "{error}");
    update["IfMatch"] = "E9STALEETAG000".into();
    let (code, _, _) = check(&double, &update, &["--baseline", "live"]);
    assert_eq!(code, Some(2));
}

/// The first commands of README.
#[tokio::test]
async fn without_an_identity_the_policies_that_hang_on_it_are_one_open_fact() {
    let mut candidate = candidate();
    let origins = candidate["DistributionConfig"]["Origins"]
        .as_object_mut()
        .unwrap();
    let items = origins["Items"].as_array_mut().unwrap();
    let mut world = json_of("world.json");
    for name in ["example-one", "example-two"] {
        let mut origin = items[0].clone();
        origin["Id"] = name.into();
        origin["DomainName"] = format!("{name}.s3.us-east-1.amazonaws.com").into();
        items.push(origin);
        let bucket = world["buckets"]["example-site"].to_string();
        let bucket = bucket.replace("example-site", name);
        world["buckets"][name] = serde_json::from_str(&bucket).unwrap();
    }
    origins["Quantity"] = 3.into();
    let double = Double::start().await;
    double.world().merge(&world).unwrap();
    let (code, report, error) = check(&double, &candidate, &[]);
    assert_eq!(code, Some(3), "{error}");
    assert_eq!(report["verdict"], "inconclusive");
    let [unknown] = report["unknowns"].as_array().unwrap().as_slice() else {
        panic!("{report:#}");
    };
    let text = |key: &str| unknown[key].as_str().unwrap();
    assert_eq!(
        text("cause"),
        format!(
            "the candidate does not say which distribution it is: 3 bucket policies allow only distribution {OTHER}"
        )
    );
    assert!(text("needs").contains("`--distribution`"), "{unknown}");
    assert_eq!(unknown["pointers"].as_array().unwrap().len(), 3);
    let text = out(&with_account(
        &double,
        &["check", "-"],
        &candidate.to_string(),
    ));
    assert!(text.contains("3 bucket policies allow only"), "{text}");

    let (code, _, error) = check(&double, &candidate, &["--unknown", "warn"]);
    assert_eq!(code, Some(0), "{error}");
}

#[test]
fn offline_an_identity_stands_beside_the_file() {
    let arguments = [
        "check",
        "--offline",
        "--output",
        "json",
        "--distribution",
        OWN,
        "-",
    ];
    let output = origin_guard(&arguments, &[], &candidate().to_string());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["distribution"]["id"], OWN, "{}", err(&output));
    assert_eq!(report["baseline"], Value::Null);
}

#[test]
fn one_distribution_is_not_several_candidates() {
    let file = fixture("candidate-identity/candidate.json");
    let arguments = ["check", "--offline", "--distribution", OWN, &file, &file];
    let output = origin_guard(&arguments, &[], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("2 candidates"), "{}", err(&output));
}

/// What a template calls its distribution stands for the one that it updates.
#[tokio::test]
async fn a_template_is_of_the_distribution_that_is_named() {
    let template = json!({"Resources": {"Site": {
        "Type": "AWS::CloudFront::Distribution",
        "Properties": {"DistributionConfig": {
            "Comment": "example",
            "DefaultRootObject": "index.html",
            "Enabled": true,
            "HttpVersion": "http2",
            "IPV6Enabled": true,
            "PriceClass": "PriceClass_100",
            "Origins": [{
                "Id": "site",
                "DomainName": "example-site.s3.us-east-1.amazonaws.com",
                "OriginAccessControlId": "E1EXAMPLEOACID",
                "S3OriginConfig": {},
            }],
            "DefaultCacheBehavior": {
                "TargetOriginId": "site",
                "ViewerProtocolPolicy": "redirect-to-https",
                "Compress": true,
                "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
        }},
    }}});
    for option in ["--distribution", "--baseline"] {
        let (code, report, error) = check(&account(OTHER).await, &template, &[option, OWN]);
        assert_eq!(code, Some(1), "{option}: {error}");
        assert_eq!(first_error(&report).0, "ungranted-bucket-access");
        let (code, report, error) = check(&account(OWN).await, &template, &[option, OWN]);
        assert_eq!(code, Some(0), "{option}: {error}");
        assert_eq!(report["unknowns"], json!([]), "{option}");
        // Another form of what is live is no change.
        assert_eq!(report["changes"], json!([]), "{option}");
        assert_eq!(report.get("outsideChanges"), None, "{option}");
    }
    let (code, report, error) = check(&account(OWN).await, &template, &[]);
    assert_eq!(code, Some(0), "{error}");
    assert_eq!(report["unknowns"][0]["fact"], "bucket policy", "{report:#}");
}
