use crate::distribution::{At, Expression, OpenTarget, OriginMap};
use crate::facts::{TARGET_ORIGIN, Unknown};

/// Why a reference that the deployment decides can be no ID of the candidate; nothing of one that is known.
pub(in crate::rules) fn why_impossible(reference: &At<String>) -> String {
    let choices = reference.symbolic().map(Expression::choices_in_words);
    match choices.as_deref() {
        None | Some([]) => String::new(),
        Some(choices) => format!("; {}", choices.join(", and ")),
    }
}

/// That the deployment decides which origin or group a reference names: one entry for each expression,
/// however often it is referred to.
pub(in crate::rules) fn open_target(map: &OriginMap<'_>, reference: &At<String>) -> Unknown {
    let later = |what: &str, expression: &Expression| {
        Unknown::known_later(
            TARGET_ORIGIN,
            expression.spelling(),
            what,
            &expression.in_words(),
        )
    };
    match map.undecided(reference) {
        OpenTarget::Reference(own) => later("the Id of a target origin", own),
        OpenTarget::Id(id) => later("the Id of an origin or origin group", id),
        OpenTarget::List(list) => Unknown::not_decided(TARGET_ORIGIN, list),
    }
}
