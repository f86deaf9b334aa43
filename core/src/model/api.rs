//! What CloudFront's API takes.
//! Written by tools/model.py (`make model`) from botocore 1.44.8.

use super::Kind::{Choice, Flag, Integer, List, Object, Text};
use super::{ANY, Shape, optional, required};

/// Where this is from.
pub const SOURCE: &str = "botocore 1.44.8";

/// `DistributionConfig`
pub static DISTRIBUTION_CONFIG: Shape = Shape { name: "DistributionConfig", members: &[
    required("CallerReference", Text(0, ANY)),
    optional("Aliases", Object(&ALIASES)),
    optional("DefaultRootObject", Text(0, ANY)),
    required("Origins", Object(&ORIGINS)),
    optional("OriginGroups", Object(&ORIGIN_GROUPS)),
    required("DefaultCacheBehavior", Object(&DEFAULT_CACHE_BEHAVIOR)),
    optional("CacheBehaviors", Object(&CACHE_BEHAVIORS)),
    optional("CustomErrorResponses", Object(&CUSTOM_ERROR_RESPONSES)),
    required("Comment", Text(0, ANY)),
    optional("Logging", Object(&LOGGING_CONFIG)),
    optional("PriceClass", Choice(&["PriceClass_100", "PriceClass_200", "PriceClass_All", "None"])),
    required("Enabled", Flag),
    optional("ViewerCertificate", Object(&VIEWER_CERTIFICATE)),
    optional("Restrictions", Object(&RESTRICTIONS)),
    optional("WebACLId", Text(0, ANY)),
    optional("HttpVersion", Choice(&["http1.1", "http2", "http3", "http2and3"])),
    optional("IsIPV6Enabled", Flag),
    optional("ContinuousDeploymentPolicyId", Text(0, ANY)),
    optional("Staging", Flag),
    optional("AnycastIpListId", Text(0, ANY)),
    optional("TenantConfig", Object(&TENANT_CONFIG)),
    optional("ConnectionMode", Choice(&["direct", "tenant-only"])),
    optional("ViewerMtlsConfig", Object(&VIEWER_MTLS_CONFIG)),
    optional("ConnectionFunctionAssociation", Object(&CONNECTION_FUNCTION_ASSOCIATION)),
    optional("CacheTagConfig", Object(&CACHE_TAG_CONFIG)),
] };

/// `Aliases`
pub static ALIASES: Shape = Shape { name: "Aliases", members: &[
    required("Quantity", Integer),
    optional("Items", List(0, ANY, &Text(0, ANY))),
] };

/// `Origins`
pub static ORIGINS: Shape = Shape { name: "Origins", members: &[
    required("Quantity", Integer),
    required("Items", List(1, ANY, &Object(&ORIGIN))),
] };

/// `Origin`
pub static ORIGIN: Shape = Shape { name: "Origin", members: &[
    required("Id", Text(0, ANY)),
    required("DomainName", Text(0, ANY)),
    optional("OriginPath", Text(0, ANY)),
    optional("CustomHeaders", Object(&CUSTOM_HEADERS)),
    optional("S3OriginConfig", Object(&S3_ORIGIN_CONFIG)),
    optional("CustomOriginConfig", Object(&CUSTOM_ORIGIN_CONFIG)),
    optional("VpcOriginConfig", Object(&VPC_ORIGIN_CONFIG)),
    optional("ConnectionAttempts", Integer),
    optional("ConnectionTimeout", Integer),
    optional("ResponseCompletionTimeout", Integer),
    optional("OriginShield", Object(&ORIGIN_SHIELD)),
    optional("OriginAccessControlId", Text(0, ANY)),
] };

/// `CustomHeaders`
pub static CUSTOM_HEADERS: Shape = Shape { name: "CustomHeaders", members: &[
    required("Quantity", Integer),
    optional("Items", List(0, ANY, &Object(&ORIGIN_CUSTOM_HEADER))),
] };

/// `OriginCustomHeader`
pub static ORIGIN_CUSTOM_HEADER: Shape = Shape { name: "OriginCustomHeader", members: &[
    required("HeaderName", Text(0, ANY)),
    required("HeaderValue", Text(0, ANY)),
] };

/// `S3OriginConfig`
pub static S3_ORIGIN_CONFIG: Shape = Shape { name: "S3OriginConfig", members: &[
    required("OriginAccessIdentity", Text(0, ANY)),
    optional("OriginReadTimeout", Integer),
] };

/// `CustomOriginConfig`
pub static CUSTOM_ORIGIN_CONFIG: Shape = Shape { name: "CustomOriginConfig", members: &[
    required("HTTPPort", Integer),
    required("HTTPSPort", Integer),
    required("OriginProtocolPolicy", Choice(&["http-only", "match-viewer", "https-only"])),
    optional("OriginSslProtocols", Object(&ORIGIN_SSL_PROTOCOLS)),
    optional("OriginReadTimeout", Integer),
    optional("OriginKeepaliveTimeout", Integer),
    optional("IpAddressType", Choice(&["ipv4", "ipv6", "dualstack"])),
    optional("OriginMtlsConfig", Object(&ORIGIN_MTLS_CONFIG)),
    optional("OriginHttpVersion", Choice(&["http1.1", "http2"])),
] };

/// `OriginSslProtocols`
pub static ORIGIN_SSL_PROTOCOLS: Shape = Shape { name: "OriginSslProtocols", members: &[
    required("Quantity", Integer),
    required("Items", List(0, ANY, &Choice(&["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"]))),
] };

/// `OriginMtlsConfig`
pub static ORIGIN_MTLS_CONFIG: Shape = Shape { name: "OriginMtlsConfig", members: &[
    required("ClientCertificateArn", Text(0, ANY)),
] };

/// `VpcOriginConfig`
pub static VPC_ORIGIN_CONFIG: Shape = Shape { name: "VpcOriginConfig", members: &[
    required("VpcOriginId", Text(0, ANY)),
    optional("OwnerAccountId", Text(0, ANY)),
    optional("OriginReadTimeout", Integer),
    optional("OriginKeepaliveTimeout", Integer),
    optional("OriginHttpVersion", Choice(&["http1.1", "http2"])),
] };

/// `OriginShield`
pub static ORIGIN_SHIELD: Shape = Shape { name: "OriginShield", members: &[
    required("Enabled", Flag),
    optional("OriginShieldRegion", Text(1, 32)),
] };

/// `OriginGroups`
pub static ORIGIN_GROUPS: Shape = Shape { name: "OriginGroups", members: &[
    required("Quantity", Integer),
    optional("Items", List(0, ANY, &Object(&ORIGIN_GROUP))),
] };

/// `OriginGroup`
pub static ORIGIN_GROUP: Shape = Shape { name: "OriginGroup", members: &[
    required("Id", Text(0, ANY)),
    required("FailoverCriteria", Object(&ORIGIN_GROUP_FAILOVER_CRITERIA)),
    required("Members", Object(&ORIGIN_GROUP_MEMBERS)),
    optional("SelectionCriteria", Choice(&["default", "media-quality-based"])),
] };

/// `OriginGroupFailoverCriteria`
pub static ORIGIN_GROUP_FAILOVER_CRITERIA: Shape = Shape { name: "OriginGroupFailoverCriteria", members: &[
    required("StatusCodes", Object(&STATUS_CODES)),
] };

/// `StatusCodes`
pub static STATUS_CODES: Shape = Shape { name: "StatusCodes", members: &[
    required("Quantity", Integer),
    required("Items", List(1, ANY, &Integer)),
] };

/// `OriginGroupMembers`
pub static ORIGIN_GROUP_MEMBERS: Shape = Shape { name: "OriginGroupMembers", members: &[
    required("Quantity", Integer),
    required("Items", List(2, 2, &Object(&ORIGIN_GROUP_MEMBER))),
] };

/// `OriginGroupMember`
pub static ORIGIN_GROUP_MEMBER: Shape = Shape { name: "OriginGroupMember", members: &[
    required("OriginId", Text(0, ANY)),
] };

/// `DefaultCacheBehavior`
pub static DEFAULT_CACHE_BEHAVIOR: Shape = Shape { name: "DefaultCacheBehavior", members: &[
    required("TargetOriginId", Text(0, ANY)),
    optional("TrustedSigners", Object(&TRUSTED_SIGNERS)),
    optional("TrustedKeyGroups", Object(&TRUSTED_KEY_GROUPS)),
    required("ViewerProtocolPolicy", Choice(&["allow-all", "https-only", "redirect-to-https"])),
    optional("AllowedMethods", Object(&ALLOWED_METHODS)),
    optional("SmoothStreaming", Flag),
    optional("Compress", Flag),
    optional("LambdaFunctionAssociations", Object(&LAMBDA_FUNCTION_ASSOCIATIONS)),
    optional("FunctionAssociations", Object(&FUNCTION_ASSOCIATIONS)),
    optional("FieldLevelEncryptionId", Text(0, ANY)),
    optional("RealtimeLogConfigArn", Text(0, ANY)),
    optional("CachePolicyId", Text(0, ANY)),
    optional("OriginRequestPolicyId", Text(0, ANY)),
    optional("ResponseHeadersPolicyId", Text(0, ANY)),
    optional("GrpcConfig", Object(&GRPC_CONFIG)),
    optional("ForwardedValues", Object(&FORWARDED_VALUES)),
    optional("MinTTL", Integer),
    optional("DefaultTTL", Integer),
    optional("MaxTTL", Integer),
] };

/// `TrustedSigners`
pub static TRUSTED_SIGNERS: Shape = Shape { name: "TrustedSigners", members: &[
    required("Enabled", Flag),
    required("Quantity", Integer),
    optional("Items", List(0, ANY, &Text(0, ANY))),
] };

/// `TrustedKeyGroups`
pub static TRUSTED_KEY_GROUPS: Shape = Shape { name: "TrustedKeyGroups", members: &[
    required("Enabled", Flag),
    required("Quantity", Integer),
    optional("Items", List(0, ANY, &Text(0, ANY))),
] };

/// `AllowedMethods`
pub static ALLOWED_METHODS: Shape = Shape { name: "AllowedMethods", members: &[
    required("Quantity", Integer),
    required("Items", List(0, ANY, &Choice(&["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS", "DELETE"]))),
    optional("CachedMethods", Object(&CACHED_METHODS)),
] };

/// `CachedMethods`
pub static CACHED_METHODS: Shape = Shape { name: "CachedMethods", members: &[
    required("Quantity", Integer),
    required("Items", List(0, ANY, &Choice(&["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS", "DELETE"]))),
] };

/// `LambdaFunctionAssociations`
pub static LAMBDA_FUNCTION_ASSOCIATIONS: Shape = Shape { name: "LambdaFunctionAssociations", members: &[
    required("Quantity", Integer),
    optional("Items", List(0, ANY, &Object(&LAMBDA_FUNCTION_ASSOCIATION))),
] };

/// `LambdaFunctionAssociation`
pub static LAMBDA_FUNCTION_ASSOCIATION: Shape = Shape { name: "LambdaFunctionAssociation", members: &[
    required("LambdaFunctionARN", Text(0, ANY)),
    required("EventType", Choice(&["viewer-request", "viewer-response", "origin-request", "origin-response"])),
    optional("IncludeBody", Flag),
] };

/// `FunctionAssociations`
pub static FUNCTION_ASSOCIATIONS: Shape = Shape { name: "FunctionAssociations", members: &[
    required("Quantity", Integer),
    optional("Items", List(0, ANY, &Object(&FUNCTION_ASSOCIATION))),
] };

/// `FunctionAssociation`
pub static FUNCTION_ASSOCIATION: Shape = Shape { name: "FunctionAssociation", members: &[
    required("FunctionARN", Text(0, 108)),
    required("EventType", Choice(&["viewer-request", "viewer-response", "origin-request", "origin-response"])),
] };

/// `GrpcConfig`
pub static GRPC_CONFIG: Shape = Shape { name: "GrpcConfig", members: &[
    required("Enabled", Flag),
] };

/// `ForwardedValues`
pub static FORWARDED_VALUES: Shape = Shape { name: "ForwardedValues", members: &[
    required("QueryString", Flag),
    required("Cookies", Object(&COOKIE_PREFERENCE)),
    optional("Headers", Object(&HEADERS)),
    optional("QueryStringCacheKeys", Object(&QUERY_STRING_CACHE_KEYS)),
] };

/// `CookiePreference`
pub static COOKIE_PREFERENCE: Shape = Shape { name: "CookiePreference", members: &[
    required("Forward", Choice(&["none", "whitelist", "all"])),
    optional("WhitelistedNames", Object(&COOKIE_NAMES)),
] };

/// `CookieNames`
pub static COOKIE_NAMES: Shape = Shape { name: "CookieNames", members: &[
    required("Quantity", Integer),
    optional("Items", List(0, ANY, &Text(0, ANY))),
] };

/// `Headers`
pub static HEADERS: Shape = Shape { name: "Headers", members: &[
    required("Quantity", Integer),
    optional("Items", List(0, ANY, &Text(0, ANY))),
] };

/// `QueryStringCacheKeys`
pub static QUERY_STRING_CACHE_KEYS: Shape = Shape { name: "QueryStringCacheKeys", members: &[
    required("Quantity", Integer),
    optional("Items", List(0, ANY, &Text(0, ANY))),
] };

/// `CacheBehaviors`
pub static CACHE_BEHAVIORS: Shape = Shape { name: "CacheBehaviors", members: &[
    required("Quantity", Integer),
    optional("Items", List(0, ANY, &Object(&CACHE_BEHAVIOR))),
] };

/// `CacheBehavior`
pub static CACHE_BEHAVIOR: Shape = Shape { name: "CacheBehavior", members: &[
    required("PathPattern", Text(0, ANY)),
    required("TargetOriginId", Text(0, ANY)),
    optional("TrustedSigners", Object(&TRUSTED_SIGNERS)),
    optional("TrustedKeyGroups", Object(&TRUSTED_KEY_GROUPS)),
    required("ViewerProtocolPolicy", Choice(&["allow-all", "https-only", "redirect-to-https"])),
    optional("AllowedMethods", Object(&ALLOWED_METHODS)),
    optional("SmoothStreaming", Flag),
    optional("Compress", Flag),
    optional("LambdaFunctionAssociations", Object(&LAMBDA_FUNCTION_ASSOCIATIONS)),
    optional("FunctionAssociations", Object(&FUNCTION_ASSOCIATIONS)),
    optional("FieldLevelEncryptionId", Text(0, ANY)),
    optional("RealtimeLogConfigArn", Text(0, ANY)),
    optional("CachePolicyId", Text(0, ANY)),
    optional("OriginRequestPolicyId", Text(0, ANY)),
    optional("ResponseHeadersPolicyId", Text(0, ANY)),
    optional("GrpcConfig", Object(&GRPC_CONFIG)),
    optional("ForwardedValues", Object(&FORWARDED_VALUES)),
    optional("MinTTL", Integer),
    optional("DefaultTTL", Integer),
    optional("MaxTTL", Integer),
] };

/// `CustomErrorResponses`
pub static CUSTOM_ERROR_RESPONSES: Shape = Shape { name: "CustomErrorResponses", members: &[
    required("Quantity", Integer),
    optional("Items", List(0, ANY, &Object(&CUSTOM_ERROR_RESPONSE))),
] };

/// `CustomErrorResponse`
pub static CUSTOM_ERROR_RESPONSE: Shape = Shape { name: "CustomErrorResponse", members: &[
    required("ErrorCode", Integer),
    optional("ResponsePagePath", Text(0, ANY)),
    optional("ResponseCode", Text(0, ANY)),
    optional("ErrorCachingMinTTL", Integer),
] };

/// `LoggingConfig`
pub static LOGGING_CONFIG: Shape = Shape { name: "LoggingConfig", members: &[
    optional("Enabled", Flag),
    optional("IncludeCookies", Flag),
    optional("Bucket", Text(0, ANY)),
    optional("Prefix", Text(0, ANY)),
] };

/// `ViewerCertificate`
pub static VIEWER_CERTIFICATE: Shape = Shape { name: "ViewerCertificate", members: &[
    optional("CloudFrontDefaultCertificate", Flag),
    optional("IAMCertificateId", Text(0, 32)),
    optional("ACMCertificateArn", Text(0, ANY)),
    optional("SSLSupportMethod", Choice(&["sni-only", "vip", "static-ip"])),
    optional("MinimumProtocolVersion", Choice(&["SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.3_2025", "TLSv1.2_2025"])),
    optional("Certificate", Text(0, ANY)),
    optional("CertificateSource", Choice(&["cloudfront", "iam", "acm"])),
] };

/// `Restrictions`
pub static RESTRICTIONS: Shape = Shape { name: "Restrictions", members: &[
    required("GeoRestriction", Object(&GEO_RESTRICTION)),
] };

/// `GeoRestriction`
pub static GEO_RESTRICTION: Shape = Shape { name: "GeoRestriction", members: &[
    required("RestrictionType", Choice(&["blacklist", "whitelist", "none"])),
    required("Quantity", Integer),
    optional("Items", List(0, ANY, &Text(0, ANY))),
] };

/// `TenantConfig`
pub static TENANT_CONFIG: Shape = Shape { name: "TenantConfig", members: &[
    optional("ParameterDefinitions", List(0, ANY, &Object(&PARAMETER_DEFINITION))),
] };

/// `ParameterDefinition`
pub static PARAMETER_DEFINITION: Shape = Shape { name: "ParameterDefinition", members: &[
    required("Name", Text(1, 128)),
    required("Definition", Object(&PARAMETER_DEFINITION_SCHEMA)),
] };

/// `ParameterDefinitionSchema`
pub static PARAMETER_DEFINITION_SCHEMA: Shape = Shape { name: "ParameterDefinitionSchema", members: &[
    optional("StringSchema", Object(&STRING_SCHEMA_CONFIG)),
] };

/// `StringSchemaConfig`
pub static STRING_SCHEMA_CONFIG: Shape = Shape { name: "StringSchemaConfig", members: &[
    optional("Comment", Text(0, ANY)),
    optional("DefaultValue", Text(1, 256)),
    required("Required", Flag),
] };

/// `ViewerMtlsConfig`
pub static VIEWER_MTLS_CONFIG: Shape = Shape { name: "ViewerMtlsConfig", members: &[
    optional("Mode", Choice(&["required", "optional", "passthrough"])),
    optional("TrustStoreConfig", Object(&TRUST_STORE_CONFIG)),
] };

/// `TrustStoreConfig`
pub static TRUST_STORE_CONFIG: Shape = Shape { name: "TrustStoreConfig", members: &[
    required("TrustStoreId", Text(0, ANY)),
    optional("AdvertiseTrustStoreCaNames", Flag),
    optional("IgnoreCertificateExpiry", Flag),
] };

/// `ConnectionFunctionAssociation`
pub static CONNECTION_FUNCTION_ASSOCIATION: Shape = Shape { name: "ConnectionFunctionAssociation", members: &[
    required("Id", Text(1, 64)),
] };

/// `CacheTagConfig`
pub static CACHE_TAG_CONFIG: Shape = Shape { name: "CacheTagConfig", members: &[
    required("HeaderName", Text(0, ANY)),
] };

/// `OriginAccessControlConfig`
pub static ORIGIN_ACCESS_CONTROL_CONFIG: Shape = Shape { name: "OriginAccessControlConfig", members: &[
    required("Name", Text(0, ANY)),
    optional("Description", Text(0, ANY)),
    required("SigningProtocol", Choice(&["sigv4", "sigv4a"])),
    required("SigningBehavior", Choice(&["never", "always", "no-override", "always-amz-auth"])),
    required("OriginAccessControlOriginType", Choice(&["s3", "mediastore", "mediapackagev2", "lambda"])),
] };

/// `VpcOriginEndpointConfig`
pub static VPC_ORIGIN_ENDPOINT_CONFIG: Shape = Shape { name: "VpcOriginEndpointConfig", members: &[
    required("Name", Text(0, ANY)),
    required("Arn", Text(0, ANY)),
    required("HTTPPort", Integer),
    required("HTTPSPort", Integer),
    required("OriginProtocolPolicy", Choice(&["http-only", "match-viewer", "https-only"])),
    optional("OriginSslProtocols", Object(&ORIGIN_SSL_PROTOCOLS)),
    optional("IpAddressType", Choice(&["ipv4", "dualstack"])),
] };

/// `CreateDistributionTenantRequest`
pub static CREATE_DISTRIBUTION_TENANT_REQUEST: Shape = Shape { name: "CreateDistributionTenantRequest", members: &[
    required("DistributionId", Text(0, ANY)),
    required("Name", Text(0, ANY)),
    required("Domains", List(0, ANY, &Object(&DOMAIN_ITEM))),
    optional("Tags", Object(&TAGS)),
    optional("Customizations", Object(&CUSTOMIZATIONS)),
    optional("Parameters", List(0, ANY, &Object(&PARAMETER))),
    optional("ConnectionGroupId", Text(0, ANY)),
    optional("ManagedCertificateRequest", Object(&MANAGED_CERTIFICATE_REQUEST)),
    optional("Enabled", Flag),
    optional("OnDomainTakeover", Choice(&["allow", "reject"])),
] };

/// `DomainItem`
pub static DOMAIN_ITEM: Shape = Shape { name: "DomainItem", members: &[
    required("Domain", Text(0, ANY)),
    optional("ServeOn", Choice(&["any", "anycast-ip-list-only"])),
] };

/// `Tags`
pub static TAGS: Shape = Shape { name: "Tags", members: &[
    optional("Items", List(0, ANY, &Object(&TAG))),
] };

/// `Tag`
pub static TAG: Shape = Shape { name: "Tag", members: &[
    required("Key", Text(1, 128)),
    optional("Value", Text(0, 256)),
] };

/// `Customizations`
pub static CUSTOMIZATIONS: Shape = Shape { name: "Customizations", members: &[
    optional("WebAcl", Object(&WEB_ACL_CUSTOMIZATION)),
    optional("Certificate", Object(&CERTIFICATE)),
    optional("GeoRestrictions", Object(&GEO_RESTRICTION_CUSTOMIZATION)),
] };

/// `WebAclCustomization`
pub static WEB_ACL_CUSTOMIZATION: Shape = Shape { name: "WebAclCustomization", members: &[
    required("Action", Choice(&["override", "disable"])),
    optional("Arn", Text(0, ANY)),
] };

/// `Certificate`
pub static CERTIFICATE: Shape = Shape { name: "Certificate", members: &[
    required("Arn", Text(0, ANY)),
] };

/// `GeoRestrictionCustomization`
pub static GEO_RESTRICTION_CUSTOMIZATION: Shape = Shape { name: "GeoRestrictionCustomization", members: &[
    required("RestrictionType", Choice(&["blacklist", "whitelist", "none"])),
    optional("Locations", List(0, ANY, &Text(0, ANY))),
] };

/// `Parameter`
pub static PARAMETER: Shape = Shape { name: "Parameter", members: &[
    required("Name", Text(1, 128)),
    required("Value", Text(1, 256)),
] };

/// `ManagedCertificateRequest`
pub static MANAGED_CERTIFICATE_REQUEST: Shape = Shape { name: "ManagedCertificateRequest", members: &[
    required("ValidationTokenHost", Choice(&["cloudfront", "self-hosted"])),
    optional("PrimaryDomainName", Text(0, ANY)),
    optional("CertificateTransparencyLoggingPreference", Choice(&["enabled", "disabled"])),
] };
