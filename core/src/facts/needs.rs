use std::collections::{BTreeMap, BTreeSet};

use super::{Facts, HostNeed, OriginHost};
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
}

/// What must be known about one bucket, beside whether it is there, whose, and who may read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BucketNeed {
    /// The region that its domain names: where to ask first.
    pub region: Option<Region>,
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
    /// How many subjects will be asked about.
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
                known.public_access |= need.public_access;
                known.contents |= need.contents;
            }
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
                if need.region.is_none() {
                    need.region = endpoint.region.clone().or_else(|| region_in_name(bucket));
                }
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

fn region_in_name(bucket: &BucketName) -> Option<Region> {
    Region::parse(bucket.account_regional()?.region)
}
