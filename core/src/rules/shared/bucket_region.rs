//! Where a bucket is, as far as that is known without asking for more.

use crate::distribution::{BucketName, Region, S3Endpoint};
use crate::facts::{Bucket, Fact};
use crate::rules::Case;

/// The bucket's region: what S3 says, or what an account-regional name carries.
pub(in crate::rules) fn bucket_region(case: &Case<'_>, bucket: &BucketName) -> Option<Region> {
    match case.facts.buckets.get(bucket) {
        Some(Fact::Known(Bucket::Exists {
            region: Some(region),
            ..
        })) => Some(region.clone()),
        _ => Some(bucket.account_regional()?.region),
    }
}

/// `bucket.s3.region.suffix` for messages; the region is `REGION` where nothing says it.
pub(in crate::rules) fn recommended_domain(
    case: &Case<'_>,
    endpoint: &S3Endpoint,
    bucket: &BucketName,
) -> String {
    let region = bucket_region(case, bucket).or_else(|| endpoint.region.clone());
    match region {
        Some(region) => S3Endpoint::regional_domain(bucket, &region, endpoint.partition),
        None => format!("{bucket}.s3.REGION.{}", endpoint.partition.suffix()),
    }
}
