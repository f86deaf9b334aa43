//! SARIF 2.1.0, for code scanning: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>.
//!
//! Written as JSON: the crates of SARIF's types generate some thousand lines from its schema, for
//! the thirty fields that are used here. A test holds the outcome against the schema itself.

use serde_json::{Value, json};

use super::text::unknown_sentence;
use crate::report::v1::{Finding, Location, Mode, Report, Severity, Unknown};
use crate::rule::RuleInfo;
use crate::rules;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// GitHub takes so many runs of one file and refuses a file that has more
/// (<https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit>).
const MOST_RUNS: usize = 20;

/// Reports as one SARIF log: a run each, or one of all where there are more than GitHub takes.
#[must_use]
pub(crate) fn sarif(reports: &[Report]) -> Value {
    let rules: Vec<&RuleInfo> = rules::all().collect();
    let runs: Vec<Value> = if reports.len() > MOST_RUNS {
        vec![run("origin-guard/", reports, &rules)]
    } else {
        let each = reports.iter().zip(categories(reports));
        each.map(|(report, category)| run(&category, std::slice::from_ref(report), &rules))
            .collect()
    };
    json!({"$schema": SCHEMA, "version": "2.1.0", "runs": runs})
}

/// A category of its own for each report: GitHub refuses two runs of one category in a file, and one
/// distribution's upload does not close another's alerts.
fn categories(reports: &[Report]) -> Vec<String> {
    let mut categories: Vec<String> = Vec::with_capacity(reports.len());
    for report in reports {
        let own = category(report);
        let mut category = own.clone();
        for number in 2.. {
            if !categories.contains(&category) {
                break;
            }
            category = format!("{own}{number}/");
        }
        categories.push(category);
    }
    categories
}

/// What stays the same from run to run of one distribution: its name, and where it is written.
fn category(report: &Report) -> String {
    let candidate = &report.candidate;
    // An audit's document is an event, another one each time.
    let document = Some(&candidate.document).filter(|_| report.mode != Mode::Audit);
    let mut parts = vec![&report.distribution.name];
    for part in document.into_iter().chain(&candidate.resource) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let parts = parts.into_iter().map(|part| format!("{part}/"));
    format!("origin-guard/{}", parts.collect::<String>())
}

/// Reports as one run of the tool.
fn run(category: &str, reports: &[Report], rules: &[&RuleInfo]) -> Value {
    let mut results = Vec::new();
    let mut notes = Vec::new();
    for report in reports {
        let findings = report.findings.iter();
        results.extend(findings.map(|each| result(report, each, rules)));
        let unknowns = report.unknowns.iter();
        notes.extend(unknowns.map(|each| notification(report, each)));
    }
    // A run that could not check what the verdict depends on did not do its work. GitHub answers
    // the upload of one that says so with "unsuccessful execution", and closes no alert by it
    // (https://github.com/github/codeql-action/pull/1393).
    let mut unknowns = reports.iter().flat_map(|report| &report.unknowns);
    let is_whole = !unknowns.any(|unknown| unknown.blocks);
    json!({
        "tool": {"driver": {
            "name": "Origin Guard",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules.iter().map(|rule| descriptor(rule, reports)).collect::<Vec<_>>(),
        }},
        "automationDetails": {"id": category},
        // Columns count characters here, as in every other form of the report.
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": is_whole, "toolExecutionNotifications": notes}],
        "results": results,
        "properties": properties(reports),
    })
}

fn properties(reports: &[Report]) -> Value {
    if let [report] = reports {
        return json!({"verdict": report.verdict, "nextStep": report.next_step});
    }
    let each = reports.iter().map(|report| {
        json!({
            "distribution": report.distribution.name,
            "verdict": report.verdict,
            "nextStep": report.next_step,
        })
    });
    json!({"distributions": each.collect::<Vec<_>>()})
}

fn notification(report: &Report, unknown: &Unknown) -> Value {
    let name = &report.distribution.name;
    let sentence = unknown_sentence(unknown);
    json!({
        "level": if unknown.blocks { "error" } else { "note" },
        "message": {"text": format!("{name}: {sentence}")},
    })
}

fn descriptor(rule: &RuleInfo, reports: &[Report]) -> Value {
    let page = rule.page();
    let section = |heading| page.section(heading).unwrap_or_default();
    let mut descriptor = json!({
        "id": rule.name,
        "shortDescription": {"text": rule.summary()},
        "fullDescription": {"text": lines(section("Why is this bad?"))},
        "help": {"text": lines(section("How to fix")), "markdown": page.markdown()},
        "defaultConfiguration": {"level": level(rule.severity.into())},
        "properties": {"tags": ["cloudfront", rule.phase.name()]},
    });
    // A report alone knows where the pages are, and of the rules that it names.
    let mut findings = reports.iter().flat_map(|report| &report.findings);
    if let Some(url) = findings
        .find(|finding| finding.rule == rule.name)
        .and_then(Finding::rule_url)
    {
        descriptor["helpUri"] = url.into();
    }
    descriptor
}

/// A doc comment's paragraph as one line.
fn lines(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn result(report: &Report, finding: &Finding, rules: &[&RuleInfo]) -> Value {
    let related: Vec<Value> = finding
        .related
        .iter()
        .enumerate()
        .map(|(id, related)| {
            let mut place = place(&related.location);
            place["id"] = id.into();
            place["message"] = json!({"text": related.note});
            place
        })
        .collect();
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": {"text": format!("{}. To fix: {}", finding.message, finding.remediation)},
        "locations": [place(&finding.location)],
        "relatedLocations": related,
        // GitHub recognizes an alert by it on the next upload; `v2` stands for the way in which it
        // is made.
        "partialFingerprints": {"originGuard/v2": finding.fingerprint},
        "properties": {
            "distribution": report.distribution.name,
            "evidence": finding.evidence,
            "pathPatterns": finding.path_patterns,
            "origin": finding.origin,
        },
    });
    // A report of a newer guard may name a rule that this program does not have.
    if let Some(index) = rules.iter().position(|rule| rule.name == finding.rule) {
        result["ruleIndex"] = index.into();
    }
    if finding.waived.is_some() {
        // Waived findings stay in the file, as in every other form: a suppression hides them in
        // code scanning, and they come back when the waiver ends.
        result["suppressions"] = json!([{"kind": "external", "status": "accepted"}]);
    }
    result
}

fn place(location: &Location) -> Value {
    let mut physical = json!({"artifactLocation": {"uri": uri(&location.document)}});
    // A region must begin at a line: where there is none, GitHub wants the file's first.
    physical["region"] = json!({"startLine": location.line.unwrap_or(1).max(1)});
    if let (Some(_), Some(column)) = (location.line, location.column) {
        physical["region"]["startColumn"] = column.max(1).into();
    }
    json!({
        "physicalLocation": physical,
        "logicalLocations": [{"fullyQualifiedName": location.pointer, "kind": "member"}],
    })
}

/// A document's name as a relative reference (RFC 3986): everything but plain letters is encoded.
fn uri(document: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = String::with_capacity(document.len());
    for byte in document.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Other => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_a_relative_reference() {
        assert_eq!(uri("cdn/a b:ü.json"), "cdn/a%20b%3A%C3%BC.json");
    }
}
