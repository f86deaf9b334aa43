//! What AWS and the network say about the origins: known, or unknown for a stated cause. Never an error, never a guess.

mod access;
mod access_point;
mod bucket;
mod function_url;
mod host;
mod key;
#[cfg(feature = "cli")]
mod listing;
mod needs;
mod origin_access;
mod probes;
mod requirement;
mod subject;
mod unknown;
mod vpc_origin;

use std::borrow::Cow;
use std::collections::hash_map::Entry;

pub use access::{Acls, BucketAccess, Contents, Encryption, PublicAccessBlock, Website, WebsiteOf};
pub use access_point::AccessPoint;
pub use bucket::{Bucket, BucketNeed, Owner};
pub use function_url::{AuthType, FunctionUrl};
pub use host::{
    Certificate, Connection, Door, Handshake, Host, HostNeed, ORIGIN_CERTIFICATE, ORIGIN_DOMAIN,
    ORIGIN_HOST, ORIGIN_PORT, OriginHost, Resolution, TARGET_ORIGIN, TlsOffer, Trust, Vantage,
};
#[cfg(feature = "cli")]
pub use listing::listing;
pub use needs::Probed;
pub use origin_access::{Identity, OriginAccessControl};
pub use probes::{Probes, gather, gather_beside};
pub use requirement::Requirement;
pub use subject::{Answers, Need, Subject, Wanted};
pub use unknown::{EDGE_ANSWER, Fact, ProbeFailure, Unknown, UnknownCause};
pub use vpc_origin::VpcOrigin;

use foldhash::HashMap;
use futures_util::future::{join, ready};

use crate::distribution::{
    AccountId, BucketName, KeyId, OacId, OaiId, OriginHostName, VpcOriginId,
};
use crate::policy::Policy;

/// The subjects that can be asked about: each is a field of [`Facts`] and of [`Needs`]. Those before the
/// semicolon are asked about at once; the others wait for an answer, or lead to another question.
macro_rules! subjects {
    ($($(#[$doc:meta])+ $field:ident: $subject:ty,)+ ;
     $($(#[$chained_doc:meta])+ $chained:ident: $chained_subject:ty,)+) => {
        /// Every fact that a distribution needs, each subject once.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Facts {
            $($(#[$doc])+ pub $field: Answers<$subject>,)+
            $($(#[$chained_doc])+ pub $chained: Answers<$chained_subject>,)+
            /// The account that was asked, where that is known.
            pub account: Option<AccountId>,
            /// Who may read those buckets, by name.
            pub bucket_access: HashMap<BucketName, BucketAccess>,
            /// Policies that a source puts on buckets, its own and others, by name.
            pub bucket_policies: HashMap<BucketName, Fact<Option<Policy>>>,
            /// Function URLs that a source makes, by logical ID or address, and by host where that is
            /// known.
            pub function_urls: HashMap<String, FunctionUrl>,
            /// Access points of S3 that a source makes, by alias.
            pub access_points: HashMap<String, AccessPoint>,
        }

        /// What must be known to judge a distribution, each subject once however often it is named.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Needs {
            $($(#[$doc])+ pub $field: Wanted<$subject>,)+
            $($(#[$chained_doc])+ pub $chained: Wanted<$chained_subject>,)+
        }

        impl Facts {
            fn put(&mut self, planned: &Self) {
                $(self.$field.put(&planned.$field);)+
                $(self.$chained.put(&planned.$chained);)+
            }

            /// Adds what was asked later, in the place of what was asked before.
            pub fn add(&mut self, later: Self) {
                self.put(&later);
                self.account = later.account;
                self.bucket_access.extend(later.bucket_access);
            }
        }

        impl Needs {
            /// Also what another distribution needs, but for what its source makes itself.
            fn add_all(&mut self, others: Self, planned: &Facts) {
                $(self.$field.add_all(others.$field, &planned.$field);)+
                $(self.$chained.add_all(others.$chained, &planned.$chained);)+
            }

            /// Also what other distributions need, of which the source makes nothing itself.
            pub fn add(&mut self, others: Self) {
                self.add_all(others, &Facts::default());
            }

            /// What was not asked before. Of a subject about which more must be known now, all is asked
            /// again: its answers are of one time.
            #[must_use]
            pub fn beyond(&self, asked: &Self) -> Self {
                Self {
                    $($field: self.$field.beyond(&asked.$field),)+
                    $($chained: self.$chained.beyond(&asked.$chained),)+
                }
            }

            /// How many subjects will be asked about at once.
            fn independent(&self) -> usize {
                0 $(+ self.$field.len())+
            }

            /// Asks about all that depends on no other answer.
            async fn ask_independent<P: Probes>(&self, probes: &P) -> Facts {
                let joined_pattern!($($field),+) = joined!($(self.$field.ask(probes)),+).await;
                Facts {
                    $($field,)+
                    ..Facts::default()
                }
            }
        }
    };
}

macro_rules! joined {
    () => { ready(()) };
    ($first:expr $(, $rest:expr)*) => { join($first, joined!($($rest),*)) };
}

macro_rules! joined_pattern {
    () => { () };
    ($first:ident $(, $rest:ident)*) => { ($first, joined_pattern!($($rest),*)) };
}

subjects! {
    /// Origin access controls; `None` where the account has none of this ID.
    origin_access_controls: OacId,
    /// Origin access identities; `None` where the account has none of this ID.
    origin_access_identities: OaiId,
    /// VPC origins; `None` where CloudFront shows this account none of this ID.
    vpc_origins: VpcOriginId,
    /// Website hosting of the buckets that are reached through a website endpoint.
    websites: WebsiteOf,
    /// Hosts of custom origins.
    hosts: OriginHostName,
    ;
    /// Buckets.
    buckets: BucketName,
    /// Policies of the keys that those buckets are encrypted with; `None` where there is no such key.
    key_policies: KeyId,
}

impl Facts {
    /// With what a source makes itself in the place of what was asked about.
    #[must_use]
    pub fn with_planned(&self, planned: &Self) -> Cow<'_, Self> {
        // The live config and API JSON make nothing: no copy of all facts for them.
        if *planned == Self::default() {
            return Cow::Borrowed(self);
        }
        let mut all = self.clone();
        // What the source makes wins over what was asked: the deployment creates or replaces it, so
        // what AWS says of today's state no longer holds.
        all.put(planned);
        for (bucket, access) in &planned.bucket_access {
            all.bucket_access.insert(bucket.clone(), access.clone());
        }
        for (bucket, policy) in &planned.bucket_policies {
            if let Some(access) = all.bucket_access.get_mut(bucket) {
                // A template may put a policy on a bucket that it does not make: only that one fact
                // changes, and what was asked about the bucket's encryption or owner stays.
                access.policy = policy.clone();
            }
        }
        all.function_urls.clone_from(&planned.function_urls);
        all.access_points.clone_from(&planned.access_points);
        let policies = planned.bucket_policies.iter();
        all.bucket_policies
            .extend(policies.map(|(bucket, policy)| (bucket.clone(), policy.clone())));
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

    /// The fact about a bucket; unknown where it was not asked about, or could not be.
    #[must_use]
    pub fn bucket(&self, name: &BucketName) -> Cow<'_, Fact<Bucket>> {
        self.buckets.fact(name, name.as_str())
    }

    /// The fact about an origin access control.
    #[must_use]
    pub fn origin_access_control(&self, id: &str) -> Cow<'_, Fact<Option<OriginAccessControl>>> {
        self.origin_access_controls.fact(id, id)
    }

    /// The fact about a VPC origin.
    #[must_use]
    pub fn vpc_origin(&self, id: &str) -> Cow<'_, Fact<Option<VpcOrigin>>> {
        self.vpc_origins.fact(id, id)
    }

    /// A key's policy.
    #[must_use]
    pub fn key_policy(&self, key: &str) -> Cow<'_, Fact<Option<Policy>>> {
        self.key_policies.fact(key, key)
    }

    /// The fact about an origin access identity.
    #[must_use]
    pub fn origin_access_identity(&self, id: &str) -> Cow<'_, Fact<Option<Identity>>> {
        self.origin_access_identities.fact(id, id)
    }

    /// The fact about a custom origin's host, by its name in small letters.
    #[must_use]
    pub fn host(&self, name: &str) -> Cow<'_, Fact<Host>> {
        self.hosts.fact(name, name)
    }
}
