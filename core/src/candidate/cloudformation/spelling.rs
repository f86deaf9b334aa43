//! CloudFormation's spelling of a distribution → the API's.

use crate::document::{Expression, Node, NodeKind};

/// Keys that the two spell differently.
const RENAMED: [(&str, &str); 8] = [
    ("AcmCertificateArn", "ACMCertificateArn"),
    ("CNAMEs", "Aliases"),
    ("IPV6Enabled", "IsIPV6Enabled"),
    ("IamCertificateId", "IAMCertificateId"),
    ("Locations", "Items"),
    ("OriginCustomHeaders", "CustomHeaders"),
    ("OriginSSLProtocols", "OriginSslProtocols"),
    ("SslSupportMethod", "SSLSupportMethod"),
];

/// A resolved `DistributionConfig` in the API's spelling; numbers and flags are texts, as
/// CloudFormation makes each the type that the property has. Lists may stay plain: the one reader of
/// configs takes them with and without `Quantity`.
pub(super) fn of_api(config: Node) -> Node {
    let mut config = renamed(config);
    if let NodeKind::Map(entries) = &mut config.kind {
        legacy_origins(entries);
    }
    config
}

fn renamed(node: Node) -> Node {
    let kind = match node.kind {
        NodeKind::Map(entries) => NodeKind::Map(
            entries
                .into_iter()
                .map(|(key, value)| {
                    let other = RENAMED.iter().find(|(own, _)| *own == key);
                    (
                        other.map_or(key, |(_, api)| (*api).to_owned()),
                        renamed(value),
                    )
                })
                .collect(),
        ),
        NodeKind::List(items) => NodeKind::List(items.into_iter().map(renamed).collect()),
        NodeKind::Number(text) => NodeKind::Text(text),
        NodeKind::Bool(flag) => NodeKind::Text(flag.to_string()),
        other => other,
    };
    Node { kind, ..node }
}

/// `S3Origin` and `CustomOrigin`, from before `Origins`
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-distribution-legacys3origin.html>):
/// CloudFormation makes an origin of each, with an ID that it chooses.
fn legacy_origins(entries: &mut Vec<(String, Node)>) {
    let mut origins = Vec::new();
    for (key, config, fields) in [
        (
            "S3Origin",
            "S3OriginConfig",
            ["OriginAccessIdentity"].as_slice(),
        ),
        (
            "CustomOrigin",
            "CustomOriginConfig",
            &[
                "HTTPPort",
                "HTTPSPort",
                "OriginProtocolPolicy",
                "OriginSslProtocols",
            ],
        ),
    ] {
        let Some(at) = entries.iter().position(|(name, _)| name == key) else {
            continue;
        };
        let (_, legacy) = entries.remove(at);
        let like = |kind| Node {
            kind,
            position: legacy.position,
            pointer: legacy.pointer.clone(),
        };
        let kept = fields
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), legacy.get(name)?.clone())));
        let mut origin = vec![
            (
                "Id".to_owned(),
                like(NodeKind::Symbolic(Expression::open(format!("${{{key}}}")))),
            ),
            (config.to_owned(), like(NodeKind::Map(kept.collect()))),
        ];
        if let Some(domain) = legacy.get("DNSName") {
            origin.push(("DomainName".to_owned(), domain.clone()));
        }
        origins.push(like(NodeKind::Map(origin)));
    }
    if origins.is_empty() {
        return;
    }
    match entries.iter_mut().find(|(name, _)| name == "Origins") {
        Some((
            _,
            Node {
                kind: NodeKind::List(items),
                ..
            },
        )) => items.extend(origins),
        Some(_) => {}
        None => entries.push(("Origins".to_owned(), NodeKind::List(origins).into())),
    }
}
