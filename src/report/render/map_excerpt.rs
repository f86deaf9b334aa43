//! What of a large origin map is drawn: what is broken, what is not known, and what leads there.

use std::collections::HashSet;

use crate::report::v1::{Behavior, Origin, OriginGroup, Report};

/// Above so many behaviors and origins, only what is not healthy is drawn, and what leads to it.
const DRAWN_WHOLE: usize = 24;
/// Above so many that are not known, such as offline, they fold too: only what is broken is drawn.
const DRAWN_UNKNOWN: usize = 12;
/// Above so many changes against the baseline, what is healthy folds though it changed.
const DRAWN_CHANGES: usize = 12;
const UNKNOWN: &str = "unknown";

/// What of a report is drawn.
pub struct MapExcerpt<'a> {
    pub behaviors: Vec<&'a Behavior>,
    pub groups: Vec<&'a OriginGroup>,
    pub origins: Vec<&'a Origin>,
}

impl<'a> MapExcerpt<'a> {
    pub fn of(report: &'a Report) -> Self {
        let whole = report.behaviors.len() + report.origins.len() <= DRAWN_WHOLE;
        let statuses = report.origins.iter().map(|origin| &origin.status);
        let statuses = statuses.chain(report.behaviors.iter().map(|behavior| &behavior.status));
        let unknown = statuses.filter(|status| *status == UNKNOWN).count();
        let changed = changed(report);
        let is_changed = |what: &str| changed.contains(what);
        let is_unwell = |status: &str| match status {
            "ok" => false,
            UNKNOWN => unknown <= DRAWN_UNKNOWN,
            _ => true,
        };
        let unwell: HashSet<&str> = report
            .origins
            .iter()
            .filter(|origin| {
                is_unwell(&origin.status) || is_changed(&format!("origin `{}`", origin.id))
            })
            .map(|origin| origin.id.as_str())
            .collect();
        let group_is_drawn = |group: &OriginGroup| {
            let what = format!("origin group `{}`", group.id);
            is_unwell(&group.status)
                || is_changed(&what)
                || group.members.iter().any(|id| unwell.contains(id.as_str()))
        };
        let unwell_groups: HashSet<&str> = report
            .origin_groups
            .iter()
            .filter(|group| group_is_drawn(group))
            .map(|group| group.id.as_str())
            .collect();
        let behaviors: Vec<&Behavior> = report
            .behaviors
            .iter()
            .filter(|behavior| {
                let target = behavior.target.as_str();
                let leads = unwell.contains(target) || unwell_groups.contains(target);
                let what = match behavior.precedence {
                    Some(_) => format!("cache behavior `{}`", behavior.path_pattern),
                    None => "the default cache behavior".to_owned(),
                };
                whole || is_unwell(&behavior.status) || is_changed(&what) || leads
            })
            .collect();
        let named: HashSet<&str> = behaviors.iter().map(|each| each.target.as_str()).collect();
        let groups: Vec<&OriginGroup> = report
            .origin_groups
            .iter()
            .filter(|group| {
                let id = group.id.as_str();
                whole || unwell_groups.contains(id) || named.contains(id)
            })
            .collect();
        let members: HashSet<&str> = groups
            .iter()
            .flat_map(|group| &group.members)
            .map(String::as_str)
            .collect();
        let origins = report
            .origins
            .iter()
            .filter(|origin| {
                let id = origin.id.as_str();
                whole || unwell.contains(id) || named.contains(id) || members.contains(id)
            })
            .collect();
        Self {
            behaviors,
            groups,
            origins,
        }
    }
}

/// What the changes are about, with and without the part that they name.
fn changed(report: &Report) -> HashSet<&str> {
    if report.changes.len() > DRAWN_CHANGES {
        return HashSet::new();
    }
    let changes = report.changes.iter();
    changes
        .flat_map(|change| {
            let what = change.what.as_str();
            let subject = what.rsplit_once(": ").map_or(what, |(subject, _)| subject);
            [what, subject]
        })
        .collect()
}
