//! JUnit XML, for the test reports of CodeBuild, GitHub Actions, Jenkins and GitLab.
//!
//! A test case is one origin or behavior under one rule, so that a pass is visible too. Only what was
//! checked passes: where a fact is not known, the case is skipped and says which.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::findings_by_place::FindingsByPlace;
use super::text::{finding_block, unknown_line, unknown_sentence};
use crate::report::v1::{Finding, Report, Severity, Unknown};
use crate::rule::{Phase, RuleInfo};
use crate::rules;

/// Reports as one JUnit document: a suite for each phase of each.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn junit(reports: &[Report]) -> Result<String, String> {
    let mut document = quick_junit::Report::new("Origin Guard");
    for report in reports {
        for phase in [Phase::OriginMap, Phase::Behaviors] {
            document.add_test_suite(suite(report, phase));
        }
        if !report.unknowns.is_empty() {
            document.add_test_suite(unknowns(report));
        }
    }
    document.to_string().map_err(|error| error.to_string())
}

/// What the cases of a phase are about, beside the distribution as a whole.
fn suite(report: &Report, phase: Phase) -> TestSuite {
    let name = &report.distribution.name;
    let mut suite = TestSuite::new(format!("{name} {}", phase.name()));
    let subjects = subjects(report, phase);
    let about = FindingsByPlace::of(report);
    let found: Vec<Vec<(usize, &Finding)>> = subjects
        .iter()
        .map(|subject| {
            let by_name = |finding: &Finding| subject.is_named(finding);
            about.at(subject.pointer, by_name).collect()
        })
        .collect();
    let rules = rules::all().filter(|rule| rule.phase == phase);
    for rule in rules {
        let mut listed: Vec<usize> = Vec::new();
        for (subject, found) in subjects.iter().zip(&found) {
            // A name that two have is the first one's.
            let ours = found
                .iter()
                .filter(|(number, finding)| finding.rule == rule.name && !listed.contains(number));
            let (numbers, ours): (Vec<usize>, Vec<&Finding>) = ours.copied().unzip();
            listed.extend(numbers);
            suite.add_test_case(case(&subject.name, rule, &ours, &subject.doubts(rule)));
        }
        // Of a group, of a list, of the whole.
        let rest = report.findings.iter().enumerate();
        let rest =
            rest.filter(|(number, finding)| finding.rule == rule.name && !listed.contains(number));
        let rest: Vec<&Finding> = rest.map(|(_, finding)| finding).collect();
        if !rest.is_empty() {
            suite.add_test_case(case("the distribution", rule, &rest, &[]));
        }
    }
    suite
}

struct Subject<'a> {
    name: String,
    pointer: Option<&'a str>,
    origin: Option<&'a str>,
    pattern: Option<&'a str>,
    /// What is not known of it.
    unknowns: Vec<&'a Unknown>,
}

impl<'a> Subject<'a> {
    fn is_named(&self, finding: &Finding) -> bool {
        match self.pattern {
            None => finding.origin.as_deref() == self.origin,
            Some(pattern) => finding.path_patterns == [pattern],
        }
    }

    /// What kept a rule from deciding about it.
    fn doubts(&self, rule: &RuleInfo) -> Vec<&'a Unknown> {
        let unknowns = self.unknowns.iter().filter(|unknown| {
            let rules = &unknown.rules;
            // An unknown without rules leaves the part itself open, so that no rule could decide on
            // it.
            rules.is_empty() || rules.iter().any(|name| name == rule.name)
        });
        unknowns.copied().collect()
    }
}

fn subjects(report: &Report, phase: Phase) -> Vec<Subject<'_>> {
    match phase {
        Phase::OriginMap => report
            .origins
            .iter()
            .map(|origin| {
                let same = report.origins.iter().filter(|other| other.id == origin.id);
                let pointer = origin.pointer.as_deref();
                Subject {
                    // Test reports merge two cases of one name.
                    name: match pointer.filter(|_| same.count() > 1) {
                        Some(pointer) => format!("origin {} at {pointer}", origin.id),
                        None => format!("origin {}", origin.id),
                    },
                    pointer,
                    origin: Some(&origin.id),
                    pattern: None,
                    unknowns: unknowns_of(report, pointer),
                }
            })
            .collect(),
        Phase::Behaviors => report
            .behaviors
            .iter()
            .map(|behavior| Subject {
                name: match behavior.precedence {
                    Some(precedence) => format!("behavior {precedence} {}", behavior.path_pattern),
                    None => "default behavior".to_owned(),
                },
                pointer: behavior.pointer.as_deref(),
                origin: None,
                pattern: Some(&behavior.path_pattern),
                unknowns: unknowns_of(report, behavior.pointer.as_deref()),
            })
            .collect(),
    }
}

fn unknowns_of<'a>(report: &'a Report, pointer: Option<&str>) -> Vec<&'a Unknown> {
    let is_ours = |unknown: &&Unknown| {
        let mut pointers = unknown.pointers.iter();
        pointers.any(|of| Some(of.as_str()) == pointer)
    };
    report.unknowns.iter().filter(is_ours).collect()
}

/// An error that is not waived fails the case; what weighs less is in its output.
fn case(subject: &str, rule: &RuleInfo, findings: &[&Finding], doubts: &[&Unknown]) -> TestCase {
    let fails =
        |finding: &&&Finding| finding.severity == Severity::Error && finding.waived.is_none();
    let text: String = findings
        .iter()
        .map(|finding| finding_block(finding))
        .collect();
    let mut case = match (findings.iter().find(fails), doubts) {
        (Some(first), _) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_message(first.message.clone())
                .set_type(rule.name)
                .set_description(text);
            TestCase::new(subject, status)
        }
        // Skipped, not passed: a green case must mean that the rule has decided.
        (None, [first, ..]) => {
            let mut status = TestCaseStatus::skipped();
            status
                .set_message(unknown_sentence(first))
                .set_type("unknown");
            let mut case = TestCase::new(subject, status);
            if !text.is_empty() {
                case.set_system_out(text);
            }
            case
        }
        (None, []) => {
            let mut case = TestCase::new(subject, TestCaseStatus::success());
            if !text.is_empty() {
                case.set_system_out(text);
            }
            case
        }
    };
    case.set_classname(rule.name);
    case
}

/// What blocks for want of a fact is an error of the run, not a failure of the candidate; what does
/// not is skipped.
fn unknowns(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new(format!("{} not known", report.distribution.name));
    for unknown in &report.unknowns {
        let mut status = if unknown.blocks {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        } else {
            TestCaseStatus::skipped()
        };
        status
            .set_message(unknown_sentence(unknown))
            .set_type("unknown")
            .set_description(unknown_line(unknown));
        let mut case = TestCase::new(format!("{} {}", unknown.fact, unknown.subject), status);
        case.set_classname("unknown");
        suite.add_test_case(case);
    }
    suite
}
