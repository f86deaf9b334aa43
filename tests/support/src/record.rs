//! What the double was asked.

use std::collections::BTreeSet;
use std::time::Instant;

use serde_json::{Value, json};

/// One request to an operation of a service.
#[derive(Debug, Clone)]
pub struct Request {
    /// `s3`, `cloudfront`, …
    pub service: String,
    /// `HeadBucket`, …
    pub operation: String,
    /// The access key that signed it, or `anonymous`.
    pub principal: String,
    /// The region in the scope of the signature.
    pub region: String,
    /// The HTTP method.
    pub method: String,
    /// The path as it came.
    pub path: String,
    /// The bucket, distribution, job, topic that it was about.
    pub subject: Option<String>,
    /// The object key.
    pub key: Option<String>,
    /// The query parameters, or the members of an awsJson or awsQuery body without nested ones.
    pub params: Vec<(String, String)>,
    /// When it had arrived.
    pub start: Instant,
    /// When it was answered; never, for one that hangs or was dropped.
    pub end: Option<Instant>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// How many waves had been let go when it came, where the world holds requests.
    pub wave: Option<usize>,
}

impl Request {
    /// `s3:HeadBucket`
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    pub(crate) fn to_json(&self, since: Instant) -> Value {
        let millis = |at: Instant| at.saturating_duration_since(since).as_secs_f64() * 1000.0;
        json!({
            "operation": self.name(), "subject": self.subject, "key": self.key, "region": self.region,
            "principal": self.principal, "method": self.method, "path": self.path, "status": self.status,
            "startMs": millis(self.start), "endMs": self.end.map(millis),
        })
    }
}

/// The number of sequential waves: a new one starts when a request arrives after all earlier ones had been answered.
pub(crate) fn waves(requests: &[Request]) -> usize {
    let held: Option<BTreeSet<usize>> = requests.iter().map(|request| request.wave).collect();
    if let Some(held) = held {
        return held.len();
    }
    let mut sorted: Vec<_> = requests
        .iter()
        .map(|request| (request.start, request.end))
        .collect();
    sorted.sort_by_key(|(start, _)| *start);
    let mut count = 0;
    // None: nothing was asked yet. Some(None): a request of this wave is never answered, so no further wave can start.
    let mut answered: Option<Option<Instant>> = None;
    for (start, end) in sorted {
        let next = match answered {
            None => true,
            Some(until) => until.is_some_and(|until| start >= until),
        };
        count += usize::from(next);
        answered = Some(match (answered, end) {
            (Some(None), _) | (_, None) => None,
            (Some(Some(until)), Some(end)) => Some(until.max(end)),
            (None, end) => end,
        });
    }
    count
}

/// A message that was published to a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The topic's ARN.
    pub topic: String,
    /// The subject, if there was one.
    pub subject: Option<String>,
    /// The message.
    pub message: String,
    /// The message attributes: name and string value.
    pub attributes: Vec<(String, String)>,
    /// The ID that the publisher received.
    pub message_id: String,
}
