use super::{Bucket, BucketNeed, Encryption, Fact, Facts, HostNeed, Needs, OriginHost};
use crate::change::Sides;
use crate::distribution::{
    BucketName, Distribution, Origin, OriginAccessIdentity, Region, is_open,
};

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
        self.independent() + self.buckets.len()
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
                // Only where the bucket is asked about anyway: emptiness alone is no reason for a
                // call.
                if let Some(need) = needs.buckets.get_mut(bucket) {
                    need.contents = true;
                }
            }
            needs
                .buckets
                .each_mut(|need| need.public_access |= need.is_read_unsigned(planned));
            for (key, region) in keys_of_planned(distribution, planned) {
                needs.key_policies.add(key, region);
            }
            all.add_all(needs, planned);
        }
        all
    }

    /// Reads off a distribution what must be known about it.
    #[must_use]
    pub fn of(distribution: &Distribution) -> Self {
        let mut needs = Self::default();
        for origin in &distribution.origins {
            needs.add_bucket(origin);
            if let Some(id) = origin.origin_access_control().and_then(|id| id.known()) {
                needs.origin_access_controls.add(id.as_str(), ());
            }
            if let Some(OriginAccessIdentity::Id(id)) = origin.origin_access_identity()
                && !is_open(id)
            {
                needs.origin_access_identities.add(id, ());
            }
            let vpc_origin = origin.vpc.as_ref().and_then(|vpc| vpc.id());
            if let Some(id) = vpc_origin.and_then(|id| id.known()) {
                needs.vpc_origins.add(id.as_str(), ());
            }
        }
        for host in OriginHost::all(distribution) {
            let doors = host.door.into_iter().collect();
            let name = host.name.as_str().to_owned();
            let need = HostNeed {
                name: host.name,
                doors,
            };
            needs.hosts.add(name, need);
        }
        needs
    }

    fn add_bucket(&mut self, origin: &Origin) {
        let Some(endpoint) = &origin.s3_endpoint else {
            return;
        };
        let Some(bucket) = endpoint.bucket() else {
            return;
        };
        // S3 would refuse the name itself, and other rules report it; an expression is no name to
        // ask about.
        if bucket.validate().is_err() || bucket.is_symbolic() {
            return;
        }
        // A global endpoint names no region, but an account-regional name does.
        let region = endpoint.region.clone().or_else(|| region_in_name(bucket));
        let need = BucketNeed {
            partitions: [endpoint.partition.id(region.as_ref())].into(),
            region,
            // With OAC the bucket policy alone lets CloudFront in; an identity or an anonymous
            // reader may also be let in by object ACLs, or kept out by the public access block.
            public_access: origin.origin_access_control().is_none(),
            controls: origin
                .origin_access_control()
                .map(|id| id.spelling().to_owned())
                .into_iter()
                .collect(),
            contents: false,
        };
        if endpoint.is_website() {
            self.websites.add(bucket.clone(), need.clone());
        }
        self.buckets.add(bucket.clone(), need);
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
        // A key that the source makes has its policy in the source; what has no ID yet cannot be
        // asked about.
        if is_open(key) || planned.key_policies.contains_key(key.as_str()) {
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
    Some(bucket.account_regional()?.region)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::future::{Future, ready};
    use std::sync::Mutex;

    use futures_util::FutureExt;

    use super::*;
    use crate::distribution::KeyId;
    use crate::facts::{Probes, Wanted, gather};
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

    fn keys(planned: &Facts) -> Wanted<KeyId> {
        let distribution = &Scene::s3("assets").candidate;
        let baseline = None;
        let probed = Probed {
            distribution,
            planned,
            baseline,
        };
        Needs::of_all([probed].into_iter()).key_policies
    }

    #[test]
    fn the_key_of_a_bucket_that_the_source_makes_is_asked_about_in_the_buckets_region() {
        let expected = BTreeMap::from([(KeyId::from(KEY), Region::parse("eu-west-1"))]);
        assert_eq!(*keys(&planned(KEY)), expected);
    }

    #[test]
    fn a_key_that_the_source_makes_too_is_not_asked_about() {
        assert!(keys(&planned("${Key.Arn}")).is_empty());
        let mut made = planned(KEY);
        let policy = Fact::Known(None);
        made.key_policies.insert(KEY, policy);
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
            key_policies: keys(&planned(KEY)),
            ..Needs::default()
        };
        let probes = Asked::default();
        let facts = gather(&probes, &needs).now_or_never().unwrap();
        assert_eq!(facts.key_policies[KEY], Fact::Known(None));
        let asked = probes.0.into_inner().unwrap();
        assert_eq!(asked, [(KEY.to_owned(), Region::parse("eu-west-1"))]);
    }
}
