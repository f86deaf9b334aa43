use serde::{Deserialize, Serialize};

use super::{Cost, Severity, Verdict};

/// What a sweep came to: stored beside its overview, and printed by `origin-guard sweep --output json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sweep {
    /// `"1"`
    pub schema_version: String,
    /// `"sweep"`
    pub mode: String,
    /// The sweep, over all its invocations.
    pub run: String,
    /// `existence` or `full`.
    pub depth: String,
    /// The account, 12 digits, where that is known.
    pub account: Option<String>,
    /// When it began, RFC 3339.
    pub began: String,
    /// When it ended, RFC 3339.
    pub ended: String,
    /// The worst of the verdicts on all distributions.
    pub verdict: Verdict,
    /// The counts in one sentence.
    pub summary: String,
    /// Whether every distribution was reached.
    pub complete: bool,
    /// Whether it was compared with what earlier sweeps found; without that everything is `found`.
    pub compared: bool,
    /// What a reader must know beside the findings, in sentences.
    pub notes: Vec<String>,
    /// What is new or found, the worst first; then what is gone.
    pub findings: Vec<SweepFinding>,
    /// How many findings were reported before and are still there.
    pub stays: usize,
    /// Every distribution, the worst first.
    pub distributions: Vec<SweptDistribution>,
    /// What its last invocation cost.
    pub cost: Cost,
}

/// A finding, from one sweep to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SweepFinding {
    /// Whether it is new, gone or found.
    pub state: FindingState,
    /// The distribution's ID.
    pub distribution: String,
    /// As its readers know it: an alias, or its own domain.
    pub name: String,
    /// The rule's name.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, or was.
    pub message: String,
    /// What to change.
    pub remediation: String,
    /// As in the distribution's report.
    pub fingerprint: String,
}

/// How a finding stands to what was reported before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingState {
    /// It was not reported before, or as less.
    New,
    /// It was reported before.
    Gone,
    /// It is there; it is not known whether it was reported.
    Found,
}

impl FindingState {
    /// The word in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::Found => "found",
        }
    }
}

/// What a sweep says of one distribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SweptDistribution {
    /// Its ID.
    pub id: String,
    /// As its readers know it: an alias, or its own domain.
    pub name: String,
    /// The verdict on it.
    pub verdict: Verdict,
    /// How many errors there are, without what is waived.
    pub errors: usize,
    /// How many warnings.
    pub warnings: usize,
    /// How many facts could not be checked on which the verdict hangs.
    pub unknowns: usize,
    /// The first rules that are broken, the worst first.
    pub rules: Vec<String>,
    /// Its last report, `s3://bucket/key`; absent where none was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
}
