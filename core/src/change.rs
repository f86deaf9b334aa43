//! What a candidate changes against its baseline, as CloudFront sees it: origins, groups and
//! methods have no order, behaviors have; an origin under a new ID is a rename. What the
//! deployment decides is never called a change.

mod behaviors;
mod field;
pub mod header_values;
mod origins;
mod renames;
pub mod rollout;
mod sides;
#[cfg(test)]
mod tests;

pub use behaviors::Retarget;
pub(crate) use behaviors::first_origin;
pub use renames::Renames;
pub use sides::{Sides, Swap};

use std::fmt;

use crate::distribution::{Distribution, Place};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// To what.
    pub subject: Subject,
    /// To which part of it; `None` is the whole.
    pub field: Option<&'static str>,
    /// Where it stands in the candidate; what is removed stands in the baseline.
    pub place: Place,
    /// What it was.
    pub before: Option<String>,
    /// What it is now.
    pub after: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Only the candidate has it.
    Added,
    /// Only the baseline has it.
    Removed,
    /// Both have it, with other values.
    Changed,
    /// Both have it, under another ID.
    Renamed,
}

/// What was changed; the text is its ID or path pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An origin.
    Origin(String),
    /// An origin group.
    OriginGroup(String),
    /// A cache behavior.
    Behavior(String),
    /// The default cache behavior.
    DefaultBehavior,
    /// The order in which behaviors are tried.
    Precedence,
}

/// Every difference: origins, then groups, then behaviors, each in the order of the candidate,
/// with what is removed at the end.
#[must_use]
pub fn difference(baseline: &Distribution, candidate: &Distribution) -> Vec<Change> {
    let sides = Sides::new(baseline, candidate);
    let renames = Renames::between(baseline, candidate);
    let mut changes = origins::compare(baseline, candidate, &renames);
    changes.extend(origins::compare_groups(baseline, candidate, &renames));
    changes.extend(behaviors::compare(&sides, &renames));
    changes
}

impl ChangeKind {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Renamed => "renamed",
        }
    }
}

impl Change {
    /// What was changed, for reports: "origin `assets`: domain".
    #[must_use]
    pub fn what(&self) -> String {
        match self.field {
            Some(field) => format!("{}: {field}", self.subject),
            None => self.subject.to_string(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Origin(id) => write!(f, "origin `{id}`"),
            Self::OriginGroup(id) => write!(f, "origin group `{id}`"),
            Self::Behavior(pattern) => write!(f, "cache behavior `{pattern}`"),
            Self::DefaultBehavior => f.write_str("the default cache behavior"),
            Self::Precedence => f.write_str("the precedence of the cache behaviors"),
        }
    }
}
