//! CloudTrail saw a change: is the origin contract still whole, and if CloudFront refused, why?

mod claim;
mod config;
mod keep;
mod notify;

use std::panic::AssertUnwindSafe;

use futures_util::future::{FutureExt, join, try_join};
use serde_json::{Value, json};
use tokio::time::timeout_at;

use super::{
    Circumstances, Evidence, Failure, Guard, Invocation, baseline_of_last_good, freeze, judge, now,
    read_contract,
};
use crate::candidate::{Candidate, LastGood};
use crate::contract::Contract;
use crate::error::GuardError;
use crate::facts::{Facts, Needs, gather};
use crate::ports::Services;
use crate::refusal::explain;
use crate::report::{Clean as _, v1};
use crate::request::Change;
use crate::settings::Settings;
use crate::verdict::Decision;
use claim::StandDown;
use config::{Snapshot, Subject};
use keep::Kept;

/// A change, and what is at hand to judge it and to tell of it.
struct Audit<'a, S> {
    services: &'a S,
    settings: &'a Settings,
    change: &'a Change,
    invocation: &'a Invocation,
}

impl<S> Audit<'_, S> {
    /// What is no part of telling has what time is left: it must not make an invocation fail that
    /// has told.
    async fn while_there_is_time<T>(
        &self,
        work: impl Future<Output = Result<T, String>>,
    ) -> Result<T, String> {
        let done = tokio::time::timeout(self.invocation.left(), work).await;
        done.unwrap_or_else(|_elapsed| Err("the function's time was up".to_owned()))
    }
}

/// A change that was judged.
struct Judged {
    candidate: Candidate,
    /// What was read from CloudFront, where that is what was judged.
    live: Option<Snapshot>,
    good: Option<Kept>,
    decision: Decision,
    report: v1::Report,
}

/// Why there is no verdict on a change.
enum Unjudged {
    /// CloudTrail left out the config and whose it is.
    NoConfig,
    /// The event's config cannot be read, nor what is live in its place: what is wrong.
    Unreadable(String),
    /// Something went wrong that may go right another time.
    Failed(GuardError),
}

impl From<GuardError> for Unjudged {
    fn from(error: GuardError) -> Self {
        Self::Failed(error)
    }
}

/// Judges a change and tells who wants to know.
pub(super) async fn report<S: Services>(
    guard: &Guard<S>,
    change: &Change,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let settings = guard.settings.as_ref().map_err(Clone::clone)?;
    of_this_account(change, invocation)?;
    let audit = Audit {
        services: &guard.services,
        settings,
        change,
        invocation,
    };
    // An event that is another's ends the judging too. The calls of the SDK are large: each step has
    // a place of its own.
    let judging = judge_in_time(&audit).map(Ok).boxed_local();
    let claiming = claim::claim(&audit).boxed_local();
    let (marker, judged) = match try_join(claiming, judging).await {
        Ok(both) => both,
        Err(StandDown::Told) => {
            tracing::info!(event = change.event_id, "event reported before");
            return Ok(json!({"duplicate": change.event_id}));
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

/// Buckets and access controls are looked up in the account that the function is in: those of
/// another would all seem to be missing or a stranger's.
fn of_this_account(change: &Change, invocation: &Invocation) -> Result<(), GuardError> {
    match (&change.account, &invocation.account) {
        (Some(theirs), Some(ours)) if theirs != ours => Err(GuardError::configuration(
            format!(
                "the event {} is of account {theirs}, and the guard runs in account {ours}",
                change.event_id
            ),
            "Deploy a guard into the account of the distribution, and send its events there",
        )),
        _ => Ok(()),
    }
}

/// Judges in the time that leaves some to tell someone.
async fn judge_in_time<S: Services>(audit: &Audit<'_, S>) -> Result<Judged, Unjudged> {
    let unavailable = |problem: &str| {
        Unjudged::Failed(GuardError::Unavailable {
            subject: format!("event {}", audit.change.event_id),
            problem: problem.to_owned(),
        })
    };
    let judging = AssertUnwindSafe(judge_change(audit))
        .catch_unwind()
        .boxed_local();
    match timeout_at(audit.invocation.judging_until().into(), judging).await {
        Ok(Ok(judged)) => judged,
        Ok(Err(_panic)) => Err(unavailable(
            "it met a fault of the guard's own; please report it with the event",
        )),
        Err(_elapsed) => Err(unavailable(
            "AWS did not answer before the function's time was up",
        )),
    }
}

async fn judge_change<S: Services>(audit: &Audit<'_, S>) -> Result<Judged, Unjudged> {
    let Audit {
        settings, change, ..
    } = audit;
    let Subject {
        candidate,
        live,
        mut notes,
    } = config::read(audit).await?;
    let (contract, note) = contract(audit).await;
    notes.extend(note);
    let facts = facts(audit, &candidate, contract.as_ref());
    let (facts, good) = join(facts, last_good(audit)).await;
    let judged_at = now();
    let decision = judge(Evidence {
        candidate: &candidate,
        baseline: good.as_ref().map(|good| &good.candidate.distribution),
        facts: &facts,
        limits: &settings.limits,
        unknowns: Vec::new(),
        on_unknown: settings.on_unknown,
        contract: contract.as_ref(),
        judged_at: &judged_at,
        notes,
        harmless: change.failed.is_none() && candidate.distribution.enabled == Some(false),
    });
    let report = frozen(
        audit,
        &candidate,
        &facts,
        &decision,
        good.as_ref(),
        &judged_at,
    );
    tracing::info!(
        event = change.event_id,
        distribution = report.distribution.name,
        verdict = report.verdict,
        summary = report.summary,
        "change judged"
    );
    Ok(Judged {
        candidate,
        live,
        good: good.as_ref().map(Kept::of),
        decision,
        report,
    })
}

async fn facts<S: Services>(
    audit: &Audit<'_, S>,
    candidate: &Candidate,
    contract: Option<&Contract>,
) -> Facts {
    let owners = Contract::owners(contract, &audit.settings.bucket_owners);
    let until = Some(audit.invocation.probing_until());
    let account = audit.change.account.as_deref();
    let probes = audit.services.probes(account, &owners, until);
    gather(&probes, &Needs::of(&candidate.distribution)).await
}

fn frozen<S: Services>(
    audit: &Audit<'_, S>,
    candidate: &Candidate,
    facts: &Facts,
    decision: &Decision,
    good: Option<&LastGood>,
    judged_at: &str,
) -> v1::Report {
    let failed = audit.change.failed.as_ref();
    let explanation = failed.map(|failed| explain(failed, &decision.findings));
    let baseline = good.map(baseline_of_last_good);
    let trigger = trigger(audit.change);
    let circumstances = Circumstances {
        mode: "audit",
        judged_at,
        baseline: baseline.as_ref(),
        compared_with: good.map(|good| &good.candidate.distribution),
        trigger: Some(&trigger),
        explanation: explanation.as_ref(),
        cost: audit.services.cost(),
    };
    freeze(candidate, facts, decision, &circumstances)
}

/// What the team declares, or a note: a change is told of even where it cannot be held to that.
async fn contract<S: Services>(audit: &Audit<'_, S>) -> (Option<Contract>, Option<String>) {
    let Some(url) = &audit.settings.contract else {
        return (None, None);
    };
    let reading = read_contract(audit.services, url, audit.settings);
    match audit.invocation.patiently(reading).await {
        Some(Ok(contract)) => (Some(contract), None),
        Some(Err(error)) => {
            let note = format!("judged without the contract: {error}");
            (None, Some(note))
        }
        None => {
            let note = format!("judged without the contract: {url} was not read in time");
            (None, Some(note))
        }
    }
}

/// What the distribution was when it last passed; a report without it only says less.
async fn last_good<S: Services>(audit: &Audit<'_, S>) -> Option<LastGood> {
    let id = audit.change.distribution.as_deref()?;
    audit.settings.report_bucket.as_ref()?;
    match audit
        .invocation
        .patiently(audit.services.last_good(id))
        .await
    {
        Some(Ok(good)) => good,
        Some(Err(error)) => {
            tracing::warn!(distribution = id, error = %error, "last known good config not read");
            None
        }
        None => {
            tracing::warn!(distribution = id, "last known good config not read in time");
            None
        }
    }
}

fn trigger(change: &Change) -> v1::Trigger {
    let mut trigger = v1::Trigger {
        event: Some(v1::Event {
            id: change.event_id.clone(),
            name: change.operation.name().to_owned(),
            time: change.time.clone(),
        }),
        actor: Some(change.actor.name.clone()),
        via: Some(change.actor.via.name().to_owned()),
        error_code: change.failed.as_ref().map(|failed| failed.code.clone()),
        error_message: change.failed.as_ref().map(|failed| failed.message.clone()),
        ..v1::Trigger::default()
    };
    // It goes into messages without a report, too.
    trigger.clean();
    trigger
}
