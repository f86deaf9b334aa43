//! What is kept for later gates and audits. None of it is worth telling a change twice.

use serde_json::json;

use super::super::now;
use super::{Audit, Judged, trigger};
use crate::candidate::Live;
use crate::change::difference;
use crate::delivery::{DeliveryError, Keys};
use crate::distribution::Distribution;
use crate::request::Operation;
use crate::services::Services;

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
    if let Some(Err(error)) = audit.while_there_is_time(store).await {
        tracing::warn!(distribution = id, error = %error, "not kept who made this change");
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
    let kept = kept
        .await
        .unwrap_or_else(|| Err("the function's time was up".to_owned()));
    if let Err(error) = kept {
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
    let live = if let Some(live) = &judged.live {
        live
    } else {
        let live = audit.services.live(id).await;
        read = live.map_err(|error| error.to_string())?;
        &read
    };
    let is_judged = match &audit.change.etag {
        Some(etag) => *etag == live.etag,
        // CloudTrail left out the version that the change made.
        None => judged.live.is_some() || is_same(&judged.candidate.distribution, live),
    };
    if !is_judged {
        tracing::info!(
            distribution = id,
            "last known good not kept: the distribution changed again"
        );
        return Ok(());
    }
    let stored = store(audit, bucket, id, live).await;
    stored.map_err(|error| error.to_string())
}

/// Whether a verdict on a config holds for what is live.
fn is_same(candidate: &Distribution, live: &Live) -> bool {
    let serves = live.distribution.enabled != Some(false);
    serves && difference(candidate, &live.distribution).is_empty()
}

async fn store<S: Services>(
    audit: &Audit<'_, S>,
    bucket: &str,
    id: &str,
    live: &Live,
) -> Result<(), DeliveryError> {
    let document = json!({
        "schemaVersion": "1",
        "id": id,
        "etag": live.etag,
        "takenAt": now(),
        "DistributionConfig": live.config.to_value(),
    });
    let body = serde_json::to_vec_pretty(&document).unwrap_or_default();
    audit
        .services
        .store(bucket, &Keys::last_good(id), "application/json", body)
        .await
}
