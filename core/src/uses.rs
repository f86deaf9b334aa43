//! Which distributions use a bucket, an access control, a key, a VPC origin or a host, and in which order
//! it can be removed without an outage.
//!
//! The index holds what configs name. What they do not show is listed as a gap of it, so that "nothing
//! uses it" is only said of what was read whole.

mod answer;
mod index;
mod question;
mod removal;
mod subject;
#[cfg(test)]
mod tests;
mod text;
mod usage;

pub use answer::{Answer, Status, answer};
pub use index::{Gaps, Index, OpenOrigin, UncheckedKey, Unread};
pub use question::{NoSubject, Question};
pub use removal::Step;
pub use subject::Subject;
pub use text::{in_short, text};
pub use usage::{About, InGroup, OriginUse, Serves, Usage};
