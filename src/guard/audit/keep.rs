//! What is kept for later gates and audits. None of it is worth telling a change twice.

use futures_util::future::TryFutureExt as _;
use serde_json::json;

use super::config::Snapshot;
use super::{Audit, Judged, trigger};
use crate::candidate::{LastGood, Live};
use crate::change::difference;
use crate::distribution::Distribution;
use crate::error::GuardError;
use crate::memory::Keys;
use crate::ports::Services;
use crate::request::Operation;

/// The last known good config, as it was stored when it was read.
#[derive(Clone)]
pub(super) struct Kept {
    version: Option<String>,
    taken_at: String,
}

impl Kept {
    pub fn of(good: &LastGood) -> Self {
        Self {
            version: good.version.clone(),
            taken_at: good.taken_at.clone(),
        }
    }
}

/// Keeps who made a version that did not pass, for whoever deploys over it.
pub(super) async fn who_changed<S: Services>(audit: &Audit<'_, S>) {
    let change = audit.change;
    let (Some(bucket), Some(id), Some(etag)) = (
        &audit.settings.report_bucket,
        &change.distribution,
        &change.etag,
    ) else {
        return;
    };
    if change.failed.is_some() {
        return;
    }
    let body = serde_json::to_vec_pretty(&trigger(change)).unwrap_or_default();
    let key = Keys::change(id, etag);
    let store = audit.services.store(bucket, &key, "application/json", body);
    let kept = audit.while_there_is_time(store.map_err(|error| error.to_string()));
    if let Err(error) = kept.await {
        tracing::warn!(distribution = id, error, "not kept who made this change");
    }
}

/// Keeps a config that passed, read back from CloudFront (events hide parts of it), if it is
/// still the one that was judged.
pub(super) async fn last_good<S: Services>(audit: &Audit<'_, S>, judged: &Judged) {
    let candidate = &judged.candidate.distribution;
    let serves =
        candidate.enabled != Some(false) && audit.change.operation != Operation::CopyDistribution;
    let (Some(bucket), Some(id)) = (&audit.settings.report_bucket, &candidate.id) else {
        return;
    };
    if !serves {
        return;
    }
    let kept = audit.while_there_is_time(keep(audit, judged, bucket, id));
    if let Err(error) = kept.await {
        // The verdict is out; the next gate compares with live instead.
        tracing::error!(distribution = id, error, "last known good not kept");
    }
}

async fn keep<S: Services>(
    audit: &Audit<'_, S>,
    judged: &Judged,
    bucket: &str,
    id: &str,
) -> Result<(), String> {
    let read;
    let now = if let Some(live) = &judged.live {
        live
    } else {
        let taken = Snapshot::take(audit.services, id).await;
        read = taken.map_err(|error| error.to_string())?;
        &read
    };
    let is_judged = match &audit.change.etag {
        Some(etag) => *etag == now.live.etag,
        // CloudTrail left out the version that the change made.
        None => judged.live.is_some() || is_same(&judged.candidate.distribution, &now.live),
    };
    if !is_judged {
        tracing::info!(
            distribution = id,
            "last known good not kept: the distribution changed again"
        );
        return Ok(());
    }
    store(audit, bucket, id, now, judged.good.clone()).await
}

/// Whether a verdict on a config holds for what is live.
fn is_same(candidate: &Distribution, live: &Live) -> bool {
    let serves = live.distribution.enabled != Some(false);
    serves && difference(candidate, &live.distribution).is_empty()
}

/// Overwrites what was stored when it was read, if that was live before: of two audits that end at
/// the same time, the one that looked later is right.
async fn store<S: Services>(
    audit: &Audit<'_, S>,
    bucket: &str,
    id: &str,
    now: &Snapshot,
    mut stored: Option<Kept>,
) -> Result<(), String> {
    /// Each time another audit has ended just then.
    const TRIES: usize = 3;
    let document = json!({
        "schemaVersion": "1",
        "id": id,
        "etag": now.live.etag,
        "takenAt": now.taken_at,
        "DistributionConfig": now.live.config.to_value(),
    });
    let key = Keys::last_good(id);
    let body = serde_json::to_vec_pretty(&document).unwrap_or_default();
    let services = audit.services;
    for _ in 0..TRIES {
        let before = stored.as_ref();
        if before.is_some_and(|before| before.taken_at > now.taken_at) {
            tracing::info!(
                distribution = id,
                "last known good not kept: there is a later one"
            );
            return Ok(());
        }
        let version = before.and_then(|before| before.version.as_deref());
        let replaced = services.replace(bucket, &key, body.clone(), version);
        if replaced.await.map_err(|error| error.to_string())? {
            return Ok(());
        }
        stored = match services.last_good(id).await {
            Ok(other) => other.as_ref().map(Kept::of),
            // What is no config is nobody's baseline.
            Err(GuardError::Configuration { .. }) => {
                let store = services.store(bucket, &key, "application/json", body);
                return store.await.map_err(|error| error.to_string());
            }
            Err(error) => return Err(error.to_string()),
        };
    }
    Err("it was replaced again and again".to_owned())
}
