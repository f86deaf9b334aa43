use super::{Fact, Probes, Subject};
use crate::distribution::{OacId, OaiId};

/// An origin access control, as far as the contract needs it. Follows
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginAccessControl {
    /// Its name.
    pub name: String,
    /// `s3`, `mediastore`, `mediapackagev2`, `lambda`, or what AWS adds later.
    pub origin_type: String,
    /// `always`, `never`, `no-override`, or what AWS adds later.
    pub signing_behavior: String,
    /// `sigv4`, `sigv4a`, or what AWS adds later; `None` where only the deployment knows.
    pub signing_protocol: Option<String>,
}

/// An origin access identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The canonical user that stands for it in policies; empty where CloudFront did not say.
    pub canonical_user: String,
}

impl Subject for OacId {
    type Answer = Option<OriginAccessControl>;
    type Need = ();
    const FACT: &'static str = "origin access control";
    const ASKS: &'static str = "cloudfront:GetOriginAccessControl";

    fn name(&self) -> &str {
        self.as_str()
    }

    async fn ask<P: Probes>(&self, probes: &P, (): &()) -> Fact<Self::Answer> {
        probes.origin_access_control(self.as_str()).await
    }
}

impl Subject for OaiId {
    type Answer = Option<Identity>;
    type Need = ();
    const FACT: &'static str = "origin access identity";
    const ASKS: &'static str = "cloudfront:GetCloudFrontOriginAccessIdentity";

    fn name(&self) -> &str {
        self.as_str()
    }

    async fn ask<P: Probes>(&self, probes: &P, (): &()) -> Fact<Self::Answer> {
        probes.origin_access_identity(self.as_str()).await
    }
}
