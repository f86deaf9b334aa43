use std::fmt::Write as _;

use super::Notification;
use super::cut::{cut, cut_blocks};
use super::job;
use super::notification::{MESSAGE, SENTENCE, subject_line};
use super::stored::Stored;
use crate::report::digest_block;
use crate::report::v1::{Sweep, Verdict};

/// A sweep in one message says so many notes at most.
const NOTES: usize = 10;

impl Notification {
    /// Of a sweep: the counts, what is new, what is gone, and where all of it is.
    #[must_use]
    pub fn of_sweep(sweep: &Sweep, stored: &Result<Stored, String>) -> Self {
        let state = match sweep.verdict {
            _ if !sweep.complete => ", not complete",
            Verdict::Inconclusive => ", not all known",
            _ => "",
        };
        let all = sweep.distributions.len();
        let subject = format!(
            "Origin Guard: sweep of {all} distributions: {}{state}",
            sweep.counts()
        );
        let mut opening = format!("{}.\n", cut(&sweep.summary, SENTENCE));
        for note in sweep.notes.iter().take(NOTES) {
            let _ = writeln!(opening, "Note: {}.", cut(note, SENTENCE));
        }
        if let Some(more) = sweep.notes.len().checked_sub(NOTES + 1) {
            let _ = writeln!(opening, "Note: and {} more.", more + 1);
        }
        opening.push_str(&job::report_lines(stored));
        opening.push('\n');
        let blocks: Vec<String> = sweep.findings.iter().map(digest_block).collect();
        Self {
            subject: subject_line(&subject),
            message: cut_blocks(&opening, &blocks, MESSAGE, &job::place(stored)),
            deduplication_id: format!("{}/sweep", sweep.run),
        }
    }
}
