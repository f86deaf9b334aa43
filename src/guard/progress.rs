//! How many facts are asked for and answered, for a terminal to show.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::distribution::{AccountId, BucketName, Region};
use crate::facts::{
    Bucket, BucketAccess, BucketNeed, Fact, Host, HostNeed, Identity, Needs, OriginAccessControl,
    Probes, VpcOrigin, Website,
};
use crate::policy::Policy;

/// How many subjects are asked about, and about how many there is an answer.
#[derive(Debug, Default)]
pub struct Progress {
    asked: AtomicUsize,
    answered: AtomicUsize,
}

impl Progress {
    /// The answers there are, of so many; nothing before it is known what to ask.
    #[must_use]
    pub fn answers(&self) -> Option<(usize, usize)> {
        let asked = self.asked.load(Ordering::Relaxed);
        (asked > 0).then(|| (self.answered.load(Ordering::Relaxed), asked))
    }

    pub(super) fn begin(&self, needs: &Needs) {
        self.asked.store(needs.subjects(), Ordering::Relaxed);
    }
}

/// Probes whose answers are counted. What only an answer leads to, a key's policy, is not: the count
/// would move away from its end.
pub(super) struct Counted<'p, P> {
    pub probes: &'p P,
    pub progress: &'p Progress,
}

impl<P> Counted<'_, P> {
    async fn count<T>(&self, answer: impl Future<Output = T>) -> T {
        let answer = answer.await;
        self.progress.answered.fetch_add(1, Ordering::Relaxed);
        answer
    }
}

impl<P: Probes> Probes for Counted<'_, P> {
    fn account(&self) -> Option<AccountId> {
        self.probes.account()
    }

    async fn bucket(&self, name: &BucketName, need: &BucketNeed) -> (Fact<Bucket>, BucketAccess) {
        self.count(self.probes.bucket(name, need)).await
    }

    async fn website(&self, name: &BucketName, need: &BucketNeed) -> Fact<Website> {
        self.count(self.probes.website(name, need)).await
    }

    async fn key_policy(&self, key: &str, hint: Option<&Region>) -> Fact<Option<Policy>> {
        self.probes.key_policy(key, hint).await
    }

    async fn origin_access_control(&self, id: &str) -> Fact<Option<OriginAccessControl>> {
        self.count(self.probes.origin_access_control(id)).await
    }

    async fn origin_access_identity(&self, id: &str) -> Fact<Option<Identity>> {
        self.count(self.probes.origin_access_identity(id)).await
    }

    async fn vpc_origin(&self, id: &str) -> Fact<Option<VpcOrigin>> {
        self.count(self.probes.vpc_origin(id)).await
    }

    async fn host(&self, need: &HostNeed) -> Fact<Host> {
        self.count(self.probes.host(need)).await
    }
}
