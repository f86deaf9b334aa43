//! A sweep as plain text: the message to people, and what the terminal prints.

use std::fmt::Write as _;

use crate::report::v1::{FindingState, Sweep, SweepFinding, Verdict};

/// The whole.
#[must_use]
pub fn sweep_text(sweep: &Sweep) -> String {
    let mut text = format!("{}.\n", sweep.summary);
    for note in &sweep.notes {
        let _ = writeln!(text, "Note: {note}.");
    }
    for finding in &sweep.findings {
        text.push('\n');
        text.push_str(&digest_block(finding));
    }
    let mut open = sweep
        .distributions
        .iter()
        .filter(|row| row.verdict == Verdict::Inconclusive)
        .peekable();
    if open.peek().is_some() {
        text.push_str("\nCould not be checked in full:\n");
    }
    for row in open {
        let unknowns = row.unknowns;
        let _ = writeln!(text, "  {} ({}): {unknowns} unknown", row.name, row.id);
    }
    text
}

/// One finding.
#[must_use]
pub fn digest_block(finding: &SweepFinding) -> String {
    let SweepFinding {
        name,
        distribution,
        severity,
        rule,
        message,
        ..
    } = finding;
    let state = match finding.state {
        FindingState::New => "new ",
        FindingState::Gone => "gone ",
        FindingState::Found => "",
    };
    let mut text = format!("{state}{severity}[{rule}] {name} ({distribution})\n  {message}\n");
    // What is gone needs nothing.
    if finding.state != FindingState::Gone && !finding.remediation.is_empty() {
        let _ = writeln!(text, "  To fix: {}", finding.remediation);
    }
    text
}
