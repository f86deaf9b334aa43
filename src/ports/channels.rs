use std::future::Future;

use crate::delivery::{JobAnswer, Notification};

/// Why something could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} did not go out: {why}")]
pub struct DeliveryError {
    /// What, and where to.
    pub what: String,
    /// What AWS said; a missing permission is named.
    pub why: String,
}

/// What became of an answer to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// CodePipeline took it.
    Now,
    /// The job had an answer already: a second delivery changes nothing.
    Before,
}

/// What became of a claim on an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// This invocation was first.
    Ours,
    /// Another was.
    Taken {
        /// What its marker says.
        marker: Vec<u8>,
        /// The marker's version, for [`Channels::replace`].
        version: String,
    },
}

/// The calls that tell people.
pub trait Channels: Sync {
    /// Answers a job.
    fn answer(
        &self,
        job: &str,
        answer: &JobAnswer,
    ) -> impl Future<Output = Result<Answered, DeliveryError>> + Send;

    /// Posts a notification to an SNS topic.
    fn publish(
        &self,
        topic: &str,
        notification: &Notification,
    ) -> impl Future<Output = Result<(), DeliveryError>> + Send;

    /// Puts a report, as [`crate::delivery::event_detail`] has it, on an EventBridge bus.
    fn put_event(
        &self,
        bus: &str,
        detail: &str,
    ) -> impl Future<Output = Result<(), DeliveryError>> + Send;

    /// Stores an object.
    fn store(
        &self,
        bucket: &str,
        key: &str,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> impl Future<Output = Result<(), DeliveryError>> + Send;

    /// Writes a marker unless there is one.
    fn claim(
        &self,
        bucket: &str,
        key: &str,
        body: Vec<u8>,
    ) -> impl Future<Output = Result<Claim, DeliveryError>> + Send;

    /// Writes a JSON object if it still has the version that was read; `None` is no object. `false`
    /// if it is another by now.
    fn replace(
        &self,
        bucket: &str,
        key: &str,
        body: Vec<u8>,
        version: Option<&str>,
    ) -> impl Future<Output = Result<bool, DeliveryError>> + Send;
}
