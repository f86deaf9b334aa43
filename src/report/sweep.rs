//! Freezes what a sweep came to.

use std::cmp::Reverse;
use std::fmt::Write as _;

use super::v1::{
    Cost, FindingState, SCHEMA_VERSION, Sweep, SweepFinding, SweptDistribution, Verdict,
};
use crate::cost;
use crate::distribution::AccountId;
use crate::sweep::{Depth, Item, News, RunId};
use crate::timestamp::Timestamp;

/// A sweep at its end.
pub(crate) struct Ended<'a> {
    pub run: RunId,
    pub depth: Depth,
    pub account: Option<AccountId>,
    pub began: Timestamp,
    /// When it ended.
    pub at: Timestamp,
    /// Whether every distribution was reached.
    pub is_complete: bool,
    /// Whether it was compared with what earlier sweeps found.
    pub is_compared: bool,
    pub notes: Vec<String>,
    pub news: &'a News,
    pub distributions: Vec<SweptDistribution>,
    pub cost: cost::Cost,
}

/// Freezes it; its texts are from reports, and harmless.
pub(crate) fn freeze(ended: Ended<'_>) -> Sweep {
    let new = if ended.is_compared {
        FindingState::New
    } else {
        FindingState::Found
    };
    let findings = ended.news.new.iter().map(|item| finding(item, new));
    let gone = ended.news.gone.iter();
    let mut distributions = ended.distributions;
    distributions.sort_by(|one, other| key(one).cmp(&key(other)));
    let mut sweep = Sweep {
        schema_version: SCHEMA_VERSION.to_owned(),
        mode: "sweep".to_owned(),
        run: ended.run.to_string(),
        depth: ended.depth.name().to_owned(),
        account: ended.account.map(String::from),
        began: ended.began.to_string(),
        ended: ended.at.to_string(),
        verdict: verdict(&distributions, ended.is_complete),
        summary: String::new(),
        complete: ended.is_complete,
        compared: ended.is_compared,
        notes: ended.notes,
        findings: findings
            .chain(gone.map(|item| finding(item, FindingState::Gone)))
            .collect(),
        stays: ended.news.stays,
        distributions,
        cost: Cost::from(&ended.cost),
    };
    sweep.summary = summary(&sweep);
    sweep
}

fn finding(item: &Item, state: FindingState) -> SweepFinding {
    SweepFinding {
        state,
        distribution: item.distribution.to_string(),
        name: item.name.clone(),
        rule: item.seen.rule.clone(),
        severity: item.seen.severity.into(),
        message: item.seen.message.clone(),
        remediation: item.seen.remediation.clone(),
        fingerprint: item.fingerprint.to_string(),
    }
}

/// The worst first; those that are as bad by name.
fn key(row: &SweptDistribution) -> impl Ord + '_ {
    (
        Reverse((rank(row.verdict), row.errors, row.warnings, row.unknowns)),
        &row.name,
        &row.id,
    )
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Inconclusive | Verdict::Other => 1,
        Verdict::Block => 2,
    }
}

/// The worst. What was not reached is not known.
fn verdict(rows: &[SweptDistribution], is_complete: bool) -> Verdict {
    let worst = rows
        .iter()
        .map(|row| row.verdict)
        .max_by_key(|it| rank(*it));
    match worst.unwrap_or(Verdict::Pass) {
        Verdict::Pass if !is_complete => Verdict::Inconclusive,
        worst => worst,
    }
}

impl Sweep {
    /// How many distributions have a verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        let rows = self.distributions.iter();
        rows.filter(|row| row.verdict == verdict).count()
    }

    /// Its findings in a state, the worst first.
    pub fn findings_in(&self, state: FindingState) -> impl Iterator<Item = &SweepFinding> {
        self.findings.iter().filter(move |it| it.state == state)
    }

    /// `2 new, 1 gone, 5 stay`, or `7 findings` where nothing was compared.
    #[must_use]
    pub fn counts(&self) -> String {
        let count = |state| self.findings_in(state).count();
        if !self.compared {
            return plural(count(FindingState::Found), "finding");
        }
        format!(
            "{} new, {} gone, {} stay",
            count(FindingState::New),
            count(FindingState::Gone),
            self.stays
        )
    }
}

fn summary(sweep: &Sweep) -> String {
    let broken = sweep.count(Verdict::Block);
    let open = sweep.count(Verdict::Inconclusive);
    let all = plural(sweep.distributions.len(), "distribution");
    let mut text = format!(
        "{} in {all} at depth `{}`: {broken} broken",
        sweep.counts(),
        sweep.depth
    );
    if open > 0 {
        let _ = write!(text, ", {open} could not be checked in full");
    }
    if !sweep.complete {
        text.push_str("; not every distribution was reached");
    }
    text
}

pub(crate) fn plural(number: usize, word: &str) -> String {
    match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    }
}
