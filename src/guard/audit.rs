//! CloudTrail recorded a change: does the origin contract still hold, and if CloudFront refused, why?

mod claim;
mod config;
mod notify;
mod record;
pub(super) mod resource;

use futures_util::future::{FutureExt as _, try_join};
use serde_json::{Value, json};

use super::bounds::{Interrupted, within};
use super::judging::{Outcome, Terms, judge};
use super::session::Session;
use super::subject::{Comparison, Subject};
use super::{Failure, Guard, Invocation, read_contract};
use crate::contract::Contract;
use crate::distribution::AccountId;
use crate::error::GuardError;
use crate::judged::{Baseline, Mode, Trigger};
use crate::memory::last_good::{self, LastGood, Snapshot, Stamp};
use crate::ports::Services;
use crate::request::{ChangeEvent, TriggerId};
use crate::settings::Settings;
use claim::{Delivery, StandDown};

/// A change, and what is at hand to judge it and to report it.
struct Audit<'a, S: Services> {
    services: &'a S,
    session: &'a Session<'a, S::Account>,
    settings: &'a Settings,
    change: &'a ChangeEvent,
    invocation: &'a Invocation,
}

impl<'a, S: Services> Audit<'a, S> {
    fn delivery(&self) -> Delivery<'a, S> {
        Delivery {
            services: self.services,
            settings: self.settings,
            invocation: self.invocation,
            event: &self.change.event_id,
        }
    }
}

/// A change that was judged.
struct JudgedChange {
    outcome: Outcome,
    /// What was read from CloudFront, where that is what was judged.
    live: Option<Snapshot>,
    /// Of the last known good config, as it was read.
    good: Option<Stamp>,
}

/// Why there is no verdict on a change.
enum Unjudged {
    /// CloudTrail left out the config, and the distribution's ID.
    NoConfig,
    /// The event's config cannot be read, nor what is live in its place: what is wrong.
    Unreadable(String),
    /// Something failed that may succeed when it is retried.
    Failed(GuardError),
}

impl From<GuardError> for Unjudged {
    fn from(error: GuardError) -> Self {
        Self::Failed(error)
    }
}

/// Judges a change, and reports it on the channels.
pub(super) async fn report<S: Services>(
    guard: &Guard<S>,
    session: &Session<'_, S::Account>,
    change: &ChangeEvent,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let settings = guard.settings.as_ref().map_err(Clone::clone)?;
    // Before anything is claimed or sent: a bus may forward the events of other accounts here.
    of_this_account(&change.event_id, change.account, invocation)?;
    let audit = Audit {
        services: &guard.services,
        session,
        settings,
        change,
        invocation,
    };
    // An event that another invocation has reported ends the judging too. The calls of the SDK are
    // large: each step has a place of its own.
    let judging = judge_in_time(&audit).map(Ok).boxed_local();
    let delivery = audit.delivery();
    let claiming = claim::claim(&delivery).boxed_local();
    // Side by side, since nearly every event is new, and waiting for the claim first would add a
    // round trip to each.
    let (marker, judged) = match try_join(claiming, judging).await {
        Ok(both) => both,
        Err(StandDown::Reported) => {
            tracing::info!(event = change.event_id.as_str(), "event reported before");
            return Ok(json!({"duplicate": change.event_id.as_str()}));
        }
        Err(StandDown::Busy(error)) => return Err(error.into()),
    };
    match judged {
        Ok(judged) => {
            notify::of_verdict(&audit, marker, judged)
                .boxed_local()
                .await
        }
        Err(unjudged) => {
            notify::unjudged(&audit, marker, unjudged)
                .boxed_local()
                .await
        }
    }
}

/// Buckets and access controls are read in the account that the function is in: those of another
/// account would all seem to be missing or foreign.
fn of_this_account(
    event: &TriggerId,
    account: Option<AccountId>,
    invocation: &Invocation,
) -> Result<(), GuardError> {
    match (account, invocation.account) {
        (Some(theirs), Some(ours)) if theirs != ours => Err(GuardError::configuration(
            format!(
                "the event {event} is of account {theirs}, and the guard runs in account {ours}"
            ),
            "Deploy a guard into the account of the distribution, and send its events there",
        )),
        _ => Ok(()),
    }
}

/// Judges in the time that leaves some to report.
async fn judge_in_time<S: Services>(audit: &Audit<'_, S>) -> Result<JudgedChange, Unjudged> {
    let until = audit.invocation.judging_until();
    let problem = match within(until, judge_change(audit)).await {
        Ok(judged) => return judged,
        Err(Interrupted::Panicked) => {
            "it caused an internal error in Origin Guard; please report it with the event"
        }
        Err(Interrupted::TimeUp) => "AWS did not answer before the function's time was up",
    };
    Err(Unjudged::Failed(GuardError::Unavailable {
        subject: format!("event {}", audit.change.event_id),
        problem: problem.to_owned(),
    }))
}

async fn judge_change<S: Services>(audit: &Audit<'_, S>) -> Result<JudgedChange, Unjudged> {
    let change = audit.change;
    let config::Config {
        candidate,
        live,
        mut notes,
    } = config::read(audit).await?;
    let (contract, note) = contract(&audit.delivery()).await;
    notes.extend(note);
    let trigger = Trigger::from(change);
    let terms = Terms {
        contract: contract.as_ref(),
        trigger: Some(&trigger),
        ..Terms::new(Mode::Audit, audit.settings)
    };
    let mut good = None;
    let baseline = baseline(audit, &mut good).boxed_local();
    let subject = Subject {
        notes,
        // Deleting a distribution begins with an update that disables it. A refused update changed
        // nothing, so whatever it said about `Enabled`, the distribution still serves.
        is_harmless: change.failed.is_none() && candidate.distribution.enabled == Some(false),
        ..Subject::new(candidate, Comparison::Beside(baseline))
    };
    let judged = judge(audit.session, vec![subject], &terms, |outcome| outcome).await?;
    let outcome = judged.into_iter().next().ok_or(Unjudged::NoConfig)?;
    let report = &outcome.report;
    tracing::info!(
        event = change.event_id.as_str(),
        distribution = report.distribution.name,
        verdict = report.verdict.name(),
        summary = report.summary,
        "change judged"
    );
    Ok(JudgedChange {
        outcome,
        live,
        good,
    })
}

/// What the team declares, or a note: a change is reported even where the contract is not read.
async fn contract<S: Services>(delivery: &Delivery<'_, S>) -> (Option<Contract>, Option<String>) {
    let Some(url) = &delivery.settings.contract else {
        return (None, None);
    };
    let reading = read_contract(delivery.services, url, delivery.settings);
    let why = match delivery.invocation.patiently(reading).await {
        Ok(Ok(contract)) => return (Some(contract), None),
        Ok(Err(error)) => error.to_string(),
        Err(interrupted) => format!("{url} was not read: {interrupted}"),
    };
    (None, Some(format!("judged without the contract: {why}")))
}

/// The last known good config, of which `stamp` is kept; a report without it only says less.
async fn baseline<S: Services>(
    audit: &Audit<'_, S>,
    stamp: &mut Option<Stamp>,
) -> Option<Baseline> {
    // A missing or unreadable baseline only costs the report its list of changes. A gate lists it
    // as an unknown; here, there is nothing that a person could still stop.
    let good = last_good(audit).await?;
    *stamp = Some(good.stamp.clone());
    Some(good.into_baseline())
}

async fn last_good<S: Services>(audit: &Audit<'_, S>) -> Option<LastGood> {
    let id = audit.change.distribution.as_ref()?;
    // Without a report bucket nothing was ever kept; a warning on each event would say nothing new.
    audit.services.bucket()?;
    let reading = last_good::read(audit.services, id);
    let why = match audit.invocation.patiently(reading).await {
        Ok(Ok(good)) => return good,
        Ok(Err(error)) => error.to_string(),
        Err(interrupted) => interrupted.to_string(),
    };
    tracing::warn!(
        distribution = id.as_str(),
        error = why,
        "last known good config not read"
    );
    None
}
