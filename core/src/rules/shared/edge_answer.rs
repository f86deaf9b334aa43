//! What asking the edge came to, as findings and unknowns.

use crate::contract::PathTerms;
use crate::distribution::Behavior;
use crate::finding::Findings;
use crate::outcome::{EdgeOutcome, EdgeResult};
use crate::rules::Case;

/// Reports each question that came to this.
pub(in crate::rules) fn report(
    case: &Case<'_>,
    results: &[EdgeResult],
    outcome: EdgeOutcome,
    findings: &mut Findings,
) {
    for result in results.iter().filter(|it| it.outcome == outcome) {
        let mut behaviors = case.candidate.all_behaviors();
        let behavior = behaviors.find(|it| it.place == result.place);
        let path = result.path.as_deref().unwrap_or_default();
        let name = behavior.map_or_else(|| result.path_pattern.clone(), Behavior::name);
        let status = result
            .status
            .map_or_else(String::new, |it| format!(" with {it}"));
        let message = format!(
            "{name} answers {} `{path}`{status}: {}",
            result.method, result.why
        );
        let finding = findings.add(&result.place, message);
        if let Some(behavior) = behavior {
            finding.behavior(behavior);
        }
        finding.remedy(&result.remedy);
        // Whatever answers otherwise than declared, the origin need not be what is broken.
        if outcome != EdgeOutcome::NotAsDeclared {
            finding.origin = Some(result.origin.clone());
        }
        // A path that is made is another one in each run.
        finding.key = result.declared.as_ref().map_or_else(String::new, key);
        if let Some(server) = &result.server {
            finding.evidence("server", server);
        }
        if let Some(bucket) = &result.bucket {
            finding.evidence("bucket", bucket);
        }
    }
}

fn key(terms: &PathTerms) -> String {
    format!("{} {}", terms.method, terms.path)
}

/// Which rule lacks what could not be known of an answer: one that blocks on it has to be ignored by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Lacking {
    /// Whether it is as declared.
    Declared,
    /// Whether a 403 is a denial.
    Denied,
    /// Whether anything answered.
    Reached,
}

/// Notes what could not be known and is of this kind.
pub(in crate::rules) fn note_unknowns(
    results: &[EdgeResult],
    lacking: Lacking,
    findings: &mut Findings,
) {
    for result in results {
        if let Some(unknown) = result.unknown.as_ref().filter(|_| of(result) == lacking) {
            findings.undecided(&result.place, unknown.clone());
        }
    }
}

fn of(result: &EdgeResult) -> Lacking {
    let declares = |terms: &PathTerms| terms.declares_an_answer();
    if result.declared.as_ref().is_some_and(declares) {
        Lacking::Declared
    } else if result.status == Some(403) {
        Lacking::Denied
    } else {
        Lacking::Reached
    }
}
