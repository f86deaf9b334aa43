use serde::Serialize;

use super::cut::cut;
use super::job;
use super::stored::Stored;
use crate::report::v1::Report;

/// EventBridge's limit of an entry, source and detail type included
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html>). It has become
/// 1 MB, but not everywhere, and the queues and functions behind a bus have limits of their own.
const ENTRY: usize = 256 * 1024;
/// Our own: far more than source, detail type and the event's own keys take.
const ENVELOPE: usize = 4 * 1024;
/// Our own: what it takes to say what was left out.
const NOTE: usize = 4 * 1024;
/// Our own: a sentence of a report that is shortened, in characters.
const SENTENCE: usize = 2_000;

/// A report as the detail of an event, in JSON: the whole, or as much of it as a bus takes, which then
/// says how much was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDetail(String);

impl EventDetail {
    /// Of a report; `stored` is where the whole lies, or why it is nowhere.
    #[must_use]
    pub fn of(report: &Report, stored: &Result<Stored, String>) -> Self {
        let whole = json(report);
        if whole.len() + ENVELOPE <= ENTRY {
            return Self(whole);
        }
        Self(json(&shortened(report, stored)))
    }

    /// The JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a rule on the bus matches goes last: the verdict and the story stay, and the first findings.
fn shortened(report: &Report, stored: &Result<Stored, String>) -> Report {
    let mut report = report.clone();
    let sentences = [
        Some(&mut report.summary),
        Some(&mut report.next_step),
        Some(&mut report.distribution.name),
        Some(&mut report.candidate.document),
        report.explanation.as_mut(),
        report
            .trigger
            .as_mut()
            .and_then(|trigger| trigger.error_message.as_mut()),
    ];
    for sentence in sentences.into_iter().flatten() {
        *sentence = cut(sentence, SENTENCE);
    }
    let mut shears = Shears {
        // Bytes here, since EventBridge counts the entry in bytes of UTF-8.
        excess: (json(&report).len() + ENVELOPE + NOTE).saturating_sub(ENTRY),
        left_out: Vec::new(),
    };
    // From what the stored report says better to what a rule on the bus may match on.
    shears.cut(&mut report.rollout, "steps of the rollout");
    shears.cut(&mut report.changes, "changes");
    shears.cut(&mut report.edge, "answers of the edge");
    shears.cut(&mut report.behaviors, "behaviors");
    shears.cut(&mut report.origin_groups, "origin groups");
    shears.cut(&mut report.origins, "origins");
    shears.cut(&mut report.findings, "findings");
    shears.cut(&mut report.unknowns, "unknowns");
    shears.cut(&mut report.notes, "notes");
    report.notes.push(format!(
        "this is not the whole report, which is too long for an event: left out are {}, which are in {}",
        shears.left_out.join(", "),
        job::place(stored)
    ));
    report
}

/// Takes whole items off the ends of lists until the rest fits.
struct Shears {
    /// So many bytes are still too many.
    excess: usize,
    left_out: Vec<String>,
}

impl Shears {
    fn cut<T: Serialize>(&mut self, items: &mut Vec<T>, name: &str) {
        let all = items.len();
        while self.excess > 0
            && let Some(item) = items.pop()
        {
            // And the comma.
            self.excess = self.excess.saturating_sub(json(&item).len() + 1);
        }
        let left = all - items.len();
        if left > 0 {
            self.left_out.push(format!("{left} of {all} {name}"));
        }
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
