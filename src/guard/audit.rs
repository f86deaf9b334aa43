//! CloudTrail saw a change: is the origin contract still whole, and if CloudFront refused, why?

use std::panic::AssertUnwindSafe;

use futures_util::future::{FutureExt, join3, join4};
use serde_json::{Value, json};

use super::{
    Circumstances, Evidence, Failure, Guard, Invocation, expected, freeze, judge, now, outcome,
    read_contract, store_report,
};
use crate::candidate::{Candidate, LastGood, Live, Node, Source, read_node};
use crate::contract::Contract;
use crate::delivery::{Claim, DeliveryError, Keys, Marker, Notification, Stored};
use crate::error::GuardError;
use crate::explain::explain;
use crate::facts::{Needs, gather};
use crate::report::{Clean as _, Document, v1};
use crate::request::{Change, Operation, api_name};
use crate::services::Services;
use crate::settings::Settings;
use crate::verdict::{Decision, Verdict};

/// Judges a change and tells who wants to know.
pub(super) async fn report<S: Services>(
    guard: &Guard<S>,
    change: &Change,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let settings = guard.settings.as_ref().map_err(Clone::clone)?;
    of_this_account(change, invocation)?;
    let work = AssertUnwindSafe(audit(&guard.services, settings, change, invocation))
        .catch_unwind()
        .boxed_local();
    let unavailable = |problem: &str| GuardError::Unavailable {
        subject: format!("event {}", change.event_id),
        problem: problem.to_owned(),
    };
    match tokio::time::timeout(invocation.budget(), work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_panic)) => Err(unavailable("a fault of the guard's own").into()),
        Err(_elapsed) => {
            Err(unavailable("AWS did not answer before the function's time was up").into())
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

async fn audit<S: Services>(
    services: &S,
    settings: &Settings,
    change: &Change,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let Some((candidate, live)) = candidate(services, change).await? else {
        return tell_without_config(services, settings, change, invocation).await;
    };
    let (contract, notes) = match &settings.contract {
        None => (None, Vec::new()),
        // A change is told of even where it cannot be held to what the team declares.
        Some(url) => match read_contract(services, url, settings).await {
            Ok(contract) => (Some(contract), Vec::new()),
            Err(error) => (None, vec![format!("judged without the contract: {error}")]),
        },
    };
    let owners = Contract::owners(contract.as_ref(), &settings.bucket_owners);
    let probes = services.probes(change.account.as_deref(), &owners);
    let needs = Needs::of(&candidate.distribution);
    let (facts, claim, good) = join3(
        gather(&probes, &needs),
        claim(services, settings, change, invocation),
        last_good(services, settings, change),
    )
    .await;
    if !claim? {
        tracing::info!(event = change.event_id, "event reported before");
        return Ok(json!({"duplicate": change.event_id}));
    }
    let refused = change.failed.is_some();
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
        harmless: !refused && candidate.distribution.enabled == Some(false),
    });
    let explanation = change
        .failed
        .as_ref()
        .map(|failed| explain(failed, &decision.findings));
    let baseline = good.as_ref().map(|good| v1::Baseline {
        source: Source::LastGood.name().to_owned(),
        etag: Some(good.etag.clone()),
        taken_at: Some(good.taken_at.clone()),
    });
    let frozen = freeze(
        &candidate,
        &facts,
        &decision,
        &Circumstances {
            mode: "audit",
            judged_at: &judged_at,
            baseline: baseline.as_ref(),
            compared_with: good.as_ref().map(|good| &good.candidate.distribution),
            trigger: Some(&trigger(change)),
            explanation: explanation.as_ref(),
            cost: services.cost(),
        },
    );
    tracing::info!(
        event = change.event_id,
        distribution = frozen.distribution.name,
        verdict = frozen.verdict,
        summary = frozen.summary,
        "change judged"
    );
    let stored = tell(services, settings, change, &decision, &frozen, &judged_at).await?;
    if decision.verdict == Verdict::Pass && !refused {
        keep_last_good(services, settings, change, &candidate, live).await;
    }
    Ok(outcome(&Document::One(Box::new(frozen)), &stored))
}

/// What the distribution was when it last passed; a report without it only says less.
async fn last_good<S: Services>(
    services: &S,
    settings: &Settings,
    change: &Change,
) -> Option<LastGood> {
    let id = change.distribution.as_deref()?;
    settings.report_bucket.as_ref()?;
    match services.last_good(id).await {
        Ok(good) => good,
        Err(error) => {
            tracing::warn!(distribution = id, error = %error, "last known good config not read");
            None
        }
    }
}

/// The config that the event carries; what CloudTrail left out is read from CloudFront, if it can
/// be told from where.
async fn candidate<S: Services>(
    services: &S,
    change: &Change,
) -> Result<Option<(Candidate, Option<Live>)>, GuardError> {
    let document = format!("{} {}", change.operation.name(), change.event_id);
    if let Some(config) = &change.config {
        let node = Node::from_value(config, api_name);
        let mut distribution = read_node(&document, &node)?;
        distribution.id.clone_from(&change.distribution);
        distribution.domain_name.clone_from(&change.domain_name);
        distribution.etag.clone_from(&change.etag);
        let candidate = Candidate::of_config(distribution, Source::Event, document);
        return Ok(Some((candidate, None)));
    }
    let asked = match change.failed {
        // What was refused is not live; what it was to be made from is.
        Some(_) => change.source_distribution.clone(),
        None => match &change.distribution {
            Some(id) => Some(id.clone()),
            None => services.find_by_change(&change.time).await?,
        },
    };
    let Some(id) = asked else {
        return Ok(None);
    };
    let live = services.live(&id).await?;
    let mut distribution = live.distribution.clone();
    if change.failed.is_some() && distribution.id != change.distribution {
        // A promotion gives the primary the config of its staging distribution, and a copy is a
        // distribution of its own: policies must let in whose it would have become.
        distribution.id.clone_from(&change.distribution);
        distribution.arn = None;
        distribution.domain_name = None;
    }
    let candidate = Candidate::of_config(distribution, Source::Live, document);
    Ok(Some((candidate, Some(live))))
}

/// CloudTrail left out the config and whose it is: who changed something, and what CloudFront
/// said, is still worth a message.
async fn tell_without_config<S: Services>(
    services: &S,
    settings: &Settings,
    change: &Change,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    if !claim(services, settings, change, invocation).await? {
        return Ok(json!({"duplicate": change.event_id}));
    }
    let explanation = change.failed.as_ref().map(|failed| explain(failed, &[]));
    let notification = Notification::without_config(&trigger(change), explanation.as_ref());
    tracing::warn!(
        event = change.event_id,
        summary = notification.subject,
        "change without a config"
    );
    if let Some(topic) = &settings.topic_arn {
        services.publish(topic, &notification).await?;
    }
    Ok(json!({"summary": notification.subject}))
}

/// Whether this invocation is the one to report the event.
async fn claim<S: Services>(
    services: &S,
    settings: &Settings,
    change: &Change,
    invocation: &Invocation,
) -> Result<bool, DeliveryError> {
    let Some(bucket) = &settings.report_bucket else {
        tracing::warn!(
            event = change.event_id,
            "duplicates are possible, since ORIGIN_GUARD_REPORT_BUCKET is not set"
        );
        return Ok(true);
    };
    let marker = Marker {
        request_id: invocation.request_id.clone(),
        claimed_at: now(),
    };
    let body = serde_json::to_vec(&marker).unwrap_or_default();
    match services
        .claim(bucket, &Keys::marker(&change.event_id), body)
        .await
    {
        Ok(Claim::Ours) => Ok(true),
        // Lambda tries a failed invocation again under the same request ID: that is no duplicate.
        Ok(Claim::Taken(marker)) => Ok(serde_json::from_slice::<Marker>(&marker)
            .is_ok_and(|marker| marker.request_id == invocation.request_id)),
        // Telling twice is better than not at all.
        Err(error) => {
            tracing::error!(event = change.event_id, error = %error, "event not claimed: duplicates are possible");
            Ok(true)
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

/// Stores the report, posts it, and puts it on the bus, all at once.
async fn tell<S: Services>(
    services: &S,
    settings: &Settings,
    change: &Change,
    decision: &Decision,
    report: &v1::Report,
    judged_at: &str,
) -> Result<Result<Stored, String>, DeliveryError> {
    let key = Keys::report(&report.distribution.name, judged_at, &change.event_id);
    // It goes out beside the report, so it names where the report is being put.
    let expected = expected(settings, &key);
    let wanted =
        decision.verdict != Verdict::Pass || change.failed.is_some() || settings.notify_pass;
    let topic = settings.topic_arn.as_deref().filter(|_| wanted);
    if wanted && topic.is_none() {
        tracing::warn!(
            event = change.event_id,
            "not posted, since ORIGIN_GUARD_TOPIC_ARN is not set"
        );
    }
    let notification = Notification::of(report, &expected);
    let publish = async {
        match topic {
            Some(topic) => services.publish(topic, &notification).await,
            None => Ok(()),
        }
    };
    let put = async {
        match settings.event_bus.as_deref() {
            Some(bus) => {
                let detail = serde_json::to_string(report).unwrap_or_default();
                services.put_event(bus, &detail).await
            }
            None => Ok(()),
        }
    };
    let document = Document::One(Box::new(report.clone()));
    let store = store_report(services, settings, &key, &document);
    let remember = remember(services, settings, change, decision);
    let (stored, published, put, ()) = join4(store, publish, put, remember).await;
    published?;
    put?;
    Ok(stored)
}

/// Keeps who made a version that did not pass, for whoever deploys over it.
async fn remember<S: Services>(
    services: &S,
    settings: &Settings,
    change: &Change,
    decision: &Decision,
) {
    let (Some(bucket), Some(id), Some(etag)) =
        (&settings.report_bucket, &change.distribution, &change.etag)
    else {
        return;
    };
    if decision.verdict == Verdict::Pass || change.failed.is_some() {
        return;
    }
    let body = serde_json::to_vec_pretty(&trigger(change)).unwrap_or_default();
    let key = Keys::change(id, etag);
    let kept = services.store(bucket, &key, "application/json", body).await;
    if let Err(error) = kept {
        tracing::warn!(distribution = id, error = %error, "not kept who made this change");
    }
}

/// Keeps a config that passed, read back from CloudFront (events hide parts of it), if it is
/// still the one that was judged.
async fn keep_last_good<S: Services>(
    services: &S,
    settings: &Settings,
    change: &Change,
    candidate: &Candidate,
    live: Option<Live>,
) {
    let serves = candidate.distribution.enabled != Some(false)
        && change.operation != Operation::CopyDistribution;
    let (Some(bucket), Some(id)) = (&settings.report_bucket, &candidate.distribution.id) else {
        return;
    };
    if !serves {
        return;
    }
    let live = match live {
        Some(live) => Ok(live),
        None => services.live(id).await,
    };
    let kept = match live {
        Ok(live) if change.etag.as_ref().is_some_and(|etag| *etag != live.etag) => {
            tracing::info!(
                distribution = id,
                "last known good not kept: the distribution changed again"
            );
            return;
        }
        Ok(live) => store_last_good(services, bucket, id, &live)
            .await
            .map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = kept {
        // The verdict is out; the next gate compares with live instead.
        tracing::error!(distribution = id, error, "last known good not kept");
    }
}

async fn store_last_good<S: Services>(
    services: &S,
    bucket: &str,
    id: &str,
    live: &Live,
) -> Result<(), DeliveryError> {
    let document = json!({
        "schemaVersion": "1",
        "id": id,
        "etag": live.etag,
        "takenAt": now(),
        "DistributionConfig": live.config.to_value(),
    });
    let body = serde_json::to_vec_pretty(&document).unwrap_or_default();
    services
        .store(bucket, &Keys::last_good(id), "application/json", body)
        .await
}
