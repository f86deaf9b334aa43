use std::collections::{BTreeMap, BTreeSet};

use super::{Bucket, Encryption, Fact, Facts, HostNeed, OriginHost};
use crate::change::Sides;
use crate::distribution::{BucketName, Distribution, OriginAccessIdentity, Region, is_open};

/// What must be known to judge a distribution, each subject once however often it is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Buckets by name.
    pub buckets: BTreeMap<BucketName, BucketNeed>,
    /// IDs of origin access controls.
    pub origin_access_controls: BTreeSet<String>,
    /// IDs of origin access identities.
    pub origin_access_identities: BTreeSet<String>,
    /// Buckets that are reached through their website endpoint.
    pub websites: BTreeSet<BucketName>,
    /// IDs of VPC origins.
    pub vpc_origins: BTreeSet<String>,
    /// Hosts of custom origins by name.
    pub hosts: BTreeMap<String, HostNeed>,
    /// Keys of buckets that the source makes, by ID or ARN, with the bucket's region; of other
    /// buckets only the answer tells the key.
    pub keys: BTreeMap<String, Option<Region>>,
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
    /// Whether it takes the place of another bucket, so that something should be in it.
    pub contents: bool,
}

/// A distribution about which something is to be found out.
#[derive(Debug, Clone, Copy)]
pub struct Probed<'d> {
    /// The distribution.
    pub distribution: &'d Distribution,
    /// What its source makes itself.
    pub planned: &'d Facts,
    /// What it is compared with.
    pub baseline: Option<&'d Distribution>,
}

/// The buckets that take the place of others.
fn swapped<'d>(baseline: &'d Distribution, candidate: &'d Distribution) -> Vec<&'d BucketName> {
    let sides = Sides::new(baseline, candidate);
    sides.swapped_buckets().map(|swap| swap.is).collect()
}

impl Needs {
    /// How many subjects will be asked about; keys, to which mostly an answer leads, are not counted.
    #[must_use]
    pub fn subjects(&self) -> usize {
        self.buckets.len()
            + self.websites.len()
            + self.origin_access_controls.len()
            + self.origin_access_identities.len()
            + self.vpc_origins.len()
            + self.hosts.len()
    }

    /// What must be known to judge some distributions, each beside what its source makes itself.
    #[must_use]
    pub fn of_all<'d>(subjects: impl Iterator<Item = Probed<'d>>) -> Self {
        let mut all = Self::default();
        for Probed {
            distribution,
            planned,
            baseline,
        } in subjects
        {
            let mut needs = Self::of(distribution);
            for bucket in baseline
                .into_iter()
                .flat_map(|it| swapped(it, distribution))
            {
                if let Some(need) = needs.buckets.get_mut(bucket) {
                    need.contents = true;
                }
            }
            for (name, need) in needs.buckets {
                if planned.buckets.contains_key(&name) {
                    continue;
                }
                let known = all.buckets.entry(name).or_default();
                known.region = known.region.take().or(need.region);
                known.partitions.extend(need.partitions);
                known.public_access |= need.public_access;
                known.contents |= need.contents;
            }
            all.keys.extend(keys_of_planned(distribution, planned));
            let websites = needs.websites.into_iter();
            all.websites
                .extend(websites.filter(|name| !planned.websites.contains_key(name)));
            let controls = needs.origin_access_controls.into_iter();
            all.origin_access_controls
                .extend(controls.filter(|id| !planned.origin_access_controls.contains_key(id)));
            let identities = needs.origin_access_identities.into_iter();
            all.origin_access_identities
                .extend(identities.filter(|id| !planned.origin_access_identities.contains_key(id)));
            let vpc_origins = needs.vpc_origins.into_iter();
            all.vpc_origins
                .extend(vpc_origins.filter(|id| !planned.vpc_origins.contains_key(id)));
            for (name, need) in needs.hosts {
                let known = all.hosts.entry(name).or_default();
                known.name = need.name;
                known.doors.extend(need.doors);
            }
        }
        all
    }

    /// Reads off a distribution what must be known about it.
    #[must_use]
    pub fn of(distribution: &Distribution) -> Self {
        let mut needs = Self::default();
        for origin in &distribution.origins {
            if let Some(endpoint) = &origin.s3_endpoint
                && let Some(bucket) = endpoint.bucket()
                && bucket.validate().is_ok()
                && !bucket.is_symbolic()
            {
                let need = needs.buckets.entry(bucket.clone()).or_default();
                let region = endpoint.region.clone().or_else(|| region_in_name(bucket));
                need.partitions
                    .insert(endpoint.partition.id(region.as_ref()));
                need.region = need.region.take().or(region);
                need.public_access |= origin.origin_access_control().is_none();
                if endpoint.is_website() {
                    needs.websites.insert(bucket.clone());
                }
            }
            if let Some(id) = origin.origin_access_control().and_then(|id| id.known()) {
                needs.origin_access_controls.insert(id.clone());
            }
            if let Some(OriginAccessIdentity::Id(id)) = origin.origin_access_identity()
                && !is_open(id)
            {
                needs.origin_access_identities.insert(id.to_owned());
            }
            let vpc_origin = origin.vpc.as_ref().and_then(|vpc| vpc.id());
            if let Some(id) = vpc_origin.and_then(|id| id.known()) {
                needs.vpc_origins.insert(id.clone());
            }
        }
        for host in OriginHost::all(distribution) {
            let need = needs.hosts.entry(host.name.clone()).or_default();
            need.name = host.name;
            need.doors.extend(host.door);
        }
        needs
    }
}

/// The keys that are there already, of buckets that the source makes.
fn keys_of_planned<'d>(
    distribution: &'d Distribution,
    planned: &'d Facts,
) -> impl Iterator<Item = (String, Option<Region>)> {
    distribution.origins.iter().filter_map(|origin| {
        let endpoint = origin.s3_endpoint.as_ref()?;
        let bucket = endpoint.bucket()?;
        let access = planned.bucket_access.get(bucket)?;
        let Fact::Known(Encryption::CustomerKey(key)) = &access.encryption else {
            return None;
        };
        if is_open(key) || planned.key_policies.contains_key(key) {
            return None;
        }
        let region = match planned.buckets.get(bucket)?.known() {
            Some(Bucket::Exists { region, .. }) => region.clone(),
            _ => None,
        };
        Some((key.clone(), region.or_else(|| endpoint.region.clone())))
    })
}

fn region_in_name(bucket: &BucketName) -> Option<Region> {
    Region::parse(bucket.account_regional()?.region)
}

#[cfg(test)]
mod tests {
    use std::future::{Future, ready};
    use std::sync::Mutex;

    use futures_util::FutureExt;

    use super::*;
    use crate::facts::{Probes, gather};
    use crate::policy::Policy;
    use crate::rules::testing::{Scene, ours};

    const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1";

    /// What a source makes of a bucket that is encrypted with a key.
    fn planned(key: &str) -> Facts {
        let scene = Scene::s3("assets")
            .bucket("assets", ours("eu-west-1"))
            .bucket_policy("assets", None);
        let encryption = Encryption::CustomerKey(key.to_owned());
        scene.encryption("assets", encryption).facts
    }

    fn keys(planned: &Facts) -> BTreeMap<String, Option<Region>> {
        let distribution = &Scene::s3("assets").candidate;
        let baseline = None;
        let probed = Probed {
            distribution,
            planned,
            baseline,
        };
        Needs::of_all([probed].into_iter()).keys
    }

    #[test]
    fn the_key_of_a_bucket_that_the_source_makes_is_asked_about_in_the_buckets_region() {
        let expected = [(KEY.to_owned(), Region::parse("eu-west-1"))];
        assert_eq!(keys(&planned(KEY)), expected.into());
    }

    #[test]
    fn a_key_that_the_source_makes_too_is_not_asked_about() {
        assert!(keys(&planned("${Key.Arn}")).is_empty());
        let mut made = planned(KEY);
        let policy = Fact::Known(None);
        made.key_policies.insert(KEY.to_owned(), policy);
        assert!(keys(&made).is_empty());
        assert!(keys(&Facts::default()).is_empty());
    }

    #[test]
    fn every_key_is_gathered() {
        #[derive(Default)]
        struct Asked(Mutex<Vec<(String, Option<Region>)>>);
        impl Probes for Asked {
            fn key_policy(
                &self,
                key: &str,
                hint: Option<&Region>,
            ) -> impl Future<Output = Fact<Option<Policy>>> + Send {
                let asked = (key.to_owned(), hint.cloned());
                self.0.lock().unwrap().push(asked);
                ready(Fact::Known(None))
            }
        }
        let needs = Needs {
            keys: keys(&planned(KEY)),
            ..Needs::default()
        };
        let probes = Asked::default();
        let facts = gather(&probes, &needs).now_or_never().unwrap();
        assert_eq!(facts.key_policies[KEY], Fact::Known(None));
        let asked = probes.0.into_inner().unwrap();
        assert_eq!(asked, [(KEY.to_owned(), Region::parse("eu-west-1"))]);
    }
}
