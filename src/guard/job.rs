//! A job of CodePipeline: what its ways in share, from what it names to its one answer.

pub(super) mod files;
pub(super) mod reading;
pub(super) mod verdict;

use serde_json::{Value, json};

use super::bounds::{Interrupted, within};
use super::session::Session;
use super::{Failure, Guard, Invocation};
use crate::delivery::JobAnswer;
use crate::error::GuardError;
use crate::ports::{Answered, DeliveryError, Pipelines, Services};
use crate::request::{Job, TriggerId, UserParameters};
use crate::settings::Settings;

/// A job, and what is at hand to do it.
pub(super) struct Task<'a, S: Services> {
    pub services: &'a S,
    pub session: &'a Session<'a, S::Account>,
    pub settings: &'a Settings,
    pub job: &'a Job,
    pub parameters: UserParameters,
    pub invocation: &'a Invocation,
}

impl<'a, S: Services> Task<'a, S> {
    /// # Errors
    /// If settings or UserParameters are wrong. A bad setting is the answer to the job; at start-up it
    /// would only crash the function, and the pipeline's users could not read why.
    pub(super) fn of(
        guard: &'a Guard<S>,
        session: &'a Session<'a, S::Account>,
        job: &'a Job,
        invocation: &'a Invocation,
    ) -> Result<Self, GuardError> {
        Ok(Self {
            services: &guard.services,
            session,
            settings: guard.settings.as_ref().map_err(Clone::clone)?,
            job,
            parameters: parameters(job)?,
            invocation,
        })
    }
}

/// How a job ended.
pub(super) struct Ended {
    /// Its answer; none where another delivery of the job gives it.
    pub answer: Option<JobAnswer>,
    /// What the invocation returns to a synchronous caller.
    pub returned: Value,
}

/// What UserParameters ask for.
fn parameters(job: &Job) -> Result<UserParameters, GuardError> {
    UserParameters::parse(job.user_parameters()).map_err(|error| {
        GuardError::configuration(error.to_string(), "Correct the action's UserParameters")
    })
}

/// Does what a job asks for, and answers the job.
pub(super) async fn answer(
    pipelines: &impl Pipelines,
    job: &TriggerId,
    invocation: &Invocation,
    work: impl Future<Output = Result<Ended, GuardError>>,
) -> Result<Value, Failure> {
    // The outer bound is for what the work's own does not hold: parameters, storing, and the making
    // of the answer.
    let ended = match within(invocation.ends(), work).await {
        Ok(ended) => ended,
        Err(interrupted) => Err(not_judged(interrupted)),
    };
    let Ended { answer, returned } = ended.unwrap_or_else(|error| {
        tracing::warn!(job = job.as_str(), error = %error, "job not judged");
        Ended {
            answer: Some(JobAnswer::of_error(&error)),
            returned: json!({"error": error.to_string()}),
        }
    });
    // Only an answer that did not go out fails the invocation: Lambda then retries with the same
    // job ID.
    let Some(answer) = answer else {
        tracing::warn!(job = job.as_str(), "job left to another delivery of it");
        return Err(left_to_another(job).into());
    };
    deliver(pipelines, job, &answer, invocation).await?;
    Ok(returned)
}

/// The invocation fails, so that Lambda retries it: the other delivery may end before it answers.
fn left_to_another(job: &TriggerId) -> DeliveryError {
    DeliveryError {
        what: format!("the answer to CodePipeline job {job}"),
        why: "another delivery of the job is giving it".to_owned(),
    }
}

pub(super) fn not_judged(interrupted: Interrupted) -> GuardError {
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
    job: &TriggerId,
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
    job: &TriggerId,
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
            tracing::info!(job = job.as_str(), "job answered before");
            Ok(())
        }
        Err(error) => {
            // The alarm on unanswered jobs in template.yaml filters for this message.
            tracing::error!(job = job.as_str(), error = %error, "job unanswered");
            Err(error.into())
        }
    }
}
