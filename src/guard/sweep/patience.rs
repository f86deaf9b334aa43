//! A sweep that AWS asks to slow down waits, and asks again.

use std::time::{Duration, Instant};

use crate::distribution::{AccountId, BucketName, Region};
use crate::facts::{
    Bucket, BucketAccess, BucketNeed, Fact, Host, HostNeed, Identity, OriginAccessControl, Owner,
    ProbeFailure, Probes, UnknownCause, VpcOrigin, Website,
};
use crate::policy::Policy;

/// After the attempts of the SDK, which pause for less than a second.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause: CloudFront's and S3's rates are of seconds.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// Waits, each time twice as long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pauses {
    until: Option<Instant>,
    next: Duration,
}

impl Pauses {
    /// As long as there is time; without an end, as often as it takes.
    pub(super) fn until(until: Option<Instant>) -> Self {
        Self {
            until,
            next: FIRST_PAUSE,
        }
    }

    /// Waits, if there is time for it.
    pub(super) async fn wait(&mut self) -> bool {
        if self
            .until
            .is_some_and(|until| Instant::now() + self.next >= until)
        {
            return false;
        }
        tokio::time::sleep(self.next).await;
        self.next = LONGEST_PAUSE.min(self.next * 2);
        true
    }
}

/// Probes that are sent again where AWS throttled them.
pub(super) struct Patient<P> {
    pub probes: P,
    /// When there is no time for another attempt.
    pub until: Option<Instant>,
}

/// Whether AWS asked to slow down: the same question has an answer later.
trait Throttled {
    fn is_throttled(&self) -> bool;
}

impl<T> Throttled for Fact<T> {
    fn is_throttled(&self) -> bool {
        let Self::Unknown(unknown) = self else {
            return false;
        };
        unknown.cause == UnknownCause::ProbeFailed(ProbeFailure::Throttled)
    }
}

impl Throttled for Bucket {
    fn is_throttled(&self) -> bool {
        match self {
            Self::Exists { owner, .. } => Fact::<Owner>::is_throttled(owner),
            Self::Missing | Self::Deleted => false,
        }
    }
}

impl Throttled for BucketAccess {
    fn is_throttled(&self) -> bool {
        self.policy.is_throttled()
            || self.encryption.is_throttled()
            || self.public_access_block.is_throttled()
            || self.acls.is_throttled()
            || self.contents.is_throttled()
    }
}

fn of_bucket(bucket: &Fact<Bucket>) -> bool {
    bucket.is_throttled() || bucket.known().is_some_and(Throttled::is_throttled)
}

impl<P> Patient<P> {
    async fn ask<T, A: Future<Output = T>>(
        &self,
        ask: impl Fn() -> A,
        is_throttled: impl Fn(&T) -> bool,
    ) -> T {
        let mut pauses = Pauses::until(self.until);
        loop {
            let answer = ask().await;
            if !is_throttled(&answer) || !pauses.wait().await {
                return answer;
            }
        }
    }
}

impl<P: Probes> Probes for Patient<P> {
    fn account(&self) -> Option<AccountId> {
        self.probes.account()
    }

    async fn bucket(&self, name: &BucketName, need: &BucketNeed) -> (Fact<Bucket>, BucketAccess) {
        let ask = || self.probes.bucket(name, need);
        self.ask(ask, |(bucket, access)| {
            of_bucket(bucket) || access.is_throttled()
        })
        .await
    }

    async fn existence(&self, name: &BucketName, need: &BucketNeed) -> Fact<Bucket> {
        self.ask(|| self.probes.existence(name, need), of_bucket)
            .await
    }

    async fn website(&self, name: &BucketName, need: &BucketNeed) -> Fact<Website> {
        let ask = || self.probes.website(name, need);
        self.ask(ask, Throttled::is_throttled).await
    }

    async fn key_policy(&self, key: &str, hint: Option<&Region>) -> Fact<Option<Policy>> {
        let ask = || self.probes.key_policy(key, hint);
        self.ask(ask, Throttled::is_throttled).await
    }

    async fn origin_access_control(&self, id: &str) -> Fact<Option<OriginAccessControl>> {
        let ask = || self.probes.origin_access_control(id);
        self.ask(ask, Throttled::is_throttled).await
    }

    async fn origin_access_identity(&self, id: &str) -> Fact<Option<Identity>> {
        let ask = || self.probes.origin_access_identity(id);
        self.ask(ask, Throttled::is_throttled).await
    }

    async fn vpc_origin(&self, id: &str) -> Fact<Option<VpcOrigin>> {
        self.ask(|| self.probes.vpc_origin(id), Throttled::is_throttled)
            .await
    }

    async fn host(&self, need: &HostNeed) -> Fact<Host> {
        self.probes.host(need).await
    }
}
