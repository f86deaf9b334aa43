//! What the rules make of each member of the API's model: one place, which a test holds against the
//! model and against the rules.

use super::{Member, Shape};

/// What becomes of a member.
#[derive(Debug, Clone, Copy)]
pub enum Judgement {
    /// These rules judge its value.
    By(&'static [&'static str]),
    /// It is the list's, or the object's, that the member makes.
    AsOwner,
    /// Its value has no part in the origin contract, for this reason.
    OutOfScope(&'static str),
    /// Its value has a part in it, and no rule judges that yet.
    Undecided(&'static str),
}

use Judgement::{AsOwner, By, OutOfScope, Undecided};

const CACHING: &str = "what is cached, and for how long";
const EDGE_CODE: &str = "code at the edge";
const TENANT: &str = "tenants";
const TENANTS_VALUES: &str = "a tenant's values are not read: the domains that they fill in stay open";
const VIEWER: &str = "the viewer side";

type Members = &'static [(&'static str, Judgement)];

/// Structures, and what becomes of their members.
pub(super) const JUDGED: &[(&[&str], Members)] = &[
    (
        &["DistributionConfig"],
        &[
            ("CallerReference", OutOfScope("the call's identity")),
            ("Aliases", By(&["self-referencing-origin"])),
            ("DefaultRootObject", OutOfScope("the page for `/`, whichever origin has it")),
            ("Origins", By(&["no-origins", "too-many-origins"])),
            ("OriginGroups", By(&["too-many-origin-groups"])),
            ("DefaultCacheBehavior", By(&["missing-default-behavior"])),
            ("CacheBehaviors", By(&["too-many-behaviors", "removed-behavior"])),
            ("CustomErrorResponses", OutOfScope("custom error pages")),
            ("Comment", OutOfScope("a note")),
            ("Logging", OutOfScope("logs")),
            ("PriceClass", OutOfScope("where viewers are served from")),
            ("Enabled", Undecided("a disabled distribution makes errors warnings in an audit")),
            ("ViewerCertificate", OutOfScope(VIEWER)),
            ("Restrictions", OutOfScope(VIEWER)),
            ("WebACLId", OutOfScope(VIEWER)),
            ("HttpVersion", By(&["unsupported-grpc"])),
            ("IsIPV6Enabled", OutOfScope(VIEWER)),
            ("ContinuousDeploymentPolicyId", Undecided("a policy forbids some changes of origins")),
            ("Staging", Undecided("a staging distribution cannot have ResponseCompletionTimeout")),
            ("AnycastIpListId", OutOfScope(VIEWER)),
            ("TenantConfig", Undecided("the names of `{{tenant}}` parameters in domains and paths")),
            ("ConnectionMode", Undecided("`tenant-only` excludes OAI, ForwardedValues and more")),
            ("ViewerMtlsConfig", OutOfScope(VIEWER)),
            ("ConnectionFunctionAssociation", OutOfScope(EDGE_CODE)),
            ("CacheTagConfig", OutOfScope(CACHING)),
        ],
    ),
    (
        &[
            "Aliases", "AllowedMethods", "CacheBehaviors", "CachedMethods", "CookieNames", "CustomErrorResponses",
            "CustomHeaders", "FunctionAssociations", "GeoRestriction", "Headers", "LambdaFunctionAssociations",
            "OriginGroupMembers", "OriginGroups", "OriginSslProtocols", "Origins", "QueryStringCacheKeys",
            "StatusCodes", "TrustedKeyGroups", "TrustedSigners",
        ],
        &[("Quantity", By(&["inconsistent-quantity"])), ("Items", AsOwner)],
    ),
    (
        &["Origin"],
        &[
            ("Id", By(&["unnamed-origin", "duplicate-origin-id", "oversized-origin-id", "unused-origin"])),
            ("DomainName", By(&["malformed-origin-domain", "missing-bucket", "foreign-bucket", "wrong-bucket-region",
                "non-s3-domain-as-s3-origin", "unresolvable-origin-domain"])),
            ("OriginPath", By(&["malformed-origin-path"])),
            ("CustomHeaders", By(&["too-many-origin-headers", "duplicate-origin-header", "oversized-origin-header"])),
            ("S3OriginConfig", By(&["ambiguous-origin-type"])),
            ("CustomOriginConfig", By(&["ambiguous-origin-type", "s3-endpoint-as-custom-origin"])),
            ("VpcOriginConfig", By(&["ambiguous-origin-type"])),
            ("ConnectionAttempts", By(&["origin-timeout-out-of-range"])),
            ("ConnectionTimeout", By(&["origin-timeout-out-of-range"])),
            ("ResponseCompletionTimeout", By(&["origin-timeout-out-of-range"])),
            ("OriginShield", By(&["unknown-origin-shield-region"])),
            ("OriginAccessControlId", By(&["unknown-origin-access-control", "mismatched-origin-access-control",
                "mixed-origin-access", "ungranted-bucket-access"])),
        ],
    ),
    (
        &["OriginCustomHeader"],
        &[
            ("HeaderName", By(&["refused-origin-header", "duplicate-origin-header"])),
            ("HeaderValue", By(&["oversized-origin-header"])),
        ],
    ),
    (
        &["S3OriginConfig"],
        &[
            ("OriginAccessIdentity", By(&["unknown-origin-access-identity", "mixed-origin-access",
                "legacy-origin-access-identity"])),
            ("OriginReadTimeout", By(&["origin-timeout-out-of-range"])),
        ],
    ),
    (
        &["CustomOriginConfig"],
        &[
            ("HTTPPort", By(&["invalid-origin-port", "unreachable-origin-port"])),
            ("HTTPSPort", By(&["invalid-origin-port", "unreachable-origin-port"])),
            ("OriginProtocolPolicy", By(&["unencrypted-origin", "website-endpoint-over-https", "unsupported-grpc"])),
            ("OriginSslProtocols", By(&["deprecated-origin-tls"])),
            ("OriginReadTimeout", By(&["origin-timeout-out-of-range"])),
            ("OriginKeepaliveTimeout", By(&["origin-timeout-out-of-range"])),
            ("IpAddressType", By(&["unmatched-ip-address-type"])),
            ("OriginMtlsConfig", Undecided("mTLS to the origin excludes some kinds of origins")),
            ("OriginHttpVersion", Undecided("whether the origin speaks HTTP/2 is not asked")),
        ],
    ),
    (
        &["OriginMtlsConfig"],
        &[("ClientCertificateArn", Undecided("whether the certificate exists is not asked"))],
    ),
    (
        &["VpcOriginConfig"],
        &[
            ("VpcOriginId", By(&["unknown-vpc-origin"])),
            ("OwnerAccountId", By(&["unknown-vpc-origin"])),
            ("OriginReadTimeout", By(&["origin-timeout-out-of-range"])),
            ("OriginKeepaliveTimeout", By(&["origin-timeout-out-of-range"])),
            ("OriginHttpVersion", Undecided("whether the origin speaks HTTP/2 is not asked")),
        ],
    ),
    (
        &["OriginShield"],
        &[
            ("Enabled", By(&["unknown-origin-shield-region"])),
            ("OriginShieldRegion", By(&["unknown-origin-shield-region"])),
        ],
    ),
    (
        &["OriginGroup"],
        &[
            ("Id", By(&["unnamed-origin", "origin-group-id-clash", "oversized-origin-id", "unused-origin-group"])),
            ("FailoverCriteria", By(&["group-without-failover"])),
            ("Members", By(&["group-member-count", "duplicate-group-member"])),
            ("SelectionCriteria", Undecided("media-quality-based groups have conditions of their own")),
        ],
    ),
    (&["OriginGroupFailoverCriteria"], &[("StatusCodes", By(&["group-without-failover"]))]),
    (&["OriginGroupMember"], &[("OriginId", By(&["unknown-group-member"]))]),
    (
        &["DefaultCacheBehavior", "CacheBehavior"],
        &[
            ("TargetOriginId", By(&["unknown-target-origin", "retargeted-behavior"])),
            ("TrustedSigners", OutOfScope(VIEWER)),
            ("TrustedKeyGroups", OutOfScope(VIEWER)),
            ("ViewerProtocolPolicy", OutOfScope(VIEWER)),
            ("AllowedMethods", By(&["unsupported-method-set", "group-with-write-methods", "unsupported-grpc"])),
            ("SmoothStreaming", OutOfScope("a protocol of viewers")),
            ("Compress", OutOfScope("what viewers get")),
            ("LambdaFunctionAssociations", OutOfScope(EDGE_CODE)),
            ("FunctionAssociations", OutOfScope(EDGE_CODE)),
            ("FieldLevelEncryptionId", OutOfScope("encryption of what viewers send")),
            ("RealtimeLogConfigArn", OutOfScope("logs")),
            ("CachePolicyId", By(&["missing-cache-policy", "mixed-cache-settings"])),
            ("OriginRequestPolicyId", Undecided("of own policies the headers that reach the origin are not read")),
            ("ResponseHeadersPolicyId", OutOfScope("what viewers get")),
            ("GrpcConfig", By(&["unsupported-grpc"])),
            ("ForwardedValues", By(&["missing-cache-policy", "mixed-cache-settings"])),
            ("MinTTL", OutOfScope(CACHING)),
            ("DefaultTTL", OutOfScope(CACHING)),
            ("MaxTTL", OutOfScope(CACHING)),
        ],
    ),
    (
        &["CacheBehavior"],
        &[("PathPattern", By(&["malformed-path-pattern", "duplicate-path-pattern", "shadowed-path-pattern"]))],
    ),
    (&["TrustedSigners", "TrustedKeyGroups"], &[("Enabled", OutOfScope(VIEWER))]),
    (&["AllowedMethods"], &[("CachedMethods", By(&["unsupported-method-set"]))]),
    (
        &["LambdaFunctionAssociation"],
        &[
            ("LambdaFunctionARN", OutOfScope(EDGE_CODE)),
            ("EventType", OutOfScope(EDGE_CODE)),
            ("IncludeBody", OutOfScope(EDGE_CODE)),
        ],
    ),
    (
        &["FunctionAssociation"],
        &[("FunctionARN", OutOfScope(EDGE_CODE)), ("EventType", OutOfScope(EDGE_CODE))],
    ),
    (&["GrpcConfig"], &[("Enabled", By(&["unsupported-grpc"]))]),
    (
        &["ForwardedValues"],
        &[
            ("QueryString", OutOfScope(CACHING)),
            ("Cookies", OutOfScope(CACHING)),
            ("Headers", Undecided("which headers reach which kind of origin, beside Host")),
            ("QueryStringCacheKeys", OutOfScope(CACHING)),
        ],
    ),
    (
        &["CookiePreference"],
        &[("Forward", OutOfScope(CACHING)), ("WhitelistedNames", OutOfScope(CACHING))],
    ),
    (
        &["CustomErrorResponse"],
        &[
            ("ErrorCode", OutOfScope("custom error pages")),
            ("ResponsePagePath", Undecided("the behavior that serves the page")),
            ("ResponseCode", OutOfScope("custom error pages")),
            ("ErrorCachingMinTTL", OutOfScope(CACHING)),
        ],
    ),
    (
        &["LoggingConfig"],
        &[
            ("Enabled", OutOfScope("logs")),
            ("IncludeCookies", OutOfScope("logs")),
            ("Bucket", Undecided("CloudFront refuses a bucket for logs that is not there")),
            ("Prefix", OutOfScope("logs")),
        ],
    ),
    (
        &["ViewerCertificate"],
        &[
            ("CloudFrontDefaultCertificate", OutOfScope(VIEWER)),
            ("IAMCertificateId", OutOfScope(VIEWER)),
            ("ACMCertificateArn", OutOfScope(VIEWER)),
            ("SSLSupportMethod", OutOfScope(VIEWER)),
            ("MinimumProtocolVersion", OutOfScope(VIEWER)),
            ("Certificate", OutOfScope(VIEWER)),
            ("CertificateSource", OutOfScope(VIEWER)),
        ],
    ),
    (&["Restrictions"], &[("GeoRestriction", OutOfScope(VIEWER))]),
    (&["GeoRestriction"], &[("RestrictionType", OutOfScope(VIEWER))]),
    (&["TenantConfig"], &[("ParameterDefinitions", Undecided(TENANTS_VALUES))]),
    (
        &["ParameterDefinition"],
        &[("Name", Undecided(TENANTS_VALUES)), ("Definition", Undecided(TENANTS_VALUES))],
    ),
    (&["ParameterDefinitionSchema"], &[("StringSchema", AsOwner)]),
    (
        &["StringSchemaConfig"],
        &[
            ("Comment", OutOfScope("a note")),
            ("DefaultValue", Undecided(TENANTS_VALUES)),
            ("Required", Undecided(TENANTS_VALUES)),
        ],
    ),
    (
        &["ViewerMtlsConfig"],
        &[("Mode", OutOfScope(VIEWER)), ("TrustStoreConfig", OutOfScope(VIEWER))],
    ),
    (
        &["TrustStoreConfig"],
        &[
            ("TrustStoreId", OutOfScope(VIEWER)),
            ("AdvertiseTrustStoreCaNames", OutOfScope(VIEWER)),
            ("IgnoreCertificateExpiry", OutOfScope(VIEWER)),
        ],
    ),
    (&["ConnectionFunctionAssociation"], &[("Id", OutOfScope(EDGE_CODE))]),
    (&["CacheTagConfig"], &[("HeaderName", OutOfScope(CACHING))]),
    (
        &["OriginAccessControlConfig"],
        &[
            ("Name", OutOfScope("a label")),
            ("Description", OutOfScope("a note")),
            ("SigningProtocol", Undecided("`sigv4a`, which multi-Region access points need")),
            ("SigningBehavior", By(&["unsigned-origin-access-control", "mismatched-origin-access-control"])),
            ("OriginAccessControlOriginType", By(&["mismatched-origin-access-control"])),
        ],
    ),
    (
        &["VpcOriginEndpointConfig"],
        &[
            ("Name", OutOfScope("a label")),
            ("Arn", Undecided("what the VPC origin stands for is not asked")),
            ("HTTPPort", Undecided("what the VPC origin stands for is not asked")),
            ("HTTPSPort", Undecided("what the VPC origin stands for is not asked")),
            ("OriginProtocolPolicy", Undecided("what the VPC origin stands for is not asked")),
            ("OriginSslProtocols", Undecided("what the VPC origin stands for is not asked")),
            ("IpAddressType", Undecided("what the VPC origin stands for is not asked")),
        ],
    ),
    (
        &["CreateDistributionTenantRequest"],
        &[
            ("DistributionId", OutOfScope(TENANT)),
            ("Name", OutOfScope(TENANT)),
            ("Domains", OutOfScope(TENANT)),
            ("Tags", OutOfScope(TENANT)),
            ("Customizations", OutOfScope(TENANT)),
            ("Parameters", Undecided(TENANTS_VALUES)),
            ("ConnectionGroupId", OutOfScope(TENANT)),
            ("ManagedCertificateRequest", OutOfScope(TENANT)),
            ("Enabled", OutOfScope(TENANT)),
            ("OnDomainTakeover", OutOfScope(TENANT)),
        ],
    ),
    (&["DomainItem"], &[("Domain", OutOfScope(TENANT)), ("ServeOn", OutOfScope(TENANT))]),
    (&["Tags"], &[("Items", OutOfScope(TENANT))]),
    (&["Tag"], &[("Key", OutOfScope(TENANT)), ("Value", OutOfScope(TENANT))]),
    (
        &["Customizations"],
        &[
            ("WebAcl", OutOfScope(TENANT)),
            ("Certificate", OutOfScope(TENANT)),
            ("GeoRestrictions", OutOfScope(TENANT)),
        ],
    ),
    (&["WebAclCustomization"], &[("Action", OutOfScope(TENANT)), ("Arn", OutOfScope(TENANT))]),
    (&["Certificate"], &[("Arn", OutOfScope(TENANT))]),
    (
        &["GeoRestrictionCustomization"],
        &[("RestrictionType", OutOfScope(TENANT)), ("Locations", OutOfScope(TENANT))],
    ),
    (&["Parameter"], &[("Name", Undecided(TENANTS_VALUES)), ("Value", Undecided(TENANTS_VALUES))]),
    (
        &["ManagedCertificateRequest"],
        &[
            ("ValidationTokenHost", OutOfScope(TENANT)),
            ("PrimaryDomainName", OutOfScope(TENANT)),
            ("CertificateTransparencyLoggingPreference", OutOfScope(TENANT)),
        ],
    ),
];

/// What becomes of a member of a structure of the API.
#[must_use]
pub fn judged(structure: &Shape, member: &Member) -> Option<Judgement> {
    let mut rows = JUDGED.iter().filter(|(names, _)| names.contains(&structure.name));
    rows.find_map(|(_, members)| {
        let (_, judgement) = members.iter().find(|(name, _)| *name == member.name)?;
        Some(*judgement)
    })
}
