use std::cmp::Ordering;

use super::{Fingerprint, Known, Pass, RunId, Seen, State};
use crate::distribution::DistributionId;

/// What one sweep reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// What readers do not know of, the worst first.
    pub new: Vec<Item>,
    /// What they know of and is gone, the worst first.
    pub gone: Vec<Item>,
    /// How much they know of and is still there.
    pub stays: usize,
}

/// A finding of a distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The distribution.
    pub distribution: DistributionId,
    /// As its readers know it.
    pub name: String,
    /// What the finding is known by.
    pub fingerprint: Fingerprint,
    /// What is wrong, or was.
    pub seen: Seen,
}

impl State {
    /// What a sweep has claimed, and reports now; its claims hold until `pass.until`.
    #[must_use]
    pub fn news(&mut self, pass: &Pass) -> News {
        let mut news = News::default();
        for (id, known) in &mut self.distributions {
            let name = &known.name;
            for (fingerprint, entry) in &mut known.findings {
                if entry.stays() {
                    news.stays += 1;
                }
                let Some(claim) = entry.claim.as_mut().filter(|claim| claim.run == pass.run) else {
                    continue;
                };
                claim.until = pass.until;
                let item = || Item {
                    distribution: id.clone(),
                    name: name.clone(),
                    fingerprint: fingerprint.clone(),
                    seen: entry.seen.clone(),
                };
                if entry.is_new() {
                    news.new.push(item());
                } else if entry.is_gone() {
                    news.gone.push(item());
                }
            }
        }
        news.sort();
        news
    }

    /// Takes in that a sweep's news has reached its readers.
    pub fn confirm(&mut self, run: &RunId, sent: &News) {
        let new = sent.new.iter().map(|item| (item, Some(item.seen.severity)));
        let gone = sent.gone.iter().map(|item| (item, None));
        for (item, reported) in new.chain(gone) {
            let known = self.distributions.get_mut(&item.distribution);
            let entry = known.and_then(|it| it.findings.get_mut(&item.fingerprint));
            // Another sweep has taken over a claim that was not confirmed in time, and reports it.
            let Some(entry) = entry.filter(|it| it.claim.as_ref().is_some_and(|it| it.run == *run))
            else {
                continue;
            };
            // Not what is there by now: another sweep may have seen more since.
            entry.reported = reported;
            entry.claim = None;
        }
        self.distributions.values_mut().for_each(Known::forget);
    }

    /// Gives up what a sweep has claimed, so that the next one reports it.
    pub fn release(&mut self, run: &RunId) {
        let findings = self.distributions.values_mut();
        for entry in findings.flat_map(|known| known.findings.values_mut()) {
            entry.claim = entry.claim.take().filter(|claim| claim.run != *run);
        }
        self.distributions.values_mut().for_each(Known::forget);
    }
}

impl Known {
    fn forget(&mut self) {
        self.findings.retain(|_, entry| !entry.is_over());
    }
}

impl News {
    /// What several shards have to say.
    pub fn add(&mut self, other: Self) {
        self.new.extend(other.new);
        self.gone.extend(other.gone);
        self.stays += other.stays;
        self.sort();
    }

    /// Whether there is nothing that readers do not know.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.gone.is_empty()
    }

    fn sort(&mut self) {
        self.new.sort_by(by_weight);
        self.gone.sort_by(by_weight);
    }
}

/// The worst first, then by distribution and rule.
fn by_weight(one: &Item, other: &Item) -> Ordering {
    let key = |item: &Item| {
        (
            item.seen.severity,
            item.name.clone(),
            item.distribution.clone(),
            item.seen.rule.clone(),
            item.fingerprint.clone(),
        )
    };
    key(one).cmp(&key(other))
}
