use crate::distribution;
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
    let finding = finding.key(format!("{}.{}", deviation.within, deviation.member));
    match &deviation.part {
        Part::Config => finding,
        Part::Origin(id) | Part::OriginGroup(id) => {
            let is_origin = matches!(deviation.part, Part::Origin(_));
            let subject = if is_origin {
                distribution::Part::Origin(id.clone())
            } else {
                distribution::Part::OriginGroup(id.clone())
            };
            let finding = finding.phase(Phase::OriginMap).about(subject);
            if id.is_empty() {
                finding
            } else {
                finding.target(case.reach(), id)
            }
        }
        Part::Behavior { path_pattern, .. } => finding
            .about(distribution::Part::Behavior(path_pattern.clone()))
            .paths(vec![path_pattern.clone()]),
    }
}
