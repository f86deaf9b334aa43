//! The guarded account: its distributions and stacks, and the probes of what they name.

mod listed;
mod offline;
mod turns;

use std::time::Instant;

pub use listed::{DistributionPage, MOST_PAGES, OwnBuckets, listed};
pub use offline::Offline;
pub use turns::{Turns, UsedUp};

use crate::candidate::{ChangeSet, Live, Stack, StackName};
use crate::distribution::{AccountId, DistributionId};
use crate::error::GuardError;
use crate::facts::Probes;
use crate::timestamp::Timestamp;

/// An account that is guarded.
pub trait Account: Sync {
    /// The probes of one session; they may share what one of them found out.
    type Probes<'a>: Probes
    where
        Self: 'a;

    /// Makes the probes of a session.
    fn probes<'a>(&'a self, asking: Asking<'a>) -> Self::Probes<'a>;

    /// Reads what CloudFront runs now.
    fn live(&self, id: &DistributionId) -> impl Future<Output = Result<Live, GuardError>> + Send;

    /// One page of the account's distributions: the first, or the one behind a page's
    /// [`next`](DistributionPage::next). [`listed`] reads them all.
    fn distributions(
        &self,
        marker: Option<&str>,
    ) -> impl Future<Output = Result<DistributionPage, GuardError>> + Send;

    /// Every bucket of the account, and where it is. A page that fails is an error, never a shorter list.
    fn own_buckets(&self) -> impl Future<Output = Result<OwnBuckets, GuardError>> + Send;

    /// The ID of the distribution that viewers reach by a domain, as an alias or as the domain that
    /// CloudFront gave it; `None` if there is none.
    fn find_by_domain(
        &self,
        domain: &str,
    ) -> impl Future<Output = Result<Option<DistributionId>, GuardError>> + Send;

    /// The ID of the one distribution that was last modified at `time`, give or take a
    /// few seconds; `None` if there is none, or more than one.
    fn find_by_change(
        &self,
        time: Timestamp,
    ) -> impl Future<Output = Result<Option<DistributionId>, GuardError>> + Send;

    /// Reads what is deployed of a stack; `None` if there is no such stack.
    fn stack(
        &self,
        name: &StackName,
    ) -> impl Future<Output = Result<Option<Stack>, GuardError>> + Send;

    /// Reads a change set by its ARN, or by its name and its stack's.
    fn change_set(
        &self,
        name: &str,
        stack: Option<&StackName>,
    ) -> impl Future<Output = Result<ChangeSet, GuardError>> + Send;
}

/// For whom probes ask, and within which limits.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The guarded account, where that is known.
    pub account: Option<AccountId>,
    /// The accounts beside it that may own buckets.
    pub owners: &'a [AccountId],
    /// When probes give up: what they have not found out by then is unknown, as having timed out.
    pub until: Option<Instant>,
    /// A permit for each request.
    pub turns: &'a Turns,
}
