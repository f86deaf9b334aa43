use crate::finding::Finding;
use crate::model::{Deviation, Part};
use crate::rule::Phase;
use crate::rules::Case;

/// Says which part of the config a finding is about: what is wrong with an origin or a group belongs
/// to the origin map, whichever rule finds it.
pub(crate) fn about<'f>(
    finding: &'f mut Finding,
    case: &Case<'_>,
    deviation: &Deviation,
) -> &'f mut Finding {
    match &deviation.part {
        Part::Config => finding,
        Part::Origin(id) | Part::OriginGroup(id) => {
            let finding = finding.phase(Phase::OriginMap);
            if id.is_empty() {
                finding
            } else {
                finding.target(case.reach(), id)
            }
        }
        Part::Behavior { path_pattern, .. } => finding.paths(vec![path_pattern.clone()]),
    }
}
