use super::{Fact, Facts};
use crate::distribution::{BucketName, S3Endpoint, S3EndpointKind};
use crate::policy::Policy;

/// An access point of S3 that a source makes, in one Region or in several
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessPoint {
    /// Its logical ID or address.
    pub name: String,
    /// Its ARN, in each form in which the source can spell it.
    pub arns: Vec<String>,
    /// The account that owns it, where that is known.
    pub account: Option<String>,
    /// Its policy; `None` where the source gives it none.
    pub policy: Fact<Option<Policy>>,
    /// Its bucket, or the buckets of a Multi-Region Access Point.
    pub buckets: Vec<BucketName>,
    /// Whether it is one for several Regions.
    pub is_multi_region: bool,
}

impl Facts {
    /// The access point that an endpoint names, where the source makes it.
    #[must_use]
    pub(crate) fn access_point(&self, endpoint: &S3Endpoint) -> Option<&AccessPoint> {
        let alias = match &endpoint.kind {
            S3EndpointKind::AccessPointAlias(alias)
            | S3EndpointKind::MultiRegionAccessPoint(alias) => alias.as_str(),
            // An alias that is open stands where a bucket's name can stand too.
            _ => endpoint.bucket()?.as_str(),
        };
        self.access_points.get(alias)
    }
}
