//! AWS's limits, at 200 findings whose texts are long and not ASCII.

use super::*;
use crate::distribution::Region;
use crate::error::FailureType;
use crate::report::Document;
use crate::report::v1::{Report, Severity};
use crate::verdict::Verdict;

const FINDINGS: usize = 200;
const URL: &str = "s3://reports/reports/E1/x.json";
const PAGE: &str = "https://eu-west-1.console.aws.amazon.com/s3/object/reports?region=eu-west-1&prefix=reports/E1/x.html";

/// The demo's report with as many findings, each with its number in it.
fn long(severity: Severity, text: &str) -> Report {
    let Ok((mut report, _)) = crate::demo::report() else {
        panic!("the demo can be judged")
    };
    let first = report.findings[0].clone();
    report.findings = (0..FINDINGS)
        .map(|n| {
            let mut finding = first.clone();
            finding.severity = severity;
            finding.message = format!("Nº {n}: {text}");
            finding
        })
        .collect();
    report
}

fn stored() -> Stored {
    let region = Region::parse("eu-west-1");
    Stored::at("reports", &"reports/E1/x".into(), region.as_ref())
}

fn document(report: &Report) -> Document {
    Document::One(Box::new(report.clone()))
}

fn failure(report: &Report, stored: &Result<Stored, String>) -> JobFailure {
    let answer = JobAnswer::of_report(
        &document(report),
        Verdict::Block,
        FailureType::ConfigurationError,
        stored,
    );
    match answer {
        JobAnswer::Failure(failure) => failure,
        other => panic!("{other:?}"),
    }
}

/// Every finding that is begun is there to its last line, and the rest is counted.
fn holds_whole_findings(text: &str, report: &Report, place: &str) -> usize {
    let begun = text.matches("Nº ").count();
    let whole = report.findings.iter();
    let whole = whole.filter(|finding| text.contains(&crate::report::finding_block(finding)));
    let whole = whole.count();
    let left = format!("and {} more in {place}", FINDINGS - whole);
    assert!(text.ends_with(&left), "{left}: {text}");
    // The summary has the first one, too.
    assert!(begun - whole <= 1, "{begun} begun, {whole} whole");
    whole
}

#[test]
fn a_failed_job_s_message_has_whole_findings_and_says_where_the_rest_is() {
    let mut report = long(Severity::Error, &"ü€𝄞".repeat(40));
    report.unknowns.clear();
    let stored = Ok(stored());
    let JobFailure {
        message,
        external_execution_id,
        ..
    } = failure(&report, &stored);
    assert!(message.chars().count() <= 5_000);
    assert!(message.starts_with(&report.summary), "{message}");
    assert!(
        message.contains(&format!("\nReport: {URL}\nPage: {PAGE}\n")),
        "{message}"
    );
    assert!(holds_whole_findings(&message, &report, URL) > 3);
    assert_eq!(external_execution_id.as_deref(), Some(URL));
}

#[test]
fn sentences_without_end_leave_the_address_of_the_report_whole() {
    let mut report = long(Severity::Error, "x");
    report.unknowns.clear();
    report.summary = "ü".repeat(9_000);
    report.next_step = "€".repeat(9_000);
    let JobFailure { message, .. } = failure(&report, &Ok(stored()));
    assert!(message.chars().count() <= 5_000);
    assert!(
        message.contains(&format!("…\nReport: {URL}\nPage: {PAGE}\n")),
        "{message}"
    );
    holds_whole_findings(&message, &report, URL);
}

#[test]
fn where_nothing_is_stored_it_says_why() {
    let mut report = long(Severity::Error, &"x".repeat(200));
    report.unknowns.clear();
    let place = "no report (not stored: s3:PutObject is refused to the guard)";
    let JobFailure {
        message,
        external_execution_id,
        ..
    } = failure(
        &report,
        &Err("not stored: s3:PutObject is refused to the guard".to_owned()),
    );
    holds_whole_findings(&message, &report, place);
    assert_eq!(external_execution_id, None);
}

#[test]
fn a_job_that_succeeds_with_warnings_fits_its_summary_and_variables() {
    let mut report = long(Severity::Warning, &"ü".repeat(100));
    report.unknowns.clear();
    let answer = JobAnswer::of_report(
        &document(&report),
        Verdict::Pass,
        FailureType::JobFailed,
        &Ok(stored()),
    );
    let JobAnswer::Success(success) = answer else {
        panic!("{answer:?}");
    };
    assert!(success.summary.chars().count() <= 2_048);
    assert!(holds_whole_findings(&success.summary, &report, URL) > 1);
    for (name, value) in &success.output_variables {
        assert!(value.chars().count() <= 2_000, "{name}");
    }
    let findings = success
        .output_variables
        .iter()
        .find(|it| it.0 == "findings");
    let findings = &findings.unwrap().1;
    let one = format!("warning {}", report.findings[0].rule);
    let shown: Vec<&str> = findings.split(", ").collect();
    let (last, whole) = shown.split_last().unwrap();
    assert!(whole.iter().all(|item| *item == one), "{findings}");
    let left = FINDINGS - whole.len();
    assert_eq!(*last, format!("and {left} more in {URL}"));
}

#[test]
fn an_address_that_does_not_fit_is_left_out_rather_than_broken() {
    let report = long(Severity::Error, "x");
    let fits = format!("s3://{}", "k".repeat(1_495));
    let too_long = format!("{fits}k");
    let id = |address: &String| {
        let stored = Stored {
            address: address.clone(),
            page: None,
        };
        failure(&report, &Ok(stored)).external_execution_id
    };
    assert_eq!(id(&fits), Some(fits));
    assert_eq!(id(&too_long), None);
}

#[test]
fn a_notification_has_whole_findings_and_a_short_subject() {
    let mut report = long(Severity::Error, &"ü€𝄞".repeat(300));
    report.unknowns.clear();
    let notification = Notification::of(&report, &Ok(stored()));
    assert!(notification.subject.len() < 100 && notification.subject.is_ascii());
    assert!(
        notification.message.len() <= 256 * 1024,
        "{}",
        notification.message.len()
    );
    let place = format!("\nReport: {URL}\nPage: {PAGE}\n");
    assert!(
        notification.message.contains(&place),
        "{}",
        notification.message
    );
    assert!(holds_whole_findings(&notification.message, &report, URL) > 10);
}

#[test]
fn an_event_has_the_whole_report_where_a_bus_takes_it() {
    let report = long(Severity::Error, "x");
    let detail = EventDetail::of(&report, &Ok(stored()));
    let detail = detail.as_str();
    assert_eq!(detail, serde_json::to_string(&report).unwrap());
}

#[test]
fn an_event_that_is_too_long_has_the_first_findings_and_counts_the_rest() {
    let mut report = long(Severity::Error, &"ü€𝄞".repeat(300));
    report.summary = "ü".repeat(300_000);
    let detail = EventDetail::of(&report, &Ok(stored()));
    let detail = detail.as_str();
    assert!(detail.len() < 256 * 1024, "{}", detail.len());
    let short: Report = serde_json::from_str(detail).unwrap();
    assert_eq!(short.verdict, report.verdict);
    let kept = short.findings.len();
    assert!(kept > 10, "{kept}");
    assert_eq!(short.findings[..], report.findings[..kept]);
    let note = short.notes.last().unwrap();
    let left = format!("{} of {FINDINGS} findings", FINDINGS - kept);
    assert!(note.contains(&left) && note.ends_with(URL), "{note}");
}

#[test]
fn an_event_fits_whatever_is_too_long() {
    let endless = "\u{1}".repeat(300_000);
    let mut report = long(Severity::Error, "x");
    report.notes = vec![endless.clone(); 3];
    report.next_step.clone_from(&endless);
    report.distribution.name.clone_from(&endless);
    report.findings[0].message = endless;
    let detail = EventDetail::of(&report, &Err("not stored".to_owned()));
    let detail = detail.as_str();
    assert!(detail.len() < 256 * 1024, "{}", detail.len());
    serde_json::from_str::<Report>(detail).unwrap();
}
