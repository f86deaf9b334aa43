use std::borrow::Cow;

use super::{Finding, NeededUnknown};
use crate::distribution::{Hidden, Part};

/// What hides a text; `is_at` is whether it is about a place where something hidden stands.
fn change(hidden: &Hidden, is_at: bool) -> impl Fn(&mut String) {
    move |text| {
        let shown = if is_at {
            hidden.hide_words(text)
        } else {
            hidden.hide(text)
        };
        if let Cow::Owned(shown) = shown {
            *text = shown;
        }
    }
}

impl Finding {
    /// Hides in every text what no reader may see: what is said about a place of it has none of it, not
    /// even a short word.
    pub(crate) fn hide(&mut self, hidden: &Hidden) {
        let is_at = hidden.is_at(&self.place)
            || self
                .related
                .iter()
                .any(|related| hidden.is_at(&related.place));
        let change = change(hidden, is_at);
        let notes = self.related.iter_mut().map(|it| &mut it.note);
        let evidence = self.evidence.iter_mut().map(|(_, value)| value);
        notes
            .chain(evidence)
            .chain(&mut self.path_patterns)
            .chain(&mut self.origin)
            .chain([&mut self.message, &mut self.remediation, &mut self.key])
            .for_each(&change);
        // Also of what the fingerprint is made: of a short text, a digest is not hard to guess.
        match &mut self.subject {
            Part::Origin(name) | Part::OriginGroup(name) | Part::Behavior(name) => change(name),
            Part::Distribution | Part::DefaultBehavior | Part::Precedence => {}
        }
    }
}

impl NeededUnknown {
    /// As [`Finding::hide`].
    pub(crate) fn hide(&mut self, hidden: &Hidden) {
        let is_at = self.places.iter().any(|place| hidden.is_at(place));
        self.unknown.each_text(&change(hidden, is_at));
    }
}
