//! Behaviors: what they target, match, allow and forward.

use origin_guard::distribution::{Behavior, OriginKind};
use origin_guard::rule::Severity;
use serde_json::json;

use super::{Each, Mutation, mutation};
use crate::scene::Scene;

const UNUSED: &[&str] = &["unused-origin", "unused-origin-group"];
const ALL_VIEWER: &str = "216adef6-5c7f-47e4-b989-5492eafa07d3";
const METHODS: [&str; 7] = ["HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH"];

pub(super) static MUTATIONS: &[Mutation] = &[
    mutation(
        "a target misspelt",
        "unknown-target-origin",
        Each::Behavior(|scene, at| {
            retarget(scene, at, |id| format!("{}{}", &id[..id.len() - 1], "_"))
        }),
    )
    .with(UNUSED),
    mutation(
        "a target in capitals",
        "unknown-target-origin",
        Each::Behavior(|scene, at| {
            retarget(scene, at, |id| {
                if id == id.to_uppercase() {
                    id.to_lowercase()
                } else {
                    id.to_uppercase()
                }
            })
        }),
    )
    .with(UNUSED),
    mutation(
        "a target with a space",
        "unknown-target-origin",
        Each::Behavior(|scene, at| retarget(scene, at, |id| format!("{id} "))),
    )
    .with(UNUSED),
    mutation(
        "a target with a prefix",
        "unknown-target-origin",
        Each::Behavior(|scene, at| retarget(scene, at, |id| format!("S3-{id}"))),
    )
    .with(UNUSED),
    mutation(
        "an empty target",
        "unknown-target-origin",
        Each::Behavior(|scene, at| retarget(scene, at, |_| String::new())),
    )
    .with(UNUSED),
    mutation(
        "a domain as target",
        "unknown-target-origin",
        Each::Behavior(|scene, at| {
            let target = scene.behavior(at)["TargetOriginId"].as_str()?.to_owned();
            let domain = scene.healthy.origin(&target)?.domain_name.to_string();
            // People do name origins after their domains.
            (domain != target).then_some(())?;
            retarget(scene, at, |_| domain.clone())
        }),
    )
    .with(UNUSED),
    mutation(
        "no target at all",
        "unknown-target-origin",
        Each::Behavior(|scene, at| {
            scene.behavior(at).as_object_mut()?.remove("TargetOriginId");
            Some(vec![place(at)])
        }),
    )
    .with(UNUSED),
    mutation(
        "a pattern twice",
        "duplicate-path-pattern",
        Each::Behavior(|scene, at| {
            let copy = scene.behavior(at.checked_sub(1)? + 1).clone();
            scene.push("CacheBehaviors", copy);
            Some(last_pattern(scene))
        }),
    )
    .with(&["shadowed-path-pattern"]),
    mutation(
        "a pattern twice, with another target",
        "duplicate-path-pattern",
        Each::Behavior(|scene, at| {
            let mut copy = scene.behavior(at.checked_sub(1)? + 1).clone();
            copy["TargetOriginId"] = scene.id(0).into();
            scene.push("CacheBehaviors", copy);
            Some(last_pattern(scene))
        }),
    )
    .with(&[
        "shadowed-path-pattern",
        "viewer-host-to-s3",
        "group-with-write-methods",
    ]),
    mutation(
        "the same pattern without its slash",
        "duplicate-path-pattern",
        Each::Behavior(|scene, at| {
            let mut copy = scene.behavior(at.checked_sub(1)? + 1).clone();
            let pattern = copy["PathPattern"].as_str()?.to_owned();
            let other = pattern
                .strip_prefix('/')
                .map_or(format!("/{pattern}"), str::to_owned);
            (!other.is_empty() && !pattern.starts_with('*') && other != "*").then_some(())?;
            copy["PathPattern"] = other.into();
            scene.push("CacheBehaviors", copy);
            Some(last_pattern(scene))
        }),
    )
    .weighs(Severity::Warning)
    .with(&["shadowed-path-pattern"]),
    mutation(
        "a pattern with alternatives",
        "malformed-path-pattern",
        Each::Behavior(|scene, at| pattern(scene, at, "/img/*.{png,jpg}")),
    ),
    mutation(
        "a pattern with a variable",
        "malformed-path-pattern",
        Each::Behavior(|scene, at| pattern(scene, at, "/users/<id>/*")),
    ),
    mutation(
        "a pattern with a space",
        "malformed-path-pattern",
        Each::Behavior(|scene, at| pattern(scene, at, "/my files/*")),
    ),
    mutation(
        "a pattern with an umlaut",
        "malformed-path-pattern",
        Each::Behavior(|scene, at| pattern(scene, at, "/über/*")),
    ),
    mutation(
        "an empty pattern",
        "malformed-path-pattern",
        Each::Behavior(|scene, at| pattern(scene, at, "")),
    ),
    mutation(
        "a pattern of 256 characters",
        "malformed-path-pattern",
        Each::Behavior(|scene, at| pattern(scene, at, &"/".repeat(256))),
    ),
    mutation(
        "no pattern",
        "malformed-path-pattern",
        Each::Behavior(|scene, at| {
            scene
                .behavior(at.checked_sub(1)? + 1)
                .as_object_mut()?
                .remove("PathPattern");
            Some(vec![place(at)])
        }),
    ),
    mutation(
        "a wider pattern in front of all",
        "shadowed-path-pattern",
        Each::Behavior(|scene, at| {
            let mut first = scene.behavior(at.checked_sub(1)? + 1).clone();
            first["PathPattern"] = "*".into();
            scene.list("CacheBehaviors").insert(0, first);
            scene.count("CacheBehaviors");
            let count = scene.list("CacheBehaviors").len();
            let has_catch_all = scene.list("CacheBehaviors")[1..]
                .iter()
                .any(|it| it["PathPattern"] == "*" || it["PathPattern"] == "/*");
            (!has_catch_all).then(|| {
                (1..count)
                    .map(|at| format!("/CacheBehaviors/Items/{at}/PathPattern"))
                    .collect()
            })
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a narrower pattern behind",
        "shadowed-path-pattern",
        Each::Behavior(|scene, at| {
            let mut copy = scene.behavior(at.checked_sub(1)? + 1).clone();
            let pattern = copy["PathPattern"].as_str()?.to_owned();
            let folder = pattern
                .strip_suffix('*')
                .filter(|folder| folder.ends_with('/'))?;
            copy["PathPattern"] = format!("{folder}inner/*.json").into();
            scene.push("CacheBehaviors", copy);
            Some(last_pattern(scene))
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "the viewer's host sent to S3",
        "viewer-host-to-s3",
        Each::Behavior(|scene, at| {
            to_bucket(scene, at)?;
            let behavior = scene.behavior(at);
            behavior.as_object_mut()?.remove("ForwardedValues");
            behavior["CachePolicyId"] = "658327ea-f89d-4fab-a63d-7e88639e58f6".into();
            behavior["OriginRequestPolicyId"] = ALL_VIEWER.into();
            Some(vec![format!("{}/OriginRequestPolicyId", place(at))])
        }),
    ),
    mutation(
        "the viewer's host sent to a function",
        "viewer-host-to-aws-service",
        Each::Behavior(|scene, at| {
            let healthy = &scene.healthy;
            let first = healthy.default_behavior.iter();
            let behavior = first.chain(&healthy.behaviors).nth(at)?;
            let origin = healthy.origin(behavior.target_origin_id.known()?)?;
            let is_function = origin.domain_name.to_string().contains(".lambda-url.");
            (is_function && behavior.edge_events.is_empty()).then_some(())?;
            let behavior = scene.behavior(at);
            behavior.as_object_mut()?.remove("ForwardedValues");
            behavior["CachePolicyId"] = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad".into();
            behavior["OriginRequestPolicyId"] = ALL_VIEWER.into();
            Some(vec![format!("{}/OriginRequestPolicyId", place(at))])
        }),
    ),
    mutation(
        "Host among the headers forwarded to S3",
        "viewer-host-to-s3",
        Each::Behavior(|scene, at| forward(scene, at, "Host")),
    ),
    mutation(
        "all headers forwarded to S3",
        "viewer-host-to-s3",
        Each::Behavior(|scene, at| forward(scene, at, "*")),
    ),
    mutation(
        "a server's behavior retargeted to S3 with its policies",
        "viewer-host-to-s3",
        Each::Behavior(|scene, at| {
            let sends = scene.behavior(at)["OriginRequestPolicyId"] == ALL_VIEWER;
            let bucket = (0..scene.healthy.origins.len()).find(|at| scene.s3(*at).is_some())?;
            let id = scene.id(bucket);
            scene.behavior(at)["TargetOriginId"] = id.into();
            sends.then(|| vec![format!("{}/OriginRequestPolicyId", place(at))])
        }),
    )
    .with(UNUSED),
    mutation(
        "writes to an origin group",
        "group-with-write-methods",
        Each::Behavior(|scene, at| {
            let target = scene.behavior(at)["TargetOriginId"].as_str()?.to_owned();
            scene
                .healthy
                .origin_groups
                .iter()
                .find(|group| group.id.is(&target))?;
            scene.behavior(at)["AllowedMethods"] = json!({"Quantity": 7, "Items": METHODS});
            Some(vec![format!("{}/AllowedMethods", place(at))])
        }),
    ),
    mutation(
        "a behavior with writes retargeted to a group",
        "group-with-write-methods",
        Each::Behavior(|scene, at| {
            let group = scene.healthy.origin_groups.first()?.id.to_string();
            let items = &scene.behavior(at)["AllowedMethods"]["Items"];
            items.as_array()?.iter().find(|method| *method == "POST")?;
            scene.behavior(at)["TargetOriginId"] = group.into();
            Some(vec![format!("{}/AllowedMethods", place(at))])
        }),
    )
    .with(UNUSED),
    mutation(
        "methods that are none of the sets",
        "unsupported-method-set",
        Each::Behavior(|scene, at| {
            scene.behavior(at)["AllowedMethods"] =
                json!({"Quantity": 2, "Items": ["GET", "OPTIONS"]});
            Some(vec![format!("{}/AllowedMethods", place(at))])
        }),
    ),
    mutation(
        "forwarded values beside a cache policy",
        "mixed-cache-settings",
        Each::Behavior(|scene, at| {
            let behavior = scene.behavior(at);
            behavior["CachePolicyId"] = "658327ea-f89d-4fab-a63d-7e88639e58f6".into();
            behavior["ForwardedValues"] =
                json!({"QueryString": false, "Cookies": {"Forward": "none"}});
            Some(vec![format!("{}/ForwardedValues", place(at))])
        }),
    ),
    mutation(
        "gRPC without writes",
        "unsupported-grpc",
        Each::Behavior(|scene, at| {
            let behavior = scene.behavior(at);
            behavior["AllowedMethods"] = json!({"Quantity": 2, "Items": ["GET", "HEAD"]});
            behavior["GrpcConfig"] = json!({"Enabled": true});
            Some(vec![format!("{}/AllowedMethods", place(at))])
        }),
    )
    .with(&["unsupported-grpc"]),
    mutation(
        "no default behavior",
        "missing-default-behavior",
        Each::Config(|scene| {
            scene
                .config()
                .as_object_mut()?
                .remove("DefaultCacheBehavior");
            Some(vec![String::new()])
        }),
    )
    .with(UNUSED),
    mutation(
        "more than 75 behaviors",
        "too-many-behaviors",
        Each::Config(|scene| {
            let default = scene.behavior(0).clone();
            for number in scene.list("CacheBehaviors").len()..76 {
                let mut behavior = default.clone();
                behavior["PathPattern"] = format!("/mutation-{number}.html").into();
                scene.push("CacheBehaviors", behavior);
            }
            let patterned = scene
                .healthy
                .behaviors
                .iter()
                .all(|it| !it.pattern_text().starts_with('*'));
            patterned.then(|| vec!["/CacheBehaviors/Items/75".to_owned()])
        }),
    )
    .weighs(Severity::Warning),
];

/// Where a behavior stands; the first is the default one.
fn place(at: usize) -> String {
    match at.checked_sub(1) {
        None => "/DefaultCacheBehavior".to_owned(),
        Some(at) => format!("/CacheBehaviors/Items/{at}"),
    }
}

fn last_pattern(scene: &mut Scene) -> Vec<String> {
    let last = scene.list("CacheBehaviors").len();
    vec![format!("{}/PathPattern", place(last))]
}

fn retarget(scene: &mut Scene, at: usize, modify: impl Fn(&str) -> String) -> Option<Vec<String>> {
    let target = scene.behavior(at)["TargetOriginId"].as_str()?.to_owned();
    scene.behavior(at)["TargetOriginId"] = modify(&target).into();
    Some(vec![format!("{}/TargetOriginId", place(at))])
}

fn pattern(scene: &mut Scene, at: usize, pattern: &str) -> Option<Vec<String>> {
    at.checked_sub(1)?;
    scene.behavior(at)["PathPattern"] = pattern.into();
    Some(vec![format!("{}/PathPattern", place(at))])
}

/// Whether a behavior reaches a bucket that is not named like an alias, with no code between.
fn to_bucket(scene: &mut Scene, at: usize) -> Option<()> {
    let target = scene.behavior(at)["TargetOriginId"].as_str()?.to_owned();
    let origin = scene.healthy.origin(&target)?;
    let signed =
        origin.origin_access_control().is_some() || origin.origin_access_identity_field().is_some();
    let behavior = behavior_was(scene, at)?;
    (origin.kind() == OriginKind::S3 && signed && !Behavior::runs_code_on_requests(behavior))
        .then_some(())
}

fn behavior_was(scene: &Scene, at: usize) -> Option<&Behavior> {
    match at.checked_sub(1) {
        None => scene.healthy.default_behavior.as_ref(),
        Some(at) => scene.healthy.behaviors.get(at),
    }
}

fn forward(scene: &mut Scene, at: usize, header: &str) -> Option<Vec<String>> {
    to_bucket(scene, at)?;
    let behavior = scene.behavior(at).as_object_mut()?;
    behavior.remove("CachePolicyId");
    behavior.remove("OriginRequestPolicyId");
    let values = json!({"QueryString": false, "Cookies": {"Forward": "none"}, "Headers": {"Quantity": 1, "Items": [header]}});
    behavior.insert("ForwardedValues".to_owned(), values);
    Some(vec![format!(
        "{}/ForwardedValues/Headers/Items/0",
        place(at)
    )])
}
