//! Runs of verifications, which take several jobs: which job has which turn, and how the turn ended.
//!
//! Each object is written once, on the condition that there is none
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>): of two jobs with
//! the same token one has the turn, and of two deliveries of a job the first says how it goes on.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::keys;
use crate::digest::hex;
use crate::error::GuardError;
use crate::ports::{DeliveryError, Memory, ObjectKey};
use crate::request::{Continuation, RequestId, TriggerId};
use crate::timestamp::Timestamp;

/// The job that has a turn of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Turn {
    /// Its ID.
    pub job: TriggerId,
    /// When the run began: its report is kept under it.
    pub started_at: Timestamp,
}

/// How a turn ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Outcome {
    /// The job was, or is to be, answered with this token.
    Token(Continuation),
    /// The run ended with it.
    #[serde(rename_all = "camelCase")]
    Ended {
        /// Of the invocation that judges and answers.
        request_id: RequestId,
    },
}

/// Takes a turn of a run for a job, with the token that it came with; there is none at the first.
/// Returns who has the turn.
pub(crate) async fn take(
    memory: &impl Memory,
    run: &TriggerId,
    token: Option<&Continuation>,
    turn: Turn,
) -> Result<Turn, DeliveryError> {
    let key = match token {
        Some(token) => keys::turn(run, token.turn, &digest(token)),
        None => keys::turn(run, 0, "begin"),
    };
    write_once(memory, &key, turn).await
}

/// The token that the record of a turn has; `None` where there is no record, or the run has ended.
pub(crate) async fn given(
    memory: &impl Memory,
    token: &Continuation,
) -> Result<Option<Continuation>, GuardError> {
    let key = keys::outcome(&token.run, token.turn);
    let object = memory.get(&key).await?;
    let outcome = object.and_then(|it| serde_json::from_slice(&it.body).ok());
    Ok(match outcome {
        Some(Outcome::Token(given)) => Some(given),
        Some(Outcome::Ended { .. }) | None => None,
    })
}

/// Writes how a turn of a run ends, and returns how it did: another delivery may have been first.
pub(crate) async fn end(
    memory: &impl Memory,
    run: &TriggerId,
    turn: u32,
    outcome: Outcome,
) -> Result<Outcome, DeliveryError> {
    write_once(memory, &keys::outcome(run, turn), outcome).await
}

/// Writes an object unless there is one; returns what stands.
async fn write_once<T>(memory: &impl Memory, key: &ObjectKey, value: T) -> Result<T, DeliveryError>
where
    T: Serialize + for<'de> Deserialize<'de>,
{
    let body = serde_json::to_vec_pretty(&value).unwrap_or_default();
    if memory.replace(key, body, None).await? {
        return Ok(value);
    }
    let unread = |why: String| DeliveryError {
        what: format!("s3://{}/{key}", memory.bucket().unwrap_or_default()),
        why,
    };
    match memory.get(key).await {
        Ok(Some(there)) => {
            serde_json::from_slice(&there.body).map_err(|error| unread(error.to_string()))
        }
        Ok(None) => Err(unread("it was deleted while it was being read".to_owned())),
        Err(error) => Err(unread(error.to_string())),
    }
}

/// The beginning of a token's digest.
fn digest(token: &Continuation) -> String {
    let digest = hex(&Sha256::digest(token.to_text().as_bytes()));
    digest.chars().take(16).collect()
}
