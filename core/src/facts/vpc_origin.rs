/// A VPC origin, as far as the contract needs it. Follows
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_VpcOrigin.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VpcOrigin {
    /// The account that owns it, where CloudFront says so.
    pub account: Option<String>,
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
