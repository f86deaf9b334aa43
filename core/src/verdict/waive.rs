use std::fmt;

use crate::contract::Waiver;
use crate::day::Day;
use crate::finding::{Finding, Waived};

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

/// Puts findings under the waivers that are for them, and says what became of each waiver. A waiver
/// holds to the end of its last day, in UTC.
pub fn waive(waivers: &[Waiver], findings: &mut [Finding], today: Day) -> Vec<WaiverUse> {
    let uses = waivers.iter().map(|waiver| {
        // An expired waiver is reported rather than ignored, so that a block that begins on a day
        // without a change can be explained.
        let is_over = waiver.until < today;
        let mut state = WaiverState::Unused;
        // Every one: a rule may find several defects of an origin, and the waiver names the origin.
        for finding in findings.iter_mut().filter(|it| is_for(waiver, it)) {
            if is_over {
                state = WaiverState::Expired;
            } else {
                state = WaiverState::Used;
                // Of two waivers for one finding the first counts, and both are used.
                finding.waived.get_or_insert_with(|| Waived {
                    reason: waiver.reason.clone(),
                    until: waiver.until,
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

fn is_for(waiver: &Waiver, finding: &Finding) -> bool {
    let origin = waiver.origin.as_deref();
    let path = waiver.path.as_ref();
    waiver.rule == finding.rule.name
        && origin.is_none_or(|id| finding.origin.as_deref() == Some(id))
        && path.is_none_or(|pattern| finding.path_patterns.contains(pattern))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Scene, custom_origin, text};
    use crate::rules::{Case, judge};
    use crate::verdict::{OnUnknown, Verdict, decide};

    fn waiver(rule: &str, until: &str) -> Waiver {
        Waiver {
            rule: rule.to_owned(),
            origin: None,
            path: None,
            reason: "agreed with the team".to_owned(),
            until: until.parse().unwrap(),
        }
    }

    /// What becomes of an error under waivers: the verdict, and what is said of each.
    fn under(waivers: &[Waiver]) -> (Verdict, Vec<String>) {
        let mut scene = Scene::s3("assets");
        scene.candidate.origins[0].domain_name = text("https://x.example.com");
        scene.candidate.origins[0].s3_endpoint = None;
        scene.candidate.origins[0].s3 = None;
        scene.candidate.origins[0].custom = custom_origin("main", "x").custom;
        let mut judgement = judge(&Case::new(&scene.candidate, &scene.facts, &scene.limits));
        let today = "2027-01-01".parse().unwrap();
        let uses = waive(waivers, &mut judgement.findings, today);
        let decision = decide(judgement, OnUnknown::Warn);
        (
            decision.verdict,
            uses.iter().map(ToString::to_string).collect(),
        )
    }

    #[test]
    fn a_waived_finding_does_not_block_until_the_end_of_its_last_day() {
        let rule = "malformed-origin-domain";
        assert_eq!(under(&[]).0, Verdict::Block);
        let (verdict, notes) = under(&[waiver(rule, "2027-01-01")]);
        assert_eq!(verdict, Verdict::Pass);
        assert!(
            notes[0].contains("is used, until 2027-01-01: agreed with the team"),
            "{notes:?}"
        );
        let (verdict, notes) = under(&[waiver(rule, "2026-12-31")]);
        assert_eq!(verdict, Verdict::Block);
        assert!(notes[0].contains("ended on 2026-12-31"), "{notes:?}");
    }

    #[test]
    fn a_waiver_is_for_its_rule_origin_and_path_only() {
        let rule = "malformed-origin-domain";
        for other in [
            waiver("missing-bucket", "2027-12-31"),
            Waiver {
                origin: Some("api".to_owned()),
                ..waiver(rule, "2027-12-31")
            },
            Waiver {
                path: Some("/api/*".to_owned()),
                ..waiver(rule, "2027-12-31")
            },
        ] {
            let (verdict, notes) = under(&[other]);
            assert_eq!(verdict, Verdict::Block);
            assert!(notes[0].contains("covers nothing"), "{notes:?}");
        }
        let exact = Waiver {
            origin: Some("main".to_owned()),
            path: Some("*".to_owned()),
            ..waiver(rule, "2027-12-31")
        };
        assert_eq!(under(&[exact]).0, Verdict::Pass);
    }
}
