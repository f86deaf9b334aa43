use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Depth, Seen};
use crate::distribution::DistributionId;
use crate::ids;
use crate::rule::Severity;
use crate::timestamp::Timestamp;

ids! {
    /// What a finding is known by from one sweep to the next ([`crate::finding::fingerprints`]).
    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    Fingerprint
    /// A sweep, over all its invocations.
    #[derive(Default, Serialize, Deserialize)]
    #[serde(transparent)]
    RunId
}

/// What was found in the distributions of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// By distribution.
    pub distributions: BTreeMap<DistributionId, Known>,
}

/// What is known of a distribution.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Known {
    /// As its readers know it: an alias, or its own domain.
    pub name: String,
    /// The key of its last report, without an extension; absent where none was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// When it was last checked at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<Timestamp>,
    /// When it was last checked in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_in_full: Option<Timestamp>,
    /// What is, or was, broken.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub findings: BTreeMap<Fingerprint, Entry>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// What was seen last of it.
    #[serde(flatten)]
    pub seen: Seen,
    /// The least depth at which it was found: a sweep that asks less says nothing about it.
    pub depth: Depth,
    /// When it was first found.
    pub first_seen: Timestamp,
    /// When it was last found.
    pub last_seen: Timestamp,
    /// Whether the last sweep that could check it found it.
    pub present: bool,
    /// How much it weighs in what was last reported of it; absent where readers know of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<Severity>,
    /// The sweep that is going to report it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
}

/// That a sweep is going to report something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Which sweep.
    pub run: RunId,
    /// When that has ended for certain, so that another may take over.
    pub until: Timestamp,
}

impl Entry {
    /// Whether readers know of none, or of less than it is.
    #[must_use]
    pub fn is_new(&self) -> bool {
        // Severities order from the worst: a warning that has become an error is news.
        let known = |known| self.seen.severity < known;
        self.present && self.reported.is_none_or(known)
    }

    /// Whether readers know of it, and it is gone.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        !self.present && self.reported.is_some()
    }

    /// Whether readers know of it, and it is still there.
    #[must_use]
    pub fn stays(&self) -> bool {
        self.present && !self.is_new()
    }

    /// Whether readers know of it as it is, or of nothing that is not.
    #[must_use]
    pub fn is_news(&self) -> bool {
        self.is_new() || self.is_gone()
    }

    /// Whether nothing is left to remember: neither is it there, nor does a reader think so, nor is a
    /// sweep about to report it.
    pub(super) fn is_over(&self) -> bool {
        !self.present && self.reported.is_none() && self.claim.is_none()
    }
}
