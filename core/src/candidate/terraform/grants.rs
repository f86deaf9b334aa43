//! The function URLs and access points that a plan makes or keeps, and who may use them.

use serde_json::Value;

use super::plan::{Plan, Resource};
use super::planned::policy;
use super::references::Scope;
use crate::candidate::permissions::{self, Permission};
use crate::distribution::BucketName;
use crate::facts::{AccessPoint, AuthType, Facts, FunctionUrl, Unknown};

/// Puts them among the facts.
pub(super) fn add(plan: &Plan, facts: &mut Facts) {
    function_urls(plan, facts);
    for resource in plan.of_kind("aws_s3_access_point") {
        access_point(resource, facts);
    }
}

/// An access point that is there; of one that is still to be made no origin can name the alias yet.
fn access_point(resource: &Resource, facts: &mut Facts) {
    let (Some(alias), Some(arn)) = (resource.name("alias"), resource.name("arn")) else {
        return;
    };
    let point = AccessPoint {
        name: resource.address.clone(),
        arns: vec![arn.to_owned()],
        account: resource.text("account_id").map(str::to_owned),
        policy: policy(resource),
        buckets: resource
            .name("bucket")
            .map(BucketName::new)
            .into_iter()
            .collect(),
        is_multi_region: false,
    };
    facts.access_points.insert(alias.to_owned(), point);
}

fn function_urls(plan: &Plan, facts: &mut Facts) {
    for resource in plan.of_kind("aws_lambda_function_url") {
        // That of an alias has permissions of its own.
        if resource.text("qualifier").is_some_and(|it| !it.is_empty()) {
            continue;
        }
        let Some(function) = function_of(plan, resource) else {
            continue;
        };
        let (permissions, open) = permissions_of(plan, &function);
        let Some(policy) = permissions::policy(&permissions) else {
            continue;
        };
        let what = format!("who may call function `{function}`");
        let url = FunctionUrl {
            auth_type: resource
                .text("authorization_type")
                .and_then(AuthType::parse),
            policy,
            others: open.map(|open| {
                let why = format!("`{open}` may be one of its permissions");
                Unknown::known_later("function permissions", &function, &what, &why)
            }),
            function,
        };
        if let Some(host) = resource.name("function_url").and_then(host) {
            facts.function_urls.insert(host.to_owned(), url.clone());
        }
        // Also by its address: the host is known only once the URL was made.
        facts.function_urls.insert(resource.address.clone(), url);
    }
}

/// `https://host/`
fn host(url: &str) -> Option<&str> {
    url.strip_prefix("https://")?.split('/').next()
}

/// The permissions of a function, and one that may be another of them.
fn permissions_of<'p>(plan: &'p Plan, function: &str) -> (Vec<Permission>, Option<&'p str>) {
    let mut open = None;
    let mut all = Vec::new();
    for resource in plan.of_kind("aws_lambda_permission") {
        if resource.text("qualifier").is_some_and(|it| !it.is_empty()) {
            continue;
        }
        let of = function_of(plan, resource);
        let is_known = of.as_deref().is_some_and(|of| !of.starts_with("${"));
        let is_own = of.as_deref() == Some(function);
        // An address and a name may be those of one function.
        let may_be = of.is_none() || is_known == function.starts_with("${");
        match permission(plan, resource).filter(|_| is_own) {
            Some(permission) => all.push(permission),
            None if is_own || may_be => open = Some(resource.address.as_str()),
            None => {}
        }
    }
    (all, open)
}

/// The name of the function that a resource is for; of one that has no name yet, the address.
fn function_of(plan: &Plan, resource: &Resource) -> Option<String> {
    if let Some(name) = resource.name("function_name") {
        let name = name.rsplit_once(":function:").map_or(name, |(_, it)| it);
        return Some(name.to_owned());
    }
    let references = references(plan, resource, "function_name")?;
    let (address, _) = references
        .rsplit_once('.')
        .filter(|_| !references.contains(' '))?;
    Some(format!("${{{address}}}"))
}

fn references(plan: &Plan, resource: &Resource, attribute: &str) -> Option<String> {
    let (expressions, scope) = Scope::of(plan, &resource.address)?;
    Some(scope.resolve(expressions.get(attribute)?)?.text)
}

/// What a permission allows to whom; `None` where the plan leaves that open.
fn permission(plan: &Plan, resource: &Resource) -> Option<Permission> {
    let is_open = |name: &str| resource.unknown.get(name).and_then(Value::as_bool) == Some(true);
    let text = |name: &str| resource.text(name).map(str::to_owned);
    let others = [
        "source_account",
        "principal_org_id",
        "function_url_auth_type",
    ];
    if others.into_iter().any(is_open)
        || is_open("source_arn") && !is_for_the_distribution(plan, resource)
    {
        return None;
    }
    Some(Permission {
        name: resource.address.clone(),
        action: text("action")?,
        principal: text("principal")?,
        source_arn: text("source_arn"),
        source_account: text("source_account"),
        principal_org_id: text("principal_org_id"),
        function_url_auth_type: text("function_url_auth_type"),
        event_source_token: text("event_source_token"),
        invoked_via_function_url: resource.after.get("invoked_via_function_url")
            == Some(&Value::Bool(true)),
    })
}

/// Whether the ARN that is not known yet is that of the plan's only distribution, so that whichever is
/// judged meets the condition.
fn is_for_the_distribution(plan: &Plan, permission: &Resource) -> bool {
    let mut distributions = [super::DISTRIBUTION, super::MULTI_TENANT]
        .into_iter()
        .flat_map(|kind| plan.of_kind(kind));
    // With several distributions, which one an open ARN is of would be a guess.
    let (Some(only), None) = (distributions.next(), distributions.next()) else {
        return false;
    };
    let resolve = || {
        let (expressions, scope) = Scope::of(plan, &permission.address)?;
        let (resource, attribute) = scope.resolve(expressions.get("source_arn")?)?.resource?;
        Some(resource.address == only.address && attribute.as_deref() == Some("arn"))
    };
    resolve() == Some(true)
}
