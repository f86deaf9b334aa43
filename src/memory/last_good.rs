//! The last known good config of each distribution: what was live when it last passed.

use serde_json::json;

use super::keys;
use crate::candidate::{Live, Source, read_node};
use crate::distribution::{Distribution, DistributionId, ETag};
use crate::document::Node;
use crate::error::GuardError;
use crate::judged::{Baseline, BaselineSource};
use crate::ports::{DeliveryError, Memory, Object, ObjectKey, ObjectVersion};
use crate::timestamp::Timestamp;

/// A config that was stored after a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LastGood {
    /// The config.
    pub config: Distribution,
    /// Its version when it was live.
    pub etag: ETag,
    /// When it was stored, and in which version of the object.
    pub stamp: Stamp,
}

/// What distinguishes a stored config from a later one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// When the config was live; what has no time is older than all that has.
    pub taken_at: Option<Timestamp>,
    /// The version of the object that it is stored as.
    version: ObjectVersion,
}

/// What is live at a time.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    /// What CloudFront says.
    pub live: Live,
    /// When it was asked for.
    pub taken_at: Timestamp,
}

impl LastGood {
    /// The config as a baseline.
    pub(crate) fn into_baseline(self) -> Baseline {
        Baseline {
            config: self.config,
            source: BaselineSource::Read(Source::LastGood),
            etag: Some(self.etag),
            taken_at: self.stamp.taken_at,
        }
    }
}

/// Reads the last known good config of a distribution; `None` where none is stored.
pub(crate) async fn read(
    memory: &impl Memory,
    distribution: &DistributionId,
) -> Result<Option<LastGood>, GuardError> {
    let key = keys::last_good(distribution);
    match memory.get(&key).await? {
        Some(object) => parse(memory, distribution, &key, object).map(Some),
        None => Ok(None),
    }
}

fn parse(
    memory: &impl Memory,
    distribution: &DistributionId,
    key: &ObjectKey,
    object: Object,
) -> Result<LastGood, GuardError> {
    // The guard wrote it, but a person may have edited it. It is not silently ignored: a gate would
    // then compare with live without saying so.
    let node = Node::from_json(&object.body).map_err(|error| {
        let bucket = memory.bucket().unwrap_or_default();
        GuardError::configuration(
            format!("s3://{bucket}/{key} cannot be read: {error}"),
            "Delete it; the next change that passes stores another",
        )
    })?;
    let text = |key: &str| {
        let text = node.get(key).and_then(Node::text);
        text.unwrap_or_default().to_owned()
    };
    let mut config = read_node(key.as_str(), &node)?;
    let etag = ETag::from(text("etag"));
    config.id = Some(distribution.clone());
    config.etag = Some(etag.clone());
    Ok(LastGood {
        config,
        etag,
        stamp: Stamp {
            taken_at: Timestamp::parse(&text("takenAt")),
            version: object.version,
        },
    })
}

/// Stores what is live, over what was stored when it was read, if that was live before: of two audits
/// that end at the same time, the one that read later is right.
pub(crate) async fn keep(
    memory: &impl Memory,
    distribution: &DistributionId,
    now: &Snapshot,
    mut stored: Option<Stamp>,
) -> Result<(), String> {
    /// Each time another audit has ended just then.
    const ATTEMPTS: usize = 3;
    let key = keys::last_good(distribution);
    let body = document(distribution, now);
    let failed = |error: DeliveryError| error.to_string();
    for _ in 0..ATTEMPTS {
        // Compared each time: the one that was written in between may be the later one.
        let before = stored.as_ref();
        if before.is_some_and(|before| before.taken_at > Some(now.taken_at)) {
            tracing::info!(
                distribution = distribution.as_str(),
                "last known good not kept: there is a later one"
            );
            return Ok(());
        }
        let version = before.map(|before| &before.version);
        let replaced = memory.replace(&key, body.clone(), version).await;
        if replaced.map_err(failed)? {
            return Ok(());
        }
        stored = match read(memory, distribution).await {
            Ok(other) => other.map(|other| other.stamp),
            // What is no config is no baseline for anything.
            Err(GuardError::Configuration { .. }) => {
                let put = memory.put(&key, "application/json", body).await;
                return put.map_err(failed);
            }
            Err(error) => return Err(error.to_string()),
        };
    }
    Err("it was replaced again and again".to_owned())
}

fn document(distribution: &DistributionId, now: &Snapshot) -> Vec<u8> {
    let document = json!({
        "schemaVersion": "1",
        "id": distribution.as_str(),
        "etag": now.live.etag.as_str(),
        "takenAt": now.taken_at,
        // As CloudFront has it, with members that the model does not know, so that a later version
        // of Origin Guard can compare them. Header values were hidden when the XML was read.
        "DistributionConfig": now.live.config.to_value(),
    });
    serde_json::to_vec_pretty(&document).unwrap_or_default()
}
