//! What CloudFormation's resource types take.
//! Written by tools/model.py (`make model`) from cfn-lint 1.58.0, schemas of 2026-10-20.

use super::Kind::{Choice, Flag, Integer, List, Number, Object, Text};
use super::{ANY, Shape, optional, required};

/// Where this is from.
pub const SOURCE: &str = "cfn-lint 1.58.0, schemas of 2026-10-20";

/// `Cookies`
pub static COOKIES: Shape = Shape { name: "Cookies", members: &[
    required("Forward", Choice(&["none", "whitelist", "all"])),
    optional("WhitelistedNames", List(0, ANY, &Text(0, ANY))),
] };

/// `ForwardedValues`
pub static FORWARDED_VALUES: Shape = Shape { name: "ForwardedValues", members: &[
    optional("Cookies", Object(&COOKIES)),
    optional("Headers", List(0, ANY, &Text(0, ANY))),
    required("QueryString", Flag),
    optional("QueryStringCacheKeys", List(0, ANY, &Text(0, ANY))),
] };

/// `FunctionAssociation`
pub static FUNCTION_ASSOCIATION: Shape = Shape { name: "FunctionAssociation", members: &[
    optional("EventType", Choice(&["viewer-request", "viewer-response", "origin-request", "origin-response"])),
    optional("FunctionARN", Text(0, ANY)),
] };

/// `GrpcConfig`
pub static GRPC_CONFIG: Shape = Shape { name: "GrpcConfig", members: &[
    required("Enabled", Flag),
] };

/// `LambdaFunctionAssociation`
pub static LAMBDA_FUNCTION_ASSOCIATION: Shape = Shape { name: "LambdaFunctionAssociation", members: &[
    optional("EventType", Choice(&["viewer-request", "viewer-response", "origin-request", "origin-response"])),
    optional("IncludeBody", Flag),
    optional("LambdaFunctionARN", Text(0, ANY)),
] };

/// `CacheBehavior`
pub static CACHE_BEHAVIOR: Shape = Shape { name: "CacheBehavior", members: &[
    optional("AllowedMethods", List(0, ANY, &Choice(&["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS", "DELETE"]))),
    optional("CachePolicyId", Text(0, ANY)),
    optional("CachedMethods", List(0, ANY, &Choice(&["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS", "DELETE"]))),
    optional("Compress", Flag),
    optional("DefaultTTL", Number),
    optional("FieldLevelEncryptionId", Text(0, ANY)),
    optional("ForwardedValues", Object(&FORWARDED_VALUES)),
    optional("FunctionAssociations", List(0, ANY, &Object(&FUNCTION_ASSOCIATION))),
    optional("GrpcConfig", Object(&GRPC_CONFIG)),
    optional("LambdaFunctionAssociations", List(0, ANY, &Object(&LAMBDA_FUNCTION_ASSOCIATION))),
    optional("MaxTTL", Number),
    optional("MinTTL", Number),
    optional("OriginRequestPolicyId", Text(0, ANY)),
    required("PathPattern", Text(0, ANY)),
    optional("RealtimeLogConfigArn", Text(0, ANY)),
    optional("ResponseHeadersPolicyId", Text(0, ANY)),
    optional("SmoothStreaming", Flag),
    required("TargetOriginId", Text(0, ANY)),
    optional("TrustedKeyGroups", List(0, ANY, &Text(0, ANY))),
    optional("TrustedSigners", List(0, ANY, &Text(0, ANY))),
    required("ViewerProtocolPolicy", Choice(&["allow-all", "https-only", "redirect-to-https"])),
] };

/// `CacheTagConfig`
pub static CACHE_TAG_CONFIG: Shape = Shape { name: "CacheTagConfig", members: &[
    required("HeaderName", Text(0, ANY)),
] };

/// `ConnectionFunctionAssociation`
pub static CONNECTION_FUNCTION_ASSOCIATION: Shape = Shape { name: "ConnectionFunctionAssociation", members: &[
    required("Id", Text(1, 64)),
] };

/// `CustomErrorResponse`
pub static CUSTOM_ERROR_RESPONSE: Shape = Shape { name: "CustomErrorResponse", members: &[
    optional("ErrorCachingMinTTL", Number),
    required("ErrorCode", Choice(&["400", "403", "404", "405", "414", "416", "500", "501", "502", "503", "504"])),
    optional("ResponseCode", Choice(&["200", "400", "403", "404", "405", "414", "416", "500", "501", "502", "503", "504"])),
    optional("ResponsePagePath", Text(0, ANY)),
] };

/// `LegacyCustomOrigin`
pub static LEGACY_CUSTOM_ORIGIN: Shape = Shape { name: "LegacyCustomOrigin", members: &[
    required("DNSName", Text(0, ANY)),
    optional("HTTPPort", Integer),
    optional("HTTPSPort", Integer),
    required("OriginProtocolPolicy", Choice(&["http-only", "match-viewer", "https-only"])),
    required("OriginSSLProtocols", List(0, ANY, &Choice(&["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"]))),
] };

/// `DefaultCacheBehavior`
pub static DEFAULT_CACHE_BEHAVIOR: Shape = Shape { name: "DefaultCacheBehavior", members: &[
    optional("AllowedMethods", List(0, ANY, &Choice(&["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS", "DELETE"]))),
    optional("CachePolicyId", Text(0, ANY)),
    optional("CachedMethods", List(0, ANY, &Choice(&["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS", "DELETE"]))),
    optional("Compress", Flag),
    optional("DefaultTTL", Number),
    optional("FieldLevelEncryptionId", Text(0, ANY)),
    optional("ForwardedValues", Object(&FORWARDED_VALUES)),
    optional("FunctionAssociations", List(0, ANY, &Object(&FUNCTION_ASSOCIATION))),
    optional("GrpcConfig", Object(&GRPC_CONFIG)),
    optional("LambdaFunctionAssociations", List(0, ANY, &Object(&LAMBDA_FUNCTION_ASSOCIATION))),
    optional("MaxTTL", Number),
    optional("MinTTL", Number),
    optional("OriginRequestPolicyId", Text(0, ANY)),
    optional("RealtimeLogConfigArn", Text(0, ANY)),
    optional("ResponseHeadersPolicyId", Text(0, ANY)),
    optional("SmoothStreaming", Flag),
    required("TargetOriginId", Text(0, ANY)),
    optional("TrustedKeyGroups", List(0, ANY, &Text(0, ANY))),
    optional("TrustedSigners", List(0, ANY, &Text(0, ANY))),
    required("ViewerProtocolPolicy", Choice(&["allow-all", "https-only", "redirect-to-https"])),
] };

/// `Logging`
pub static LOGGING: Shape = Shape { name: "Logging", members: &[
    optional("Bucket", Text(0, ANY)),
    optional("IncludeCookies", Flag),
    optional("Prefix", Text(0, ANY)),
] };

/// `StatusCodes`
pub static STATUS_CODES: Shape = Shape { name: "StatusCodes", members: &[
    required("Items", List(1, ANY, &Integer)),
    required("Quantity", Integer),
] };

/// `OriginGroupFailoverCriteria`
pub static ORIGIN_GROUP_FAILOVER_CRITERIA: Shape = Shape { name: "OriginGroupFailoverCriteria", members: &[
    required("StatusCodes", Object(&STATUS_CODES)),
] };

/// `OriginGroupMember`
pub static ORIGIN_GROUP_MEMBER: Shape = Shape { name: "OriginGroupMember", members: &[
    required("OriginId", Text(0, ANY)),
] };

/// `OriginGroupMembers`
pub static ORIGIN_GROUP_MEMBERS: Shape = Shape { name: "OriginGroupMembers", members: &[
    required("Items", List(2, 2, &Object(&ORIGIN_GROUP_MEMBER))),
    required("Quantity", Integer),
] };

/// `OriginGroup`
pub static ORIGIN_GROUP: Shape = Shape { name: "OriginGroup", members: &[
    required("FailoverCriteria", Object(&ORIGIN_GROUP_FAILOVER_CRITERIA)),
    required("Id", Text(0, ANY)),
    required("Members", Object(&ORIGIN_GROUP_MEMBERS)),
    optional("SelectionCriteria", Choice(&["default", "media-quality-based"])),
] };

/// `OriginGroups`
pub static ORIGIN_GROUPS: Shape = Shape { name: "OriginGroups", members: &[
    optional("Items", List(0, ANY, &Object(&ORIGIN_GROUP))),
    required("Quantity", Integer),
] };

/// `OriginMtlsConfig`
pub static ORIGIN_MTLS_CONFIG: Shape = Shape { name: "OriginMtlsConfig", members: &[
    required("ClientCertificateArn", Text(0, ANY)),
] };

/// `CustomOriginConfig`
pub static CUSTOM_ORIGIN_CONFIG: Shape = Shape { name: "CustomOriginConfig", members: &[
    optional("HTTPPort", Integer),
    optional("HTTPSPort", Integer),
    optional("IpAddressType", Choice(&["ipv4", "ipv6", "dualstack"])),
    optional("OriginKeepaliveTimeout", Integer),
    optional("OriginMtlsConfig", Object(&ORIGIN_MTLS_CONFIG)),
    required("OriginProtocolPolicy", Choice(&["http-only", "match-viewer", "https-only"])),
    optional("OriginReadTimeout", Integer),
    optional("OriginSSLProtocols", List(0, ANY, &Choice(&["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"]))),
] };

/// `OriginCustomHeader`
pub static ORIGIN_CUSTOM_HEADER: Shape = Shape { name: "OriginCustomHeader", members: &[
    required("HeaderName", Text(0, ANY)),
    required("HeaderValue", Text(0, ANY)),
] };

/// `OriginShield`
pub static ORIGIN_SHIELD: Shape = Shape { name: "OriginShield", members: &[
    optional("Enabled", Flag),
    optional("OriginShieldRegion", Text(0, ANY)),
] };

/// `S3OriginConfig`
pub static S3_ORIGIN_CONFIG: Shape = Shape { name: "S3OriginConfig", members: &[
    optional("OriginAccessIdentity", Text(0, ANY)),
    optional("OriginReadTimeout", Integer),
] };

/// `VpcOriginConfig`
pub static VPC_ORIGIN_CONFIG: Shape = Shape { name: "VpcOriginConfig", members: &[
    optional("OriginKeepaliveTimeout", Integer),
    optional("OriginReadTimeout", Integer),
    optional("OwnerAccountId", Text(0, ANY)),
    required("VpcOriginId", Text(0, ANY)),
] };

/// `Origin`
pub static ORIGIN: Shape = Shape { name: "Origin", members: &[
    optional("ConnectionAttempts", Integer),
    optional("ConnectionTimeout", Integer),
    optional("CustomOriginConfig", Object(&CUSTOM_ORIGIN_CONFIG)),
    required("DomainName", Text(0, ANY)),
    required("Id", Text(0, ANY)),
    optional("OriginAccessControlId", Text(0, ANY)),
    optional("OriginCustomHeaders", List(0, ANY, &Object(&ORIGIN_CUSTOM_HEADER))),
    optional("OriginPath", Text(0, ANY)),
    optional("OriginShield", Object(&ORIGIN_SHIELD)),
    optional("ResponseCompletionTimeout", Integer),
    optional("S3OriginConfig", Object(&S3_ORIGIN_CONFIG)),
    optional("VpcOriginConfig", Object(&VPC_ORIGIN_CONFIG)),
] };

/// `GeoRestriction`
pub static GEO_RESTRICTION: Shape = Shape { name: "GeoRestriction", members: &[
    optional("Locations", List(0, ANY, &Text(0, ANY))),
    required("RestrictionType", Choice(&["blacklist", "none", "whitelist"])),
] };

/// `Restrictions`
pub static RESTRICTIONS: Shape = Shape { name: "Restrictions", members: &[
    required("GeoRestriction", Object(&GEO_RESTRICTION)),
] };

/// `LegacyS3Origin`
pub static LEGACY_S3_ORIGIN: Shape = Shape { name: "LegacyS3Origin", members: &[
    required("DNSName", Text(0, ANY)),
    optional("OriginAccessIdentity", Text(0, ANY)),
] };

/// `StringSchema`
pub static STRING_SCHEMA: Shape = Shape { name: "StringSchema", members: &[
    optional("Comment", Text(0, ANY)),
    optional("DefaultValue", Text(1, 256)),
    required("Required", Flag),
] };

/// `Definition`
pub static DEFINITION: Shape = Shape { name: "Definition", members: &[
    optional("StringSchema", Object(&STRING_SCHEMA)),
] };

/// `ParameterDefinition`
pub static PARAMETER_DEFINITION: Shape = Shape { name: "ParameterDefinition", members: &[
    required("Definition", Object(&DEFINITION)),
    required("Name", Text(1, 128)),
] };

/// `TenantConfig`
pub static TENANT_CONFIG: Shape = Shape { name: "TenantConfig", members: &[
    optional("ParameterDefinitions", List(0, ANY, &Object(&PARAMETER_DEFINITION))),
] };

/// `ViewerCertificate`
pub static VIEWER_CERTIFICATE: Shape = Shape { name: "ViewerCertificate", members: &[
    optional("AcmCertificateArn", Text(0, ANY)),
    optional("CloudFrontDefaultCertificate", Flag),
    optional("IamCertificateId", Text(0, 32)),
    optional("MinimumProtocolVersion", Choice(&["SSLv3", "TLSv1", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025", "TLSv1_2016"])),
    optional("SslSupportMethod", Choice(&["sni-only", "static-ip", "vip"])),
] };

/// `TrustStoreConfig`
pub static TRUST_STORE_CONFIG: Shape = Shape { name: "TrustStoreConfig", members: &[
    optional("AdvertiseTrustStoreCaNames", Flag),
    optional("IgnoreCertificateExpiry", Flag),
    required("TrustStoreId", Text(0, ANY)),
] };

/// `ViewerMtlsConfig`
pub static VIEWER_MTLS_CONFIG: Shape = Shape { name: "ViewerMtlsConfig", members: &[
    optional("Mode", Choice(&["required", "optional", "passthrough"])),
    optional("TrustStoreConfig", Object(&TRUST_STORE_CONFIG)),
] };

/// `DistributionConfig`
pub static DISTRIBUTION_CONFIG: Shape = Shape { name: "DistributionConfig", members: &[
    optional("Aliases", List(0, ANY, &Text(0, ANY))),
    optional("AnycastIpListId", Text(0, ANY)),
    optional("CNAMEs", List(0, ANY, &Text(0, ANY))),
    optional("CacheBehaviors", List(0, ANY, &Object(&CACHE_BEHAVIOR))),
    optional("CacheTagConfig", Object(&CACHE_TAG_CONFIG)),
    optional("Comment", Text(0, ANY)),
    optional("ConnectionFunctionAssociation", Object(&CONNECTION_FUNCTION_ASSOCIATION)),
    optional("ConnectionMode", Choice(&["direct", "tenant-only"])),
    optional("ContinuousDeploymentPolicyId", Text(0, ANY)),
    optional("CustomErrorResponses", List(0, ANY, &Object(&CUSTOM_ERROR_RESPONSE))),
    optional("CustomOrigin", Object(&LEGACY_CUSTOM_ORIGIN)),
    required("DefaultCacheBehavior", Object(&DEFAULT_CACHE_BEHAVIOR)),
    optional("DefaultRootObject", Text(0, ANY)),
    required("Enabled", Flag),
    optional("HttpVersion", Choice(&["http1.1", "http2", "http2and3", "http3"])),
    optional("IPV6Enabled", Flag),
    optional("Logging", Object(&LOGGING)),
    optional("OriginGroups", Object(&ORIGIN_GROUPS)),
    optional("Origins", List(0, ANY, &Object(&ORIGIN))),
    optional("PriceClass", Choice(&["None", "PriceClass_100", "PriceClass_200", "PriceClass_All"])),
    optional("Restrictions", Object(&RESTRICTIONS)),
    optional("S3Origin", Object(&LEGACY_S3_ORIGIN)),
    optional("Staging", Flag),
    optional("TenantConfig", Object(&TENANT_CONFIG)),
    optional("ViewerCertificate", Object(&VIEWER_CERTIFICATE)),
    optional("ViewerMtlsConfig", Object(&VIEWER_MTLS_CONFIG)),
    optional("WebACLId", Text(0, ANY)),
] };

/// `Tag`
pub static TAG: Shape = Shape { name: "Tag", members: &[
    required("Key", Text(0, ANY)),
    required("Value", Text(0, ANY)),
] };

/// `Distribution`
pub static DISTRIBUTION: Shape = Shape { name: "Distribution", members: &[
    required("DistributionConfig", Object(&DISTRIBUTION_CONFIG)),
    optional("Tags", List(0, ANY, &Object(&TAG))),
] };

/// `OriginAccessControlConfig`
pub static ORIGIN_ACCESS_CONTROL_CONFIG: Shape = Shape { name: "OriginAccessControlConfig", members: &[
    optional("Description", Text(0, ANY)),
    required("Name", Text(0, ANY)),
    required("OriginAccessControlOriginType", Choice(&["s3", "mediastore", "lambda", "mediapackagev2"])),
    required("SigningBehavior", Choice(&["never", "no-override", "always", "always-amz-auth"])),
    required("SigningProtocol", Choice(&["sigv4", "sigv4a"])),
] };

/// `OriginAccessControl`
pub static ORIGIN_ACCESS_CONTROL: Shape = Shape { name: "OriginAccessControl", members: &[
    required("OriginAccessControlConfig", Object(&ORIGIN_ACCESS_CONTROL_CONFIG)),
] };

/// `VpcOriginEndpointConfig`
pub static VPC_ORIGIN_ENDPOINT_CONFIG: Shape = Shape { name: "VpcOriginEndpointConfig", members: &[
    required("Arn", Text(0, ANY)),
    optional("HTTPPort", Integer),
    optional("HTTPSPort", Integer),
    optional("IpAddressType", Choice(&["ipv4", "dualstack"])),
    required("Name", Text(0, ANY)),
    optional("OriginProtocolPolicy", Choice(&["http-only", "https-only", "match-viewer"])),
    optional("OriginSSLProtocols", List(0, ANY, &Choice(&["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"]))),
] };

/// `VpcOrigin`
pub static VPC_ORIGIN: Shape = Shape { name: "VpcOrigin", members: &[
    optional("Tags", List(0, ANY, &Object(&TAG))),
    required("VpcOriginEndpointConfig", Object(&VPC_ORIGIN_ENDPOINT_CONFIG)),
] };

/// `Certificate`
pub static CERTIFICATE: Shape = Shape { name: "Certificate", members: &[
    optional("Arn", Text(0, ANY)),
] };

/// `GeoRestrictionCustomization`
pub static GEO_RESTRICTION_CUSTOMIZATION: Shape = Shape { name: "GeoRestrictionCustomization", members: &[
    optional("Locations", List(0, ANY, &Text(0, ANY))),
    optional("RestrictionType", Choice(&["blacklist", "whitelist", "none"])),
] };

/// `WebAclCustomization`
pub static WEB_ACL_CUSTOMIZATION: Shape = Shape { name: "WebAclCustomization", members: &[
    optional("Action", Choice(&["override", "disable"])),
    optional("Arn", Text(0, ANY)),
] };

/// `Customizations`
pub static CUSTOMIZATIONS: Shape = Shape { name: "Customizations", members: &[
    optional("Certificate", Object(&CERTIFICATE)),
    optional("GeoRestrictions", Object(&GEO_RESTRICTION_CUSTOMIZATION)),
    optional("WebAcl", Object(&WEB_ACL_CUSTOMIZATION)),
] };

/// `ManagedCertificateRequest`
pub static MANAGED_CERTIFICATE_REQUEST: Shape = Shape { name: "ManagedCertificateRequest", members: &[
    optional("CertificateTransparencyLoggingPreference", Choice(&["enabled", "disabled"])),
    optional("PrimaryDomainName", Text(0, ANY)),
    optional("ValidationTokenHost", Choice(&["cloudfront", "self-hosted"])),
] };

/// `Parameter`
pub static PARAMETER: Shape = Shape { name: "Parameter", members: &[
    optional("Name", Text(1, 128)),
    optional("Value", Text(1, 256)),
] };

/// `DistributionTenant`
pub static DISTRIBUTION_TENANT: Shape = Shape { name: "DistributionTenant", members: &[
    optional("ConnectionGroupId", Text(0, ANY)),
    optional("Customizations", Object(&CUSTOMIZATIONS)),
    required("DistributionId", Text(0, ANY)),
    required("Domains", List(0, ANY, &Text(0, ANY))),
    optional("Enabled", Flag),
    optional("ManagedCertificateRequest", Object(&MANAGED_CERTIFICATE_REQUEST)),
    required("Name", Text(0, ANY)),
    optional("Parameters", List(0, ANY, &Object(&PARAMETER))),
    optional("Tags", List(0, ANY, &Object(&TAG))),
] };
