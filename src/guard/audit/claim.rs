//! Who tells of an event that may come several times, and what of it is told already.

use std::time::{Duration, Instant};

use futures_util::future::TryFutureExt as _;

use super::super::now;
use super::Audit;
use crate::memory::{Keys, Marker, Told};
use crate::ports::Services;
use crate::ports::{Claim, DeliveryError};

/// How often it is looked whether another invocation has told of the event.
const PAUSE: Duration = Duration::from_secs(1);

/// Why an event is not this invocation's to tell.
pub(super) enum StandDown {
    /// All of it is told.
    Told,
    /// Another invocation is at it, and may still fail.
    Busy(DeliveryError),
}

/// Claims the event: its marker, as this invocation has it; none where nothing is stored.
///
/// While another invocation may be telling, this one waits for it: if that one fails, somebody has
/// to tell.
pub(super) async fn claim<S: Services>(audit: &Audit<'_, S>) -> Result<Option<Marker>, StandDown> {
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
    let until = audit.invocation.judging_until();
    let mut other = None;
    loop {
        match attempt(audit, bucket, &own).await {
            Ok(Attempt::Ours(marker)) => return Ok(Some(marker)),
            Ok(Attempt::Theirs(marker)) if marker.told.all => return Err(StandDown::Told),
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
            return Err(StandDown::Busy(DeliveryError {
                what: format!("the report of event {event}"),
                why: format!("invocation {other} has claimed it, and has not told of it so far"),
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
    audit: &Audit<'_, S>,
    bucket: &str,
    own: &Marker,
) -> Result<Attempt, DeliveryError> {
    let key = Keys::marker(&audit.change.event_id);
    let late = || DeliveryError {
        what: format!("s3://{bucket}/{key}"),
        why: "AWS did not answer in time".to_owned(),
    };
    let claiming = audit.services.claim(bucket, &key, own.to_json());
    let claim = audit.invocation.patiently(claiming).await;
    let Claim::Taken { marker, version } = claim.unwrap_or_else(|| Err(late()))? else {
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
    let replacing = audit.services.replace(bucket, &key, body, Some(&version));
    let replaced = audit.invocation.patiently(replacing).await;
    match replaced.unwrap_or_else(|| Err(late())) {
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
    let stored = audit.while_there_is_time(store.map_err(|error| error.to_string()));
    if let Err(error) = stored.await {
        tracing::error!(
            event,
            error,
            "not marked what was told: duplicates are possible"
        );
    }
}
