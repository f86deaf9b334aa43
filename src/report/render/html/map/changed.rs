//! What changed against the baseline, by the boxes that it is about.

use std::collections::HashMap;

use crate::report::v1::{Change, ChangeKind, Report, Subject, SubjectKind};

/// The marks of a report's boxes. A report of an earlier version, whose changes are words only, has
/// none: the list of changes has them.
pub(super) struct Changed<'a> {
    by_subject: HashMap<(SubjectKind, Option<&'a str>), Vec<&'a Change>>,
}

/// What is not in the candidate any more.
#[derive(Default)]
pub(super) struct Removed<'a> {
    pub behaviors: Vec<&'a str>,
    pub groups: Vec<&'a str>,
    pub origins: Vec<&'a str>,
}

impl<'a> Changed<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let mut by_subject: HashMap<_, Vec<&Change>> = HashMap::new();
        for change in &report.changes {
            if let Some(Subject { kind, id }) = &change.subject {
                let changes = by_subject.entry((*kind, id.as_deref())).or_default();
                changes.push(change);
            }
        }
        Self { by_subject }
    }

    /// What changed of a subject; empty where nothing did.
    pub(super) fn mark(&self, kind: SubjectKind, id: Option<&str>) -> String {
        let Some(changes) = self.by_subject.get(&(kind, id)) else {
            return String::new();
        };
        let whole = changes.iter().find(|change| change.field.is_none());
        let fields = changes.iter().filter_map(|change| change.field.as_deref());
        let fields = fields.collect::<Vec<_>>().join(", ");
        let renamed = match whole {
            // All fields of a new box are new: listing them would say nothing.
            Some(change) if change.kind == ChangeKind::Added => return "+ new".to_owned(),
            Some(change) if change.kind == ChangeKind::Removed => return "− removed".to_owned(),
            Some(change) if change.kind == ChangeKind::Renamed => change.before.as_deref(),
            _ => None,
        };
        match (renamed, fields.as_str()) {
            (None, "") => "~ changed".to_owned(),
            (None, fields) => format!("~ {fields}"),
            (Some(before), "") => format!("~ was {before}"),
            (Some(before), fields) => format!("~ was {before}; {fields}"),
        }
    }
}

impl<'a> Removed<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let mut removed = Self::default();
        let is_removed =
            |change: &&Change| change.kind == ChangeKind::Removed && change.field.is_none();
        for change in report.changes.iter().filter(is_removed) {
            let Some(Subject { kind, id: Some(id) }) = &change.subject else {
                continue;
            };
            match kind {
                SubjectKind::Origin => removed.origins.push(id),
                SubjectKind::OriginGroup => removed.groups.push(id),
                SubjectKind::CacheBehavior => removed.behaviors.push(id),
                _ => {}
            }
        }
        removed
    }

    pub(super) fn count(&self) -> usize {
        self.behaviors.len() + self.groups.len() + self.origins.len()
    }
}
