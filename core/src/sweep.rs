//! What is broken in an account, from one sweep to the next: what is new, what is gone, what stays.
//!
//! [`State`] keeps of each finding whether it is there, and how its readers know it. Where the two
//! disagree there is news, which one sweep claims, sends and then confirms: two sweeps at once report
//! nothing twice, and what a sweep did not send is sent by the next.

mod depth;
mod format;
mod merge;
mod news;
mod observation;
mod shards;
mod state;
#[cfg(test)]
mod tests;

pub use depth::Depth;
pub use format::Unreadable;
pub use merge::Pass;
pub use news::{Item, News};
pub use observation::{Doubts, Observation, Seen};
pub use shards::{SHARDS, Shard};
pub use state::{Claim, Entry, Fingerprint, Known, RunId, State};
