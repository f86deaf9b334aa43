use super::cut::{cut, cut_blocks, cut_list};
use super::stored::Stored;
use crate::error::{FailureType, GuardError};
use crate::plain::plain;
use crate::report::v1::{Finding, Severity};
use crate::report::{Document, finding_block, note_line, rules_line, unknown_line};
use crate::request::{Continuation, Left};
use crate::verdict::Verdict;

/// CodePipeline's limits
/// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureDetails.html>,
/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ExecutionDetails.html>), in
/// characters.
const MESSAGE: usize = 5_000;
const SUMMARY: usize = 2_048;
const EXTERNAL_EXECUTION_ID: usize = 1_500;
/// All output variables of an action together may have 122,880 bytes; one of ours stays far below.
const OUTPUT_VARIABLE: usize = 2_000;
/// Our own: the first lines of a message.
const SENTENCE: usize = 1_000;

/// The one answer to a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobAnswer {
    /// `PutJobSuccessResult`
    Success(JobSuccess),
    /// `PutJobSuccessResult` with a continuation token: another job of the action follows.
    Continuation(JobContinuation),
    /// `PutJobFailureResult`
    Failure(JobFailure),
}

/// The job succeeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobSuccess {
    /// What the console shows, 1 to 2,048 characters.
    pub summary: String,
    /// Where the report lies.
    pub external_execution_id: Option<String>,
    /// For later actions, such as an approval.
    pub output_variables: Vec<(&'static str, String)>,
}

/// The job ends, and its action goes on with another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobContinuation {
    /// What the next job gets, 1 to 2,048 characters.
    pub token: String,
    /// What the console shows, 1 to 2,048 characters.
    pub summary: String,
    /// The run that the token continues, as the action's external execution ID.
    pub run: String,
    /// How far the action is, in percent.
    pub percent: i32,
}

impl JobContinuation {
    /// The answer that passes on a token.
    #[must_use]
    pub fn new(token: &Continuation, summary: &str) -> Self {
        Self {
            token: token.to_text(),
            summary: cut(&plain(summary), SUMMARY),
            run: token.run.to_string(),
            percent: match token.left {
                Left::Version => 10,
                Left::Deployment => 50,
            },
        }
    }
}

/// The job fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFailure {
    /// Who must act.
    pub failure_type: FailureType,
    /// What the console shows, 1 to 5,000 characters.
    pub message: String,
    /// Where the report lies.
    pub external_execution_id: Option<String>,
}

impl JobAnswer {
    /// The answer that a verdict gives. `stored` is where the report lies, or why it is nowhere.
    #[must_use]
    pub fn of_report(
        report: &Document,
        verdict: Verdict,
        failure: FailureType,
        stored: &Result<Stored, String>,
    ) -> Self {
        let external_execution_id = stored
            .as_ref()
            .ok()
            .map(|stored| &stored.address)
            // Half an address leads nowhere.
            .filter(|address| address.chars().count() <= EXTERNAL_EXECUTION_ID)
            .cloned();
        if verdict == Verdict::Pass {
            return Self::Success(JobSuccess {
                summary: cut(&success_summary(report, stored), SUMMARY),
                external_execution_id,
                output_variables: output_variables(report, stored),
            });
        }
        Self::Failure(JobFailure {
            failure_type: failure,
            message: failure_message(report, stored),
            external_execution_id,
        })
    }

    /// The answer when nothing could be judged.
    #[must_use]
    pub fn of_error(error: &GuardError) -> Self {
        Self::Failure(JobFailure {
            failure_type: error.failure_type(),
            message: cut(&plain(&of_error(error)), MESSAGE),
            external_execution_id: None,
        })
    }
}

fn of_error(error: &GuardError) -> String {
    match error {
        GuardError::OutOfSync { .. } | GuardError::NotDeployed { .. } => {
            format!("Not what was to be deployed: {error}")
        }
        _ => format!("Origin Guard could not judge: {error}"),
    }
}

fn success_summary(report: &Document, stored: &Result<Stored, String>) -> String {
    // A summary holds 2,048 characters: notes of severity `info` are left to the report.
    let blocks = blocks(report, |finding| finding.severity == Severity::Warning);
    cut_blocks(&report.summary(), &blocks, SUMMARY, &place(stored))
}

fn failure_message(report: &Document, stored: &Result<Stored, String>) -> String {
    let worst = report.reports().iter();
    let next_step = worst
        .filter(|each| each.verdict == report.verdict())
        .map(|each| each.next_step.as_str())
        .next();
    // However long they are, the report's address follows whole.
    let opening = format!(
        "{}\n{}\n{}\n{}",
        cut(&report.summary(), SENTENCE),
        cut(next_step.unwrap_or_default(), SENTENCE),
        report_lines(stored),
        rules_line(findings(report)).unwrap_or_default()
    );
    cut_blocks(&opening, &blocks(report, |_| true), MESSAGE, &place(stored))
}

fn findings(document: &Document) -> impl Iterator<Item = &Finding> {
    let reports = document.reports().iter();
    reports.flat_map(|report| &report.findings)
}

/// The findings and then the unknowns; of several reports, each with its name before its own.
fn blocks(document: &Document, is_shown: fn(&Finding) -> bool) -> Vec<String> {
    let mut blocks = Vec::new();
    for report in document.reports() {
        let notes = report.notes.iter().map(|note| note_line(note));
        let findings = report.findings.iter().filter(|finding| is_shown(finding));
        let mut own: Vec<String> = notes.chain(findings.map(finding_block)).collect();
        own.extend(report.unknowns.iter().map(unknown_line));
        // In the first block itself, not as a block of its own: a name whose findings were all cut
        // off would read as a distribution without any.
        if let (Document::Several(_), Some(first)) = (document, own.first_mut()) {
            *first = format!("[{}]\n{first}", report.distribution.name);
        }
        blocks.extend(own);
    }
    blocks
}

/// Where the report is: its address for scripts, and its page for people.
pub(super) fn report_lines(stored: &Result<Stored, String>) -> String {
    match stored {
        Ok(Stored {
            address,
            page: Some(page),
        }) => format!("Report: {address}\nPage: {page}"),
        Ok(Stored { address, .. }) => format!("Report: {address}"),
        Err(why) => format!("Report: {why}"),
    }
}

pub(super) fn place(stored: &Result<Stored, String>) -> String {
    match stored {
        Ok(stored) => stored.address.clone(),
        Err(why) => format!("no report ({why})"),
    }
}

fn output_variables(
    report: &Document,
    stored: &Result<Stored, String>,
) -> Vec<(&'static str, String)> {
    let reports = report.reports();
    let findings: Vec<String> = findings(report)
        .map(|finding| {
            let waived = finding.waived.as_ref().map_or("", |_| " (waived)");
            format!("{} {}{waived}", finding.severity, finding.rule)
        })
        .collect();
    let list = |items: &[String]| match items {
        // Never empty and never left out, since a later action may name the variable.
        [] => "none".to_owned(),
        items => cut_list(items, OUTPUT_VARIABLE, &place(stored)),
    };
    let names = reports.iter().map(|report| &report.distribution.name);
    let names: Vec<String> = names.cloned().collect();
    let address = match stored {
        Ok(stored) => stored.address.clone(),
        Err(why) => why.clone(),
    };
    // A variable that is named in an approval must be there.
    let page = match stored {
        Ok(Stored {
            page: Some(page), ..
        }) => page.clone(),
        _ => address.clone(),
    };
    [
        ("verdict", report.verdict().to_string()),
        ("summary", report.summary().into_owned()),
        ("findings", list(&findings)),
        ("report", address),
        ("page", page),
        ("distribution", list(&names)),
    ]
    // CodePipeline refuses a whole result whose variables are too large
    // (OutputVariablesSizeExceededException), and the job would have no answer.
    .map(|(name, value)| (name, cut(&value, OUTPUT_VARIABLE)))
    .into()
}
