//! What answers prove, with what the access rules and the contract say.

mod answer;
mod denial;
mod grants;
mod subject;

use super::question::{Made, NotAsked, Question, Why};
use crate::contract::{PathTerms, ReadMethod};
use crate::facts::{EDGE_ANSWER, ProbeFailure, Requirement, Unknown, UnknownCause};
use crate::outcome::{EdgeOutcome, EdgeResult};
use crate::rules::Case;
use crate::trace::{EdgeAnswer, Outcome, Proof};
use grants::Grants;
use subject::Subject;

/// What was seen of the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A question, and what came of it.
    Answered(Box<Answered>),
    /// Nothing was asked.
    NotAsked(NotAsked),
}

/// A question, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The question.
    pub question: Question,
    /// The answer, without redirects followed; or why there is none.
    pub answer: Result<EdgeAnswer, EdgeFailure>,
    /// The `ETag` of [`Question::object`] as S3 says (HeadObject), where it was asked and answered.
    pub object_etag: Option<String>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EdgeFailure {
    /// The head of the answer did not come in time.
    TimedOut,
    /// No connection to the edge: why.
    NotConnected(String),
    /// The TLS handshake was refused or failed: why.
    TlsRefused(String),
    /// The connection ended, or what came was no HTTP, before the head of the answer was complete: why.
    Cut(String),
}

/// What the edge's answers prove: one result for each question that the contract declares and for each behavior
/// without one, in the order of what was seen. Of two made paths of a behavior the one that proves more counts.
#[must_use]
pub fn judge(case: &Case<'_>, seen: &[Seen]) -> Vec<EdgeResult> {
    let grants = Grants::of(case);
    let mut results: Vec<EdgeResult> = Vec::with_capacity(seen.len());
    for seen in seen {
        let result = match seen {
            Seen::NotAsked(not_asked) => of_not_asked(not_asked),
            Seen::Answered(answered) => of_answered(case, &grants, answered),
        };
        match results.last_mut() {
            Some(last) if is_made_for_one(last, &result) => {
                if weight(result.outcome) > weight(last.outcome) {
                    *last = result;
                }
            }
            _ => results.push(result),
        }
    }
    results
}

fn is_made_for_one(one: &EdgeResult, other: &EdgeResult) -> bool {
    let is_made = |it: &EdgeResult| it.declared.is_none() && it.path.is_some();
    one.place == other.place && is_made(one) && is_made(other)
}

/// How much an outcome says beside another one of the same behavior: an error that a viewer got, then that the
/// origin answered, then a question that is still open.
fn weight(outcome: EdgeOutcome) -> u8 {
    match outcome {
        _ if outcome.fails() => 4,
        EdgeOutcome::Reached | EdgeOutcome::AsDeclared => 3,
        EdgeOutcome::CouldNotBeChecked => 2,
        EdgeOutcome::NotDecidable => 1,
        _ => 0,
    }
}

/// What a question came to, before it is put beside the question.
#[derive(Debug)]
struct Found {
    outcome: EdgeOutcome,
    why: String,
    bucket: Option<String>,
    remedy: String,
    /// What stood in the way, where something did; otherwise `why` does.
    failure: Option<ProbeFailure>,
    /// What would decide it, where that is no declared path.
    needs: Option<Requirement>,
}

impl Found {
    fn of(outcome: EdgeOutcome, why: impl Into<String>) -> Self {
        Self {
            outcome,
            why: why.into(),
            bucket: None,
            remedy: String::new(),
            failure: None,
            needs: None,
        }
    }

    fn proven(proof: Proof) -> Self {
        let outcome = match proof.outcome {
            Outcome::Reached => EdgeOutcome::Reached,
            Outcome::DeniedByOrigin => EdgeOutcome::DeniedByOrigin,
            Outcome::BucketGone => EdgeOutcome::BucketGone,
            Outcome::WrongRegion => EdgeOutcome::WrongRegion,
            Outcome::OriginUnreachable => EdgeOutcome::OriginUnreachable,
            Outcome::NotDecidable => EdgeOutcome::NotDecidable,
            Outcome::CouldNotBeChecked => EdgeOutcome::CouldNotBeChecked,
        };
        Self {
            bucket: proof.bucket,
            ..Self::of(outcome, proof.why)
        }
    }
}

fn of_not_asked(not_asked: &NotAsked) -> EdgeResult {
    let distribution = "the distribution";
    let (why, unknown) = match &not_asked.why {
        Why::Disabled => ("the distribution is disabled".to_owned(), None),
        Why::Skipped { by } => (
            format!("`{by}` in `skip` of the contract leaves it out"),
            None,
        ),
        Why::NoPath => (
            "no path was found that matches its pattern and none before it".to_owned(),
            None,
        ),
        Why::SwitchedOff => {
            let unknown = Unknown {
                fact: EDGE_ANSWER,
                subject: distribution.to_owned(),
                cause: UnknownCause::NotAskedFor,
            };
            ("ORIGIN_GUARD_EDGE is off".to_owned(), Some(unknown))
        }
        Why::Closed { why, needs } => {
            let needs = Requirement::Grant(needs.clone());
            let unknown = Unknown::without(EDGE_ANSWER, distribution, why.as_str(), needs);
            (why.clone(), Some(unknown))
        }
    };
    EdgeResult {
        path_pattern: not_asked.path_pattern.clone(),
        place: not_asked.place.clone(),
        origin: not_asked.origin.clone(),
        path: None,
        method: ReadMethod::Get,
        status: None,
        server: None,
        outcome: EdgeOutcome::NotAsked,
        bucket: None,
        why,
        remedy: String::new(),
        declared: None,
        unknown,
    }
}

fn of_answered(case: &Case<'_>, grants: &Grants, answered: &Answered) -> EdgeResult {
    let question = &answered.question;
    let answer = answered.answer.as_ref().ok();
    let found = match &answered.answer {
        Ok(answer) => answer::found(&Subject::of(case, answered, answer), grants),
        Err(failure) => of_failure(case, failure),
    };
    let unknown = unknown(question, &found);
    EdgeResult {
        path_pattern: question.path_pattern.clone(),
        place: question.place.clone(),
        origin: question.origin.clone(),
        path: Some(question.path.clone()),
        method: question.method,
        status: answer.map(|it| it.status),
        server: answer
            .and_then(|it| it.header("server"))
            .map(|server| server.chars().take(MOST_SERVER).collect()),
        outcome: found.outcome,
        bucket: found.bucket,
        why: found.why,
        remedy: found.remedy,
        declared: question.declared().cloned(),
        unknown,
    }
}

/// How much of a `server` header is kept: an origin may send anything.
const MOST_SERVER: usize = 64;

fn of_failure(case: &Case<'_>, failure: &EdgeFailure) -> Found {
    let mtls = case.candidate.serving.viewer_mtls.as_ref();
    let (why, failure) = match failure {
        EdgeFailure::TlsRefused(detail) => {
            if let Some(mode) = mtls {
                let why = format!(
                    "viewers must show a certificate (viewer mTLS, `{mode}`), and the TLS handshake was refused: \
                     {detail}"
                );
                let needs = "a request with a certificate that the trust store has".to_owned();
                return Found {
                    needs: Some(Requirement::ReviewOf(needs)),
                    ..Found::of(EdgeOutcome::NotDecidable, why)
                };
            }
            (
                format!("the TLS handshake with CloudFront failed: {detail}"),
                ProbeFailure::Unreachable(detail.clone()),
            )
        }
        EdgeFailure::TimedOut => ("no answer came in time".to_owned(), ProbeFailure::TimedOut),
        EdgeFailure::NotConnected(detail) => (
            format!("no connection to CloudFront: {detail}"),
            ProbeFailure::Unreachable(detail.clone()),
        ),
        EdgeFailure::Cut(detail) => (
            format!("the answer was cut: {detail}"),
            ProbeFailure::Unreachable(detail.clone()),
        ),
    };
    Found {
        failure: Some(failure),
        ..Found::of(EdgeOutcome::CouldNotBeChecked, why)
    }
}

/// What could not be known, for the verdict and for its readers.
fn unknown(question: &Question, found: &Found) -> Option<Unknown> {
    let (path, why) = (&question.path, &found.why);
    match found.outcome {
        EdgeOutcome::CouldNotBeChecked => {
            let failure = found.failure.clone();
            let failure = failure.unwrap_or_else(|| ProbeFailure::Failed(why.clone()));
            Some(Unknown::probe_failed(EDGE_ANSWER, path, failure))
        }
        EdgeOutcome::NotDecidable => {
            let needs = found.needs.clone();
            let needs = needs.unwrap_or_else(|| Requirement::Grant(to_declare(question)));
            Some(Unknown::without(EDGE_ANSWER, path, why.as_str(), needs))
        }
        _ => None,
    }
}

/// What the contract could declare, so that the answer decides.
fn to_declare(question: &Question) -> String {
    match &question.made {
        Made::Declared(PathTerms { path, .. }) => {
            format!(
                "what `{path}` must answer, in `verify` of the contract: {{path: {path}, status: 200}}"
            )
        }
        Made::Root => "the root, in `verify` of the contract: {path: /, status: 200}".to_owned(),
        Made::FromPattern => format!(
            "a path that `{}` serves, in `verify` of the contract: {{path: /…, status: 200}}",
            question.path_pattern
        ),
    }
}
