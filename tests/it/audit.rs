//! CloudTrail saw a change.

use aws_double::{Fault, FaultKind, Held};
use serde_json::{Map, Value, json};

use crate::stage::{DISTRIBUTION, REPORTS, Stage, readable, site};

/// CloudTrail's spelling: the first letter of each key lowered, comments hidden.
fn cloudtrail(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| (lower(key), cloudtrail(value)))
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => items.iter().map(cloudtrail).collect(),
        other => other.clone(),
    }
}

fn lower(key: &str) -> String {
    key[..1].to_lowercase() + &key[1..]
}

pub(crate) struct Event(pub Value);

impl Event {
    /// A console user's update that CloudFront took.
    pub(crate) fn update(config: &Value, etag: &str) -> Self {
        let mut config = cloudtrail(config);
        config["comment"] = "HIDDEN_DUE_TO_SECURITY_REASONS".into();
        Self(json!({
            "version": "0", "id": "bridge-1", "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.cloudfront", "account": "111122223333", "time": "2026-11-23T10:00:00Z",
            "region": "us-east-1", "resources": [],
            "detail": {
                "eventVersion": "1.11", "eventID": "11111111-2222-4333-8444-555555555555",
                "eventTime": "2026-11-23T09:59:58Z", "eventSource": "cloudfront.amazonaws.com",
                "eventName": "UpdateDistribution", "awsRegion": "us-east-1",
                "sessionCredentialFromConsole": "true", "userAgent": "Mozilla/5.0",
                "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/Admin/alice"},
                "requestParameters": {"id": DISTRIBUTION, "ifMatch": "EBEFORE", "distributionConfig": config},
                "responseElements": {"eTag": etag, "distribution": {"id": DISTRIBUTION,
                    "aRN": "arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE1GUARD",
                    "domainName": "d111111abcdef8.cloudfront.net", "distributionConfig": config}},
            }
        }))
    }

    pub(crate) fn refused(config: &Value, code: &str, message: &str) -> Self {
        let mut event = Self::update(config, "");
        let detail = &mut event.0["detail"];
        detail["responseElements"] = Value::Null;
        detail["errorCode"] = code.into();
        detail["errorMessage"] = message.into();
        event
    }

    pub(crate) fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0["detail"][field] = value.into();
        self
    }
}

pub(crate) fn broken() -> Value {
    let mut config = site();
    config["Origins"]["Items"][0]["DomainName"] =
        "example-assets-old.s3.eu-west-1.amazonaws.com".into();
    config
}

pub(crate) fn live_etag(stage: &Stage) -> String {
    stage.double.world().distributions[DISTRIBUTION]
        .etag
        .clone()
}

fn set_live(stage: &Stage, config: Value) {
    let mut world = stage.double.world();
    world.distributions.get_mut(DISTRIBUTION).unwrap().config = config;
}

#[tokio::test]
async fn a_bad_change_is_posted_with_who_did_it_and_how() {
    let stage = Stage::new().await;
    let outcome = stage
        .invoke(Event::update(&broken(), "E2").0)
        .await
        .unwrap();
    assert_eq!(outcome["verdict"], "block");
    let world = stage.double.world();
    let published = &world.published[0];
    let subject = published.subject.as_deref().unwrap();
    assert_eq!(
        subject,
        "Origin Guard: E2EXAMPLE1GUARD is broken: missing-bucket"
    );
    for text in [
        "origin `assets` points at bucket `example-assets-old`, which does not exist",
        "UpdateDistribution was made by Admin/alice (via console) at 2026-11-23T09:59:58Z",
        "help: ",
        "\nmore about each rule: origin-guard rules NAME\n",
        "\nReport: s3://origin-guard-reports/reports/E2EXAMPLE1GUARD/",
        "\nPage: https://us-east-1.console.aws.amazon.com/s3/object/origin-guard-reports?region=us-east-1&prefix=reports/E2EXAMPLE1GUARD/",
    ] {
        assert!(
            published.message.contains(text),
            "no {text:?} in: {}",
            published.message
        );
    }
    assert_eq!(world.violations, Vec::<String>::new());
    let calls = world.calls();
    assert!(
        calls
            .keys()
            .all(|call| !call.starts_with("cloudfront:GetDistribution")),
        "{calls:?}"
    );
}

#[tokio::test]
async fn the_report_that_the_message_names_is_there() {
    let stage = Stage::new().await;
    stage
        .invoke(Event::update(&broken(), "E2").0)
        .await
        .unwrap();
    let message = stage.double.world().published[0].message.clone();
    let reports = stage.stored("reports/");
    for (before, end) in [
        ("Report: s3://origin-guard-reports/", ".json"),
        ("&prefix=", ".html"),
    ] {
        let (_, key) = message.rsplit_once(before).unwrap();
        let key = key.lines().next().unwrap();
        assert!(key.ends_with(end), "{message}");
        assert!(
            reports.iter().any(|(stored, _)| stored == key),
            "{key} {reports:?}"
        );
    }
    let report = stage.report();
    assert_eq!(report["mode"], "audit");
    assert_eq!(report["trigger"]["actor"], "Admin/alice");
    assert_eq!(report["trigger"]["via"], "console");
}

#[tokio::test]
async fn a_pass_is_not_posted_unless_asked_for() {
    let mut stage = Stage::new().await;
    stage.invoke(Event::update(&site(), "E2").0).await.unwrap();
    assert_eq!(stage.double.world().published.len(), 0);
    stage.settings.notify_pass = true;
    stage
        .invoke(Event::update(&site(), "E2").with("eventID", "other").0)
        .await
        .unwrap();
    let world = stage.double.world();
    assert_eq!(
        world.published[0].subject.as_deref(),
        Some("Origin Guard: E2EXAMPLE1GUARD passes")
    );
}

#[tokio::test]
async fn a_pass_is_kept_as_last_known_good_read_back_from_cloudfront() {
    let stage = Stage::new().await;
    let etag = live_etag(&stage);
    stage.invoke(Event::update(&site(), &etag).0).await.unwrap();
    let kept = stage.stored("last-good/");
    let document: Value = serde_json::from_str(&kept[0].1).unwrap();
    assert_eq!(document["etag"], etag);
    let config = &document["DistributionConfig"];
    assert_eq!(config["Comment"], "www.example.com", "the event hides it");
    let mut expected = site();
    expected["Origins"]["Items"][3]["CustomHeaders"]["Items"][0]["HeaderValue"] =
        "HIDDEN_DUE_TO_SECURITY_REASONS".into();
    assert_eq!(
        config["Origins"], expected["Origins"],
        "numbers and flags keep their types"
    );
    assert_eq!(
        config["DefaultCacheBehavior"],
        expected["DefaultCacheBehavior"]
    );
    // And it is the next gate's baseline.
    stage
        .double
        .world()
        .buckets
        .get_mut(REPORTS)
        .unwrap()
        .objects
        .retain(|key, _| key.starts_with("last-good/"));
    assert!(stage.run(stage.job(&site())).await.succeeded());
    assert_eq!(stage.report()["baseline"]["source"], "last-good");
}

#[tokio::test]
async fn a_config_that_changed_again_is_not_kept() {
    let stage = Stage::new().await;
    stage
        .invoke(Event::update(&site(), "EOLDER").0)
        .await
        .unwrap();
    assert_eq!(stage.stored("last-good/"), []);
}

/// CloudTrail left out the answer, and with it the version: was what is live now ever judged?
#[tokio::test]
async fn without_a_version_only_what_was_judged_is_kept() {
    for (live, kept) in [(site(), 1), (broken(), 0)] {
        let stage = Stage::new().await;
        set_live(&stage, live);
        let event = Event::update(&site(), "").with("responseElements", Value::Null);
        let outcome = stage.invoke(event.0).await.unwrap();
        assert_eq!(outcome["verdict"], "pass");
        assert_eq!(stage.stored("last-good/").len(), kept);
    }
}

/// Both read the live config, and the one that read it first writes last.
#[tokio::test]
async fn of_two_configs_the_later_one_is_kept_in_any_order_of_writes() {
    for (taken_at, etag) in [
        ("2999-01-01T00:00:00Z", "EOTHER"),
        ("2020-01-01T00:00:00Z", "own"),
    ] {
        let stage = Stage::new().await;
        let own = live_etag(&stage);
        let read = Held::default();
        let kind = FaultKind::Held(read.clone());
        let fault = Fault::new("cloudfront:GetDistribution", kind);
        stage.double.world().fault(fault);
        let other = json!({"schemaVersion": "1", "etag": "EOTHER", "takenAt": taken_at,
            "DistributionConfig": site()});
        let key = format!("last-good/{DISTRIBUTION}.json");
        let meanwhile = async {
            read.arrival().await;
            let other = other.to_string().into_bytes();
            stage.double.world().object(REPORTS, &key, other);
            read.let_go();
        };
        let event = Event::update(&site(), &own).0;
        let (outcome, ()) = tokio::join!(stage.invoke(event), meanwhile);
        assert_eq!(outcome.unwrap()["verdict"], "pass");
        let kept: Value = serde_json::from_str(&stage.stored("last-good/")[0].1).unwrap();
        let expected = if etag == "own" { &own } else { etag };
        assert_eq!(kept["etag"], expected, "{taken_at}");
    }
}

#[tokio::test]
async fn a_later_last_known_good_config_stays() {
    let stage = Stage::new().await;
    let later = json!({"schemaVersion": "1", "etag": "ELATER", "takenAt": "2999-01-01T00:00:00Z",
        "DistributionConfig": site()});
    let key = format!("last-good/{DISTRIBUTION}.json");
    let stored = later.to_string().into_bytes();
    stage.double.world().object(REPORTS, &key, stored);
    let event = Event::update(&site(), &live_etag(&stage)).0;
    stage.invoke(event).await.unwrap();
    let kept: Value = serde_json::from_str(&stage.stored("last-good/")[0].1).unwrap();
    assert_eq!(kept["etag"], "ELATER");
}

#[tokio::test]
async fn a_last_known_good_config_that_cannot_be_read_is_replaced() {
    let stage = Stage::new().await;
    let key = format!("last-good/{DISTRIBUTION}.json");
    stage.double.world().object(REPORTS, &key, "not json");
    let etag = live_etag(&stage);
    stage.invoke(Event::update(&site(), &etag).0).await.unwrap();
    let kept: Value = serde_json::from_str(&stage.stored("last-good/")[0].1).unwrap();
    assert_eq!(kept["etag"], etag);
}

/// Of the one that is stored already nothing is known: it may be a later one.
#[tokio::test]
async fn a_last_known_good_config_is_not_overwritten_blindly() {
    let stage = Stage::impatient().await;
    let key = format!("last-good/{DISTRIBUTION}.json");
    let later = json!({"schemaVersion": "1", "etag": "ELATER", "takenAt": "2999-01-01T00:00:00Z",
        "DistributionConfig": site()});
    let stored = later.to_string().into_bytes();
    stage.double.world().object(REPORTS, &key, stored);
    let refused = Fault::new("s3:GetObject", FaultKind::Throttle).on_keys_ending(&key);
    stage.double.world().fault(refused);
    let event = Event::update(&site(), &live_etag(&stage)).0;
    assert_eq!(stage.invoke(event).await.unwrap()["verdict"], "pass");
    let kept: Value = serde_json::from_str(&stage.stored("last-good/")[0].1).unwrap();
    assert_eq!(kept["etag"], "ELATER");
}

#[tokio::test]
async fn a_blocked_change_is_not_kept() {
    let stage = Stage::new().await;
    let etag = live_etag(&stage);
    stage
        .invoke(Event::update(&broken(), &etag).0)
        .await
        .unwrap();
    assert_eq!(stage.stored("last-good/"), []);
}

/// A deployment over a change that did not pass learns who made it.
#[tokio::test]
async fn the_next_gate_names_who_made_a_blocked_change() {
    let stage = Stage::new().await;
    let mut good = site();
    good["Origins"]["Items"][3]["DomainName"] = "old.origin.example.com".into();
    let good = json!({"etag": "E1", "takenAt": "2026-11-01T00:00:00Z", "DistributionConfig": good});
    let key = format!("last-good/{DISTRIBUTION}.json");
    let stored = good.to_string().into_bytes();
    stage.double.world().object(REPORTS, &key, stored);
    let answer = stage.run(stage.job(&site())).await;
    assert!(!answer.message().contains("last of these changes"));
    let change = Event::update(&broken(), &live_etag(&stage)).0;
    stage.invoke(change).await.unwrap();
    let answer = stage.run(stage.job(&site())).await;
    let note = "the last of these changes was UpdateDistribution by Admin/alice (console) at \
                2026-11-23T09:59:58Z";
    assert!(answer.message().contains(note), "{}", answer.message());
}

#[tokio::test]
async fn the_same_event_twice_posts_once() {
    let stage = Stage::new().await;
    let event = Event::update(&broken(), "E2").0;
    stage.invoke_as("first", event.clone()).await.unwrap();
    let second = stage.invoke_as("second", event).await.unwrap();
    assert_eq!(second["duplicate"], "11111111-2222-4333-8444-555555555555");
    assert_eq!(stage.double.world().published.len(), 1);
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>: 409 while
/// another write is under way.
#[tokio::test]
async fn a_claim_that_met_another_write_is_made_again() {
    let stage = Stage::new().await;
    let event = Event::update(&broken(), "E2").0;
    let conflict = FaultKind::Status(409, "ConditionalRequestConflict".to_owned());
    let put = Fault::new("s3:PutObject", conflict).on(REPORTS).times(1);
    stage.double.world().fault(put);
    stage.invoke_as("first", event.clone()).await.unwrap();
    stage.invoke_as("second", event).await.unwrap();
    assert_eq!(stage.double.world().published.len(), 1);
}

#[tokio::test]
async fn a_notification_that_did_not_go_out_goes_out_when_lambda_tries_again() {
    let stage = Stage::new().await;
    let event = Event::update(&broken(), "E2").0;
    stage.double.world().fault(
        Fault::new(
            "sns:Publish",
            FaultKind::Status(500, "InternalError".to_owned()),
        )
        .times(3),
    );
    let error = stage.invoke_as("first", event.clone()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the notification to arn:aws:sns"),
        "{error}"
    );
    stage.invoke_as("first", event).await.unwrap();
    assert_eq!(stage.double.world().published.len(), 1);
}

#[tokio::test]
async fn an_event_that_cannot_be_claimed_is_posted_all_the_same() {
    let stage = Stage::new().await;
    stage.double.world().deny("s3:PutObject");
    stage
        .invoke(Event::update(&broken(), "E2").0)
        .await
        .unwrap();
    assert_eq!(stage.double.world().published.len(), 1);
}

#[tokio::test]
async fn without_a_bucket_it_is_posted_and_says_that_nothing_is_stored() {
    let mut stage = Stage::new().await;
    stage.settings.report_bucket = None;
    stage
        .invoke(Event::update(&broken(), "E2").0)
        .await
        .unwrap();
    let world = stage.double.world();
    assert!(
        world.published[0]
            .message
            .contains("ORIGIN_GUARD_REPORT_BUCKET is not set")
    );
}

#[tokio::test]
async fn the_bus_gets_the_report_as_an_event() {
    let mut stage = Stage::new().await;
    stage.double.world().bus("audit");
    stage.settings.event_bus = Some("audit".to_owned());
    stage
        .invoke(Event::update(&broken(), "E2").0)
        .await
        .unwrap();
    let world = stage.double.world();
    assert_eq!(world.events.len(), 1, "{:?}", world.events);
    let text = world.events[0].to_string();
    assert!(
        text.contains("Origin Guard Report") && text.contains("missing-bucket"),
        "{text}"
    );
    assert_eq!(world.violations, Vec::<String>::new());
}

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html>
#[tokio::test]
async fn a_report_that_is_too_long_for_a_bus_goes_out_shorter_and_says_where_the_rest_is() {
    const GONE: usize = 600;
    let mut stage = Stage::new().await;
    stage.settings.event_bus = Some("default".to_owned());
    let mut config = site();
    let items = config["Origins"]["Items"].as_array_mut().unwrap();
    for n in 0..GONE {
        let mut origin = items[0].clone();
        origin["Id"] = format!("gone-{n}").into();
        origin["DomainName"] = format!("example-gone-{n}.s3.eu-west-1.amazonaws.com").into();
        items.push(origin);
    }
    config["Origins"]["Quantity"] = items.len().into();
    stage.invoke(Event::update(&config, "E2").0).await.unwrap();
    let whole = stage.report();
    let all = whole["findings"].as_array().unwrap();
    assert!(whole.to_string().len() > 256 * 1024 && all.len() > GONE);
    let world = stage.double.world();
    assert_eq!(world.violations, Vec::<String>::new());
    let detail = world.events[0]["Detail"].as_str().unwrap();
    assert!(detail.len() < 256 * 1024, "{}", detail.len());
    let report: Value = serde_json::from_str(detail).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert!(!findings.is_empty());
    assert_eq!(findings[..], all[..findings.len()], "whole, and the first");
    let note = report["notes"].as_array().unwrap().last().unwrap();
    let note = note.as_str().unwrap();
    for text in [
        format!("{} of {} findings", all.len() - findings.len(), all.len()),
        format!("s3://{REPORTS}/reports/{DISTRIBUTION}/"),
    ] {
        assert!(note.contains(&text), "no {text:?} in: {note}");
    }
}

#[tokio::test]
async fn a_refused_update_is_explained() {
    let stage = Stage::new().await;
    let mut config = site();
    config["CacheBehaviors"]["Items"][0]["TargetOriginId"] = "api-v2".into();
    let event = Event::refused(
        &config,
        "NoSuchOrigin",
        "One or more of your origins or origin groups do not exist.",
    );
    stage.invoke(event.0).await.unwrap();
    let published = stage.double.world().published[0].clone();
    assert_eq!(
        published.subject.as_deref(),
        Some("Origin Guard: E2EXAMPLE1GUARD: update refused with NoSuchOrigin")
    );
    for text in [
        "UpdateDistribution was refused with NoSuchOrigin by Admin/alice (via console)",
        "CloudFront said: One or more of your origins",
        "The broken link: cache behavior 0 `/api/*` targets origin `api-v2`, which the candidate does not define",
        "block: ",
    ] {
        assert!(
            published.message.contains(text),
            "no {text:?} in: {}",
            published.message
        );
    }
    assert_eq!(
        stage.stored("last-good/"),
        [],
        "what was refused is not live"
    );
}

/// Real errors of CloudFront that are out of scope.
#[tokio::test]
async fn a_refusal_about_the_viewer_side_sends_the_reader_that_way() {
    for (code, way) in [
        ("InvalidViewerCertificate", "us-east-1"),
        ("CNAMEAlreadyExists", "list-conflicting-aliases"),
    ] {
        let stage = Stage::new().await;
        stage
            .invoke(Event::refused(&site(), code, "m").0)
            .await
            .unwrap();
        let message = stage.double.world().published[0].message.clone();
        assert!(
            message.contains("not about the origin contract") && message.contains(way),
            "{message}"
        );
    }
}

#[tokio::test]
async fn what_cloudtrail_left_out_is_read_from_cloudfront() {
    let stage = Stage::new().await;
    stage
        .double
        .world()
        .distributions
        .get_mut(DISTRIBUTION)
        .unwrap()
        .config = broken();
    let mut event = Event::update(&site(), "E2").0;
    event["detail"]
        .as_object_mut()
        .unwrap()
        .remove("requestParameters");
    event["detail"]["responseElements"] = json!({"distribution": {"id": DISTRIBUTION}});
    stage.invoke(event).await.unwrap();
    assert_eq!(stage.double.world().published.len(), 1);
    assert_eq!(stage.report()["candidate"]["source"], "live");
}

/// Above 100 KB CloudTrail leaves out the request and the answer, and with them the ID.
#[tokio::test]
async fn an_event_that_names_no_distribution_is_traced_by_the_time_of_the_change() {
    let stage = Stage::new().await;
    stage
        .double
        .world()
        .distributions
        .get_mut(DISTRIBUTION)
        .unwrap()
        .config = broken();
    let changed = stage.double.world().distributions[DISTRIBUTION].last_modified;
    let time = changed
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    let mut event = Event::update(&site(), "E2").with("eventTime", time).0;
    let detail = event["detail"].as_object_mut().unwrap();
    detail.remove("requestParameters");
    detail.remove("responseElements");
    stage.invoke(event).await.unwrap();
    let subject = stage.double.world().published[0].subject.clone().unwrap();
    assert_eq!(
        subject,
        "Origin Guard: E2EXAMPLE1GUARD is broken: missing-bucket"
    );
}

#[tokio::test]
async fn an_event_without_anything_to_judge_is_reported_all_the_same() {
    for (failed, subject) in [
        (
            true,
            "Origin Guard: UpdateDistribution refused with NoSuchOrigin",
        ),
        (
            false,
            "Origin Guard: UpdateDistribution could not be judged",
        ),
    ] {
        let stage = Stage::new().await;
        let mut event = Event::update(&site(), "E2")
            .with("eventTime", "2020-01-01T00:00:00Z")
            .0;
        let detail = event["detail"].as_object_mut().unwrap();
        detail.remove("requestParameters");
        detail.remove("responseElements");
        if failed {
            detail.insert("errorCode".to_owned(), "NoSuchOrigin".into());
        }
        stage.invoke(event).await.unwrap();
        let published = stage.double.world().published[0].clone();
        assert_eq!(published.subject.as_deref(), Some(subject));
        assert!(
            published.message.contains("left the config out"),
            "{}",
            published.message
        );
        assert!(
            published.message.contains("Admin/alice"),
            "{}",
            published.message
        );
    }
}

/// One value of a kind that CloudFront's API does not have.
fn unreadable(config: &Value) -> Value {
    let mut config = config.clone();
    config["Origins"]["Items"][0]["DomainName"] = json!({"value": "example-assets"});
    config
}

#[tokio::test]
async fn of_a_change_whose_config_cannot_be_read_what_is_live_is_judged() {
    let stage = Stage::new().await;
    set_live(&stage, broken());
    let event = Event::update(&unreadable(&broken()), "E2").0;
    stage.invoke(event).await.unwrap();
    let published = stage.double.world().published[0].clone();
    assert_eq!(
        published.subject.as_deref(),
        Some("Origin Guard: E2EXAMPLE1GUARD is broken: missing-bucket")
    );
    let note = "what is live now was judged, since `UpdateDistribution \
                11111111-2222-4333-8444-555555555555` does not have the form of a CloudFront config";
    assert!(published.message.contains(note), "{}", published.message);
    assert_eq!(stage.report()["candidate"]["source"], "live");
}

#[tokio::test]
async fn a_config_that_cannot_be_read_anywhere_is_reported_with_its_cause() {
    let config = unreadable(&site());
    let made = Event::update(&config, "E2");
    let refused = Event::refused(&config, "NoSuchOrigin", "m");
    for (event, subject, texts) in [
        (
            made,
            "Origin Guard: E2EXAMPLE1GUARD could not be judged",
            [
                "cloudfront:GetDistribution",
                "check --distribution E2EXAMPLE1GUARD",
            ],
        ),
        (
            refused,
            "Origin Guard: E2EXAMPLE1GUARD: UpdateDistribution refused with NoSuchOrigin",
            ["NoSuchOrigin", "CloudTrail event: 11111111"],
        ),
    ] {
        let stage = Stage::new().await;
        stage.double.world().deny("cloudfront:GetDistribution");
        stage.invoke(event.0).await.unwrap();
        let published = stage.double.world().published[0].clone();
        assert_eq!(published.subject.as_deref(), Some(subject));
        let texts = texts.into_iter();
        for text in texts.chain([
            "does not have the form of a CloudFront config",
            "Admin/alice",
        ]) {
            assert!(
                published.message.contains(text),
                "no {text:?} in: {}",
                published.message
            );
        }
    }
}

/// Deleting a distribution begins with an update that disables it and drops its origins' settings.
#[tokio::test]
async fn a_distribution_that_is_being_deleted_is_no_alarm() {
    let stage = Stage::new().await;
    let mut config = broken();
    config["Enabled"] = false.into();
    config["Origins"]["Items"][3]
        .as_object_mut()
        .unwrap()
        .remove("CustomOriginConfig");
    stage.invoke(Event::update(&config, "E2").0).await.unwrap();
    assert_eq!(stage.double.world().published.len(), 0);
    assert_eq!(stage.report()["verdict"], "pass");
}

/// It serves no requests: what could not be checked is listed, and is no alarm either.
#[tokio::test]
async fn a_disabled_distribution_is_no_alarm_where_a_probe_failed() {
    let stage = Stage::new().await;
    let mut config = site();
    config["Enabled"] = false.into();
    stage
        .double
        .world()
        .deny("cloudfront:GetOriginAccessControl");
    stage.invoke(Event::update(&config, "E2").0).await.unwrap();
    assert_eq!(stage.double.world().published, []);
    let report = stage.report();
    assert_eq!(report["verdict"], "pass");
    let unknowns = report["unknowns"].as_array().unwrap();
    let control = |it: &&Value| it["needs"] == "cloudfront:GetOriginAccessControl";
    let control = unknowns.iter().find(control).unwrap();
    assert_eq!(control["blocks"], false);
}

#[tokio::test]
async fn creations_copies_and_promotions_are_judged_too() {
    for name in [
        "CreateDistribution",
        "CreateDistributionWithTags",
        "UpdateDistribution2020_05_31",
        "UpdateDistributionWithStagingConfig",
        "CopyDistribution",
    ] {
        let stage = Stage::new().await;
        stage
            .invoke(Event::update(&broken(), "E2").with("eventName", name).0)
            .await
            .unwrap();
        assert_eq!(stage.double.world().published.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn what_could_not_be_looked_at_is_posted_as_such() {
    let stage = Stage::new().await;
    stage
        .double
        .world()
        .deny("cloudfront:GetOriginAccessControl");
    stage.invoke(Event::update(&site(), "E2").0).await.unwrap();
    let published = stage.double.world().published[0].clone();
    assert_eq!(
        published.subject.as_deref(),
        Some("Origin Guard: E2EXAMPLE1GUARD could not be judged")
    );
    assert!(
        published
            .message
            .contains("needs cloudfront:GetOriginAccessControl"),
        "{}",
        published.message
    );
}

#[tokio::test]
async fn an_event_of_another_account_is_refused_and_says_where_to_deploy_the_guard() {
    let stage = Stage::new().await;
    let mut event = Event::update(&broken(), "E2").0;
    event["account"] = "999988887777".into();
    let error = stage.invoke(event).await.unwrap_err().to_string();
    assert!(
        error.contains("account 999988887777") && error.contains("account 111122223333"),
        "{error}"
    );
    assert_eq!(stage.double.world().published.len(), 0);
}

/// The staging distribution's own ARN in a policy does not serve the primary that it is to replace.
#[tokio::test]
async fn a_refused_promotion_is_judged_for_the_primary() {
    const STAGING: &str = "E2EXAMPLE2STAGE";
    let stage = Stage::new().await;
    let mut policy = readable("example-assets");
    policy["Statement"][0]["Condition"] = json!({"StringEquals":
        {"AWS:SourceArn": format!("arn:aws:cloudfront::111122223333:distribution/{STAGING}")}});
    {
        let mut world = stage.double.world();
        let mut config = site();
        config["Staging"] = true.into();
        world.distribution(STAGING, config);
        world.bucket("example-assets", "eu-west-1").policy(policy);
    }
    let event = Event::refused(&site(), "InvalidArgument", "refused")
        .with("eventName", "UpdateDistributionWithStagingConfig")
        .with(
            "requestParameters",
            json!({"id": DISTRIBUTION, "stagingDistributionId": STAGING}),
        );
    stage.invoke(event.0).await.unwrap();
    let report = stage.report();
    assert_eq!(report["distribution"]["id"], DISTRIBUTION);
    let findings = report["findings"].as_array().unwrap();
    let denied = findings
        .iter()
        .find(|finding| finding["rule"] == "ungranted-bucket-access")
        .unwrap();
    let message = denied["message"].as_str().unwrap();
    assert!(
        message.contains(&format!(
            "this distribution, `arn:aws:cloudfront::111122223333:distribution/{DISTRIBUTION}`"
        )),
        "{message}"
    );
}
