//! A multi-tenant distribution in the provider's spelling → the API's
//! (<https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_multitenant_distribution>).
//!
//! Its blocks are those of a distribution under other names.

use super::block::Block;
use super::config::{
    Entries, attributes, certificate, custom, error_page, failover, functions, list, map, one,
    shield, vpc, without_empty,
};
use super::plan::{Plan, Resource};
use crate::document::{Node, NodeKind};

/// The config's own members that the resource has, and those that it implies: the provider expands a plan
/// over the live config, so that the others, such as `Logging`, stay as they are
/// (<https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/cloudfront/multitenant_distribution.go>).
pub(super) const STATED: &[&str] = &[
    "CacheBehaviors",
    "Comment",
    "ConnectionMode",
    "CustomErrorResponses",
    "DefaultCacheBehavior",
    "DefaultRootObject",
    "Enabled",
    "HttpVersion",
    "OriginGroups",
    "Origins",
    "Restrictions",
    "TenantConfig",
    "ViewerCertificate",
    "WebACLId",
];

/// The config of a multi-tenant distribution, with every member that the resource has.
pub(super) fn config(block: &Block<'_>) -> Node {
    // The type of the resource says it, and no attribute does.
    let mode = NodeKind::Text("tenant-only".to_owned());
    let mut entries = vec![("ConnectionMode".to_owned(), block.node(mode))];
    attributes(
        block,
        &[
            ("enabled", "Enabled"),
            ("comment", "Comment"),
            ("default_root_object", "DefaultRootObject"),
            ("http_version", "HttpVersion"),
            ("web_acl_id", "WebACLId"),
        ],
        &mut entries,
    );
    list(
        block,
        ("custom_error_response", "CustomErrorResponses"),
        error_page,
        &mut entries,
    );
    one(
        block,
        ("restrictions", "Restrictions"),
        restrictions,
        &mut entries,
    );
    one(
        block,
        ("viewer_certificate", "ViewerCertificate"),
        certificate,
        &mut entries,
    );
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
        ("cache_behavior", "CacheBehaviors"),
        behavior,
        &mut entries,
    );
    one(
        block,
        ("tenant_config", "TenantConfig"),
        parameters,
        &mut entries,
    );
    without_empty(&mut entries);
    block.node(NodeKind::Map(entries))
}

fn origin(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    attributes(
        block,
        &[
            ("id", "Id"),
            ("domain_name", "DomainName"),
            ("origin_path", "OriginPath"),
            ("origin_access_control_id", "OriginAccessControlId"),
            ("connection_attempts", "ConnectionAttempts"),
            ("connection_timeout", "ConnectionTimeout"),
            ("response_completion_timeout", "ResponseCompletionTimeout"),
        ],
        &mut entries,
    );
    // The provider has no such block, and sends an empty config from some version on. One that has the
    // block may.
    if block.has("s3_origin_config") {
        entries.push(("S3OriginConfig".to_owned(), block.open("s3_origin_config")));
    } else if is_without_config(block) && block.plan().sends_s3_config != Some(false) {
        entries.push(("S3OriginConfig".to_owned(), s3(block)));
    }
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
    list(
        block,
        ("custom_header", "CustomHeaders"),
        |header| {
            map(
                header,
                &[
                    ("header_name", "HeaderName"),
                    ("header_value", "HeaderValue"),
                ],
            )
        },
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

/// What the provider sends for an origin that has no config.
fn s3(block: &Block<'_>) -> Node {
    let identity = block.node(NodeKind::Text(String::new()));
    block.node(NodeKind::Map(vec![(
        "OriginAccessIdentity".to_owned(),
        identity,
    )]))
}

fn is_without_config(origin: &Block<'_>) -> bool {
    let is_absent = |name: &str| matches!(origin.block(name), Ok(None));
    is_absent("custom_origin_config") && is_absent("vpc_origin_config")
}

/// Whether only some of the provider's versions that the plan allows send `S3OriginConfig` for an origin
/// of this resource.
pub(super) fn depends_on_version(plan: &Plan, resource: &Resource) -> bool {
    let origins = || {
        Block::of(plan, resource, None)
            .blocks("origin")
            .unwrap_or_default()
    };
    resource.kind == super::MULTI_TENANT
        && plan.sends_s3_config.is_none()
        && origins()
            .iter()
            .any(|origin| is_without_config(origin) && !origin.has("s3_origin_config"))
}

fn group(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    // The provider's first version called it `origin_id`.
    attributes(block, &[("id", "Id"), ("origin_id", "Id")], &mut entries);
    failover(block, &mut entries);
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
                &[("restriction_type", "RestrictionType"), ("items", "Items")],
            )
        },
        &mut entries,
    );
    block.node(NodeKind::Map(entries))
}

fn behavior(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    attributes(
        block,
        &[
            ("path_pattern", "PathPattern"),
            ("target_origin_id", "TargetOriginId"),
            ("viewer_protocol_policy", "ViewerProtocolPolicy"),
            ("cache_policy_id", "CachePolicyId"),
            ("origin_request_policy_id", "OriginRequestPolicyId"),
            ("response_headers_policy_id", "ResponseHeadersPolicyId"),
            ("compress", "Compress"),
            ("field_level_encryption_id", "FieldLevelEncryptionId"),
            ("realtime_log_config_arn", "RealtimeLogConfigArn"),
        ],
        &mut entries,
    );
    one(
        block,
        ("allowed_methods", "AllowedMethods"),
        |methods| {
            map(
                methods,
                &[("items", "Items"), ("cached_methods", "CachedMethods")],
            )
        },
        &mut entries,
    );
    one(
        block,
        ("trusted_key_groups", "TrustedKeyGroups"),
        |groups| map(groups, &[("enabled", "Enabled"), ("items", "Items")]),
        &mut entries,
    );
    functions(block, "lambda_function_arn", &mut entries);
    without_empty(&mut entries);
    block.node(NodeKind::Map(entries))
}

fn parameters(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    list(
        block,
        ("parameter_definition", "ParameterDefinitions"),
        definition,
        &mut entries,
    );
    block.node(NodeKind::Map(entries))
}

fn definition(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    attributes(block, &[("name", "Name")], &mut entries);
    one(
        block,
        ("definition", "Definition"),
        |definition| {
            let mut entries = Entries::new();
            one(
                definition,
                ("string_schema", "StringSchema"),
                |schema| {
                    map(
                        schema,
                        &[
                            ("required", "Required"),
                            ("comment", "Comment"),
                            ("default_value", "DefaultValue"),
                        ],
                    )
                },
                &mut entries,
            );
            definition.node(NodeKind::Map(entries))
        },
        &mut entries,
    );
    block.node(NodeKind::Map(entries))
}
