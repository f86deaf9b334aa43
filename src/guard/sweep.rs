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
    if !is_over && continuation::is_possible(&sweep, &progress) {
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
        let (contract, note) = self.contract().await;
        progress.notes.extend(note.filter(|_| progress.step == 0));
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
                Ok(Ok(Batch::Swept(swept))) => {
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
        progress.unreadable += survey.unreadable.len();
        progress.notes.append(&mut survey.unreadable);
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

    /// What the team declares, or a note: a sweep without it says less.
    async fn contract(&self) -> (Option<Contract>, Option<String>) {
        let Some(url) = &self.settings.contract else {
            return (None, None);
        };
        let reading = read_contract(self.services, url, self.settings);
        let why = match self.invocation.patiently(reading).await {
            Ok(Ok(contract)) => return (Some(contract), None),
            Ok(Err(error)) => error.to_string(),
            Err(interrupted) => format!("{url} was not read: {interrupted}"),
        };
        (None, Some(format!("judged without the contract: {why}")))
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
