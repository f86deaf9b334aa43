//! What AWS and the network say about the origins: known, or unknown for a stated cause. Never an error, never a guess.

mod access;
mod host;
mod needs;
mod probes;
mod requirement;
#[cfg(feature = "cli")]
mod told;
mod unknown;
mod vpc_origin;

use std::borrow::Cow;
use std::collections::hash_map::Entry;

pub use access::{Acls, BucketAccess, Contents, Encryption, PublicAccessBlock, Website};
pub use host::{
    Certificate, Connection, Door, Handshake, Host, HostNeed, ORIGIN_CERTIFICATE, ORIGIN_DOMAIN,
    ORIGIN_HOST, ORIGIN_PORT, OriginHost, Resolution, TARGET_ORIGIN, TlsOffer, Trust, Vantage,
};
pub use needs::{BucketNeed, Needs, Probed};
pub use probes::{Probes, gather};
pub use requirement::Requirement;
#[cfg(feature = "cli")]
pub use told::told;
pub use unknown::{CouldNotLook, Fact, Unknown, UnknownCause};
pub use vpc_origin::VpcOrigin;

use foldhash::HashMap;

use crate::distribution::{BucketName, Region, is_open};
use crate::policy::Policy;

/// Every fact that a distribution needs, each subject once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Buckets by name.
    pub buckets: HashMap<BucketName, Fact<Bucket>>,
    /// Origin access controls by ID; `None` where the account has none of this ID.
    pub origin_access_controls: HashMap<String, Fact<Option<OriginAccessControl>>>,
    /// Website hosting of the buckets that are reached through a website endpoint, by name.
    pub websites: HashMap<BucketName, Fact<Website>>,
    /// VPC origins by ID; `None` where CloudFront shows this account none of this ID.
    pub vpc_origins: HashMap<String, Fact<Option<VpcOrigin>>>,
    /// Origin access identities by ID; `None` where the account has none of this ID.
    pub origin_access_identities: HashMap<String, Fact<Option<Identity>>>,
    /// The account that was asked, where that is known.
    pub account: Option<String>,
    /// Who may read those buckets, by name.
    pub bucket_access: HashMap<BucketName, BucketAccess>,
    /// Policies that a source puts on buckets, its own and others, by name.
    pub bucket_policies: HashMap<BucketName, Fact<Option<Policy>>>,
    /// Policies of the keys that those buckets are encrypted with, by ID or ARN; `None` where
    /// there is no such key.
    pub key_policies: HashMap<String, Fact<Option<Policy>>>,
    /// Hosts of custom origins, by name in small letters.
    pub hosts: HashMap<String, Fact<Host>>,
}

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
    /// An account that may own buckets here, by its 12-digit ID.
    Allowed(String),
    /// Proven to be neither ours nor an allowed one's, of which there may be none.
    Foreign,
    /// Proven not to be ours; why S3 does not say whether it is an allowed one's or a stranger's.
    NotOurs(Unknown),
}

/// An origin access control, as far as the contract needs it. Follows
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginAccessControl {
    /// Its name.
    pub name: String,
    /// `s3`, `mediastore`, `mediapackagev2`, `lambda`, or what AWS adds later.
    pub origin_type: String,
    /// `always`, `never`, `no-override`, or what AWS adds later.
    pub signing_behavior: String,
    /// `sigv4`, `sigv4a`, or what AWS adds later; `None` where only the deployment knows.
    pub signing_protocol: Option<String>,
}

/// An origin access identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The canonical user that stands for it in policies; empty where CloudFront did not say.
    pub canonical_user: String,
}

/// Nothing is known of what nobody asked about, or could: an expression is nothing to ask about.
fn not_asked<T>(fact: &'static str, subject: &str) -> Fact<T> {
    if is_open(subject) {
        Fact::Unknown(Unknown::not_decided(fact, subject))
    } else {
        Fact::not_asked(fact, subject)
    }
}

impl Facts {
    /// With what a source makes itself in the place of what was asked about.
    #[must_use]
    pub fn with_planned(&self, planned: &Self) -> Cow<'_, Self> {
        fn put<K, V>(into: &mut HashMap<K, V>, from: &HashMap<K, V>)
        where
            K: Clone + Eq + std::hash::Hash,
            V: Clone,
        {
            into.extend(from.iter().map(|(key, fact)| (key.clone(), fact.clone())));
        }
        if *planned == Self::default() {
            return Cow::Borrowed(self);
        }
        let mut all = self.clone();
        put(&mut all.buckets, &planned.buckets);
        put(&mut all.bucket_access, &planned.bucket_access);
        put(&mut all.websites, &planned.websites);
        put(
            &mut all.origin_access_controls,
            &planned.origin_access_controls,
        );
        put(
            &mut all.origin_access_identities,
            &planned.origin_access_identities,
        );
        put(&mut all.vpc_origins, &planned.vpc_origins);
        put(&mut all.key_policies, &planned.key_policies);
        for (bucket, policy) in &planned.bucket_policies {
            if let Some(access) = all.bucket_access.get_mut(bucket) {
                access.policy = policy.clone();
            }
        }
        put(&mut all.bucket_policies, &planned.bucket_policies);
        Cow::Owned(all)
    }

    /// Adds a policy that a source puts on a bucket. A bucket has one: which of several stays, the
    /// deployment decides.
    pub fn put_bucket_policy(&mut self, bucket: BucketName, policy: Fact<Option<Policy>>) {
        match self.bucket_policies.entry(bucket) {
            Entry::Vacant(entry) => {
                entry.insert(policy);
            }
            Entry::Occupied(mut entry) => {
                let subject = entry.key().to_string();
                let several = Unknown::not_decided("bucket policy", "one of several policies");
                entry.insert(Fact::Unknown(Unknown { subject, ..several }));
            }
        }
    }

    /// The fact about a bucket; a bucket that nobody asked about, or could, is unknown.
    #[must_use]
    pub fn bucket(&self, name: &BucketName) -> Cow<'_, Fact<Bucket>> {
        self.buckets.get(name).map_or_else(
            || Cow::Owned(not_asked("bucket", name.as_str())),
            Cow::Borrowed,
        )
    }

    /// The fact about an origin access control.
    #[must_use]
    pub fn origin_access_control(&self, id: &str) -> Cow<'_, Fact<Option<OriginAccessControl>>> {
        self.origin_access_controls.get(id).map_or_else(
            || Cow::Owned(not_asked("origin access control", id)),
            Cow::Borrowed,
        )
    }

    /// The fact about a VPC origin.
    #[must_use]
    pub fn vpc_origin(&self, id: &str) -> Cow<'_, Fact<Option<VpcOrigin>>> {
        self.vpc_origins
            .get(id)
            .map_or_else(|| Cow::Owned(not_asked("VPC origin", id)), Cow::Borrowed)
    }

    /// A key's policy.
    #[must_use]
    pub fn key_policy(&self, key: &str) -> Cow<'_, Fact<Option<Policy>>> {
        self.key_policies
            .get(key)
            .map_or_else(|| Cow::Owned(not_asked("key policy", key)), Cow::Borrowed)
    }

    /// The fact about an origin access identity.
    #[must_use]
    pub fn origin_access_identity(&self, id: &str) -> Cow<'_, Fact<Option<Identity>>> {
        self.origin_access_identities.get(id).map_or_else(
            || Cow::Owned(not_asked("origin access identity", id)),
            Cow::Borrowed,
        )
    }

    /// The fact about a custom origin's host, by its name in small letters.
    #[must_use]
    pub fn host(&self, name: &str) -> Cow<'_, Fact<Host>> {
        self.hosts.get(name).map_or_else(
            || Cow::Owned(Fact::not_asked(ORIGIN_HOST, name)),
            Cow::Borrowed,
        )
    }
}
