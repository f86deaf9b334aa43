//! AWS refuses, throttles, hangs or breaks, on each call: one clear answer, naming the call.

use std::time::Duration;

use aws_double::{Fault, FaultKind};
use origin_guard::guard::Failure;

use crate::stage::{DISTRIBUTION, REPORTS, Stage, invocation, readable, site};

/// The calls that a gate cannot do without, and those that only give facts.
const JUDGING: [&str; 2] = ["s3:GetObject", "cloudfront:GetDistribution"];
const PROBES: [(&str, &str); 4] = [
    ("s3:HeadBucket", "bucket"),
    ("s3:GetBucketPolicy", "bucket policy"),
    ("cloudfront:GetOriginAccessControl", "origin access control"),
    (
        "cloudfront:GetCloudFrontOriginAccessIdentity",
        "origin access identity",
    ),
];

fn breakdowns() -> Vec<(&'static str, FaultKind)> {
    vec![
        ("throttle", FaultKind::Throttle),
        ("hang", FaultKind::Hang),
        ("reset", FaultKind::Reset),
        ("500", FaultKind::Status(500, "InternalError".to_owned())),
        (
            "503",
            FaultKind::Status(503, "ServiceUnavailable".to_owned()),
        ),
        ("garbage", FaultKind::Garbage),
    ]
}

#[tokio::test]
async fn a_gate_that_cannot_read_what_it_is_to_judge_says_which_call_failed() {
    for (call, (name, kind)) in JUDGING
        .iter()
        .flat_map(|call| breakdowns().into_iter().map(move |b| (call, b)))
    {
        let stage = Stage::impatient().await;
        let job = match *call {
            "s3:GetObject" => stage.job(&site()),
            _ => stage.double.world().job(Some(DISTRIBUTION), None),
        };
        stage.double.world().fault(Fault::new(call, kind));
        let answer = stage.run(job).await;
        // Rubbish in the place of an artifact is an artifact that is no ZIP.
        let expected = match (*call, name) {
            ("s3:GetObject", "garbage") => "ConfigurationError",
            _ => "SystemUnavailable",
        };
        assert_eq!(
            answer.failure_type(),
            expected,
            "{call} {name}: {}",
            answer.message()
        );
        if expected == "SystemUnavailable" {
            assert!(
                answer.message().contains(call),
                "{call} {name}: {}",
                answer.message()
            );
        }
    }
}

#[tokio::test]
async fn a_refused_call_is_a_permission_error_that_names_the_permission() {
    let stage = Stage::impatient().await;
    stage.double.world().deny("cloudfront:GetDistribution");
    let job = stage.double.world().job(Some(DISTRIBUTION), None);
    stage.run(job).await.fails_with(
        "PermissionError",
        &["cloudfront:GetDistribution", DISTRIBUTION],
    );
    let stage = Stage::impatient().await;
    let job = stage.job(&site());
    stage
        .double
        .world()
        .fault(Fault::new("s3:GetObject", FaultKind::Deny));
    stage.run(job).await.fails_with(
        "PermissionError",
        &[
            "s3:GetObject",
            "s3://pipeline-artifacts/run/in.zip",
            "pipeline's role",
        ],
    );
}

/// S3 names the key that an artifact is encrypted with: the artifact itself is there.
#[tokio::test]
async fn an_artifact_whose_key_is_gone_or_disabled_is_not_said_to_be_missing() {
    for code in ["KMS.NotFoundException", "KMS.DisabledException"] {
        let stage = Stage::impatient().await;
        let job = stage.job(&site());
        let kind = FaultKind::Status(400, code.to_owned());
        stage.double.world().fault(Fault::new("s3:GetObject", kind));
        let answer = stage.run(job).await;
        answer.fails_with(
            "ConfigurationError",
            &["s3://pipeline-artifacts/run/in.zip", code, "KMS key"],
        );
    }
}

/// A retry from the dead-letter queue comes when they are over, and no grant would help.
#[tokio::test]
async fn credentials_of_a_job_that_are_over_are_said_to_be() {
    let stage = Stage::impatient().await;
    let job = stage.job(&site());
    let kind = FaultKind::Status(400, "ExpiredToken".to_owned());
    stage.double.world().fault(Fault::new("s3:GetObject", kind));
    let answer = stage.run(job).await;
    answer.fails_with(
        "SystemUnavailable",
        &[
            "s3:GetObject",
            "the job's credentials have expired",
            "try again",
        ],
    );
    assert!(!answer.message().contains("Grant"), "{}", answer.message());
}

#[tokio::test]
async fn a_slow_report_bucket_changes_no_verdict() {
    let mut stage = Stage::new().await;
    stage.deadline = Duration::from_secs(4);
    let hang = Fault::new("s3:PutObject", FaultKind::Hang);
    stage.double.world().fault(hang);
    let began = std::time::Instant::now();
    let answer = stage.run(stage.job(&site())).await;
    assert!(began.elapsed() < stage.deadline, "{:?}", began.elapsed());
    assert!(answer.succeeded(), "{}", answer.message());
    let report = answer.0["outputVariables"]["report"].as_str().unwrap();
    assert!(report.contains("not stored"), "{report}");
}

#[tokio::test]
async fn what_the_guard_stored_itself_and_cannot_read_in_time_changes_no_verdict() {
    let mut stage = Stage::new().await;
    stage.deadline = Duration::from_secs(6);
    let hang = Fault::new("s3:GetObject", FaultKind::Hang).on(REPORTS);
    stage.double.world().fault(hang);
    let answer = stage.run(stage.job(&site())).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let report = stage.report();
    assert_eq!(report["baseline"]["source"], "live");
    let unknowns = report["unknowns"].as_array().unwrap();
    let is_told = |it: &serde_json::Value| it["fact"] == "last known good config";
    assert!(unknowns.iter().any(is_told), "{unknowns:?}");
}

#[tokio::test]
async fn an_answer_whose_first_call_hangs_is_given_in_the_last_seconds() {
    let mut stage = Stage::new().await;
    stage.deadline = Duration::from_secs(5);
    let hang = Fault::new("codepipeline:PutJobFailureResult", FaultKind::Hang);
    stage.double.world().fault(hang.times(2));
    let job = stage.double.world().job(Some("{"), None);
    stage
        .run(job)
        .await
        .fails_with("ConfigurationError", &["not JSON"]);
}

#[tokio::test]
async fn a_probe_that_fails_makes_the_verdict_inconclusive() {
    for (call, fact) in PROBES {
        for (name, kind) in breakdowns() {
            if name == "garbage" && call == "s3:HeadBucket" {
                continue; // A HEAD has no body to be rubbish.
            }
            let stage = Stage::impatient().await;
            if call == "s3:HeadBucket" {
                // A policy's answer would say as much of the bucket.
                stage.double.world().deny("s3:GetBucketPolicy");
            }
            stage.double.world().fault(Fault::new(call, kind));
            let job = stage.double.world().job(Some(DISTRIBUTION), None);
            let answer = stage.run(job).await;
            // Where nothing answers, the bucket itself is not asked about a second time.
            let fact = match (call, name) {
                ("s3:GetBucketPolicy", "hang" | "reset") => {
                    assert_eq!(stage.double.world().calls().get("s3:HeadBucket"), None);
                    "bucket"
                }
                _ => fact,
            };
            answer.fails_with("SystemUnavailable", &["neither passed nor blocked", fact]);
            let unknowns = &stage.report()["unknowns"];
            assert_eq!(unknowns[0]["fact"], fact, "{call} {name}: {unknowns}");
            assert_eq!(unknowns[0]["blocks"], true);
        }
    }
}

#[tokio::test]
async fn a_probe_without_its_permission_names_it() {
    for (call, permission) in [
        (
            "cloudfront:GetOriginAccessControl",
            "cloudfront:GetOriginAccessControl",
        ),
        (
            "cloudfront:GetCloudFrontOriginAccessIdentity",
            "cloudfront:GetCloudFrontOriginAccessIdentity",
        ),
        ("s3:ListAllMyBuckets", "s3:ListAllMyBuckets"),
    ] {
        let stage = Stage::impatient().await;
        stage.double.world().deny(call);
        // Whose a bucket is needs settling only where the guard may not look inside.
        stage
            .double
            .world()
            .bucket("example-media", "us-east-1")
            .owned_by("999999999999");
        if call != "s3:ListAllMyBuckets" {
            stage
                .double
                .world()
                .bucket("example-media", "us-east-1")
                .owned_by("111122223333")
                .policy(readable("example-media"));
        }
        let job = stage.double.world().job(Some(DISTRIBUTION), None);
        stage.run(job).await.fails_with(
            "PermissionError",
            &[permission, "neither passed nor blocked"],
        );
    }
}

#[tokio::test]
async fn with_unknown_warn_the_job_passes_and_lists_what_was_not_looked_at() {
    let stage = Stage::impatient().await;
    stage
        .double
        .world()
        .deny("cloudfront:GetOriginAccessControl");
    let parameters = format!(r#"{{"distribution": "{DISTRIBUTION}", "unknown": "warn"}}"#);
    let job = stage.double.world().job(Some(&parameters), None);
    let answer = stage.run(job).await;
    assert!(answer.succeeded());
    assert!(
        answer
            .message()
            .contains("cloudfront:GetOriginAccessControl"),
        "{}",
        answer.message()
    );
    assert!(
        !answer.message().contains("(blocks)"),
        "{}",
        answer.message()
    );
    for unknown in stage.report()["unknowns"].as_array().unwrap() {
        assert_eq!(unknown["blocks"], false, "{unknown}");
    }
}

#[tokio::test]
async fn a_candidate_is_judged_without_the_live_config_but_not_its_freshness() {
    let stage = Stage::impatient().await;
    stage.double.world().deny("cloudfront:GetDistribution");
    assert!(stage.run(stage.job(&site())).await.succeeded());
    let candidate = serde_json::json!({"ETag": "E1", "DistributionConfig": site()});
    stage.run(stage.job(&candidate)).await.fails_with(
        "PermissionError",
        &["live config", "cloudfront:GetDistribution"],
    );
}

#[tokio::test]
async fn an_unreadable_last_known_good_config_is_listed_and_live_takes_its_place() {
    let stage = Stage::impatient().await;
    let key = format!("last-good/{DISTRIBUTION}.json");
    stage.double.world().object(REPORTS, &key, "not json");
    assert!(stage.run(stage.job(&site())).await.succeeded());
    let report = stage.report();
    assert_eq!(report["baseline"]["source"], "live");
    let unknowns = report["unknowns"].as_array().unwrap();
    let last_good = unknowns
        .iter()
        .find(|unknown| unknown["fact"] == "last known good config")
        .unwrap();
    assert_eq!(last_good["blocks"], false);
}

#[tokio::test]
async fn a_call_that_fails_once_is_tried_again() {
    let stage = Stage::impatient().await;
    for call in [
        "s3:GetBucketPolicy",
        "cloudfront:GetDistribution",
        "codepipeline:PutJobSuccessResult",
    ] {
        stage
            .double
            .world()
            .fault(Fault::new(call, FaultKind::Status(500, "InternalError".to_owned())).times(1));
    }
    let job = stage.double.world().job(Some(DISTRIBUTION), None);
    assert!(stage.run(job).await.succeeded());
}

#[tokio::test]
async fn an_answer_that_does_not_go_out_fails_the_invocation_so_that_lambda_tries_again() {
    for kind in [
        FaultKind::Throttle,
        FaultKind::Deny,
        FaultKind::Reset,
        FaultKind::Hang,
    ] {
        let stage = Stage::impatient().await;
        stage
            .double
            .world()
            .fault(Fault::new("codepipeline:PutJobSuccessResult", kind));
        let job = stage.double.world().job(Some(DISTRIBUTION), None);
        let error = stage.invoke(job).await.unwrap_err();
        assert!(matches!(error, Failure::Delivery(_)), "{error}");
        assert!(error.to_string().contains("CodePipeline job"), "{error}");
    }
}

#[tokio::test]
async fn the_job_is_answered_before_the_functions_time_is_up() {
    let mut stage = Stage::new().await;
    stage.deadline = Duration::from_millis(900);
    stage
        .double
        .world()
        .fault(Fault::new("cloudfront:GetDistribution", FaultKind::Hang));
    let job = stage.double.world().job(Some(DISTRIBUTION), None);
    let began = std::time::Instant::now();
    let answer = stage.run(job).await;
    assert!(began.elapsed() < stage.deadline, "{:?}", began.elapsed());
    answer.fails_with("SystemUnavailable", &["before the function's time was up"]);
}

#[tokio::test]
async fn what_is_only_nice_to_have_changes_no_verdict_when_it_fails() {
    for call in ["codepipeline:GetJobDetails", "s3:PutObject"] {
        for (name, kind) in breakdowns() {
            if name == "garbage" && call == "s3:PutObject" {
                continue; // The answer to a PUT has no body.
            }
            let stage = Stage::impatient().await;
            stage.double.world().fault(Fault::new(call, kind));
            let answer = stage.run(stage.job(&site())).await;
            assert!(answer.succeeded(), "{call} {name}: {}", answer.message());
        }
    }
}

#[tokio::test]
async fn an_alias_that_cannot_be_looked_up_says_which_call_failed() {
    let stage = Stage::impatient().await;
    stage.double.world().deny("cloudfront:ListDistributions");
    let job = stage.double.world().job(Some("www.example.com"), None);
    stage
        .run(job)
        .await
        .fails_with("PermissionError", &["cloudfront:ListDistributions"]);
}

#[tokio::test]
async fn a_connection_that_is_refused_is_an_error_and_no_hang() {
    let stage = Stage::impatient().await;
    let job = stage.double.world().job(Some(DISTRIBUTION), None);
    let aws = stage.aws();
    drop(stage);
    let settings = origin_guard::settings::Settings::default();
    let guard = origin_guard::guard::Guard::new(aws, Ok(settings));
    let invocation = invocation("r", Duration::from_secs(30));
    let error = guard.handle(job, &invocation).await.unwrap_err();
    assert!(
        error.to_string().contains("could not be reached"),
        "{error}"
    );
}

/// S3 answers 403 instead of 404 for a missing object where the bucket may not be listed.
#[tokio::test]
async fn a_last_known_good_config_that_s3_hides_names_both_permissions() {
    let stage = Stage::impatient().await;
    stage.double.world().deny("s3:ListBucket");
    stage.run(stage.job(&site())).await;
    let report = stage.report();
    let unknowns = report["unknowns"].as_array().unwrap();
    let last_good = unknowns
        .iter()
        .find(|unknown| unknown["fact"] == "last known good config")
        .unwrap();
    assert_eq!(last_good["needs"], "s3:GetObject and s3:ListBucket");
}
