//! What goes wrong on purpose.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::route::Route;

/// A failure that the double stages for matching requests. The first fault in the list that matches is used.
#[derive(Debug, Clone)]
pub struct Fault {
    /// `s3:HeadBucket`, a whole service `s3:*`, or `*`.
    pub operation: String,
    /// Only for this bucket, distribution, job or topic; any when absent.
    pub subject: Option<String>,
    /// Only for objects whose key ends so; any when absent.
    pub key_end: Option<String>,
    /// Only for requests that are signed for this region; any when absent.
    pub region: Option<String>,
    /// How many requests that match are spared first.
    pub spared: usize,
    /// How often it happens before it is over; for ever when absent.
    pub times: Option<usize>,
    /// What happens.
    pub kind: FaultKind,
}

/// The kinds of failure.
#[derive(Debug, Clone)]
pub enum FaultKind {
    /// A service error with this HTTP status and code, in the form of the protocol.
    Status(u16, String),
    /// The service's own way to say that there were too many requests.
    Throttle,
    /// IAM denies the action, in the order in which the service checks it.
    Deny,
    /// Never answers; the connection stays open until the server stops.
    Hang,
    /// The connection is dropped without an answer.
    Reset,
    /// Status 200 with a body that is not of the protocol.
    Garbage,
    /// Does what is asked, and drops the connection without the answer.
    Lost,
    /// Does what is asked, and drops the connection in the middle of the answer's body.
    Cut,
    /// Does what is asked, and stops in the middle of the answer's body; the connection stays open.
    Stall,
    /// Does what is asked, and answers with status 200 and a body of so many bytes that is not of the protocol.
    Huge {
        /// How many.
        bytes: usize,
        /// Whether a `Content-Length` says so.
        announced: bool,
    },
    /// Answers properly, but this much later.
    Delay(Duration),
    /// Answers properly, once the test lets go.
    Held(Held),
}

/// A request that a test holds, to do something while it is on its way.
#[derive(Debug, Clone, Default)]
pub struct Held(Arc<(Notify, Notify)>);

impl Held {
    /// Waits until the request is here.
    pub async fn arrival(&self) {
        self.0.0.notified().await;
    }

    /// Lets it be answered.
    pub fn let_go(&self) {
        self.0.1.notify_one();
    }

    pub(crate) async fn hold(&self) {
        self.0.0.notify_one();
        self.0.1.notified().await;
    }
}

impl Fault {
    /// A fault of every request of an operation, for ever.
    #[must_use]
    pub fn new(operation: &str, kind: FaultKind) -> Self {
        Self {
            operation: operation.to_owned(),
            subject: None,
            key_end: None,
            region: None,
            spared: 0,
            times: None,
            kind,
        }
    }

    /// Only for one bucket, distribution, job or topic.
    #[must_use]
    pub fn on(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }

    /// Only for objects whose key ends so.
    #[must_use]
    pub fn on_keys_ending(mut self, end: &str) -> Self {
        self.key_end = Some(end.to_owned());
        self
    }

    /// Only for requests that are signed for this region: with [`FaultKind::Reset`], a region that has no endpoint.
    #[must_use]
    pub fn in_region(mut self, region: &str) -> Self {
        self.region = Some(region.to_owned());
        self
    }

    /// Not for the first requests that match.
    #[must_use]
    pub fn after(mut self, spared: usize) -> Self {
        self.spared = spared;
        self
    }

    /// Only that often.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    fn matches(&self, route: &Route, region: &str) -> bool {
        let is = |wanted: Option<&str>, given| wanted.is_none() || wanted == given;
        let key = route.key.as_deref();
        self.times != Some(0)
            && matches_pattern(&self.operation, &route.name())
            && is(self.subject.as_deref(), route.subject.as_deref())
            && is(self.region.as_deref(), Some(region))
            && self
                .key_end
                .as_deref()
                .is_none_or(|end| key.is_some_and(|key| key.ends_with(end)))
    }

    /// Whether it hits a request that matches, which is counted.
    fn hits(&mut self) -> bool {
        if self.spared > 0 {
            self.spared -= 1;
            return false;
        }
        self.times = self.times.map(|times| times - 1);
        true
    }
}

/// Whether `s3:HeadBucket` is covered by `s3:HeadBucket`, `s3:*` or `*`.
pub(crate) fn matches_pattern(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == name, |prefix| name.starts_with(prefix))
}

/// The fault that hits this request, counted down. A delay does not keep a later fault from happening as well.
pub(crate) fn take(faults: &mut [Fault], route: &Route, region: &str) -> Vec<FaultKind> {
    let mut taken = Vec::new();
    for fault in faults.iter_mut().filter(|it| it.matches(route, region)) {
        if !fault.hits() {
            continue;
        }
        taken.push(fault.kind.clone());
        if !matches!(fault.kind, FaultKind::Delay(_)) {
            break;
        }
    }
    taken
}
