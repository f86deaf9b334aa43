//! What is delivered, and how much of it fits where.

mod cut;
mod digest;
mod event;
mod job;
mod notification;
mod stored;
#[cfg(all(test, feature = "cli"))]
mod tests;

pub use event::EventDetail;
pub use job::{JobAnswer, JobContinuation, JobFailure, JobSuccess};
pub use notification::{Hurt, Notification};
pub use stored::{ReportKey, Stored};
