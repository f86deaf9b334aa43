//! The path of a request: as it is sent, and as path patterns see it.

use std::fmt::Write as _;

/// Longest URL that CloudFront takes, in bytes
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>).
pub(crate) const MAX_URL: usize = 8_192;

/// A path and a query string, as a viewer sends them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestPath {
    /// The path, which begins with `/`; what URLs do not hold is percent-encoded.
    pub path: String,
    /// What follows the first `?`.
    pub query: Option<String>,
}

impl RequestPath {
    /// Reads a path, with or without its leading slash; a fragment stays with the viewer.
    #[must_use]
    pub(crate) fn new(text: &str) -> Self {
        let text = text.split_once('#').map_or(text, |(before, _)| before);
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, Some(encoded(query))),
            None => (text, None),
        };
        let slash = if path.starts_with('/') { "" } else { "/" };
        Self {
            path: encoded(&format!("{slash}{path}")),
            query,
        }
    }
}

/// How a path may be read before patterns are compared with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As RFC 3986 normalizes: letters, digits, `-`, `.`, `_` and `~` decoded, then slashes merged, then
    /// dot segments removed. CloudFront's guide says that it matches paths that are normalized so.
    Normalized,
    /// The same without decoding.
    Encoded,
    /// The same with everything decoded.
    Decoded,
    /// Dot segments removed before slashes are merged.
    DotsFirst,
}

impl Reading {
    /// The readings beside the documented one. The guide does not say in which order slashes and dots
    /// are removed, or what becomes of percent-encoded characters.
    pub(crate) const OTHERS: [Self; 3] = [Self::Encoded, Self::Decoded, Self::DotsFirst];

    /// What patterns are compared with: the path without its leading slash.
    #[must_use]
    pub(crate) fn of(self, path: &str) -> String {
        let read = match self {
            Self::Normalized => without_dots(&merged(&decoded(path, is_unreserved))),
            Self::Encoded => without_dots(&merged(path)),
            Self::Decoded => without_dots(&merged(&decoded(path, |_| true))),
            Self::DotsFirst => merged(&without_dots(&decoded(path, is_unreserved))),
        };
        read.strip_prefix('/').unwrap_or(&read).to_owned()
    }

    /// In words, after "if".
    #[must_use]
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Normalized => "the path is normalized as RFC 3986 says",
            Self::Encoded => "percent-encoded characters are compared as they are",
            Self::Decoded => "percent-encoded characters are decoded first",
            Self::DotsFirst => "dot segments are removed before slashes are merged",
        }
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// What no URL holds is percent-encoded, as browsers do; escapes stay as they are.
fn encoded(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
            all.push(char::from(byte));
        } else {
            let _ = write!(all, "%{byte:02X}");
        }
    }
    all
}

/// The text with those escapes decoded whose byte is meant.
pub(crate) fn decoded(text: &str, is_meant: impl Fn(u8) -> bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let hex = after.get(..2);
        let hex = hex.filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(byte) = byte.filter(|byte| is_meant(*byte)) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            // A `%` without two digits is no escape, and stays what the viewer sent.
            bytes.push(b'%');
            rest = after;
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    // Escapes may be bytes that are no UTF-8.
    String::from_utf8_lossy(&bytes).into_owned()
}

fn merged(path: &str) -> String {
    let mut all = String::with_capacity(path.len());
    for c in path.chars() {
        if !(c == '/' && all.ends_with('/')) {
            all.push(c);
        }
    }
    all
}

/// Without `.` and `..` (<https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4>).
fn without_dots(path: &str) -> String {
    let path = path.strip_prefix('/').unwrap_or(path);
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            segment => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_sent_with_a_slash_and_encoded() {
        for (text, path, query) in [
            ("", "/", None),
            ("/", "/", None),
            ("a.jpg", "/a.jpg", None),
            ("/a b.jpg", "/a%20b.jpg", None),
            ("/a%20b.jpg", "/a%20b.jpg", None),
            ("/ü", "/%C3%BC", None),
            ("/a?b=c d#e", "/a", Some("b=c%20d")),
            ("/a#b?c", "/a", None),
            ("/a?", "/a", Some("")),
            ("/a?b?c", "/a", Some("b?c")),
        ] {
            let read = RequestPath::new(text);
            assert_eq!(
                (read.path.as_str(), read.query.as_deref()),
                (path, query),
                "{text}"
            );
        }
    }

    #[test]
    fn patterns_see_the_normalized_path() {
        for (path, normalized) in [
            ("/", ""),
            ("/a/b", "a/b"),
            ("/a/b/", "a/b/"),
            ("//a///b", "a/b"),
            ("/a/./b", "a/b"),
            ("/a/b/..", "a/"),
            ("/a/b/.", "a/b/"),
            ("/../../a", "a"),
            ("/a/../../b", "b"),
            ("/a..b/...", "a..b/..."),
            ("/%61/%7Eb", "a/~b"),
            ("/a/%2e%2E/b", "b"),
            ("/a%2Fb", "a%2Fb"),
            ("/a%2", "a%2"),
            ("/a%zz%+1", "a%zz%+1"),
        ] {
            assert_eq!(Reading::Normalized.of(path), normalized, "{path}");
        }
    }

    #[test]
    fn the_other_readings_differ_where_the_guide_is_silent() {
        assert_eq!(Reading::Encoded.of("/%61%2Fb"), "%61%2Fb");
        assert_eq!(Reading::Decoded.of("/%61%2Fb"), "a/b");
        assert_eq!(Reading::Decoded.of("/%FFa"), "\u{fffd}a");
        assert_eq!(Reading::Normalized.of("/a//../b"), "b");
        assert_eq!(Reading::DotsFirst.of("/a//../b"), "a/b");
    }
}
