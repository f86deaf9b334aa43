use std::fmt;

use super::byte_set::ByteSet;

/// Longest path pattern CloudFront takes
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html>).
pub(super) const MAX_LENGTH: usize = 255;

/// A path pattern: `*` is any number of characters, `?` is one; a leading `/` is optional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    text: String,
}

/// Why CloudFront would refuse a path pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathPatternError {
    /// Nothing there.
    #[error("it is empty")]
    Empty,
    /// Longer than 255 characters.
    #[error("it has {0} characters, and CloudFront takes at most {MAX_LENGTH}")]
    TooLong(usize),
    /// A character that is not allowed.
    #[error("it has the character {0:?}, which CloudFront's guide does not list for path patterns")]
    Character(char),
}

impl PathPatternError {
    /// Whether CloudFront is known to refuse it; of a backslash, its guide and its own message say
    /// different things.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        !matches!(self, Self::Character('\\'))
    }
}

impl PathPattern {
    /// Takes any text: whether CloudFront does is for [`PathPattern::validate`].
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The pattern without its optional leading slash: equal ones match the same paths.
    #[must_use]
    pub fn normalized(&self) -> &str {
        match self.text.as_bytes() {
            [b'/', ..] => &self.text[1..],
            _ => &self.text,
        }
    }

    /// What every path that it matches begins with, without the leading slash.
    #[must_use]
    pub fn literal_prefix(&self) -> &str {
        let text = self.normalized();
        let wildcard = |byte: u8| matches!(byte, b'*' | b'?');
        &text[..text.bytes().position(wildcard).unwrap_or(text.len())]
    }

    /// What every path that it matches ends with.
    #[must_use]
    pub fn literal_suffix(&self) -> &str {
        let text = self.normalized();
        let wildcard = |byte: u8| matches!(byte, b'*' | b'?');
        &text[text.bytes().rposition(wildcard).map_or(0, |at| at + 1)..]
    }

    /// Whether CloudFront takes the pattern.
    ///
    /// # Errors
    /// The first reason why it does not.
    pub fn validate(&self) -> Result<(), PathPatternError> {
        self.validate_length()?;
        // Bytes first: nearly every pattern is ASCII and right.
        if PATTERN_BYTES.has_all_of(&self.text) {
            return Ok(());
        }
        // A character that is certainly refused is named before a backslash, about which AWS's
        // sources disagree.
        let certain = REPORTED_BYTES.first_beside(&self.text);
        match certain.or_else(|| PATTERN_BYTES.first_beside(&self.text)) {
            Some(c) => Err(PathPatternError::Character(c)),
            None => Ok(()),
        }
    }

    /// Whether CloudFront takes a pattern of this length.
    ///
    /// # Errors
    /// It is empty or too long.
    pub fn validate_length(&self) -> Result<(), PathPatternError> {
        if self.text.is_empty() {
            return Err(PathPatternError::Empty);
        }
        // No text has more characters than bytes.
        if self.text.len() <= MAX_LENGTH {
            return Ok(());
        }
        match self.text.chars().count() {
            length if length > MAX_LENGTH => Err(PathPatternError::TooLong(length)),
            _ => Ok(()),
        }
    }

    /// Whether it matches a path that is given without its leading slash. Both wildcards take any
    /// character, `/` too.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let pattern: Vec<char> = self.normalized().chars().collect();
        let path: Vec<char> = path.chars().collect();
        matches(&pattern, &path)
    }

    /// Whether every path that `other` matches is matched by this pattern too.
    ///
    /// Sound, not complete: `true` is certain. It matches `other` as if it were a path whose
    /// `*` only a `*` can take and whose `?` only a `?` or a `*` can take.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let mut left = usize::MAX;
        self.covers_within(&mut left, other).unwrap_or_default()
    }

    /// The same, where that takes no more steps than are left; `None` once they are spent. Each step
    /// is a comparison of two characters.
    pub fn covers_within(&self, left: &mut usize, other: &Self) -> Option<bool> {
        let (own, other) = (self.normalized(), other.normalized());
        covers(own.as_bytes(), other.as_bytes(), left)
    }

    /// The steps that comparing the patterns of a distribution may take: a fraction of a second, and
    /// hundreds of times what the largest config needs.
    pub const MOST_STEPS: usize = 50_000_000;
}

/// The characters that the developer guide lists, and `&` for its HTML form.
static PATTERN_BYTES: ByteSet = ByteSet::alphanumeric_and(br#"_-.*?$/~"'@:+&"#);

/// The same and the backslash, which CloudFront's own message about patterns seems to list
/// (<https://github.com/sst/sst/issues/5136>).
static REPORTED_BYTES: ByteSet = ByteSet::alphanumeric_and(br#"_-.*?$/~"'@:+&\"#);

fn matches(pattern: &[char], path: &[char]) -> bool {
    let (mut p, mut s) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(c) = path.get(s) {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p, s));
                p += 1;
            }
            Some(own) if *own == '?' || own == c => {
                p += 1;
                s += 1;
            }
            _ => match retry {
                Some((star, taken)) => {
                    retry = Some((star, taken + 1));
                    p = star + 1;
                    s = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

fn covers(pattern: &[u8], path: &[u8], left: &mut usize) -> Option<bool> {
    let (mut p, mut s) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(&byte) = path.get(s) {
        // Counted across all pairs of a distribution: many patterns with many stars would otherwise
        // take longer than a function has.
        *left = left.checked_sub(1)?;
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, s));
                p += 1;
            }
            // A `?` takes any character and the other pattern's `?`, but not its `*`, which may be
            // nothing or many.
            Some(b'?') if byte != b'*' => {
                p += 1;
                s += 1;
            }
            Some(&c) if c == byte && c != b'?' => {
                p += 1;
                s += 1;
            }
            _ => match retry {
                Some((star, taken)) => {
                    retry = Some((star, taken + 1));
                    p = star + 1;
                    s = taken + 1;
                }
                None => return Some(false),
            },
        }
    }
    Some(pattern.iter().skip(p).all(|c| *c == b'*'))
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(text: &str) -> PathPattern {
        PathPattern::new(text)
    }

    #[test]
    fn a_wider_pattern_covers_a_narrower_one() {
        for (wide, narrow) in [
            ("*", "/images/*"),
            ("/images/*", "images/*.png"),
            ("/a?c", "/abc"),
            ("/a*", "/a?c*"),
            ("*.jpg", "/x/*.jpg"),
        ] {
            assert!(pattern(wide).covers(&pattern(narrow)), "{wide} {narrow}");
        }
    }

    #[test]
    fn a_narrower_pattern_does_not_cover_a_wider_one() {
        for (narrow, wide) in [
            ("/images/*", "/img/*"),
            ("/a?c", "/a*c"),
            ("/images/*.png", "/images/*"),
            ("/A", "/a"),
            ("/abc", "/a?c"),
        ] {
            assert!(!pattern(narrow).covers(&pattern(wide)), "{narrow} {wide}");
        }
    }

    #[test]
    fn comparing_ends_with_the_steps() {
        let (wide, narrow) = (pattern("*abc"), pattern("*aaabc"));
        let mut left = 100;
        assert_eq!(wide.covers_within(&mut left, &narrow), Some(true));
        let mut left = (100 - left) * 2 - 1;
        assert_eq!(wide.covers_within(&mut left, &narrow), Some(true));
        assert_eq!(wide.covers_within(&mut left, &narrow), None);
        assert_eq!(left, 0);
    }

    #[test]
    fn knows_what_its_paths_begin_with() {
        for (text, prefix) in [("/api/*", "api/"), ("a?c", "a"), ("*", ""), ("/ok", "ok")] {
            assert_eq!(pattern(text).literal_prefix(), prefix);
        }
    }

    #[test]
    fn says_why_a_pattern_is_refused() {
        assert_eq!(pattern("").validate(), Err(PathPatternError::Empty));
        assert_eq!(
            pattern("/ü").validate(),
            Err(PathPatternError::Character('ü'))
        );
        assert_eq!(
            pattern(&"a".repeat(256)).validate(),
            Err(PathPatternError::TooLong(256))
        );
        assert_eq!(
            pattern(r"/a\b c").validate(),
            Err(PathPatternError::Character(' '))
        );
        let backslash = pattern(r"/a\b").validate().unwrap_err();
        assert_eq!(backslash, PathPatternError::Character('\\'));
        assert!(!backslash.is_certain());
        assert_eq!(pattern("/a-b_c.d*?$~\"'@:+&").validate(), Ok(()));
    }

    /// Whether a pattern matches a path, by definition.
    fn defined(pattern: &[u8], path: &[u8]) -> bool {
        match (pattern.first(), path.first()) {
            (None, None) => true,
            (Some(b'*'), _) => {
                defined(&pattern[1..], path) || (!path.is_empty() && defined(pattern, &path[1..]))
            }
            (Some(b'?'), Some(_)) => defined(&pattern[1..], &path[1..]),
            (Some(a), Some(b)) if a == b => defined(&pattern[1..], &path[1..]),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn covering_means_matching_whatever_the_other_matches(
            wide in "[ab*?]{0,6}", narrow in "[ab*?]{0,6}", path in "[ab]{0,8}"
        ) {
            if pattern(&wide).covers(&pattern(&narrow)) && defined(narrow.as_bytes(), path.as_bytes()) {
                prop_assert!(defined(wide.as_bytes(), path.as_bytes()));
            }
        }

        #[test]
        fn matching_is_as_it_is_defined(text in "[ab*?]{0,8}", path in "[ab*?]{0,10}") {
            let expected = defined(text.as_bytes(), path.as_bytes());
            prop_assert_eq!(pattern(&text).matches(&path), expected, "{} {}", text, path);
        }
    }
}
