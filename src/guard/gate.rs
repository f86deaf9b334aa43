//! A pipeline asks: may this candidate be deployed? Its job is answered once, whatever happens.

mod claim;
mod subjects;

use futures_util::future::{FutureExt as _, join};
use serde_json::Value;

use super::bounds::within;
use super::job::verdict::{Each, JobVerdict};
use super::job::{self, Ended, Task, not_judged};
use super::judging::{Terms, judge};
use super::session::Session;
use super::storing::store;
use super::{Failure, Guard, Invocation};
use crate::error::GuardError;
use crate::judged::{Mode, Trigger};
use crate::memory::reports;
use crate::ports::Services;
use crate::request::Job;
use claim::{Begun, begin};
use subjects::read;

/// Judges what a job asks for, and answers the job.
pub(super) async fn answer<S: Services>(
    guard: &Guard<S>,
    session: &Session<'_, S::Account>,
    job: &Job,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let judging = judge_and_store(guard, session, job, invocation);
    job::answer(&guard.services, &job.id, invocation, judging).await
}

/// Judges a job, and stores its report in the time that is left for that: it only says more.
async fn judge_and_store<S: Services>(
    guard: &Guard<S>,
    session: &Session<'_, S::Account>,
    job: &Job,
    invocation: &Invocation,
) -> Result<Ended, GuardError> {
    let task = Task::of(guard, session, job, invocation)?;
    let until = invocation.judging_until();
    let judged = within(until, judge_job(&task)).await;
    let (verdict, begun) = judged.map_err(not_judged)??;
    let document = &verdict.document;
    let key = reports::key(document.name(), begun.at, &job.id);
    let expected = reports::place(task.services, &key, task.settings.region.as_ref());
    // Where another delivery has the job, its report is the one whose address was or will be
    // answered, and another one beside it would have no reader.
    let stored = if begun.is_ours {
        store(task.services, &key, expected, document, until).await
    } else {
        expected
    };
    Ok(verdict.end(&job.id, &stored))
}

/// Reads what a job names, and judges it.
async fn judge_job<S: Services>(task: &Task<'_, S>) -> Result<(JobVerdict, Begun), GuardError> {
    // The claim is one more request in a wave that waits for CloudFront and S3 anyway.
    let (read, begun) = join(read(task).boxed_local(), begin(task).boxed_local()).await;
    let read = read?;
    let trigger = Trigger::Job {
        id: task.job.id.clone(),
        pipeline: read.pipeline,
    };
    let terms = Terms::new(Mode::Gate, task.settings);
    let terms = Terms {
        contract: read.contract.as_ref(),
        on_unknown: task.parameters.unknown.unwrap_or(terms.on_unknown),
        trigger: Some(&trigger),
        ..terms
    };
    let judged = judge(task.session, read.subjects, &terms, Each::of).await?;
    Ok((JobVerdict::of(judged), begun))
}
