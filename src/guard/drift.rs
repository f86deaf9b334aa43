//! Drift: the live config is not the last known good one, since it was changed past the pipeline.

use std::fmt::Write as _;

use crate::candidate::Candidate;
use crate::change::{Change, difference};
use crate::distribution::Distribution;
use crate::judged::Baseline;
use crate::memory::changes::LastChange;
use crate::report::outside;
use crate::timestamp::Timestamp;

/// So many changes are shown; the rest are counted.
const SHOWN: usize = 3;

/// What a candidate's author must know first: what was changed since the last known good config, by
/// whom if that is known, and what becomes of it when the candidate is deployed.
pub(super) fn drifted(
    good: &Baseline,
    live: &Distribution,
    changed_by: Option<&LastChange>,
    candidate: &Candidate,
) -> Vec<String> {
    let drift = difference(&good.config, live);
    if drift.changes.is_empty() && drift.outside.is_empty() {
        return Vec::new();
    }
    // What the candidate would change of the live config. A drift that it touches again is undone
    // by the deployment, which its author must know before.
    let left = difference(live, &candidate.distribution);
    let is_undone = |change: &&Change| {
        left.changes.iter().any(|other| {
            other.subject == change.subject
                // A change without a field is of the whole origin or behavior, so it covers each of
                // its fields.
                && (other.field == change.field || other.field.is_none())
        })
    };
    let (undone, kept): (Vec<&Change>, Vec<&Change>) = drift.changes.iter().partition(is_undone);
    let since = in_words(good.taken_at);
    let mut notes = Vec::new();
    for (changes, fate) in [
        (undone, "this candidate would change that again"),
        (kept, "this candidate keeps that"),
    ] {
        if changes.is_empty() {
            continue;
        }
        notes.push(format!(
            "live was changed since it was last known good ({since}): {}; {fate}",
            shown(&changes).join("; ")
        ));
    }
    if !drift.outside.is_empty() {
        notes.push(format!(
            "live was changed since it was last known good ({since}): {}",
            outside(&drift.outside)
        ));
    }
    notes.extend(changed_by.map(last_change));
    notes
}

/// What was changed since a config was last known good, by whom if that is known, in one sentence; `None`
/// where nothing was.
pub(super) fn since(
    good: &Baseline,
    live: &Distribution,
    changed_by: Option<&LastChange>,
) -> Option<String> {
    let drift = difference(&good.config, live);
    let mut parts: Vec<String> = shown(&drift.changes.iter().collect::<Vec<_>>());
    if !drift.outside.is_empty() {
        parts.push(outside(&drift.outside));
    }
    if parts.is_empty() {
        return None;
    }
    parts.extend(changed_by.map(last_change));
    let since = in_words(good.taken_at);
    Some(format!(
        "live was changed since it was last known good ({since}): {}",
        parts.join("; ")
    ))
}

/// The first changes, and how many more there are.
fn shown(changes: &[&Change]) -> Vec<String> {
    let mut shown: Vec<String> = changes.iter().take(SHOWN).map(|it| line(it)).collect();
    if let Some(last) = shown.last_mut()
        && changes.len() > SHOWN
    {
        let _ = write!(last, " and {} more", changes.len() - SHOWN);
    }
    shown
}

fn in_words(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "an unknown time".to_owned(), String::from)
}

/// Who made the last of the changes, as a clause.
pub(super) fn last_change(by: &LastChange) -> String {
    format!(
        "the last of these changes was {} by {} ({}) at {}",
        by.call,
        by.actor.as_deref().unwrap_or("an unknown caller"),
        by.via.as_deref().unwrap_or("unknown"),
        in_words(by.time)
    )
}

/// What a change is, as a clause.
pub(super) fn line(change: &Change) -> String {
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
