//! One answer: what it proves of the origin, and what the contract says about it.

use super::Found;
use super::denial::denial;
use super::grants::Grants;
use super::subject::Subject;
use crate::contract::PathTerms;
use crate::outcome::EdgeOutcome;
use crate::trace::{EdgeAnswer, Outcome, Proof, classify, s3_error_code};

/// What an answer comes to.
pub(super) fn found(subject: &Subject<'_, '_>, grants: &Grants) -> Found {
    let found = of_origin(subject, grants);
    match subject.question.declared() {
        Some(terms) if terms.declares_an_answer() => declared(found, terms, subject.answer),
        _ => found,
    }
}

/// What the contract declares outweighs what is not proven; that a bucket is gone or elsewhere is proven whatever
/// the contract says.
fn declared(found: Found, terms: &PathTerms, answer: &EdgeAnswer) -> Found {
    let differs = differences(terms, answer);
    let is_named = matches!(
        found.outcome,
        EdgeOutcome::BucketGone | EdgeOutcome::WrongRegion
    );
    if is_named || !differs.is_empty() && found.outcome.fails() {
        return found;
    }
    let expected = terms.expected().unwrap_or_default();
    if differs.is_empty() {
        let outcome = match found.outcome {
            EdgeOutcome::Reached => EdgeOutcome::Reached,
            _ => EdgeOutcome::AsDeclared,
        };
        let why = format!("it has {expected}, as declared; {}", found.why);
        return Found {
            bucket: found.bucket,
            ..Found::of(outcome, why)
        };
    }
    let differs = differs.join(" and ");
    Found {
        remedy: format!(
            "make `{}` answer as the contract declares, or change `verify` of the contract",
            terms.path
        ),
        ..Found::of(
            EdgeOutcome::NotAsDeclared,
            format!(
                "the contract declares {expected}, and {differs}; {}",
                found.why
            ),
        )
    }
}

/// What the answer proves of the origin.
fn of_origin(subject: &Subject<'_, '_>, grants: &Grants) -> Found {
    let proof = classify(&subject.trace, subject.answer);
    if subject.is_denial() {
        return denial(subject, grants, proof);
    }
    if let Some(before) = stands_before(subject, &proof) {
        let why = format!("{before} ({})", proof.why);
        return Found::of(EdgeOutcome::NotDecidable, why);
    }
    let remedy = match proof.outcome {
        Outcome::Reached => return reached(subject, proof),
        Outcome::BucketGone => {
            "point the origin's DomainName at the bucket that holds the content; don't create an empty one"
                .to_owned()
        }
        Outcome::WrongRegion => "name the bucket's own Region in the origin's DomainName".to_owned(),
        Outcome::OriginUnreachable => reachable(subject),
        Outcome::DeniedByOrigin => "let the origin answer requests of CloudFront".to_owned(),
        Outcome::NotDecidable | Outcome::CouldNotBeChecked => String::new(),
    };
    Found {
        remedy,
        ..Found::proven(proof)
    }
}

/// What in the site's own config may have made the answer, beside what a trace says.
fn stands_before(subject: &Subject<'_, '_>, proof: &Proof) -> Option<String> {
    let (answer, outcome) = (subject.answer, proof.outcome);
    if let Some(other) = subject.otherwise() {
        return Some(format!(
            "CloudFront may send the path to {other}, since its guide does not say how it reads it"
        ));
    }
    let is_proof = outcome.fails() || outcome == Outcome::Reached;
    if let Some(age) = subject.age().filter(|_| is_proof) {
        return Some(format!(
            "the answer was in a cache for {age} s, and may be older than the deployment"
        ));
    }
    if let Some(action) = answer.header("x-amzn-waf-action") {
        return Some(format!("a web ACL answered: `{action}`"));
    }
    let is_open = matches!(outcome, Outcome::Reached | Outcome::CouldNotBeChecked);
    // What a web ACL blocks has the status and the body that its rules say, and 403 unless they do.
    let (status, is_s3s) = (answer.status, s3_error_code(answer).is_some());
    let may_block = is_open && !is_s3s && matches!(status, 202 | 400..=499);
    if let Some(acl) = subject.serving().web_acl.as_ref().filter(|_| may_block) {
        return Some(format!("web ACL `{acl}` may have answered {status}"));
    }
    if outcome == Outcome::CouldNotBeChecked
        && !answer.is_from("AmazonS3")
        && let Some(policy) = subject.response_headers_policy()
    {
        return Some(format!(
            "response headers policy `{policy}` may remove or replace `server`, which says what answered"
        ));
    }
    sends_elsewhere(subject, outcome)
}

/// What may have sent the request to another origin, whose error this would be.
fn sends_elsewhere(subject: &Subject<'_, '_>, outcome: Outcome) -> Option<String> {
    if !matches!(outcome, Outcome::WrongRegion | Outcome::OriginUnreachable) {
        return None;
    }
    if let Some(policy) = subject.continuous_deployment() {
        return Some(format!(
            "continuous deployment policy `{policy}` may have sent the request to the staging distribution"
        ));
    }
    let mut functions = subject.trace.functions.iter();
    functions
        .any(|it| it == "origin-request")
        .then(|| "an origin-request function may have chosen another origin".to_owned())
}

/// What to check where CloudFront cannot reach an origin.
fn reachable(subject: &Subject<'_, '_>) -> String {
    let hosts = subject
        .members()
        .iter()
        .map(|it| format!("origin `{}`", it.origin));
    format!(
        "check DNS, firewall, port, certificate and time-outs of {}: CloudFront connects from the internet, or \
         through the VPC origin",
        hosts.collect::<Vec<_>>().join(" and ")
    )
}

fn reached(subject: &Subject<'_, '_>, proof: Proof) -> Found {
    let mut found = Found::proven(proof);
    if let Some(policy) = subject.continuous_deployment() {
        found.why = format!(
            "{}; continuous deployment policy `{policy}` may have sent it to the staging distribution",
            found.why
        );
    }
    with_object(subject, found)
}

/// The one proof of which bucket it was: the object's own `ETag`.
fn with_object(subject: &Subject<'_, '_>, reached: Found) -> Found {
    let served = subject.answer.header("etag");
    let served = served.filter(|_| subject.answer.status == 200);
    let (Some(own), Some(object), Some(served)) =
        (subject.object_etag, &subject.question.object, served)
    else {
        return reached;
    };
    let (bucket, key) = (&object.bucket, &object.key);
    if opaque(own) == opaque(served) {
        let why = format!("S3 answered with the ETag of `{key}` in bucket `{bucket}`");
        return Found {
            bucket: Some(bucket.clone()),
            ..Found::of(EdgeOutcome::Reached, why)
        };
    }
    Found::of(
        EdgeOutcome::NotDecidable,
        format!(
            "the answer's ETag is not that of `{key}` in bucket `{bucket}`: a cache or another bucket answered, or \
             the object was replaced meanwhile"
        ),
    )
}

/// Where CloudFront compresses, it makes the ETag a weak one
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html>).
fn opaque(etag: &str) -> &str {
    etag.trim_start_matches("W/").trim_matches('"')
}

/// How an answer differs from what is declared.
fn differences(terms: &PathTerms, answer: &EdgeAnswer) -> Vec<String> {
    let status = answer.status;
    let is_other = terms.status.as_ref().is_some_and(|it| !it.have(status));
    let status = is_other.then(|| format!("the answer has status {status}"));
    let header = terms.header.iter().filter_map(|(name, value)| {
        let mut values = answer.all_headers(name);
        let Some(first) = values.next() else {
            return Some(format!("the answer has no header `{name}`"));
        };
        let has = first == value || values.any(|own| own == value);
        (!has).then(|| format!("the answer has header `{name}: {}`", shortened(first)))
    });
    status.into_iter().chain(header).collect()
}

/// An origin may send any text.
fn shortened(text: &str) -> String {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
