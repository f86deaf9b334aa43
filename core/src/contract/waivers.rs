use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Contract, Waiver};
use crate::finding::Finding;

/// The waiver that a finding is under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Waived {
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is.
    pub until: String,
}

/// What became of a waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverUse {
    /// The waiver.
    pub waiver: Waiver,
    /// What became of it.
    pub state: WaiverState,
}

/// What became of a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaiverState {
    /// It covers a finding.
    Used,
    /// It would cover a finding, and its day is over.
    Expired,
    /// No finding is under it.
    Unused,
}

impl WaiverState {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Unused => "unused",
        }
    }
}

impl fmt::Display for WaiverUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Waiver {
            rule,
            origin,
            path,
            reason,
            until,
        } = &self.waiver;
        write!(f, "the waiver of {rule}")?;
        if let Some(origin) = origin {
            write!(f, " for origin `{origin}`")?;
        }
        if let Some(path) = path {
            write!(f, " on `{path}`")?;
        }
        match self.state {
            WaiverState::Used => write!(f, " is used, until {until}: {reason}"),
            WaiverState::Expired => write!(f, " ended on {until}, so its findings count again"),
            WaiverState::Unused => write!(f, " covers nothing; take it out of the contract"),
        }
    }
}

impl Contract {
    /// Puts findings under the waivers that are for them, and tells what became of each. `today` is
    /// a day such as `2027-03-31`.
    pub fn waive(&self, findings: &mut [Finding], today: &str) -> Vec<WaiverUse> {
        let uses = self.waivers.iter().map(|waiver| {
            let is_over = waiver.until.as_str() < today;
            let mut state = WaiverState::Unused;
            for finding in findings.iter_mut().filter(|finding| waiver.is_for(finding)) {
                if is_over {
                    state = WaiverState::Expired;
                } else {
                    state = WaiverState::Used;
                    finding.waived.get_or_insert_with(|| Waived {
                        reason: waiver.reason.clone(),
                        until: waiver.until.clone(),
                    });
                }
            }
            WaiverUse {
                waiver: waiver.clone(),
                state,
            }
        });
        uses.collect()
    }
}

impl Waiver {
    fn is_for(&self, finding: &Finding) -> bool {
        let origin = self.origin.as_deref();
        let path = self.path.as_ref();
        self.rule == finding.rule.name
            && origin.is_none_or(|id| finding.origin.as_deref() == Some(id))
            && path.is_none_or(|pattern| finding.path_patterns.contains(pattern))
    }
}
