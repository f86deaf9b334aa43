use std::fmt;

use super::Place;

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
    /// Not decided before the deployment.
    Symbolic(Expression),
}

/// An unresolved expression in a canonical spelling: equal spellings are equal values.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Expression(pub String);

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
    /// A text from a document. `${…}` and `{{…}}` are placeholders that a later step fills in
    /// (a shell, a framework, a tenant's parameters), so the whole text is symbolic.
    pub fn text(text: impl Into<String>, place: Place) -> Self {
        let text = text.into();
        let value = if text.contains("${") || text.contains("{{") {
            Value::Symbolic(Expression(text))
        } else {
            Value::Known(text)
        };
        Self { value, place }
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
            Self::Symbolic(Expression(text)) => f.write_str(text),
        }
    }
}
