use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Nature, Referent, Symbol};

/// A text of which a later step, mostly the deployment, fills in some parts.
///
/// Its symbols are marked, never found in its text: `${Name}` in a text that is known is literal. Two
/// expressions are equal if they are spelt alike, symbols and known parts at the same places.
#[derive(Clone, Default)]
pub struct Expression {
    /// The whole text, each symbol as it is shown.
    spelling: String,
    /// Where its symbols stand, in order.
    symbols: Vec<Placed>,
}

#[derive(Clone)]
struct Placed {
    start: usize,
    end: usize,
    symbol: Option<Arc<Symbol>>,
}

/// A piece of an expression.
#[derive(Debug, Clone, Copy)]
pub enum ExpressionPart<'a> {
    /// As it will be.
    Known(&'a str),
    /// What a later step fills in.
    Open(Open<'a>),
}

/// A symbol in an expression.
#[derive(Debug, Clone, Copy)]
pub struct Open<'a> {
    /// As it is shown: `${…}` or `{{…}}`.
    pub spelling: &'a str,
    /// What is known of it.
    pub symbol: Option<&'a Symbol>,
}

impl Open<'_> {
    /// What its values have in common.
    #[must_use]
    pub fn nature(&self) -> Nature {
        self.symbol.map_or(Nature::Any, |symbol| symbol.nature)
    }

    /// What it is, as the predicate of a sentence: `it is …`.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self.symbol {
            Some(symbol) => symbol.referent.in_words(),
            None => format!("the placeholder `{}`", self.spelling),
        }
    }
}

impl Expression {
    /// A text that is known as a whole.
    pub fn known(text: impl Into<String>) -> Self {
        Self {
            spelling: text.into(),
            symbols: Vec::new(),
        }
    }

    /// One symbol, of which no more is known than how it is shown.
    pub fn open(spelling: impl Into<String>) -> Self {
        Self::whole(spelling.into(), None)
    }

    /// One symbol, and what is known of it.
    pub fn of(spelling: impl Into<String>, symbol: Symbol) -> Self {
        Self::whole(spelling.into(), Some(Arc::new(symbol)))
    }

    fn whole(spelling: String, symbol: Option<Arc<Symbol>>) -> Self {
        let placed = Placed {
            start: 0,
            end: spelling.len(),
            symbol,
        };
        Self {
            symbols: vec![placed],
            spelling,
        }
    }

    /// A text whose `${…}` and `{{…}}` are placeholders, the braces balanced: what another tool, or a
    /// tenant's parameters, fill in.
    #[must_use]
    pub fn of_placeholders(text: &str) -> Self {
        let mut all = Self::default();
        let mut rest = text;
        while let Some(at) = first_open(rest) {
            let (before, from) = rest.split_at(at);
            let (symbol, after) = from.split_at(closing(from));
            all.push_str(before);
            all.push(&Self::open(symbol));
            rest = after;
        }
        all.push_str(rest);
        all
    }

    /// Several as one.
    #[must_use]
    pub fn concat(parts: &[Self]) -> Self {
        let mut whole = Self::default();
        for part in parts {
            whole.push(part);
        }
        whole
    }

    /// Adds a text that is known.
    pub fn push_str(&mut self, text: &str) {
        self.spelling.push_str(text);
    }

    /// Adds another expression.
    pub fn push(&mut self, other: &Self) {
        let at = self.spelling.len();
        self.spelling.push_str(&other.spelling);
        self.symbols
            .extend(other.symbols.iter().map(|placed| Placed {
                start: at + placed.start,
                end: at + placed.end,
                symbol: placed.symbol.clone(),
            }));
    }

    /// Adds one of another expression's parts.
    pub fn push_part(&mut self, part: ExpressionPart<'_>) {
        match part {
            ExpressionPart::Known(text) => self.push_str(text),
            ExpressionPart::Open(open) => {
                let symbol = open.symbol.cloned().map(Arc::new);
                self.push(&Self::whole(open.spelling.to_owned(), symbol));
            }
        }
    }

    /// With a text in the place of a symbol.
    #[must_use]
    pub fn with(&self, symbol: &str, text: &str) -> Self {
        let mut whole = Self::default();
        for part in self.parts() {
            match part {
                ExpressionPart::Open(open) if open.spelling == symbol => whole.push_str(text),
                _ => whole.push_part(part),
            }
        }
        whole
    }

    /// The whole text, each symbol as it is shown.
    #[must_use]
    pub fn spelling(&self) -> &str {
        &self.spelling
    }

    /// The text, where all of it is known.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.is_known().then_some(self.spelling.as_str())
    }

    /// Whether all of it is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.symbols.is_empty()
    }

    /// The text where all of it is known, and else the expression.
    ///
    /// # Errors
    /// The expression, of which some part is open.
    pub fn into_text(self) -> Result<String, Self> {
        if self.is_known() {
            Ok(self.spelling)
        } else {
            Err(self)
        }
    }

    /// Its parts in order; no known part is empty.
    pub fn parts(&self) -> impl Iterator<Item = ExpressionPart<'_>> {
        let mut at = 0;
        let mut symbols = self.symbols.iter().peekable();
        std::iter::from_fn(move || {
            let next = symbols.peek().map(|placed| placed.start);
            if next == Some(at)
                && let Some(placed) = symbols.next()
            {
                at = placed.end;
                return Some(ExpressionPart::Open(Open {
                    spelling: &self.spelling[placed.start..placed.end],
                    symbol: placed.symbol.as_deref(),
                }));
            }
            let end = next.unwrap_or(self.spelling.len());
            let text = &self.spelling[at..end];
            at = end;
            (!text.is_empty()).then_some(ExpressionPart::Known(text))
        })
    }

    /// Its symbols in order.
    pub fn symbols(&self) -> impl Iterator<Item = Open<'_>> {
        self.parts().filter_map(|part| match part {
            ExpressionPart::Open(open) => Some(open),
            ExpressionPart::Known(_) => None,
        })
    }

    /// The symbol that is all of it.
    #[must_use]
    pub fn only_symbol(&self) -> Option<Open<'_>> {
        let mut parts = self.parts();
        match (parts.next(), parts.next()) {
            (Some(ExpressionPart::Open(open)), None) => Some(open),
            _ => None,
        }
    }

    /// What decides it, as a clause: `it is the DNSName of `OriginALB``.
    #[must_use]
    pub fn in_words(&self) -> String {
        if let Some(open) = self.only_symbol() {
            return format!("it is {}", open.in_words());
        }
        let mut names: Vec<String> = self.symbols().map(|open| open.in_words()).collect();
        names.dedup();
        match names.split_last() {
            Some((last, [])) => format!("it holds {last}"),
            Some((last, others)) => format!("it holds {} and {last}", others.join(", ")),
            None => format!("it is `{self}`"),
        }
    }

    /// The first symbol that takes only some values, and those; none where trying all of them, with those
    /// of other such symbols, would take too long.
    fn choice(&self) -> Option<(&str, &[String])> {
        const MOST_TRIED: usize = 64;
        let choices = || {
            self.symbols()
                .filter_map(|open| match &open.symbol?.referent {
                    Referent::Choice { allowed, .. } => Some((open.spelling, allowed.as_slice())),
                    _ => None,
                })
        };
        let tried = choices().try_fold(1_usize, |tried, (_, allowed)| {
            tried.checked_mul(allowed.len())
        })?;
        choices().next().filter(|_| tried <= MOST_TRIED)
    }

    /// The parameters that take only some values, with these, as clauses: `the parameter `Target` takes
    /// only `a` and `b``.
    #[must_use]
    pub fn choices_in_words(&self) -> Vec<String> {
        const SHOWN: usize = 10;
        let mut all: Vec<String> = self
            .symbols()
            .filter_map(|open| match &open.symbol?.referent {
                Referent::Choice { parameter, allowed } => {
                    let shown = allowed.iter().take(SHOWN);
                    let shown: Vec<String> = shown.map(|value| format!("`{value}`")).collect();
                    let more = if allowed.len() > SHOWN { ", …" } else { "" };
                    Some(format!(
                        "the parameter `{parameter}` takes only {}{more}",
                        shown.join(", ")
                    ))
                }
                _ => None,
            })
            .collect();
        all.dedup();
        all
    }

    /// Whether it may stand for this text: what is known of it is there, in its order.
    #[must_use]
    pub fn may_be(&self, text: &str) -> bool {
        if let Some(open) = self.only_symbol() {
            return open.symbol.is_none_or(|symbol| symbol.may_be(text));
        }
        if let Some((symbol, allowed)) = self.choice() {
            return allowed
                .iter()
                .any(|value| self.with(symbol, value).may_be(text));
        }
        // What AWS makes holds no variable that nothing has filled in.
        if text.contains("${") && self.symbols().all(|open| open.nature() != Nature::Any) {
            return false;
        }
        let mut rest = text;
        let mut is_behind_open = false;
        let mut parts = self.parts().peekable();
        while let Some(part) = parts.next() {
            let ExpressionPart::Known(known) = part else {
                is_behind_open = true;
                continue;
            };
            // The shortest match is enough here: a later one could only leave less of the text for
            // the rest.
            let after = if !is_behind_open {
                rest.strip_prefix(known)
            } else if parts.peek().is_none() {
                // The last known part must be the end, wherever else it occurs.
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

    /// Whether two expressions may come to the same text.
    #[must_use]
    pub fn may_equal(&self, other: &Self) -> bool {
        let symbols = (self.only_symbol(), other.only_symbol());
        match symbols {
            _ if self == other => true,
            (Some(one), Some(other)) => match (one.symbol, other.symbol) {
                (Some(one), Some(other)) => one.may_equal(other),
                _ => true,
            },
            // Two that are both partly open may come to the same text: nothing is claimed.
            _ => match (self.text(), other.text()) {
                (Some(text), _) => other.may_be(text),
                (_, Some(text)) => self.may_be(text),
                _ => true,
            },
        }
    }

    // Where the symbols are, and not what they stand for: the same spelling stands for the same.
    fn shape(&self) -> impl Iterator<Item = (usize, usize)> {
        self.symbols.iter().map(|placed| (placed.start, placed.end))
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.spelling == other.spelling && self.shape().eq(other.shape())
    }
}

impl Eq for Expression {}

impl Hash for Expression {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Equal expressions have equal spellings, which is all that a hash has to hold.
        self.spelling.hash(state);
    }
}

impl PartialOrd for Expression {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Expression {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let spelling = self.spelling.cmp(&other.spelling);
        spelling.then_with(|| self.shape().cmp(other.shape()))
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spelling)
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({:?})", self.spelling)
    }
}

impl From<&str> for Expression {
    fn from(text: &str) -> Self {
        Self::known(text)
    }
}

impl From<String> for Expression {
    fn from(text: String) -> Self {
        Self::known(text)
    }
}

/// Whether a text, in which symbols and literals are not distinguished, has a placeholder.
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
        // `${` and `{{` are the openings of every template language that is read here.
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

/// Behind the brace that closes the `${` or `{{` at the beginning; a text without one ends there.
fn closing(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            // Expressions nest: `${Fn::Join - [${A}, ${B}]}` ends at its own brace.
            '}' if depth == 1 => return at + 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    text.len()
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
    fn a_text_falls_into_what_is_known_and_its_placeholders() {
        let known = |text| (text, false);
        let open = |text| (text, true);
        for (text, parts) in [
            ("a", vec![known("a")]),
            ("${A}-b", vec![open("${A}"), known("-b")]),
            ("${A}${B}", vec![open("${A}"), open("${B}")]),
            (
                "{{tenant}}.x{y}.${A {b}}",
                vec![open("{{tenant}}"), known(".x{y}."), open("${A {b}}")],
            ),
            ("${{ A }}b", vec![open("${{ A }}"), known("b")]),
            ("a{{b", vec![known("a"), open("{{b")]),
        ] {
            let expression = Expression::of_placeholders(text);
            let is: Vec<_> = expression
                .parts()
                .map(|part| match part {
                    ExpressionPart::Known(text) => (text, false),
                    ExpressionPart::Open(open) => (open.spelling, true),
                })
                .collect();
            assert_eq!(is, parts, "{text}");
            assert_eq!(expression.spelling(), text);
        }
    }

    #[test]
    fn a_symbol_is_no_literal_that_is_spelt_like_it() {
        let literal = Expression::known("${Param}");
        assert_eq!(literal.text(), Some("${Param}"));
        assert_ne!(literal, Expression::open("${Param}"));
        assert_ne!(
            Expression::of_placeholders("${A}${B}"),
            Expression::open("${A}${B}")
        );
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
            let expression = Expression::of_placeholders(expression);
            for text in yes {
                assert!(expression.may_be(text), "{expression:?} {text}");
            }
            for text in no {
                assert!(!expression.may_be(text), "{expression:?} {text}");
            }
        }
    }
}
