use super::{Fact, Probes, Subject};
use crate::distribution::{AccountId, VpcOriginId};

/// A VPC origin, as far as the contract needs it. Follows
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_VpcOrigin.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VpcOrigin {
    /// The account that owns it, where CloudFront says so.
    pub account: Option<AccountId>,
    /// `Deployed`, `Deploying`, or what else CloudFront says.
    pub status: String,
}

impl VpcOrigin {
    /// Whether requests can go through it.
    #[must_use]
    pub fn is_deployed(&self) -> bool {
        self.status == "Deployed"
    }
}

impl Subject for VpcOriginId {
    type Answer = Option<VpcOrigin>;
    type Need = ();
    const FACT: &'static str = "VPC origin";
    const ASKS: &'static str = "cloudfront:GetVpcOrigin";

    fn name(&self) -> &str {
        self.as_str()
    }

    async fn ask<P: Probes>(&self, probes: &P, (): &()) -> Fact<Self::Answer> {
        probes.vpc_origin(self.as_str()).await
    }
}
