use std::fmt;

use super::Place;
use crate::document::Expression;

/// A value of a distribution, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: Value<T>,
    /// Where it stands.
    pub place: Place,
}

/// Known, or an expression that only the deployment resolves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<T> {
    /// As CloudFront will see it.
    Known(T),
    /// Not decided before the deployment: at least a part of the expression is open.
    Symbolic(Expression),
}

impl<T> At<T> {
    /// A known value.
    pub fn known_at(value: T, place: Place) -> Self {
        Self {
            value: Value::Known(value),
            place,
        }
    }

    /// The value, unless it is symbolic.
    pub fn known(&self) -> Option<&T> {
        match &self.value {
            Value::Known(value) => Some(value),
            Value::Symbolic(_) => None,
        }
    }

    /// The expression, if it is symbolic.
    pub fn symbolic(&self) -> Option<&Expression> {
        match &self.value {
            Value::Known(_) => None,
            Value::Symbolic(expression) => Some(expression),
        }
    }
}

impl At<String> {
    /// A text from a config that is not written in any template language. `${…}` and `{{…}}` are
    /// placeholders that a later step fills in (a shell, a framework, a tenant's parameters).
    pub fn text(text: impl Into<String>, place: Place) -> Self {
        Self::of(Expression::of_placeholders(&text.into()), place)
    }

    /// A text as far as it is known.
    #[must_use]
    pub fn of(expression: Expression, place: Place) -> Self {
        let value = match expression.into_text() {
            Ok(text) => Value::Known(text),
            Err(expression) => Value::Symbolic(expression),
        };
        Self { value, place }
    }

    /// The text, or the expression in its place.
    #[must_use]
    pub fn spelling(&self) -> &str {
        match &self.value {
            Value::Known(text) => text,
            Value::Symbolic(expression) => expression.spelling(),
        }
    }

    /// Whether it is known to be empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known().is_some_and(String::is_empty)
    }

    /// Whether it is known to be this text.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.known().is_some_and(|known| known == text)
    }
}

impl<T: fmt::Display> fmt::Display for At<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: fmt::Display> fmt::Display for Value<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Symbolic(expression) => expression.fmt(f),
        }
    }
}
