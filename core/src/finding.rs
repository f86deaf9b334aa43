//! One rule broken at one place.

mod fingerprint;
mod hidden;

pub use fingerprint::fingerprints;

use foldhash::{HashMap, HashMapExt};

use crate::day::Day;
use crate::distribution::{Behavior, Origin, OriginGroup, Part, Place, Reach};
use crate::facts::{Fact, Unknown};
use crate::rule::{Phase, RuleInfo, Severity};

/// One rule broken at one place.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static RuleInfo,
    /// Usually the rule's.
    pub severity: Severity,
    /// The rule's; of a rule on the whole document, the phase of the part that it is about.
    pub phase: Phase,
    /// The part of the config that is wrong, wherever the document puts it.
    pub subject: Part,
    /// Which of several defects of one subject this is, where a rule finds more than one: such as a
    /// header's name or a field. Never a message, a date, an address or the text of an I/O error.
    pub key: String,
    /// The first place to check.
    pub place: Place,
    /// Other places that take part.
    pub related: Vec<Related>,
    /// What is wrong, with the actual values, in one sentence without a full stop.
    pub message: String,
    /// What to change, naming the very field, ID or bucket.
    pub remediation: String,
    /// The origin or origin group it is about.
    pub origin: Option<String>,
    /// The path patterns whose viewers are affected.
    pub path_patterns: Vec<String>,
    /// The facts and values that prove it, by name.
    pub evidence: Vec<(&'static str, String)>,
    /// The waiver that it is under.
    pub waived: Option<Waived>,
}

/// The waiver that a finding is under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived {
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is.
    pub until: Day,
}

/// Another place that takes part in a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What stands there.
    pub note: String,
}

/// An unknown that stood in the way of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeededUnknown {
    /// In the way of what.
    pub needed_by: NeededBy,
    /// What is not known.
    pub unknown: Unknown,
    /// The origins, groups and behaviors that it leaves in doubt, or what stands in one of them;
    /// none where it is about the whole.
    pub places: Vec<Place>,
}

/// What an unknown stood in the way of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeededBy {
    /// A rule that could not decide.
    Rule(&'static RuleInfo),
    /// Whether the candidate was made from the live version.
    Freshness,
    /// Whether all of the document is judged: it has more than what is.
    Document,
    /// The comparison with a baseline: only messages are poorer without it.
    Baseline,
    /// Every rule that judges a part of the candidate that only the deployment makes.
    Candidate,
    /// A rule, of a distribution that is disabled: it serves no viewer, whatever the fact is.
    Disabled,
}

impl NeededUnknown {
    /// Whether a verdict must not pass over it: something that blocks could not be checked.
    #[must_use]
    pub fn blocks(&self) -> bool {
        let weighs = match self.needed_by {
            NeededBy::Rule(rule) => rule.severity == Severity::Error,
            NeededBy::Freshness | NeededBy::Document => true,
            NeededBy::Baseline | NeededBy::Candidate | NeededBy::Disabled => false,
        };
        weighs && self.unknown.blocks()
    }
}

/// What the rules say, in the order in which they say it.
#[derive(Debug)]
pub struct Findings {
    rule: &'static RuleInfo,
    /// The findings.
    pub findings: Vec<Finding>,
    /// The facts that were needed and are unknown.
    pub unknowns: Vec<NeededUnknown>,
    /// How many findings there were before this rule.
    before: usize,
    /// How many unknowns.
    unknowns_before: usize,
    rest: Option<Rest>,
}

/// What a rule found beyond [`Findings::MOST`].
#[derive(Debug)]
struct Rest {
    count: usize,
    /// The worst.
    severity: Severity,
    /// Of the first.
    place: Place,
}

impl Findings {
    /// How many findings a rule reports one by one: more than the largest config has of anything. A
    /// document can have many times as many, which would fill the memory in all forms of the report.
    pub const MOST: usize = 1_000;

    /// Collects for one rule; [`Findings::of_rule`] goes on with the next.
    #[must_use]
    pub fn new(rule: &'static RuleInfo) -> Self {
        Self {
            rule,
            findings: Vec::new(),
            unknowns: Vec::new(),
            before: 0,
            unknowns_before: 0,
            rest: None,
        }
    }

    /// What comes now is of this rule.
    pub fn of_rule(&mut self, rule: &'static RuleInfo) {
        self.end_rule();
        self.rule = rule;
    }

    /// What there is of this rule is put in order: thousands of findings are not readable, and a fact that
    /// stood in its way several times counts once.
    pub fn end_rule(&mut self) {
        if self.findings.len() - self.before > Self::MOST {
            self.shorten();
        }
        if let Some(Rest {
            count,
            severity,
            place,
        }) = self.rest.take()
        {
            self.push(&place, format!("{count} more of this kind are left out"))
                // The worst of what was left out: a thousand warnings must not hide that an error
                // was among the rest.
                .severity(severity)
                .key("left out")
                .remedy("fix those that are listed, and run the guard again");
        }
        self.before = self.findings.len();
        self.merge_unknowns();
        self.unknowns_before = self.unknowns.len();
    }

    /// Leaves the worst of this rule's findings, and counts the others. Hardly ever called, and not to
    /// be repeated in every rule.
    #[cold]
    #[inline(never)]
    fn shorten(&mut self) {
        let mut own = self.findings.split_off(self.before);
        // The worst first, and within a severity in the order found.
        for severity in [Severity::Error, Severity::Warning, Severity::Info] {
            let is_as_bad = |finding: &Finding| finding.severity == severity;
            let (these, others) = own.into_iter().partition(is_as_bad);
            self.findings.extend::<Vec<Finding>>(these);
            own = others;
        }
        for other in self.findings.drain(self.before + Self::MOST..) {
            let rest = self.rest.get_or_insert(Rest {
                count: 0,
                severity: other.severity,
                place: other.place,
            });
            rest.count += 1;
            rest.severity = rest.severity.min(other.severity);
        }
    }

    /// An unknown that stood in the way at several places counts once. What keeps the verdict from
    /// being a pass is reported whole.
    fn merge_unknowns(&mut self) {
        // Nothing to merge in nearly every rule, and no map to make for it.
        if self.unknowns.len() < self.unknowns_before + 2 {
            return;
        }
        let own = self.unknowns.split_off(self.unknowns_before);
        let (mut kept, mut rest) = (0, None);
        for needed in merged(own) {
            if needed.blocks() || kept < Self::MOST {
                kept += 1;
                self.unknowns.push(needed);
            } else {
                let (_, count) = rest.get_or_insert((needed.unknown.fact, 0));
                *count += 1;
            }
        }
        if let Some((fact, count)) = rest {
            let on = format!("{count} more of this kind are left out");
            self.note(Vec::new(), Unknown::undecidable(fact, "others", on));
        }
    }

    /// Adds a finding at a place; its details follow on the returned one.
    pub fn add(&mut self, place: &Place, message: impl Into<String>) -> &mut Finding {
        // At twice the bound, so that sorting out happens once in a thousand findings and not with
        // each.
        if self.findings.len() - self.before > 2 * Self::MOST {
            self.shorten();
        }
        self.push(place, message.into())
    }

    #[inline(never)]
    #[expect(clippy::indexing_slicing, reason = "what it pushes is at this place")]
    fn push(&mut self, place: &Place, message: String) -> &mut Finding {
        let at = self.findings.len();
        self.findings.push(Finding {
            rule: self.rule,
            severity: self.rule.severity,
            phase: self.rule.phase,
            subject: Part::Distribution,
            key: String::new(),
            place: place.clone(),
            related: Vec::new(),
            message,
            remediation: String::new(),
            origin: None,
            path_patterns: Vec::new(),
            evidence: Vec::new(),
            waived: None,
        });
        &mut self.findings[at]
    }

    /// Takes a fact that is needed at a place: its value, or `None` and a note that the rule could not
    /// decide there.
    #[inline]
    pub fn need<'f, T>(&mut self, place: &Place, fact: &'f Fact<T>) -> Option<&'f T> {
        match fact {
            Fact::Known(value) => Some(value),
            Fact::Unknown(unknown) => {
                self.undecided(place, unknown.clone());
                None
            }
        }
    }

    /// Notes that the rule could not decide at a place for want of a fact.
    pub fn undecided(&mut self, place: &Place, unknown: Unknown) {
        self.note(vec![place.clone()], unknown);
    }

    /// Notes that a fact which several places need decides nothing.
    pub fn undecided_at(&mut self, places: Vec<Place>, unknown: Unknown) {
        self.note(places, unknown);
    }

    fn note(&mut self, places: Vec<Place>, unknown: Unknown) {
        self.unknowns.push(NeededUnknown {
            needed_by: NeededBy::Rule(self.rule),
            unknown,
            places,
        });
    }
}

/// Each unknown once, in the order of the first, with the places of all.
fn merged(unknowns: Vec<NeededUnknown>) -> Vec<NeededUnknown> {
    let mut first: HashMap<Unknown, usize> = HashMap::with_capacity(unknowns.len());
    let mut merged: Vec<NeededUnknown> = Vec::with_capacity(unknowns.len());
    for needed in unknowns {
        let known = first.get(&needed.unknown).copied();
        if let Some(known) = known.and_then(|at| merged.get_mut(at)) {
            known.places.extend(needed.places);
        } else {
            first.insert(needed.unknown.clone(), merged.len());
            merged.push(needed);
        }
    }
    merged
}

impl Finding {
    /// Whether it blocks: an error that is not accepted.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.severity == Severity::Error && self.waived.is_none()
    }

    /// What to change.
    pub fn remedy(&mut self, text: impl Into<String>) -> &mut Self {
        self.remediation = text.into();
        self
    }

    /// The part of the config that it is about.
    pub fn about(&mut self, subject: impl Into<Part>) -> &mut Self {
        self.subject = subject.into();
        self
    }

    /// Distinguishes it from the rule's other findings about the same subject.
    pub fn key(&mut self, key: impl Into<String>) -> &mut Self {
        self.key = key.into();
        self
    }

    /// The origin it is about, with every path pattern that reaches it.
    pub fn origin(&mut self, reach: &Reach<'_>, origin: &Origin) -> &mut Self {
        self.about(origin).target(reach, origin.id.spelling())
    }

    /// The origin group it is about, with every path pattern that reaches it.
    pub fn group(&mut self, reach: &Reach<'_>, group: &OriginGroup) -> &mut Self {
        self.about(group).target(reach, group.id.spelling())
    }

    /// The behavior it is about, whose viewers are affected.
    pub fn behavior(&mut self, behavior: &Behavior) -> &mut Self {
        self.about(behavior).paths(vec![behavior.pattern_text()])
    }

    /// The origin or origin group that takes part, with every path pattern that reaches it.
    pub fn target(&mut self, reach: &Reach<'_>, id: &str) -> &mut Self {
        self.origin = Some(id.to_owned());
        let (patterns, left_out) = reach.path_patterns_to(id);
        self.path_patterns = patterns;
        if left_out > 0 {
            self.evidence("path patterns that are left out", left_out);
        }
        self
    }

    /// The path patterns whose viewers are affected.
    pub fn paths(&mut self, patterns: Vec<String>) -> &mut Self {
        self.path_patterns = patterns;
        self
    }

    /// A value that proves it.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a value and a reference are both at hand"
    )]
    pub fn evidence(&mut self, name: &'static str, value: impl ToString) -> &mut Self {
        self.evidence.push((name, value.to_string()));
        self
    }

    /// Another place that takes part.
    pub fn related(&mut self, place: &Place, note: impl Into<String>) -> &mut Self {
        self.related.push(Related {
            place: place.clone(),
            note: note.into(),
        });
        self
    }

    /// Another phase than the rule's.
    pub fn phase(&mut self, phase: Phase) -> &mut Self {
        self.phase = phase;
        self
    }

    /// Another weight than the rule's.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::ProbeFailure;
    use crate::rules::origin_map::RULES;

    #[test]
    fn of_thousands_the_worst_are_reported_and_the_others_counted() {
        let place = Place::default();
        let mut findings = Findings::new(&RULES[0].info);
        for n in 0..3 * Findings::MOST {
            let severity = match n % 1_500 {
                1_499 => Severity::Error,
                _ => Severity::Info,
            };
            findings.add(&place, n.to_string()).severity(severity);
        }
        findings.of_rule(&RULES[1].info);
        findings.add(&place, "of the next rule");
        findings.end_rule();
        let reported = findings.findings;
        assert_eq!(reported.len(), Findings::MOST + 2);
        let errors = reported
            .iter()
            .filter(|it| it.rule.name == RULES[0].info.name);
        let errors = errors.filter(|it| it.severity == Severity::Error);
        let errors: Vec<&str> = errors.map(|it| it.message.as_str()).collect();
        assert_eq!(errors, ["1499", "2999"]);
        let rest = &reported[Findings::MOST];
        assert_eq!(rest.message, "2000 more of this kind are left out");
        assert_eq!(rest.severity, Severity::Info);
    }

    #[test]
    fn what_is_left_out_weighs_as_the_worst_of_it() {
        let mut findings = Findings::new(&RULES[0].info);
        for n in 0..=Findings::MOST {
            findings.add(&Place::at(format!("/{n}")), "wrong");
        }
        findings.end_rule();
        let rest = &findings.findings[Findings::MOST];
        assert!(rest.blocks());
        assert_eq!(rest.place, Place::at(format!("/{}", Findings::MOST)));
    }

    #[test]
    fn of_thousands_of_unknowns_those_that_block_are_reported() {
        let place = Place::at("/Origins/Items/0");
        let mut findings = Findings::new(&RULES[0].info);
        for n in 0..2 * Findings::MOST {
            findings.undecided(
                &place,
                Unknown::not_decided("bucket", &format!("${{A{n}}}")),
            );
        }
        let last = Unknown::probe_failed("bucket", "last", ProbeFailure::TimedOut);
        findings.undecided(&place, last.clone());
        findings.end_rule();
        let reported = findings.unknowns;
        assert_eq!(reported.len(), Findings::MOST + 2);
        assert_eq!(reported[Findings::MOST].unknown, last);
        let rest = reported[Findings::MOST + 1].unknown.cause_text();
        assert!(rest.contains("1000 more"), "{rest}");
    }
}
