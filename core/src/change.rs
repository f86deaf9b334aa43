//! What a candidate changes against its baseline, as CloudFront sees it: origins, groups and
//! methods have no order, behaviors have; an origin under a new ID is a rename. What the
//! deployment decides is never called a change.
//!
//! Every member of CloudFront's model is compared: those of origins, groups and behaviors one by one,
//! those of the config itself where they have a part in the origin contract, and the others are
//! counted. Two configs that say the same in different forms are the same: a list with a `Quantity` and
//! without, an empty one and none, and what is left out where CloudFront documents what it then takes.

mod behaviors;
mod config;
mod custom_headers;
mod field;
mod found;
pub mod header_values;
mod members;
mod origins;
mod renames;
pub mod rollout;
mod sides;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod whole_tests;

pub use behaviors::Retarget;
pub(crate) use behaviors::first_origin;
pub use found::{Open, Reason};
pub use renames::Renames;
pub use sides::{Sides, Swap};

use std::borrow::Cow;

use crate::distribution::{Distribution, Part, Place};
use found::Found;

/// What differs between two configs, whole: every member of CloudFront's model is compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// What differs in origins, then groups, then behaviors, each in the order of the candidate, with
    /// what is removed at the end; then what differs in the config's own members that have a part in
    /// the origin contract.
    pub changes: Vec<Change>,
    /// The members outside the origin contract that differ, such as `Comment`.
    pub outside: Vec<String>,
    /// What could not be compared.
    pub open: Vec<Open>,
}

/// Whether one config is the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sameness {
    /// In every member.
    Same,
    /// In every member that can be compared; the rest is hidden or is decided by the deployment.
    Undecided,
    /// At least one member differs.
    Different,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// To which part of the config.
    pub subject: Part,
    /// To which field of it; `None` is the whole.
    pub field: Option<Cow<'static, str>>,
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

/// Every difference between two configs of one distribution.
#[must_use]
pub fn difference(baseline: &Distribution, candidate: &Distribution) -> Difference {
    let sides = Sides::new(baseline, candidate);
    let renames = Renames::between(baseline, candidate);
    let mut found = Found::new(baseline, candidate);
    origins::compare(&mut found, baseline, candidate, &renames);
    origins::compare_groups(&mut found, baseline, candidate, &renames);
    behaviors::compare(&mut found, &sides, &renames);
    let outside = config::compare(&mut found, baseline, candidate);
    Difference {
        changes: found.changes,
        outside,
        open: found.open,
    }
}

/// Whether two configs are the same in every member of CloudFront's model, such as the config that was
/// judged and the one that is live.
///
/// It is the equality for "is this what was judged" and "is this what was deployed": whatever the form
/// of the two (API, template, plan, event), what CloudFront fills in where a config leaves it out is no
/// difference, and neither are the distribution's ID, ARN, domain and `ETag`. `CallerReference` counts
/// where both state it. The values of custom headers are compared where both sides have them:
/// CloudTrail and stored configs hide them, and then the answer is [`Sameness::Undecided`] at best.
/// [`difference`] says what differs, or what could not be compared.
#[must_use]
pub fn sameness(one: &Distribution, other: &Distribution) -> Sameness {
    difference(one, other).sameness()
}

impl Difference {
    /// Whether anything differs, or could.
    #[must_use]
    pub fn sameness(&self) -> Sameness {
        if !(self.changes.is_empty() && self.outside.is_empty()) {
            Sameness::Different
        } else if self.open.is_empty() {
            Sameness::Same
        } else {
            Sameness::Undecided
        }
    }
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
        found::what(&self.subject, self.field.as_deref())
    }
}
