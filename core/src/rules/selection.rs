//! Which rules judge.

use super::Judgement;
use crate::finding::NeededBy;

/// The rules that a run judges by: all of them, unless some are selected or ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    select: Vec<String>,
    ignore: Vec<String>,
}

impl Selection {
    /// Judges by the rules of these names alone, where there are any, and by none of the ignored ones.
    #[must_use]
    pub fn of(select: &[String], ignore: &[String]) -> Self {
        let sorted = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort();
            names.dedup();
            names
        };
        Self {
            select: sorted(select),
            ignore: sorted(ignore),
        }
    }

    /// Whether the rule of this name judges.
    #[must_use]
    pub fn takes(&self, rule: &str) -> bool {
        let is_in = |names: &[String]| names.iter().any(|name| name == rule);
        (self.select.is_empty() || is_in(&self.select)) && !is_in(&self.ignore)
    }

    /// Leaves out what the other rules found, and what they could not decide.
    pub fn apply(&self, judgement: &mut Judgement) {
        judgement
            .findings
            .retain(|finding| self.takes(finding.rule.name));
        judgement.unknowns.retain(|needed| match needed.needed_by {
            NeededBy::Rule(rule) => self.takes(rule.name),
            _ => true,
        });
    }

    /// What a reader of the verdict must know: which rules did not judge.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let named = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            names.join(", ")
        };
        match (self.select.as_slice(), self.ignore.as_slice()) {
            ([], []) => None,
            ([], ignore) => Some(format!("judged without {}, as asked for", named(ignore))),
            (select, []) => Some(format!("judged by {} alone, as asked for", named(select))),
            (select, ignore) => Some(format!(
                "judged by {} alone, and without {}, as asked for",
                named(select),
                named(ignore)
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;
    use crate::rules::{Case, judge};

    fn judged(selection: &Selection) -> (Vec<&'static str>, Vec<&'static str>) {
        let scene = Scene::s3("assets")
            .origin_access_control("EOAC", "s3", "always")
            .bucket_denied("assets")
            .behavior("/x", "nope");
        let mut judgement = judge(&Case::new(&scene.candidate, &scene.facts, &scene.limits));
        selection.apply(&mut judgement);
        let found = judgement.findings.iter().map(|it| it.rule.name).collect();
        let unsure = judgement
            .unknowns
            .iter()
            .filter_map(|it| match it.needed_by {
                NeededBy::Rule(rule) => Some(rule.name),
                _ => None,
            });
        (found, unsure.collect())
    }

    #[test]
    fn what_is_ignored_is_neither_found_nor_unknown() {
        let (found, unsure) = judged(&Selection::default());
        assert!(found.contains(&"unknown-target-origin"), "{found:?}");
        assert!(unsure.contains(&"missing-bucket"), "{unsure:?}");
        let ignore = ["unknown-target-origin", "missing-bucket"].map(str::to_owned);
        let (found, unsure) = judged(&Selection::of(&[], &ignore));
        assert!(!found.contains(&"unknown-target-origin"), "{found:?}");
        assert!(!unsure.contains(&"missing-bucket"), "{unsure:?}");
    }

    #[test]
    fn what_is_selected_judges_alone_and_is_said() {
        let selection = Selection::of(&["unknown-target-origin".to_owned()], &[]);
        let (found, unsure) = judged(&selection);
        assert_eq!(found, ["unknown-target-origin"]);
        assert_eq!(unsure, Vec::<&str>::new());
        let note = "judged by `unknown-target-origin` alone, as asked for";
        assert_eq!(selection.note().as_deref(), Some(note));
        assert_eq!(Selection::default().note(), None);
    }
}
