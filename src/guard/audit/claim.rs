//! Which invocation reports an event that may be delivered several times, and what of it is reported.

use std::time::{Duration, Instant};

use futures_util::future::TryFutureExt as _;

use crate::guard::Invocation;
use crate::guard::bounds::{Interrupted, within};
use crate::guard::clock::now;
use crate::memory::markers::{self, Claim, Marker, Sent};
use crate::ports::{DeliveryError, Services};
use crate::request::TriggerId;
use crate::settings::Settings;

/// How often it is checked whether another invocation has reported the event.
const PAUSE: Duration = Duration::from_secs(1);

/// An event to report, and what is at hand for that.
pub(super) struct Delivery<'a, S: Services> {
    pub services: &'a S,
    pub settings: &'a Settings,
    pub invocation: &'a Invocation,
    /// CloudTrail's ID of it.
    pub event: &'a TriggerId,
}

impl<S: Services> Delivery<'_, S> {
    /// What is no part of reporting has what time is left: it must not make an invocation fail that
    /// has reported.
    pub(super) async fn while_there_is_time<T>(
        &self,
        work: impl Future<Output = Result<T, String>>,
    ) -> Result<T, String> {
        let done = within(self.invocation.ends(), work).await;
        done.unwrap_or_else(|interrupted| Err(interrupted.to_string()))
    }
}

/// Why an event is not this invocation's to report.
pub(super) enum StandDown {
    /// All of it is reported.
    Reported,
    /// Another invocation is at it, and may still fail.
    Busy(DeliveryError),
}

/// Claims the event: its marker, as this invocation has it; none where nothing is stored.
///
/// While another invocation may be reporting, this one waits for it: if that one fails, this one has
/// to report.
pub(super) async fn claim<S: Services>(
    delivery: &Delivery<'_, S>,
) -> Result<Option<Marker>, StandDown> {
    let event = delivery.event;
    if delivery.services.bucket().is_none() {
        tracing::warn!(
            event = event.as_str(),
            "duplicates are possible, since ORIGIN_GUARD_REPORT_BUCKET is not set"
        );
        return Ok(None);
    }
    let own = Marker {
        request_id: delivery.invocation.request_id.clone(),
        claimed_at: Some(now()),
        runs_until: Some(delivery.invocation.runs_until()),
        sent: Sent::default(),
    };
    // As long as judging may take: what comes after it is reserved for sending.
    let until = delivery.invocation.judging_until();
    let mut other = None;
    loop {
        match attempt(delivery, &own).await {
            Ok(Attempt::Ours(marker)) => return Ok(Some(marker)),
            Ok(Attempt::Theirs(marker)) if marker.sent.all => return Err(StandDown::Reported),
            // Once another claim was seen, an error of the store no longer proves that this
            // invocation is the only one: it keeps waiting.
            Ok(Attempt::Theirs(marker)) => other = Some(marker.request_id),
            // Reporting twice is better than not at all.
            Err(error) if other.is_none() => {
                not_claimed(event, &error);
                return Ok(Some(own));
            }
            Err(_) => {}
        }
        // Failing is what brings the event back: Lambda retries an asynchronous invocation, and by
        // then the other one has reported or its time is over.
        if Instant::now() + PAUSE >= until {
            let other = other.unwrap_or_default();
            return Err(StandDown::Busy(DeliveryError {
                what: format!("the report of event {event}"),
                why: format!("invocation {other} has claimed it, and has not reported it so far"),
            }));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

enum Attempt {
    Ours(Marker),
    Theirs(Marker),
}

async fn attempt<S: Services>(
    delivery: &Delivery<'_, S>,
    own: &Marker,
) -> Result<Attempt, DeliveryError> {
    let event = delivery.event;
    let late = |interrupted: Interrupted| DeliveryError {
        what: format!("the marker of event {event}"),
        why: interrupted.to_string(),
    };
    let claiming = markers::claim(delivery.services, event, own);
    let claim = delivery
        .invocation
        .patiently(claiming)
        .await
        .map_err(late)??;
    let Claim::Taken {
        marker: theirs,
        version,
    } = claim
    else {
        return Ok(Attempt::Ours(own.clone()));
    };
    // Its deadline has not passed and it is another request: it may still send.
    if theirs.sent.all || !theirs.yields_to(&own.request_id, now()) {
        return Ok(Attempt::Theirs(theirs));
    }
    let ours = Marker {
        // What the failed invocation sent stays sent; only the rest is this one's.
        sent: theirs.sent,
        ..own.clone()
    };
    let replacing = markers::replace(delivery.services, event, &ours, &version);
    let replaced = delivery.invocation.patiently(replacing).await;
    match replaced.map_err(late).flatten() {
        Ok(true) => Ok(Attempt::Ours(ours)),
        // A third delivery replaced the marker in between (412), so that one reports.
        Ok(false) => Ok(Attempt::Theirs(theirs)),
        Err(error) => {
            // What was sent is known at least.
            not_claimed(event, &error);
            Ok(Attempt::Ours(ours))
        }
    }
}

fn not_claimed(event: &TriggerId, error: &DeliveryError) {
    tracing::error!(event = event.as_str(), error = %error, "event not claimed: duplicates are possible");
}

/// Writes down what was sent: a later delivery sends the rest, or nothing.
pub(super) async fn mark<S: Services>(
    delivery: &Delivery<'_, S>,
    marker: Option<Marker>,
    sent: Sent,
) {
    let (Some(_), Some(mut marker)) = (delivery.services.bucket(), marker) else {
        return;
    };
    marker.sent = sent;
    if !sent.all {
        // This invocation fails now; the next one need not wait for its end.
        marker.runs_until = None;
    }
    let event = delivery.event;
    let write = markers::write(delivery.services, event, &marker);
    let written = delivery.while_there_is_time(write.map_err(|error| error.to_string()));
    if let Err(error) = written.await {
        tracing::error!(
            event = event.as_str(),
            error,
            "not marked what was sent: duplicates are possible"
        );
    }
}
