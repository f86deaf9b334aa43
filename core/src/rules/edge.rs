//! Phase 3, after a deployment: does the edge reach the origins that are meant?

use super::{Case, Check, Rule};
use crate::finding::Findings;
use crate::outcome::EdgeResult;

pub(crate) mod edge_access_denied;
pub(crate) mod edge_answer_mismatch;
pub(crate) mod edge_bucket_gone;
pub(crate) mod edge_origin_unreachable;
pub(crate) mod edge_wrong_region;

/// The rules of this phase, in the order in which they run.
pub static RULES: &[&Rule] = &[
    &edge_bucket_gone::RULE,
    &edge_wrong_region::RULE,
    &edge_access_denied::RULE,
    &edge_origin_unreachable::RULE,
    &edge_answer_mismatch::RULE,
];

/// Runs every rule of the phase on what asking the edge came to.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "a phase has rules")]
pub fn judge(case: &Case<'_>, results: &[EdgeResult]) -> Findings {
    let mut findings = Findings::new(&RULES[0].info);
    for rule in RULES {
        findings.of_rule(&rule.info);
        if let Check::Edge(check) = rule.check {
            check(case, results, &mut findings);
        }
    }
    findings.end_rule();
    findings
}
