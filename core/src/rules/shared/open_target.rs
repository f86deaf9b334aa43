use crate::distribution::{At, Expression, OpenTarget, OriginMap};
use crate::facts::{TARGET_ORIGIN, Unknown};

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
