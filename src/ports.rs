//! What a guard needs of the outside, as traits: `aws` implements them.

mod account;
mod channels;

use std::future::Future;
use std::time::Instant;

pub use account::Sources;
pub use channels::{Answered, Channels, Claim, DeliveryError};

use crate::facts::Probes;
use crate::report::v1::{Cost, Pipeline};

/// The AWS of one guard.
pub trait Services: Sources + Channels {
    /// The probes of one invocation; they may share what one of them found out.
    type Probes<'a>: Probes
    where
        Self: 'a;

    /// Probes that know whose account is guarded, and which others may own buckets. What they have
    /// not found out by `until` is unknown, as having timed out.
    fn probes<'a>(
        &'a self,
        account: Option<&'a str>,
        owners: &'a [String],
        until: Option<Instant>,
    ) -> Self::Probes<'a>;

    /// Which pipeline a job belongs to, if that can be found out.
    fn pipeline(&self, job: &str) -> impl Future<Output = Option<Pipeline>> + Send;

    /// Calls and waves since the last [`Services::start_counting`].
    fn cost(&self) -> Cost;

    /// Begins to count anew.
    fn start_counting(&self);
}
