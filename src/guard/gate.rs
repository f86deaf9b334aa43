//! A pipeline asks: may this candidate be deployed? Its job is answered once, whatever happens.

mod claim;
mod files;
mod judging;
mod subjects;

use std::panic::AssertUnwindSafe;

use futures_util::future::FutureExt;
use serde_json::{Value, json};
use tokio::time::timeout_at;

use super::{Failure, Guard, Invocation, expected, outcome, store_report};
use crate::delivery::JobAnswer;
use crate::error::GuardError;
use crate::memory::{Keys, Stored};
use crate::ports::Services;
use crate::ports::{Answered, DeliveryError};
use crate::report::Document;
use crate::request::{Job, UserParameters};
use judging::judge_job;

pub(super) use subjects::distribution_id;

/// Judges what a job asks for, and answers the job.
pub(super) async fn answer<S: Services>(
    guard: &Guard<S>,
    job: &Job,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let judging = AssertUnwindSafe(judge_and_store(guard, job, invocation))
        .catch_unwind()
        .boxed_local();
    let judged = judging.await.unwrap_or_else(|_panic| {
        Err(unavailable(
            "it failed on this candidate, which is a fault of the guard's own; please report it with \
             the candidate",
        ))
    });
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

fn unavailable(problem: &str) -> GuardError {
    GuardError::Unavailable {
        subject: "Origin Guard".to_owned(),
        problem: problem.to_owned(),
    }
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

/// Judges a job, and stores its report in the time that is left for that: it only says more.
async fn judge_and_store<S: Services>(
    guard: &Guard<S>,
    job: &Job,
    invocation: &Invocation,
) -> Result<JudgedJob, GuardError> {
    let settings = guard.settings.as_ref().map_err(Clone::clone)?;
    let parameters = UserParameters::parse(job.user_parameters()).map_err(|error| {
        GuardError::configuration(error.to_string(), "Correct the action's UserParameters")
    })?;
    let services = &guard.services;
    let until = invocation.judging_until();
    let judging = judge_job(services, settings, job, &parameters, invocation).boxed_local();
    let judged = timeout_at(until.into(), judging)
        .await
        .map_err(|_elapsed| {
            unavailable("AWS did not answer before the function's time was up")
        })??;
    let key = Keys::report(judged.document.name(), &judged.begun.at, &job.id);
    let stored = if judged.begun.is_ours {
        store_report(services, settings, &key, &judged.document, until).await
    } else {
        expected(settings, &key)
    };
    let answer = JobAnswer::of_report(&judged.document, judged.verdict, judged.failure, &stored);
    Ok((judged.document, answer, stored))
}
