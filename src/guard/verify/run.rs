//! A run of a verification: the jobs of one action, from the first to the one that ends it.

use futures_util::future::join;
use time::{Duration, OffsetDateTime};

use super::Read;
use crate::error::GuardError;
use crate::guard::bounds::Interrupted;
use crate::guard::clock;
use crate::guard::job::Task;
use crate::memory::runs::{self, Outcome, Turn};
use crate::ports::Services;
use crate::request::{Continuation, Left, TriggerId};
use crate::timestamp::Timestamp;

/// The run that a job is of.
pub(super) struct Run {
    /// The ID of its first job.
    pub id: TriggerId,
    /// When it began: its report is kept under it.
    pub started_at: Timestamp,
    /// The token that the job came with; none of the first.
    pub came_with: Option<Continuation>,
    /// What a reader must know of its token.
    pub notes: Vec<String>,
}

/// Whether a run ends with a job.
pub(super) enum Ends {
    /// This invocation ends it, and stores its report.
    Here,
    /// Another delivery of the job ends it.
    Elsewhere,
    /// Another delivery of the job has continued it, with this token.
    Not(Continuation),
}

/// The clocks of AWS's own machines differ by less.
const SKEW: Duration = Duration::minutes(5);

/// Begins a run, or continues one: the token that the job came with is held against its record, and its
/// turn is taken.
pub(super) async fn begin<S: Services>(task: &Task<'_, S>) -> Result<Run, GuardError> {
    match task.job.continuation_token() {
        None => Ok(first(task).await),
        Some(text) => {
            let token = Continuation::parse(text).map_err(|why| refused(&why.to_string()))?;
            continued(task, token).await
        }
    }
}

/// The first job has no token. Where its answer was lost, the report takes the time of the first try.
async fn first<S: Services>(task: &Task<'_, S>) -> Run {
    let job = &task.job.id;
    let turn = Turn {
        job: job.clone(),
        started_at: clock::now(),
    };
    let mut run = Run {
        id: job.clone(),
        started_at: turn.started_at,
        came_with: None,
        notes: Vec::new(),
    };
    if task.services.bucket().is_some() {
        let taking = runs::take(task.services, job, None, turn);
        match flat(task.invocation.patiently(taking).await) {
            Ok(turn) => run.started_at = turn.started_at,
            Err(problem) => run.is_not_recorded(&problem),
        }
    }
    run
}

async fn continued<S: Services>(
    task: &Task<'_, S>,
    token: Continuation,
) -> Result<Run, GuardError> {
    if token.started_at.age(OffsetDateTime::now_utc()) < -SKEW {
        return Err(refused("it is of the future"));
    }
    let mut run = Run {
        id: token.run.clone(),
        started_at: token.started_at,
        came_with: None,
        notes: Vec::new(),
    };
    if task.services.bucket().is_some() {
        let turn = Turn {
            job: task.job.id.clone(),
            started_at: token.started_at,
        };
        let reading = runs::given(task.services, &token);
        let taking = runs::take(task.services, &token.run, Some(&token), turn);
        let (record, holder) = join(
            task.invocation.patiently(reading),
            task.invocation.patiently(taking),
        )
        .await;
        run.is_recorded(&token, flat(record))?;
        run.is_its_turn(&task.job.id, flat(holder))?;
    } else {
        run.notes.push(
            "the continuation token was held against the job's parameters only: without \
             ORIGIN_GUARD_REPORT_BUCKET there is no record of it"
                .to_owned(),
        );
    }
    run.came_with = Some(token);
    Ok(run)
}

impl Run {
    /// Holds a token against the record that was written when it was given.
    fn is_recorded(
        &mut self,
        token: &Continuation,
        given: Result<Option<Continuation>, String>,
    ) -> Result<(), GuardError> {
        match given {
            Ok(Some(given)) if given == *token => Ok(()),
            Ok(Some(_)) => Err(refused("it was changed since it was given")),
            Ok(None) => Err(refused(
                "the report bucket has no record of it, or its run has ended",
            )),
            Err(problem) => {
                self.is_not_recorded(&problem);
                Ok(())
            }
        }
    }

    /// Lambda's retries and second deliveries have the job's own ID.
    fn is_its_turn(
        &mut self,
        job: &TriggerId,
        taken: Result<Turn, String>,
    ) -> Result<(), GuardError> {
        match taken {
            Ok(taken) if taken.job == *job => Ok(()),
            Ok(taken) => Err(refused(&format!("job {} has used it already", taken.job))),
            Err(problem) => {
                self.is_not_recorded(&problem);
                Ok(())
            }
        }
    }

    /// What is kept only says more, so that a verification does not fail for it.
    fn is_not_recorded(&mut self, problem: &str) {
        tracing::warn!(
            run = self.id.as_str(),
            error = problem,
            "run not recorded: it may have a second report"
        );
        if self.notes.is_empty() {
            self.notes.push(format!(
                "the continuation token could not be held against the record of the run ({problem})"
            ));
        }
    }

    /// Holds the token against what the job's own parameters name.
    ///
    /// # Errors
    /// If it is of another distribution or candidate.
    pub(super) fn fits(&self, read: &Read) -> Result<(), GuardError> {
        let Some(token) = &self.came_with else {
            return Ok(());
        };
        if token.distribution != read.id {
            return Err(refused(&format!(
                "it is of distribution {}, and the job is of {}",
                token.distribution, read.id
            )));
        }
        if token.candidate.as_deref() != read.digest() {
            return Err(refused("it is of another candidate than the job"));
        }
        Ok(())
    }

    /// The number of the job in its run, from 0.
    fn turn(&self) -> u32 {
        self.came_with.as_ref().map_or(0, |token| token.turn)
    }

    /// How long it has lasted.
    pub(super) fn lasted(&self) -> Duration {
        self.started_at.age(OffsetDateTime::now_utc())
    }

    /// The token for the next job.
    pub(super) fn next(&self, read: &Read, left: Left) -> Continuation {
        let pipeline = read.pipeline.as_ref();
        Continuation {
            execution: pipeline.and_then(|it| it.execution_id.clone()),
            turn: self.turn().saturating_add(1),
            candidate: read.digest().map(str::to_owned),
            etag: read.live.etag.clone(),
            left,
            ..Continuation::begin(&self.id, self.started_at, &read.id)
        }
    }

    /// The token for the next job, of one that has seen nothing.
    pub(super) fn again(&self) -> Option<Continuation> {
        let token = self.came_with.as_ref()?;
        Some(Continuation {
            turn: token.turn.saturating_add(1),
            ..token.clone()
        })
    }

    /// Continues the run with a token, which is recorded. `None` where another delivery of the job ends
    /// the run.
    pub(super) async fn go_on<S: Services>(
        &self,
        task: &Task<'_, S>,
        next: Continuation,
    ) -> Option<Continuation> {
        match self.end(task, Outcome::Token(next.clone())).await {
            Some(Outcome::Token(given)) => Some(given),
            Some(Outcome::Ended { .. }) => None,
            None => Some(next),
        }
    }

    /// Ends the run with this job.
    pub(super) async fn ends<S: Services>(&self, task: &Task<'_, S>) -> Ends {
        let request_id = &task.invocation.request_id;
        let outcome = Outcome::Ended {
            request_id: request_id.clone(),
        };
        match self.end(task, outcome).await {
            Some(Outcome::Token(given)) => Ends::Not(given),
            // Lambda's retries keep the request ID, while a second delivery has its own.
            Some(Outcome::Ended { request_id: other }) if other != *request_id => Ends::Elsewhere,
            Some(Outcome::Ended { .. }) | None => Ends::Here,
        }
    }

    /// Records how the job's turn ends; `None` where nothing is kept.
    async fn end<S: Services>(&self, task: &Task<'_, S>, outcome: Outcome) -> Option<Outcome> {
        task.services.bucket()?;
        let ending = runs::end(task.services, &self.id, self.turn() + 1, outcome);
        flat(task.invocation.patiently(ending).await)
            .inspect_err(|problem| {
                tracing::warn!(
                    run = self.id.as_str(),
                    job = task.job.id.as_str(),
                    error = problem,
                    "end of the job's turn not recorded"
                );
            })
            .ok()
    }
}

/// What came of a call that nothing waits for long.
fn flat<T, E: ToString>(called: Result<Result<T, E>, Interrupted>) -> Result<T, String> {
    match called {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(error.to_string()),
        Err(interrupted) => Err(interrupted.to_string()),
    }
}

fn refused(why: &str) -> GuardError {
    GuardError::configuration(
        format!("the job's continuation token is refused: {why}"),
        "Retry the action, which begins a new verification; only CodePipeline passes on these tokens",
    )
}
