//! What the sweeps of an account know from one to the next: [`State`], in a few shards that are
//! written only over what was read.

use super::keys;
use crate::distribution::AccountId;
use crate::error::GuardError;
use crate::ports::{Memory, Object, ObjectKey, ObjectVersion};
use crate::sweep::{Shard, State, Unreadable};
use crate::timestamp::Timestamp;

/// One shard as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// What it says; nothing where there was none, or none that could be read.
    pub state: State,
    /// Its version, for the next write.
    version: Option<ObjectVersion>,
    /// That what was there could not be read, and where it is now, in a sentence.
    pub note: Option<String>,
}

/// Reads a shard. What cannot be read is kept aside: it is a person's to see, and nothing that it says
/// is taken as gone.
pub(crate) async fn read(
    memory: &impl Memory,
    account: AccountId,
    shard: Shard,
    now: Timestamp,
) -> Result<Kept, GuardError> {
    let key = keys::sweep_state(account, shard);
    let Some(object) = memory.get(&key).await? else {
        return Ok(Kept::default());
    };
    match State::from_json(&object.body) {
        Ok(state) => Ok(Kept {
            state,
            version: Some(object.version),
            note: None,
        }),
        Err(why) => keep_aside(memory, account, shard, (&key, object), (&why, now)).await,
    }
}

async fn keep_aside(
    memory: &impl Memory,
    account: AccountId,
    shard: Shard,
    (key, object): (&ObjectKey, Object),
    (why, now): (&Unreadable, Timestamp),
) -> Result<Kept, GuardError> {
    let aside = keys::unreadable_sweep_state(account, shard, now);
    let put = memory.put(&aside, "application/json", object.body).await;
    // Without a copy it is not written over: the sweep fails, and is retried.
    put.map_err(|error| GuardError::Unavailable {
        subject: format!("what earlier sweeps know ({key})"),
        problem: format!("{why}, and a copy of it could not be kept: {error}"),
    })?;
    let bucket = memory.bucket().unwrap_or_default();
    Ok(Kept {
        state: State::default(),
        version: Some(object.version),
        note: Some(format!(
            "s3://{bucket}/{key}, what earlier sweeps knew, was not used: {why}. It is kept as \
             s3://{bucket}/{aside}; what it had is reported as new, and nothing of it as gone"
        )),
    })
}

/// Changes a shard, and writes it over the version that was read. Where another sweep has written since,
/// it is read and changed again: `change` is of what is there, and gives what came of that.
pub(crate) async fn change<T>(
    memory: &impl Memory,
    account: AccountId,
    shard: Shard,
    now: Timestamp,
    mut kept: Kept,
    change: impl Fn(&mut State) -> T,
) -> Result<T, GuardError> {
    /// Each time another sweep has written just then.
    const ATTEMPTS: usize = 10;
    let key = keys::sweep_state(account, shard);
    for _ in 0..ATTEMPTS {
        let mut state = kept.state.clone();
        let made = change(&mut state);
        // Nothing to write, and no object of an account in which nothing was ever broken.
        if state == kept.state {
            return Ok(made);
        }
        let body = state.to_json();
        let replaced = memory.replace(&key, body, kept.version.as_ref()).await;
        let replaced = replaced.map_err(|error| GuardError::Unavailable {
            subject: "what sweeps know".to_owned(),
            problem: error.to_string(),
        })?;
        if replaced {
            return Ok(made);
        }
        kept = read(memory, account, shard, now).await?;
    }
    Err(GuardError::Unavailable {
        subject: format!("what sweeps know ({key})"),
        problem: "it was replaced again and again".to_owned(),
    })
}
