//! Sweeps of an account: what they cost, what they report, and that nothing is lost or reported twice.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_double::{Fault, FaultKind};
use origin_guard::guard::Failure;
use serde_json::{Value, json};

use crate::command_line::{out, with_account};
use crate::stage::{DISTRIBUTION, REPORTS, Stage, readable, site};
use crate::whole::whole;

const FUNCTION: &str = "origin-guard";

/// An account of so many distributions and no other; each has an origin in a bucket of its own and one in
/// a bucket that all share.
async fn account(distributions: usize) -> Stage {
    let stage = Stage::new().await;
    stage.double.world().distributions.clear();
    bucket(&stage, "shared");
    for n in 0..distributions {
        bucket(&stage, &format!("own-{n}"));
        let names = [format!("own-{n}"), "shared".to_owned()];
        put(&stage, &id(n), &names);
    }
    stage
}

fn id(n: usize) -> String {
    format!("E{n:04}EXAMPLE")
}

fn bucket(stage: &Stage, name: &str) {
    stage
        .double
        .world()
        .bucket(name, "us-east-1")
        .policy(readable(name));
}

/// A distribution whose origins are in these buckets.
fn put(stage: &Stage, id: &str, buckets: &[String]) {
    let mut config = site();
    config["Aliases"] =
        json!({"Quantity": 1, "Items": [format!("{}.example.com", id.to_lowercase())]});
    config["OriginGroups"] = json!({"Quantity": 0});
    config["CacheBehaviors"] = json!({"Quantity": 0});
    let items: Vec<Value> = buckets
        .iter()
        .map(|name| {
            json!({"Id": name, "DomainName": format!("{name}.s3.us-east-1.amazonaws.com"),
                "S3OriginConfig": {"OriginAccessIdentity": ""}, "OriginAccessControlId": "EASSETSOAC1"})
        })
        .collect();
    config["Origins"] = json!({"Quantity": items.len(), "Items": items});
    config["DefaultCacheBehavior"]["TargetOriginId"] = buckets[0].as_str().into();
    // An origin that no behavior reaches is another finding.
    if let [_, rest @ ..] = buckets {
        let behaviors: Vec<Value> = rest
            .iter()
            .enumerate()
            .map(|(n, name)| {
                let mut behavior = config["DefaultCacheBehavior"].clone();
                behavior["TargetOriginId"] = name.as_str().into();
                behavior["PathPattern"] = format!("/{n}/*").into();
                behavior
            })
            .collect();
        config["CacheBehaviors"] = json!({"Quantity": behaviors.len(), "Items": behaviors});
    }
    stage.double.world().distribution(id, whole(config));
}

fn remove_bucket(stage: &Stage, name: &str) {
    stage.double.world().buckets.remove(name);
}

async fn sweep(stage: &Stage, run: &str, depth: &str) -> Value {
    let event = json!({"sweep": {"depth": depth}});
    stage.invoke_as(run, event).await.unwrap()
}

/// New, gone and staying.
fn counts(outcome: &Value) -> (u64, u64, u64) {
    let count = |key: &str| outcome[key].as_u64().unwrap_or_else(|| panic!("{outcome}"));
    (count("new"), count("gone"), count("stays"))
}

fn messages(stage: &Stage) -> Vec<(String, String)> {
    let world = stage.double.world();
    let published = world.published.iter();
    published
        .map(|it| (it.subject.clone().unwrap_or_default(), it.message.clone()))
        .collect()
}

/// The digests that were stored, the oldest first.
fn digests(stage: &Stage) -> Vec<Value> {
    let stored = stage.stored("reports/sweeps/");
    let json = stored.iter().filter(|(key, _)| key.ends_with(".json"));
    json.map(|(_, text)| serde_json::from_str(text).unwrap())
        .collect()
}

#[tokio::test]
async fn existence_costs_the_lists_and_one_call_for_each_foreign_bucket() {
    let stage = account(250).await;
    {
        let mut world = stage.double.world();
        world
            .bucket("foreign", "us-east-1")
            .owned_by("999999999999");
    }
    for n in [3, 120, 240] {
        let names = [
            format!("own-{n}"),
            "foreign".to_owned(),
            "missing".to_owned(),
        ];
        put(&stage, &id(n), &names);
    }
    let outcome = sweep(&stage, "run-1", "existence").await;
    let world = stage.double.world();
    let calls = world.calls();
    assert_eq!(calls["cloudfront:ListDistributions"], 3, "{calls:?}");
    assert_eq!(calls["s3:ListBuckets"], 1);
    assert_eq!(calls["s3:HeadBucket"], 2, "one foreign, one missing");
    let asked: BTreeSet<&str> = calls.keys().map(String::as_str).collect();
    let known = BTreeSet::from([
        "cloudfront:ListDistributions",
        "s3:GetObject",
        "s3:HeadBucket",
        "s3:ListBuckets",
        "s3:PutObject",
        "sns:Publish",
    ]);
    assert_eq!(asked, known, "and what it keeps");
    assert_eq!(outcome["distributions"], 250);
    let index = world.buckets[REPORTS].objects.keys();
    let index = index.filter(|key| key.starts_with("index/v1/"));
    assert_eq!(index.count(), 64, "who uses what");
    // A missing and a foreign bucket each.
    assert_eq!(counts(&outcome), (6, 0, 0), "{outcome}");
    assert_eq!(world.violations, Vec::<String>::new());
}

#[tokio::test]
async fn at_depth_full_each_subject_is_asked_about_once_over_all_pages() {
    let stage = account(120).await;
    sweep(&stage, "run-1", "full").await;
    {
        let mut world = stage.double.world();
        let calls = world.calls();
        assert_eq!(calls["cloudfront:ListDistributions"], 2);
        assert_eq!(calls["s3:GetBucketPolicy"], 121, "{calls:?}");
        assert_eq!(calls["cloudfront:GetOriginAccessControl"], 1);
        // Each passes and had no last known good config.
        assert_eq!(calls["cloudfront:GetDistribution"], 120);
        world.forget_requests();
    }
    assert_eq!(stage.stored("last-good/").len(), 120);
    sweep(&stage, "run-2", "full").await;
    let calls = stage.double.world().calls();
    assert_eq!(calls.get("cloudfront:GetDistribution"), None, "{calls:?}");
}

#[tokio::test]
async fn a_deleted_bucket_is_reported_once_and_so_is_its_return() {
    let stage = account(3).await;
    assert_eq!(
        counts(&sweep(&stage, "run-1", "existence").await),
        (0, 0, 0)
    );
    assert!(messages(&stage).is_empty(), "nothing new, nothing gone");
    remove_bucket(&stage, "own-1");
    assert_eq!(
        counts(&sweep(&stage, "run-2", "existence").await),
        (1, 0, 0)
    );
    let messages_so_far = messages(&stage);
    let [(subject, message)] = messages_so_far.as_slice() else {
        panic!("{messages_so_far:?}");
    };
    assert_eq!(
        subject,
        "Origin Guard: sweep of 3 distributions: 1 new, 0 gone, 0 stay"
    );
    for text in [
        "new error[missing-bucket] e0001example.example.com (E0001EXAMPLE)",
        "own-1",
        "To fix:",
        "Page: https://us-east-1.console.aws.amazon.com/s3/object/origin-guard-reports",
    ] {
        assert!(message.contains(text), "no {text:?} in: {message}");
    }
    // Its own report is linked in the overview; those of the others are not written.
    let reports: BTreeSet<String> = stage
        .stored("reports/E")
        .into_iter()
        .map(|(key, _)| key.split('/').nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(reports, BTreeSet::from([id(1)]));
    let page = stage.stored("reports/sweeps/");
    let page = page
        .iter()
        .rfind(|(key, _)| key.ends_with(".html"))
        .unwrap();
    assert!(
        page.1.contains("prefix=reports/E0001EXAMPLE/"),
        "{}",
        page.1
    );
    assert_eq!(
        counts(&sweep(&stage, "run-3", "existence").await),
        (0, 0, 1)
    );
    assert_eq!(messages(&stage).len(), 1);
    bucket(&stage, "own-1");
    assert_eq!(
        counts(&sweep(&stage, "run-4", "existence").await),
        (0, 1, 0)
    );
    assert!(messages(&stage)[1].0.contains("0 new, 1 gone"));
    assert_eq!(
        counts(&sweep(&stage, "run-5", "existence").await),
        (0, 0, 0)
    );
}

#[tokio::test]
async fn nothing_new_is_posted_only_if_that_is_asked_for() {
    let mut stage = account(1).await;
    let always = json!({"sweep": {"notify": "always"}});
    stage.invoke_as("run-1", always).await.unwrap();
    assert_eq!(messages(&stage).len(), 1);
    stage.settings.notify_pass = true;
    sweep(&stage, "run-2", "existence").await;
    assert_eq!(messages(&stage).len(), 2);
    let changes = json!({"sweep": {"notify": "changes"}});
    stage.invoke_as("run-3", changes).await.unwrap();
    assert_eq!(messages(&stage).len(), 2);
}

#[tokio::test]
async fn what_cannot_be_checked_is_not_gone() {
    let stage = account(2).await;
    remove_bucket(&stage, "own-0");
    assert_eq!(
        counts(&sweep(&stage, "run-1", "existence").await),
        (1, 0, 0)
    );
    let broken = Fault::new(
        "s3:HeadBucket",
        FaultKind::Status(500, "InternalError".to_owned()),
    );
    stage.double.world().fault(broken);
    assert_eq!(
        counts(&sweep(&stage, "run-2", "existence").await),
        (0, 0, 1)
    );
    stage.double.world().faults.clear();
    // Nor at a depth at which it is not asked about, and nor is a list that says nothing of it.
    stage
        .double
        .world()
        .fault(Fault::new("s3:*", FaultKind::Deny).on("own-0"));
    assert_eq!(counts(&sweep(&stage, "run-3", "full").await), (0, 0, 1));
}

#[tokio::test]
async fn of_a_removed_distribution_everything_is_gone() {
    let stage = account(2).await;
    remove_bucket(&stage, "own-0");
    sweep(&stage, "run-1", "existence").await;
    stage.double.world().distributions.remove(&id(0));
    assert_eq!(
        counts(&sweep(&stage, "run-2", "existence").await),
        (0, 1, 0)
    );
}

#[tokio::test]
async fn throttling_on_half_of_the_calls_slows_it_down_and_loses_nothing() {
    let stage = account(30).await;
    for n in 0..30 {
        remove_bucket(&stage, &format!("own-{n}"));
    }
    {
        let mut world = stage.double.world();
        // Every second request, whatever it asks.
        for n in 0..200 {
            let throttle = Fault::new("s3:HeadBucket", FaultKind::Throttle);
            world.fault(throttle.after(n + 1).times(1));
            let throttle = Fault::new("cloudfront:ListDistributions", FaultKind::Throttle);
            world.fault(throttle.after(n + 1).times(1));
        }
        // More often than the SDK asks again.
        let throttle = Fault::new("s3:HeadBucket", FaultKind::Throttle);
        world.faults.insert(0, throttle.on("own-7").times(5));
    }
    let outcome = sweep(&stage, "run-1", "existence").await;
    assert_eq!(counts(&outcome), (30, 0, 0), "{outcome}");
    assert_eq!(outcome["complete"], true);
}

#[tokio::test]
async fn a_page_that_fails_twice_and_one_that_stalls_are_read_again() {
    for kind in [
        FaultKind::Status(503, "ServiceUnavailable".to_owned()),
        FaultKind::Stall,
        FaultKind::Cut,
    ] {
        let mut stage = account(8).await;
        stage.patience = Duration::from_millis(500);
        {
            let mut world = stage.double.world();
            world.page_size = 3;
            let fault = Fault::new("cloudfront:ListDistributions", kind.clone());
            world.fault(fault.after(1).times(2));
        }
        let outcome = sweep(&stage, "run-1", "existence").await;
        assert_eq!(outcome["distributions"], 8, "{kind:?}: {outcome}");
        assert_eq!(outcome["complete"], true);
    }
}

/// What is missing from a list must not read as removed.
#[tokio::test]
async fn a_list_that_stays_cut_is_said_to_be_and_nothing_of_it_is_gone() {
    let mut stage = account(8).await;
    stage.double.world().page_size = 3;
    remove_bucket(&stage, "own-7");
    assert_eq!(
        counts(&sweep(&stage, "run-1", "existence").await),
        (1, 0, 0)
    );
    stage.deadline = Duration::from_secs(8);
    stage.patience = Duration::from_millis(300);
    let cut = Fault::new("cloudfront:ListDistributions", FaultKind::Cut);
    stage.double.world().fault(cut.after(1));
    let outcome = sweep(&stage, "run-2", "existence").await;
    assert_eq!(outcome["complete"], false);
    assert_eq!(outcome["verdict"], "inconclusive", "{outcome}");
    assert_eq!(counts(&outcome), (0, 0, 1));
    let (subject, message) = messages(&stage).pop().unwrap();
    assert!(subject.ends_with("not complete"), "{subject}");
    assert!(message.contains("the sweep ended after 3"), "{message}");
    stage.double.world().faults.clear();
    stage.deadline = Duration::from_mins(1);
    assert_eq!(
        counts(&sweep(&stage, "run-3", "existence").await),
        (0, 0, 1)
    );
}

#[tokio::test]
async fn a_sweep_that_has_no_time_left_continues_in_another_invocation() {
    let mut stage = account(24).await;
    stage.settings.function = Some(FUNCTION.to_owned());
    for n in 0..24 {
        remove_bucket(&stage, &format!("own-{n}"));
    }
    {
        let mut world = stage.double.world();
        world.functions.insert(FUNCTION.to_owned());
        world.page_size = 4;
        world.latency = Duration::from_millis(250);
    }
    stage.deadline = Duration::from_secs(4);
    let first = sweep(&stage, "run-1", "existence").await;
    assert_eq!(first["continues"], "run-1", "{first}");
    assert!(messages(&stage).is_empty(), "one digest, at the end");
    let mut steps = 1;
    let outcome = loop {
        let (function, event) = stage.double.world().invoked.pop().expect("it continues");
        assert_eq!(function, FUNCTION);
        assert_eq!(event["sweep"]["step"], steps);
        // Each invocation has an ID of its own.
        let outcome = stage
            .invoke_as(&format!("request-{steps}"), event)
            .await
            .unwrap();
        if outcome.get("continues").is_none() {
            break outcome;
        }
        steps += 1;
        assert!(steps < 50, "{outcome}");
    };
    assert_eq!(outcome["distributions"], 24, "{outcome}");
    assert_eq!(counts(&outcome), (24, 0, 0));
    assert_eq!(messages(&stage).len(), 1);
    // Never from the start: a page is read again at most once for each invocation, and the list once more
    // for the index at the end.
    let calls = stage.double.world().calls();
    assert!(
        calls["cloudfront:ListDistributions"] <= 2 * 6 + steps,
        "{calls:?}"
    );
    assert_eq!(calls["s3:HeadBucket"], 24);
}

#[tokio::test]
async fn an_event_that_is_delivered_again_does_not_continue_twice() {
    let mut stage = account(12).await;
    stage.settings.function = Some(FUNCTION.to_owned());
    {
        let mut world = stage.double.world();
        world.functions.insert(FUNCTION.to_owned());
        world.page_size = 2;
        world.latency = Duration::from_millis(300);
    }
    stage.deadline = Duration::from_secs(4);
    sweep(&stage, "run-1", "existence").await;
    let (_, event) = stage.double.world().invoked.pop().unwrap();
    stage.double.world().latency = Duration::ZERO;
    stage.deadline = Duration::from_mins(1);
    stage.invoke_as("request-1", event).await.unwrap();
    // The retry of the first invocation, whose answer was lost: the next one is begun again.
    let again = sweep(&stage, "run-1", "existence").await;
    assert_eq!(again["duplicate"], true, "{again}");
}

#[tokio::test]
async fn without_the_permission_to_continue_the_digest_names_what_was_not_reached() {
    let mut stage = account(12).await;
    stage.settings.function = Some(FUNCTION.to_owned());
    {
        let mut world = stage.double.world();
        world.page_size = 2;
        world.latency = Duration::from_millis(300);
        world.deny("lambda:InvokeFunction");
    }
    stage.deadline = Duration::from_secs(6);
    let outcome = sweep(&stage, "run-1", "existence").await;
    assert_eq!(outcome["complete"], false, "{outcome}");
    let (_, message) = messages(&stage).pop().unwrap();
    assert!(
        message.contains("lambda:InvokeFunction is refused"),
        "{message}"
    );
    assert!(
        message.contains("not every distribution was reached"),
        "{message}"
    );
}

#[tokio::test]
async fn without_the_permission_to_list_the_invocation_fails_and_names_it() {
    let stage = account(1).await;
    stage.double.world().deny("cloudfront:ListDistributions");
    let failed = stage.invoke(json!({"sweep": {}})).await.unwrap_err();
    assert!(matches!(failed, Failure::Guard(_)), "{failed}");
    assert!(
        failed.to_string().contains("cloudfront:ListDistributions"),
        "{failed}"
    );
}

#[tokio::test]
async fn without_the_permission_to_list_buckets_each_is_asked_about() {
    let stage = account(2).await;
    stage
        .double
        .world()
        .bucket("foreign", "us-east-1")
        .owned_by("999999999999");
    put(&stage, &id(0), &["foreign".to_owned()]);
    stage.double.world().deny("s3:ListAllMyBuckets");
    let outcome = sweep(&stage, "run-1", "existence").await;
    assert_eq!(outcome["verdict"], "inconclusive", "{outcome}");
    let digest = digests(&stage).pop().unwrap();
    let row = &digest["distributions"][0];
    assert_eq!((&row["id"], &row["unknowns"]), (&json!(id(0)), &json!(1)));
}

#[tokio::test]
async fn a_state_of_another_version_is_kept_aside_and_nothing_is_gone() {
    for content in ["{\"schemaVersion\": \"2\", \"everything\": []}", "not json"] {
        let stage = account(4).await;
        remove_bucket(&stage, "own-0");
        sweep(&stage, "run-1", "existence").await;
        bucket(&stage, "own-0");
        let states = stage.stored("sweeps/111122223333/state-");
        for (key, _) in &states {
            stage.double.world().object(REPORTS, key, content);
        }
        let outcome = sweep(&stage, "run-2", "existence").await;
        assert_eq!(counts(&outcome), (0, 0, 0), "{outcome}");
        let aside = stage.stored("sweeps/111122223333/unreadable/");
        assert_eq!(aside.len(), states.len());
        assert!(aside.iter().all(|(_, text)| text == content));
        let (_, message) = messages(&stage).pop().unwrap();
        assert!(
            message.contains("It is kept as s3://origin-guard-reports/sweeps/"),
            "{message}"
        );
        assert_eq!(
            counts(&sweep(&stage, "run-3", "existence").await),
            (0, 0, 0)
        );
    }
}

#[tokio::test]
async fn a_conflict_of_writes_is_no_loss() {
    for status in [409, 412] {
        let stage = account(4).await;
        remove_bucket(&stage, "own-0");
        for n in 0..8 {
            let conflict = FaultKind::Status(status, "ConditionalRequestConflict".to_owned());
            let fault = Fault::new("s3:PutObject", conflict);
            let fault = fault.on_keys_ending(&format!("state-{n}.json")).times(3);
            stage.double.world().fault(fault);
        }
        assert_eq!(
            counts(&sweep(&stage, "run-1", "existence").await),
            (1, 0, 0)
        );
        assert_eq!(
            counts(&sweep(&stage, "run-2", "existence").await),
            (0, 0, 1)
        );
        assert_eq!(messages(&stage).len(), 1, "{status}");
    }
}

#[tokio::test]
async fn two_sweeps_at_once_report_a_finding_once() {
    let stage = account(6).await;
    for n in 0..6 {
        remove_bucket(&stage, &format!("own-{n}"));
    }
    stage.double.world().latency = Duration::from_millis(30);
    let (one, other) = tokio::join!(
        sweep(&stage, "run-1", "existence"),
        sweep(&stage, "run-2", "existence")
    );
    assert_eq!(counts(&one).0 + counts(&other).0, 6, "{one} {other}");
    let told: usize = messages(&stage)
        .iter()
        .map(|(_, message)| message.matches("new error[missing-bucket]").count())
        .sum();
    assert_eq!(told, 6);
    assert_eq!(
        counts(&sweep(&stage, "run-3", "existence").await),
        (0, 0, 6)
    );
}

#[tokio::test]
async fn a_digest_that_could_not_be_sent_is_sent_by_the_next_sweep() {
    let stage = account(1).await;
    remove_bucket(&stage, "own-0");
    stage.double.world().deny("sns:Publish");
    let failed = stage
        .invoke_as("run-1", json!({"sweep": {}}))
        .await
        .unwrap_err();
    assert!(matches!(failed, Failure::Delivery(_)), "{failed}");
    stage.double.world().denied.clear();
    assert_eq!(
        counts(&sweep(&stage, "run-2", "existence").await),
        (1, 0, 0)
    );
}

#[tokio::test]
async fn drift_from_what_was_last_known_good_is_reported_with_who_made_it() {
    let stage = account(1).await;
    sweep(&stage, "run-1", "full").await;
    assert_eq!(stage.stored("last-good/").len(), 1);
    bucket(&stage, "other");
    put(&stage, &id(0), &["own-0".to_owned(), "other".to_owned()]);
    let etag = stage.double.world().distributions[&id(0)].etag.clone();
    let change = json!({"event": {"id": "e", "name": "UpdateDistribution", "time": "2026-11-28T10:00:00Z"},
        "actor": "alice", "via": "console"});
    let key = format!("changes/{}/{etag}.json", id(0));
    stage
        .double
        .world()
        .object(REPORTS, &key, change.to_string());
    // No call for each distribution at depth existence.
    assert_eq!(
        counts(&sweep(&stage, "run-2", "existence").await),
        (0, 0, 0)
    );
    assert_eq!(counts(&sweep(&stage, "run-3", "full").await), (1, 0, 0));
    let (_, message) = messages(&stage).pop().unwrap();
    for text in [
        "new warning[drift]",
        "UpdateDistribution by alice (console)",
        "last-good/",
    ] {
        assert!(message.contains(text), "no {text:?} in: {message}");
    }
    assert_eq!(
        counts(&sweep(&stage, "run-4", "existence").await),
        (0, 0, 1)
    );
}

#[tokio::test]
async fn what_only_a_full_sweep_asks_is_listed_and_is_no_pass_at_depth_existence() {
    let stage = account(1).await;
    remove_bucket(&stage, "own-0");
    sweep(&stage, "run-1", "existence").await;
    let reports = stage.stored("reports/E");
    let report = reports
        .iter()
        .find(|(key, _)| key.ends_with(".json"))
        .unwrap();
    let report: Value = serde_json::from_str(&report.1).unwrap();
    assert_eq!(report["mode"], "sweep");
    let unknowns = report["unknowns"].as_array().unwrap();
    let beyond = unknowns.iter().filter(|it| it["kind"] == "not-asked-for");
    let needs: BTreeSet<&str> = beyond.filter_map(|it| it["needs"].as_str()).collect();
    assert_eq!(
        needs,
        BTreeSet::from(["a sweep of depth `full`"]),
        "{unknowns:?}"
    );
}

#[tokio::test]
async fn a_misspelt_key_of_the_event_is_refused_with_the_nearest() {
    let stage = Stage::new().await;
    let failed = stage
        .invoke(json!({"sweep": {"deepth": "full"}}))
        .await
        .unwrap_err();
    assert!(
        failed.to_string().contains("did you mean `depth`?"),
        "{failed}"
    );
}

#[tokio::test]
async fn the_sample_site_passes_at_both_depths() {
    let stage = Stage::new().await;
    for depth in ["existence", "full"] {
        let outcome = sweep(&stage, depth, depth).await;
        assert_eq!(outcome["verdict"], "pass", "{outcome}");
    }
    assert_eq!(stage.stored(&format!("last-good/{DISTRIBUTION}")).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_terminal_everything_that_is_broken_is_found() {
    let stage = account(3).await;
    let run = |arguments: &[&str]| {
        let output = with_account(&stage.double, arguments, "");
        let text = out(&output);
        (output.status.code(), text)
    };
    let (code, text) = run(&["sweep"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.starts_with("0 findings in 3 distributions at depth `existence`"),
        "{text}"
    );
    remove_bucket(&stage, "own-1");
    let (code, text) = run(&["sweep"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("error[missing-bucket] e0001example.example.com (E0001EXAMPLE)"),
        "{text}"
    );
    let (code, text) = run(&["sweep", "--depth", "full", "--output", "json"]);
    assert_eq!(code, Some(1), "{text}");
    let swept: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(swept["findings"][0]["state"], "found");
    assert_eq!(
        (&swept["compared"], &swept["complete"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(swept["distributions"][0]["id"], id(1));
    // Nothing is kept.
    assert_eq!(stage.stored("sweeps/").len(), 0);
    stage.double.world().deny("cloudfront:ListDistributions");
    let (code, _) = run(&["sweep"]);
    assert_eq!(code, Some(2), "a list that cannot be read is no pass");
}
