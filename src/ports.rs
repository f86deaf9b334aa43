//! What the guard asks of the outside, by owner: the guarded account, the pipelines, the guard's own
//! memory, and the channels on which it reports. `aws` implements all of them.

mod account;
mod channels;
mod memory;
mod pipelines;

pub use account::{
    Account, Asking, DistributionPage, MOST_PAGES, Offline, OwnBuckets, Turns, UsedUp, listed,
};
pub use channels::{Channels, DeliveryError};
pub use memory::{Memory, Object, ObjectKey, ObjectVersion};
pub use pipelines::{Answered, Pipelines};

/// All of them together, made once at start-up.
pub trait Services: Pipelines + Memory + Channels {
    /// An account that can be guarded.
    type Account: Account;

    /// The account that the guard's own credentials belong to.
    fn account(&self) -> &Self::Account;
}
