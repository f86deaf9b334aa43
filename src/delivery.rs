//! Who is told, and how much fits where.

mod cut;
mod event;
mod job;
mod notification;
#[cfg(all(test, feature = "cli"))]
mod tests;

pub use event::event_detail;
pub use job::{JobAnswer, JobFailure, JobSuccess};
pub use notification::Notification;
