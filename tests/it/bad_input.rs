//! Whatever comes in, the job gets one clear answer.

use std::time::Duration;

use origin_guard::guard::Failure;
use serde_json::{Value, json};

use crate::stage::{DISTRIBUTION, Stage, invocation, site};

async fn refuse(stage: &Stage, job: Value, failure_type: &str, texts: &[&str]) {
    stage.run(job).await.fails_with(failure_type, texts);
}

async fn refuse_candidate(content: &[u8], texts: &[&str]) {
    let stage = Stage::new().await;
    let job = stage.job_with(r#"{"candidate": "c.json"}"#, &[("c.json", content)]);
    refuse(&stage, job, "ConfigurationError", texts).await;
}

#[tokio::test]
async fn candidates_that_are_none_say_what_they_are() {
    refuse_candidate(b"", &["`c.json`", "it is empty"]).await;
    refuse_candidate(b"origins: []", &["not JSON", "line 1"]).await;
    refuse_candidate(b"{\"a\": \"\xff\xfe\"}", &["not UTF-8", "offset 7"]).await;
    refuse_candidate(br#"{"Resources": {}}"#, &["`c.json` has no distribution"]).await;
    refuse_candidate(
        br#"{"name": "x", "scripts": {}}"#,
        &["looks like a package.json"],
    )
    .await;
    refuse_candidate(b"[1, 2]", &["looks like a list"]).await;
    refuse_candidate(
        br#"{"Origins": [], "Origins": []}"#,
        &["`Origins` stands twice", "column"],
    )
    .await;
    refuse_candidate("[".repeat(90_000).as_bytes(), &["nesting depth"]).await;
    refuse_candidate(
        br#"{"Origins": {"Items": [{"Id": 7}]}}"#,
        &["/Origins/Items/0/Id is a number", "line 1, column 31"],
    )
    .await;
}

#[tokio::test]
async fn a_quantity_that_disagrees_is_a_finding() {
    let stage = Stage::new().await;
    let mut candidate = site();
    candidate["CacheBehaviors"]["Quantity"] = 5.into();
    let answer = stage.run(stage.job(&candidate)).await;
    answer.fails_with("JobFailed", &["inconsistent-quantity", "CacheBehaviors"]);
}

#[tokio::test]
async fn artifacts_that_are_none_say_so() {
    let stage = Stage::new().await;
    for bytes in [&b""[..], b"PK\x05\x06", b"<xml/>"] {
        let job = stage.job_of(r#"{"candidate": "c.json"}"#, bytes.to_vec());
        refuse(&stage, job, "ConfigurationError", &["not a ZIP archive"]).await;
    }
}

#[tokio::test]
async fn a_missing_file_is_an_unavailable_revision_that_names_what_there_is() {
    let stage = Stage::new().await;
    let job = stage.job_with(
        r#"{"candidate": "distribution.json"}"#,
        &[("cdn/distribution.json", b"{}")],
    );
    refuse(
        &stage,
        job,
        "RevisionUnavailable",
        &[
            "no file `distribution.json`",
            "it has `cdn/distribution.json`",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_missing_artifact_is_an_unavailable_revision() {
    let stage = Stage::new().await;
    let job = stage.job(&site());
    stage
        .double
        .world()
        .buckets
        .get_mut("pipeline-artifacts")
        .unwrap()
        .objects
        .clear();
    refuse(
        &stage,
        job,
        "RevisionUnavailable",
        &["s3://pipeline-artifacts/run/in.zip does not exist"],
    )
    .await;
    let job = stage
        .double
        .world()
        .job(Some(r#"{"candidate": "c.json"}"#), None);
    refuse(&stage, job, "RevisionUnavailable", &["no input artifact"]).await;
}

#[tokio::test]
async fn a_bomb_stops_at_the_limit() {
    let mut stage = Stage::new().await;
    stage.settings.artifact.file_bytes = 1 << 20;
    let zeros = vec![b' '; 200 << 20];
    let job = stage.job_with(r#"{"candidate": "c.json"}"#, &[("c.json", &zeros)]);
    drop(zeros);
    refuse(
        &stage,
        job,
        "ConfigurationError",
        &["`c.json` has more than the 1048576 bytes"],
    )
    .await;
}

#[tokio::test]
async fn an_artifact_over_the_limit_is_not_downloaded() {
    let mut stage = Stage::new().await;
    stage.settings.artifact.artifact_bytes = 100;
    let job = stage.job(&site());
    refuse(
        &stage,
        job,
        "ConfigurationError",
        &["more than 100 bytes", "ORIGIN_GUARD_MAX_ARTIFACT_MB"],
    )
    .await;
}

#[tokio::test]
async fn a_hundred_thousand_entries_are_only_many() {
    let stage = Stage::new().await;
    let names: Vec<String> = (0..100_000)
        .map(|n| format!("node_modules/{n}.js"))
        .collect();
    let config = site().to_string();
    let mut files: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    files.push(("distribution.json", config.as_bytes()));
    let job = stage.job_with(r#"{"candidate": "distribution.json"}"#, &files);
    assert!(stage.run(job).await.succeeded());
}

#[tokio::test]
async fn names_that_climb_are_only_names() {
    let stage = Stage::new().await;
    let config = site().to_string();
    let job = stage.job_with(
        r#"{"candidate": "../../c.json"}"#,
        &[("../../c.json", config.as_bytes())],
    );
    assert!(stage.run(job).await.succeeded());
}

#[tokio::test]
async fn bad_parameters_are_refused_with_the_nearest_good_ones() {
    let stage = Stage::new().await;
    for (parameters, text) in [
        ("", "empty"),
        (
            "{\"distribtuion\": \"E2EXAMPLE1GUARD\"}",
            "did you mean `distribution`?",
        ),
        ("{\"candidate\": 5}", "`candidate` is a number"),
        (
            "{\"candidate\": \"x\", \"unknown\": \"blok\"}",
            "did you mean `block`?",
        ),
        ("not an id", "neither a distribution ID"),
        ("{", "not JSON"),
        (
            r#"{"candidate": "x", "unknown": "block", "unknown": "warn"}"#,
            "`unknown` stands twice",
        ),
        (
            r#"{"changeSet": "arn:aws:x", "parameters": "prod.json"}"#,
            "`parameters`",
        ),
    ] {
        let job = stage.double.world().job(Some(parameters), None);
        refuse(&stage, job, "ConfigurationError", &["UserParameters", text]).await;
    }
    let job = stage.double.world().job(Some(&"E".repeat(1001)), None);
    refuse(&stage, job, "ConfigurationError", &["1001 characters"]).await;
    let job = stage.double.world().job(None, None);
    refuse(
        &stage,
        job,
        "ConfigurationError",
        &["give a distribution ID"],
    )
    .await;
}

#[tokio::test]
async fn bad_settings_are_told_to_whoever_asks() {
    use origin_guard::guard::Guard;
    use origin_guard::settings::Settings;
    let stage = Stage::new().await;
    let settings =
        Settings::read(|name| (name == "ORIGIN_GUARD_UNKNOWN").then(|| "maybe".to_owned()));
    let guard = Guard::new(stage.aws(), settings);
    let job = stage.job(&site());
    let id = job["CodePipeline.job"]["id"].as_str().unwrap().to_owned();
    let invocation = invocation("r", Duration::from_secs(30));
    guard.handle(job, &invocation).await.unwrap();
    stage
        .answer(&id)
        .fails_with("ConfigurationError", &["ORIGIN_GUARD_UNKNOWN=maybe"]);
}

#[tokio::test]
async fn a_job_event_that_cannot_be_read_is_still_answered() {
    let stage = Stage::new().await;
    let mut job = stage.double.world().job(Some(DISTRIBUTION), None);
    let id = job["CodePipeline.job"]["id"].as_str().unwrap().to_owned();
    job["CodePipeline.job"]["data"]["inputArtifacts"] = "none".into();
    stage.invoke(job).await.unwrap();
    stage.answer(&id).fails_with(
        "ConfigurationError",
        &["the job event cannot be read", "`data.inputArtifacts`"],
    );
    let mut job = stage.double.world().job(Some(DISTRIBUTION), None);
    let id = job["CodePipeline.job"]["id"].as_str().unwrap().to_owned();
    job["CodePipeline.job"]["data"]["artifactCredentials"] = "s3cr3t".into();
    stage.invoke(job).await.unwrap();
    let answer = stage.answer(&id);
    answer.fails_with("ConfigurationError", &["`data.artifactCredentials`"]);
    assert!(!answer.message().contains("s3cr3t"), "{}", answer.message());
}

#[tokio::test]
async fn an_event_of_another_kind_is_an_error_that_names_its_keys_and_no_values() {
    let stage = Stage::new().await;
    for event in [
        json!({"Records": [{"secret": "s3cr3t"}]}),
        json!([]),
        json!(null),
        json!({}),
        json!("s3cr3t"),
        json!({"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}),
        json!({"detail-type": "AWS API Call via CloudTrail", "source": "aws.s3", "detail": {"eventSource": "s3.amazonaws.com", "eventName": "DeleteBucket"}}),
        json!({"detail-type": 5}),
        json!({"CodePipeline.job": {}}),
    ] {
        let error = stage.invoke(event.clone()).await.unwrap_err();
        assert!(matches!(error, Failure::Request(_)), "{event}");
        assert!(!error.to_string().contains("s3cr3t"), "{error}");
    }
    assert_eq!(stage.double.world().requests.len(), 0);
}

/// A ZIP of a few kilobytes can hold a candidate of which everything is wrong; the function has memory
/// for one report.
#[tokio::test]
async fn tens_of_thousands_of_findings_fit_into_a_report() {
    let stage = Stage::new().await;
    let mut candidate = site();
    let member = json!({"OriginId": "assets"});
    let groups = (0..50).map(|n| {
        json!({"Id": format!("group-{n}"), "Members": {"Items": vec![&member; 900]},
            "FailoverCriteria": {"StatusCodes": {"Items": [500]}}})
    });
    candidate["OriginGroups"] = json!({"Items": groups.collect::<Vec<_>>()});
    let answer = stage.run(stage.job(&candidate)).await;
    answer.fails_with("JobFailed", &["more errors"]);
    let report = stage.report();
    let findings = report["findings"].as_array().unwrap();
    let left_out = |it: &Value| it["message"] == "43950 more of this kind are left out";
    assert!(findings.iter().any(left_out), "{}", findings.len());
    assert!(findings.len() < 1_200, "{}", findings.len());
}
