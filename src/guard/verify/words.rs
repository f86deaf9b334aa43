//! What a verification says of a deployment: how far it is, and what else is live.

use std::time::Duration;

use super::state::{Other, Seen, left_open};
use crate::change::Difference;
use crate::distribution::DistributionId;
use crate::error::GuardError;
use crate::guard::drift::{last_change, line};
use crate::memory::changes::LastChange;
use crate::report::outside;
use crate::request::Left;
use crate::timestamp::Timestamp;

/// So many changes are shown; the rest are counted.
const SHOWN: usize = 3;

/// What a job says that another one continues.
pub(super) fn under_way(seen: &Seen<'_>, left: Left, longest: Duration) -> String {
    format!(
        "{}; the next job asks again, for {} minutes in all",
        progress(seen, left),
        minutes(longest)
    )
}

/// How far the deployment is, as a clause.
pub(super) fn progress(seen: &Seen<'_>, left: Left) -> String {
    let (name, etag) = (name(seen), &seen.live.etag);
    match (left, &seen.live.modified_at) {
        (Left::Version, _) => format!(
            "the candidate{} is not live yet: distribution {name} still has version {etag}",
            document(seen)
        ),
        (Left::Deployment, Some(since)) => {
            format!("distribution {name} is InProgress since {since} (version {etag})")
        }
        (Left::Deployment, None) => format!("distribution {name} is InProgress (version {etag})"),
    }
}

/// The deployment takes longer than a verification waits.
pub(super) fn too_late(
    seen: &Seen<'_>,
    left: Left,
    started_at: Timestamp,
    longest: Duration,
) -> GuardError {
    let problem = format!(
        "{}, {} minutes after the verification began ({started_at})",
        progress(seen, left),
        minutes(longest)
    );
    let remedy = match left {
        Left::Version => {
            "Check the action that deploys it; ORIGIN_GUARD_VERIFY_MINUTES sets how long is waited"
        }
        Left::Deployment => {
            "Retry this action once CloudFront shows the distribution as Deployed; \
             ORIGIN_GUARD_VERIFY_MINUTES sets how long is waited"
        }
    };
    GuardError::not_deployed(problem, remedy)
}

/// Something else is live: what, and who made it where that is known.
pub(super) fn out_of_sync(seen: &Seen<'_>, other: &Other, by: Option<&LastChange>) -> GuardError {
    let (name, etag) = (name(seen), &seen.live.etag);
    let before = seen.before.map_or("", |before| before.etag.as_str());
    let mut problem = match other {
        Other::Config(difference) => format!(
            "distribution {name} runs version {etag}, which is neither the candidate{} nor what there was \
             before it: {}",
            document(seen),
            differences(difference)
        ),
        Other::Undone(difference) => format!(
            "the candidate{} was live as version {before} of distribution {name}, and version {etag} is \
             live now: {}",
            document(seen),
            differences(difference)
        ),
        Other::Version => format!(
            "version {before} of distribution {name} was live when the verification began, and version \
             {etag} is now"
        ),
    };
    match by {
        Some(by) => {
            problem.push_str("; ");
            problem.push_str(&last_change(by));
        }
        None => problem.push_str("; who made that version is not known to Origin Guard"),
    }
    GuardError::out_of_sync(
        problem,
        "Check what was deployed in between, and run the pipeline again with what is to be live",
    )
}

/// What live has in the place of a candidate's values.
fn differences(difference: &Difference) -> String {
    let mut parts: Vec<String> = difference.changes.iter().take(SHOWN).map(line).collect();
    if let Some(more @ 1..) = difference.changes.len().checked_sub(SHOWN) {
        parts.push(format!("{more} more changes"));
    }
    if !difference.outside.is_empty() {
        parts.push(outside(&difference.outside));
    }
    format!("against the candidate, {}", parts.join("; "))
}

/// What of "is it what was gated" a verification leaves open.
pub(super) fn notes(seen: &Seen<'_>) -> Vec<String> {
    let note = "no `candidate` is named: whether what is live is what was gated was not checked";
    let unnamed = seen.candidate.is_none().then(|| note.to_owned());
    unnamed.or_else(|| left_open(seen)).into_iter().collect()
}

/// Neither the parameters nor the candidate name a distribution.
pub(super) fn no_distribution() -> GuardError {
    GuardError::configuration(
        "the candidate does not say which distribution it is for",
        "Name it as `distribution` in the action's UserParameters",
    )
}

fn name<'s>(seen: &'s Seen<'_>) -> &'s str {
    let id = seen.live.distribution.id.as_ref();
    id.map_or("of the account", DistributionId::as_str)
}

/// The candidate's document, after "the candidate".
fn document(seen: &Seen<'_>) -> String {
    let document = seen.candidate.map(|it| it.provenance.document.as_str());
    document.map_or_else(String::new, |document| format!(" `{document}`"))
}

fn minutes(time: Duration) -> u64 {
    time.as_secs() / 60
}
