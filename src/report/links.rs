//! The links of the origin map: behaviors and groups with what they name.

use super::v1;
use crate::distribution::{Behavior, Distribution, Place};
use crate::finding::Severity;
use crate::rules::{OriginMap, Resolution, Target};
use crate::verdict::Decision;

/// Every origin group, in the candidate's order.
pub fn groups(model: &Distribution, decision: &Decision) -> Vec<v1::OriginGroup> {
    let groups = model.origin_groups.iter();
    groups
        .map(|group| v1::OriginGroup {
            id: group.id.to_string(),
            members: group.members.iter().map(ToString::to_string).collect(),
            status: if blocked_at(&group.place, decision) {
                "broken"
            } else {
                "ok"
            }
            .to_owned(),
        })
        .collect()
}

/// Every behavior by precedence, the default one last.
pub fn behaviors(model: &Distribution, decision: &Decision) -> Vec<v1::Behavior> {
    let map = OriginMap::of(model);
    model
        .all_behaviors()
        .map(|behavior| frozen(behavior, &map, decision))
        .collect()
}

fn frozen(behavior: &Behavior, map: &OriginMap<'_>, decision: &Decision) -> v1::Behavior {
    let resolves_to = match map.resolve(&behavior.target_origin_id) {
        Resolution::Found(Target::Origin(_)) => "origin",
        Resolution::Found(Target::Group(_)) => "group",
        Resolution::Missing => "missing",
        Resolution::Undecided => "undecided",
    };
    let status = match resolves_to {
        _ if blocked_at(&behavior.place, decision) => "broken",
        "undecided" => "unknown",
        _ => "ok",
    };
    v1::Behavior {
        precedence: behavior.precedence,
        path_pattern: behavior.pattern_text(),
        target: behavior.target_origin_id.to_string(),
        resolves_to: resolves_to.to_owned(),
        status: status.to_owned(),
    }
}

/// Whether an error is at this place or below it.
fn blocked_at(place: &Place, decision: &Decision) -> bool {
    decision.findings.iter().any(|finding| {
        let below = finding.place.pointer.strip_prefix(&place.pointer);
        finding.severity == Severity::Error
            && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}
