//! A change is reported once on each channel, whatever fails, and however often its event comes.

use std::time::Duration;

use aws_double::{Fault, FaultKind};
use origin_guard::guard::Failure;
use serde_json::{Value, json};

use crate::audit::{Event, broken, live_etag};
use crate::stage::{DISTRIBUTION, REPORTS, Stage, site};

/// Of what hangs the end is seen; all else has time enough on a machine with much else to do.
const SHORT: Duration = Duration::from_secs(6);
const EVENT: &str = "11111111-2222-4333-8444-555555555555";

fn bad_change() -> Value {
    Event::update(&broken(), "E2").0
}

/// How many messages were posted, and how many reports were put on a bus.
fn reported(stage: &Stage) -> (usize, usize) {
    let world = stage.double.world();
    (world.published.len(), world.events.len())
}

fn marker(stage: &Stage) -> Value {
    serde_json::from_str(&stage.stored("events/")[0].1).unwrap()
}

async fn with_bus(bus: &str) -> Stage {
    let mut stage = Stage::new().await;
    stage.settings.event_bus = Some(bus.to_owned());
    stage
}

#[tokio::test]
async fn an_event_from_the_dead_letter_queue_is_reported_once_its_cause_is_fixed() {
    let stage = Stage::new().await;
    stage.double.world().deny("sns:Publish");
    for _ in 0..3 {
        let failed = stage.invoke_as("first", bad_change()).await;
        assert!(matches!(failed, Err(Failure::Delivery(_))), "{failed:?}");
    }
    stage.double.world().denied.clear();
    let sent_again = stage.invoke_as("second", bad_change()).await.unwrap();
    assert_eq!(sent_again["verdict"], "block");
    assert_eq!(reported(&stage), (1, 0));
    for request in ["first", "second", "third"] {
        let duplicate = stage.invoke_as(request, bad_change()).await.unwrap();
        assert_eq!(duplicate, json!({"duplicate": EVENT}));
    }
    assert_eq!(reported(&stage), (1, 0));
}

/// The second delivery must not stand down for a first one that reports nothing.
#[tokio::test]
async fn a_second_delivery_tells_what_the_first_could_not() {
    let stage = Stage::new().await;
    stage.double.world().deny("sns:Publish");
    stage.invoke_as("first", bad_change()).await.unwrap_err();
    stage.invoke_as("second", bad_change()).await.unwrap_err();
    stage.invoke_as("first", bad_change()).await.unwrap_err();
    stage.double.world().denied.clear();
    stage.invoke_as("second", bad_change()).await.unwrap();
    stage.invoke_as("first", bad_change()).await.unwrap();
    assert_eq!(reported(&stage), (1, 0));
}

#[tokio::test]
async fn a_bus_that_fails_does_not_repeat_the_notification() {
    let stage = with_bus("gone").await;
    for _ in 0..3 {
        let failed = stage.invoke_as("first", bad_change()).await.unwrap_err();
        assert!(failed.to_string().contains("event bus gone"), "{failed}");
    }
    assert_eq!(reported(&stage), (1, 0));
    stage.double.world().bus("gone");
    stage.invoke_as("second", bad_change()).await.unwrap();
    assert_eq!(reported(&stage), (1, 1), "only what did not go out");
    stage.invoke_as("third", bad_change()).await.unwrap();
    assert_eq!(reported(&stage), (1, 1));
}

#[tokio::test]
async fn a_notification_that_fails_does_not_repeat_the_report_on_the_bus() {
    let stage = with_bus("audit").await;
    stage.double.world().bus("audit");
    stage.double.world().deny("sns:Publish");
    stage.invoke_as("first", bad_change()).await.unwrap_err();
    stage.double.world().denied.clear();
    stage.invoke_as("first", bad_change()).await.unwrap();
    assert_eq!(reported(&stage), (1, 1));
}

#[tokio::test]
async fn what_each_channel_said_is_in_the_error() {
    let stage = with_bus("gone").await;
    stage.double.world().deny("sns:Publish");
    let failed = stage.invoke(bad_change()).await.unwrap_err().to_string();
    for text in ["sns:Publish is refused to the guard", "event bus gone"] {
        assert!(failed.contains(text), "no {text:?} in: {failed}");
    }
}

#[tokio::test]
async fn a_change_that_passes_is_kept_whatever_the_bus_says() {
    let stage = with_bus("gone").await;
    let event = Event::update(&site(), &live_etag(&stage)).0;
    stage.invoke(event).await.unwrap_err();
    assert_eq!(stage.stored("last-good/").len(), 1);
}

#[tokio::test]
async fn of_two_deliveries_at_once_one_tells_and_the_other_sees_that_it_did() {
    let stage = Stage::new().await;
    let (first, second) = tokio::join!(
        stage.invoke_as("first", bad_change()),
        stage.invoke_as("second", bad_change())
    );
    assert_eq!(reported(&stage), (1, 0));
    let outcomes = [first.unwrap(), second.unwrap()];
    let duplicates = outcomes.iter().filter(|it| it["duplicate"] == EVENT);
    assert_eq!(duplicates.count(), 1, "{outcomes:?}");
}

fn claimed_by_another(runs_until: &str) -> Vec<u8> {
    let marker = json!({"requestId": "another", "claimedAt": "2026-11-23T10:00:00Z",
        "runsUntil": runs_until, "reported": {"notification": false, "event": false, "all": false}});
    marker.to_string().into_bytes()
}

#[tokio::test]
async fn an_event_is_left_to_its_claimant_only_as_long_as_that_may_be_running() {
    let mut stage = Stage::new().await;
    stage.deadline = SHORT;
    let key = format!("events/{EVENT}.json");
    let running = claimed_by_another("2999-01-01T00:00:00Z");
    stage.double.world().object(REPORTS, &key, running);
    // No success, so that it comes again: the other may still fail.
    let busy = stage.invoke(bad_change()).await.unwrap_err().to_string();
    assert!(busy.contains("another"), "{busy}");
    assert_eq!(reported(&stage), (0, 0));
    let over = claimed_by_another("2026-11-23T10:01:00Z");
    stage.double.world().object(REPORTS, &key, over);
    stage.deadline = Duration::from_mins(1);
    stage.invoke(bad_change()).await.unwrap();
    assert_eq!(reported(&stage), (1, 0));
    assert_eq!(marker(&stage)["reported"]["all"], true);
}

#[tokio::test]
async fn a_marker_that_cannot_be_read_keeps_nothing_back() {
    let stage = Stage::new().await;
    let key = format!("events/{EVENT}.json");
    stage.double.world().object(REPORTS, &key, "not json");
    stage.invoke(bad_change()).await.unwrap();
    stage.invoke(bad_change()).await.unwrap();
    assert_eq!(reported(&stage), (1, 0));
}

#[tokio::test]
async fn a_report_bucket_that_hangs_does_not_keep_the_notification_back() {
    let mut stage = Stage::new().await;
    stage.deadline = SHORT;
    stage.settings.contract = Some(format!("s3://{REPORTS}/contract.yaml"));
    for call in ["s3:PutObject", "s3:GetObject"] {
        let hang = Fault::new(call, FaultKind::Hang).on(REPORTS);
        stage.double.world().fault(hang);
    }
    let outcome = stage.invoke(bad_change()).await.unwrap();
    assert_eq!(outcome["verdict"], "block");
    assert_eq!(reported(&stage), (1, 0));
    let message = stage.double.world().published[0].message.clone();
    assert!(message.contains("judged without the contract"), "{message}");
    let report = outcome["report"].as_str().unwrap();
    assert!(report.starts_with("not stored"), "{report}");
}

/// What comes after the notification has what time is left, and fails nothing.
#[tokio::test]
async fn what_hangs_after_the_notification_does_not_repeat_it() {
    let mut stage = Stage::new().await;
    stage.settings.notify_pass = true;
    stage.deadline = SHORT;
    let hang = Fault::new("cloudfront:GetDistribution", FaultKind::Hang);
    stage.double.world().fault(hang);
    let event = Event::update(&site(), &live_etag(&stage)).0;
    let outcome = stage.invoke_as("first", event.clone()).await.unwrap();
    assert_eq!(outcome["verdict"], "pass");
    stage.invoke_as("second", event).await.unwrap();
    assert_eq!(reported(&stage), (1, 0));
}

#[tokio::test]
async fn a_change_that_cannot_be_judged_in_time_is_reported_as_such() {
    let mut stage = Stage::new().await;
    stage.deadline = SHORT;
    // Only the ID: the config has to be read.
    let event = Event::update(&broken(), "E2")
        .with("requestParameters", Value::Null)
        .with(
            "responseElements",
            json!({"distribution": {"id": DISTRIBUTION}}),
        );
    let hang = Fault::new("cloudfront:GetDistribution", FaultKind::Hang);
    stage.double.world().fault(hang);
    let began = std::time::Instant::now();
    // Lambda tries again, and an alarm sees it; nothing is reported twice.
    let failed = stage.invoke_as("first", event.0.clone()).await;
    assert!(matches!(failed, Err(Failure::Guard(_))), "{failed:?}");
    assert!(began.elapsed() < stage.deadline, "{:?}", began.elapsed());
    stage.invoke_as("second", event.0).await.unwrap_err();
    let world = stage.double.world();
    let [published] = world.published.as_slice() else {
        panic!("{:?}", world.published)
    };
    assert_eq!(
        published.subject.as_deref(),
        Some("Origin Guard: E2EXAMPLE1GUARD could not be judged")
    );
    for text in [
        "UpdateDistribution was made by Admin/alice (via console)",
        "before the function's time was up",
        "origin-guard check --distribution E2EXAMPLE1GUARD",
    ] {
        assert!(
            published.message.contains(text),
            "no {text:?} in: {}",
            published.message
        );
    }
}

#[tokio::test]
async fn who_heard_that_a_change_could_not_be_judged_hears_how_it_ended() {
    let stage = Stage::impatient().await;
    let event = Event::update(&site(), &live_etag(&stage))
        .with("requestParameters", Value::Null)
        .with(
            "responseElements",
            json!({"distribution": {"id": DISTRIBUTION}}),
        );
    stage.double.world().deny("cloudfront:GetDistribution");
    stage.invoke(event.0.clone()).await.unwrap_err();
    stage.double.world().denied.clear();
    let outcome = stage.invoke(event.0.clone()).await.unwrap();
    assert_eq!(outcome["verdict"], "pass");
    stage.invoke(event.0).await.unwrap();
    let world = stage.double.world();
    let subjects = world.published.iter().map(|it| it.subject.as_deref());
    let subjects: Vec<&str> = subjects.map(Option::unwrap_or_default).collect();
    let [first, second] = subjects.as_slice() else {
        panic!("{subjects:?}")
    };
    assert!(first.ends_with("could not be judged"), "{first}");
    assert!(!second.ends_with("could not be judged"), "{second}");
}

/// What was read of the marker holds, whatever becomes of writing it.
#[tokio::test]
async fn a_marker_that_takes_too_long_to_write_repeats_nothing() {
    let mut stage = with_bus("audit").await;
    stage.double.world().bus("audit");
    stage.deadline = SHORT;
    let marker = json!({"requestId": "request-1", "claimedAt": "2026-11-23T10:00:00Z",
        "runsUntil": "", "reported": {"notification": true}});
    let key = format!("events/{EVENT}.json");
    let body = marker.to_string();
    stage.double.world().object(REPORTS, &key, body);
    let hang = Fault::new("s3:PutObject", FaultKind::Hang).on_keys_ending(&key);
    stage.double.world().fault(hang.after(1));
    let log = crate::logs::mark();
    stage.invoke(bad_change()).await.unwrap();
    assert_eq!(reported(&stage), (0, 1));
    let log = crate::logs::since(log);
    for line in ["event not claimed", "not marked what was sent"] {
        assert!(log.contains(line), "no {line:?} in: {log}");
    }
}

#[tokio::test]
async fn a_marker_that_may_not_be_read_names_the_permission_for_it() {
    let stage = Stage::impatient().await;
    let key = format!("events/{EVENT}.json");
    stage.double.world().object(REPORTS, &key, "{}");
    let deny = Fault::new("s3:GetObject", FaultKind::Deny).on_keys_ending(&key);
    stage.double.world().fault(deny);
    let log = crate::logs::mark();
    stage.invoke(bad_change()).await.unwrap();
    let log = crate::logs::since(log);
    assert!(log.contains("AWS refused s3:GetObject"), "{log}");
}
