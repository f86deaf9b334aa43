//! The verdict on a job: the worst of its distributions'.

use super::Ended;
use crate::delivery::{JobAnswer, Stored};
use crate::error::FailureType;
use crate::facts::{ProbeFailure, UnknownCause};
use crate::guard::judging::Outcome;
use crate::guard::storing::outcome;
use crate::report::{Document, v1};
use crate::request::TriggerId;
use crate::verdict::{Decision, Verdict};

/// What the verdict on a job needs of one of its distributions: its report, and who must act.
pub(in crate::guard) struct Each {
    report: v1::Report,
    verdict: Verdict,
    failure: FailureType,
}

impl Each {
    pub(in crate::guard) fn of(outcome: Outcome) -> Self {
        let decision = &outcome.judged.decision;
        Self {
            verdict: decision.verdict,
            failure: failure_type(decision),
            report: outcome.report,
        }
    }
}

/// What became of a job.
pub(in crate::guard) struct JobVerdict {
    pub document: Document,
    /// The worst of its distributions'.
    pub verdict: Verdict,
    /// Who must act on it, if it fails the job.
    pub failure: FailureType,
}

impl JobVerdict {
    /// The verdict on all that a job names.
    pub(in crate::guard) fn of(judged: Vec<Each>) -> Self {
        let worst = judged.iter().map(|each| each.verdict).max();
        let verdict = worst.unwrap_or(Verdict::Pass);
        // The first of the worst says who must act.
        let failure = judged.iter().find(|each| each.verdict == verdict);
        let failure = failure.map_or(FailureType::JobFailed, |each| each.failure);
        let reports = judged.into_iter().map(|each| each.report).collect();
        Self {
            document: Document::of(reports, verdict.into()),
            verdict,
            failure,
        }
    }

    /// The end of a job whose report is stored, or why it is not.
    pub(in crate::guard) fn end(&self, job: &TriggerId, stored: &Result<Stored, String>) -> Ended {
        let report = &self.document;
        tracing::info!(
            job = job.as_str(),
            verdict = report.verdict().name(),
            summary = &*report.summary(),
            "job judged"
        );
        Ended {
            answer: Some(JobAnswer::of_report(
                report,
                self.verdict,
                self.failure,
                stored,
            )),
            returned: outcome(report, stored),
        }
    }
}

/// Who must act on a verdict that fails the job.
fn failure_type(decision: &Decision) -> FailureType {
    if decision.verdict == Verdict::Block {
        return FailureType::JobFailed;
    }
    // An unknown that blocks nothing must not choose who has to act.
    let causes = decision.unknowns.iter().filter(|needed| needed.blocks());
    let is_any = |of: fn(&ProbeFailure) -> bool| {
        let mut causes = causes.clone();
        causes.any(
            |needed| matches!(&needed.unknown.cause, UnknownCause::ProbeFailed(why) if of(why)),
        )
    };
    // In this order: a document that the pipeline's owner can replace, then a grant that is
    // missing, then what a retry may cure. CodePipeline shows the type beside the message.
    if is_any(|why| matches!(why, ProbeFailure::NotRead { .. })) {
        FailureType::ConfigurationError
    } else if is_any(|why| {
        matches!(
            why,
            ProbeFailure::Denied { .. } | ProbeFailure::Closed { .. }
        )
    }) {
        FailureType::PermissionError
    } else {
        FailureType::SystemUnavailable
    }
}
