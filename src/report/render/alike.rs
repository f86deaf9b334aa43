//! Findings that are alike: many of one rule are shown as one group.

use crate::report::v1::{Finding, Severity};

/// From so many on, findings of one rule are a group.
const MANY: usize = 5;

/// Findings in a row.
pub(super) enum Run<'a> {
    /// Each is shown by itself.
    Few(&'a [Finding]),
    /// One rule's, of one severity, all waived or none.
    Many(&'a [Finding]),
}

/// The findings of a report in their order, those of one rule together.
pub(super) fn runs(findings: &[Finding]) -> impl Iterator<Item = Run<'_>> {
    let is_alike = |one: &Finding, other: &Finding| {
        one.rule == other.rule
            && one.severity == other.severity
            && one.waived.is_some() == other.waived.is_some()
    };
    findings.chunk_by(is_alike).map(|run| {
        if run.len() >= MANY {
            Run::Many(run)
        } else {
            Run::Few(run)
        }
    })
}

/// The same for forms that show of many only what each is: errors stay single there, since each of
/// them has to be fixed.
pub(super) fn foldable_runs(findings: &[Finding]) -> impl Iterator<Item = Run<'_>> {
    runs(findings).map(|run| match run {
        Run::Many(errors @ [first, ..]) if first.severity == Severity::Error => Run::Few(errors),
        run => run,
    })
}

/// A number of things.
pub(super) fn plural(number: usize, word: &str) -> String {
    match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    }
}
