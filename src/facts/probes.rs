use std::future::Future;

use futures_util::future::{join, join_all};

use super::{Bucket, Fact, Facts, Needs, OriginAccessControl, VpcOrigin};
use crate::distribution::{BucketName, Region};

/// The calls that find facts. A probe never fails: what it could not find out is unknown.
pub trait Probes: Sync {
    /// Asks S3 about a bucket's name, first in the region that `hint` names.
    fn bucket(
        &self,
        name: &BucketName,
        hint: Option<&Region>,
    ) -> impl Future<Output = Fact<Bucket>> + Send;

    /// Asks CloudFront about an origin access control.
    fn origin_access_control(
        &self,
        id: &str,
    ) -> impl Future<Output = Fact<Option<OriginAccessControl>>> + Send;

    /// Asks CloudFront whether an origin access identity exists.
    fn origin_access_identity(&self, id: &str) -> impl Future<Output = Fact<bool>> + Send;

    /// Asks CloudFront about a VPC origin.
    fn vpc_origin(&self, id: &str) -> impl Future<Output = Fact<Option<VpcOrigin>>> + Send;
}

/// Sends every probe at once and waits for all of them.
pub async fn gather(probes: &impl Probes, needs: &Needs) -> Facts {
    let buckets = join_all(
        needs
            .buckets
            .iter()
            .map(async |(name, hint)| (name.clone(), probes.bucket(name, hint.as_ref()).await)),
    );
    let controls = join_all(
        needs
            .origin_access_controls
            .iter()
            .map(async |id| (id.clone(), probes.origin_access_control(id).await)),
    );
    let identities = join_all(
        needs
            .origin_access_identities
            .iter()
            .map(async |id| (id.clone(), probes.origin_access_identity(id).await)),
    );
    let vpc_origins = join_all(
        needs
            .vpc_origins
            .iter()
            .map(async |id| (id.clone(), probes.vpc_origin(id).await)),
    );
    let ((buckets, controls), (identities, vpc_origins)) =
        join(join(buckets, controls), join(identities, vpc_origins)).await;
    Facts {
        buckets: buckets.into_iter().collect(),
        origin_access_controls: controls.into_iter().collect(),
        origin_access_identities: identities.into_iter().collect(),
        vpc_origins: vpc_origins.into_iter().collect(),
    }
}
