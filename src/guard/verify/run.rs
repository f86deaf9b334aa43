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
    ///
    /// # Errors
    /// If the token cannot be recorded: the next job would refuse it. And if this very invocation has seen
    /// the end of the run before, and was killed: no other gives the answer then.
    pub(super) async fn go_on<S: Services>(
        &self,
        task: &Task<'_, S>,
        next: Continuation,
    ) -> Result<Option<Continuation>, GuardError> {
        if task.services.bucket().is_none() {
            return Ok(Some(next));
        }
        let outcome = Outcome::Token(next);
        let ended = match self.end(task, outcome.clone()).await {
            Ok(ended) => ended,
            // A conditional write: a second one changes nothing that the first has written.
            Err(_) => self
                .end(task, outcome)
                .await
                .map_err(|problem| not_recorded(&problem))?,
        };
        match ended {
            Outcome::Token(given) => Ok(Some(given)),
            Outcome::Ended { request_id } if request_id == task.invocation.request_id => {
                Err(GuardError::Unavailable {
                    subject: "the deployment".to_owned(),
                    problem:
                        "this job saw its end, was killed before it answered, and cannot see it \
                              again; retry the action"
                            .to_owned(),
                })
            }
            Outcome::Ended { .. } => Ok(None),
        }
    }

    /// Ends the run with this job.
    pub(super) async fn ends<S: Services>(&self, task: &Task<'_, S>) -> Ends {
        let request_id = &task.invocation.request_id;
        let outcome = Outcome::Ended {
            request_id: request_id.clone(),
        };
        if task.services.bucket().is_none() {
            return Ends::Here;
        }
        match self.end(task, outcome).await {
            Ok(Outcome::Token(given)) => Ends::Not(given),
            // Lambda's retries keep the request ID, while a second delivery has its own.
            Ok(Outcome::Ended { request_id: other }) if other != *request_id => Ends::Elsewhere,
            Ok(Outcome::Ended { .. }) | Err(_) => Ends::Here,
        }
    }

    /// Records how the job's turn ends, and gives what is on record.
    async fn end<S: Services>(
        &self,
        task: &Task<'_, S>,
        outcome: Outcome,
    ) -> Result<Outcome, String> {
        let ending = runs::end(task.services, &self.id, self.turn() + 1, outcome);
        flat(task.invocation.patiently(ending).await).inspect_err(|problem| {
            tracing::warn!(
                run = self.id.as_str(),
                job = task.job.id.as_str(),
                error = problem,
                "end of the job's turn not recorded"
            );
        })
    }
}

fn not_recorded(problem: &str) -> GuardError {
    GuardError::Unavailable {
        subject: "the record of the verification in the report bucket".to_owned(),
        problem: format!(
            "it was not written, and the next job could not go on without it: {problem}"
        ),
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
