//! The sentences of a report: its summary and its next step.

use std::fmt::Write as _;

use crate::candidate::Candidate;
use crate::finding::Finding;
use crate::judged::{Judged, Mode};
use crate::outcome::{EdgeOutcome, EdgeResult};
use crate::report::v1::{self, UnknownKind};
use crate::rule::{Phase, Severity};
use crate::verdict::{Decision, Verdict};

/// The distribution's name.
pub(super) fn name(candidate: &Candidate) -> String {
    let model = &candidate.distribution;
    let alias = || model.aliases.first().map(ToString::to_string);
    model
        .id
        .as_ref()
        .map(ToString::to_string)
        // The logical ID or address next: it is how the author calls it.
        .or_else(|| Some(candidate.provenance.resource.as_ref()?.to_string()))
        .or_else(alias)
        .unwrap_or_else(|| candidate.provenance.document.clone())
}

/// The name at the beginning of a line: in backticks where it could be more than a name there, such
/// as `::error::`, which CI runners take for a command.
fn called(name: &str) -> String {
    if name.starts_with(|c: char| c.is_alphanumeric() || "*/._$".contains(c)) {
        name.to_owned()
    } else {
        format!("`{name}`")
    }
}

/// The verdict, and what led to it first; of a pass, what it leaves open.
pub(super) fn summary(judged: &Judged, open: &[v1::Unknown]) -> String {
    let Decision {
        verdict,
        findings,
        unknowns,
        ..
    } = &judged.decision;
    let name = called(&name(&judged.candidate));
    match verdict {
        Verdict::Block => {
            let errors = count(findings, Severity::Error);
            let first = findings
                .first()
                .map_or("", |finding| finding.message.as_str());
            let state = state(judged);
            match errors {
                0 | 1 => format!("{name} {state}: {first}"),
                2 => format!("{name} {state}: {first}; and 1 more error"),
                _ => format!("{name} {state}: {first}; and {} more errors", errors - 1),
            }
        }
        Verdict::Inconclusive => {
            let first = unknowns.first().map_or_else(String::new, |needed| {
                let unknown = &needed.unknown;
                format!(
                    "the {} `{}` could not be checked ({})",
                    unknown.fact,
                    unknown.subject,
                    unknown.cause_text()
                )
            });
            format!("{name} is neither passed nor blocked: {first}")
        }
        // A refused call with a pass: "passes" alone would contradict what CloudFront said.
        Verdict::Pass if judged.explanation.is_some() => format!(
            "{name} was refused by CloudFront, and no rule finds an error in the config that was sent"
        ),
        Verdict::Pass => {
            let model = &judged.candidate.distribution;
            let behaviors = model.all_behaviors().count();
            let mut text = format!(
                "{name} passes: {} and {} hold",
                plural(model.origins.len(), "origin"),
                plural(behaviors, "behavior")
            );
            let warnings = count(findings, Severity::Warning);
            if warnings > 0 {
                let _ = write!(text, ", with {}", plural(warnings, "warning"));
            }
            if let Some(open) = open_facts(open) {
                let _ = write!(text, " ({open})");
            }
            if let Some(edge) = judged.decision.edge.as_deref().and_then(reached) {
                let _ = write!(text, "; {edge}");
            }
            text
        }
    }
}

/// For how much of what was asked the edge reached what was meant.
fn reached(edge: &[EdgeResult]) -> Option<String> {
    let asked = edge.iter().filter(|it| it.path.is_some()).count();
    let is_as_meant =
        |it: &&EdgeResult| matches!(it.outcome, EdgeOutcome::Reached | EdgeOutcome::AsDeclared);
    let reached = edge.iter().filter(is_as_meant).count();
    (asked > 0).then(|| format!("the edge reaches {reached} of {}", plural(asked, "path")))
}

/// What a broken contract means here: a candidate is held back, a change that was made is live,
/// and one that CloudFront refused is not.
fn state(judged: &Judged) -> &'static str {
    let refused = judged.explanation.is_some();
    match judged.mode {
        Mode::Audit if refused => "could not be deployed",
        Mode::Audit | Mode::Sweep | Mode::Verify => "is broken",
        Mode::Gate | Mode::Check => "is blocked",
    }
}

fn plural(number: usize, word: &str) -> String {
    match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    }
}

fn count(findings: &[Finding], severity: Severity) -> usize {
    findings
        .iter()
        .filter(|finding| finding.severity == severity && finding.waived.is_none())
        .count()
}

/// How many facts a verdict leaves open, by what will close them.
fn open_facts(open: &[v1::Unknown]) -> Option<String> {
    let parts: Vec<String> = [
        (
            &[UnknownKind::NotDecidedYet][..],
            "known only after the deployment",
        ),
        (
            &[UnknownKind::CouldNotCheck, UnknownKind::NotDecidable],
            "that could not be checked",
        ),
        (&[UnknownKind::NotAskedFor], "not asked for"),
    ]
    .into_iter()
    .filter_map(|(kinds, how)| {
        let is_one = |it: &&v1::Unknown| it.kind.is_some_and(|kind| kinds.contains(&kind));
        match open.iter().filter(is_one).count() {
            0 => None,
            count => Some(format!("{} {how}", plural(count, "fact"))),
        }
    })
    .collect();
    match parts.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
    }
}

/// What to do next.
pub(super) fn next_step(judged: &Judged, open: &[v1::Unknown]) -> String {
    if let Some(explanation) = &judged.explanation {
        return explanation.next_step.clone();
    }
    let decision = &judged.decision;
    match decision.verdict {
        Verdict::Block => {
            let first = decision.findings.first();
            let remedy = first.map_or("", |finding| finding.remediation.as_str());
            // The map first: findings on behaviors may go away with it.
            if decision.phases.iter().any(|phase| phase.provisional) {
                format!("Fix the origin map first: {remedy}")
            } else if first.is_some_and(|finding| finding.phase == Phase::Edge) {
                format!("Fix what the edge reaches: {remedy}")
            } else {
                format!("Fix the behaviors: {remedy}")
            }
        }
        Verdict::Inconclusive => {
            let first = decision.unknowns.first();
            // The unknowns that block come first in the decision.
            let needs = first.and_then(|needed| needed.unknown.needs());
            needs.map_or_else(String::new, |it| it.next_step())
        }
        Verdict::Pass => after_pass(judged.mode, open),
    }
}

/// A pass holds for what is known; a promise about the rest would be wrong.
fn after_pass(mode: Mode, open: &[v1::Unknown]) -> String {
    let step = match mode {
        Mode::Audit | Mode::Sweep | Mode::Verify => "Nothing to do",
        Mode::Gate | Mode::Check => "Deploy it",
    };
    match open_facts(open) {
        None => step.to_owned(),
        Some(open) => format!("{step}: all that is known passes, which leaves {open}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_says_what_it_leaves_open() {
        let unknown = |kind| v1::Unknown {
            fact: "bucket".to_owned(),
            subject: "assets".to_owned(),
            kind: Some(kind),
            cause: String::new(),
            needs: String::new(),
            blocks: false,
            rules: Vec::new(),
            pointers: Vec::new(),
        };
        let step = |kinds: &[UnknownKind]| {
            let open: Vec<_> = kinds.iter().copied().map(unknown).collect();
            after_pass(Mode::Gate, &open)
        };
        assert_eq!(step(&[]), "Deploy it");
        assert_eq!(
            step(&[UnknownKind::NotDecidedYet]),
            "Deploy it: all that is known passes, which leaves 1 fact known only after the deployment"
        );
        assert_eq!(
            step(&[
                UnknownKind::NotAskedFor,
                UnknownKind::NotDecidable,
                UnknownKind::NotDecidedYet,
                UnknownKind::CouldNotCheck,
            ]),
            "Deploy it: all that is known passes, which leaves 1 fact known only after the deployment, \
             2 facts that could not be checked and 1 fact not asked for"
        );
    }
}
