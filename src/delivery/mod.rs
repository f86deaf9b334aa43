//! Who is told, and how much fits where.

mod channels;
mod cut;
mod event;
mod job;
mod notification;
mod store;
#[cfg(all(test, feature = "cli"))]
mod tests;

pub use channels::{Answered, Channels, Claim, DeliveryError};
pub use event::event_detail;
pub use job::{JobAnswer, JobFailure, JobSuccess};
pub use notification::Notification;
pub use store::{Keys, Marker, Stored, Told};
