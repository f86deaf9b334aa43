use std::fmt::Write as _;

use super::alike::{Run, SHOWN, foldable_runs, number_of, unknown_runs};
use super::edge::edge_text;
use crate::report::v1::{
    Change, ChangeKind, Finding, Location, PhaseName, Report, Trigger, Unknown,
};

/// The report for a terminal, a log or a mail: its first and its last line hold the verdict.
#[must_use]
pub fn text(report: &Report) -> String {
    text_with(report, finding_block)
}

/// The same with findings in a form of their own.
pub(super) fn text_with(report: &Report, block: impl Fn(&Finding) -> String) -> String {
    let mut text = format!("{}\n", report.summary);
    let mut paragraph = |body: String| {
        text.push('\n');
        text.push_str(&body);
    };
    if let Some(trigger) = trigger(report) {
        paragraph(trigger);
    }
    if !report.notes.is_empty() {
        let lines: Vec<String> = report.notes.iter().map(|it| note_line(it)).collect();
        paragraph(lines.concat());
    }
    for run in foldable_runs(&report.findings) {
        match run {
            Run::Few(findings) => findings.iter().for_each(|it| paragraph(block(it))),
            Run::Many(findings) => paragraph(group_block(findings, report)),
        }
    }
    if !report.edge.is_empty() {
        paragraph(format!("the edge:\n{}", edge_text(report)));
    }
    if !report.unknowns.is_empty() {
        let lines: Vec<String> = unknown_runs(&report.unknowns).map(unknown_lines).collect();
        paragraph(format!("not known:\n{}\n", lines.join("\n")));
    }
    if !report.changes.is_empty() || !report.outside_changes.is_empty() {
        let against = report.baseline.as_ref();
        let against = against.map_or("the baseline", |baseline| baseline.source.name());
        paragraph(format!(
            "changes against {against}:\n{}{}",
            changes_text(&report.changes, SHOWN_CHANGES),
            outside_line(&report.outside_changes)
        ));
    }
    let provisional = report.phases.iter().any(|phase| phase.provisional);
    if provisional
        && report
            .findings
            .iter()
            .any(|finding| finding.phase == PhaseName::Behaviors)
    {
        paragraph(
            "findings on behaviors are provisional until the origin map is fixed\n".to_owned(),
        );
    }
    if let Some(line) = rules_line(&report.findings) {
        paragraph(line);
    }
    // Last, where a terminal stops scrolling and a CI log ends.
    paragraph(format!("{}: {}\n", report.verdict, report.next_step));
    text
}

/// How to read on about the rules of findings: a reader of a mail or a log has no pages at hand.
#[must_use]
pub fn rules_line<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Option<String> {
    let mut findings = findings.into_iter();
    let first = findings.next()?;
    let rule = &first.rule;
    let is_one = findings.all(|finding| finding.rule == *rule);
    Some(match (is_one, first.rule_url()) {
        (true, None) => format!("more about the rule: origin-guard rules {rule}\n"),
        (true, Some(url)) => format!("more about the rule: {url}\n"),
        (false, None) => "more about each rule: origin-guard rules NAME\n".to_owned(),
        (false, Some(url)) => {
            let folder = url.rsplit_once('/').map_or(url, |(folder, _)| folder);
            format!("more about each rule: {folder}/index.html\n")
        }
    })
}

/// More changes than these are counted: the JSON has them all.
const SHOWN_CHANGES: usize = 20;

/// The changes, one a line; those past `most` are counted.
#[must_use]
pub fn changes_text(changes: &[Change], most: usize) -> String {
    let mut text = String::new();
    for change in changes.iter().take(most) {
        let _ = writeln!(text, "  {}", change_line(change));
    }
    if changes.len() > most {
        let _ = writeln!(text, "  and {} more", changes.len() - most);
    }
    text
}

/// How much differs outside the origin contract, in a line of its own; empty where nothing does.
#[must_use]
pub fn outside_line(members: &[String]) -> String {
    match members {
        [] => String::new(),
        members => format!("  and {}\n", outside(members)),
    }
}

/// How much differs outside the origin contract: "3 changes outside the origin contract: Comment, …".
#[must_use]
pub fn outside(members: &[String]) -> String {
    const SHOWN: usize = 5;
    let count = match members.len() {
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    let shown: Vec<&str> = members.iter().take(SHOWN).map(String::as_str).collect();
    let more = if members.len() > SHOWN { ", …" } else { "" };
    format!(
        "{count} outside the origin contract: {}{more}",
        shown.join(", ")
    )
}

/// One change: its sign, what it is about, and both values.
fn change_line(change: &Change) -> String {
    let Change {
        kind,
        what,
        before,
        after,
        ..
    } = change;
    let sign = match kind {
        ChangeKind::Added => "+",
        ChangeKind::Removed => "-",
        ChangeKind::Changed | ChangeKind::Renamed | ChangeKind::Other => "~",
    };
    let value = |text: &str| match text {
        "" => "nothing".to_owned(),
        text => format!("`{text}`"),
    };
    match (before.as_deref(), after.as_deref()) {
        (Some(before), _) if *kind == ChangeKind::Renamed => {
            format!("{sign} {what}: renamed, it was {}", value(before))
        }
        (Some(before), Some(after)) => {
            format!("{sign} {what}: {} → {}", value(before), value(after))
        }
        (one, other) => format!(
            "{sign} {what}: {}",
            value(one.or(other).unwrap_or_default())
        ),
    }
}

/// The change, what CloudFront answered, and why.
fn trigger(report: &Report) -> Option<String> {
    let mut text = trigger_lines(report.trigger.as_ref()?);
    if let Some(explanation) = &report.explanation {
        let _ = writeln!(text, "{explanation}");
    }
    (!text.is_empty()).then_some(text)
}

/// The change or job, and what CloudFront answered.
#[must_use]
pub fn trigger_lines(trigger: &Trigger) -> String {
    let mut text = String::new();
    if let Some(pipeline) = &trigger.pipeline {
        let stage = pipeline.stage.as_deref().unwrap_or("?");
        let action = pipeline.action.as_deref().unwrap_or("?");
        let _ = writeln!(
            text,
            "pipeline {}, stage {stage}, action {action}",
            pipeline.name
        );
    }
    if let Some(event) = &trigger.event {
        let outcome = match &trigger.error_code {
            Some(code) => format!("was refused with {code}"),
            None => "was made".to_owned(),
        };
        let actor = trigger.actor.as_deref().unwrap_or("an unknown caller");
        let via = match trigger.via.as_deref() {
            // "via unknown" would say nothing, and reads as if something had failed.
            None | Some("unknown") => String::new(),
            Some(via) => format!(" (via {via})"),
        };
        let _ = writeln!(
            text,
            "{} {outcome} by {actor}{via} at {}",
            event.name, event.time
        );
    }
    if let Some(message) = trigger
        .error_message
        .as_deref()
        .filter(|message| !message.is_empty())
    {
        let _ = writeln!(text, "CloudFront said: {message}");
    }
    text
}

/// One finding, with its remedy.
#[must_use]
pub fn finding_block(finding: &Finding) -> String {
    let mut text = format!(
        "{}[{}]: {}\n",
        finding.severity, finding.rule, finding.message
    );
    let _ = writeln!(text, "  --> {}", place(&finding.location));
    for related in &finding.related {
        let _ = writeln!(text, "  see {}: {}", place(&related.location), related.note);
    }
    if !finding.path_patterns.is_empty() {
        let _ = writeln!(text, "  affects: {}", finding.path_patterns.join(", "));
    }
    let _ = writeln!(text, "  help: {}", finding.remediation);
    if let Some(line) = waived_line(finding) {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// Many findings of one rule: a line each, and the remedy of the first, which the others resemble.
fn group_block(findings: &[Finding], report: &Report) -> String {
    let Some(first) = findings.first() else {
        return String::new();
    };
    let mut text = format!(
        "{}[{}]: {}\n",
        first.severity,
        first.rule,
        number_of(findings, report)
    );
    for finding in findings {
        let _ = writeln!(
            text,
            "  --> {}: {}",
            place(&finding.location),
            finding.message
        );
        if let Some(line) = waived_line(finding) {
            let _ = writeln!(text, "      {line}");
        }
    }
    let _ = writeln!(text, "  help for the first: {}", first.remediation);
    text
}

/// What a reader must know beside the findings.
#[must_use]
pub fn note_line(note: &str) -> String {
    format!("note: {note}\n")
}

/// The waiver that a finding is under.
pub(super) fn waived_line(finding: &Finding) -> Option<String> {
    let waived = finding.waived.as_ref()?;
    Some(format!("waived until {}: {}", waived.until, waived.reason))
}

/// One unknown, with what it needs.
#[must_use]
pub fn unknown_line(unknown: &Unknown) -> String {
    unknown_lines(std::slice::from_ref(unknown))
}

/// Unknowns that are alike, in one line.
fn unknown_lines(alike: &[Unknown]) -> String {
    let Some(unknown) = alike.first() else {
        return String::new();
    };
    let weight = if unknown.blocks { " (blocks)" } else { "" };
    if unknown.needs.is_empty() {
        return format!("  {}{weight}", unknown.cause);
    }
    let subjects = alike.iter().take(SHOWN);
    let subjects: Vec<String> = subjects.map(|it| format!("`{}`", it.subject)).collect();
    let more = match alike.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(", {more} more"),
    };
    format!(
        "  {} {}{more}: {}; needs {}{weight}",
        unknown.fact,
        subjects.join(", "),
        unknown.cause,
        unknown.needs
    )
}

/// One unknown where no heading says that it is one.
#[cfg(feature = "cli")]
pub(super) fn unknown_sentence(unknown: &Unknown) -> String {
    if unknown.needs.is_empty() {
        return unknown.cause.clone();
    }
    format!(
        "{} `{}` is not known: {}; needs {}",
        unknown.fact, unknown.subject, unknown.cause, unknown.needs
    )
}

/// Where, as editors and terminals know it.
pub(super) fn place(location: &Location) -> String {
    match (location.line, location.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", location.document),
        _ => format!("{} {}", location.document, location.pointer),
    }
}
