//! What of a large origin map is drawn: what is broken, what is not known, and what leads there.

use std::collections::HashSet;

use crate::report::v1::{Behavior, Origin, OriginGroup, Report, Status, Subject, SubjectKind};

/// Above so many behaviors and origins, only what is not healthy is drawn, and what leads to it.
const DRAWN_WHOLE: usize = 24;
/// Above so many that are not known, such as offline, they fold too: only what is broken is drawn.
const DRAWN_UNKNOWN: usize = 12;
/// Above so many changes against the baseline, what is healthy folds though it changed.
const DRAWN_CHANGES: usize = 12;

/// What of a report is drawn.
pub(super) struct MapExcerpt<'a> {
    pub behaviors: Vec<&'a Behavior>,
    pub groups: Vec<&'a OriginGroup>,
    pub origins: Vec<&'a Origin>,
}

impl<'a> MapExcerpt<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        // A chart of hundreds of boxes shows nothing: what is broken has to be visible without
        // scrolling.
        let whole = report.behaviors.len() + report.origins.len() <= DRAWN_WHOLE;
        let statuses = report.origins.iter().map(|origin| origin.status);
        let statuses = statuses.chain(report.behaviors.iter().map(|behavior| behavior.status));
        let unknown = statuses.filter(|it| *it == Status::Unknown).count();
        let changed = changed(report);
        let is_changed = |kind, id: Option<&str>| changed.contains(&(kind, id));
        let is_unwell = |status| match status {
            Status::Ok => false,
            // Offline nearly everything is unknown, which would draw the whole map again.
            Status::Unknown => unknown <= DRAWN_UNKNOWN,
            Status::Broken | Status::Other => true,
        };
        let unwell: HashSet<&str> = report
            .origins
            .iter()
            .filter(|origin| {
                is_unwell(origin.status) || is_changed(SubjectKind::Origin, Some(&origin.id))
            })
            .map(|origin| origin.id.as_str())
            .collect();
        let group_is_drawn = |group: &OriginGroup| {
            is_unwell(group.status)
                || is_changed(SubjectKind::OriginGroup, Some(&group.id))
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
                let is_changed = match behavior.precedence {
                    Some(_) => is_changed(SubjectKind::CacheBehavior, Some(&behavior.path_pattern)),
                    None => is_changed(SubjectKind::DefaultCacheBehavior, None),
                };
                whole || is_unwell(behavior.status) || is_changed || leads
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

/// What the changes are about.
fn changed(report: &Report) -> HashSet<(SubjectKind, Option<&str>)> {
    if report.changes.len() > DRAWN_CHANGES {
        return HashSet::new();
    }
    let subjects = report.changes.iter().filter_map(|it| it.subject.as_ref());
    subjects
        .map(|Subject { kind, id }| (*kind, id.as_deref()))
        .collect()
}
