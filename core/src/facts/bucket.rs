use std::collections::BTreeSet;

use super::{Fact, Facts, Need, Probes, Subject, Unknown};
use crate::distribution::{AccountId, BucketName, Region};

/// What S3 says about a bucket's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bucket {
    /// No account has a bucket of this name.
    Missing,
    /// The candidate's own source deletes it.
    Deleted,
    /// There is one.
    Exists {
        /// Where it is, from `x-amz-bucket-region`.
        region: Option<Region>,
        /// Whose it is.
        owner: Fact<Owner>,
    },
}

/// Whose bucket it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// The account that is guarded.
    Ours,
    /// An account that may own buckets here.
    Allowed(AccountId),
    /// Proven to be neither ours nor an allowed one's, of which there may be none.
    Foreign,
    /// Proven not to be ours; why S3 does not say whether it is an allowed one's or not.
    NotOurs(Unknown),
}

/// What must be known about one bucket, beside whether it is there, whose, and who may read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BucketNeed {
    /// The region that its domain names: where to ask first.
    pub region: Option<Region>,
    /// The partitions that its domains are in, by their names in ARNs: more than one only where
    /// origins name buckets of one name in several.
    pub partitions: BTreeSet<&'static str>,
    /// Whether something besides its policy may let the reader in, or keep it out: an origin access
    /// control is the only reader for which nothing does.
    pub public_access: bool,
    /// The origin access controls through which it is read: one that never signs reads as anybody
    /// does, which shows only once it is known.
    pub controls: BTreeSet<String>,
    /// Whether it takes the place of another bucket, so that something should be in it.
    pub contents: bool,
}

impl BucketNeed {
    /// Whether it is read through a control that is known to sign nothing.
    pub(super) fn is_read_unsigned(&self, facts: &Facts) -> bool {
        let signs = |id: &String| match facts.origin_access_controls.get(id.as_str()) {
            Some(Fact::Known(Some(control))) => control.signing_behavior != "never",
            _ => true,
        };
        !self.controls.iter().all(signs)
    }
}

impl Need for BucketNeed {
    fn add(&mut self, other: Self) {
        // The first origin's region: where two disagree, S3's answer says which is right, and one
        // question is enough for it.
        self.region = self.region.take().or(other.region);
        self.partitions.extend(other.partitions);
        self.public_access |= other.public_access;
        self.controls.extend(other.controls);
        self.contents |= other.contents;
    }
}

impl Subject for BucketName {
    type Answer = Bucket;
    type Need = BucketNeed;
    const FACT: &'static str = "bucket";
    const ASKS: &'static str = "s3:GetBucketPolicy or s3:HeadBucket";

    fn name(&self) -> &str {
        self.as_str()
    }

    async fn ask<P: Probes>(&self, probes: &P, need: &BucketNeed) -> Fact<Bucket> {
        let (bucket, _) = probes.bucket(self, need).await;
        bucket
    }
}
