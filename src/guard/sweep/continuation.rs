//! A sweep over several invocations.

use serde_json::{Value, json};

use super::state::States;
use super::{Reached, Sweep, digest};
use crate::error::GuardError;
use crate::guard::Failure;
use crate::guard::clock::now;
use crate::memory::sweep_progress::{self, Progress};
use crate::ports::{DeliveryError, ObjectVersion, Services};
use crate::request::{Continued, SweepRequest};
use crate::sweep::RunId;

/// How many invocations a sweep has at most: a day of them, which no account needs. Lambda's own
/// detection of loops ends one after 16 where each is invoked through an SDK that passes its trace on
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>).
const MOST_INVOCATIONS: u32 = 100;

/// How far the sweep has come, and the version of what is kept of that; `None` where this event was
/// handled before.
pub(super) async fn begin<S: Services>(
    sweep: &Sweep<'_, S>,
) -> Result<Option<(Progress, Option<ObjectVersion>)>, Failure> {
    let (run, step) = match &sweep.request.continues {
        Some(continued) => (continued.run.clone(), continued.step),
        // Lambda retries an invocation under the same ID.
        None => (RunId::from(sweep.invocation.request_id.as_str()), 0),
    };
    let kept = match sweep.services.bucket() {
        Some(_) => sweep_progress::read(sweep.services, sweep.account, &run).await?,
        None => None,
    };
    match kept {
        Some((progress, version)) if progress.step == step => Ok(Some((progress, Some(version)))),
        Some((progress, _)) => {
            // It was handed over, and this is a retry: whether the next invocation was begun is not
            // known. If it was, it has its end only once.
            if progress.step == step + 1 {
                invoke_next(sweep, &progress).await?;
            }
            Ok(None)
        }
        None if step == 0 => Ok(Some((first(sweep, run), None))),
        None => Err(GuardError::configuration(
            format!("there is nothing to continue of the sweep {run}"),
            "Begin another: {\"sweep\": {}}",
        )
        .into()),
    }
}

fn first<S: Services>(sweep: &Sweep<'_, S>, run: RunId) -> Progress {
    Progress {
        run,
        step: 0,
        depth: sweep.request.depth,
        began: now(),
        marker: None,
        distributions: Vec::new(),
        unreadable: 0,
        notes: Vec::new(),
    }
}

/// Whether another invocation may go on.
pub(super) fn is_possible<S: Services>(sweep: &Sweep<'_, S>, progress: &Progress) -> bool {
    let has_place = sweep.services.bucket().is_some() && sweep.settings.function.is_some();
    has_place && progress.step + 1 < MOST_INVOCATIONS
}

/// Keeps what was found and how far the sweep has come, and lets another invocation go on.
pub(super) async fn hand_over<S: Services>(
    sweep: &Sweep<'_, S>,
    states: States,
    mut progress: Progress,
    version: Option<ObjectVersion>,
    mut reached: Reached,
) -> Result<Value, Failure> {
    states
        .add(sweep, &progress.run, &reached.observations)
        .await?;
    progress.step += 1;
    progress.marker = reached.marker.take();
    let write = sweep_progress::write(sweep.services, sweep.account, &progress, version.as_ref());
    if !write.await? {
        tracing::info!("sweep continued by another delivery of the same event");
        return Ok(json!({"duplicate": true}));
    }
    if let Err(error) = invoke_next(sweep, &progress).await {
        // What is found by now is reported; the rest is said to be missing.
        progress
            .notes
            .push(format!("the sweep was not continued: {error}"));
        let states = States::read(sweep).await?;
        reached.observations.clear();
        return digest::finish(sweep, states, progress, reached).await;
    }
    let count = progress.distributions.len();
    tracing::info!(
        run = progress.run.as_str(),
        step = progress.step,
        distributions = count,
        "sweep continues"
    );
    Ok(json!({"continues": progress.run.as_str(), "step": progress.step, "distributions": count}))
}

async fn invoke_next<S: Services>(
    sweep: &Sweep<'_, S>,
    progress: &Progress,
) -> Result<(), DeliveryError> {
    let Some(function) = &sweep.settings.function else {
        return Ok(());
    };
    let request = SweepRequest {
        continues: Some(Continued {
            run: progress.run.clone(),
            step: progress.step,
        }),
        depth: progress.depth,
        notify: sweep.request.notify,
    };
    sweep.services.invoke(function, &request.event()).await
}
