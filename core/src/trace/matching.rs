//! Which behavior a path matches, and why the others do not.

use super::path::Reading;
use crate::distribution::{Behavior, Distribution, PathPattern, Value};

/// The behavior of a path, and what stands before and behind it.
#[derive(Debug)]
pub(crate) struct Match<'d> {
    /// The first that matches; `None` where none does, and there is no default one.
    pub behavior: Option<&'d Behavior>,
    /// Those before it, and why they do not match.
    pub passed: Vec<(&'d Behavior, Miss)>,
    /// Those behind it that match too, without the default one.
    pub later: Vec<&'d Behavior>,
}

/// Why a behavior does not match a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Miss {
    /// Its pattern is known only after the deployment: it may match.
    Undecided,
    /// It has no path pattern.
    NoPattern,
    /// Upper and lower case differ.
    Case,
    /// It matches only with the query string.
    Query,
    /// Only the slash at the end differs.
    TrailingSlash,
    /// It has no wildcard, so it is one path.
    OtherPath,
    /// The path does not begin so.
    Beginning(String),
    /// The path does not end so.
    End(String),
    /// A `?` stands for one character, and there are more or fewer.
    OneCharacter,
    /// What stands between its wildcards is not in the path, in this order.
    Middle,
}

impl Miss {
    /// In words.
    #[must_use]
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Undecided => {
                "may match: its path pattern is known only after the deployment".to_owned()
            }
            Self::NoPattern => "has no path pattern".to_owned(),
            Self::Case => {
                "matches only with other upper and lower case, which patterns distinguish"
                    .to_owned()
            }
            Self::Query => {
                "matches only with the query string, which patterns are not compared with"
                    .to_owned()
            }
            Self::TrailingSlash => "differs in the slash at the end".to_owned(),
            Self::OtherPath => "has no wildcard and is another path".to_owned(),
            Self::Beginning(prefix) => format!("the path does not begin with `/{prefix}`"),
            Self::End(suffix) => format!("the path does not end with `{suffix}`"),
            Self::OneCharacter => "each `?` stands for exactly one character".to_owned(),
            Self::Middle => {
                "the parts between its wildcards are not in the path in this order".to_owned()
            }
        }
    }
}

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub path: &'a str,
    /// What follows the first `?`; patterns are not compared with it.
    pub query: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// Without a query string.
    pub(crate) fn path(path: &'a str) -> Self {
        Self { path, query: None }
    }
}

/// Matches a path, in one reading, with the behaviors by precedence.
#[must_use]
pub(crate) fn matched<'d>(
    distribution: &'d Distribution,
    reading: Reading,
    asked: Asked<'_>,
) -> Match<'d> {
    let read = reading.of(asked.path);
    let asked = Asked {
        path: &read,
        ..asked
    };
    let mut found = Match {
        behavior: None,
        passed: Vec::new(),
        later: Vec::new(),
    };
    for behavior in &distribution.behaviors {
        let miss = miss(behavior, asked);
        match (miss, found.behavior) {
            (None, None) => found.behavior = Some(behavior),
            (None, Some(_)) => found.later.push(behavior),
            (Some(miss), None) => found.passed.push((behavior, miss)),
            // What stands behind the match and does not match either explains nothing.
            (Some(_), Some(_)) => {}
        }
    }
    // The default behavior matches all that no other does, and is never listed among them.
    found.behavior = found.behavior.or(distribution.default_behavior.as_ref());
    found
}

fn miss(behavior: &Behavior, asked: Asked<'_>) -> Option<Miss> {
    let pattern = match &behavior.path_pattern {
        None => return Some(Miss::NoPattern),
        Some(pattern) => match &pattern.value {
            // It may match once it is deployed, so what follows it is not certain.
            Value::Symbolic(_) => return Some(Miss::Undecided),
            Value::Known(pattern) => pattern,
        },
    };
    (!pattern.matches(asked.path)).then(|| why(pattern, asked))
}

fn why(pattern: &PathPattern, Asked { path, query }: Asked<'_>) -> Miss {
    let variant = |text: &str| PathPattern::new(text);
    let text = pattern.normalized();
    // From the likeliest mistake to the least: the first variant that would match is named.
    let lower = variant(&text.to_ascii_lowercase());
    if lower.matches(&path.to_ascii_lowercase()) {
        return Miss::Case;
    }
    if query.is_some_and(|query| pattern.matches(&format!("{path}?{query}"))) {
        return Miss::Query;
    }
    let trimmed = |text: &str| text.trim_end_matches('/').to_owned();
    if variant(&trimmed(text)).matches(&trimmed(path)) && !text.ends_with('*') {
        return Miss::TrailingSlash;
    }
    if !text.contains(['*', '?']) {
        return Miss::OtherPath;
    }
    let (prefix, suffix) = (pattern.literal_prefix(), pattern.literal_suffix());
    if !path.starts_with(prefix) {
        return Miss::Beginning(prefix.to_owned());
    }
    if !path.ends_with(suffix) {
        return Miss::End(suffix.to_owned());
    }
    if text.contains('?') && variant(&text.replace('?', "*")).matches(path) {
        return Miss::OneCharacter;
    }
    Miss::Middle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_why_a_pattern_does_not_match() {
        for (pattern, path, query, expected) in [
            ("/Images/*", "images/a", None, Miss::Case),
            ("*.php?*", "a.php", Some("x=1"), Miss::Query),
            ("/docs", "docs/", None, Miss::TrailingSlash),
            ("/docs/", "docs", None, Miss::TrailingSlash),
            ("*/docs/", "a/docs", None, Miss::TrailingSlash),
            ("/docs", "doc", None, Miss::OtherPath),
            ("/docs", "docs/a", None, Miss::OtherPath),
            ("/api/*", "api", None, Miss::Beginning("api/".to_owned())),
            ("*.jpg", "a.png", None, Miss::End(".jpg".to_owned())),
            ("/a??.jpg", "a1.jpg", None, Miss::OneCharacter),
            ("/?*", "", None, Miss::OneCharacter),
            ("/a*b*c", "aXc", None, Miss::Middle),
            ("/a*aa", "aa", None, Miss::Middle),
        ] {
            let pattern = PathPattern::new(pattern);
            assert!(!pattern.matches(path), "{pattern} {path}");
            let asked = Asked { path, query };
            assert_eq!(why(&pattern, asked), expected, "{pattern} {path}");
        }
    }
}
