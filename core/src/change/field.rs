use std::borrow::Cow;
use std::fmt::Display;

use super::found::{Found, Reason};
use super::{Change, ChangeKind};
use crate::distribution::{At, Part, Place};
use crate::plain::without_query;

/// One comparable part of an origin, a group or a behavior.
#[derive(Debug)]
pub(super) struct Field {
    name: &'static str,
    /// One by one: an ID may have a comma.
    values: Vec<String>,
    /// Whether these are the values, and not expressions that the deployment resolves.
    decided: bool,
    /// Whether what follows `?` is compared and not shown.
    hides_query: bool,
    place: Place,
}

impl Field {
    /// A text that is decided.
    pub(super) fn text(name: &'static str, text: impl Into<String>, place: &Place) -> Self {
        Self {
            name,
            values: vec![text.into()],
            decided: true,
            hides_query: false,
            place: place.clone(),
        }
    }

    /// A value that the source may leave out; CloudFront then takes `default`.
    pub(super) fn optional<T: Display>(
        name: &'static str,
        value: Option<&At<T>>,
        default: &str,
        owner: &Place,
    ) -> Self {
        match value {
            None => Self::text(name, default, owner),
            Some(value) => Self {
                name,
                values: vec![value.to_string()],
                decided: value.known().is_some(),
                hides_query: false,
                place: value.place.clone(),
            },
        }
    }

    /// Values whose order means nothing.
    pub(super) fn set(name: &'static str, values: &[At<String>], owner: &Place) -> Self {
        let mut field = Self::sequence(name, values, owner);
        field.values.sort_unstable();
        field.values.dedup();
        field
    }

    /// Values whose order counts.
    pub(super) fn sequence(name: &'static str, values: &[At<String>], owner: &Place) -> Self {
        Self {
            name,
            values: values.iter().map(ToString::to_string).collect(),
            decided: values.iter().all(|value| value.known().is_some()),
            hides_query: false,
            place: owner.clone(),
        }
    }

    /// As CloudFront compares names of hosts.
    pub(super) fn lower_case(mut self) -> Self {
        if self.decided {
            for value in &mut self.values {
                value.make_ascii_lowercase();
            }
        }
        self
    }

    /// Not the value that is compared, since the deployment decides it.
    pub(super) fn undecided_unless(mut self, decided: bool) -> Self {
        self.decided &= decided;
        self
    }

    /// The same field, read with IDs as the candidate names them.
    pub(super) fn map(mut self, rename: impl Fn(&str) -> String) -> Self {
        for value in &mut self.values {
            *value = rename(value);
        }
        self
    }

    /// Compared whole, shown without what follows `?`: it may carry a token.
    pub(super) fn without_query(self) -> Self {
        Self {
            hides_query: true,
            ..self
        }
    }

    fn shown(&self) -> String {
        let all = self.values.join(", ");
        if self.hides_query {
            without_query(&all).into_owned()
        } else {
            all
        }
    }
}

/// Notes the fields that both sides have, with other values.
pub(super) fn compare(found: &mut Found, part: &Part, before: &[Field], after: &[Field]) {
    for new in after {
        let Some(old) = before.iter().find(|old| old.name == new.name) else {
            continue;
        };
        if !(old.decided && new.decided) {
            let is_same_expression = old.decided == new.decided && old.values == new.values;
            if !(is_same_expression && found.is_exact(&new.values)) {
                found.leave_open(part, Some(Cow::Borrowed(new.name)), Reason::NotDecidedYet);
            }
        } else if old.values != new.values {
            found.changes.push(Change {
                kind: ChangeKind::Changed,
                subject: part.clone(),
                field: Some(Cow::Borrowed(new.name)),
                place: new.place.clone(),
                before: Some(old.shown()),
                after: Some(new.shown()),
            });
        }
    }
}
