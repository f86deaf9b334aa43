//! Origins: their IDs, paths, ports and timeouts, and what they are declared as.

use origin_guard::distribution::{AccountId, OriginKind};
use origin_guard::rule::Severity;
use serde_json::{Value, json};

use super::{Each, Mutation, mutation};
use crate::scene::Scene;

const UNUSED: &[&str] = &["unused-origin", "unused-origin-group"];

pub(super) static MUTATIONS: &[Mutation] = &[
    mutation(
        "the ID of a targeted origin misspelt",
        "unknown-target-origin",
        Each::Origin(|scene, at| {
            let id = scene.id(at);
            scene.origin(at)["Id"] = format!("{id}x").into();
            Some(scene.targets(&id))
        }),
    )
    .with(&["unused-origin", "unknown-group-member"]),
    mutation(
        "the ID of a member origin misspelt",
        "unknown-group-member",
        Each::Origin(|scene, at| {
            let id = scene.id(at);
            scene.origin(at)["Id"] = format!("x{id}").into();
            Some(scene.members(&id))
        }),
    )
    .with(&["unused-origin", "unknown-target-origin"]),
    mutation(
        "a targeted origin removed",
        "unknown-target-origin",
        Each::Origin(|scene, at| {
            let id = scene.id(at);
            scene.remove("Origins", at);
            (!scene.list("Origins").is_empty()).then(|| scene.targets(&id))
        }),
    )
    .with(&["unused-origin", "unknown-group-member"]),
    mutation(
        "a member origin removed",
        "unknown-group-member",
        Each::Origin(|scene, at| {
            let id = scene.id(at);
            scene.remove("Origins", at);
            Some(scene.members(&id))
        }),
    )
    .with(&["unknown-target-origin"]),
    mutation(
        "every origin removed",
        "no-origins",
        Each::Config(|scene| {
            scene.list("Origins").clear();
            scene.count("Origins");
            Some(vec![String::new()])
        }),
    )
    .with(&["unknown-target-origin", "unknown-group-member"]),
    mutation(
        "an origin without an ID",
        "unnamed-origin",
        Each::Origin(|scene, at| {
            scene.origin(at).as_object_mut()?.remove("Id");
            Some(vec![format!("/Origins/Items/{at}")])
        }),
    )
    .with(&["unknown-target-origin", "unknown-group-member"]),
    mutation(
        "an ID of 129 characters",
        "oversized-origin-id",
        Each::Origin(|scene, at| {
            scene.origin(at)["Id"] = "x".repeat(129).into();
            Some(vec![format!("/Origins/Items/{at}/Id")])
        }),
    )
    .with(&[
        "unknown-target-origin",
        "unknown-group-member",
        "unused-origin",
    ]),
    mutation(
        "an origin twice",
        "duplicate-origin-id",
        Each::Origin(|scene, at| {
            let mut copy = scene.origin(at).clone();
            copy["OriginPath"] = "/copy".into();
            scene.push("Origins", copy);
            Some(last_origin(scene, "Id"))
        }),
    )
    .with(&["ungranted-bucket-access"]),
    mutation(
        "another origin of the same ID",
        "duplicate-origin-id",
        Each::Origin(|scene, at| {
            let mut other = spare("spare");
            other["Id"] = scene.id(at).into();
            scene.world.put_host("spare.example.org");
            scene.push("Origins", other);
            Some(last_origin(scene, "Id"))
        }),
    ),
    mutation(
        "an origin that nothing targets",
        "unused-origin",
        Each::Config(|scene| {
            let edge = scene
                .healthy
                .all_behaviors()
                .any(origin_guard::distribution::Behavior::runs_code_on_requests);
            scene.world.put_host("spare.example.org");
            scene.push("Origins", spare("spare"));
            if edge {
                None
            } else {
                Some(last_origin(scene, "Id"))
            }
        }),
    )
    .weighs(Severity::Info),
    mutation(
        "more than 100 origins",
        "too-many-origins",
        Each::Config(|scene| {
            scene.world.put_host("spare.example.org");
            for at in scene.list("Origins").len()..101 {
                scene.push("Origins", spare(&format!("spare-{at}")));
            }
            Some(vec!["/Origins/Items/100".to_owned()])
        }),
    )
    .weighs(Severity::Warning)
    .with(UNUSED),
    mutation(
        "both S3 and custom",
        "ambiguous-origin-type",
        Each::Origin(|scene, at| {
            let kind = scene.origin_was(at).kind();
            let bucket = scene.s3(at).is_some();
            let origin = scene.origin(at);
            match kind {
                OriginKind::S3 if bucket => {
                    origin["CustomOriginConfig"] = custom_config();
                    Some(vec![format!("/Origins/Items/{at}/CustomOriginConfig")])
                }
                OriginKind::Custom => {
                    origin["S3OriginConfig"] = json!({"OriginAccessIdentity": ""});
                    Some(vec![format!("/Origins/Items/{at}/S3OriginConfig")])
                }
                _ => None,
            }
        }),
    )
    .with(UNUSED),
    mutation(
        "neither S3 nor custom",
        "ambiguous-origin-type",
        Each::Origin(|scene, at| {
            let origin = scene.origin(at).as_object_mut()?;
            for config in ["S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig"] {
                origin.remove(config);
            }
            Some(vec![format!("/Origins/Items/{at}")])
        }),
    ),
    mutation(
        "an origin path without its slash",
        "malformed-origin-path",
        Each::Origin(|scene, at| set_path(scene, at, "public")),
    ),
    mutation(
        "an origin path with a slash at its end",
        "malformed-origin-path",
        Each::Origin(|scene, at| set_path(scene, at, "/public/")),
    ),
    mutation(
        "an origin path that is a slash",
        "malformed-origin-path",
        Each::Origin(|scene, at| set_path(scene, at, "/")),
    ),
    mutation(
        "an origin path with a query",
        "malformed-origin-path",
        Each::Origin(|scene, at| set_path(scene, at, "/public?v=1")),
    ),
    mutation(
        "no connection attempt",
        "origin-timeout-out-of-range",
        Each::Origin(|scene, at| set(scene, at, "ConnectionAttempts", 0)),
    ),
    mutation(
        "too many connection attempts",
        "origin-timeout-out-of-range",
        Each::Origin(|scene, at| set(scene, at, "ConnectionAttempts", 4)),
    ),
    mutation(
        "a connection timeout too long",
        "origin-timeout-out-of-range",
        Each::Origin(|scene, at| set(scene, at, "ConnectionTimeout", 11)),
    ),
    mutation(
        "no response timeout",
        "origin-timeout-out-of-range",
        Each::Origin(|scene, at| set_custom(scene, at, "OriginReadTimeout", 0)),
    ),
    mutation(
        "a response timeout that needs a quota",
        "origin-timeout-out-of-range",
        Each::Origin(|scene, at| {
            scene
                .origin(at)
                .as_object_mut()?
                .remove("ResponseCompletionTimeout");
            set_custom(scene, at, "OriginReadTimeout", 150)
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a keep-alive that needs a quota",
        "origin-timeout-out-of-range",
        Each::Origin(|scene, at| set_custom(scene, at, "OriginKeepaliveTimeout", 999)),
    )
    .weighs(Severity::Warning),
    mutation(
        "a whole response shorter than its packets",
        "origin-timeout-out-of-range",
        Each::Origin(|scene, at| {
            set_custom(scene, at, "OriginReadTimeout", 30)?;
            set(scene, at, "ResponseCompletionTimeout", 29)
        }),
    ),
    mutation(
        "an HTTP port that CloudFront refuses",
        "invalid-origin-port",
        Each::Origin(|scene, at| set_custom(scene, at, "HTTPPort", 22)),
    ),
    mutation(
        "an HTTPS port beyond all ports",
        "invalid-origin-port",
        Each::Origin(|scene, at| set_custom(scene, at, "HTTPSPort", 70000)),
    ),
    mutation(
        "one origin more counted than there are",
        "inconsistent-quantity",
        Each::Config(|scene| count(scene, "Origins", 1)),
    ),
    mutation(
        "one behavior less counted than there are",
        "inconsistent-quantity",
        Each::Config(|scene| count(scene, "CacheBehaviors", -1)),
    ),
    mutation(
        "an alias as origin",
        "self-referencing-origin",
        Each::Origin(|scene, at| {
            let alias = scene
                .healthy
                .aliases
                .iter()
                .find(|alias| !alias.to_string().starts_with('*'))?
                .to_string();
            point_at(scene, at, &alias)
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "its own CloudFront domain as origin",
        "self-referencing-origin",
        Each::Origin(|scene, at| {
            let own = scene.healthy.domain_name.clone()?;
            point_at(scene, at, &own)
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a VPC origin that is gone",
        "unknown-vpc-origin",
        Each::Origin(|scene, at| {
            scene.world.vpc_origins.remove(&vpc_origin(scene, at)?);
            Some(vec![format!(
                "/Origins/Items/{at}/VpcOriginConfig/VpcOriginId"
            )])
        }),
    ),
    mutation(
        "a VPC origin of another account",
        "unknown-vpc-origin",
        Each::Origin(|scene, at| {
            let id = vpc_origin(scene, at)?;
            scene.world.vpc_origins.get_mut(&id)?.account = AccountId::parse("444455556666");
            scene.origin(at)["VpcOriginConfig"]["OwnerAccountId"] = crate::world::ACCOUNT.into();
            Some(vec![format!(
                "/Origins/Items/{at}/VpcOriginConfig/VpcOriginId"
            )])
        }),
    ),
    mutation(
        "a VPC origin that is not deployed",
        "unknown-vpc-origin",
        Each::Origin(|scene, at| {
            let id = vpc_origin(scene, at)?;
            scene.world.vpc_origins.get_mut(&id)?.status = "Deploying".to_owned();
            Some(vec![format!(
                "/Origins/Items/{at}/VpcOriginConfig/VpcOriginId"
            )])
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a custom header that CloudFront keeps to itself",
        "refused-origin-header",
        Each::Origin(|scene, at| headers(scene, at, &["X-Amz-Cf-Id"], "x", 0)),
    ),
    mutation(
        "a custom header twice",
        "duplicate-origin-header",
        Each::Origin(|scene, at| {
            headers(scene, at, &["X-Key", "x-key"], "x", 1)?;
            Some(vec![format!(
                "/Origins/Items/{at}/CustomHeaders/Items/1/HeaderName"
            )])
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a custom header longer than CloudFront takes",
        "oversized-origin-header",
        Each::Origin(|scene, at| headers(scene, at, &["X-Long"], &"x".repeat(1784), 0)),
    ),
    mutation(
        "one custom header too many",
        "too-many-origin-headers",
        Each::Origin(|scene, at| {
            let names: Vec<String> = (0..31).map(|n| format!("X-Own-{n}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            headers(scene, at, &names, "x", 30)
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "an Origin Shield where there is none",
        "unknown-origin-shield-region",
        Each::Origin(|scene, at| {
            scene.origin(at)["OriginShield"] =
                json!({"Enabled": true, "OriginShieldRegion": "eu-north-9"});
            Some(vec![format!(
                "/Origins/Items/{at}/OriginShield/OriginShieldRegion"
            )])
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "an Origin Shield in no region",
        "unknown-origin-shield-region",
        Each::Origin(|scene, at| {
            scene.origin(at)["OriginShield"] = json!({"Enabled": true});
            Some(vec![format!("/Origins/Items/{at}/OriginShield")])
        }),
    ),
];

/// Gives an origin these custom headers; the one at `place` is wrong.
fn headers(
    scene: &mut Scene,
    at: usize,
    names: &[&str],
    value: &str,
    place: usize,
) -> Option<Vec<String>> {
    let items = names
        .iter()
        .map(|name| json!({"HeaderName": name, "HeaderValue": value}));
    let items: Vec<Value> = items.collect();
    scene.origin(at)["CustomHeaders"] = json!({"Quantity": items.len(), "Items": items});
    Some(vec![format!(
        "/Origins/Items/{at}/CustomHeaders/Items/{place}"
    )])
}

fn set_path(scene: &mut Scene, at: usize, path: &str) -> Option<Vec<String>> {
    scene.origin(at)["OriginPath"] = path.into();
    Some(vec![format!("/Origins/Items/{at}/OriginPath")])
}

fn set(scene: &mut Scene, at: usize, field: &str, value: i64) -> Option<Vec<String>> {
    scene.origin(at)[field] = value.into();
    Some(vec![format!("/Origins/Items/{at}/{field}")])
}

fn set_custom(scene: &mut Scene, at: usize, field: &str, value: i64) -> Option<Vec<String>> {
    if scene.origin_was(at).kind() != OriginKind::Custom {
        return None;
    }
    scene.origin(at)["CustomOriginConfig"][field] = value.into();
    Some(vec![format!(
        "/Origins/Items/{at}/CustomOriginConfig/{field}"
    )])
}

fn count(scene: &mut Scene, list: &str, off: i64) -> Option<Vec<String>> {
    let items = i64::try_from(scene.list(list).len()).ok()?;
    scene.config()[list]["Quantity"] = (items + off).into();
    (items + off >= 0).then(|| vec![format!("/{list}/Quantity")])
}

/// Points a custom origin at a host that exists.
fn point_at(scene: &mut Scene, at: usize, host: &str) -> Option<Vec<String>> {
    scene.host(at)?;
    if scene.has_control(at) || scene.origin_was(at).s3_endpoint.is_some() {
        return None;
    }
    scene.world.put_host(host);
    scene.origin(at)["DomainName"] = host.into();
    Some(vec![format!("/Origins/Items/{at}/DomainName")])
}

fn vpc_origin(scene: &Scene, at: usize) -> Option<String> {
    scene.origin_was(at).vpc.as_ref()?.id()?.known().cloned()
}

fn last_origin(scene: &mut Scene, field: &str) -> Vec<String> {
    let last = scene.list("Origins").len() - 1;
    vec![format!("/Origins/Items/{last}/{field}")]
}

pub(super) fn custom_config() -> Value {
    json!({"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]}})
}

/// An origin at a host that is to be put into the world.
pub(super) fn spare(id: &str) -> Value {
    json!({"Id": id, "DomainName": "spare.example.org", "CustomOriginConfig": custom_config()})
}
