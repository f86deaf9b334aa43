//! Markers: which invocation has claimed a job or an event, and what of it was reported.

use serde::{Deserialize, Serialize};

use super::keys;
use crate::ports::{DeliveryError, Memory};

/// What a marker says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Marker {
    /// Lambda's request ID: a retry of the same invocation has the same.
    pub request_id: String,
    /// When it was claimed, RFC 3339.
    pub claimed_at: String,
    /// When that invocation has ended for certain, RFC 3339 to the second; empty once it has failed.
    pub runs_until: String,
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
        version: String,
    },
}

impl Marker {
    /// Whether an invocation may take the event over `now`: the one that claimed it has failed or has
    /// ended, or it is the same one, which Lambda retries.
    #[must_use]
    pub(crate) fn yields_to(&self, request_id: &str, now: &str) -> bool {
        // Both in UTC and to the second, so that they sort as texts.
        self.request_id == request_id || self.runs_until.as_str() < now
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
    event: &str,
    marker: &Marker,
) -> Result<Claim, DeliveryError> {
    let key = keys::marker(event);
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
    event: &str,
    marker: &Marker,
    version: &str,
) -> Result<bool, DeliveryError> {
    let key = keys::marker(event);
    memory.replace(&key, marker.to_json(), Some(version)).await
}

/// Writes a marker, whatever is there.
pub(crate) async fn write(
    memory: &impl Memory,
    event: &str,
    marker: &Marker,
) -> Result<(), DeliveryError> {
    let key = keys::marker(event);
    memory.put(&key, "application/json", marker.to_json()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_yields_to_its_own_retry_and_to_others_once_its_invocation_has_ended() {
        let marker = Marker {
            request_id: "first".to_owned(),
            runs_until: "2026-11-23T10:01:00Z".to_owned(),
            ..Marker::default()
        };
        let (running, over) = ("2026-11-23T10:01:00Z", "2026-11-23T10:01:01Z");
        assert!(marker.yields_to("first", running));
        assert!(!marker.yields_to("second", running));
        assert!(marker.yields_to("second", over));
        let failed = Marker {
            runs_until: String::new(),
            ..marker
        };
        assert!(failed.yields_to("second", running));
    }

    #[test]
    fn a_marker_is_read_as_it_was_written_and_else_says_nothing() {
        let marker = Marker {
            request_id: "first".to_owned(),
            sent: Sent {
                notification: true,
                ..Sent::default()
            },
            ..Marker::default()
        };
        assert_eq!(Marker::from_json(&marker.to_json()), marker);
        assert_eq!(Marker::from_json(b"not json"), Marker::default());
    }
}
