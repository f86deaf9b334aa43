//! What is alike: many findings of one rule, and many facts that are not known for one cause, are shown
//! as one.

use std::collections::BTreeSet;

use crate::report::v1::{Finding, Report, Severity, Unknown};

/// From so many on, findings of one rule or facts of one cause are a group.
const MANY: usize = 5;
/// So many names of a group are written where a line has to be short, and the rest is counted.
pub(super) const SHOWN: usize = 12;

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

/// How many findings of one rule there are: "26 origins" where each is about another one.
pub(super) fn number_of(findings: &[Finding], report: &Report) -> String {
    let known: BTreeSet<&str> = report.origins.iter().map(|it| it.id.as_str()).collect();
    let named = findings.iter().filter_map(|it| it.origin.as_deref());
    let origins: BTreeSet<&str> = named.filter(|id| known.contains(id)).collect();
    let is_of_origins = origins.len() == findings.len();
    plural(
        findings.len(),
        if is_of_origins { "origin" } else { "finding" },
    )
}

/// The facts that are not known, those together that differ only in what they are about; never empty
/// ones.
pub(super) fn unknown_runs(unknowns: &[Unknown]) -> impl Iterator<Item = &[Unknown]> {
    let is_alike = |one: &Unknown, other: &Unknown| {
        one.fact == other.fact
            && one.kind == other.kind
            && one.cause == other.cause
            && one.needs == other.needs
            && one.blocks == other.blocks
            // Without it, the cause is the whole sentence.
            && !one.needs.is_empty()
    };
    unknowns.chunk_by(is_alike).flat_map(|run| {
        let size = if run.len() >= MANY { run.len() } else { 1 };
        run.chunks(size)
    })
}

/// A number of things.
pub(super) fn plural(number: usize, word: &str) -> String {
    match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    }
}
