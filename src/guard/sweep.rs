//! Every distribution of an account: what is new, what is gone, what stays. A sweep that its invocation
//! has no time for continues in another one.

mod continuation;
mod digest;
mod existence;
mod index;
mod past;
mod patience;
mod state;
mod survey;
#[cfg(feature = "cli")]
mod terminal;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt as _};

use futures_util::future::FutureExt as _;
use serde_json::{Value, json};

use super::bounds::{Interrupted, within};
use super::judging::Terms;
use super::session::Session;
use super::{Failure, Guard, Invocation, read_contract};
use crate::contract::Contract;
use crate::distribution::{AccountId, DistributionId};
use crate::error::GuardError;
use crate::judged::Mode;
use crate::memory::reports;
use crate::memory::sweep_progress::Progress;
use crate::ports::Services;
use crate::report::Document;
use crate::request::{SweepRequest, TriggerId};
use crate::settings::Settings;
use crate::sweep::{Observation, RunId};
use crate::uses::Index;
use state::States;
use survey::{Batch, Survey, Swept};

#[cfg(feature = "cli")]
pub use terminal::{SweepOptions, sweep};

/// A sweep, and what is at hand for it.
struct Sweep<'a, S: Services> {
    services: &'a S,
    session: &'a Session<'a, S::Account>,
    settings: &'a Settings,
    request: &'a SweepRequest,
    invocation: &'a Invocation,
    account: AccountId,
}

/// What an invocation came to.
#[derive(Default)]
struct Reached {
    observations: Vec<Observation>,
    /// Whether the list was read to its end.
    is_whole: bool,
    /// Why not, where another invocation would not help.
    problem: Option<GuardError>,
    /// Where another invocation begins.
    marker: Option<String>,
    /// Who uses what, where this invocation has read the whole list.
    index: Option<Index>,
}

/// Sweeps, as far as the time goes.
pub(super) async fn run<S: Services>(
    guard: &Guard<S>,
    session: &Session<'_, S::Account>,
    request: &SweepRequest,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let settings = guard.settings.as_ref().map_err(Clone::clone)?;
    let account = session.account_id().ok_or_else(no_account)?;
    let sweep = Sweep {
        services: &guard.services,
        session,
        settings,
        request,
        invocation,
        account,
    };
    let Some((mut progress, version)) = continuation::begin(&sweep).await? else {
        tracing::info!("sweep continued before");
        return Ok(json!({"duplicate": true}));
    };
    let states = States::read(&sweep).await?;
    progress.notes.extend(states.notes());
    let reached = sweep.survey(&states, &mut progress).boxed_local().await?;
    if progress.distributions.is_empty()
        && let Some(error) = reached.problem
    {
        // Nothing was checked: the invocation fails, which its alarm reports.
        return Err(error.into());
    }
    let is_over = reached.is_whole || reached.problem.is_some();
    // One that reached nothing is retried as it is, rather than continued a hundred times.
    let got_on = !reached.observations.is_empty() || reached.marker != progress.marker;
    if !is_over && !got_on && progress.distributions.is_empty() {
        return Err(GuardError::Unavailable {
            subject: "the list of distributions".to_owned(),
            problem: "no distribution was reached in the time of one invocation".to_owned(),
        }
        .into());
    }
    if !is_over && got_on && continuation::is_possible(&sweep, &progress) {
        return continuation::hand_over(&sweep, states, progress, version, reached)
            .boxed_local()
            .await;
    }
    digest::finish(&sweep, states, progress, reached)
        .boxed_local()
        .await
}

impl<S: Services> Sweep<'_, S> {
    async fn survey(&self, states: &States, progress: &mut Progress) -> Result<Reached, Failure> {
        let (contract, note) = self.contract().await?;
        let lacks_contract = note.is_some();
        note_once(progress, note);
        let terms = Terms {
            contract: contract.as_ref(),
            ..Terms::new(Mode::Sweep, self.settings)
        };
        let owners = Contract::owners(contract.as_ref(), &self.settings.bucket_owners);
        let marker = progress.marker.clone();
        let (services, depth) = (self.services, progress.depth);
        let mut survey = Survey::new(self.session, services, (terms, &owners), depth, marker);
        let done = progress.distributions.iter();
        let mut done: BTreeSet<DistributionId> = done
            .map(|row| DistributionId::from(row.id.as_str()))
            .collect();
        let mut reached = Reached::default();
        // A batch may take as long as the last one did.
        let mut longest = Duration::ZERO;
        loop {
            let began = Instant::now();
            if began + longest >= self.asking_until() {
                break;
            }
            // Its probes give up before that; what hangs beside them ends here.
            let step = within(self.invocation.judging_until(), survey.step(&done));
            match step.await {
                Ok(Ok(Batch::Swept(mut swept))) => {
                    if lacks_contract {
                        swept.iter_mut().for_each(doubt_contract);
                    }
                    done.extend(swept.iter().map(|it| it.observation.distribution.clone()));
                    self.take(states, progress, &mut reached, swept).await;
                }
                Ok(Ok(Batch::End)) => {
                    reached.is_whole = true;
                    break;
                }
                Ok(Ok(Batch::Late)) | Err(Interrupted::TimeUp) => break,
                // It may succeed in another invocation, if that was not a refusal.
                Ok(Err(GuardError::Unavailable { subject, problem })) => {
                    tracing::warn!(subject, problem, "page of the list not read in time");
                    break;
                }
                Ok(Err(error)) => {
                    reached.problem = Some(error);
                    break;
                }
                Err(Interrupted::Panicked) => return Err(panicked().into()),
            }
            longest = longest.max(began.elapsed());
        }
        // A page that another invocation goes on with is read once more.
        for unreadable in survey.unreadable.drain(..) {
            progress.unreadable += usize::from(note_once(progress, Some(unreadable)));
        }
        reached.marker = survey.marker().map(str::to_owned);
        reached.index = survey.take_index();
        Ok(reached)
    }

    /// When the last batch has to be judged: what is found has to be stored and sent after that.
    fn asking_until(&self) -> Instant {
        self.session
            .asks_until()
            .unwrap_or_else(|| self.invocation.judging_until())
    }

    /// Writes a report of each distribution that has changed, and keeps what the digest needs of it.
    async fn take(
        &self,
        states: &States,
        progress: &mut Progress,
        reached: &mut Reached,
        swept: Vec<Swept>,
    ) {
        /// Each is written in three forms at the same time.
        const WRITTEN_AT_ONCE: usize = 8;
        let run = progress.run.clone();
        let storing = swept.into_iter().map(async |mut one: Swept| {
            let before = states.report_of(&one.observation.distribution);
            let differs = states.differs(&one.observation);
            let stored = if differs {
                self.store(&one, &run).await
            } else {
                None
            };
            one.observation.report = stored.or(before);
            one
        });
        let stored: Vec<Swept> = stream::iter(storing)
            .buffered(WRITTEN_AT_ONCE)
            .collect()
            .await;
        for mut one in stored {
            let bucket = self.services.bucket().unwrap_or_default();
            let report = one.observation.report.as_ref();
            one.row.report = report.map(|key| format!("s3://{bucket}/{key}.json"));
            progress.distributions.push(one.row);
            reached.observations.push(one.observation);
        }
    }

    /// The key of a report that was stored.
    async fn store(&self, swept: &Swept, run: &RunId) -> Option<String> {
        self.services.bucket()?;
        let report = &swept.report;
        let key = reports::key(
            &report.distribution.name,
            swept.judged_at,
            &TriggerId::from(run.as_str()),
        );
        let document = Document::One(report.clone());
        let until = self.invocation.judging_until();
        let stored = within(until, reports::store(self.services, &key, &document)).await;
        let problem = match stored {
            Ok(Ok(_)) => return Some(key.to_string()),
            Ok(Err(error)) => error.to_string(),
            Err(interrupted) => interrupted.to_string(),
        };
        tracing::error!(key = key.as_str(), error = problem, "report not stored");
        None
    }

    /// What the team declares, or a note where the file is wrong: a sweep without it says less.
    ///
    /// # Errors
    /// If it cannot be read now. What it waives and what it asks for would be new and gone in this sweep
    /// and the reverse in the next, so the invocation fails, and is retried.
    async fn contract(&self) -> Result<(Option<Contract>, Option<String>), GuardError> {
        let Some(url) = &self.settings.contract else {
            return Ok((None, None));
        };
        let reading = read_contract(self.services, url, self.settings);
        match self.invocation.patiently(reading).await {
            Ok(Ok(contract)) => Ok((Some(contract), None)),
            Ok(Err(error @ GuardError::Unavailable { .. })) => Err(error),
            Ok(Err(error)) => Ok((None, Some(format!("judged without the contract: {error}")))),
            Err(interrupted) => Err(GuardError::Unavailable {
                subject: url.clone(),
                problem: format!("the contract was not read: {interrupted}"),
            }),
        }
    }
}

/// Adds a sentence to the digest, and says whether it is a new one.
fn note_once(progress: &mut Progress, note: Option<String>) -> bool {
    let note = note.filter(|note| !progress.notes.contains(note));
    let is_new = note.is_some();
    progress.notes.extend(note);
    is_new
}

/// Without the contract its rules decide nothing: what they found before is not gone.
fn doubt_contract(swept: &mut Swept) {
    for rule in ["contract-mismatch", "behavior-contract-mismatch"] {
        swept.observation.doubts.add(rule, None);
    }
}

fn no_account() -> GuardError {
    GuardError::configuration(
        "the function's ARN does not name its account",
        "Invoke the function by Lambda; at a terminal, run `origin-guard sweep`",
    )
}

fn panicked() -> GuardError {
    GuardError::Unavailable {
        subject: "the sweep".to_owned(),
        problem: "it caused an internal error in Origin Guard; please report it".to_owned(),
    }
}
