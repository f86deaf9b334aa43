use std::future::Future;

use futures_util::future::{join, join_all};

use super::{Bucket, Fact, Facts, Host, HostNeed, Needs, OriginAccessControl};
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

    /// Asks DNS and TLS about a custom origin's host.
    fn host(&self, need: &HostNeed) -> impl Future<Output = Fact<Host>> + Send;
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
    let hosts = join_all(
        needs
            .hosts
            .iter()
            .map(async |(name, need)| (name.clone(), probes.host(need).await)),
    );
    let (account, hosts) = join(join(buckets, join(controls, identities)), hosts).await;
    let (buckets, (controls, identities)) = account;
    Facts {
        buckets: buckets.into_iter().collect(),
        origin_access_controls: controls.into_iter().collect(),
        origin_access_identities: identities.into_iter().collect(),
        hosts: hosts.into_iter().collect(),
    }
}
