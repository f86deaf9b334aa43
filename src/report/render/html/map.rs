//! The origin map as a picture: where every box and link is.

mod boxes;
mod changed;
mod column;
mod links;
mod node;

use std::collections::BTreeMap;

use crate::report::render::edge;
use crate::report::render::findings_by_place::FindingsByPlace;
use crate::report::render::map_excerpt::MapExcerpt;
use crate::report::v1::{Report, ResolvesTo, Status};
use boxes::{behavior_box, ghost, group_box, host_box, origin_box, removed_box, status};
use changed::{Changed, Removed};
use column::Column;
pub(super) use links::Link;
pub(super) use node::Node;

const WIDTH: usize = 212;
const GAP: usize = 58;
/// Room for the columns' headings.
const TOP: usize = 34;

/// More than so many are not drawn: the list of changes has them.
const DRAWN_REMOVED: usize = 12;

/// The picture of one report.
pub(super) struct Map {
    pub width: usize,
    pub height: usize,
    pub headings: Vec<(usize, &'static str)>,
    pub boxes: Vec<Node>,
    pub links: Vec<Link>,
}

impl Map {
    pub(super) fn of(report: &Report) -> Self {
        let drawn = MapExcerpt::of(report);
        let about = FindingsByPlace::of(report);
        let (changed, removed) = (Changed::of(report), Removed::of(report));
        let mut names = vec!["Path patterns → behaviors"];
        let has_groups = !report.origin_groups.is_empty() || !removed.groups.is_empty();
        if has_groups {
            names.push("Origin groups");
        }
        names.extend(["Origins", "Buckets and hosts"]);
        let x = |column: usize| 4 + column * (WIDTH + GAP);
        let last = names.len() - 1;
        let mut map = Self {
            width: x(last) + WIDTH + 4,
            height: 120,
            headings: names
                .iter()
                .enumerate()
                .map(|(at, name)| (x(at), *name))
                .collect(),
            boxes: Vec::new(),
            links: Vec::new(),
        };
        let column = |at: usize| Column {
            x: x(at),
            bottom: TOP,
        };
        let (mut behaviors, mut groups) = (column(0), column(1));
        let (mut origins, mut hosts) = (column(last - 1), column(last));

        // Origins before groups and groups before behaviors: each link is drawn to a box that has
        // its place.
        let mut targets: BTreeMap<String, usize> = BTreeMap::new();
        for origin in &drawn.origins {
            let at = origins.add(&mut map, origin_box(&about, origin, &changed));
            targets.entry(origin.id.clone()).or_insert(at);
            let host = hosts.add(&mut map, host_box(origin));
            // Keep the two in line: an origin's box may be higher than its host's.
            let bottom = origins.bottom.max(hosts.bottom);
            (origins.bottom, hosts.bottom) = (bottom, bottom);
            let status = status(origin.status);
            map.link(at, host, status);
        }
        for group in &drawn.groups {
            for member in &group.members {
                if !targets.contains_key(member) {
                    let at = origins.add(&mut map, ghost(report, member));
                    targets.insert(member.clone(), at);
                }
            }
            let at = groups.add(&mut map, group_box(&about, group, &changed));
            for member in &group.members {
                let to = targets[member];
                let status = map.status_of_link(report, to, member);
                map.link(at, to, status);
            }
            targets.entry(group.id.clone()).or_insert(at);
        }
        for behavior in &drawn.behaviors {
            if !targets.contains_key(&behavior.target) {
                let at = origins.add(&mut map, ghost(report, &behavior.target));
                targets.insert(behavior.target.clone(), at);
            }
            let answer = edge::of_behavior(report, behavior.pointer.as_deref());
            let at = behaviors.add(&mut map, behavior_box(&about, behavior, &changed, answer));
            let to = targets[&behavior.target];
            let status = match behavior.resolves_to {
                ResolvesTo::Missing => "broken",
                ResolvesTo::Undecided => "unknown",
                _ => map.status_of_link(report, to, &behavior.target),
            };
            // Past the groups, where the column has any.
            let lane = (has_groups && map.boxes[to].x > groups.x).then(|| groups.lane());
            map.link_over(at, to, status, lane);
        }
        if removed.count() <= DRAWN_REMOVED {
            for (column, names) in [
                (&mut behaviors, &removed.behaviors),
                (&mut groups, &removed.groups),
                (&mut origins, &removed.origins),
            ] {
                for name in names {
                    column.add(&mut map, removed_box(name));
                }
            }
        }
        let hidden = report.behaviors.len() - drawn.behaviors.len();
        behaviors.fold(&mut map, hidden, "behavior");
        let hidden = report.origin_groups.len() - drawn.groups.len();
        groups.fold(&mut map, hidden, "origin group");
        let hidden = report.origins.len() - drawn.origins.len();
        origins.fold(&mut map, hidden, "origin");
        map.height = map.height.max(groups.bottom);
        map.height = map
            .boxes
            .iter()
            .map(Node::tip_bottom)
            .fold(map.height, usize::max);
        map
    }

    /// A link to what is broken further on is affected, not broken itself.
    fn status_of_link(&self, report: &Report, to: usize, id: &str) -> &'static str {
        let is_defined = report.origins.iter().any(|origin| origin.id == id)
            || report.origin_groups.iter().any(|group| group.id == id);
        let leads = report.origin_groups.iter().any(|group| {
            group.id == id
                && group.members.iter().any(|member| {
                    !report
                        .origins
                        .iter()
                        .any(|origin| origin.id == *member && origin.status != Status::Broken)
                })
        });
        match (self.boxes[to].status, is_defined) {
            // A group is well by itself, but one of its members is not.
            ("ok" | "broken", true) if leads => "affected",
            ("broken", true) => "affected",
            (status, _) => status,
        }
    }
}
