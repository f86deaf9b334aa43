//! A distribution in the provider's spelling → the API's
//! (<https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_distribution>).

use super::block::Block;
use crate::document::{Node, NodeKind};

/// The entries of an object, in order.
pub(super) type Entries = Vec<(String, Node)>;

/// The config of a distribution.
pub(super) fn config(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    attributes(
        block,
        &[
            ("enabled", "Enabled"),
            ("http_version", "HttpVersion"),
            ("staging", "Staging"),
            ("aliases", "Aliases"),
            ("anycast_ip_list_id", "AnycastIpListId"),
            ("comment", "Comment"),
            ("is_ipv6_enabled", "IsIPV6Enabled"),
            ("price_class", "PriceClass"),
            ("default_root_object", "DefaultRootObject"),
            ("web_acl_id", "WebACLId"),
            (
                "continuous_deployment_policy_id",
                "ContinuousDeploymentPolicyId",
            ),
        ],
        &mut entries,
    );
    list(
        block,
        ("custom_error_response", "CustomErrorResponses"),
        error_page,
        &mut entries,
    );
    for (names, read) in OF_VIEWERS {
        one(block, names, read, &mut entries);
    }
    list(block, ("origin", "Origins"), origin, &mut entries);
    list(block, ("origin_group", "OriginGroups"), group, &mut entries);
    one(
        block,
        ("default_cache_behavior", "DefaultCacheBehavior"),
        behavior,
        &mut entries,
    );
    list(
        block,
        ("ordered_cache_behavior", "CacheBehaviors"),
        behavior,
        &mut entries,
    );
    without_empty(&mut entries);
    block.node(NodeKind::Map(entries))
}

/// A member's name in the provider, and in CloudFront's API.
pub(super) type Names<'n> = (&'n str, &'n str);

type Reader = fn(&Block<'_>) -> Node;

/// What is on the viewers' side.
const OF_VIEWERS: [(Names<'_>, Reader); 5] = [
    (("logging_config", "Logging"), logging),
    (("restrictions", "Restrictions"), restrictions),
    (("viewer_certificate", "ViewerCertificate"), certificate),
    (("viewer_mtls_config", "ViewerMtlsConfig"), viewer_mtls),
    (
        (
            "connection_function_association",
            "ConnectionFunctionAssociation",
        ),
        |association| map(association, &[("id", "Id")]),
    ),
];

fn logging(logging: &Block<'_>) -> Node {
    map(
        logging,
        &[
            ("bucket", "Bucket"),
            ("include_cookies", "IncludeCookies"),
            ("prefix", "Prefix"),
        ],
    )
}

pub(super) fn certificate(certificate: &Block<'_>) -> Node {
    map(
        certificate,
        &[
            ("acm_certificate_arn", "ACMCertificateArn"),
            (
                "cloudfront_default_certificate",
                "CloudFrontDefaultCertificate",
            ),
            ("iam_certificate_id", "IAMCertificateId"),
            ("minimum_protocol_version", "MinimumProtocolVersion"),
            ("ssl_support_method", "SSLSupportMethod"),
        ],
    )
}

fn viewer_mtls(mtls: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    attributes(mtls, &[("mode", "Mode")], &mut entries);
    one(
        mtls,
        ("trust_store_config", "TrustStoreConfig"),
        |store| {
            map(
                store,
                &[
                    ("trust_store_id", "TrustStoreId"),
                    (
                        "advertise_trust_store_ca_names",
                        "AdvertiseTrustStoreCaNames",
                    ),
                    ("ignore_certificate_expiry", "IgnoreCertificateExpiry"),
                ],
            )
        },
        &mut entries,
    );
    mtls.node(NodeKind::Map(entries))
}

/// The provider writes an empty text where nothing is set.
pub(super) fn without_empty(entries: &mut Entries) {
    const OPTIONAL: [&str; 4] = [
        "ContinuousDeploymentPolicyId",
        "DefaultRootObject",
        "ResponsePagePath",
        "WebACLId",
    ];
    entries.retain(|(name, node)| {
        let is_policy = name.ends_with("PolicyId") || OPTIONAL.contains(&name.as_str());
        !(is_policy && node.text() == Some(""))
    });
}

pub(super) fn error_page(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    attributes(
        block,
        &[
            ("error_code", "ErrorCode"),
            ("error_caching_min_ttl", "ErrorCachingMinTTL"),
            ("response_code", "ResponseCode"),
            ("response_page_path", "ResponsePagePath"),
        ],
        &mut entries,
    );
    without_empty(&mut entries);
    block.node(NodeKind::Map(entries))
}

fn restrictions(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    one(
        block,
        ("geo_restriction", "GeoRestriction"),
        |geo| {
            map(
                geo,
                &[
                    ("restriction_type", "RestrictionType"),
                    ("locations", "Items"),
                ],
            )
        },
        &mut entries,
    );
    block.node(NodeKind::Map(entries))
}

fn forwarded(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    attributes(
        block,
        &[
            ("headers", "Headers"),
            ("query_string", "QueryString"),
            ("query_string_cache_keys", "QueryStringCacheKeys"),
        ],
        &mut entries,
    );
    one(
        block,
        ("cookies", "Cookies"),
        |cookies| {
            map(
                cookies,
                &[
                    ("forward", "Forward"),
                    ("whitelisted_names", "WhitelistedNames"),
                ],
            )
        },
        &mut entries,
    );
    block.node(NodeKind::Map(entries))
}

pub(super) fn attributes(block: &Block<'_>, names: &[Names<'_>], entries: &mut Entries) {
    for (name, api) in names {
        if let Some(node) = block.attribute(name) {
            entries.push(((*api).to_owned(), node));
        }
    }
}

pub(super) fn list(
    block: &Block<'_>,
    (name, api): Names<'_>,
    read: impl Fn(&Block<'_>) -> Node,
    entries: &mut Entries,
) {
    let node = match block.blocks(name) {
        Ok(blocks) => block.node(NodeKind::List(blocks.iter().map(read).collect())),
        Err(open) => open,
    };
    entries.push((api.to_owned(), node));
}

/// The only block of a name, where there is one.
pub(super) fn one(
    block: &Block<'_>,
    (name, api): Names<'_>,
    read: fn(&Block<'_>) -> Node,
    entries: &mut Entries,
) {
    match block.block(name) {
        Ok(Some(inner)) => entries.push((api.to_owned(), read(&inner))),
        Ok(None) => {}
        Err(open) => entries.push((api.to_owned(), open)),
    }
}

fn origin(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    attributes(
        block,
        &[
            ("origin_id", "Id"),
            ("domain_name", "DomainName"),
            ("origin_path", "OriginPath"),
            ("origin_access_control_id", "OriginAccessControlId"),
            ("connection_attempts", "ConnectionAttempts"),
            ("connection_timeout", "ConnectionTimeout"),
            ("response_completion_timeout", "ResponseCompletionTimeout"),
        ],
        &mut entries,
    );
    // The provider sends none where it is 0: then there is no maximum.
    let zero = NodeKind::Number("0".to_owned());
    entries.retain(|(name, node)| !(name == "ResponseCompletionTimeout" && node.kind == zero));
    let before = entries.len();
    one(
        block,
        ("s3_origin_config", "S3OriginConfig"),
        s3,
        &mut entries,
    );
    one(
        block,
        ("custom_origin_config", "CustomOriginConfig"),
        custom,
        &mut entries,
    );
    one(
        block,
        ("vpc_origin_config", "VpcOriginConfig"),
        vpc,
        &mut entries,
    );
    if entries.len() == before {
        // The provider sends an empty S3OriginConfig for an origin without a config of its own.
        entries.push((
            "S3OriginConfig".to_owned(),
            block.node(NodeKind::Map(Vec::new())),
        ));
    }
    list(
        block,
        ("custom_header", "CustomHeaders"),
        header,
        &mut entries,
    );
    one(
        block,
        ("origin_shield", "OriginShield"),
        shield,
        &mut entries,
    );
    block.node(NodeKind::Map(entries))
}

pub(super) fn map(block: &Block<'_>, names: &[Names<'_>]) -> Node {
    let mut entries = Entries::new();
    attributes(block, names, &mut entries);
    block.node(NodeKind::Map(entries))
}

fn s3(block: &Block<'_>) -> Node {
    map(
        block,
        &[
            ("origin_access_identity", "OriginAccessIdentity"),
            ("origin_read_timeout", "OriginReadTimeout"),
        ],
    )
}

pub(super) fn custom(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    attributes(
        block,
        &[
            ("http_port", "HTTPPort"),
            ("https_port", "HTTPSPort"),
            ("origin_protocol_policy", "OriginProtocolPolicy"),
            ("origin_ssl_protocols", "OriginSslProtocols"),
            ("origin_read_timeout", "OriginReadTimeout"),
            ("origin_keepalive_timeout", "OriginKeepaliveTimeout"),
            ("ip_address_type", "IpAddressType"),
            ("origin_http_version", "OriginHttpVersion"),
        ],
        &mut entries,
    );
    one(
        block,
        ("origin_mtls_config", "OriginMtlsConfig"),
        |mtls| map(mtls, &[("client_certificate_arn", "ClientCertificateArn")]),
        &mut entries,
    );
    block.node(NodeKind::Map(entries))
}

pub(super) fn vpc(block: &Block<'_>) -> Node {
    map(
        block,
        &[
            ("vpc_origin_id", "VpcOriginId"),
            ("owner_account_id", "OwnerAccountId"),
            ("origin_read_timeout", "OriginReadTimeout"),
            ("origin_keepalive_timeout", "OriginKeepaliveTimeout"),
            ("origin_http_version", "OriginHttpVersion"),
        ],
    )
}

fn header(block: &Block<'_>) -> Node {
    map(block, &[("name", "HeaderName"), ("value", "HeaderValue")])
}

pub(super) fn shield(block: &Block<'_>) -> Node {
    map(
        block,
        &[
            ("enabled", "Enabled"),
            ("origin_shield_region", "OriginShieldRegion"),
        ],
    )
}

fn group(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    attributes(
        block,
        &[
            ("origin_id", "Id"),
            ("selection_criteria", "SelectionCriteria"),
        ],
        &mut entries,
    );
    failover(block, &mut entries);
    block.node(NodeKind::Map(entries))
}

/// When a group fails over, and to which of its members.
pub(super) fn failover(block: &Block<'_>, entries: &mut Entries) {
    one(
        block,
        ("failover_criteria", "FailoverCriteria"),
        |criteria| map(criteria, &[("status_codes", "StatusCodes")]),
        entries,
    );
    list(
        block,
        ("member", "Members"),
        |member| map(member, &[("origin_id", "OriginId")]),
        entries,
    );
}

fn behavior(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    attributes(
        block,
        &[
            ("path_pattern", "PathPattern"),
            ("target_origin_id", "TargetOriginId"),
            ("allowed_methods", "AllowedMethods"),
            ("cached_methods", "CachedMethods"),
            ("viewer_protocol_policy", "ViewerProtocolPolicy"),
            ("cache_policy_id", "CachePolicyId"),
            ("origin_request_policy_id", "OriginRequestPolicyId"),
            ("trusted_key_groups", "TrustedKeyGroups"),
            ("trusted_signers", "TrustedSigners"),
            ("response_headers_policy_id", "ResponseHeadersPolicyId"),
            ("compress", "Compress"),
            ("field_level_encryption_id", "FieldLevelEncryptionId"),
            ("realtime_log_config_arn", "RealtimeLogConfigArn"),
            ("smooth_streaming", "SmoothStreaming"),
            ("min_ttl", "MinTTL"),
            ("default_ttl", "DefaultTTL"),
            ("max_ttl", "MaxTTL"),
        ],
        &mut entries,
    );
    one(
        block,
        ("forwarded_values", "ForwardedValues"),
        forwarded,
        &mut entries,
    );
    one(
        block,
        ("grpc_config", "GrpcConfig"),
        |grpc| map(grpc, &[("enabled", "Enabled")]),
        &mut entries,
    );
    functions(block, "lambda_arn", &mut entries);
    without_empty(&mut entries);
    block.node(NodeKind::Map(entries))
}

/// What runs at the edge; the two resources name the ARN of a Lambda function differently.
pub(super) fn functions(block: &Block<'_>, lambda_arn: &'static str, entries: &mut Entries) {
    list(
        block,
        ("lambda_function_association", "LambdaFunctionAssociations"),
        |lambda| {
            map(
                lambda,
                &[
                    ("event_type", "EventType"),
                    (lambda_arn, "LambdaFunctionARN"),
                    ("include_body", "IncludeBody"),
                ],
            )
        },
        entries,
    );
    list(
        block,
        ("function_association", "FunctionAssociations"),
        |function| {
            map(
                function,
                &[("event_type", "EventType"), ("function_arn", "FunctionARN")],
            )
        },
        entries,
    );
}
