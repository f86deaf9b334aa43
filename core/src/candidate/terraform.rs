//! Terraform's and OpenTofu's plans, as `terraform show -json` writes them: each distribution as it
//! will be, as it is, and what the plan itself makes and so is known to be there.
//!
//! Follows <https://developer.hashicorp.com/terraform/internals/json-format>. What is known only
//! after the plan is applied is an expression, spelt after what the configuration refers to.

mod address;
mod block;
mod config;
mod grants;
mod module;
mod names;
mod natures;
mod plan;
mod planned;
mod provider;
mod references;
mod symbols;
mod tenants;

use serde_json::Value;

use super::ResourceName;
use super::bounds::Bounds;
use crate::distribution::{DistributionId, Hidden};
use crate::document::Node;
use crate::facts::Facts;
use block::Block;
use plan::Plan;
use references::Scope;

/// The types of the resources that are judged.
const DISTRIBUTION: &str = "aws_cloudfront_distribution";
const MULTI_TENANT: &str = "aws_cloudfront_multitenant_distribution";
const READ: [&str; 2] = [DISTRIBUTION, MULTI_TENANT];

/// Why a text is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct PlanError(String);

/// A distribution of a plan.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Its address.
    pub address: ResourceName,
    /// Its ID, where it is there already.
    pub id: Option<DistributionId>,
    /// Its ARN, where it is there already.
    pub arn: Option<String>,
    /// Its own domain, where it is there already.
    pub domain_name: Option<String>,
    /// Its config in the spelling of CloudFront's API.
    pub config: Node,
    /// The config that it has now.
    pub before: Option<Node>,
    /// The config's own members that its resource can state, where the provider keeps the others.
    pub stated: Option<&'static [&'static str]>,
    /// Whether it has an origin for which only some of the provider's versions send `S3OriginConfig`.
    pub depends_on_version: bool,
}

/// Whether a text is a plan, by the keys that only a plan has.
#[must_use]
pub(super) fn is_plan(content: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Keys {
        format_version: Option<serde::de::IgnoredAny>,
        resource_changes: Option<serde::de::IgnoredAny>,
        planned_values: Option<serde::de::IgnoredAny>,
    }
    // A plan is large, and most of what is no plan says so without being parsed.
    let has = |key: &[u8]| content.windows(key.len()).any(|window| window == key);
    if !has(b"\"format_version\"") {
        return false;
    }
    serde_json::from_slice::<Keys>(content).is_ok_and(|keys| {
        keys.format_version.is_some()
            && (keys.resource_changes.is_some() || keys.planned_values.is_some())
    })
}

/// What a plan says.
#[derive(Debug)]
pub(super) struct Read {
    /// Its distributions, in its order.
    pub found: Vec<Found>,
    /// What it makes, keeps and deletes.
    pub planned: Facts,
    /// What it marks as sensitive.
    pub hidden: Hidden,
    /// The addresses of distributions of a type that is not read.
    pub unread: Vec<String>,
    /// Whether Terraform ended with an error while it made the plan, which therefore is incomplete.
    pub is_errored: bool,
}

/// Reads a plan, and of its distributions no more than one beyond the bound.
///
/// # Errors
/// If it is none.
pub(super) fn read(content: &[u8], bounds: &Bounds) -> Result<Read, PlanError> {
    let plan = Plan::read(content, bounds.values)?;
    let judged = plan
        .resources
        .iter()
        .filter(|it| READ.contains(&it.kind.as_str()))
        .take(bounds.distributions.saturating_add(1));
    let found = judged.map(|resource| {
        let config = match resource.kind.as_str() {
            MULTI_TENANT => tenants::config,
            _ => config::config,
        };
        let own = |name: &str| {
            let now = resource.before.get(name).and_then(Value::as_str);
            now.or_else(|| resource.text(name)).map(str::to_owned)
        };
        let declared = Scope::of(&plan, &resource.address);
        let expressions = declared.as_ref().map(|(all, scope)| (*all, scope));
        Found {
            address: resource.address.as_str().into(),
            id: own("id").map(DistributionId::from),
            arn: own("arn"),
            domain_name: own("domain_name"),
            config: config(&Block::of(&plan, resource, expressions)),
            stated: (resource.kind == MULTI_TENANT).then_some(tenants::STATED),
            depends_on_version: tenants::depends_on_version(&plan, resource),
            before: (!resource.is_new()).then(|| config(&Block::before(&plan, resource))),
        }
    });
    Ok(Read {
        found: found.collect(),
        planned: planned::of(&plan),
        hidden: plan.hidden,
        unread: plan.unread,
        is_errored: plan.is_errored,
    })
}

#[cfg(test)]
mod tests;
