//! The statements that the access rules find missing, by origin.

use foldhash::HashMap;

use crate::distribution::Part;
use crate::finding::{Finding, Findings};
use crate::rule::Severity;
use crate::rules::{Case, Check, Rule, denying};

/// What keeps origins from being read, as the access rules prove it.
#[derive(Debug, Default)]
pub(super) struct Grants {
    /// By origin ID: of every object below the origin path.
    objects: HashMap<String, Missing>,
    /// By origin ID: of objects that are encrypted.
    keys: HashMap<String, Missing>,
}

/// A statement that is missing, or that denies.
#[derive(Debug, Clone)]
pub(super) struct Missing {
    /// What is wrong.
    pub why: String,
    /// What to change.
    pub remedy: String,
}

impl Grants {
    /// Runs the access rules, whose errors are proofs.
    pub(super) fn of(case: &Case<'_>) -> Self {
        let [objects, keys] = denying().map(|rules| errors(case, rules));
        Self { objects, keys }
    }

    /// What keeps CloudFront from every object that this origin serves.
    pub(super) fn of_objects(&self, origin: &str) -> Option<&Missing> {
        self.objects.get(origin)
    }

    /// What keeps CloudFront from the objects that are there, since they are encrypted.
    pub(super) fn of_keys(&self, origin: &str) -> Option<&Missing> {
        self.keys.get(origin)
    }
}

fn errors(case: &Case<'_>, rules: &[&'static Rule]) -> HashMap<String, Missing> {
    let mut all = HashMap::default();
    for rule in rules {
        let mut findings = Findings::new(&rule.info);
        if let Check::OriginMap(check) = rule.check {
            check(case, &mut findings);
        }
        for finding in findings.findings {
            add(&mut all, finding);
        }
    }
    all
}

fn add(all: &mut HashMap<String, Missing>, finding: Finding) {
    let Part::Origin(id) = finding.subject else {
        return;
    };
    // A warning says that something may still let CloudFront in.
    if finding.severity == Severity::Error {
        all.entry(id).or_insert(Missing {
            why: finding.message,
            remedy: finding.remediation,
        });
    }
}
