//! What was last known good: at depth full each distribution is compared with it, and one that passes
//! and has none gets one.

use sha2::{Digest as _, Sha256};

use super::patience::Pauses;
use crate::candidate::{Listed, Live};
use crate::digest::hex;
use crate::distribution::DistributionId;
use crate::error::GuardError;
use crate::guard::clock::now;
use crate::guard::drift;
use crate::judged::Baseline;
use crate::memory::last_good::{self, Snapshot};
use crate::memory::{changes, keys};
use crate::ports::{Account, Memory};
use crate::rule::Severity;
use crate::sweep::{Fingerprint, Seen};

/// What the digest calls it that live is not what was last known good. It is no rule: it says nothing
/// of the origin contract.
pub(super) const DRIFT: &str = "drift";

/// What there is of a distribution from before.
#[derive(Default)]
pub(super) struct Past {
    /// That live is another one, as a finding.
    pub drift: Option<(Fingerprint, Seen)>,
    /// Why that is not known, as a sentence.
    pub unknown: Option<String>,
    /// Whether nothing was ever known to be good.
    pub has_none: bool,
    /// What CloudFront runs now, where that was read.
    pub live: Option<Snapshot>,
}

/// Reads what a distribution was when it last passed, and what it is now if that is another version.
pub(super) async fn of(
    account: &impl Account,
    memory: &impl Memory,
    listed: &Listed,
    id: &DistributionId,
    pauses: Pauses,
) -> Past {
    let mut past = Past::default();
    // Members that no list shows, and that a rule needs: what a tenant may set.
    if listed.distribution.multi_tenant {
        match live(account, id, pauses).await {
            Ok(live) => past.live = Some(live),
            Err(error) => {
                past.unknown = Some(format!("its tenant parameters were not read: {error}"));
            }
        }
    }
    if memory.bucket().is_none() {
        return past;
    }
    let good = match last_good::read(memory, id).await {
        Ok(Some(good)) => good,
        Ok(None) => {
            past.has_none = true;
            return past;
        }
        Err(error) => {
            past.unknown = Some(format!("the last known good config was not read: {error}"));
            return past;
        }
    };
    if listed.distribution.etag.as_ref() == Some(&good.etag) {
        return past;
    }
    let now = match past.live.take() {
        Some(live) => Ok(live),
        None => live(account, id, pauses).await,
    };
    match now {
        Ok(now) => {
            past.drift = compared(memory, id, &good.into_baseline(), &now.live).await;
            past.live = Some(now);
        }
        Err(error) => past.unknown = Some(format!("the live config was not read: {error}")),
    }
    past
}

async fn compared(
    memory: &impl Memory,
    id: &DistributionId,
    good: &Baseline,
    live: &Live,
) -> Option<(Fingerprint, Seen)> {
    let by = changes::read(memory, id, &live.etag).await;
    let message = drift::since(good, &live.distribution, by.as_ref())?;
    let digest = Sha256::digest(format!("{DRIFT}:{id}:{}", live.etag));
    let mut fingerprint = hex(&digest);
    // As long as those of findings.
    fingerprint.truncate(16);
    let bucket = memory.bucket().unwrap_or_default();
    let key = keys::last_good(id);
    let seen = Seen {
        rule: DRIFT.to_owned(),
        severity: Severity::Warning,
        message,
        remediation: format!(
            "deploy the config that is meant to be live; or, where what is live is meant, delete \
             s3://{bucket}/{key}: the next sweep of depth full keeps what is live if that passes"
        ),
        origin: None,
    };
    Some((Fingerprint::from(fingerprint), seen))
}

/// Keeps what is live of a distribution that passes and of which nothing is kept.
pub(super) async fn keep(
    account: &impl Account,
    memory: &impl Memory,
    listed: &Listed,
    (id, past): (&DistributionId, &Past),
    pauses: Pauses,
) {
    let kept = async {
        let read;
        let now = if let Some(now) = &past.live {
            now
        } else {
            let taken = live(account, id, pauses).await;
            read = taken.map_err(|error| error.to_string())?;
            &read
        };
        // Only what was judged: it may have been changed since it was listed.
        if listed.distribution.etag.as_ref() != Some(&now.live.etag) {
            return Ok(());
        }
        last_good::keep(memory, id, now, None).await
    };
    if let Err(error) = kept.await {
        tracing::warn!(distribution = %id, error, "last known good not kept");
    }
}

/// What CloudFront runs now; where it asks to slow down, this waits.
async fn live(
    account: &impl Account,
    id: &DistributionId,
    mut pauses: Pauses,
) -> Result<Snapshot, GuardError> {
    loop {
        let taken_at = now();
        match account.live(id).await {
            Ok(live) => return Ok(Snapshot { live, taken_at }),
            Err(GuardError::Unavailable { .. }) if pauses.wait().await => {}
            Err(error) => return Err(error),
        }
    }
}
