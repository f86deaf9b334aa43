//! The sentences of a report: its summary and its next step.

use std::fmt::Write as _;

use crate::candidate::Candidate;
use crate::facts::{CouldNotLook, Unknown, UnknownCause};
use crate::finding::Finding;
use crate::judged::{Judged, Mode};
use crate::rule::Severity;
use crate::verdict::{Decision, Verdict};

/// What people call the distribution.
pub fn name(candidate: &Candidate) -> String {
    let model = &candidate.distribution;
    let alias = || model.aliases.first().map(ToString::to_string);
    model
        .id
        .clone()
        .or_else(|| candidate.origin.resource.clone())
        .or_else(alias)
        .unwrap_or_else(|| candidate.origin.document.clone())
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

/// `unlooked` is how many facts are not known.
pub fn summary(judged: &Judged, unlooked: usize) -> String {
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
                    "the {} `{}` could not be looked at ({})",
                    unknown.fact,
                    unknown.subject,
                    unknown.cause_text()
                )
            });
            format!("{name} is neither passed nor blocked: {first}")
        }
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
            if unlooked > 0 {
                let _ = write!(text, " ({} not known)", plural(unlooked, "fact"));
            }
            text
        }
    }
}

/// What a broken contract means here: a candidate is held back, a change that was made is live,
/// and one that CloudFront refused is not.
fn state(judged: &Judged) -> &'static str {
    let refused = judged.explanation.is_some();
    match judged.mode {
        Mode::Audit if refused => "could not be deployed",
        Mode::Audit => "is broken",
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

pub fn next_step(judged: &Judged) -> String {
    if let Some(explanation) = &judged.explanation {
        return explanation.next_step.clone();
    }
    let decision = &judged.decision;
    match decision.verdict {
        Verdict::Block => {
            let remedy = decision
                .findings
                .first()
                .map_or("", |finding| finding.remediation.as_str());
            if decision.phases[1].provisional {
                format!("Mend the origin map first: {remedy}")
            } else {
                format!("Mend the behaviors: {remedy}")
            }
        }
        Verdict::Inconclusive => {
            let first = decision.unknowns.first();
            first.map_or_else(String::new, |needed| to_know(&needed.unknown))
        }
        Verdict::Pass if judged.mode == Mode::Audit => "Nothing to do".to_owned(),
        Verdict::Pass => "Deploy it".to_owned(),
    }
}

/// What to do so that a fact is known.
fn to_know(unknown: &Unknown) -> String {
    let needs = unknown.needs();
    match &unknown.cause {
        UnknownCause::CouldNotLook(CouldNotLook::Denied { .. }) => {
            format!("Grant {needs} to the guard, then run it again")
        }
        UnknownCause::CouldNotLook(CouldNotLook::Closed { .. }) => {
            format!("Add {needs}; then run the guard again")
        }
        _ => format!("It takes {needs}; run the guard again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_step_says_what_to_do_about_each_cause() {
        let step = |why| to_know(&Unknown::could_not_look("bucket owner", "assets", why));
        let closed = CouldNotLook::Closed {
            on: "another account has it".to_owned(),
            needs: "this statement in the bucket's policy: {\"Action\": \"s3:ListBucket\"}"
                .to_owned(),
        };
        assert_eq!(
            step(closed),
            "Add this statement in the bucket's policy: {\"Action\": \"s3:ListBucket\"}; then run the guard again"
        );
        let denied = CouldNotLook::Denied {
            permission: "s3:ListAllMyBuckets",
        };
        assert_eq!(
            step(denied),
            "Grant s3:ListAllMyBuckets to the guard, then run it again"
        );
        assert!(step(CouldNotLook::TimedOut).ends_with("; run the guard again"));
    }
}
