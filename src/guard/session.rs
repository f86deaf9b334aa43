//! What one invocation has of an account: whose it is, how long and how much at once probes may ask,
//! and what that costs.

use std::time::Instant;

use super::progress::{Counted, Progress};
use crate::candidate::Bounds;
use crate::cost::{Cost, Counter};
use crate::distribution::AccountId;
use crate::facts::{Facts, Needs, gather};
use crate::ports::{Account, Asking, Turns};

/// Requests of probes in flight at the same time.
///
/// A function has 1,024 file descriptors
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>), and a source of many
/// distributions can name more buckets than that. The 201 requests of one distribution at the default
/// quota of 100 origins are still sent at once: a second round would cost as much again in latency.
const REQUESTS_AT_ONCE: usize = 256;

/// Requests of a sweep in flight at the same time: nothing waits for it, and AWS publishes no rate of
/// CloudFront's and S3's control planes.
const REQUESTS_OF_SWEEP_AT_ONCE: usize = 64;

/// Requests that probes send for each subject that may be asked about: six settings of a bucket at most,
/// some of them once more in the region that S3 names. Only buckets that another of many accounts may
/// own take more, which a contract can name.
const REQUESTS_PER_SUBJECT: usize = 8;

/// One invocation's hold on an account.
#[derive(Debug)]
pub struct Session<'s, A> {
    account: &'s A,
    /// Where that is known.
    account_id: Option<AccountId>,
    /// When probes give up.
    until: Option<Instant>,
    turns: Turns,
    counter: Counter,
    progress: Option<&'s Progress>,
}

impl<'s, A: Account> Session<'s, A> {
    /// Opens a session on an account, whose ID may not be known.
    #[must_use]
    pub fn open(account: &'s A, account_id: Option<AccountId>) -> Self {
        Self {
            account,
            account_id,
            until: None,
            // One for each session, so that two in one process do not wait for each other.
            turns: turns(&Bounds::default()),
            counter: Counter::start(),
            progress: None,
        }
    }

    /// With an account's request rate spent on so many subjects at most.
    #[must_use]
    pub fn bounded(self, bounds: &Bounds) -> Self {
        Self {
            turns: turns(bounds),
            ..self
        }
    }

    /// With no bound on what is asked in all, and fewer requests at the same time: a sweep asks about
    /// every bucket of an account, and others use the account meanwhile.
    #[must_use]
    pub(super) fn unhurried(self) -> Self {
        Self {
            turns: Turns::of(REQUESTS_OF_SWEEP_AT_ONCE, usize::MAX),
            ..self
        }
    }

    /// Its probes, for what is asked in several waves; `owners` are the accounts beside this one that may
    /// own buckets.
    pub(super) fn probes<'p>(&'p self, owners: &'p [AccountId]) -> A::Probes<'p> {
        self.account.probes(Asking {
            account: self.account_id,
            owners,
            until: self.until,
            turns: &self.turns,
        })
    }

    /// When probes give up.
    pub(super) fn asks_until(&self) -> Option<Instant> {
        self.until
    }

    /// With an end for probes.
    #[must_use]
    pub(super) fn until(self, until: Instant) -> Self {
        Self {
            until: Some(until),
            ..self
        }
    }

    /// With someone who watches how many facts there are.
    #[must_use]
    pub fn watched(self, progress: &'s Progress) -> Self {
        Self {
            progress: Some(progress),
            ..self
        }
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> &'s A {
        self.account
    }

    /// Its ID, where that is known.
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        self.account_id
    }

    /// Does work whose requests are counted as the session's.
    pub async fn count<T>(&self, work: impl Future<Output = T>) -> T {
        self.counter.count(work).await
    }

    /// What it has cost so far.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.counter.cost()
    }

    /// Finds out what must be known, all at once; `owners` are the accounts beside this one that may
    /// own buckets.
    pub(super) async fn ask(&self, needs: &Needs, owners: &[AccountId]) -> Facts {
        let probes = self.probes(owners);
        match self.progress {
            Some(progress) => {
                progress.begin(needs);
                let probes = Counted {
                    probes: &probes,
                    progress,
                };
                gather(&probes, needs).await
            }
            None => gather(&probes, needs).await,
        }
    }
}

fn turns(bounds: &Bounds) -> Turns {
    let in_all = bounds.subjects.saturating_mul(REQUESTS_PER_SUBJECT);
    Turns::of(REQUESTS_AT_ONCE, in_all)
}
