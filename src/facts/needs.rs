use std::collections::{BTreeMap, BTreeSet};

use super::HostNeed;
use crate::distribution::{
    BucketName, Distribution, Origin, OriginAccessIdentity, OriginKind, Region,
};

/// What must be known to judge a distribution, each subject once however often it is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Buckets, each with the region its domain names: where to ask first.
    pub buckets: BTreeMap<BucketName, Option<Region>>,
    /// IDs of origin access controls.
    pub origin_access_controls: BTreeSet<String>,
    /// IDs of origin access identities.
    pub origin_access_identities: BTreeSet<String>,
    /// Buckets that are reached through their website endpoint.
    pub websites: BTreeSet<BucketName>,
    /// IDs of VPC origins.
    pub vpc_origins: BTreeSet<String>,
    /// Buckets to which CloudFront signs requests: their policy and encryption decide.
    pub signed_buckets: BTreeSet<BucketName>,
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
                if endpoint.is_website() {
                    needs.websites.insert(bucket.clone());
                } else if is_signed(origin) {
                    needs.signed_buckets.insert(bucket.clone());
                }
            }
            if let Some(id) = origin.origin_access_control().and_then(|id| id.known()) {
                needs.origin_access_controls.insert(id.clone());
            }
            if let Some(OriginAccessIdentity::Id(id)) = origin.origin_access_identity() {
                needs.origin_access_identities.insert(id.to_owned());
            }
            let vpc_origin = origin.vpc.as_ref().and_then(|vpc| vpc.id());
            if let Some(id) = vpc_origin.and_then(|id| id.known()) {
                needs.vpc_origins.insert(id.clone());
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

/// Whether CloudFront asks in the name of an origin access control or identity.
fn is_signed(origin: &Origin) -> bool {
    origin.kind() == OriginKind::S3
        && (origin.origin_access_control().is_some()
            || origin.origin_access_identity_field().is_some())
}

fn region_in_name(bucket: &BucketName) -> Option<Region> {
    Region::parse(bucket.account_regional()?.region)
}
