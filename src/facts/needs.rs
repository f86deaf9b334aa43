use std::collections::{BTreeMap, BTreeSet};

use super::HostNeed;
use crate::distribution::{BucketName, Distribution, OriginAccessIdentity, Region};

/// What must be known to judge a distribution, each subject once however often it is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Buckets, each with the region its domain names: where to ask first.
    pub buckets: BTreeMap<BucketName, Option<Region>>,
    /// IDs of origin access controls.
    pub origin_access_controls: BTreeSet<String>,
    /// IDs of origin access identities.
    pub origin_access_identities: BTreeSet<String>,
    /// Hosts of custom origins by name.
    pub hosts: BTreeMap<String, HostNeed>,
}

impl Needs {
    /// Reads off a distribution what must be known about it.
    #[must_use]
    pub fn of(distribution: &Distribution) -> Self {
        let mut needs = Self::default();
        for origin in &distribution.origins {
            if let Some(endpoint) = &origin.s3_endpoint
                && let Some(bucket) = endpoint.bucket()
                && bucket.validate().is_ok()
            {
                let hint = needs.buckets.entry(bucket.clone()).or_default();
                if hint.is_none() {
                    *hint = endpoint.region.clone().or_else(|| region_in_name(bucket));
                }
            }
            if let Some(id) = origin.origin_access_control().and_then(|id| id.known()) {
                needs.origin_access_controls.insert(id.clone());
            }
            if let Some(OriginAccessIdentity::Id(id)) = origin.origin_access_identity() {
                needs.origin_access_identities.insert(id.to_owned());
            }
            if let Some((name, door)) = HostNeed::of(distribution, origin) {
                let need = needs.hosts.entry(name.clone()).or_default();
                need.name = name;
                need.doors.extend(door);
            }
        }
        needs
    }
}

fn region_in_name(bucket: &BucketName) -> Option<Region> {
    Region::parse(bucket.account_regional()?.region)
}
