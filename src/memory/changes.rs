//! Who made a version of a distribution that did not pass: for the next gate, whose candidate is
//! deployed over it.

use super::keys;
use crate::distribution::{DistributionId, ETag};
use crate::judged::Trigger;
use crate::ports::{DeliveryError, Memory};
use crate::report::{self, v1};
use crate::timestamp::Timestamp;

/// The last call that changed a distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LastChange {
    /// The API's name.
    pub call: String,
    /// Who called; absent where CloudTrail does not say.
    pub actor: Option<String>,
    /// By which way.
    pub via: Option<String>,
    /// When, where the event said that.
    pub time: Option<Timestamp>,
}

/// Keeps who made a version.
pub(crate) async fn keep(
    memory: &impl Memory,
    distribution: &DistributionId,
    etag: &ETag,
    trigger: &Trigger,
) -> Result<(), DeliveryError> {
    let body = serde_json::to_vec_pretty(&report::trigger(trigger)).unwrap_or_default();
    let key = keys::change(distribution, etag);
    memory.put(&key, "application/json", body).await
}

/// Reads who made a version; nothing where that is not stored or cannot be read, since a message
/// without it only says less.
pub(crate) async fn read(
    memory: &impl Memory,
    distribution: &DistributionId,
    etag: &ETag,
) -> Option<LastChange> {
    let key = keys::change(distribution, etag);
    let object = memory.get(&key).await.unwrap_or_else(|error| {
        tracing::info!(key = key.as_str(), error = %error, "not known who made this version");
        None
    });
    let stored: v1::Trigger = serde_json::from_slice(&object?.body).ok()?;
    let event = stored.event?;
    Some(LastChange {
        call: event.name,
        actor: stored.actor,
        via: stored.via,
        time: Timestamp::parse(&event.time),
    })
}
