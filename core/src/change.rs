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

use crate::distribution::{Distribution, Part, Place};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// To which part of the config.
    pub subject: Part,
    /// To which field of it; `None` is the whole.
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
