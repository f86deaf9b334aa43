//! A pipeline asks after the deployment: is what was gated live, is it deployed, and does the edge reach
//! its origins?
//!
//! CloudFront needs minutes, and no function waits for it: a job that finds the deployment under way
//! is answered with a continuation token, with which CodePipeline makes the next one. The jobs of one
//! run have one report, and each of them one answer.

#[cfg(feature = "cli")]
mod by_hand;
mod run;
mod state;
mod words;

#[cfg(feature = "cli")]
pub use by_hand::{Verification, VerifyOptions, verify};

use futures_util::future::{FutureExt as _, LocalBoxFuture, join, join4};
use serde_json::{Value, json};

use super::bounds::within;
use super::edge;
use super::job::files::read_files;
use super::job::reading::{
    known_last_good, live_and_good, pipeline, same_distribution, stored_contract,
};
use super::job::verdict::{Each, JobVerdict};
use super::job::{self, Ended, Task, not_judged};
use super::judging::{Terms, judge};
use super::named::distribution_id;
use super::session::Session;
use super::storing::store;
use super::subject::{Comparison, Subject};
use super::{Failure, Guard, Invocation};
use crate::candidate::{Candidate, Live, Source, one};
use crate::contract::Contract;
use crate::delivery::{JobAnswer, JobContinuation};
use crate::distribution::{Distribution, DistributionId};
use crate::edge::Seen as SeenOfEdge;
use crate::error::GuardError;
use crate::judged::{Baseline, Mode, Pipeline, Trigger};
use crate::memory::last_good::LastGood;
use crate::memory::{changes, reports};
use crate::ports::Services;
use crate::request::{Continuation, Job, Left};
use run::{Ends, Run, begin};
use state::{Seen, State, state};

/// Verifies what a job asks for, and answers the job.
pub(super) async fn answer<S: Services>(
    guard: &Guard<S>,
    session: &Session<'_, S::Account>,
    job: &Job,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let verifying = verify_and_store(guard, session, job, invocation);
    job::answer(&guard.services, &job.id, invocation, verifying).await
}

/// Verifies, and stores the report in the time that is left for that: it only says more.
async fn verify_and_store<S: Services>(
    guard: &Guard<S>,
    session: &Session<'_, S::Account>,
    job: &Job,
    invocation: &Invocation,
) -> Result<Ended, GuardError> {
    let task = Task::of(guard, session, job, invocation)?;
    let until = invocation.judging_until();
    let judged = match within(until, verify_job(&task))
        .await
        .map_err(not_judged)??
    {
        Verified::Judged(judged) => judged,
        Verified::Continued(continuation) => return Ok(continued(job, continuation)),
        Verified::Elsewhere => {
            return Ok(Ended {
                answer: None,
                returned: Value::Null,
            });
        }
    };
    let Judged { verdict, run, ends } = *judged;
    let document = &verdict.document;
    // One for all jobs of the run, so that a delivery which stores none names the same.
    let key = reports::key(document.name(), run.started_at, &run.id);
    let expected = reports::place(task.services, &key, task.settings.region.as_ref());
    let stored = match ends {
        Ends::Here => store(task.services, &key, expected, document, until).await,
        Ends::Elsewhere | Ends::Not(_) => expected,
    };
    Ok(verdict.end(&job.id, &stored))
}

/// What came of one job.
enum Verified {
    /// The deployment is under way.
    Continued(JobContinuation),
    /// Another delivery of the job ends the run.
    Elsewhere,
    /// The deployment has ended, and what runs was judged.
    Judged(Box<Judged>),
}

struct Judged {
    verdict: JobVerdict,
    run: Run,
    ends: Ends,
}

async fn verify_job<S: Services>(task: &Task<'_, S>) -> Result<Verified, GuardError> {
    // The record of the run is read and written in a wave that waits for CloudFront and S3 anyway.
    let (read, run) = join(read(task).boxed_local(), begin(task).boxed_local()).await;
    let run = run?;
    let read = match read {
        Ok(read) => read,
        Err(error) => return later(task, &run, error).await,
    };
    run.fits(&read)?;
    let seen = read.seen(run.came_with.as_ref());
    let found = state(&seen);
    let left = match found {
        State::Deployed => return judge_live(task, read, run).await,
        State::Other(other) => {
            let reading = changes::read(task.services, &read.id, &read.live.etag);
            let by = task.invocation.patiently(reading).await.ok().flatten();
            return Err(words::out_of_sync(&seen, &other, by.as_ref()));
        }
        State::Before => Left::Version,
        State::Deploying => Left::Deployment,
    };
    if run.lasted() >= task.settings.verify {
        return Err(words::too_late(
            &seen,
            left,
            run.started_at,
            task.settings.verify,
        ));
    }
    let summary = words::under_way(&seen, left, task.settings.verify);
    go_on(task, &run, run.next(&read, left), summary).await
}

/// CloudFront or S3 is throttled or did not answer: the next job asks again, so that a deployment that
/// goes well does not fail for it.
async fn later<S: Services>(
    task: &Task<'_, S>,
    run: &Run,
    error: GuardError,
) -> Result<Verified, GuardError> {
    match (&error, run.again()) {
        (GuardError::Unavailable { .. }, Some(next)) if run.lasted() < task.settings.verify => {
            go_on(task, run, next, error.to_string()).await
        }
        _ => Err(error),
    }
}

async fn go_on<S: Services>(
    task: &Task<'_, S>,
    run: &Run,
    next: Continuation,
    summary: String,
) -> Result<Verified, GuardError> {
    let next = run.go_on(task, next).await?;
    Ok(next.map_or(Verified::Elsewhere, |next| {
        Verified::Continued(JobContinuation::new(&next, &summary))
    }))
}

/// The end of a job that another one continues.
fn continued(job: &Job, continuation: JobContinuation) -> Ended {
    tracing::info!(
        job = job.id.as_str(),
        summary = continuation.summary,
        "job continued"
    );
    Ended {
        returned: json!({"continues": continuation.summary}),
        answer: Some(JobAnswer::Continuation(continuation)),
    }
}

/// What a job names, and what there is.
struct Read {
    id: DistributionId,
    candidate: Option<Candidate>,
    live: Live,
    last_good: Result<Option<LastGood>, GuardError>,
    contract: Option<Contract>,
    pipeline: Option<Pipeline>,
}

impl Read {
    /// SHA-256 of the candidate's document, where one is named.
    fn digest(&self) -> Option<&str> {
        self.candidate.as_ref()?.provenance.sha256.as_deref()
    }

    fn seen<'r>(&'r self, before: Option<&'r Continuation>) -> Seen<'r> {
        Seen {
            live: &self.live,
            candidate: self.candidate.as_ref(),
            last_good: self.last_good.as_ref().ok().and_then(Option::as_ref),
            before,
        }
    }
}

async fn read<S: Services>(task: &Task<'_, S>) -> Result<Read, GuardError> {
    let parameters = &task.parameters;
    let named = match &parameters.distribution {
        Some(name) => Some(distribution_id(task.session.account(), name).await?),
        None => None,
    };
    let around = async |id: Option<&DistributionId>| match id {
        Some(id) => Some(live_and_good(task, id).await),
        None => None,
    };
    let (files, found, pipeline, stored) = join4(
        read_files(task, named.as_ref()).boxed_local(),
        around(named.as_ref()).boxed_local(),
        pipeline(task),
        stored_contract(task),
    )
    .await;
    let (stored, files) = (stored?, files?);
    let candidate = match (&parameters.candidate, files.candidates) {
        (Some(path), candidates) => {
            let mut candidate = one(candidates, path)?;
            same_distribution(&mut candidate, named.clone())?;
            Some(candidate)
        }
        (None, _) => None,
    };
    let of_candidate = candidate.as_ref().and_then(|it| it.distribution.id.clone());
    let id = of_candidate.or(named).ok_or_else(words::no_distribution)?;
    let (live, last_good) = match found {
        Some(found) => found,
        None => live_and_good(task, &id).await,
    };
    Ok(Read {
        id,
        candidate,
        live: live?,
        last_good,
        contract: files.contract.or(stored),
        pipeline,
    })
}

/// What is deployed, as it is judged.
fn live_subject(
    live: Distribution,
    baseline: Option<Baseline>,
    notes: Vec<String>,
    edge: LocalBoxFuture<'_, Vec<SeenOfEdge>>,
) -> Subject<'_> {
    let document = live
        .id
        .as_ref()
        .map_or_else(String::new, ToString::to_string);
    Subject {
        notes,
        edge: Some(edge),
        ..Subject::new(
            Candidate::of_config(live, Source::Live, document),
            Comparison::with(baseline),
        )
    }
}

/// Judges what is deployed, and ends the run.
async fn judge_live<S: Services>(
    task: &Task<'_, S>,
    read: Read,
    run: Run,
) -> Result<Verified, GuardError> {
    let mut notes = words::notes(&read.seen(None));
    notes.extend(run.notes.iter().cloned());
    let mut unknowns = Vec::new();
    let baseline = known_last_good(read.last_good, &mut unknowns);
    let until = task.invocation.probing_until();
    let contract = read.contract.as_ref();
    let edge = edge::seen(
        task.services,
        &read.live.distribution,
        contract,
        Some(until),
    );
    let subject = Subject {
        unknowns,
        ..live_subject(read.live.distribution, baseline, notes, edge)
    };
    let trigger = Trigger::Job {
        id: task.job.id.clone(),
        pipeline: read.pipeline,
    };
    let terms = Terms::new(Mode::Verify, task.settings);
    let terms = Terms {
        contract,
        on_unknown: task.parameters.unknown.unwrap_or(terms.on_unknown),
        trigger: Some(&trigger),
        ..terms
    };
    let judging = judge(task.session, vec![subject], &terms, Each::of);
    let (judged, ends) = join(judging.boxed_local(), run.ends(task)).await;
    if let Ends::Not(given) = ends {
        let summary = "another delivery of this job found the deployment under way";
        return Ok(Verified::Continued(JobContinuation::new(&given, summary)));
    }
    Ok(Verified::Judged(Box::new(Judged {
        verdict: JobVerdict::of(judged?),
        run,
        ends,
    })))
}
