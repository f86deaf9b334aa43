//! Origin groups.

use origin_guard::rule::Severity;
use serde_json::{Value, json};

use super::origins::spare;
use super::{Each, Mutation, mutation};
use crate::scene::Scene;

const UNUSED: &[&str] = &["unused-origin"];

pub(super) static MUTATIONS: &[Mutation] = &[
    mutation(
        "a member's ID misspelt",
        "unknown-group-member",
        Each::Group(|scene, at| {
            let member = members(scene, at).first()?["OriginId"].as_str()?.to_owned();
            set_member(scene, at, 0, &format!("{member}s"))
        }),
    )
    .with(UNUSED),
    mutation(
        "a group as its own member",
        "unknown-group-member",
        Each::Group(|scene, at| {
            let group = id(scene, at);
            set_member(scene, at, 1, &group)
        }),
    )
    .with(UNUSED),
    mutation(
        "a group of one",
        "group-member-count",
        Each::Group(|scene, at| {
            members(scene, at).pop()?;
            recount(scene, at)
        }),
    )
    .with(UNUSED),
    mutation(
        "a group of none",
        "group-member-count",
        Each::Group(|scene, at| {
            members(scene, at).clear();
            recount(scene, at)
        }),
    )
    .with(UNUSED),
    mutation(
        "a group of three",
        "group-member-count",
        Each::Group(|scene, at| {
            scene.world.put_host("spare.example.org");
            scene.push("Origins", spare("third"));
            members(scene, at).push(json!({"OriginId": "third"}));
            recount(scene, at)
        }),
    ),
    mutation(
        "a member twice",
        "duplicate-group-member",
        Each::Group(|scene, at| {
            let first = members(scene, at).first()?["OriginId"].as_str()?.to_owned();
            set_member(scene, at, 1, &first)
        }),
    )
    .weighs(Severity::Warning)
    .with(UNUSED),
    mutation(
        "a group without status codes",
        "group-without-failover",
        Each::Group(|scene, at| {
            scene.group(at)["FailoverCriteria"]["StatusCodes"] = json!({"Quantity": 0});
            Some(vec![format!("/OriginGroups/Items/{at}")])
        }),
    ),
    mutation(
        "a status code that CloudFront refuses",
        "group-without-failover",
        Each::Group(|scene, at| {
            scene.group(at)["FailoverCriteria"]["StatusCodes"] =
                json!({"Quantity": 2, "Items": [500, 501]});
            Some(vec![format!(
                "/OriginGroups/Items/{at}/FailoverCriteria/StatusCodes/Items/1"
            )])
        }),
    ),
    mutation(
        "a group with the ID of an origin",
        "origin-group-id-clash",
        Each::Group(|scene, at| {
            let (old, origin) = (id(scene, at), scene.id(0));
            retarget(scene, &old, &origin);
            scene.group(at)["Id"] = origin.into();
            Some(vec![format!("/OriginGroups/Items/{at}/Id")])
        }),
    )
    .weighs(Severity::Warning)
    .with(UNUSED),
    mutation(
        "a group twice",
        "origin-group-id-clash",
        Each::Group(|scene, at| {
            let copy = scene.group(at).clone();
            scene.push("OriginGroups", copy);
            let last = scene.list("OriginGroups").len() - 1;
            Some(vec![format!("/OriginGroups/Items/{last}/Id")])
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a targeted group removed",
        "unknown-target-origin",
        Each::Group(|scene, at| {
            let id = id(scene, at);
            scene.remove("OriginGroups", at);
            Some(scene.targets(&id))
        }),
    )
    .with(UNUSED),
    mutation(
        "a group that behaviors pass by",
        "unused-origin-group",
        Each::Group(|scene, at| {
            let id = id(scene, at);
            let primary = members(scene, at).first()?["OriginId"].as_str()?.to_owned();
            let targeted = !scene.targets(&id).is_empty();
            retarget(scene, &id, &primary);
            targeted.then(|| vec![format!("/OriginGroups/Items/{at}/Id")])
        }),
    )
    .weighs(Severity::Warning)
    .with(UNUSED),
    mutation(
        "more than 10 groups",
        "too-many-origin-groups",
        Each::Group(|scene, at| {
            for number in scene.list("OriginGroups").len()..11 {
                let mut group = scene.group(at).clone();
                group["Id"] = format!("spare-{number}").into();
                scene.push("OriginGroups", group);
            }
            Some(vec!["/OriginGroups/Items/10".to_owned()])
        }),
    )
    .weighs(Severity::Warning)
    .with(&["unused-origin-group"]),
];

pub(super) fn members(scene: &mut Scene, at: usize) -> &mut Vec<Value> {
    let members = &mut scene.group(at)["Members"];
    if members.is_array() {
        return members.as_array_mut().unwrap();
    }
    members["Items"].as_array_mut().unwrap()
}

fn set_member(scene: &mut Scene, group: usize, member: usize, id: &str) -> Option<Vec<String>> {
    members(scene, group).get_mut(member)?["OriginId"] = id.into();
    Some(vec![format!(
        "/OriginGroups/Items/{group}/Members/Items/{member}/OriginId"
    )])
}

fn recount(scene: &mut Scene, at: usize) -> Option<Vec<String>> {
    let count = members(scene, at).len();
    scene.group(at)["Members"]["Quantity"] = count.into();
    Some(vec![format!("/OriginGroups/Items/{at}")])
}

fn id(scene: &Scene, at: usize) -> String {
    scene.healthy.origin_groups[at].id.to_string()
}

/// Sends every behavior that targets one ID to another.
pub(super) fn retarget(scene: &mut Scene, from: &str, to: &str) {
    for place in scene.targets(from) {
        *scene.config().pointer_mut(&place).unwrap() = to.into();
    }
}
