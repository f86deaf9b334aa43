//! Who is told of a change: each channel once.

use futures_util::future::{join, join3};
use serde_json::{Value, json};

use super::super::{Failure, expected, outcome, store_report};
use super::{Audit, Judged, Unjudged, claim, keep, trigger};
use crate::delivery::{Notification, event_detail};
use crate::memory::{Keys, Marker, Told};
use crate::ports::DeliveryError;
use crate::ports::Services;
use crate::refusal::explain;
use crate::report::{Document, v1};
use crate::verdict::Verdict;

/// What is told, where it is wanted.
#[derive(Default)]
struct Message {
    notification: Option<Notification>,
    /// For the event bus.
    detail: Option<String>,
}

/// Stores the report, posts it, and puts it on the bus, all at once; what is kept for later comes
/// after that.
pub(super) async fn of_verdict<S: Services>(
    audit: &Audit<'_, S>,
    marker: Option<Marker>,
    judged: Judged,
) -> Result<Value, Failure> {
    let passed = judged.decision.verdict == Verdict::Pass && audit.change.failed.is_none();
    let report = &judged.report;
    let name = &report.distribution.name;
    let key = Keys::report(name, &report.judged_at, &audit.change.event_id);
    // Who heard that it could not be judged hears how it ended.
    let is_expected = marker.as_ref().is_some_and(|marker| marker.told.unjudged);
    let post = !passed || audit.settings.notify_pass || is_expected;
    let message = message(audit, report, &key, post);
    let document = Document::One(Box::new(report.clone()));
    let telling = async {
        let (told, sent) = send(audit, &message, marker.as_ref()).await;
        let keeping = async {
            if passed {
                keep::last_good(audit, &judged).await;
            }
        };
        join(claim::mark(audit, marker, told), keeping).await;
        sent
    };
    let remembering = async {
        if judged.decision.verdict != Verdict::Pass {
            keep::who_changed(audit).await;
        }
    };
    let until = audit.invocation.ends();
    let storing = store_report(audit.services, audit.settings, &key, &document, until);
    let (sent, stored, ()) = join3(telling, storing, remembering).await;
    sent?;
    Ok(outcome(&document, &stored))
}

fn message<S>(audit: &Audit<'_, S>, report: &v1::Report, key: &str, post: bool) -> Message {
    let settings = audit.settings;
    // It goes out beside the report, so it names where the report is being put.
    let expected = expected(settings, key);
    let bus = settings.event_bus.as_ref();
    Message {
        notification: post.then(|| Notification::of(report, &expected)),
        detail: bus.map(|_| event_detail(report, &expected)),
    }
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
const NO_CONFIG: &str =
    "CloudTrail left the config out of the event, as it does above 100 KB, so nothing was judged";

/// There is no verdict: who changed something, and what CloudFront said, is still worth a message.
pub(super) async fn unjudged<S: Services>(
    audit: &Audit<'_, S>,
    marker: Option<Marker>,
    unjudged: Unjudged,
) -> Result<Value, Failure> {
    let change = audit.change;
    let explanation = change.failed.as_ref().map(|failed| explain(failed, &[]));
    let id = change.distribution.as_deref();
    let (trigger, why) = (trigger(change), why(&unjudged));
    let notification = Notification::unjudged(&trigger, id, &why, explanation.as_ref());
    let subject = notification.subject.clone();
    tracing::warn!(
        event = change.event_id,
        summary = subject,
        why,
        "change not judged"
    );
    let Unjudged::Failed(error) = unjudged else {
        let message = Message {
            notification: Some(notification),
            ..Message::default()
        };
        let (told, sent) = send(audit, &message, marker.as_ref()).await;
        claim::mark(audit, marker, told).await;
        sent?;
        return Ok(json!({"summary": subject}));
    };
    // It is said once, and tried again: the invocation fails.
    let mut told = marker.as_ref().map(|it| it.told).unwrap_or_default();
    let mut sent = Ok(());
    if let (Some(topic), false) = (&audit.settings.topic_arn, told.unjudged) {
        let publish = audit.services.publish(topic, &notification);
        sent = in_time(audit, topic, publish).await;
        told.unjudged = sent.is_ok();
    }
    claim::mark(audit, marker, told).await;
    sent?;
    Err(error.into())
}

fn why(unjudged: &Unjudged) -> String {
    match unjudged {
        Unjudged::NoConfig => NO_CONFIG.to_owned(),
        Unjudged::Unreadable(problem) => format!("Nothing was judged, since {problem}"),
        Unjudged::Failed(error) => format!("The change could not be judged. {error}"),
    }
}

/// Sends what did not go out so far: a channel that fails keeps no other back. Says what is told
/// now, all deliveries of the event together.
async fn send<S: Services>(
    audit: &Audit<'_, S>,
    message: &Message,
    marker: Option<&Marker>,
) -> (Told, Result<(), DeliveryError>) {
    let Audit {
        services, settings, ..
    } = audit;
    let before = marker.map(|marker| marker.told).unwrap_or_default();
    let topic = settings.topic_arn.as_deref();
    if message.notification.is_some() && topic.is_none() {
        tracing::warn!(
            event = audit.change.event_id,
            "not posted, since ORIGIN_GUARD_TOPIC_ARN is not set"
        );
    }
    let notification = message.notification.as_ref();
    let notification = topic.zip(notification).filter(|_| !before.notification);
    let bus = settings.event_bus.as_deref();
    let detail = message.detail.as_deref();
    let detail = bus.zip(detail).filter(|_| !before.event);
    let publish = async {
        match notification {
            Some((topic, notification)) => {
                let publish = services.publish(topic, notification);
                in_time(audit, topic, publish).await
            }
            None => Ok(()),
        }
    };
    let put = async {
        match detail {
            Some((bus, detail)) => in_time(audit, bus, services.put_event(bus, detail)).await,
            None => Ok(()),
        }
    };
    let (published, put) = join(publish, put).await;
    let told = Told {
        notification: before.notification || (notification.is_some() && published.is_ok()),
        event: before.event || (detail.is_some() && put.is_ok()),
        all: published.is_ok() && put.is_ok(),
        ..before
    };
    let sent = match (published, put) {
        (Err(one), Err(other)) => Err(DeliveryError {
            why: format!("{}; and {other}", one.why),
            ..one
        }),
        (one, other) => one.and(other),
    };
    (told, sent)
}

/// Leaves some time to write down what did not go out.
async fn in_time<S>(
    audit: &Audit<'_, S>,
    channel: &str,
    sending: impl Future<Output = Result<(), DeliveryError>>,
) -> Result<(), DeliveryError> {
    let limit = audit.invocation.left() * 3 / 4;
    let sent = tokio::time::timeout(limit, sending).await;
    sent.unwrap_or_else(|_elapsed| {
        Err(DeliveryError {
            what: format!("the report of event {} to {channel}", audit.change.event_id),
            why: "the function's time was up".to_owned(),
        })
    })
}
