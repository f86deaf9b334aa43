//! Annotations of GitHub Actions: workflow commands, one a line
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>).

use std::fmt::Write as _;

use super::text::unknown_sentence;
use crate::report::v1::{Finding, Location, Report, Severity, Unknown};

/// An annotation for each finding that is not waived, and for each fact that the verdict hangs on and
/// that is not known.
pub(crate) fn github(report: &Report) -> String {
    let mut text = String::new();
    // What is accepted by a waiver needs no annotation.
    for finding in report.findings.iter().filter(|it| it.waived.is_none()) {
        text.push_str(&of_finding(finding));
    }
    for unknown in report.unknowns.iter().filter(|unknown| unknown.blocks) {
        text.push_str(&of_unknown(report, unknown));
    }
    text
}

fn of_finding(finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Other => "notice",
    };
    let message = format!("{}. To fix: {}", finding.message, finding.remediation);
    let place = place(&finding.location);
    format!(
        "::{level} {place},title={}::{}\n",
        property(&finding.rule),
        data(&message)
    )
}

fn of_unknown(report: &Report, unknown: &Unknown) -> String {
    format!(
        "::warning file={},title=could not be checked::{}\n",
        property(&report.candidate.document),
        data(&unknown_sentence(unknown))
    )
}

fn place(location: &Location) -> String {
    let mut place = format!("file={}", property(&location.document));
    if let Some(line) = location.line {
        let _ = write!(place, ",line={line}");
    }
    if let Some(column) = location.column {
        let _ = write!(place, ",col={column}");
    }
    place
}

/// The text of a command, in which a line ends nowhere.
fn data(text: &str) -> String {
    // First, or the escapes that follow would be escaped.
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A value among others.
fn property(text: &str) -> String {
    // A comma would begin another property, and a colon end the command's head.
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_command_or_a_property_is_encoded() {
        assert_eq!(data("50% of a:\r\nb,c"), "50%25 of a:%0D%0Ab,c");
        assert_eq!(
            property("a:b,c\n::error::x"),
            "a%3Ab%2Cc%0A%3A%3Aerror%3A%3Ax"
        );
    }
}
