//! One invocation's story.

mod audit;
mod check;
mod drift;
mod gate;
mod progress;

pub use check::{Against, CheckOptions, Checked, check, live};
pub use progress::Progress;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::candidate::Candidate;
use crate::contract::Contract;
use crate::delivery::{DeliveryError, Stored};
use crate::distribution::Distribution;
use crate::error::GuardError;
use crate::explain::Explanation;
use crate::facts::Facts;
use crate::finding::NeededUnknown;
use crate::report::{self, Document, Judged, v1};
use crate::request::{self, Request, RequestError};
use crate::rules::{self, Case, Judgement, Limits};
use crate::services::Services;
use crate::settings::Settings;
use crate::verdict::{self, Decision, OnUnknown};

/// Answers invocations. Made once, at start-up.
#[derive(Debug)]
pub struct Guard<S> {
    services: S,
    /// Bad settings are told to whoever asks, since nobody reads a failed start-up.
    settings: Result<Settings, GuardError>,
}

/// What Lambda says about one invocation.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The same when Lambda tries again.
    pub request_id: String,
    /// The account that the function is in, and so looks at.
    pub account: Option<String>,
    /// When it will be cut off.
    pub deadline: Instant,
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

impl Invocation {
    /// The longest a Lambda function can run
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html>).
    const LONGEST: Duration = Duration::from_mins(15);
    /// Kept for telling someone, of every invocation that has three times as long: the shortest that
    /// template.yaml lets it have.
    pub(crate) const RESERVE: Duration = Duration::from_secs(5);
    /// Assumed where the runtime's deadline makes no sense, as under local emulators.
    const ASSUMED: Duration = Duration::from_secs(25);

    /// Takes over what Lambda says: the function's ARN, and the deadline in milliseconds since 1970.
    #[must_use]
    pub fn new(request_id: impl Into<String>, function_arn: &str, deadline_ms: u64) -> Self {
        let now_ms = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
        let left = u64::try_from(i128::from(deadline_ms) - now_ms)
            .map(Duration::from_millis)
            .ok()
            .filter(|left| *left <= Self::LONGEST)
            .unwrap_or(Self::ASSUMED);
        Self {
            request_id: request_id.into(),
            account: function_arn.split(':').nth(4).map(str::to_owned),
            deadline: Instant::now() + left,
        }
    }

    /// When it will be cut off, RFC 3339 in UTC, to the second.
    fn runs_until(&self) -> String {
        let left = self.deadline.saturating_duration_since(Instant::now());
        rfc3339(OffsetDateTime::now_utc() + left)
    }

    /// How long it is until the invocation is cut off, less what a log line takes.
    fn left(&self) -> Duration {
        const LOG_LINE: Duration = Duration::from_millis(100);
        let left = self.deadline.saturating_duration_since(Instant::now());
        left.saturating_sub(LOG_LINE)
    }

    /// How long judging may take, so that there is time left to tell someone.
    fn budget(&self) -> Duration {
        let left = self.deadline.saturating_duration_since(Instant::now());
        left.saturating_sub(Self::RESERVE.min(left / 3))
    }

    /// When probes give up, so that there is time left to judge by what is known, and to store that.
    fn probing_until(&self) -> Instant {
        const STORING: Duration = Duration::from_secs(4);
        let budget = self.budget();
        Instant::now() + budget.saturating_sub(STORING.min(budget / 3))
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
    if let Some(contract) = evidence.contract {
        let today = evidence.judged_at.get(..10).unwrap_or_default();
        let uses = contract.waive(&mut judgement.findings, today);
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
    Contract::read(url, &content)
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

/// Stores a report as JSON, Markdown and HTML, side by side.
///
/// Returns where it lies, or why the JSON was not stored: that is the report, and the others are made
/// from it.
async fn store_report(
    services: &impl Services,
    settings: &Settings,
    key: &str,
    report: &Document,
) -> Result<Stored, String> {
    let expected = expected(settings, key)?;
    let bucket = settings.report_bucket.as_deref().unwrap_or_default();
    let document = serde_json::to_vec_pretty(report).map_err(|error| error.to_string())?;
    let texts: Vec<String> = report.reports().iter().map(report::markdown).collect();
    let text = texts.join("\n").into_bytes();
    let json_key = format!("{key}.json");
    let markdown_key = format!("{key}.md");
    let html_key = format!("{key}.html");
    let page = report::html(report.reports()).into_bytes();
    let (stored, beside, page) = futures_util::future::join3(
        services.store(bucket, &json_key, "application/json", document),
        services.store(bucket, &markdown_key, "text/markdown; charset=utf-8", text),
        services.store(bucket, &html_key, "text/html; charset=utf-8", page),
    )
    .await;
    for (key, error) in [
        (&markdown_key, beside.err()),
        (&html_key, page.as_ref().err().cloned()),
    ] {
        if let Some(error) = error {
            tracing::error!(bucket, key, error = %error, "form of the report not stored");
        }
    }
    match stored {
        Ok(()) => Ok(Stored {
            page: expected.page.filter(|_| page.is_ok()),
            ..expected
        }),
        Err(error) => {
            tracing::error!(bucket, key, error = %error, "report not stored");
            Err(format!("not stored: {error}"))
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_that_makes_no_sense_is_assumed() {
        for deadline_ms in [0, 60, u64::MAX] {
            let left = Invocation::new("r", "", deadline_ms).deadline - Instant::now();
            assert!(
                left > Duration::from_secs(20) && left <= Duration::from_secs(25),
                "{left:?}"
            );
        }
    }

    #[test]
    fn some_time_is_kept_for_the_answer() {
        let now =
            u64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap();
        let budget = Invocation::new("r", "", now + 3_000).budget();
        assert!(
            budget <= Duration::from_secs(2) && budget > Duration::from_millis(1500),
            "{budget:?}"
        );
        let budget = Invocation::new("r", "", now + 60_000).budget();
        assert!(
            budget <= Duration::from_secs(56) && budget > Duration::from_secs(50),
            "{budget:?}"
        );
    }

    #[test]
    fn probes_end_before_judging_does() {
        let now =
            u64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap();
        for (milliseconds, least) in [(900, 100), (3_000, 500), (60_000, 3_000)] {
            let invocation = Invocation::new("r", "", now + milliseconds);
            let end = Instant::now() + invocation.budget();
            let left = end - invocation.probing_until();
            assert!(left > Duration::from_millis(least), "{left:?}");
        }
    }
}
