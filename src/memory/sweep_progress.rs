//! How far a sweep has come that goes on in another invocation.

use serde::{Deserialize, Serialize};

use super::keys;
use crate::distribution::AccountId;
use crate::error::GuardError;
use crate::ports::{DeliveryError, Memory, ObjectVersion};
use crate::report::v1::SweptDistribution;
use crate::sweep::{Depth, RunId};
use crate::timestamp::Timestamp;

/// A sweep between two of its invocations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Progress {
    /// The sweep.
    pub run: RunId,
    /// How many invocations it has had.
    pub step: u32,
    /// What it asks.
    pub depth: Depth,
    /// When its first invocation began.
    pub began: Timestamp,
    /// Where the next page of the list of distributions begins; absent for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
    /// What came of the distributions that it has reached.
    pub distributions: Vec<SweptDistribution>,
    /// How many distributions of the list could not be read.
    #[serde(default)]
    pub unreadable: usize,
    /// What its digest says beside that, in sentences.
    pub notes: Vec<String>,
}

/// What is kept of a sweep, with its version; `None` where nothing is.
pub(crate) async fn read(
    memory: &impl Memory,
    account: AccountId,
    run: &RunId,
) -> Result<Option<(Progress, ObjectVersion)>, GuardError> {
    let key = keys::sweep_progress(account, run);
    let Some(object) = memory.get(&key).await? else {
        return Ok(None);
    };
    match serde_json::from_slice(&object.body) {
        Ok(progress) => Ok(Some((progress, object.version))),
        Err(error) => Err(GuardError::configuration(
            format!(
                "s3://{}/{key} cannot be read: {error}",
                memory.bucket().unwrap_or_default()
            ),
            "Delete it; the next sweep begins anew",
        )),
    }
}

/// Writes how far a sweep has come over what was read of it; `false` where another delivery of the same
/// event has written since.
pub(crate) async fn write(
    memory: &impl Memory,
    account: AccountId,
    progress: &Progress,
    version: Option<&ObjectVersion>,
) -> Result<bool, DeliveryError> {
    let key = keys::sweep_progress(account, &progress.run);
    let body = serde_json::to_vec(progress).unwrap_or_default();
    memory.replace(&key, body, version).await
}
