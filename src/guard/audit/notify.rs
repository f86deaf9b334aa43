//! A change is reported on each channel once.

use futures_util::future::{join, join3};
use serde_json::{Value, json};

use super::claim::Delivery;
use super::{Audit, JudgedChange, Unjudged, claim, record};
use crate::delivery::{EventDetail, Notification, Stored};
use crate::guard::Failure;
use crate::guard::bounds::within;
use crate::guard::storing::{outcome, store};
use crate::judged::Trigger;
use crate::memory::markers::{Marker, Sent};
use crate::memory::reports;
use crate::ports::{DeliveryError, Services};
use crate::refusal::explain;
use crate::report::{self, Document, v1};
use crate::verdict::Verdict;

/// What is sent, where it is wanted.
#[derive(Default)]
struct Message {
    notification: Option<Notification>,
    /// For the event bus.
    detail: Option<EventDetail>,
}

/// Stores the report, posts it, and puts it on the bus, all at once; what is kept for later comes
/// after that.
pub(super) async fn of_verdict<S: Services>(
    audit: &Audit<'_, S>,
    marker: Option<Marker>,
    judged: JudgedChange,
) -> Result<Value, Failure> {
    let delivery = audit.delivery();
    let verdict = judged.outcome.judged.decision.verdict;
    // A refused config may pass every rule; CloudFront still refused it, and that is news.
    let passed = verdict == Verdict::Pass && audit.change.failed.is_none();
    let judged_at = judged.outcome.judged.judged_at;
    let report = &judged.outcome.report;
    let name = &report.distribution.name;
    let key = reports::key(name, judged_at, &audit.change.event_id);
    let region = audit.settings.region.as_ref();
    let expected = reports::place(audit.services, &key, region);
    // After a message that it could not be judged, a pass is reported too.
    let is_expected = marker.as_ref().is_some_and(|marker| marker.sent.unjudged);
    let post = !passed || audit.settings.notify_pass || is_expected;
    let message = message(audit, report, &expected, post);
    let document = Document::One(Box::new(report.clone()));
    let reporting = async {
        let (sent, outcome) = send(&delivery, &message, marker.as_ref()).await;
        let keeping = async {
            if passed {
                record::last_good(audit, &judged).await;
            }
        };
        // The marker goes out with the keeping, not after it: an invocation that is cut off while
        // it keeps must not report again.
        join(claim::mark(&delivery, marker, sent), keeping).await;
        outcome
    };
    let remembering = async {
        // A passed change becomes the last known good config itself, so only others need to be
        // remembered for the next gate.
        if verdict != Verdict::Pass {
            record::who_changed(audit).await;
        }
    };
    let until = audit.invocation.ends();
    // Beside the sending: the notification names the place where the report will be, so that a slow
    // store delays no message.
    let storing = store(audit.services, &key, expected.clone(), &document, until);
    let (sent, stored, ()) = join3(reporting, storing, remembering).await;
    sent?;
    Ok(outcome(&document, &stored))
}

/// It is sent while the report is being stored, so it names where that is `expected` to be.
fn message<S: Services>(
    audit: &Audit<'_, S>,
    report: &v1::Report,
    expected: &Result<Stored, String>,
    post: bool,
) -> Message {
    let bus = audit.settings.event_bus.as_ref();
    Message {
        notification: post.then(|| Notification::of(report, expected)),
        detail: bus.map(|_| EventDetail::of(report, expected)),
    }
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
const NO_CONFIG: &str =
    "CloudTrail left the config out of the event, as it does above 100 KB, so nothing was judged";

/// There is no verdict: the change itself, and what CloudFront said, are still worth a message.
pub(super) async fn unjudged<S: Services>(
    audit: &Audit<'_, S>,
    marker: Option<Marker>,
    unjudged: Unjudged,
) -> Result<Value, Failure> {
    let (delivery, change) = (audit.delivery(), audit.change);
    let explanation = change
        .failed
        .as_ref()
        .map(|failed| explain(failed, &[], None));
    let id = change.distribution.as_ref();
    let (trigger, why) = (report::trigger(&Trigger::from(change)), why(&unjudged));
    let notification = Notification::unjudged(&trigger, id, &why, explanation.as_ref());
    let subject = notification.subject.clone();
    tracing::warn!(
        event = change.event_id.as_str(),
        summary = subject,
        why,
        "change not judged"
    );
    let Unjudged::Failed(error) = unjudged else {
        let message = Message {
            notification: Some(notification),
            ..Message::default()
        };
        let (sent, outcome) = send(&delivery, &message, marker.as_ref()).await;
        claim::mark(&delivery, marker, sent).await;
        outcome?;
        return Ok(json!({"summary": subject}));
    };
    // It is reported once, and retried: the invocation fails.
    // Each retry comes through here; the marker holds back all messages after the first.
    let mut sent = marker.as_ref().map(|it| it.sent).unwrap_or_default();
    let mut published = Ok(());
    if let (Some(topic), false) = (&audit.settings.topic_arn, sent.unjudged) {
        let publish = audit.services.publish(topic, &notification);
        published = in_time(&delivery, topic, publish).await;
        sent.unjudged = published.is_ok();
    }
    claim::mark(&delivery, marker, sent).await;
    // A message that was not sent is the more urgent failure, so it is the one that the invocation
    // reports.
    published?;
    Err(error.into())
}

fn why(unjudged: &Unjudged) -> String {
    match unjudged {
        Unjudged::NoConfig => NO_CONFIG.to_owned(),
        Unjudged::Unreadable(problem) => format!("Nothing was judged, since {problem}"),
        Unjudged::Failed(error) => format!("The change could not be judged. {error}"),
    }
}

/// Sends a notification, where there is one and it was not sent so far.
pub(super) async fn send_notification<S: Services>(
    delivery: &Delivery<'_, S>,
    notification: Option<Notification>,
    marker: Option<&Marker>,
) -> (Sent, Result<(), DeliveryError>) {
    let message = Message {
        notification,
        ..Message::default()
    };
    send(delivery, &message, marker).await
}

/// Sends what was not sent so far: a channel that fails keeps no other back. Returns what is sent
/// now, by all deliveries of the event together.
async fn send<S: Services>(
    delivery: &Delivery<'_, S>,
    message: &Message,
    marker: Option<&Marker>,
) -> (Sent, Result<(), DeliveryError>) {
    let Delivery {
        services, settings, ..
    } = delivery;
    let before = marker.map(|marker| marker.sent).unwrap_or_default();
    let topic = settings.topic_arn.as_deref();
    if message.notification.is_some() && topic.is_none() {
        tracing::warn!(
            event = delivery.event.as_str(),
            "not posted, since ORIGIN_GUARD_TOPIC_ARN is not set"
        );
    }
    let notification = message.notification.as_ref();
    let notification = topic.zip(notification).filter(|_| !before.notification);
    let bus = settings.event_bus.as_deref();
    let detail = message.detail.as_ref();
    let detail = bus.zip(detail).filter(|_| !before.event);
    let publish = async {
        match notification {
            Some((topic, notification)) => {
                let publish = services.publish(topic, notification);
                in_time(delivery, topic, publish).await
            }
            None => Ok(()),
        }
    };
    let put = async {
        match detail {
            Some((bus, detail)) => in_time(delivery, bus, services.put_event(bus, detail)).await,
            None => Ok(()),
        }
    };
    let (published, put) = join(publish, put).await;
    let sent = Sent {
        notification: before.notification || (notification.is_some() && published.is_ok()),
        event: before.event || (detail.is_some() && put.is_ok()),
        // A channel that is not configured counts as done; otherwise no event would ever be.
        all: published.is_ok() && put.is_ok(),
        ..before
    };
    let outcome = match (published, put) {
        // Both causes: they are often one (a missing permission after a change of the role), and
        // often not.
        (Err(one), Err(other)) => Err(DeliveryError {
            why: format!("{}; and {other}", one.why),
            ..one
        }),
        (one, other) => one.and(other),
    };
    (sent, outcome)
}

/// Leaves some time to write down what was not sent.
async fn in_time<S: Services>(
    delivery: &Delivery<'_, S>,
    channel: &str,
    sending: impl Future<Output = Result<(), DeliveryError>>,
) -> Result<(), DeliveryError> {
    // A quarter is kept for the marker: a message that went out and is not marked goes out twice.
    let sent = within(delivery.invocation.share((3, 4)), sending).await;
    sent.unwrap_or_else(|interrupted| {
        Err(DeliveryError {
            what: format!("the report of event {} to {channel}", delivery.event),
            why: interrupted.to_string(),
        })
    })
}
