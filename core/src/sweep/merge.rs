use std::collections::BTreeSet;

use super::{Claim, Depth, Entry, Fingerprint, Known, Observation, RunId, Seen, State};
use crate::distribution::DistributionId;
use crate::rule::Severity;
use crate::timestamp::Timestamp;

/// One writing of the state by one sweep.
#[derive(Debug, Clone)]
pub struct Pass {
    /// The sweep.
    pub run: RunId,
    /// When it writes.
    pub now: Timestamp,
    /// Until when what it claims is its own to report: after that its invocation has ended for certain.
    pub until: Timestamp,
}

impl State {
    /// Takes in what was found in a distribution. What could not be checked stays as it was, and what
    /// was read before a sweep that is in the state already says nothing.
    pub fn take_in(&mut self, pass: &Pass, observation: &Observation) {
        let id = observation.distribution.clone();
        let known = self.distributions.entry(id).or_default();
        if known.is_later(observation) {
            return;
        }
        known.name.clone_from(&observation.name);
        if observation.report.is_some() {
            known.report.clone_from(&observation.report);
        }
        known.find(observation);
        known.miss(observation);
        known.checked = known.checked.max(Some(observation.at));
        if observation.depth == Depth::Full {
            known.checked_in_full = Some(observation.at);
        }
        known.claim(pass);
    }

    /// Whether something is broken in a distribution that was not before, or is no longer; also where
    /// something is, and there is no report on it.
    #[must_use]
    pub fn differs(&self, observation: &Observation) -> bool {
        let known = self.distributions.get(&observation.distribution);
        let mut now = known.cloned().unwrap_or_default();
        let before = now.broken();
        now.find(observation);
        now.miss(observation);
        let broken = now.broken();
        before != broken || (now.report.is_none() && !broken.is_empty())
    }

    /// Takes in that these are all distributions of the account that this state is about: of any other
    /// everything is gone. `at` is when the listing of them began.
    pub fn keep_only(&mut self, pass: &Pass, listed: &BTreeSet<DistributionId>, at: Timestamp) {
        for (id, known) in &mut self.distributions {
            // Another sweep has seen it since: it was created after the listing.
            if listed.contains(id) || known.checked > Some(at) {
                continue;
            }
            for entry in known.findings.values_mut() {
                entry.present = false;
            }
            known.claim(pass);
        }
        self.distributions.retain(|id, known| {
            listed.contains(id) || known.checked > Some(at) || known.is_needed()
        });
    }
}

impl Known {
    /// Whether a sweep that asked as much has checked it later.
    fn is_later(&self, observation: &Observation) -> bool {
        let checked = match observation.depth {
            Depth::Existence => self.checked,
            Depth::Full => self.checked_in_full,
        };
        checked > Some(observation.at)
    }

    fn find(&mut self, observation: &Observation) {
        for (fingerprint, seen) in &observation.findings {
            let entry = self
                .findings
                .entry(fingerprint.clone())
                .or_insert_with(|| Entry::first(seen, observation));
            // One that a later and lesser sweep can check, and did.
            if entry.depth < observation.depth && self.checked > Some(observation.at) {
                continue;
            }
            if !entry.present {
                entry.first_seen = observation.at;
            }
            entry.present = true;
            entry.last_seen = observation.at;
            entry.depth = entry.depth.min(observation.depth);
            entry.seen = seen.clone();
            // Less bad than readers know is no news, and must not hide that it gets worse again.
            entry.reported = entry.reported.map(|known| known.max(seen.severity));
        }
    }

    fn miss(&mut self, observation: &Observation) {
        for (fingerprint, entry) in &mut self.findings {
            let is_found = observation.findings.contains_key(fingerprint);
            // A rule that needs more than was asked may have said nothing, or half of it.
            let is_asked = observation.depth >= entry.depth;
            let is_known = entry.depth < observation.depth && self.checked > Some(observation.at);
            if !is_found && is_asked && !is_known && !observation.doubts.cover(entry) {
                entry.present = false;
            }
        }
    }

    /// Claims what is news and another sweep is not about to report.
    fn claim(&mut self, pass: &Pass) {
        for entry in self.findings.values_mut() {
            let is_free = entry
                .claim
                .as_ref()
                .is_none_or(|claim| claim.run == pass.run || claim.until < pass.now);
            if is_free {
                entry.claim = entry.is_news().then(|| Claim {
                    run: pass.run.clone(),
                    until: pass.until,
                });
            }
        }
        self.findings.retain(|_, entry| !entry.is_over());
    }

    /// What is there, and how bad it is.
    fn broken(&self) -> BTreeSet<(Fingerprint, Severity)> {
        let present = self.findings.iter().filter(|(_, entry)| entry.present);
        present
            .map(|(fingerprint, entry)| (fingerprint.clone(), entry.seen.severity))
            .collect()
    }

    fn is_needed(&self) -> bool {
        !self.findings.is_empty()
    }
}

impl Entry {
    fn first(seen: &Seen, observation: &Observation) -> Self {
        Self {
            seen: seen.clone(),
            depth: observation.depth,
            first_seen: observation.at,
            last_seen: observation.at,
            present: true,
            reported: None,
            claim: None,
        }
    }
}
