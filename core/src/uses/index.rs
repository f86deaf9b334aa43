use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::usage::host;
use super::{Subject, Usage};
use crate::distribution::{Behavior, BucketName, Distribution, KeyId};

/// Which distributions use what, by subject; and what that leaves open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Index {
    /// Who uses each subject, in the order of their IDs.
    pub(super) subjects: BTreeMap<Subject, Vec<Usage>>,
    /// Each distribution with all of its origins, by its ID.
    pub(super) distributions: BTreeMap<String, Usage>,
    /// The IDs of the distributions that viewers reach by a domain, an alias or their own.
    pub(super) names: BTreeMap<String, BTreeSet<String>>,
    /// What it leaves open, whatever is asked.
    pub gaps: Gaps,
}

/// What an index leaves open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gaps {
    /// Distributions whose config could not be read.
    pub unread: Vec<Unread>,
    /// Origins whose domain is filled in by each tenant.
    pub open_origins: Vec<OpenOrigin>,
    /// Distributions whose code at the edge may send requests to an origin that no config names.
    pub code_at_edge: Vec<String>,
    /// Buckets whose key is not known; `None` where no bucket was asked for its key.
    pub unchecked_keys: Option<Vec<UncheckedKey>>,
}

/// A distribution whose config could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Which one, as far as that is known.
    pub distribution: String,
    /// Why.
    pub why: String,
}

/// An origin whose domain is filled in by each tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenOrigin {
    /// Of which distribution.
    pub distribution: String,
    /// Its ID.
    pub origin: String,
    /// Its domain with the parameters in it, such as `{{store}}.example.com`.
    pub domain_name: String,
}

/// A bucket whose key is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UncheckedKey {
    /// Which bucket.
    pub bucket: String,
    /// Why.
    pub why: String,
}

impl Index {
    /// Into how many parts an index is cut, each of which answers alone what is asked of it.
    pub const SHARDS: usize = 64;

    /// Adds what a distribution names.
    pub fn add(&mut self, distribution: &Distribution) {
        let Some(usage) = Usage::of(distribution) else {
            return;
        };
        let id = usage.distribution.id.clone();
        let subjects: BTreeSet<&Subject> =
            usage.origins.iter().flat_map(|it| &it.subjects).collect();
        for subject in subjects {
            let users = self.subjects.entry(subject.clone()).or_default();
            users.extend(usage.with(subject));
        }
        for domain in usage.distribution.domains() {
            let owners = self.names.entry(host(domain)).or_default();
            owners.insert(id.clone());
        }
        let open = distribution.origins.iter().filter_map(|origin| {
            origin.domain_name.symbolic().map(|domain| OpenOrigin {
                distribution: id.clone(),
                origin: origin.id.spelling().to_owned(),
                domain_name: domain.spelling().to_owned(),
            })
        });
        self.gaps.open_origins.extend(open);
        let mut behaviors = distribution.all_behaviors();
        if behaviors.any(Behavior::runs_code_on_requests) {
            self.gaps.code_at_edge.push(id.clone());
        }
        self.distributions.insert(id, usage);
    }

    /// Adds that a distribution could not be read: whatever is asked, it may use it.
    pub fn add_unread(&mut self, distribution: impl Into<String>, why: impl Into<String>) {
        self.gaps.unread.push(Unread {
            distribution: distribution.into(),
            why: why.into(),
        });
    }

    /// The buckets that distributions use.
    pub fn buckets(&self) -> impl Iterator<Item = &BucketName> {
        self.subjects.keys().filter_map(|subject| match subject {
            Subject::Bucket(bucket) => Some(bucket),
            _ => None,
        })
    }

    /// Adds what is known of the keys of [`Self::buckets`]: the one that each is encrypted with, nothing
    /// for a bucket that has none of its own, or why it is not known.
    pub fn add_keys(
        &mut self,
        keys: impl IntoIterator<Item = (BucketName, Result<Option<KeyId>, String>)>,
    ) {
        let mut unchecked = self.gaps.unchecked_keys.take().unwrap_or_default();
        for (bucket, key) in keys {
            match key {
                Ok(None) => {}
                Ok(Some(key)) if is_alias(&key) => unchecked.push(UncheckedKey {
                    bucket: bucket.as_str().to_owned(),
                    why: format!("it is encrypted with `{key}`, an alias that may be of any key"),
                }),
                Ok(Some(key)) => self.add_key(&bucket, &Subject::Key(key)),
                Err(why) => unchecked.push(UncheckedKey {
                    bucket: bucket.as_str().to_owned(),
                    why,
                }),
            }
        }
        self.gaps.unchecked_keys = Some(unchecked);
    }

    /// What uses the bucket uses its key too.
    fn add_key(&mut self, bucket: &BucketName, key: &Subject) {
        let of_bucket = Subject::Bucket(bucket.clone());
        let Some(users) = self.subjects.get(&of_bucket).cloned() else {
            return;
        };
        let all = self.subjects.entry(key.clone()).or_default();
        for user in users {
            let id = &user.distribution.id;
            match all.iter_mut().find(|it| it.distribution.id == *id) {
                // Another bucket of the same distribution has the same key.
                Some(there) => {
                    let new = user.origins.into_iter();
                    let new: Vec<_> = new.filter(|it| !there.has_origin(&it.id)).collect();
                    there.origins.extend(new);
                }
                None => all.push(user),
            }
        }
    }

    /// How many distributions are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.distributions.len()
    }

    /// Whether no distribution is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.distributions.is_empty()
    }

    /// Who uses a subject.
    pub(super) fn users(&self, subject: &Subject) -> Vec<Usage> {
        let same = self.subjects.iter().filter(|(it, _)| it.is(subject));
        same.flat_map(|(_, users)| users).cloned().collect()
    }

    /// Each distribution that uses a bucket, with the origins that do.
    #[must_use]
    pub fn users_of_buckets(&self) -> Vec<Usage> {
        let users = self.distributions.values().filter_map(|usage| {
            let is_bucket = |subject: &Subject| matches!(subject, Subject::Bucket(_));
            let origins = usage.origins.iter();
            let origins = origins.filter(|origin| origin.subjects.iter().any(is_bucket));
            let origins: Vec<_> = origins.cloned().collect();
            (!origins.is_empty()).then(|| Usage {
                distribution: usage.distribution.clone(),
                origins,
            })
        });
        users.collect()
    }

    /// The IDs of the distributions that viewers reach by a domain: as it is, or by a wildcard.
    #[must_use]
    pub fn owners(&self, domain: &str) -> BTreeSet<&str> {
        let domain = host(domain);
        let wildcard = wildcard(&domain);
        let names = [Some(domain), wildcard];
        let owners = names.iter().flatten().filter_map(|it| self.names.get(it));
        owners.flatten().map(String::as_str).collect()
    }

    /// The parts of the whole index that hold the distributions which viewers reach by a domain.
    #[must_use]
    pub fn shards_of_owners(&self, domain: &str) -> BTreeSet<usize> {
        self.owners(domain).into_iter().map(shard_of).collect()
    }

    /// Each subject and who uses it.
    pub fn subjects(&self) -> impl Iterator<Item = (&Subject, &[Usage])> {
        let subjects = self.subjects.iter();
        subjects.map(|(subject, users)| (subject, users.as_slice()))
    }

    /// Each distribution with all of its origins.
    pub fn distributions(&self) -> impl Iterator<Item = &Usage> {
        self.distributions.values()
    }

    /// Each domain and the IDs of the distributions that have it.
    pub fn names(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        let names = self.names.iter();
        names.map(|(name, owners)| (name.as_str(), owners))
    }

    /// Makes an index of what was read of one.
    #[must_use]
    pub fn of_parts(
        subjects: Vec<(Subject, Vec<Usage>)>,
        distributions: Vec<Usage>,
        names: BTreeMap<String, BTreeSet<String>>,
        gaps: Gaps,
    ) -> Self {
        let distributions = distributions.into_iter();
        Self {
            subjects: subjects.into_iter().collect(),
            distributions: distributions
                .map(|usage| (usage.distribution.id.clone(), usage))
                .collect(),
            names,
            gaps,
        }
    }

    /// Cuts it into [`Self::SHARDS`] parts, by what each is asked about; each has all the gaps.
    #[must_use]
    pub fn into_shards(self) -> Vec<Self> {
        let empty = Self {
            gaps: self.gaps,
            ..Self::default()
        };
        let mut shards = vec![empty; Self::SHARDS];
        for (subject, users) in self.subjects {
            if let Some(shard) = shards.get_mut(shard_of(subject.key())) {
                shard.subjects.insert(subject, users);
            }
        }
        for (id, usage) in self.distributions {
            if let Some(shard) = shards.get_mut(shard_of(&id)) {
                shard.distributions.insert(id, usage);
            }
        }
        for (name, owners) in self.names {
            if let Some(shard) = shards.get_mut(shard_of(&name)) {
                shard.names.insert(name, owners);
            }
        }
        shards
    }

    /// Adds another part of the same index.
    pub fn join(&mut self, other: Self) {
        self.subjects.extend(other.subjects);
        self.distributions.extend(other.distributions);
        self.names.extend(other.names);
        self.gaps = other.gaps;
    }
}

/// The part of an index that has a name.
pub(super) fn shard_of(name: &str) -> usize {
    let digest = Sha256::digest(name.as_bytes());
    let first = digest.first().copied().unwrap_or_default();
    usize::from(first) % Index::SHARDS
}

/// The alias that stands for a domain and its siblings: `*.example.com` for `www.example.com`.
pub(super) fn wildcard(domain: &str) -> Option<String> {
    let (_, parent) = domain.split_once('.')?;
    Some(format!("*.{parent}"))
}

fn is_alias(key: &KeyId) -> bool {
    let key = key.as_str();
    key.starts_with("alias/") || key.contains(":alias/")
}
