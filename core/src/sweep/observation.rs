use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Depth, Entry, Fingerprint};
use crate::distribution::{Distribution, DistributionId, Place};
use crate::facts::UnknownCause;
use crate::finding::{Finding, NeededBy, NeededUnknown, fingerprints};
use crate::plain::plain;
use crate::rule::Severity;
use crate::timestamp::Timestamp;
use crate::verdict::Decision;

/// What a sweep found in one distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// Which.
    pub distribution: DistributionId,
    /// As its readers know it.
    pub name: String,
    /// When its config was read.
    pub at: Timestamp,
    /// What was asked.
    pub depth: Depth,
    /// What is broken; what a waiver accepts is not.
    pub findings: BTreeMap<Fingerprint, Seen>,
    /// What could not be checked.
    pub doubts: Doubts,
    /// The key of a report on it that is written, without an extension.
    pub report: Option<String>,
}

/// What is kept of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// The rule's name.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to change.
    pub remediation: String,
    /// The origin or origin group that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

/// What could not be checked of a distribution: a finding that was there before may be there still.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doubts {
    /// By rule, where it could not decide.
    rules: BTreeMap<String, Where>,
    /// Origins and groups of which something could not be found out, whatever the rule: one of several
    /// rules reports that a fact is unknown, and the others pass over it.
    origins: BTreeSet<String>,
}

/// Where a rule could not decide.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Where {
    Everywhere,
    /// At these origins and groups.
    At(BTreeSet<String>),
}

impl Observation {
    /// What was decided of a distribution, `name` as its readers know it.
    #[must_use]
    pub fn of(
        distribution: &Distribution,
        id: &DistributionId,
        name: &str,
        decision: &Decision,
        depth: Depth,
        at: Timestamp,
    ) -> Self {
        let fingerprints = fingerprints(id.as_str(), &decision.findings);
        let findings = decision.findings.iter().zip(fingerprints);
        // Every text harmless, as in a report: a message may hold what the config has.
        let findings = findings
            .filter(|(finding, _)| finding.waived.is_none())
            .map(|(finding, fingerprint)| (fingerprint.into(), Seen::of(finding)));
        Self {
            distribution: id.clone(),
            name: name.to_owned(),
            at,
            depth,
            findings: findings.collect(),
            doubts: Doubts::of(distribution, &decision.unknowns),
            report: None,
        }
    }
}

impl Seen {
    fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.name.to_owned(),
            severity: finding.severity,
            message: plain(&finding.message).into_owned(),
            remediation: plain(&finding.remediation).into_owned(),
            origin: finding.origin.clone(),
        }
    }
}

impl Doubts {
    fn of(distribution: &Distribution, unknowns: &[NeededUnknown]) -> Self {
        let mut doubts = Self::default();
        for needed in unknowns {
            let named = |place: &Place| origin_at(distribution, place);
            let origins: Option<BTreeSet<String>> = needed.places.iter().map(named).collect();
            let origins = origins.filter(|origins| !origins.is_empty());
            // What was not asked for by choice is listed by each rule that would need it.
            let is_choice = matches!(
                needed.unknown.cause,
                UnknownCause::NotAskedFor | UnknownCause::BeyondDepth
            );
            if let Some(origins) = origins.as_ref().filter(|_| !is_choice) {
                doubts.origins.extend(origins.iter().cloned());
            }
            if let NeededBy::Rule(rule) = needed.needed_by {
                doubts.add(rule.name, origins);
            } else if !is_choice && origins.is_none() {
                // Of no rule and at no place: it may be about any.
                doubts.all(distribution);
            }
        }
        doubts.add_groups(distribution);
        doubts
    }

    /// That a rule could not decide, at these origins or anywhere.
    pub fn add(&mut self, rule: &str, origins: Option<BTreeSet<String>>) {
        let Some(origins) = origins else {
            self.rules.insert(rule.to_owned(), Where::Everywhere);
            return;
        };
        let nowhere = || Where::At(BTreeSet::new());
        let known = self.rules.entry(rule.to_owned()).or_insert_with(nowhere);
        if let Where::At(known) = known {
            known.extend(origins);
        }
    }

    fn all(&mut self, distribution: &Distribution) {
        let ids = distribution.origins.iter().map(|origin| &origin.id);
        self.origins.extend(ids.map(|id| id.spelling().to_owned()));
    }

    /// What is about a group may be about any of its members.
    fn add_groups(&mut self, distribution: &Distribution) {
        for group in &distribution.origin_groups {
            let mut members = group.members.iter();
            if members.any(|member| self.origins.contains(member.spelling())) {
                self.origins.insert(group.id.spelling().to_owned());
            }
        }
    }

    /// Whether a finding that was not found may be there still.
    pub(super) fn cover(&self, entry: &Entry) -> bool {
        let origin = entry.seen.origin.as_ref();
        let of_origin = origin.is_some_and(|id| self.origins.contains(id));
        let of_rule = match self.rules.get(&entry.seen.rule) {
            Some(Where::Everywhere) => true,
            Some(Where::At(origins)) => origin.is_none_or(|id| origins.contains(id)),
            None => false,
        };
        of_origin || of_rule
    }
}

/// The ID of the origin or group that a place is in; `None` where it is in neither.
fn origin_at(distribution: &Distribution, place: &Place) -> Option<String> {
    let origins = distribution.origins.iter().map(|it| (&it.place, &it.id));
    let groups = distribution
        .origin_groups
        .iter()
        .map(|it| (&it.place, &it.id));
    let mut parts = origins.chain(groups);
    let (_, id) = parts.find(|(part, _)| place.is_within(part))?;
    Some(id.spelling().to_owned())
}
