//! Markers: which invocation has claimed a job or an event, and what of it was reported.

use serde::{Deserialize, Deserializer, Serialize};

use super::keys;
use crate::ports::{DeliveryError, Memory, ObjectVersion};
use crate::request::{RequestId, TriggerId};
use crate::timestamp::Timestamp;

/// What a marker says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Marker {
    /// Of the invocation that claimed it.
    pub request_id: RequestId,
    /// When it was claimed; absent in a marker that could not be read.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<Timestamp>,
    /// When that invocation has ended for certain; absent once it has failed.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub runs_until: Option<Timestamp>,
    /// What was sent so far.
    #[serde(rename = "reported", alias = "told")]
    pub sent: Sent,
}

/// What was sent about an event, by any of its deliveries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is sent, or not, on its own"
)]
pub(crate) struct Sent {
    /// The notification.
    pub notification: bool,
    /// The report on the event bus.
    pub event: bool,
    /// That the change could not be judged; the invocation is retried.
    pub unjudged: bool,
    /// All that there was to send: a later delivery has nothing to do.
    pub all: bool,
}

/// An empty text was written for no time; of anything else than a time the rest of the marker still
/// counts.
fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(Timestamp::parse(&String::deserialize(deserializer)?))
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Claim {
    /// This invocation was first.
    Ours,
    /// Another was.
    Taken {
        /// Its marker.
        marker: Marker,
        /// The version of its marker, for [`replace`].
        version: ObjectVersion,
    },
}

impl Marker {
    /// Whether an invocation may take the event over `now`: the one that claimed it has failed or has
    /// ended, or it is the same one, which Lambda retries.
    #[must_use]
    // Of one without a deadline none is older: an invocation that has failed holds nothing back.
    pub(crate) fn yields_to(&self, request_id: &RequestId, now: Timestamp) -> bool {
        self.request_id == *request_id || self.runs_until < Some(now)
    }

    /// A marker that cannot be read says nothing, and so holds nothing back.
    fn from_json(content: &[u8]) -> Self {
        serde_json::from_slice(content).unwrap_or_default()
    }

    fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// Claims a job or an event, unless it is claimed; then its marker is read.
pub(crate) async fn claim(
    memory: &impl Memory,
    trigger: &TriggerId,
    marker: &Marker,
) -> Result<Claim, DeliveryError> {
    let key = keys::marker(trigger);
    // If-None-Match: *
    // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html): of many
    // deliveries at the same time, S3 lets one through.
    if memory.replace(&key, marker.to_json(), None).await? {
        return Ok(Claim::Ours);
    }
    let unread = |why: String| DeliveryError {
        what: format!("s3://{}/{key}", memory.bucket().unwrap_or_default()),
        why,
    };
    match memory.get(&key).await {
        Ok(Some(there)) => Ok(Claim::Taken {
            marker: Marker::from_json(&there.body),
            version: there.version,
        }),
        // A lifecycle rule or a person deleted it between the two requests; the caller goes on
        // without a claim.
        Ok(None) => Err(unread(
            "it was deleted while it was being claimed".to_owned(),
        )),
        Err(error) => Err(unread(error.to_string())),
    }
}

/// Writes a marker over the version that was read; `false` if it is another by now.
pub(crate) async fn replace(
    memory: &impl Memory,
    trigger: &TriggerId,
    marker: &Marker,
    version: &ObjectVersion,
) -> Result<bool, DeliveryError> {
    let key = keys::marker(trigger);
    memory.replace(&key, marker.to_json(), Some(version)).await
}

/// Writes a marker, whatever is there.
pub(crate) async fn write(
    memory: &impl Memory,
    trigger: &TriggerId,
    marker: &Marker,
) -> Result<(), DeliveryError> {
    let key = keys::marker(trigger);
    memory.put(&key, "application/json", marker.to_json()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_yields_to_its_own_retry_and_to_others_once_its_invocation_has_ended() {
        let [running, over] = ["2026-11-23T10:01:00Z", "2026-11-23T10:01:01Z"]
            .map(|text| Timestamp::parse(text).unwrap());
        let marker = Marker {
            request_id: "first".into(),
            runs_until: Some(running),
            ..Marker::default()
        };
        assert!(marker.yields_to(&"first".into(), running));
        assert!(!marker.yields_to(&"second".into(), running));
        assert!(marker.yields_to(&"second".into(), over));
        let failed = Marker {
            runs_until: None,
            ..marker
        };
        assert!(failed.yields_to(&"second".into(), running));
    }

    #[test]
    fn a_marker_is_read_as_it_was_written_and_else_says_nothing() {
        let marker = Marker {
            request_id: "first".into(),
            sent: Sent {
                notification: true,
                ..Sent::default()
            },
            ..Marker::default()
        };
        assert_eq!(Marker::from_json(&marker.to_json()), marker);
        assert_eq!(Marker::from_json(b"not json"), Marker::default());
        let failed = br#"{"requestId": "first", "claimedAt": "", "runsUntil": ""}"#;
        let failed = Marker::from_json(failed);
        assert_eq!(
            (failed.request_id.as_str(), failed.runs_until),
            ("first", None)
        );
    }
}
