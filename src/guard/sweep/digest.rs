//! The end of a sweep: its overview, and one message.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::state::{End, States, confirm};
use super::{Reached, Sweep};
use crate::delivery::{Notification, Stored};
use crate::distribution::DistributionId;
use crate::guard::Failure;
use crate::guard::bounds::within;
use crate::guard::clock::now;
use crate::memory::reports;
use crate::memory::sweep_progress::Progress;
use crate::ports::{DeliveryError, Services};
use crate::report::sweep::{Ended, freeze};
use crate::report::v1;
use crate::request::Notify;
use crate::sweep::RunId;
use crate::timestamp::Timestamp;

/// Reports what the sweep has found.
pub(super) async fn finish<S: Services>(
    sweep: &Sweep<'_, S>,
    states: States,
    mut progress: Progress,
    reached: Reached,
) -> Result<Value, Failure> {
    let run = progress.run.clone();
    let ids = progress.distributions.iter();
    let listed: BTreeSet<DistributionId> = ids
        .map(|row| DistributionId::from(row.id.as_str()))
        .collect();
    let is_known = reached.is_whole && progress.unreadable == 0;
    let end = End {
        listed: is_known.then_some(&listed),
        began: progress.began,
    };
    let settled = states
        .settle(sweep, &run, &reached.observations, &end)
        .await;
    let notes = &mut progress.notes;
    notes.extend(settled.problem.as_ref().map(|error| {
        format!("what was found is not kept, so the next sweep may report it again: {error}")
    }));
    notes.extend(reached.problem.as_ref().map(ToString::to_string));
    if !reached.is_whole {
        let count = progress.distributions.len();
        progress.notes.push(format!(
            "not every distribution was reached: the sweep ended after {count}, in invocation {}",
            progress.step + 1
        ));
    }
    let index = super::index::write(sweep, progress.began, reached.index, reached.is_whole);
    if let Err(why) = index.await {
        let note = format!("the index of who uses what is not written: {why}");
        progress.notes.push(note);
    }
    let at = now();
    let report = freeze(Ended {
        run: run.clone(),
        depth: progress.depth,
        account: Some(sweep.account),
        began: progress.began,
        at,
        is_complete: is_known,
        is_compared: sweep.services.bucket().is_some(),
        notes: progress.notes,
        news: &settled.news,
        distributions: progress.distributions,
        cost: sweep.session.cost(),
    });
    let stored = store(sweep, (&run, at), &report).await;
    let sent = send(sweep, &report, &stored).await;
    let marked = confirm(sweep, &run, &settled.news, sent.is_ok()).await;
    if let Err(error) = marked {
        tracing::error!(run = run.as_str(), error = %error, "not marked what was sent: duplicates are possible");
    }
    tracing::info!(
        run = run.as_str(),
        verdict = report.verdict.name(),
        summary = report.summary,
        "account swept"
    );
    sent?;
    Ok(outcome(&report, &stored))
}

/// The overview and its JSON; what they say is in the message too, so that a sweep does not fail without
/// them.
async fn store<S: Services>(
    sweep: &Sweep<'_, S>,
    (run, ended): (&RunId, Timestamp),
    report: &v1::Sweep,
) -> Result<Stored, String> {
    let key = reports::sweep_key(ended, run);
    let expected = reports::place(sweep.services, &key, sweep.settings.region.as_ref())?;
    // Some time stays for the message.
    let until = sweep.invocation.share((1, 2));
    let region = sweep.settings.region.as_ref();
    let storing = reports::store_sweep(sweep.services, &key, report, region);
    let problem = match within(until, storing).await {
        Ok(Ok(())) => return Ok(expected),
        Ok(Err(error)) => error.to_string(),
        Err(interrupted) => interrupted.to_string(),
    };
    tracing::error!(key = key.as_str(), error = problem, "overview not stored");
    Err(format!("not stored: {problem}"))
}

async fn send<S: Services>(
    sweep: &Sweep<'_, S>,
    report: &v1::Sweep,
    stored: &Result<Stored, String>,
) -> Result<(), DeliveryError> {
    let is_asked = match sweep.request.notify {
        Some(notify) => notify == Notify::Always,
        None => sweep.settings.notify_pass,
    };
    // What was not reached, or not kept, is news: silence would read as "all is well".
    let is_news = !report.findings.is_empty() || !report.complete || !report.notes.is_empty();
    if !is_news && !is_asked {
        return Ok(());
    }
    let Some(topic) = &sweep.settings.topic_arn else {
        tracing::warn!("digest not posted, since ORIGIN_GUARD_TOPIC_ARN is not set");
        return Ok(());
    };
    let notification = Notification::of_sweep(report, stored);
    let publish = sweep.services.publish(topic, &notification);
    // What is left marks what was sent.
    let published = within(sweep.invocation.share((3, 4)), publish).await;
    published.unwrap_or_else(|interrupted| {
        Err(DeliveryError {
            what: format!("the digest of sweep {} to {topic}", report.run),
            why: interrupted.to_string(),
        })
    })
}

/// What an invocation returns to a synchronous caller.
fn outcome(report: &v1::Sweep, stored: &Result<Stored, String>) -> Value {
    let place = match stored {
        Ok(stored) => &stored.address,
        Err(why) => why,
    };
    let count = |state| {
        report
            .findings
            .iter()
            .filter(|it| it.state == state)
            .count()
    };
    json!({
        "verdict": report.verdict,
        "summary": report.summary,
        "complete": report.complete,
        "distributions": report.distributions.len(),
        "new": count(v1::FindingState::New) + count(v1::FindingState::Found),
        "gone": count(v1::FindingState::Gone),
        "stays": report.stays,
        "report": place,
    })
}
