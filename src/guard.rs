//! One invocation's story.

mod audit;
mod check;
mod drift;
mod gate;
mod invocation;
mod progress;

pub use check::{Against, CheckOptions, Checked, check, live};
pub use invocation::Invocation;
pub use progress::Progress;

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::future::{FutureExt, join3};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::timeout_at;

use crate::candidate::{Candidate, LastGood, Source};
use crate::contract::Contract;
use crate::day::Day;
use crate::distribution::Distribution;
use crate::error::GuardError;
use crate::facts::Facts;
use crate::finding::NeededUnknown;
use crate::memory::Stored;
use crate::ports::DeliveryError;
use crate::ports::Services;
use crate::refusal::Explanation;
use crate::report::{self, Document, Judged, v1};
use crate::request::{self, Request, RequestError};
use crate::rules::{self, Case, Judgement, Limits};
use crate::settings::Settings;
use crate::verdict::{self, Decision, OnUnknown, waive};

/// Answers invocations. Made once, at start-up.
#[derive(Debug)]
pub struct Guard<S> {
    services: S,
    /// Bad settings are told to whoever asks, since nobody reads a failed start-up.
    settings: Result<Settings, GuardError>,
}

/// An invocation that Lambda should count as failed: it is tried again, then kept in the
/// dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The event cannot be read.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The change could not be judged.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// Nobody could be told.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
}

impl<S: Services> Guard<S> {
    /// A guard with these services and settings.
    pub fn new(services: S, settings: Result<Settings, GuardError>) -> Self {
        Self { services, settings }
    }

    /// Handles one event to its end: the job is answered, or the change is reported.
    ///
    /// # Errors
    /// If the event is none of ours, or nobody could be told.
    pub async fn handle(&self, event: Value, invocation: &Invocation) -> Result<Value, Failure> {
        self.services.start_counting();
        match request::parse(event) {
            Ok(Request::Gate(job)) => gate::answer(self, &job, invocation).await,
            Ok(Request::Audit(change)) => audit::report(self, &change, invocation).await,
            Err(RequestError::Job { id, problem }) => {
                gate::answer_unreadable(self, &id, &problem, invocation).await
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// What is known before the rules run.
struct Evidence<'a> {
    candidate: &'a Candidate,
    baseline: Option<&'a Distribution>,
    facts: &'a Facts,
    limits: &'a Limits,
    unknowns: Vec<NeededUnknown>,
    on_unknown: OnUnknown,
    contract: Option<&'a Contract>,
    /// RFC 3339: waivers end on a day.
    judged_at: &'a str,
    /// What is said before what the rules say.
    notes: Vec<String>,
    /// A change that was made on a distribution that is disabled serves nobody.
    harmless: bool,
}

fn judge(evidence: Evidence<'_>) -> Decision {
    let mut judgement: Judgement = rules::judge(
        &Case::new(
            &evidence.candidate.distribution,
            evidence.facts,
            evidence.limits,
        )
        .with_baseline(evidence.baseline)
        .with_contract(evidence.contract),
    );
    judgement.unknowns.extend(evidence.unknowns);
    if evidence.harmless {
        verdict::demote(&mut judgement);
    }
    let mut notes = evidence.notes;
    notes.extend(evidence.candidate.notes.iter().cloned());
    if let Some(contract) = evidence.contract
        && let Ok(now) = OffsetDateTime::parse(evidence.judged_at, &Rfc3339)
    {
        let uses = waive(&contract.waivers, &mut judgement.findings, Day::of(now));
        notes.extend(uses.iter().map(ToString::to_string));
    }
    Decision {
        notes,
        ..verdict::decide(judgement, evidence.on_unknown)
    }
}

/// Reads a contract file from S3.
async fn read_contract(
    services: &impl Services,
    url: &str,
    settings: &Settings,
) -> Result<Contract, GuardError> {
    let content = services.file(url, settings.artifact.file_bytes).await?;
    Contract::read(url, &content, &rules::names())
}

/// What a report needs beside the decision.
struct Circumstances<'a> {
    mode: &'static str,
    judged_at: &'a str,
    baseline: Option<&'a v1::Baseline>,
    compared_with: Option<&'a Distribution>,
    trigger: Option<&'a v1::Trigger>,
    explanation: Option<&'a Explanation>,
    cost: v1::Cost,
}

fn freeze(
    candidate: &Candidate,
    facts: &Facts,
    decision: &Decision,
    circumstances: &Circumstances<'_>,
) -> v1::Report {
    report::build(&Judged {
        mode: circumstances.mode,
        judged_at: circumstances.judged_at,
        candidate,
        baseline: circumstances.baseline,
        compared_with: circumstances.compared_with,
        facts,
        decision,
        trigger: circumstances.trigger,
        explanation: circumstances.explanation,
        cost: &circumstances.cost,
    })
}

/// A config that is compared with, in a report.
fn baseline(source: &str, config: &Distribution) -> v1::Baseline {
    v1::Baseline {
        source: source.to_owned(),
        etag: config.etag.clone(),
        taken_at: None,
    }
}

/// The last known good config, in a report.
fn baseline_of_last_good(good: &LastGood) -> v1::Baseline {
    v1::Baseline {
        source: Source::LastGood.name().to_owned(),
        etag: Some(good.etag.clone()),
        taken_at: Some(good.taken_at.clone()),
    }
}

/// Now, RFC 3339 in UTC, to the second.
fn now() -> String {
    rfc3339(OffsetDateTime::now_utc())
}

fn rfc3339(time: OffsetDateTime) -> String {
    let time = time.replace_nanosecond(0);
    time.ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// Stores a report as JSON, Markdown and HTML, side by side, if that takes no longer than `until`.
///
/// Returns where it lies, or why nowhere: it only says more, and changes no verdict.
async fn store_report(
    services: &impl Services,
    settings: &Settings,
    key: &str,
    report: &Document,
    until: Instant,
) -> Result<Stored, String> {
    let expected = expected(settings, key)?;
    let bucket = settings.report_bucket.as_deref().unwrap_or_default();
    // Boxed, as all that holds several calls: where nothing is optimised, each hand that such a
    // future goes through has room for all of it on the stack.
    let storing = AssertUnwindSafe(store_forms(services, bucket, key, report).boxed_local());
    let problem = match timeout_at(until.into(), storing.catch_unwind()).await {
        Ok(Ok(Ok(has_page))) => {
            let page = expected.page.filter(|_| has_page);
            return Ok(Stored { page, ..expected });
        }
        Ok(Ok(Err(error))) => error.to_string(),
        Ok(Err(_panic)) => "a fault of the guard's own".to_owned(),
        Err(_elapsed) => "S3 did not take it in time".to_owned(),
    };
    tracing::error!(bucket, key, error = problem, "report not stored");
    Err(format!("not stored: {problem}"))
}

/// The JSON is the report: the others are made from it, and the lack of one is only logged. Says
/// whether there is a page.
async fn store_forms(
    services: &impl Services,
    bucket: &str,
    key: &str,
    report: &Document,
) -> Result<bool, DeliveryError> {
    let document = serde_json::to_vec_pretty(report).unwrap_or_default();
    let texts: Vec<String> = report.reports().iter().map(report::markdown).collect();
    let text = texts.join("\n").into_bytes();
    let page = report::html(report.reports()).into_bytes();
    let store = async |extension: &str, content_type: &'static str, body: Vec<u8>| {
        let key = format!("{key}.{extension}");
        services.store(bucket, &key, content_type, body).await
    };
    let (document, text, page) = join3(
        store("json", "application/json", document),
        store("md", "text/markdown; charset=utf-8", text),
        store("html", "text/html; charset=utf-8", page),
    )
    .await;
    for error in [text.err(), page.as_ref().err().cloned()]
        .into_iter()
        .flatten()
    {
        tracing::error!(bucket, key, error = %error, "form of the report not stored");
    }
    document.map(|()| page.is_ok())
}

/// Where a report will lie, or why nowhere.
fn expected(settings: &Settings, key: &str) -> Result<Stored, String> {
    match &settings.report_bucket {
        Some(bucket) => Ok(Stored::at(bucket, key, settings.region.as_deref())),
        None => Err("not stored, since ORIGIN_GUARD_REPORT_BUCKET is not set".to_owned()),
    }
}

/// What an invocation returns to whoever called it synchronously.
fn outcome(report: &Document, stored: &Result<Stored, String>) -> Value {
    let place = match stored {
        Ok(stored) => &stored.address,
        Err(why) => why,
    };
    json!({
        "verdict": report.verdict(),
        "summary": report.summary(),
        "distribution": report.name(),
        "report": place,
    })
}
