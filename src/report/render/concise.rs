//! One line for each finding and each fact that the verdict hangs on, as compilers print them.

use std::fmt::Write as _;

use super::text::{place, unknown_sentence};
use crate::report::v1::Report;

/// `document:line:column: severity[rule]: message`, and `document: unknown: …` where the verdict hangs
/// on a fact that is not known. What is waived is not listed.
pub(crate) fn concise(report: &Report) -> String {
    let mut text = String::new();
    for finding in report.findings.iter().filter(|it| it.waived.is_none()) {
        let _ = writeln!(
            text,
            "{}: {}[{}]: {}",
            place(&finding.location),
            finding.severity,
            finding.rule,
            finding.message
        );
    }
    for unknown in report.unknowns.iter().filter(|unknown| unknown.blocks) {
        let document = &report.candidate.document;
        let _ = writeln!(text, "{document}: unknown: {}", unknown_sentence(unknown));
    }
    text
}
