//! What is kept for later gates and audits. None of it is worth reporting a change twice.

use futures_util::future::TryFutureExt as _;

use super::config::live;
use super::{Audit, JudgedChange};
use crate::candidate::Live;
use crate::change::{Sameness, sameness};
use crate::distribution::{Distribution, DistributionId};
use crate::judged::Trigger;
use crate::memory::{changes, last_good as stored};
use crate::ports::Services;
use crate::request::Operation;

/// Keeps who made a version that did not pass, for a gate whose candidate is deployed over it.
pub(super) async fn who_changed<S: Services>(audit: &Audit<'_, S>) {
    let change = audit.change;
    let (Some(_), Some(id), Some(etag)) =
        (audit.services.bucket(), &change.distribution, &change.etag)
    else {
        return;
    };
    // A refused call made no version, so there is no change that a candidate could undo.
    if change.failed.is_some() {
        return;
    }
    let trigger = Trigger::from(change);
    let keep = changes::keep(audit.services, id, etag, &trigger);
    let delivery = audit.delivery();
    let kept = delivery.while_there_is_time(keep.map_err(|error| error.to_string()));
    if let Err(error) = kept.await {
        tracing::warn!(
            distribution = id.as_str(),
            error,
            "not kept who made this change"
        );
    }
}

/// Keeps a config that passed, read back from CloudFront (events hide parts of it), if it is
/// still the one that was judged.
pub(super) async fn last_good<S: Services>(audit: &Audit<'_, S>, judged: &JudgedChange) {
    let candidate = &judged.outcome.judged.candidate.distribution;
    let serves =
        // A copy makes a staging distribution of its own, and a disabled one proves nothing:
        // neither shows what serves well.
        candidate.enabled != Some(false) && audit.change.operation != Operation::CopyDistribution;
    let (Some(_), Some(id)) = (audit.services.bucket(), &candidate.id) else {
        return;
    };
    if !serves {
        return;
    }
    let delivery = audit.delivery();
    let kept = delivery.while_there_is_time(keep(audit, judged, id));
    if let Err(error) = kept.await {
        // The verdict is out; the next gate compares with live instead.
        tracing::error!(
            distribution = id.as_str(),
            error,
            "last known good not kept"
        );
    }
}

async fn keep<S: Services>(
    audit: &Audit<'_, S>,
    judged: &JudgedChange,
    id: &DistributionId,
) -> Result<(), String> {
    let read;
    // Where the live config is what was judged, it is stored as it was then, and not read a second
    // time.
    let now = if let Some(live) = &judged.live {
        live
    } else {
        let taken = live(audit.session.account(), id).await;
        read = taken.map_err(|error| error.to_string())?;
        &read
    };
    let candidate = &judged.outcome.judged.candidate.distribution;
    // By the time the config is read back, another change may be live, which has no verdict. CloudTrail
    // may leave out the version; and the version by itself proves nothing, since an event can be forged
    // with the live one.
    let etag = audit.change.etag.as_ref();
    let is_version = etag.is_none_or(|etag| *etag == now.live.etag);
    let is_judged = is_version && (judged.live.is_some() || is_same(candidate, &now.live));
    if !is_judged {
        tracing::info!(
            distribution = id.as_str(),
            "last known good not kept: what is live is not what was judged"
        );
        return Ok(());
    }
    stored::keep(audit.services, id, now, judged.good.clone()).await
}

/// Whether a verdict on a config holds for what is live. What CloudTrail hides, the values of custom
/// headers and the comment, has no part in a verdict.
fn is_same(candidate: &Distribution, live: &Live) -> bool {
    let serves = live.distribution.enabled != Some(false);
    serves && sameness(candidate, &live.distribution) != Sameness::Different
}
