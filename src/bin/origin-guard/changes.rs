//! Every form of a difference: the forms of a report, for changes alone.

use std::fmt::Write as _;

use askama::Template as _;
use origin_guard::digest::hex;
use origin_guard::report::v1::{Change, ChangeKind};
use origin_guard::report::{self, Output};
use quick_junit::{TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::problem::Problem;

/// What two configs are called, and what changes from one to the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Comparison<'a> {
    pub before: &'a str,
    pub after: &'a str,
    pub changes: &'a [Change],
    /// The same in words, a line each, with what could not be compared.
    pub words: &'a str,
}

/// A difference in one of the forms of a report.
pub(crate) fn render(comparison: &Comparison<'_>, form: Output) -> Result<String, Problem> {
    let Comparison {
        changes,
        after,
        words,
        ..
    } = comparison;
    Ok(match form {
        Output::Text => (*words).to_owned(),
        Output::Concise => each_line(words, &format!("{after}: ")),
        Output::Json => pretty(changes)?,
        Output::Markdown => markdown(comparison),
        Output::Html => html(comparison)?,
        Output::Sarif => pretty(&sarif(comparison))?,
        Output::Junit => junit(comparison)?,
        // A percent sign begins an escape in a workflow command.
        Output::Github => each_line(&words.replace('%', "%25"), "::notice title=changed::"),
        Output::Gitlab => pretty(&gitlab(comparison))?,
    })
}

/// The lines of a text, each after something.
fn each_line(words: &str, before: &str) -> String {
    let mut text = String::new();
    for line in words.lines() {
        let _ = writeln!(text, "{before}{}", line.trim());
    }
    text
}

/// A line for each change, without a line's end.
fn lines(changes: &[Change]) -> impl Iterator<Item = String> {
    let each = changes.iter();
    each.map(|change| {
        let line = report::changes_text(std::slice::from_ref(change), 1);
        line.trim().to_owned()
    })
}

fn pretty(value: &(impl serde::Serialize + ?Sized)) -> Result<String, Problem> {
    let text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

/// A block of code, in which nothing is Markdown: longer than any run of backticks in it.
fn markdown(comparison: &Comparison<'_>) -> String {
    let Comparison { before, after, .. } = comparison;
    let mut text = format!(
        "### What changes\n\nFrom {} to {}:\n\n",
        code(before),
        code(after)
    );
    let body = comparison.words;
    // A value may hold backticks, and would end a shorter fence.
    let fence = "`".repeat(longest_run(body).max(2) + 1);
    let _ = writeln!(text, "{fence}diff\n{body}{fence}");
    text
}

fn code(text: &str) -> String {
    let ticks = "`".repeat(longest_run(text) + 1);
    format!("{ticks} {text} {ticks}")
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}

#[derive(askama::Template)]
#[template(path = "changes.html")]
struct Page<'a> {
    before: &'a str,
    after: &'a str,
    lines: Vec<&'a str>,
}

fn html(comparison: &Comparison<'_>) -> Result<String, Problem> {
    let page = Page {
        before: comparison.before,
        after: comparison.after,
        lines: comparison.words.lines().map(str::trim).collect(),
    };
    Ok(page.render().map_err(|error| error.to_string())?)
}

fn kind(change: &Change) -> &'static str {
    match change.kind {
        ChangeKind::Added => "added",
        ChangeKind::Removed => "removed",
        ChangeKind::Renamed => "renamed",
        ChangeKind::Changed | ChangeKind::Other => "changed",
    }
}

/// Results that inform: a change is no problem.
fn sarif(comparison: &Comparison<'_>) -> Value {
    let results = comparison.changes.iter().zip(lines(comparison.changes));
    let results = results.map(|(change, line)| {
        json!({
            "ruleId": kind(change),
            "kind": "informational",
            "level": "none",
            "message": {"text": line},
            "locations": [{
                "logicalLocations": [{"fullyQualifiedName": change.path, "kind": "member"}],
            }],
        })
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "Origin Guard", "semanticVersion": env!("CARGO_PKG_VERSION")}},
            "automationDetails": {"id": "origin-guard/diff/"},
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

/// A case for each change, which passes.
fn junit(comparison: &Comparison<'_>) -> Result<String, Problem> {
    let Comparison { before, after, .. } = comparison;
    let mut suite = TestSuite::new(format!("changes from {before} to {after}"));
    for (change, line) in comparison.changes.iter().zip(lines(comparison.changes)) {
        let mut case = TestCase::new(line, TestCaseStatus::success());
        case.set_classname(kind(change));
        suite.add_test_case(case);
    }
    let mut document = quick_junit::Report::new("Origin Guard");
    document.add_test_suite(suite);
    Ok(document.to_string().map_err(|error| error.to_string())?)
}

fn gitlab(comparison: &Comparison<'_>) -> Value {
    let changes = comparison.changes.iter().zip(lines(comparison.changes));
    let issues = changes.map(|(change, line)| {
        json!({
            "description": line,
            "check_name": kind(change),
            // GitLab shows one of several issues with one fingerprint, so each change needs its
            // own.
            "fingerprint": hex(&Sha256::digest(format!("{}\0{line}", comparison.after))),
            "severity": "info",
            "location": {"path": comparison.after, "lines": {"begin": 1}},
        })
    });
    issues.collect()
}
