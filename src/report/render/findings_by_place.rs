//! Which origin, group or behavior each finding is about.

use std::collections::HashSet;

use crate::report::v1::{Finding, Report};

/// The findings of a report, each with what it is about.
#[derive(Debug)]
pub(super) struct FindingsByPlace<'a> {
    findings: Vec<(&'a Finding, Option<&'a str>)>,
}

impl<'a> FindingsByPlace<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let origins = report.origins.iter().map(|origin| &origin.pointer);
        let groups = report.origin_groups.iter().map(|group| &group.pointer);
        let behaviors = report.behaviors.iter().map(|behavior| &behavior.pointer);
        let all = origins.chain(groups).chain(behaviors);
        let places: HashSet<&str> = all.filter_map(Option::as_deref).collect();
        let findings = report.findings.iter();
        Self {
            findings: findings
                .map(|finding| (finding, place(&finding.location.pointer, &places)))
                .collect(),
        }
    }

    /// The findings about what stands at `pointer`, each with its number from 0. Where one stands
    /// nowhere in particular, or the report is of an earlier version, whose parts had no pointers, `by_name` decides.
    pub(super) fn at(
        &self,
        pointer: Option<&str>,
        by_name: impl Fn(&Finding) -> bool,
    ) -> impl Iterator<Item = (usize, &'a Finding)> {
        let findings = self.findings.iter().enumerate();
        findings.filter_map(move |(number, (finding, place))| {
            let is_ours = match (place, pointer) {
                (Some(place), Some(pointer)) => *place == pointer,
                _ => by_name(finding),
            };
            is_ours.then_some((number, *finding))
        })
    }
}

/// The place that a pointer leads to or below.
fn place<'a>(pointer: &'a str, places: &HashSet<&str>) -> Option<&'a str> {
    let ends = pointer.rmatch_indices('/').map(|(at, _)| at);
    std::iter::once(pointer.len())
        .chain(ends)
        .map(|end| &pointer[..end])
        .find(|above| places.contains(above))
}
