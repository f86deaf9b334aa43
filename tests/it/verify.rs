//! A pipeline asks after the deployment.

use std::time::Duration;

use aws_double::{Fault, FaultKind, JobState};
use futures_util::future::join;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::stage::{Answer, DISTRIBUTION, REPORTS, Stage, site};

/// The job of an action with `mode: verify`.
fn job(stage: &Stage, candidate: &Value) -> Value {
    let parameters = json!({"mode": "verify", "distribution": DISTRIBUTION,
        "candidate": "distribution.json"});
    let text = candidate.to_string();
    stage.job_with(
        &parameters.to_string(),
        &[("distribution.json", text.as_bytes())],
    )
}

fn id(event: &Value) -> String {
    event["CodePipeline.job"]["id"].as_str().unwrap().to_owned()
}

/// The job that CodePipeline makes of a continuation token, once the interval is over: all that was
/// stored is as much older by then.
fn next(stage: &Stage, job: &str) -> Option<Value> {
    let mut world = stage.double.world();
    let (next, after) = world.jobs[job].next.clone()?;
    let mut event = world.jobs[&next].event.clone();
    let token = &mut event["CodePipeline.job"]["data"]["continuationToken"];
    let given: Value = serde_json::from_str(token.as_str().unwrap()).unwrap();
    let records_of_run = format!("runs/{}/", given["run"].as_str().unwrap());
    *token = older(token.as_str().unwrap(), after).into();
    let objects = world.buckets[REPORTS].objects.iter();
    let records: Vec<(String, String)> = objects
        .filter(|(key, _)| key.starts_with(&records_of_run))
        .map(|(key, object)| (key.clone(), String::from_utf8_lossy(&object.body).into()))
        .collect();
    for (key, text) in records {
        world.object(REPORTS, &key, older(&text, after));
    }
    Some(event)
}

fn older(text: &str, by: Duration) -> String {
    fn shift(value: &mut Value, by: Duration) {
        for (name, value) in value.as_object_mut().into_iter().flatten() {
            if name == "startedAt" {
                let time = OffsetDateTime::parse(value.as_str().unwrap(), &Rfc3339).unwrap();
                *value = (time - by).format(&Rfc3339).unwrap().into();
            } else {
                shift(value, by);
            }
        }
    }
    let mut value = serde_json::from_str(text).unwrap();
    shift(&mut value, by);
    value.to_string()
}

/// Runs an action to its end: the answer of its last job, and how many jobs there were. `at` happens
/// before each of them.
async fn run(stage: &Stage, job: Value, mut at: impl FnMut(usize)) -> (Answer, usize) {
    let mut event = job;
    for jobs in 1.. {
        at(jobs);
        let id = id(&event);
        let answer = stage.run(event).await;
        match next(stage, &id) {
            Some(next) => event = next,
            None => return (answer, jobs),
        }
    }
    unreachable!("an action ends")
}

/// Another job of the same action, with an ID of its own.
fn again(stage: &Stage, event: &Value, id: &str) -> Value {
    let mut event = event.clone();
    event["CodePipeline.job"]["id"] = id.into();
    stage.double.world().adopt_job(&event);
    event
}

/// The one request that CodePipeline would refuse is a second answer to a job.
fn forget_second_answers(stage: &Stage) {
    let mut world = stage.double.world();
    let is_second = |it: &String| it.contains("it was already answered");
    assert!(
        world.violations.iter().all(is_second),
        "{:?}",
        world.violations
    );
    world.violations.clear();
}

fn token(answer: &Answer) -> Value {
    let token = answer.0["continuationToken"].as_str();
    let token = token.unwrap_or_else(|| panic!("no token: {}", answer.0));
    serde_json::from_str(token).unwrap()
}

fn in_progress(stage: &Stage) {
    set_status(stage, "InProgress");
}

fn set_status(stage: &Stage, status: &str) {
    let mut world = stage.double.world();
    let distribution = world.distributions.get_mut(DISTRIBUTION).unwrap();
    status.clone_into(&mut distribution.status);
}

/// Deploys a config, as an update does.
fn deploy(stage: &Stage, config: &Value, etag: &str) {
    let mut world = stage.double.world();
    let distribution = world.distributions.get_mut(DISTRIBUTION).unwrap();
    distribution.config = config.clone();
    etag.clone_into(&mut distribution.etag);
}

fn with_root(root: &str) -> Value {
    let mut config = site();
    config["DefaultRootObject"] = root.into();
    config
}

fn keep_last_good(stage: &Stage, config: &Value, etag: &str) {
    let document = json!({"schemaVersion": "1", "id": DISTRIBUTION, "etag": etag,
        "takenAt": "2026-11-01T10:00:00Z", "DistributionConfig": config});
    let key = format!("last-good/{DISTRIBUTION}.json");
    let mut world = stage.double.world();
    world.object(REPORTS, &key, document.to_string());
}

fn reports(stage: &Stage) -> Vec<String> {
    let stored = stage.stored("reports/").into_iter();
    stored
        .map(|(key, _)| key)
        .filter(|key| key.ends_with(".json"))
        .collect()
}

#[tokio::test]
async fn what_is_deployed_passes_in_one_job() {
    let stage = Stage::new().await;
    let (answer, jobs) = run(&stage, job(&stage, &site()), |_| {}).await;
    assert!(answer.succeeded(), "{}", answer.message());
    assert_eq!(jobs, 1);
    assert_eq!(answer.0["outputVariables"]["verdict"], "pass");
    let report = stage.report();
    assert_eq!(report["mode"], "verify");
    assert_eq!(report["candidate"]["source"], "live");
    assert!(
        report["nextStep"]
            .as_str()
            .unwrap()
            .starts_with("Nothing to do")
    );
}

#[tokio::test]
async fn a_deployment_under_way_is_continued_by_jobs_that_write_one_report() {
    for seconds in [0, 30, 600] {
        let stage = Stage::new().await;
        stage.double.world().continues_after = Duration::from_secs(seconds);
        in_progress(&stage);
        let first = job(&stage, &site());
        let name = id(&first);
        let (answer, jobs) = run(&stage, first, |jobs| {
            if jobs == 4 {
                set_status(&stage, "Deployed");
            }
        })
        .await;
        assert!(answer.succeeded(), "{}", answer.message());
        assert_eq!(jobs, 4);
        let reports = reports(&stage);
        assert_eq!(reports.len(), 1, "{reports:?}");
        let notes = stage.report()["notes"].to_string();
        assert!(!notes.contains("token"), "{notes}");
        assert!(notes.contains("custom header `X-Origin-Verify`"), "{notes}");
        let world = stage.double.world();
        let continued = world
            .jobs
            .values()
            .filter(|it| it.state == JobState::Continued);
        assert_eq!((continued.count(), world.jobs.len()), (3, 4));
        let first = &world.jobs[&name];
        let result = first.result.as_ref().unwrap();
        let summary = result["executionDetails"]["summary"].as_str().unwrap();
        assert!(summary.contains("InProgress since 20"), "{summary}");
        assert_eq!(
            result["executionDetails"]["externalExecutionId"],
            name.as_str()
        );
        let token: Value =
            serde_json::from_str(result["continuationToken"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&token["run"], &token["turn"]),
            (&name.as_str().into(), &1.into())
        );
        assert_eq!(token["execution"], first.context["pipelineExecutionId"]);
        assert_eq!(token["left"], "deployment");
        assert_eq!(world.calls()["codepipeline:PutJobSuccessResult"], 4);
    }
}

#[tokio::test]
async fn a_deployment_that_takes_too_long_fails_with_the_state_that_was_reached() {
    let stage = Stage::new().await;
    stage.double.world().continues_after = Duration::from_mins(10);
    in_progress(&stage);
    let (answer, jobs) = run(&stage, job(&stage, &site()), |_| {}).await;
    answer.fails_with(
        "JobFailed",
        &[
            "Not what was to be deployed",
            "is InProgress since 20",
            "60 minutes after the verification began",
            "ORIGIN_GUARD_VERIFY_MINUTES",
        ],
    );
    assert_eq!(jobs, 7, "at 0, 10, 20, … 60 minutes");
}

#[tokio::test]
async fn a_candidate_that_is_not_live_yet_is_waited_for() {
    let stage = Stage::new().await;
    keep_last_good(&stage, &site(), "E1LASTGOOD");
    let candidate = with_root("start.html");
    let first = job(&stage, &candidate);
    let (answer, jobs) = run(&stage, first, |jobs| match jobs {
        3 => {
            deploy(&stage, &candidate, "E3");
            in_progress(&stage);
        }
        4 => set_status(&stage, "Deployed"),
        _ => {}
    })
    .await;
    assert!(answer.succeeded(), "{}", answer.message());
    assert_eq!(jobs, 4);
    let report = stage.report();
    assert_eq!(report["baseline"]["source"], "last-good");
    assert_eq!(report["outsideChanges"], json!(["DefaultRootObject"]));
}

#[tokio::test]
async fn a_candidate_that_is_never_live_fails_in_the_end() {
    let stage = Stage::new().await;
    stage.double.world().continues_after = Duration::from_mins(10);
    let first = job(&stage, &with_root("start.html"));
    let (answer, _) = run(&stage, first, |_| {}).await;
    answer.fails_with(
        "JobFailed",
        &[
            "the candidate `distribution.json` is not live yet",
            "still has version",
            "Check the action that deploys it",
        ],
    );
}

#[tokio::test]
async fn anything_else_that_is_live_is_out_of_sync_at_once_with_what_and_who() {
    let stage = Stage::new().await;
    keep_last_good(&stage, &site(), "E1LASTGOOD");
    let mut other = site();
    other["Origins"]["Items"][0]["DomainName"] = "example-media.s3.us-east-1.amazonaws.com".into();
    deploy(&stage, &other, "E2OTHER");
    let change = json!({"event": {"id": "1", "name": "UpdateDistribution", "time": "2026-11-28T09:00:00Z"},
        "actor": "arn:aws:iam::111122223333:user/alice", "via": "console"});
    let key = format!("changes/{DISTRIBUTION}/E2OTHER.json");
    stage
        .double
        .world()
        .object(REPORTS, &key, change.to_string());
    let (answer, jobs) = run(&stage, job(&stage, &with_root("start.html")), |_| {}).await;
    assert_eq!(jobs, 1);
    answer.fails_with(
        "RevisionOutOfSync",
        &[
            "version E2OTHER",
            "neither the candidate `distribution.json` nor what there was before it",
            "origin `assets`",
            "example-media.s3.us-east-1.amazonaws.com",
            "UpdateDistribution by arn:aws:iam::111122223333:user/alice (console)",
        ],
    );
}

#[tokio::test]
async fn a_candidate_that_is_undone_while_it_is_deployed_is_out_of_sync() {
    let stage = Stage::new().await;
    keep_last_good(&stage, &site(), "E1LASTGOOD");
    let candidate = with_root("start.html");
    deploy(&stage, &candidate, "E2");
    in_progress(&stage);
    let first = job(&stage, &candidate);
    let (answer, jobs) = run(&stage, first, |jobs| {
        if jobs == 2 {
            deploy(&stage, &site(), "E3");
        }
    })
    .await;
    assert_eq!(jobs, 2);
    answer.fails_with(
        "RevisionOutOfSync",
        &[
            "was live as version E2",
            "version E3 is live now",
            "is not known to Origin Guard",
        ],
    );
}

#[tokio::test]
async fn without_a_candidate_what_is_live_at_the_beginning_is_verified() {
    let stage = Stage::new().await;
    in_progress(&stage);
    let parameters = json!({"mode": "verify", "distribution": DISTRIBUTION}).to_string();
    let first = stage.double.world().job(Some(&parameters), None);
    let (answer, jobs) = run(&stage, first, |jobs| {
        if jobs == 2 {
            set_status(&stage, "Deployed");
        }
    })
    .await;
    assert!(answer.succeeded(), "{}", answer.message());
    assert_eq!(jobs, 2);
    let notes = stage.report()["notes"].to_string();
    assert!(notes.contains("no `candidate` is named"), "{notes}");
    in_progress(&stage);
    let first = stage.double.world().job(Some(&parameters), None);
    let (answer, _) = run(&stage, first, |jobs| {
        if jobs == 2 {
            deploy(&stage, &site(), "E9");
        }
    })
    .await;
    answer.fails_with("RevisionOutOfSync", &["version E9 is now"]);
}

#[tokio::test]
async fn what_breaks_what_is_deployed_fails_the_job() {
    let stage = Stage::new().await;
    stage.double.world().buckets.remove("example-media");
    let (answer, _) = run(&stage, job(&stage, &site()), |_| {}).await;
    answer.fails_with(
        "JobFailed",
        &["is broken", "missing-bucket", "`example-media`"],
    );
}

/// A job that has a token, and the token.
async fn second(stage: &Stage) -> Value {
    in_progress(stage);
    let first = job(stage, &site());
    let name = id(&first);
    token(&stage.run(first).await);
    next(stage, &name).unwrap()
}

fn with_token(event: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut event = event.clone();
    let token = &mut event["CodePipeline.job"]["data"]["continuationToken"];
    let mut changed = serde_json::from_str(token.as_str().unwrap()).unwrap();
    change(&mut changed);
    *token = changed.to_string().into();
    event
}

#[tokio::test]
async fn a_token_that_is_not_the_one_that_was_given_is_refused() {
    let future = OffsetDateTime::now_utc() + Duration::from_mins(30);
    let future = future.format(&Rfc3339).unwrap();
    let past = "2026-01-01T00:00:00Z";
    for (member, value, why) in [
        ("version", json!(2), "version 2"),
        ("run", json!("another"), "no record of it"),
        ("turn", json!(7), "no record of it"),
        ("startedAt", json!(past), "it was changed"),
        ("startedAt", json!(future), "of the future"),
        ("startedAt", json!("yesterday"), "not one that Origin Guard"),
        ("distribution", json!("E2ANOTHER"), "it was changed"),
        ("candidate", json!("00"), "it was changed"),
        ("etag", json!("E2ANOTHER"), "it was changed"),
        ("left", json!("version"), "it was changed"),
        ("left", json!("nothing"), "not one that Origin Guard"),
        ("more", json!(1), "not one that Origin Guard"),
    ] {
        let stage = Stage::new().await;
        let second = second(&stage).await;
        let changed = with_token(&second, |token| token[member] = value.clone());
        let answer = stage.run(changed).await;
        answer.fails_with(
            "ConfigurationError",
            &["continuation token is refused", why],
        );
    }
}

#[tokio::test]
async fn a_token_of_another_action_is_refused() {
    let stage = Stage::new().await;
    let second = second(&stage).await;
    let token = &second["CodePipeline.job"]["data"]["continuationToken"];
    stage.double.world().distribution("E2ANOTHER1GUARD", site());
    let other = json!({"mode": "verify", "distribution": "E2ANOTHER1GUARD"}).to_string();
    let mut event = stage.double.world().job(Some(&other), None);
    event["CodePipeline.job"]["data"]["continuationToken"] = token.clone();
    let answer = stage.run(event).await;
    answer.fails_with(
        "ConfigurationError",
        &["it is of distribution E2EXAMPLE1GUARD, and the job is of E2ANOTHER1GUARD"],
    );
    // The same distribution, and another candidate.
    let stage = Stage::new().await;
    let second = self::second(&stage).await;
    let token = &second["CodePipeline.job"]["data"]["continuationToken"];
    let mut event = job(&stage, &with_root("other.html"));
    event["CodePipeline.job"]["data"]["continuationToken"] = token.clone();
    let answer = stage.run(event).await;
    answer.fails_with("ConfigurationError", &["of another candidate"]);
}

#[tokio::test]
async fn a_token_continues_one_job_only() {
    let stage = Stage::new().await;
    let second = second(&stage).await;
    let name = id(&second);
    token(&stage.run(second.clone()).await);
    let replayed = again(&stage, &second, "11111111-0000-4000-8000-000000000001");
    let answer = stage.run(replayed).await;
    answer.fails_with(
        "ConfigurationError",
        &[&format!("job {name} has used it already")],
    );
    // The run itself goes on.
    set_status(&stage, "Deployed");
    let third = next(&stage, &name).unwrap();
    let (answer, _) = run(&stage, third, |_| {}).await;
    assert!(answer.succeeded(), "{}", answer.message());
}

#[tokio::test]
async fn without_a_report_bucket_only_the_jobs_parameters_hold_a_token() {
    let mut stage = Stage::new().await;
    stage.settings.report_bucket = None;
    let second = second(&stage).await;
    let other = with_token(&second, |token| token["distribution"] = "E2ANOTHER".into());
    stage
        .run(other)
        .await
        .fails_with("ConfigurationError", &["of distribution E2ANOTHER"]);
    let second = self::second(&stage).await;
    set_status(&stage, "Deployed");
    let (answer, jobs) = run(&stage, second, |_| {}).await;
    assert!(answer.succeeded(), "{}", answer.message());
    assert_eq!(jobs, 1);
    let summary = answer.message();
    assert!(
        summary.contains("held against the job's parameters only"),
        "{summary}"
    );
}

#[tokio::test]
async fn two_deliveries_of_a_job_give_one_token() {
    let stage = Stage::new().await;
    let second = second(&stage).await;
    let name = id(&second);
    let (one, two) = join(
        stage.invoke_as("delivery-1", second.clone()),
        stage.invoke_as("delivery-2", second.clone()),
    )
    .await;
    assert_eq!(one.unwrap(), two.unwrap());
    let late = stage.invoke_as("delivery-3", second).await;
    late.unwrap();
    let world = stage.double.world();
    assert_eq!(world.jobs.len(), 3, "one follows");
    assert_eq!(world.jobs[&name].state, JobState::Continued);
    let answered = |request: &&aws_double::Request| {
        request.operation == "PutJobSuccessResult"
            && request.subject.as_deref() == Some(&name)
            && request.status == Some(200)
    };
    assert_eq!(world.requests.iter().filter(answered).count(), 1);
}

/// One has seen the deployment under way, the other its end.
#[tokio::test]
async fn a_delivery_that_comes_after_the_token_was_given_does_not_end_the_run() {
    let stage = Stage::new().await;
    let second = second(&stage).await;
    let name = id(&second);
    token(&stage.run(second.clone()).await);
    set_status(&stage, "Deployed");
    stage.invoke_as("delivery-2", second).await.unwrap();
    forget_second_answers(&stage);
    assert_eq!(reports(&stage), Vec::<String>::new());
    let third = next(&stage, &name).unwrap();
    let (answer, _) = run(&stage, third, |_| {}).await;
    assert!(answer.succeeded(), "{}", answer.message());
    assert_eq!(reports(&stage).len(), 1);
}

#[tokio::test]
async fn two_executions_at_once_have_a_run_each() {
    let stage = Stage::new().await;
    in_progress(&stage);
    let first = job(&stage, &site());
    let other = again(&stage, &first, "11111111-0000-4000-8000-000000000002");
    let jobs = [first, other];
    let names: Vec<String> = jobs.iter().map(id).collect();
    let [one, two] = jobs;
    let (first, other) = join(stage.invoke_as("1", one), stage.invoke_as("2", two)).await;
    first.unwrap();
    other.unwrap();
    set_status(&stage, "Deployed");
    let events = names.iter().map(|name| next(&stage, name).unwrap());
    for event in events.collect::<Vec<_>>() {
        let (answer, _) = run(&stage, event, |_| {}).await;
        assert!(answer.succeeded(), "{}", answer.message());
    }
    assert_eq!(reports(&stage).len(), 2);
}

#[tokio::test]
async fn a_throttled_cloudfront_is_asked_again_by_the_next_job() {
    let stage = Stage::impatient().await;
    let second = second(&stage).await;
    let name = id(&second);
    let throttle = Fault::new("cloudfront:GetDistribution", FaultKind::Throttle);
    stage.double.world().fault(throttle.times(3));
    let answer = stage.run(second).await;
    let token = token(&answer);
    assert_eq!(
        (&token["turn"], &token["left"]),
        (&2.into(), &"deployment".into())
    );
    assert!(
        answer.message().contains("cloudfront:GetDistribution"),
        "{}",
        answer.message()
    );
    set_status(&stage, "Deployed");
    let third = next(&stage, &name).unwrap();
    let (answer, _) = run(&stage, third, |_| {}).await;
    assert!(answer.succeeded(), "{}", answer.message());
    // The first job has nothing that a later one could go on with.
    let stage = Stage::impatient().await;
    let throttle = Fault::new("cloudfront:GetDistribution", FaultKind::Throttle);
    stage.double.world().fault(throttle);
    let answer = stage.run(job(&stage, &site())).await;
    answer.fails_with("SystemUnavailable", &["cloudfront:GetDistribution"]);
}

#[tokio::test]
async fn records_that_cannot_be_read_or_written_fail_no_verification() {
    for (call, kind) in [
        (
            "s3:GetObject",
            FaultKind::Status(503, "SlowDown".to_owned()),
        ),
        ("s3:PutObject", FaultKind::Deny),
    ] {
        let stage = Stage::impatient().await;
        let second = second(&stage).await;
        set_status(&stage, "Deployed");
        stage
            .double
            .world()
            .fault(Fault::new(call, kind).on(REPORTS));
        let (answer, jobs) = run(&stage, second, |_| {}).await;
        assert!(answer.succeeded(), "{call}: {}", answer.message());
        assert_eq!(jobs, 1);
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_recorded_is_not_given() {
    let stage = Stage::impatient().await;
    in_progress(&stage);
    let denied = Fault::new("s3:PutObject", FaultKind::Deny).on(REPORTS);
    stage.double.world().fault(denied);
    let first = job(&stage, &site());
    let name = id(&first);
    let answer = stage.run(first).await;
    assert!(next(&stage, &name).is_none());
    assert_eq!(answer.failure_type(), "SystemUnavailable");
    let message = answer.message();
    assert!(
        message.contains("the next job could not go on without it"),
        "{message}"
    );
}

#[tokio::test]
async fn an_invocation_that_is_killed_before_its_answer_is_done_again_with_one_report() {
    let mut stage = Stage::new().await;
    let first = job(&stage, &site());
    let name = id(&first);
    let hang = Fault::new("codepipeline:PutJobSuccessResult", FaultKind::Hang);
    stage.double.world().fault(hang);
    stage.deadline = Duration::from_secs(4);
    let killed = stage.invoke_as("request-1", first.clone()).await;
    killed.unwrap_err();
    let before = reports(&stage);
    assert_eq!(before.len(), 1);
    stage.double.world().faults.clear();
    stage.deadline = Duration::from_mins(1);
    stage.invoke_as("request-1", first).await.unwrap();
    let answer = stage.answer(&name);
    assert!(answer.succeeded(), "{}", answer.message());
    assert_eq!(reports(&stage), before);
}

#[tokio::test]
async fn a_token_whose_answer_was_lost_is_given_again() {
    let mut stage = Stage::new().await;
    let second = second(&stage).await;
    let name = id(&second);
    let hang = Fault::new("codepipeline:PutJobSuccessResult", FaultKind::Hang);
    stage.double.world().fault(hang);
    stage.deadline = Duration::from_secs(4);
    stage
        .invoke_as("request-2", second.clone())
        .await
        .unwrap_err();
    stage.double.world().faults.clear();
    stage.deadline = Duration::from_mins(1);
    set_status(&stage, "Deployed");
    stage.invoke_as("request-2", second).await.unwrap();
    // What was recorded is what is answered: the run ends with the next job.
    assert_eq!(token(&stage.answer(&name))["turn"], 2);
    let third = next(&stage, &name).unwrap();
    let (answer, _) = run(&stage, third, |_| {}).await;
    assert!(answer.succeeded(), "{}", answer.message());
}

#[tokio::test]
async fn a_gate_leaves_a_token_alone() {
    let stage = Stage::new().await;
    let mut event = stage.job(&site());
    event["CodePipeline.job"]["data"]["continuationToken"] = "previous-job".into();
    assert!(stage.run(event).await.succeeded());
}

#[tokio::test]
async fn parameters_that_a_verification_would_leave_out_are_refused() {
    let stage = Stage::new().await;
    let parameters = json!({"mode": "verify", "distribution": DISTRIBUTION, "baseline": "live"});
    let event = stage
        .double
        .world()
        .job(Some(&parameters.to_string()), None);
    let answer = stage.run(event).await;
    answer.fails_with("ConfigurationError", &["`baseline` with `mode` `verify`"]);
}
