//! What the guard asks of the outside, by owner: the guarded account, the pipelines, the guard's own
//! memory, the channels on which it reports, and its own function. `aws` implements all of them.

mod account;
mod channels;
mod edge;
mod itself;
mod memory;
mod pipelines;

pub use account::{
    Account, Asking, DistributionPage, MOST_PAGES, Offline, OwnBuckets, Turns, UsedUp, listed,
};
pub use channels::{Channels, DeliveryError};
pub use edge::{Edge, EdgeSeen};
pub use itself::Itself;
pub use memory::{Memory, Object, ObjectKey, ObjectVersion};
pub use pipelines::{Answered, Pipelines};

/// All of them together, made once at start-up.
pub trait Services: Pipelines + Memory + Channels + Itself + Edge {
    /// An account that can be guarded.
    type Account: Account;

    /// The account that the guard's own credentials belong to.
    fn account(&self) -> &Self::Account;
}
