//! Probes at depth existence: which buckets there are, where and whose.

use crate::distribution::{AccountId, BucketName, Region};
use crate::facts::{
    Bucket, BucketAccess, BucketNeed, Fact, Host, HostNeed, Identity, ORIGIN_HOST,
    OriginAccessControl, Probes, Unknown, UnknownCause, VpcOrigin, Website,
};
use crate::policy::Policy;

/// Asks about buckets, and lists all else as what a sweep of depth full asks.
pub(super) struct Existence<'p, P>(pub &'p P);

fn beyond<T>(fact: &'static str, subject: &str) -> Fact<T> {
    Fact::Unknown(Unknown {
        fact,
        subject: subject.to_owned(),
        cause: UnknownCause::BeyondDepth,
    })
}

impl<P: Probes> Probes for Existence<'_, P> {
    fn account(&self) -> Option<AccountId> {
        self.0.account()
    }

    async fn bucket(&self, name: &BucketName, need: &BucketNeed) -> (Fact<Bucket>, BucketAccess) {
        let bucket = self.0.existence(name, need).await;
        let access = BucketAccess::unknown(name.as_str(), &UnknownCause::BeyondDepth);
        (bucket, access)
    }

    async fn existence(&self, name: &BucketName, need: &BucketNeed) -> Fact<Bucket> {
        self.0.existence(name, need).await
    }

    async fn website(&self, name: &BucketName, _: &BucketNeed) -> Fact<Website> {
        beyond("website hosting", name.as_str())
    }

    async fn key_policy(&self, key: &str, _: Option<&Region>) -> Fact<Option<Policy>> {
        beyond("key policy", key)
    }

    async fn origin_access_control(&self, id: &str) -> Fact<Option<OriginAccessControl>> {
        beyond("origin access control", id)
    }

    async fn origin_access_identity(&self, id: &str) -> Fact<Option<Identity>> {
        beyond("origin access identity", id)
    }

    async fn vpc_origin(&self, id: &str) -> Fact<Option<VpcOrigin>> {
        beyond("VPC origin", id)
    }

    async fn host(&self, need: &HostNeed) -> Fact<Host> {
        beyond(ORIGIN_HOST, &need.name)
    }
}
