//! The channels on which changes are reported.

use crate::delivery::{EventDetail, Notification};

/// Why something was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} was not delivered: {why}")]
pub struct DeliveryError {
    /// What, and where to.
    pub what: String,
    /// What AWS said; a missing permission is named.
    pub why: String,
}

/// SNS topics and EventBridge buses.
pub trait Channels: Sync {
    /// Posts a notification to an SNS topic.
    fn publish(
        &self,
        topic: &str,
        notification: &Notification,
    ) -> impl Future<Output = Result<(), DeliveryError>> + Send;

    /// Puts a report on an EventBridge bus.
    fn put_event(
        &self,
        bus: &str,
        detail: &EventDetail,
    ) -> impl Future<Output = Result<(), DeliveryError>> + Send;
}
