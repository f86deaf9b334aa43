//! The rules, in two phases: the origin map first, then the behaviors that need it. After a deployment a third
//! one judges what the edge answers.
//!
//! Functions of what is given, nothing else: no I/O, no clock, no panic. One rule is one file; its
//! doc comment is the page that users read.
//!
//! There is no `removed-origin-in-use`: an update is atomic, so an origin may go together with the
//! behaviors that needed it. Where one is left, `unknown-target-origin` or `unknown-group-member`
//! says that this very change removes what it names.

#[macro_use]
mod define;
pub mod behaviors;
mod case;
pub mod edge;
#[cfg(test)]
mod examples;
mod limits;
pub mod origin_map;
mod pages;
mod selection;
mod shared;
#[cfg(test)]
pub(crate) mod testing;

pub use crate::distribution::{OriginMap, Resolution, Target};
pub use case::{Case, KnownHost, KnownOrigin};
pub use define::{Check, Rule};
pub use limits::{Limits, Quota};
pub use pages::{pages, table};
pub use selection::Selection;
pub(crate) use shared::reads::reads;
pub use shared::reads::{Allowed, Reads};

use crate::distribution::Unread;
use crate::facts::{ProbeFailure, Requirement, Unknown};
use crate::finding::{Finding, Findings, NeededBy, NeededUnknown};
use crate::outcome::EdgeResult;
use crate::rule::RuleInfo;

/// What the phases say.
#[derive(Debug, Default)]
pub struct Judgement {
    /// Every finding, the origin map's first, each phase's in the order of rules and document.
    pub findings: Vec<Finding>,
    /// Every fact that a rule needed and that is unknown.
    pub unknowns: Vec<NeededUnknown>,
    /// What asking the edge came to, where it was to be asked.
    pub edge: Option<Vec<EdgeResult>>,
}

impl Judgement {
    /// Adds the third phase, of what asking the edge came to once the config was deployed.
    pub fn add_edge(&mut self, case: &Case<'_>, results: Vec<EdgeResult>) {
        self.add(edge::judge(case, &results));
        self.edge = Some(results);
    }

    fn add(&mut self, said: Findings) {
        self.findings.extend(said.findings);
        self.unknowns.extend(said.unknowns);
    }
}

/// Judges a candidate: both phases run to their end.
#[must_use]
pub fn judge(case: &Case<'_>) -> Judgement {
    let (map, first) = origin_map::judge(case);
    let second = behaviors::judge(case, map);
    let mut judgement = Judgement::default();
    judgement.add(first);
    judgement.add(second);
    let undecided = case.candidate.undecided.iter().map(|open| NeededUnknown {
        needed_by: NeededBy::Candidate,
        unknown: Unknown::not_decided("part of the config", open.expression.spelling()),
        places: vec![open.place.clone()],
    });
    judgement.unknowns.extend(undecided);
    let unread = case.candidate.unread.iter().map(|unread| NeededUnknown {
        needed_by: NeededBy::Document,
        unknown: not_read(unread),
        places: Vec::new(),
    });
    judgement.unknowns.extend(unread);
    judgement
}

fn not_read(unread: &Unread) -> Unknown {
    let (why, needs) = (unread.why.clone(), unread.needs.clone());
    if unread.weighs {
        let why = ProbeFailure::NotRead { why, needs };
        Unknown::probe_failed("document", &unread.subject, why)
    } else {
        Unknown::without(
            "document",
            &unread.subject,
            why,
            Requirement::Document(needs),
        )
    }
}

/// The rules whose errors prove that an origin denies requests: for every object that it serves, and for
/// objects that are encrypted.
pub(crate) fn denying() -> [&'static [&'static Rule]; 2] {
    use origin_map::{ungranted_access_point, ungranted_bucket_access, ungranted_kms_access};
    static OBJECTS: [&Rule; 2] = [
        &ungranted_bucket_access::RULE,
        &ungranted_access_point::RULE,
    ];
    static KEYS: [&Rule; 1] = [&ungranted_kms_access::RULE];
    [&OBJECTS, &KEYS]
}

/// Every rule, phase by phase, in the order in which they run.
pub fn all() -> impl Iterator<Item = &'static RuleInfo> {
    let rules = origin_map::RULES.iter().chain(behaviors::RULES);
    rules.chain(edge::RULES).map(|rule| &rule.info)
}

/// The name of every rule, in the same order.
#[must_use]
pub fn names() -> Vec<&'static str> {
    all().map(|rule| rule.name).collect()
}

/// The rule of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static RuleInfo> {
    all().find(|rule| rule.name == name)
}

/// The name of the rule that comes nearest to a misspelt one.
#[must_use]
pub fn nearest_name(name: &str) -> Option<&'static str> {
    crate::nearest::nearest(name, all().map(|rule| rule.name))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::PathBuf;

    use super::*;
    use crate::rule::{Page, Phase};

    fn source(rule: &RuleInfo) -> String {
        let folder = rule.phase.name().replace('-', "_");
        let file = rule.name.replace('-', "_");
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("src/rules/{folder}/{file}.rs"));
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    #[test]
    fn names_are_unique_and_in_kebab_case() {
        let mut seen = HashSet::new();
        for rule in all() {
            assert!(seen.insert(rule.name), "{}", rule.name);
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(rule.name.chars().all(fits), "{}", rule.name);
        }
    }

    #[test]
    fn every_page_has_every_section() {
        for rule in all() {
            for heading in Page::HEADINGS {
                let section = rule.page().section(heading).unwrap_or_default();
                assert!(section.len() > 20, "{}: {heading}", rule.name);
            }
            let references = rule.page().section("References").unwrap_or_default();
            assert!(
                references.contains("](https://docs.aws.amazon.com/"),
                "{}",
                rule.name
            );
            assert!(
                !rule.summary().is_empty() && !rule.summary().contains('\n'),
                "{}",
                rule.name
            );
        }
    }

    #[test]
    fn every_page_begins_with_a_sentence_that_says_what_is_wrong() {
        for rule in all() {
            let page = rule.page().markdown();
            let text = page.strip_prefix("## What it does\n");
            assert!(
                text.is_some(),
                "{}: a text above the first heading",
                rule.name
            );
            let summary = rule.summary();
            let verbs = [
                "Asks", "Checks", "Compares", "Finds", "Looks", "Notes", "Warns",
            ];
            let first = summary.split(' ').next().unwrap_or_default();
            assert!(!verbs.contains(&first), "{}: {summary}", rule.name);
        }
    }

    #[test]
    fn every_rule_is_in_the_file_of_its_name_with_cases_that_fail_and_pass() {
        for rule in all() {
            let source = source(rule);
            for case in ["fn fails_", "fn passes_"] {
                assert!(source.matches(case).count() >= 3, "{}: {case}", rule.name);
            }
        }
    }

    #[test]
    fn a_rules_folder_holds_rules_only() {
        for (phase, rules) in [
            (Phase::OriginMap, origin_map::RULES),
            (Phase::Behaviors, behaviors::RULES),
            (Phase::Edge, edge::RULES),
        ] {
            let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
                .join("src/rules")
                .join(phase.name().replace('-', "_"));
            let files = std::fs::read_dir(folder).unwrap();
            let mut files: Vec<_> = files
                .map(|it| it.unwrap().file_name().into_string().unwrap())
                .collect();
            files.sort();
            let mut names: Vec<_> = rules
                .iter()
                .map(|rule| format!("{}.rs", rule.info.name.replace('-', "_")))
                .collect();
            names.sort();
            assert_eq!(files, names);
        }
    }

    #[test]
    fn the_check_is_of_the_phase() {
        let rules = origin_map::RULES.iter().chain(behaviors::RULES);
        for rule in rules.chain(edge::RULES) {
            let phase = match rule.check {
                Check::OriginMap(_) => Phase::OriginMap,
                Check::Behaviors(_) => Phase::Behaviors,
                Check::Edge(_) => Phase::Edge,
            };
            assert_eq!(rule.info.phase, phase, "{}", rule.info.name);
        }
    }
}
