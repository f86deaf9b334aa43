//! S3's AccessDenied, which it also answers for a key that is missing where the caller may not list the bucket.

use super::Found;
use super::grants::{Grants, Missing};
use super::subject::Subject;
use crate::edge::question::Made;
use crate::outcome::EdgeOutcome;
use crate::rules::{Allowed, Reads};
use crate::trace::{Outcome, Proof};

/// What a denial comes to: the access rules decide.
pub(super) fn denial(subject: &Subject<'_, '_>, grants: &Grants, proof: Proof) -> Found {
    // Code at the edge may have asked for another key, of another origin.
    let is_open = !subject.trace.functions.is_empty()
        || subject.age().is_some()
        || subject.otherwise().is_some();
    if let Some(missing) = of_all(subject, |id| grants.of_objects(id)).filter(|_| !is_open) {
        return denied(missing);
    }
    if proof.outcome == Outcome::NotDecidable || is_open {
        return Found::of(EdgeOutcome::NotDecidable, proof.why);
    }
    if subject.question.made == Made::FromPattern {
        return of_made(subject, proof);
    }
    if let Some(missing) = of_all(subject, |id| grants.of_keys(id)) {
        return denied(missing);
    }
    if proof.outcome == Outcome::DeniedByOrigin {
        return Found {
            remedy: format!(
                "let CloudFront read `{}` in the bucket policy",
                subject.key()
            ),
            ..Found::proven(proof)
        };
    }
    unless_open(subject, proof)
}

/// A key that is made is not there, so that a policy for other keys, or for encrypted ones, denies nothing.
fn of_made(subject: &Subject<'_, '_>, proof: Proof) -> Found {
    if proof.outcome == Outcome::DeniedByOrigin {
        return Found::of(
            EdgeOutcome::NotDecidable,
            "S3 answers AccessDenied for a key that is made, and the bucket policy grants others",
        );
    }
    let members = subject.members().iter().map(|it| it.reads.as_ref());
    let may_read = |reads: Option<&Reads>| {
        reads.is_some_and(|it| it.object == Allowed::Yes && it.listing != Allowed::Yes)
    };
    // With the list as well, S3 would answer 404, whatever is not known of it.
    if members.map(may_read).reduce(|one, other| one && other) == Some(true)
        && proof.outcome == Outcome::CouldNotBeChecked
    {
        return Found::of(
            EdgeOutcome::Reached,
            "S3 answers AccessDenied: s3:GetObject is granted, so the key, which is made, is missing",
        );
    }
    unless_open(subject, proof)
}

/// What a policy leaves to conditions, to ACLs or to another account was read, and decides nothing.
fn unless_open(subject: &Subject<'_, '_>, proof: Proof) -> Found {
    let reads = subject.members().iter().filter_map(|it| it.reads.as_ref());
    let open: Vec<&Reads> = reads.filter(|it| is_open(it)).collect();
    let may_be_read = open.is_empty() || open.iter().any(|it| it.is_retried);
    if proof.outcome == Outcome::CouldNotBeChecked && !may_be_read {
        return Found::of(EdgeOutcome::NotDecidable, proof.why);
    }
    Found::proven(proof)
}

fn is_open(reads: &Reads) -> bool {
    let both = [&reads.object, &reads.listing];
    both.into_iter().any(|it| matches!(it, Allowed::Unknown(_)))
}

/// What keeps CloudFront from every origin that may have answered; of a group, what does of the primary.
fn of_all<'g>(
    subject: &Subject<'_, '_>,
    of: impl Fn(&str) -> Option<&'g Missing>,
) -> Option<&'g Missing> {
    let all = subject.members().iter().map(|it| of(&it.origin));
    let all: Option<Vec<&Missing>> = all.collect();
    all?.first().copied()
}

fn denied(missing: &Missing) -> Found {
    Found {
        remedy: missing.remedy.clone(),
        ..Found::of(
            EdgeOutcome::DeniedByOrigin,
            format!("S3 answers AccessDenied: {}", missing.why),
        )
    }
}
