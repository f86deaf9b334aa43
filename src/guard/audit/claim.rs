//! Who tells of an event that may come several times, and what of it is told already.

use std::time::{Duration, Instant};

use super::super::now;
use super::Audit;
use crate::delivery::{Claim, DeliveryError, Keys, Marker, Told};
use crate::services::Services;

/// How often it is looked whether another invocation has told of the event.
const PAUSE: Duration = Duration::from_secs(1);

/// Why an event is not this invocation's to tell.
pub(super) enum NotOurs {
    /// All of it is told.
    Told,
    /// Another invocation is at it, and may still fail.
    Busy(DeliveryError),
}

/// Claims the event: its marker, as this invocation has it; none where nothing is stored.
///
/// While another invocation may be telling, this one waits for it: if that one fails, somebody has
/// to tell.
pub(super) async fn claim<S: Services>(audit: &Audit<'_, S>) -> Result<Option<Marker>, NotOurs> {
    let event = &audit.change.event_id;
    let Some(bucket) = &audit.settings.report_bucket else {
        tracing::warn!(
            event,
            "duplicates are possible, since ORIGIN_GUARD_REPORT_BUCKET is not set"
        );
        return Ok(None);
    };
    let own = Marker {
        request_id: audit.invocation.request_id.clone(),
        claimed_at: now(),
        runs_until: audit.invocation.runs_until(),
        told: Told::default(),
    };
    let until = Instant::now() + audit.invocation.budget();
    let mut other = None;
    loop {
        let attempt = audit.patiently(attempt(audit, bucket, &own)).await;
        match attempt.unwrap_or_else(|| Err(late(bucket, event))) {
            Ok(Attempt::Ours(marker)) => return Ok(Some(marker)),
            Ok(Attempt::Theirs(marker)) if marker.told.all => return Err(NotOurs::Told),
            Ok(Attempt::Theirs(marker)) => other = Some(marker.request_id),
            // Telling twice is better than not at all.
            Err(error) if other.is_none() => {
                not_claimed(event, &error);
                return Ok(Some(own));
            }
            Err(_) => {}
        }
        if Instant::now() + PAUSE >= until {
            let other = other.unwrap_or_default();
            return Err(NotOurs::Busy(DeliveryError {
                what: format!("the report of event {event}"),
                why: format!("invocation {other} has claimed it, and has not told of it so far"),
            }));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn late(bucket: &str, event: &str) -> DeliveryError {
    DeliveryError {
        what: format!("s3://{bucket}/{}", Keys::marker(event)),
        why: "AWS did not answer in time".to_owned(),
    }
}

enum Attempt {
    Ours(Marker),
    Theirs(Marker),
}

async fn attempt<S: Services>(
    audit: &Audit<'_, S>,
    bucket: &str,
    own: &Marker,
) -> Result<Attempt, DeliveryError> {
    let key = Keys::marker(&audit.change.event_id);
    let claim = audit.services.claim(bucket, &key, own.to_json()).await?;
    let Claim::Taken { marker, version } = claim else {
        return Ok(Attempt::Ours(own.clone()));
    };
    let theirs = Marker::from_json(&marker);
    if theirs.told.all || !theirs.yields_to(&own.request_id, &now()) {
        return Ok(Attempt::Theirs(theirs));
    }
    let ours = Marker {
        told: theirs.told,
        ..own.clone()
    };
    let body = ours.to_json();
    let replaced = audit.services.replace(bucket, &key, body, Some(&version));
    match replaced.await {
        Ok(true) => Ok(Attempt::Ours(ours)),
        Ok(false) => Ok(Attempt::Theirs(theirs)),
        Err(error) => {
            // What was told is known at least.
            not_claimed(&audit.change.event_id, &error);
            Ok(Attempt::Ours(ours))
        }
    }
}

fn not_claimed(event: &str, error: &DeliveryError) {
    tracing::error!(event, error = %error, "event not claimed: duplicates are possible");
}

/// Writes down what was told: a later delivery tells the rest, or nothing.
pub(super) async fn mark<S: Services>(audit: &Audit<'_, S>, marker: Option<Marker>, told: Told) {
    let (Some(bucket), Some(mut marker)) = (&audit.settings.report_bucket, marker) else {
        return;
    };
    marker.told = told;
    if !told.all {
        // This invocation fails now; whoever comes next need not wait for its end.
        marker.runs_until.clear();
    }
    let event = &audit.change.event_id;
    let (key, body) = (Keys::marker(event), marker.to_json());
    let store = audit.services.store(bucket, &key, "application/json", body);
    if let Some(Err(error)) = audit.while_there_is_time(store).await {
        tracing::error!(event, error = %error, "not marked what was told: duplicates are possible");
    }
}

/// Leaves the event to whoever comes next.
pub(super) async fn give_up<S: Services>(audit: &Audit<'_, S>, marker: Option<Marker>) {
    if let Some(told) = marker.as_ref().map(|marker| marker.told) {
        mark(audit, marker, told).await;
    }
}
