//! GitLab's code quality report, a subset of Code Climate's format
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use std::collections::HashMap;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::text::unknown_sentence;
use crate::digest::hex;
use crate::report::v1::{Finding, Location, Report, Severity, Unknown};

/// An issue for each finding that is not waived, and for each fact that the verdict hangs on and that
/// is not known.
pub(crate) fn gitlab(reports: &[Report]) -> Value {
    let mut fingerprints = Fingerprints::default();
    let mut issues = Vec::new();
    for report in reports {
        let findings = report.findings.iter().filter(|it| it.waived.is_none());
        issues.extend(findings.map(|finding| of_finding(finding, &mut fingerprints)));
        let unknowns = report.unknowns.iter().filter(|unknown| unknown.blocks);
        issues.extend(unknowns.map(|unknown| of_unknown(report, unknown, &mut fingerprints)));
    }
    issues.into()
}

fn of_finding(finding: &Finding, fingerprints: &mut Fingerprints) -> Value {
    let severity = match finding.severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Info | Severity::Other => "info",
    };
    let parts = [&finding.location.document, &finding.fingerprint];
    json!({
        "description": format!("{}. To fix: {}", finding.message, finding.remediation),
        "check_name": finding.rule,
        "fingerprint": fingerprints.next(&parts.map(String::as_str)),
        "severity": severity,
        "location": place(&finding.location),
    })
}

fn of_unknown(report: &Report, unknown: &Unknown, fingerprints: &mut Fingerprints) -> Value {
    let document = &report.candidate.document;
    let parts = [document, &unknown.fact, &unknown.subject];
    json!({
        "description": unknown_sentence(unknown),
        "check_name": "unknown",
        "fingerprint": fingerprints.next(&parts.map(String::as_str)),
        "severity": "major",
        "location": {"path": path(document), "lines": {"begin": 1}},
    })
}

fn place(location: &Location) -> Value {
    let line = location.line.unwrap_or(1).max(1);
    json!({"path": path(&location.document), "lines": {"begin": line}})
}

/// GitLab wants a path relative to the repository, without `./`.
fn path(document: &str) -> &str {
    document.strip_prefix("./").unwrap_or(document)
}

/// GitLab shows one of several issues with the same fingerprint, so the same one of two documents, or
/// of two reports, is another here.
#[derive(Debug, Default)]
struct Fingerprints(HashMap<String, usize>);

impl Fingerprints {
    fn next(&mut self, parts: &[&str]) -> String {
        let text = parts.join("\0");
        let before = self.0.entry(text.clone()).or_default();
        *before += 1;
        hex(&Sha256::digest(format!("{text}\0{before}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_issues_share_a_fingerprint_and_the_next_run_has_the_same() {
        let run = || {
            let mut fingerprints = Fingerprints::default();
            [["a", "1"], ["a", "1"], ["b", "1"]].map(|parts| fingerprints.next(&parts))
        };
        let [first, second, third] = run();
        assert!(first != second && first != third && second != third);
        assert_eq!(run(), [first, second, third]);
    }
}
