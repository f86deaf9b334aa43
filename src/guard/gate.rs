//! A pipeline asks: may this candidate be deployed? Its job is answered once, whatever happens.

mod claim;
mod files;
mod subjects;
mod verdict;

use futures_util::future::{FutureExt as _, join};
use serde_json::{Value, json};

use super::bounds::{Interrupted, within};
use super::judging::{Terms, judge};
use super::session::Session;
use super::storing::{outcome, store};
use super::{Failure, Guard, Invocation};
use crate::delivery::{JobAnswer, Stored};
use crate::error::GuardError;
use crate::judged::{Mode, Trigger};
use crate::memory::reports;
use crate::ports::{Answered, DeliveryError, Pipelines, Services};
use crate::report::Document;
use crate::request::{Job, UserParameters};
use crate::settings::Settings;
use claim::{Begun, begin};
use subjects::read;
use verdict::{Each, JobVerdict};

/// A job, and what is at hand to judge it.
struct Gate<'a, S: Services> {
    services: &'a S,
    session: &'a Session<'a, S::Account>,
    settings: &'a Settings,
    job: &'a Job,
    parameters: &'a UserParameters,
    invocation: &'a Invocation,
}

/// Judges what a job asks for, and answers the job.
pub(super) async fn answer<S: Services>(
    guard: &Guard<S>,
    session: &Session<'_, S::Account>,
    job: &Job,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let judging = judge_and_store(guard, session, job, invocation);
    // The outer bound is for what the inner one does not hold: parameters, storing, and the making
    // of the answer.
    let judged = match within(invocation.ends(), judging).await {
        Ok(judged) => judged,
        Err(interrupted) => Err(not_judged(interrupted)),
    };
    let (answer, returned) = match judged {
        Ok((report, answer, stored)) => {
            tracing::info!(
                job = job.id,
                verdict = report.verdict().name(),
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
    // Only an answer that did not go out fails the invocation: Lambda then retries with the same
    // job ID.
    deliver(&guard.services, &job.id, &answer, invocation).await?;
    Ok(returned)
}

fn not_judged(interrupted: Interrupted) -> GuardError {
    GuardError::Unavailable {
        subject: "Origin Guard".to_owned(),
        problem: match interrupted {
            Interrupted::Panicked => {
                "this candidate caused an internal error in Origin Guard; please report it with the \
                 candidate"
            }
            Interrupted::TimeUp => "AWS did not answer before the function's time was up",
        }
        .to_owned(),
    }
}

/// Answers a job whose event cannot be read.
pub(super) async fn answer_unreadable(
    pipelines: &impl Pipelines,
    job: &str,
    problem: &str,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let error = GuardError::configuration(
        format!("the job event cannot be read: {problem}"),
        "Check that the action invokes Origin Guard as CodePipeline's Lambda action does",
    );
    deliver(pipelines, job, &JobAnswer::of_error(&error), invocation).await?;
    Ok(json!({"error": error.to_string()}))
}

async fn deliver(
    pipelines: &impl Pipelines,
    job: &str,
    answer: &JobAnswer,
    invocation: &Invocation,
) -> Result<(), Failure> {
    let answering = within(invocation.ends(), async {
        pipelines.answer(job, answer).await
    });
    let answered = answering.await.unwrap_or_else(|interrupted| {
        Err(DeliveryError {
            what: format!("the answer to CodePipeline job {job}"),
            why: interrupted.to_string(),
        })
    });
    match answered {
        Ok(Answered::Now) => Ok(()),
        // A retry after a lost response: the pipeline has its answer, and an error would only cause
        // a further retry.
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
    session: &Session<'_, S::Account>,
    job: &Job,
    invocation: &Invocation,
) -> Result<JudgedJob, GuardError> {
    // A bad setting is the answer to the job; at start-up it would only crash the function, and the
    // pipeline's users could not read why.
    let settings = guard.settings.as_ref().map_err(Clone::clone)?;
    let parameters = UserParameters::parse(job.user_parameters()).map_err(|error| {
        GuardError::configuration(error.to_string(), "Correct the action's UserParameters")
    })?;
    let gate = Gate {
        services: &guard.services,
        session,
        settings,
        job,
        parameters: &parameters,
        invocation,
    };
    let until = invocation.judging_until();
    let judged = within(until, judge_job(&gate)).await;
    let (verdict, begun) = judged.map_err(not_judged)??;
    let document = &verdict.document;
    let key = reports::key(document.name(), &begun.at, &job.id);
    let expected = reports::place(gate.services, &key, settings.region.as_deref());
    // Where another delivery has the job, its report is the one whose address was or will be
    // answered, and another one beside it would have no reader.
    let stored = if begun.is_ours {
        store(gate.services, &key, expected, document, until).await
    } else {
        expected
    };
    let answer = JobAnswer::of_report(document, verdict.verdict, verdict.failure, &stored);
    Ok((verdict.document, answer, stored))
}

/// Reads what a job names, and judges it.
async fn judge_job<S: Services>(gate: &Gate<'_, S>) -> Result<(JobVerdict, Begun), GuardError> {
    // The claim is one more request in a wave that waits for CloudFront and S3 anyway.
    let (read, begun) = join(read(gate).boxed_local(), begin(gate).boxed_local()).await;
    let read = read?;
    let trigger = Trigger::Job {
        id: gate.job.id.clone(),
        pipeline: read.pipeline,
    };
    let terms = Terms::new(Mode::Gate, gate.settings);
    let terms = Terms {
        contract: read.contract.as_ref(),
        on_unknown: gate.parameters.unknown.unwrap_or(terms.on_unknown),
        trigger: Some(&trigger),
        ..terms
    };
    let judged = judge(gate.session, read.subjects, &terms, Each::of).await?;
    Ok((JobVerdict::of(judged), begun))
}
