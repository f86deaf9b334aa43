//! Each call fails in each way: a job has exactly one answer, and a change is reported, each time under the
//! same deduplication ID.

use std::time::Duration;

use aws_double::cloudformation::Stack as Deployed;
use aws_double::{Fault, FaultKind};
use futures_util::StreamExt as _;
use futures_util::{future, stream};
use serde_json::{Value, json};

use crate::audit::{Event, broken, live_etag};
use crate::stage::{ARTIFACTS, DISTRIBUTION, REPORTS, Stage, site};

/// How a call fails.
fn faults() -> Vec<(&'static str, FaultKind)> {
    let status = |status, code: &str| FaultKind::Status(status, code.to_owned());
    let huge = |announced| FaultKind::Huge {
        bytes: 400 << 20,
        announced,
    };
    vec![
        ("denied", FaultKind::Deny),
        ("throttled", FaultKind::Throttle),
        ("500", status(500, "InternalError")),
        ("503", status(503, "ServiceUnavailable")),
        ("reset", FaultKind::Reset),
        ("hang", FaultKind::Hang),
        ("stall", FaultKind::Stall),
        ("cut", FaultKind::Cut),
        ("garbage", FaultKind::Garbage),
        ("huge body, announced", huge(true)),
        ("huge body", huge(false)),
        ("done, but the answer was lost", FaultKind::Lost),
    ]
}

/// A call, and on which bucket, where several of them are asked.
type Call = (&'static str, Option<&'static str>);

/// What a gate that passes calls.
const OF_GATE: [Call; 14] = [
    ("s3:GetObject", Some(ARTIFACTS)),
    ("s3:GetObject", Some(REPORTS)),
    ("s3:PutObject", Some(REPORTS)),
    ("s3:GetBucketPolicy", None),
    ("s3:GetBucketEncryption", None),
    ("s3:HeadBucket", None),
    ("s3:ListBuckets", None),
    ("cloudfront:GetDistribution", None),
    ("cloudfront:GetOriginAccessControl", None),
    ("cloudfront:GetCloudFrontOriginAccessIdentity", None),
    ("cloudformation:DescribeStacks", None),
    ("cloudformation:ListStackResources", None),
    ("codepipeline:GetJobDetails", None),
    ("codepipeline:PutJobSuccessResult", None),
];

async fn stage() -> Stage {
    let mut stage = Stage::new().await;
    // Each call that hangs is given up after this; all others have time on a machine with much else to do.
    stage.patience = Duration::from_secs(5);
    stage.settings.artifact.artifact_bytes = 1 << 20;
    stage
}

/// A job that passes: a template for a stack, whose bucket only its HeadBucket and the account's listing show.
fn job(stage: &Stage, call: &str) -> Value {
    let mut world = stage.double.world();
    if ["s3:HeadBucket", "s3:ListBuckets"].contains(&call) {
        world.deny("s3:GetBucketPolicy");
    }
    if call == "s3:ListBuckets" {
        world.deny("s3:ListBucket");
    }
    let stack = Deployed {
        arn: "arn:aws:cloudformation:eu-west-1:111122223333:stack/site/0f1e".to_owned(),
        parameters: Vec::new(),
        outputs: Vec::new(),
        resources: Vec::new(),
    };
    world.stacks.insert("site".to_owned(), stack);
    drop(world);
    let mut parameters =
        json!({"distribution": DISTRIBUTION, "candidate": "distribution.json", "unknown": "warn"});
    if call.starts_with("cloudformation:") {
        parameters["stack"] = "site".into();
    }
    let text = site().to_string();
    stage.job_with(
        &parameters.to_string(),
        &[("distribution.json", text.as_bytes())],
    )
}

/// As Lambda does: the invocation, and its retries while it fails.
async fn invoke(stage: &Stage, event: &Value) -> usize {
    for attempt in 1..=3 {
        if stage.invoke_as("request", event.clone()).await.is_ok() {
            return attempt;
        }
    }
    3
}

async fn is_answered_once(call: Call, name: &'static str, kind: FaultKind) -> Option<String> {
    let stage = stage().await;
    let event = job(&stage, call.0);
    let mut fault = Fault::new(call.0, kind);
    if call.0 == "codepipeline:PutJobSuccessResult" {
        // If it never arrived, nothing could answer.
        fault = fault.times(2);
    }
    fault.subject = call.1.map(str::to_owned);
    stage.double.world().fault(fault);
    let attempts = invoke(&stage, &event).await;
    let world = stage.double.world();
    let id = event["CodePipeline.job"]["id"].as_str().unwrap_or_default();
    let has_result = world.jobs[id].result.is_some();
    let is_asked = world.calls().contains_key(call.0);
    let taken = world
        .requests
        .iter()
        .filter(|request| request.operation.starts_with("PutJob") && request.status == Some(200));
    let taken = taken.count();
    // A retry of an answer that arrived is refused, as CodePipeline does.
    let is_bad = |violation: &&String| !violation.contains("already answered");
    // An answer whose response is broken is recorded with the status of what was sent in its place; that a
    // second one is refused shows in the violations.
    let taken_once = taken <= 1 || call.0.starts_with("codepipeline:PutJob");
    let is_one = has_result && taken_once && !world.violations.iter().any(|it| is_bad(&it));
    if is_one && is_asked {
        return None;
    }
    Some(format!(
        "{} {:?}, {name}: asked {is_asked}, answered {has_result}, {taken} taken, {attempts} attempts, {:?}",
        call.0, call.1, world.violations
    ))
}

/// What is wrong in any row of calls by faults. Most rows wait for a call that hangs, so that many are tried
/// at the same time.
async fn of_each<F: Future<Output = Option<String>>>(
    calls: &[Call],
    is_right: impl Fn(Call, &'static str, FaultKind) -> F,
) -> Vec<String> {
    let rows = calls.iter().flat_map(|call| {
        let faults = faults().into_iter();
        faults.map(|(name, kind)| is_right(*call, name, kind))
    });
    let rows: Vec<F> = rows.collect();
    let tried = stream::iter(rows).buffer_unordered(48);
    tried.filter_map(future::ready).collect().await
}

#[tokio::test]
async fn whatever_call_fails_in_whatever_way_a_job_has_one_answer() {
    let wrong = of_each(&OF_GATE, is_answered_once).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What an audit of a change calls, which did not pass.
const OF_AUDIT: [Call; 5] = [
    ("s3:PutObject", Some(REPORTS)),
    ("s3:GetObject", Some(REPORTS)),
    ("s3:GetBucketPolicy", None),
    ("sns:Publish", None),
    ("events:PutEvents", None),
];

async fn is_reported(call: Call, name: &'static str, kind: FaultKind) -> Option<String> {
    let mut stage = stage().await;
    stage.settings.event_bus = Some("audit".to_owned());
    stage.double.world().bus("audit");
    let mut fault = Fault::new(call.0, kind).times(2);
    fault.subject = call.1.map(str::to_owned);
    stage.double.world().fault(fault);
    let event = Event::update(&broken(), "E2").0;
    let attempts = invoke(&stage, &event).await;
    let world = stage.double.world();
    let ids: Vec<&str> = world
        .published
        .iter()
        .flat_map(|published| &published.attributes)
        .filter(|(name, _)| name == "deduplicationId")
        .map(|(_, id)| id.as_str())
        .collect();
    let is_same = ids.len() == world.published.len() && ids.iter().all(|id| *id == ids[0]);
    let events = world.events.len();
    // Each invocation sends at most once on each channel.
    let is_reported = (1..=attempts).contains(&ids.len()) && (1..=attempts).contains(&events);
    if is_same && is_reported {
        return None;
    }
    Some(format!(
        "{} {:?}, {name}: {ids:?}, {events} events, {attempts} attempts",
        call.0, call.1
    ))
}

#[tokio::test]
async fn whatever_call_fails_in_whatever_way_a_change_is_reported_under_one_id() {
    let wrong = of_each(&OF_AUDIT, is_reported).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An event with a healthy config, and the version of a live one that is broken.
#[tokio::test]
async fn a_forged_event_does_not_make_a_broken_config_the_last_known_good_one() {
    let stage = Stage::new().await;
    stage.double.world().distribution(DISTRIBUTION, broken());
    let event = Event::update(&site(), &live_etag(&stage)).0;
    stage.invoke(event.clone()).await.unwrap();
    assert_eq!(stage.stored("last-good/").len(), 0);
    stage.double.world().distribution(DISTRIBUTION, site());
    let event = Event::update(&site(), &live_etag(&stage))
        .with("eventID", "22222222-2222-4333-8444-555555555555");
    stage.invoke(event.0).await.unwrap();
    assert_eq!(stage.stored("last-good/").len(), 1);
}

#[tokio::test]
async fn an_event_of_another_source_is_refused() {
    let stage = Stage::new().await;
    let mut event = Event::update(&site(), &live_etag(&stage)).0;
    event["source"] = "my.application".into();
    let refused = stage.invoke(event).await.unwrap_err().to_string();
    assert!(refused.contains("my.application"), "{refused}");
    assert_eq!(stage.double.world().requests.len(), 0);
}

#[tokio::test]
async fn credentials_with_a_control_character_are_the_jobs_problem() {
    for field in ["accessKeyId", "secretAccessKey", "sessionToken"] {
        let stage = Stage::new().await;
        let mut job = stage.job(&site());
        job["CodePipeline.job"]["data"]["artifactCredentials"][field] = "AKIA\nX".into();
        let answer = stage.run(job).await;
        answer.fails_with(
            "ConfigurationError",
            &["the job's credentials", "artifactCredentials"],
        );
        assert!(!answer.message().contains("AKIA"), "{}", answer.message());
    }
}

#[tokio::test]
async fn a_malformed_stack_arn_is_a_configuration_error() {
    let stage = Stage::new().await;
    for stack in [
        "arn:aws:cloudformation",
        "arn:aws:s3:::x",
        "arn:aws:cloudformation:eu west:1:stack/x/y",
    ] {
        let parameters = json!({"candidate": "t.json", "stack": stack}).to_string();
        let job = stage.job_with(&parameters, &[("t.json", b"{\"Resources\": {}}")]);
        let answer = stage.run(job).await;
        answer.fails_with("ConfigurationError", &[stack, "is not the ARN of a stack"]);
    }
}
