//! What CloudFront refuses in a `DistributionConfig`.
//!
//! Codes and messages: <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html>; quotas:
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>. It does *not* look whether a
//! bucket exists, because CloudFront apparently does not either.

use serde_json::Value;

use super::origin;
use crate::http::Refusal;
use crate::world::World;

pub(super) type Check = Result<(), Refusal>;

/// Holds a config against the model, itself, and the account.
pub(crate) fn check(config: &Value, world: &World) -> Check {
    required(
        config,
        "",
        &[
            "CallerReference",
            "Origins",
            "DefaultCacheBehavior",
            "Comment",
            "Enabled",
        ],
    )?;
    quantities(config, "DistributionConfig")?;
    quotas(config)?;
    for origin in items(config, "/Origins/Items") {
        origin::check(origin, world)?;
    }
    targets(config)
}

pub(super) fn refuse(status: u16, code: &str, message: impl Into<String>) -> Check {
    Err(Refusal::new(status, code, message))
}

pub(super) fn invalid(message: impl Into<String>) -> Check {
    refuse(400, "InvalidArgument", message)
}

fn items<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

pub(super) fn required(value: &Value, at: &str, names: &[&str]) -> Check {
    match names.iter().find(|name| value.get(name).is_none()) {
        Some(name) => refuse(
            400,
            "MalformedInput",
            format!("The element {at}{name} is missing"),
        ),
        None => Ok(()),
    }
}

fn quantities(value: &Value, name: &str) -> Check {
    let items = items(value, "/Items").len();
    if let Some(quantity) = value
        .get("Quantity")
        .and_then(Value::as_u64)
        .filter(|quantity| *quantity != items as u64)
    {
        let message = format!(
            "The value of Quantity and the size of Items don't match: {name} says {quantity}, has {items}"
        );
        return refuse(400, "InconsistentQuantities", message);
    }
    match value {
        Value::Object(members) => members
            .iter()
            .try_for_each(|(name, value)| quantities(value, name)),
        Value::Array(items) => items.iter().try_for_each(|item| quantities(item, name)),
        _ => Ok(()),
    }
}

fn quotas(config: &Value) -> Check {
    const QUOTAS: [(&str, usize, &str, &str); 4] = [
        (
            "/Origins/Items",
            100,
            "TooManyOrigins",
            "You cannot create more origins for the distribution.",
        ),
        (
            "/CacheBehaviors/Items",
            75,
            "TooManyCacheBehaviors",
            "You cannot create more cache behaviors for the distribution.",
        ),
        (
            "/OriginGroups/Items",
            10,
            "TooManyOriginGroupsPerDistribution",
            "Processing your request would cause you to exceed the maximum number of origin groups allowed.",
        ),
        (
            "/Aliases/Items",
            100,
            "TooManyDistributionCNAMEs",
            "Your request contains more CNAMEs than are allowed per distribution.",
        ),
    ];
    if items(config, "/Origins/Items").is_empty() {
        return invalid("The parameter Origins is required.");
    }
    if text(config, "/Comment").chars().count() > 128 {
        return invalid("The parameter Comment is too big.");
    }
    for (pointer, most, code, message) in QUOTAS {
        if items(config, pointer).len() > most {
            return refuse(400, code, message);
        }
    }
    Ok(())
}

/// Every target and group member must be there; CloudFront does not say which is not.
fn targets(config: &Value) -> Check {
    const MISSING: &str = "One or more of your origins or origin groups do not exist.";
    let ids = |pointer: &str| {
        items(config, pointer)
            .iter()
            .map(|item| text(item, "/Id"))
            .collect::<Vec<_>>()
    };
    let (origins, groups) = (ids("/Origins/Items"), ids("/OriginGroups/Items"));
    let mut all: Vec<&str> = origins.iter().chain(&groups).copied().collect();
    all.sort_unstable();
    if all.windows(2).any(|pair| pair[0] == pair[1]) {
        return invalid("The parameter Origin Id must be unique within the distribution.");
    }
    for group in items(config, "/OriginGroups/Items") {
        let members = items(group, "/Members/Items");
        if members.len() != 2 {
            return invalid("The parameter Members must contain exactly two items.");
        }
        if items(group, "/FailoverCriteria/StatusCodes/Items").is_empty() {
            return invalid("The parameter StatusCodes must contain at least one item.");
        }
        if members
            .iter()
            .any(|member| !origins.contains(&text(member, "/OriginId")))
        {
            return refuse(404, "NoSuchOrigin", MISSING);
        }
    }
    let default = config.get("DefaultCacheBehavior").into_iter();
    for behavior in default.chain(items(config, "/CacheBehaviors/Items")) {
        required(
            behavior,
            "CacheBehavior/",
            &["TargetOriginId", "ViewerProtocolPolicy"],
        )?;
        if !all.contains(&text(behavior, "/TargetOriginId")) {
            return refuse(404, "NoSuchOrigin", MISSING);
        }
    }
    Ok(())
}
