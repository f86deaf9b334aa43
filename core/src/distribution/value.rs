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

/// An unresolved expression in a canonical spelling. Equal spellings are equal values where the
/// source spells out what is computed ([`super::Distribution::exact_expressions`]).
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
        let value = if is_open(&text) {
            Value::Symbolic(Expression(text))
        } else {
            Value::Known(text)
        };
        Self { value, place }
    }

    /// The text, or the expression in its place.
    #[must_use]
    pub fn spelling(&self) -> &str {
        match &self.value {
            Value::Known(text) | Value::Symbolic(Expression(text)) => text,
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

impl Expression {
    /// Whether it may stand for this text: what is known of it is there, in its order.
    #[must_use]
    pub fn may_be(&self, text: &str) -> bool {
        let mut rest = text;
        let mut is_behind_open = false;
        let mut parts = self.parts().peekable();
        while let Some(part) = parts.next() {
            let ExpressionPart::Known(known) = part else {
                is_behind_open = true;
                continue;
            };
            let after = if !is_behind_open {
                rest.strip_prefix(known)
            } else if parts.peek().is_none() {
                return rest.ends_with(known);
            } else {
                rest.split_once(known).map(|(_, after)| after)
            };
            let Some(after) = after else { return false };
            rest = after;
            is_behind_open = false;
        }
        is_behind_open || rest.is_empty()
    }

    /// Its parts: texts that are known, and `${…}` or `{{…}}`, the braces balanced.
    pub fn parts(&self) -> impl Iterator<Item = ExpressionPart<'_>> {
        let mut rest = self.0.as_str();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let opening = first_open(rest);
            let end = match opening {
                Some(0) => closing(rest),
                Some(at) => at,
                None => rest.len(),
            };
            let (part, after) = rest.split_at(end);
            let is_open = opening == Some(0);
            rest = after;
            Some(if is_open {
                ExpressionPart::Open(part)
            } else {
                ExpressionPart::Known(part)
            })
        })
    }
}

/// Whether a text has a part that only a later step fills in: the deployment, or a tenant's
/// parameters.
#[must_use]
pub fn is_open(text: &str) -> bool {
    first_open(text).is_some()
}

/// Where the first `${` or `{{` begins.
fn first_open(text: &str) -> Option<usize> {
    // Most texts have no brace at all, which is found out many bytes at a time.
    let mut from = 0;
    while let Some(at) = text[from..].find('{') {
        let brace = from + at;
        if text[..brace].ends_with('$') {
            return Some(brace - 1);
        }
        if text[brace + 1..].starts_with('{') {
            return Some(brace);
        }
        from = brace + 1;
    }
    None
}

/// A piece of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpressionPart<'a> {
    /// As it will be.
    Known(&'a str),
    /// `${…}` or `{{…}}`
    Open(&'a str),
}

/// Behind the brace that closes the `${` or `{{` at the beginning; a text without one ends there.
fn closing(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    text.len()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_later_step_fills_in_is_open() {
        for text in [
            "${A}",
            "a-${A}",
            "{{tenant}}.example.com",
            "a{b}{{c}}",
            "$${A}",
        ] {
            assert!(is_open(text), "{text}");
        }
        for text in ["", "a", "$", "{", "a{b}c", "$ {", "a$"] {
            assert!(!is_open(text), "{text}");
        }
    }

    #[test]
    fn an_expression_falls_into_what_is_known_and_what_is_open() {
        use ExpressionPart::{Known, Open};
        for (text, parts) in [
            ("a", vec![Known("a")]),
            ("${A}-b", vec![Open("${A}"), Known("-b")]),
            (
                "{{tenant}}.x{y}.${A {b}}",
                vec![Open("{{tenant}}"), Known(".x{y}."), Open("${A {b}}")],
            ),
            ("${{ A }}b", vec![Open("${{ A }}"), Known("b")]),
            ("a{{b", vec![Known("a"), Open("{{b")]),
        ] {
            let expression = Expression(text.to_owned());
            assert_eq!(expression.parts().collect::<Vec<_>>(), parts, "{text}");
        }
    }

    #[test]
    fn an_expression_may_be_what_has_its_known_parts() {
        for (expression, yes, no) in [
            ("${A}", &["", "x"][..], &[][..]),
            (
                "${A}-assets",
                &["-assets", "prod-assets"],
                &["assets", "prod-assets2", "nope"],
            ),
            ("site-${A}", &["site-", "site-x"], &["site", "a-site-x"]),
            ("a${A}b${B}b", &["abb", "axbyb"], &["ab", "axb", "xabb"]),
            ("{{tenant}}.x", &["t.x"], &["t.y"]),
            ("a${A}a", &["aa", "aba"], &["a"]),
        ] {
            let expression = Expression(expression.to_owned());
            for text in yes {
                assert!(expression.may_be(text), "{expression:?} {text}");
            }
            for text in no {
                assert!(!expression.may_be(text), "{expression:?} {text}");
            }
        }
    }
}
