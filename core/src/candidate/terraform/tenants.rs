//! A multi-tenant distribution in the provider's spelling → the API's
//! (<https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_multitenant_distribution>).
//!
//! Its blocks are those of a distribution under other names.

use super::block::Block;
use super::config::{Entries, attributes, custom, failover, list, map, one, shield, vpc};
use super::plan::{Plan, Resource};
use crate::document::{Node, NodeKind};

/// The config of a multi-tenant distribution.
pub(super) fn config(block: &Block<'_>) -> Node {
    // The type of the resource says it, and no attribute does.
    let mode = NodeKind::Text("tenant-only".to_owned());
    let mut entries = vec![("ConnectionMode".to_owned(), block.node(mode))];
    attributes(block, &[("enabled", "Enabled")], &mut entries);
    list(block, "origin", "Origins", origin, &mut entries);
    list(block, "origin_group", "OriginGroups", group, &mut entries);
    one(
        block,
        "default_cache_behavior",
        "DefaultCacheBehavior",
        behavior,
        &mut entries,
    );
    list(
        block,
        "cache_behavior",
        "CacheBehaviors",
        behavior,
        &mut entries,
    );
    one(
        block,
        "tenant_config",
        "TenantConfig",
        parameters,
        &mut entries,
    );
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
        "custom_origin_config",
        "CustomOriginConfig",
        custom,
        &mut entries,
    );
    one(
        block,
        "vpc_origin_config",
        "VpcOriginConfig",
        vpc,
        &mut entries,
    );
    list(
        block,
        "custom_header",
        "CustomHeaders",
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
    one(block, "origin_shield", "OriginShield", shield, &mut entries);
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

fn behavior(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    attributes(
        block,
        &[
            ("path_pattern", "PathPattern"),
            ("target_origin_id", "TargetOriginId"),
            ("cache_policy_id", "CachePolicyId"),
            ("origin_request_policy_id", "OriginRequestPolicyId"),
        ],
        &mut entries,
    );
    one(
        block,
        "allowed_methods",
        "AllowedMethods",
        |methods| map(methods, &[("items", "Items")]),
        &mut entries,
    );
    // The provider writes an empty text where a policy is not set.
    entries.retain(|(name, node)| !(name.ends_with("PolicyId") && node.text() == Some("")));
    block.node(NodeKind::Map(entries))
}

fn parameters(block: &Block<'_>) -> Node {
    let mut entries = Entries::new();
    list(
        block,
        "parameter_definition",
        "ParameterDefinitions",
        |definition| map(definition, &[("name", "Name")]),
        &mut entries,
    );
    block.node(NodeKind::Map(entries))
}
