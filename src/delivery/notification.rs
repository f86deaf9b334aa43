use std::fmt::Write as _;

use super::cut::{cut, cut_blocks};
use super::job;
use super::stored::Stored;
use crate::distribution::DistributionId;
use crate::plain::plain;
use crate::refusal::Explanation;
use crate::report::v1::{Report, Severity, Trigger, Verdict};
use crate::report::{finding_block, rules_line, text, trigger_lines};

/// SNS's limits (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>): a subject has
/// fewer than 100 characters; a message 256 KiB, which this many characters never exceed.
const SUBJECT: usize = 99;
pub(super) const MESSAGE: usize = 60_000;
/// Our own: one of the first lines of a message that is cut.
pub(super) const SENTENCE: usize = 2_000;

/// What an SNS topic gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// One line of ASCII, under 100 characters.
    pub subject: String,
    /// Readable text.
    pub message: String,
    /// The same whenever this is sent again: CloudTrail's event ID, and what is reported of it.
    pub deduplication_id: String,
}

/// A distribution that a call on what it uses hurts.
#[derive(Debug, Clone, Copy)]
pub struct Hurt<'a> {
    /// What no longer works, as a clause.
    pub what: &'a str,
    /// The report on what is live of it.
    pub report: &'a Report,
    /// Where that is stored, or why nowhere.
    pub place: &'a Result<Stored, String>,
}

impl Notification {
    /// Of a change that there is no verdict on; `why` is a sentence without its full stop.
    #[must_use]
    pub fn unjudged(
        trigger: &Trigger,
        distribution: Option<&DistributionId>,
        why: &str,
        explanation: Option<&Explanation>,
    ) -> Self {
        let event = trigger.event.as_ref();
        let call = event.map_or("a change", |event| event.name.as_str());
        let subject = match (&trigger.error_code, distribution) {
            (Some(code), Some(id)) => format!("{id}: {call} refused with {code}"),
            (Some(code), None) => format!("{call} refused with {code}"),
            (None, Some(id)) => format!("{id} could not be judged"),
            (None, None) => format!("{call} could not be judged"),
        };
        let mut message = trigger_lines(trigger);
        let _ = writeln!(message, "{}.", cut(why, SENTENCE));
        if let Some(explanation) = explanation {
            let _ = writeln!(message, "{}", explanation.next_step);
        } else {
            let _ = writeln!(
                message,
                "Run `origin-guard check --distribution {}` on the distribution that was changed",
                distribution.map_or("ID", DistributionId::as_str)
            );
        }
        if let Some(event) = event {
            let _ = writeln!(message, "CloudTrail event: {}", event.id);
        }
        Self {
            subject: subject_line(&format!("Origin Guard: {subject}")),
            message: cut(&message, MESSAGE),
            deduplication_id: deduplication_id(Some(trigger), "unjudged"),
        }
    }

    /// Of a call on what distributions use: who did `what`, and the distributions that it hurts; `note` is on
    /// how these were found.
    #[must_use]
    pub fn of_resource(
        what: &str,
        trigger: &Trigger,
        hurt: &[Hurt<'_>],
        note: Option<&str>,
    ) -> Self {
        let mut consequences: Vec<&str> = hurt.iter().map(|it| it.what).collect();
        if consequences.is_empty() {
            consequences.push("which distributions that breaks could not be checked");
        }
        let sentence = format!("{what}: {}", consequences.join("; "));
        // It names the caller as CloudTrail recorded them.
        let sentence = plain(&sentence);
        let mut opening = format!("{}.\n", cut(&sentence, SENTENCE));
        opening += &trigger_lines(trigger);
        if let Some(note) = note {
            let _ = writeln!(opening, "Note: {}.", cut(note, SENTENCE));
        }
        let blocks: Vec<String> = hurt
            .iter()
            .map(|it| format!("{}\n{}\n", text(it.report), job::report_lines(it.place)))
            .collect();
        let event = trigger.event.as_ref();
        let rest = event.map_or_else(String::new, |event| {
            format!("CloudTrail event {}", event.id)
        });
        Self {
            subject: subject_line(&format!("Origin Guard: {sentence}")),
            message: cut_blocks(&opening, &blocks, MESSAGE, &rest),
            deduplication_id: deduplication_id(Some(trigger), "judged"),
        }
    }

    /// Of a change that had happened, or was refused, when it was judged.
    #[must_use]
    pub fn of(report: &Report, stored: &Result<Stored, String>) -> Self {
        let name = &report.distribution.name;
        let trigger = report.trigger.as_ref();
        // A refusal comes first in the subject, whatever the rules say: it is what happened.
        let refused = trigger.and_then(|trigger| trigger.error_code.as_deref());
        let subject = match (refused, report.verdict) {
            (Some(code), _) => format!("Origin Guard: {name}: update refused with {code}"),
            (None, Verdict::Block) => {
                format!("Origin Guard: {name} is broken: {}", first_rules(report))
            }
            (None, Verdict::Pass) => format!("Origin Guard: {name} passes"),
            (None, _) => format!("Origin Guard: {name} could not be judged"),
        };
        Self {
            subject: subject_line(&subject),
            message: message(report, stored),
            deduplication_id: deduplication_id(trigger, "judged"),
        }
    }
}

/// Of the event, and not of the message: what a retry finds may differ, and is still the same report.
fn deduplication_id(trigger: Option<&Trigger>, what: &str) -> String {
    let event = trigger.and_then(|trigger| trigger.event.as_ref());
    let event = event.map_or("", |event| event.id.as_str());
    format!("{event}/{what}")
}

/// The whole report, or, where it is too long, its story and as many findings as fit.
fn message(report: &Report, stored: &Result<Stored, String>) -> String {
    let place = job::report_lines(stored);
    let whole = format!("{}\n{place}\n", text(report));
    if whole.chars().count() <= MESSAGE {
        return whole;
    }
    let trigger = report.trigger.as_ref().map(trigger_lines);
    let opening = format!(
        "{}\n{}{}\n{place}\n{}",
        cut(&report.summary, SENTENCE),
        cut(&trigger.unwrap_or_default(), SENTENCE),
        cut(&report.next_step, SENTENCE),
        rules_line(&report.findings).unwrap_or_default(),
    );
    let blocks: Vec<String> = report.findings.iter().map(finding_block).collect();
    cut_blocks(&opening, &blocks, MESSAGE, &job::place(stored))
}

fn first_rules(report: &Report) -> String {
    let mut rules: Vec<&str> = Vec::new();
    for finding in report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error && finding.waived.is_none())
    {
        if !rules.contains(&finding.rule.as_str()) {
            rules.push(&finding.rule);
        }
    }
    rules.join(", ")
}

/// One line of ASCII, which is all that SNS takes; what was cut off shows as three dots.
pub(super) fn subject_line(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() || c == ' ' {
                c
            } else {
                '?'
            }
        })
        .collect();
    if line.len() <= SUBJECT {
        return line;
    }
    // ASCII by now, so a byte is a character and the cut cannot be inside one.
    format!("{}...", &line[..SUBJECT - 3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_short_line_of_ascii() {
        let line = subject_line(&format!("a\nü{}", "x".repeat(200)));
        assert_eq!(line.len(), 99);
        assert!(line.starts_with("a??x") && line.ends_with("x..."), "{line}");
    }
}
