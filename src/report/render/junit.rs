//! JUnit XML, for the test reports of CodeBuild, GitHub Actions, Jenkins and GitLab.
//!
//! A test case is a rule of a distribution, so that a pass is visible too, and each error is a case of
//! its own. Only what was checked passes: where a fact is not known, the case is skipped and says which.

use std::collections::HashMap;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::text::{finding_block, place, unknown_line, unknown_sentence};
use crate::report::v1::{Finding, PhaseName, Report, Severity, Unknown};
use crate::rule::{Phase, RuleInfo};
use crate::rules;

/// CodeBuild takes so many cases of a report
/// (<https://docs.aws.amazon.com/codebuild/latest/userguide/test-report.html>, 2026-11).
const MOST_CASES: usize = 500;

/// Reports as one JUnit document: a suite for each phase of each.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn junit(reports: &[Report]) -> Result<String, String> {
    let mut cases: Vec<Case> = reports.iter().flat_map(by_rule).collect();
    if cases.len() > MOST_CASES {
        cases = reports.iter().flat_map(by_phase).collect();
    }
    if cases.len() > MOST_CASES {
        cut(&mut cases);
    }
    let mut document = quick_junit::Report::new("Origin Guard");
    for suite in suites(cases) {
        document.add_test_suite(suite);
    }
    document.to_string().map_err(|error| error.to_string())
}

/// A case, and where it belongs.
struct Case {
    suite: String,
    weight: Weight,
    /// The rule.
    class: String,
    name: String,
    status: TestCaseStatus,
    output: String,
}

/// What is kept first where there are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Failed,
    Unsure,
    Skipped,
    Passed,
}

/// Every error and every unknown in full, and a case for each rule that found none.
fn by_rule(report: &Report) -> Vec<Case> {
    let mut cases = Vec::new();
    for phase in phases(report) {
        let failed = failures(report, phase);
        let rules = rules::all().filter(|rule| rule.phase == phase);
        let quiet = rules.filter(|rule| !failed.iter().any(|(name, _)| *name == rule.name));
        let quiet: Vec<Case> = quiet
            .map(|rule| without_error(report, phase, rule.name, &[rule]))
            .collect();
        cases.extend(failed.into_iter().map(|(_, case)| case));
        cases.extend(quiet);
    }
    cases.extend(report.unknowns.iter().map(|it| not_known(report, it)));
    cases
}

/// Every error and every unknown that blocks in full, and one case for the rules of each phase that
/// found none.
fn by_phase(report: &Report) -> Vec<Case> {
    let mut cases = Vec::new();
    for phase in phases(report) {
        let failed = failures(report, phase);
        let rules = rules::all().filter(|rule| rule.phase == phase);
        let quiet = rules.filter(|rule| !failed.iter().any(|(name, _)| *name == rule.name));
        let quiet: Vec<&RuleInfo> = quiet.collect();
        let class = format!("the {} other rules", quiet.len());
        let quiet = without_error(report, phase, &class, &quiet);
        cases.extend(failed.into_iter().map(|(_, case)| case));
        cases.push(quiet);
    }
    let blocking = report.unknowns.iter().filter(|unknown| unknown.blocks);
    cases.extend(blocking.map(|it| not_known(report, it)));
    cases
}

const PHASES: [Phase; 3] = [Phase::OriginMap, Phase::Behaviors, Phase::Edge];

/// The phases of a report: the edge's only where it was to be asked.
fn phases(report: &Report) -> impl Iterator<Item = Phase> {
    let asked = report.phases.iter().any(|it| it.name == PhaseName::Edge);
    PHASES
        .into_iter()
        .filter(move |it| *it != Phase::Edge || asked)
}

fn suite_name(report: &Report, phase: Phase) -> String {
    format!("{} {}", report.distribution.name, phase.name())
}

fn is_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error && finding.waived.is_none()
}

/// A failed case for each error of a phase, with the name of its rule.
fn failures(report: &Report, phase: Phase) -> Vec<(&str, Case)> {
    let errors = report.findings.iter().filter(|it| is_error(it));
    let errors = errors.filter(|it| it.phase.name() == phase.name());
    errors
        .map(|finding| {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_message(finding.message.clone())
                .set_type(finding.rule.clone())
                .set_description(finding_block(finding));
            let case = Case {
                suite: suite_name(report, phase),
                weight: Weight::Failed,
                class: finding.rule.clone(),
                name: subject(finding),
                status,
                output: String::new(),
            };
            (finding.rule.as_str(), case)
        })
        .collect()
}

/// What a finding is about, and where that is.
fn subject(finding: &Finding) -> String {
    let place = place(&finding.location);
    match (&finding.origin, finding.path_patterns.as_slice()) {
        (Some(origin), _) => format!("origin {origin} at {place}"),
        (None, [pattern]) => format!("behavior {pattern} at {place}"),
        (None, _) => place,
    }
}

/// A case of rules that found no error: what weighs less is in its output, and it is skipped where one
/// of them could not decide.
fn without_error(report: &Report, phase: Phase, class: &str, rules: &[&RuleInfo]) -> Case {
    let is_one = |name: &str| rules.iter().any(|rule| rule.name == name);
    let findings = report.findings.iter().filter(|it| is_one(&it.rule));
    let output: String = findings.map(finding_block).collect();
    let doubt = report.unknowns.iter().find(|unknown| {
        // What the candidate itself leaves open keeps any rule from deciding there.
        unknown.rules.is_empty() && is_about(unknown, report, phase)
            || unknown.rules.iter().any(|name| is_one(name))
    });
    let (weight, status) = match doubt {
        Some(unknown) => {
            let mut status = TestCaseStatus::skipped();
            status
                .set_message(unknown_sentence(unknown))
                .set_type("unknown");
            (Weight::Skipped, status)
        }
        None => (Weight::Passed, TestCaseStatus::success()),
    };
    Case {
        suite: suite_name(report, phase),
        weight,
        class: class.to_owned(),
        name: report.distribution.name.clone(),
        status,
        output,
    }
}

/// Whether an unknown leaves a part in doubt that the rules of a phase read.
fn is_about(unknown: &Unknown, report: &Report, phase: Phase) -> bool {
    let is_one = |pointer: &Option<String>| {
        let pointer = pointer.as_ref();
        pointer.is_some_and(|pointer| unknown.pointers.contains(pointer))
    };
    match phase {
        Phase::OriginMap => {
            let mut origins = report.origins.iter().map(|it| &it.pointer);
            let mut groups = report.origin_groups.iter().map(|it| &it.pointer);
            origins.any(is_one) || groups.any(is_one)
        }
        Phase::Behaviors | Phase::Edge => report.behaviors.iter().any(|it| is_one(&it.pointer)),
    }
}

/// What blocks for want of a fact is an error of the run, not a failure of the candidate; what does
/// not is skipped.
fn not_known(report: &Report, unknown: &Unknown) -> Case {
    let (weight, mut status) = if unknown.blocks {
        let status = TestCaseStatus::non_success(NonSuccessKind::Error);
        (Weight::Unsure, status)
    } else {
        (Weight::Skipped, TestCaseStatus::skipped())
    };
    status
        .set_message(unknown_sentence(unknown))
        .set_type("unknown")
        .set_description(unknown_line(unknown));
    Case {
        suite: format!("{} not known", report.distribution.name),
        weight,
        class: "unknown".to_owned(),
        name: format!("{} {}", unknown.fact, unknown.subject),
        status,
        output: String::new(),
    }
}

/// Keeps what weighs most, in its order, and says how much else there is.
fn cut(cases: &mut Vec<Case>) {
    let all = cases.len();
    let mut weights: Vec<Weight> = cases.iter().map(|case| case.weight).collect();
    weights.sort();
    let mut lightest = weights.into_iter().skip(MOST_CASES - 1);
    let limit = lightest.next().unwrap_or(Weight::Passed);
    // Of the weight at the limit, as many as fit.
    let heavier = cases.iter().filter(|case| case.weight < limit).count();
    let mut room = MOST_CASES - 1 - heavier;
    cases.retain(|case| {
        case.weight < limit
            || case.weight == limit && {
                let fits = room > 0;
                room = room.saturating_sub(1);
                fits
            }
    });
    let mut status = match limit {
        Weight::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Weight::Unsure => TestCaseStatus::non_success(NonSuccessKind::Error),
        Weight::Skipped | Weight::Passed => TestCaseStatus::skipped(),
    };
    let rest = all - cases.len();
    status.set_message(format!(
        "{rest} more cases are in the other forms of the report: CodeBuild takes {MOST_CASES}"
    ));
    cases.push(Case {
        suite: "more".to_owned(),
        weight: limit,
        class: "more".to_owned(),
        name: format!("{rest} more cases"),
        status,
        output: String::new(),
    });
}

/// The cases in their suites, in order.
fn suites(cases: Vec<Case>) -> Vec<TestSuite> {
    let mut suites: Vec<TestSuite> = Vec::new();
    let mut seen = HashMap::new();
    for case in cases {
        if suites
            .last()
            .is_none_or(|last| last.name.as_str() != case.suite)
        {
            suites.push(TestSuite::new(case.suite.clone()));
        }
        if let Some(last) = suites.last_mut() {
            last.add_test_case(test_case(case, &mut seen));
        }
    }
    suites
}

/// A case under a name of its own: test reports merge two of one class and name.
fn test_case(case: Case, seen: &mut HashMap<(String, String), usize>) -> TestCase {
    let number = seen
        .entry((case.class.clone(), case.name.clone()))
        .or_default();
    *number += 1;
    let name = match number {
        1 => case.name,
        number => format!("{} ({number})", case.name),
    };
    let mut test = TestCase::new(name, case.status);
    if !case.output.is_empty() {
        test.set_system_out(case.output);
    }
    test.set_classname(case.class);
    test
}
