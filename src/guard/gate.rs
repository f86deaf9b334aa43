//! A pipeline asks: may this candidate be deployed? Its job is answered once, whatever happens.

mod files;
mod read;

use std::panic::AssertUnwindSafe;

use futures_util::future::FutureExt;
use serde_json::{Value, json};

use super::{
    Circumstances, Evidence, Failure, Guard, Invocation, freeze, judge, now, outcome, store_report,
};
use crate::contract::Contract;
use crate::delivery::{Answered, DeliveryError, JobAnswer, Keys, Stored};
use crate::error::{FailureType, GuardError};
use crate::facts::{CouldNotLook, Needs, UnknownCause, gather};
use crate::report::{Document, v1};
use crate::request::{Job, UserParameters};
use crate::services::Services;
use crate::verdict::{Decision, Verdict};

pub(super) use read::distribution_id;

/// Judges what a job asks for, and answers the job.
pub(super) async fn answer<S: Services>(
    guard: &Guard<S>,
    job: &Job,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let judging = AssertUnwindSafe(judge_job(guard, job))
        .catch_unwind()
        .boxed_local();
    let judged = match tokio::time::timeout(invocation.budget(), judging).await {
        Ok(Ok(judged)) => judged,
        Ok(Err(_panic)) => Err(GuardError::Unavailable {
            subject: "Origin Guard".to_owned(),
            problem: "it failed on this candidate, which is a fault of the guard's own; please \
                      report it with the candidate"
                .to_owned(),
        }),
        Err(_elapsed) => Err(GuardError::Unavailable {
            subject: "Origin Guard".to_owned(),
            problem: "AWS did not answer before the function's time was up".to_owned(),
        }),
    };
    let (answer, returned) = match judged {
        Ok((report, answer, stored)) => {
            tracing::info!(
                job = job.id,
                verdict = report.verdict(),
                summary = &*report.summary(),
                "job judged"
            );
            (answer, outcome(&report, &stored))
        }
        Err(error) => {
            tracing::warn!(job = job.id, error = %error, "job not judged");
            (
                JobAnswer::of_error(&error),
                json!({"error": error.to_string()}),
            )
        }
    };
    deliver(guard, &job.id, &answer, invocation).await?;
    Ok(returned)
}

/// Answers a job whose event cannot be read.
pub(super) async fn answer_unreadable<S: Services>(
    guard: &Guard<S>,
    job: &str,
    problem: &str,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let error = GuardError::configuration(
        format!("the job event cannot be read: {problem}"),
        "Check that the action invokes Origin Guard as CodePipeline's Lambda action does",
    );
    deliver(guard, job, &JobAnswer::of_error(&error), invocation).await?;
    Ok(json!({"error": error.to_string()}))
}

async fn deliver<S: Services>(
    guard: &Guard<S>,
    job: &str,
    answer: &JobAnswer,
    invocation: &Invocation,
) -> Result<(), Failure> {
    let answering = AssertUnwindSafe(guard.services.answer(job, answer)).catch_unwind();
    let lost = |why: &str| {
        Err(DeliveryError {
            what: format!("the answer to CodePipeline job {job}"),
            why: why.to_owned(),
        })
    };
    let answered = match tokio::time::timeout(invocation.left(), answering).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(_panic)) => lost("a fault of the guard's own"),
        Err(_elapsed) => lost("the function's time was up"),
    };
    match answered {
        Ok(Answered::Now) => Ok(()),
        Ok(Answered::Before) => {
            tracing::info!(job, "job answered before");
            Ok(())
        }
        Err(error) => {
            // The alarm on unanswered jobs in template.yaml filters for this message.
            tracing::error!(job, error = %error, "job unanswered");
            Err(error.into())
        }
    }
}

type JudgedJob = (Document, JobAnswer, Result<Stored, String>);

async fn judge_job<S: Services>(guard: &Guard<S>, job: &Job) -> Result<JudgedJob, GuardError> {
    let settings = guard.settings.as_ref().map_err(Clone::clone)?;
    let parameters = UserParameters::parse(job.user_parameters()).map_err(|error| {
        GuardError::configuration(error.to_string(), "Correct the action's UserParameters")
    })?;
    let services = &guard.services;
    let read = read::read(services, settings, job, &parameters).await?;
    let account = job.account_id.as_deref();
    let subjects = read.subjects;
    let contract = read.contract.as_ref();
    let owners = Contract::owners(contract, &settings.bucket_owners);
    let facts = gather(
        &services.probes(account, &owners),
        &Needs::of_all(subjects.iter().map(|subject| {
            let baseline = subject.baseline.as_ref().map(|(config, _)| config);
            subject.candidate.to_probe(baseline)
        })),
    )
    .await;
    let on_unknown = parameters.unknown.unwrap_or(settings.on_unknown);
    let judged_at = now();
    let trigger = v1::Trigger {
        pipeline: read.pipeline,
        job: Some(job.id.clone()),
        ..v1::Trigger::default()
    };
    let cost = services.cost();
    let mut judged = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let facts = facts.with_planned(&subject.candidate.planned);
        let compared_with = subject.baseline.as_ref().map(|(config, _)| config);
        let decision = judge(Evidence {
            candidate: &subject.candidate,
            baseline: compared_with,
            facts: &facts,
            limits: &settings.limits,
            unknowns: subject.unknowns,
            on_unknown,
            contract,
            judged_at: &judged_at,
            notes: subject.notes,
            harmless: false,
        });
        let circumstances = Circumstances {
            mode: "gate",
            judged_at: &judged_at,
            baseline: subject.baseline.as_ref().map(|(_, baseline)| baseline),
            compared_with,
            trigger: Some(&trigger),
            explanation: None,
            cost: cost.clone(),
        };
        let report = freeze(&subject.candidate, &facts, &decision, &circumstances);
        judged.push((report, decision));
    }
    // The first of the worst says who must act.
    let worst = judged.iter().map(|(_, decision)| decision.verdict).max();
    let worst = worst.unwrap_or(Verdict::Pass);
    let failure = judged
        .iter()
        .find(|(_, decision)| decision.verdict == worst)
        .map_or(FailureType::JobFailed, |(_, decision)| {
            failure_type(decision)
        });
    let reports = judged.into_iter().map(|(report, _)| report).collect();
    let document = Document::of(reports, worst.name());
    let key = Keys::report(document.name(), &judged_at, &job.id);
    let stored = store_report(services, settings, &key, &document).await;
    let answer = JobAnswer::of_report(&document, worst, failure, &stored);
    Ok((document, answer, stored))
}

/// Who must act on a verdict that fails the job.
fn failure_type(decision: &Decision) -> FailureType {
    if decision.verdict == Verdict::Block {
        return FailureType::JobFailed;
    }
    let denied = decision.unknowns.iter().any(|needed| {
        needed.blocks()
            && matches!(
                needed.unknown.cause,
                UnknownCause::CouldNotLook(CouldNotLook::Denied { .. })
            )
    });
    if denied {
        FailureType::PermissionError
    } else {
        FailureType::SystemUnavailable
    }
}
