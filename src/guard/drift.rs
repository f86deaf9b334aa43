//! Live is not what was good: somebody changed it past the pipeline.

use crate::candidate::Candidate;
use crate::change::{Change, difference};
use crate::distribution::Distribution;
use crate::report::v1;

/// So many changes are told; the rest are counted.
const TOLD: usize = 3;

/// What a candidate's author must know first: what was changed since the last known good config, by
/// whom if that is known, and what becomes of it when the candidate is deployed.
pub(super) fn drifted(
    (good, told): (&Distribution, &v1::Baseline),
    live: &Distribution,
    changed_by: Option<&v1::Trigger>,
    candidate: &Candidate,
) -> Vec<String> {
    let drift = difference(good, live);
    if drift.is_empty() {
        return Vec::new();
    }
    let left = difference(live, &candidate.distribution);
    let is_undone = |change: &&Change| {
        left.iter().any(|other| {
            other.subject == change.subject
                && (other.field == change.field || other.field.is_none())
        })
    };
    let (undone, kept): (Vec<&Change>, Vec<&Change>) = drift.iter().partition(is_undone);
    let since = told.taken_at.as_deref().unwrap_or("an unknown time");
    let mut notes = Vec::new();
    for (changes, fate) in [
        (undone, "this candidate would change that again"),
        (kept, "this candidate keeps that"),
    ] {
        if changes.is_empty() {
            continue;
        }
        let shown: Vec<String> = changes.iter().take(TOLD).map(|it| line(it)).collect();
        let more = match changes.len().saturating_sub(TOLD) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        notes.push(format!(
            "live was changed since it was last known good ({since}): {}{more}; {fate}",
            shown.join("; ")
        ));
    }
    notes.extend(changed_by.and_then(last_change));
    notes
}

/// Whose the last of the changes was.
fn last_change(by: &v1::Trigger) -> Option<String> {
    let event = by.event.as_ref()?;
    Some(format!(
        "the last of these changes was {} by {} ({}) at {}",
        event.name,
        by.actor.as_deref().unwrap_or("somebody"),
        by.via.as_deref().unwrap_or("unknown"),
        event.time
    ))
}

fn line(change: &Change) -> String {
    let value = |text: &Option<String>| match text.as_deref() {
        None | Some("") => "nothing".to_owned(),
        Some(text) => format!("`{text}`"),
    };
    format!(
        "{} was {} ({} → {})",
        change.what(),
        change.kind.name(),
        value(&change.before),
        value(&change.after)
    )
}
