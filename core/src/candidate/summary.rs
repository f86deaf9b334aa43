//! What a list of distributions says of one of them.

use super::api_json::Envelope;
use super::read_node;
use crate::distribution::Distribution;
use crate::document::Node;
use crate::error::GuardError;

/// Members of a config that no list of distributions shows. It lacks the `CallerReference` too, which
/// no update changes
/// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionSummary.html>).
const OMITTED: &[&str] = &[
    "CacheTagConfig",
    "ContinuousDeploymentPolicyId",
    "DefaultRootObject",
    "Logging",
    "TenantConfig",
];

/// A distribution as a list of distributions shows it: its config but for the members that
/// [`Distribution::omitted`] names, with its ID, ARN, domain and `ETag`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The model of it.
    pub distribution: Distribution,
    /// `Deployed`, or `InProgress` while the last change has not reached every edge.
    pub status: String,
    /// When it was last changed, RFC 3339.
    pub last_modified: String,
}

/// Reads one item of a list of distributions, `DistributionSummary`.
///
/// # Errors
/// If it is something else, or has no ID.
pub fn read_summary(node: &Node) -> Result<Listed, GuardError> {
    let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let id = text("Id").filter(|id| !id.is_empty());
    let document = id.as_deref().unwrap_or("a distribution without an ID");
    let mut distribution = read_node(document, node)?;
    if id.is_none() {
        return Err(GuardError::Unavailable {
            subject: "the list of distributions".to_owned(),
            problem: "one of them has no ID".to_owned(),
        });
    }
    omit(&mut distribution);
    Ok(Listed {
        distribution,
        status: text("Status").unwrap_or_default(),
        last_modified: text("LastModifiedTime").unwrap_or_default(),
    })
}

/// Whether a document is an item of a list of distributions.
pub(super) fn is_summary(document: &Node) -> bool {
    let around = ["ARN", "Status", "LastModifiedTime"];
    Envelope::of(document) == Some(Envelope::Config)
        && around.iter().all(|key| document.get(key).is_some())
}

/// Marks what the list leaves out, so that nothing is concluded from its absence.
pub(super) fn omit(distribution: &mut Distribution) {
    distribution.omitted = OMITTED;
    distribution.tenant_parameters = None;
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::change::{Reason, Sameness, difference};

    fn summary() -> Value {
        json!({
            "Id": "E1", "ARN": "arn:aws:cloudfront::111122223333:distribution/E1", "ETag": "E9",
            "Status": "Deployed", "LastModifiedTime": "2026-11-23T10:00:00Z",
            "DomainName": "d1.cloudfront.net", "AliasICPRecordals": [],
            "Aliases": {"Quantity": 1, "Items": ["www.example.com"]},
            "Origins": {"Quantity": 1, "Items": [{"Id": "a", "DomainName": "{{shop}}.example.com",
                "OriginPath": "", "CustomHeaders": {"Quantity": 0},
                "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443,
                    "OriginProtocolPolicy": "https-only",
                    "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]}}}]},
            "DefaultCacheBehavior": {"TargetOriginId": "a", "ViewerProtocolPolicy": "allow-all",
                "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"},
            "Comment": "", "Enabled": true, "ConnectionMode": "tenant-only",
        })
    }

    fn read(value: &Value) -> Listed {
        read_summary(&Node::from_value(value, str::to_owned)).unwrap()
    }

    #[test]
    fn it_is_read_as_a_config_with_what_stands_around_it() {
        let Listed {
            distribution,
            status,
            last_modified,
        } = read(&summary());
        assert_eq!(distribution.id, Some("E1".into()));
        assert_eq!(distribution.etag, Some("E9".into()));
        assert_eq!(
            distribution.domain_name.as_deref(),
            Some("d1.cloudfront.net")
        );
        assert_eq!(distribution.origins.len(), 1);
        assert_eq!(distribution.aliases.len(), 1);
        assert_eq!(
            (distribution.multi_tenant, distribution.enabled),
            (true, Some(true))
        );
        assert_eq!(
            (status.as_str(), last_modified.as_str()),
            ("Deployed", "2026-11-23T10:00:00Z")
        );
    }

    #[test]
    fn what_it_leaves_out_is_neither_judged_nor_compared() {
        let listed = read(&summary()).distribution;
        // An empty list would make every tenant parameter an undefined one.
        assert_eq!(listed.tenant_parameters, None);
        let mut config = summary();
        config["DefaultRootObject"] = json!("index.html");
        config["Logging"] =
            json!({"Enabled": true, "IncludeCookies": false, "Bucket": "logs", "Prefix": ""});
        let mut whole = read(&config).distribution;
        whole.omitted = &[];
        for (before, after) in [(&whole, &listed), (&listed, &whole)] {
            let difference = difference(before, after);
            assert_eq!(difference.sameness(), Sameness::Undecided, "{difference:?}");
            let open = difference.open.iter();
            let omitted = open.filter(|open| open.reason == Reason::Omitted);
            let omitted: Vec<_> = omitted.filter_map(|open| open.field.as_deref()).collect();
            assert_eq!(omitted, OMITTED);
        }
    }

    #[test]
    fn what_it_shows_is_compared() {
        let mut config = summary();
        config["Comment"] = json!("new");
        let difference = difference(&read(&summary()).distribution, &read(&config).distribution);
        assert_eq!(difference.outside, ["Comment"]);
    }

    #[test]
    fn one_without_an_id_is_unreadable() {
        let mut value = summary();
        value["Id"] = json!("");
        let node = Node::from_value(&value, str::to_owned);
        assert!(read_summary(&node).is_err());
    }
}
