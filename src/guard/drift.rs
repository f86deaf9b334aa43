//! Drift: the live config is not the last known good one, since it was changed past the pipeline.

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
        let shown: Vec<String> = changes.iter().take(SHOWN).map(|it| line(it)).collect();
        let more = match changes.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        notes.push(format!(
            "live was changed since it was last known good ({since}): {}{more}; {fate}",
            shown.join("; ")
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
