//! What UpdateDistribution requires and CreateDistribution does not.

/// A member, and whether the refusal without it was seen and not only is documented.
pub(super) struct RequiredInUpdate {
    /// The structure that has it.
    pub structure: &'static str,
    /// Its name.
    pub member: &'static str,
    /// Seen: `IllegalUpdate`, "OriginReadTimeout is required for updates."
    pub seen: bool,
}

const fn documented(structure: &'static str, member: &'static str) -> RequiredInUpdate {
    RequiredInUpdate {
        structure,
        member,
        seen: false,
    }
}

const fn seen(structure: &'static str, member: &'static str) -> RequiredInUpdate {
    RequiredInUpdate {
        structure,
        member,
        seen: true,
    }
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-overview-required-fields.html>,
/// which says nothing of origins: of these, what updates were refused without
/// (<https://github.com/boto/boto3/issues/1083>,
/// <https://github.com/aws-controllers-k8s/community/issues/2335>).
pub(super) const REQUIRED_IN_UPDATE: [RequiredInUpdate; 24] = [
    documented("DistributionConfig", "Aliases"),
    documented("DistributionConfig", "DefaultRootObject"),
    documented("DistributionConfig", "CacheBehaviors"),
    documented("DistributionConfig", "CustomErrorResponses"),
    documented("DistributionConfig", "Logging"),
    documented("DistributionConfig", "PriceClass"),
    documented("DistributionConfig", "ViewerCertificate"),
    documented("DistributionConfig", "Restrictions"),
    documented("DistributionConfig", "WebACLId"),
    documented("DistributionConfig", "HttpVersion"),
    seen("Origin", "CustomHeaders"),
    seen("CustomOriginConfig", "OriginSslProtocols"),
    seen("CustomOriginConfig", "OriginReadTimeout"),
    seen("CustomOriginConfig", "OriginKeepaliveTimeout"),
    documented("DefaultCacheBehavior", "AllowedMethods"),
    documented("DefaultCacheBehavior", "SmoothStreaming"),
    documented("DefaultCacheBehavior", "Compress"),
    documented("DefaultCacheBehavior", "LambdaFunctionAssociations"),
    documented("DefaultCacheBehavior", "FieldLevelEncryptionId"),
    documented("CacheBehavior", "AllowedMethods"),
    documented("CacheBehavior", "SmoothStreaming"),
    documented("CacheBehavior", "Compress"),
    documented("CacheBehavior", "LambdaFunctionAssociations"),
    documented("CacheBehavior", "FieldLevelEncryptionId"),
];
