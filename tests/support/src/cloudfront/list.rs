//! Lists of distributions.

use serde_json::{Map, Value, json};

use super::{arn, document};
use crate::action::Action;
use crate::http::{Outcome, iso_date};
use crate::world::Distribution;

/// `DistributionSummary`: it lacks `CallerReference`, `DefaultRootObject`, `Logging`, `ContinuousDeploymentPolicyId`,
/// `TenantConfig` and `CacheTagConfig`, and has the lists even when the config does not.
fn summary(id: &str, distribution: &Distribution) -> Value {
    const SHOWN: [&str; 18] = [
        "Aliases",
        "Origins",
        "OriginGroups",
        "DefaultCacheBehavior",
        "CacheBehaviors",
        "CustomErrorResponses",
        "Comment",
        "PriceClass",
        "Enabled",
        "ViewerCertificate",
        "Restrictions",
        "WebACLId",
        "HttpVersion",
        "IsIPV6Enabled",
        "Staging",
        "ConnectionMode",
        "AnycastIpListId",
        "ViewerMtlsConfig",
    ];
    let mut members = Map::from_iter([
        ("Id".to_owned(), json!(id)),
        ("ARN".to_owned(), json!(arn(id, distribution))),
        ("ETag".to_owned(), json!(distribution.etag)),
        ("Status".to_owned(), json!(distribution.status)),
        (
            "LastModifiedTime".to_owned(),
            json!(iso_date(distribution.last_modified)),
        ),
        ("DomainName".to_owned(), json!(distribution.domain_name)),
    ]);
    for name in SHOWN {
        members.insert(
            name.to_owned(),
            distribution
                .config
                .get(name)
                .cloned()
                .unwrap_or_else(|| absent(name)),
        );
    }
    Value::Object(members)
}

/// What the summary shows where the config has nothing.
fn absent(name: &str) -> Value {
    match name {
        "Aliases" | "OriginGroups" | "CacheBehaviors" | "CustomErrorResponses" => {
            json!({"Quantity": 0})
        }
        "PriceClass" => json!("PriceClass_All"),
        "ViewerCertificate" => json!({"CloudFrontDefaultCertificate": true}),
        "Restrictions" => json!({"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}}),
        "WebACLId" | "Comment" => json!(""),
        "HttpVersion" => json!("http2"),
        "IsIPV6Enabled" | "Staging" => json!(false),
        _ => Value::Null,
    }
}

/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ListDistributions.html>
pub(super) fn distributions(action: &mut Action<'_>) -> Outcome {
    let limit = match action.call.param("MaxItems").map(str::parse::<usize>) {
        None => 100,
        Some(Ok(limit)) if (1..=100).contains(&limit) => limit,
        Some(_) => {
            return Err(action.broken(
                400,
                "InvalidArgument",
                "The parameter MaxItems must be between 1 and 100.",
            ));
        }
    };
    let page = limit.min(action.world.page_size);
    let marker = action.call.param("Marker").unwrap_or_default();
    let account = action.account();
    let mut rest = action
        .world
        .distributions
        .iter()
        .filter(|(id, item)| id.as_str() > marker && item.owner == account);
    let mut next = "";
    let items: Vec<Value> = rest
        .by_ref()
        .take(page)
        .map(|(id, distribution)| {
            next = id;
            summary(id, distribution)
        })
        .collect();
    let more = rest.next().is_some();
    let list = json!({
        "Marker": marker, "NextMarker": more.then_some(next), "MaxItems": limit, "IsTruncated": more,
        "Quantity": items.len(), "Items": items,
    });
    Ok(document("DistributionList", &list))
}
