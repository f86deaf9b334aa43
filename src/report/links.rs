//! The links of the origin map: behaviors and groups with what they name.

use super::placed::{PlacedUnknowns, is_in};
use super::v1::{self, ResolvesTo, Status};
use crate::distribution::{Behavior, Distribution, Place};
use crate::rules::{OriginMap, Resolution, Target};
use crate::verdict::Decision;

/// Every origin group, in the candidate's order.
pub(super) fn groups(
    model: &Distribution,
    decision: &Decision,
    placed: &PlacedUnknowns<'_>,
) -> Vec<v1::OriginGroup> {
    let groups = model.origin_groups.iter();
    groups
        .map(|group| v1::OriginGroup {
            id: group.id.to_string(),
            members: group.members.iter().map(ToString::to_string).collect(),
            status: status(&group.place, decision, placed),
            pointer: Some(group.place.pointer.clone()),
        })
        .collect()
}

/// Every behavior by precedence, the default one last.
pub(super) fn behaviors(
    model: &Distribution,
    decision: &Decision,
    placed: &PlacedUnknowns<'_>,
) -> Vec<v1::Behavior> {
    let map = OriginMap::of(model);
    model
        .all_behaviors()
        .map(|behavior| v1::Behavior {
            precedence: behavior.precedence,
            path_pattern: behavior.pattern_text(),
            target: behavior.target_origin_id.to_string(),
            resolves_to: resolves_to(behavior, &map),
            status: status(&behavior.place, decision, placed),
            pointer: Some(behavior.place.pointer.clone()),
        })
        .collect()
}

fn resolves_to(behavior: &Behavior, map: &OriginMap<'_>) -> ResolvesTo {
    match map.resolve(&behavior.target_origin_id) {
        Resolution::Found(Target::Origin(_)) => ResolvesTo::Origin,
        Resolution::Found(Target::Group(_)) => ResolvesTo::Group,
        Resolution::Missing => ResolvesTo::Missing,
        Resolution::Undecided => ResolvesTo::Undecided,
    }
}

/// Whether something blocks here or below, or may.
fn status(place: &Place, decision: &Decision, placed: &PlacedUnknowns<'_>) -> Status {
    let broken = decision
        .findings
        .iter()
        // Only errors color a link: a warning leaves the contract intact.
        .any(|finding| finding.blocks() && is_in(&finding.place.pointer, &place.pointer));
    if broken {
        Status::Broken
    } else if placed.is_about(&place.pointer) {
        Status::Unknown
    } else {
        Status::Ok
    }
}
