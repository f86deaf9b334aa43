use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::Place;
use crate::plain::plain;

/// Texts of a config that no form of a report may print, such as what a Terraform plan marks as
/// sensitive. They are judged as they are, and hidden where a text is made for a reader; it never prints
/// them itself.
///
/// A short one, such as `80` or `GET`, is a part of sentences everywhere: it is hidden where it stands
/// in quotes or alone, and as a word in what is said about its place.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Hidden {
    texts: Texts,
    short: Texts,
    /// Where they stand.
    places: BTreeSet<String>,
}

/// What stands in the place of a hidden text.
pub const SENSITIVE: &str = "(sensitive)";

/// Shorter texts are parts of words everywhere.
const SHORTEST: usize = 4;

/// Texts by their length, so that a long text is searched for thousands at once.
#[derive(Clone, Default, PartialEq, Eq)]
struct Texts(BTreeMap<usize, BTreeSet<String>>);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hidden({})", self.texts.count() + self.short.count())
    }
}

impl Hidden {
    /// Hides a text, and what a message may name of it alone: the pieces of a path, a host without its
    /// port, and the bucket of an S3 endpoint or ARN.
    pub fn add(&mut self, text: &str) {
        let of_endpoint = text.split_once(".s3").map(|(bucket, _)| bucket);
        let pieces = text.split(['/', '?', '#']);
        let of_pieces = pieces.clone().filter_map(|piece| {
            let (before, after) = piece.rsplit_once(':')?;
            Some(if piece.starts_with("arn:") {
                after
            } else {
                before
            })
        });
        // `https:` names no secret.
        let pieces = pieces.filter(|piece| !piece.ends_with(':'));
        let of_pieces = of_pieces.filter(|piece| !matches!(*piece, "https" | "http" | "s3"));
        for each in [Some(text), of_endpoint].into_iter().flatten() {
            self.insert(each);
        }
        for piece in pieces.chain(of_pieces) {
            self.insert(piece);
        }
    }

    /// Hides a text as it is, without its pieces.
    pub fn add_whole(&mut self, text: &str) {
        self.insert(text);
    }

    /// Notes where something stands that is hidden, as far as places name it.
    pub fn add_place(&mut self, pointer: String) {
        self.places.insert(pointer);
    }

    /// Also what another config hides.
    pub fn add_all(&mut self, other: &Self) {
        self.texts.add_all(&other.texts);
        self.short.add_all(&other.short);
        self.places.extend(other.places.iter().cloned());
    }

    fn insert(&mut self, text: &str) {
        let text = text.trim();
        let texts = if text.len() < SHORTEST {
            &mut self.short
        } else {
            &mut self.texts
        };
        texts.add(text);
        texts.add(&text.to_lowercase());
        // Some messages are cleaned while they are made.
        if let Cow::Owned(clean) = plain(text) {
            texts.add(&clean);
        }
    }

    /// Whether there is nothing to hide.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.0.is_empty() && self.short.0.is_empty() && self.places.is_empty()
    }

    /// A text without what is hidden: long texts wherever they stand as words of their own, short ones
    /// where they stand in quotes or alone.
    #[must_use]
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.short.has(text) {
            return Cow::Owned(SENSITIVE.to_owned());
        }
        without(text, |before, rest| {
            let long = || self.texts.word_at(before, rest);
            long().or_else(|| self.short.quoted_at(before, rest))
        })
    }

    /// A text about a place that is hidden, without any of what is hidden.
    #[must_use]
    pub fn hide_words<'t>(&self, text: &'t str) -> Cow<'t, str> {
        without(text, |before, rest| {
            let long = || self.texts.word_at(before, rest);
            long().or_else(|| self.short.word_at(before, rest))
        })
    }

    /// Whether something that is hidden stands at a place, around it, or below it.
    #[must_use]
    pub fn is_at(&self, place: &Place) -> bool {
        if self.places.is_empty() {
            return false;
        }
        let pointer = place.pointer.as_str();
        let mut around = pointer.match_indices(STEPS);
        self.places.contains(pointer)
            || around.any(|(at, _)| pointer.get(..at).is_some_and(|it| self.places.contains(it)))
            || STEPS.iter().any(|step| self.has_below(pointer, *step))
    }

    fn has_below(&self, pointer: &str, step: char) -> bool {
        let below = format!("{pointer}{step}");
        let next = self.places.range(below.clone()..).next();
        next.is_some_and(|place| place.starts_with(&below))
    }
}

/// What separates the steps of a pointer, in addresses of a plan and in JSON pointers.
const STEPS: [char; 3] = ['.', '[', '/'];

impl Texts {
    fn add(&mut self, text: &str) {
        if !text.is_empty() {
            let of_length = self.0.entry(text.len()).or_default();
            of_length.insert(text.to_owned());
        }
    }

    fn add_all(&mut self, other: &Self) {
        for (length, texts) in &other.0 {
            let own = self.0.entry(*length).or_default();
            own.extend(texts.iter().cloned());
        }
    }

    fn count(&self) -> usize {
        self.0.values().map(BTreeSet::len).sum()
    }

    fn has(&self, text: &str) -> bool {
        let of_length = self.0.get(&text.len());
        of_length.is_some_and(|texts| texts.contains(text))
    }

    /// The length of the longest that stands here, where what follows it is as it should be.
    fn at(&self, rest: &str, is_end: impl Fn(&str) -> bool) -> Option<usize> {
        let lengths = self.0.iter().rev();
        let mut fitting = lengths.filter_map(|(length, texts)| {
            let (text, after) = rest.split_at_checked(*length)?;
            (is_end(after) && texts.contains(text)).then_some(*length)
        });
        fitting.next()
    }

    /// As a word of its own.
    fn word_at(&self, before: &str, rest: &str) -> Option<usize> {
        let is_of_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        if before.ends_with(is_of_word) {
            return None;
        }
        self.at(rest, |after| !after.starts_with(is_of_word))
    }

    /// Between two quotes.
    fn quoted_at(&self, before: &str, rest: &str) -> Option<usize> {
        let quote = before.chars().next_back()?;
        if !['`', '"', '\''].contains(&quote) {
            return None;
        }
        self.at(rest, |after| after.starts_with(quote))
    }
}

/// A text with [`SENSITIVE`] in the place of what is found, which is a length; `found` gets what stands
/// before a place, and what from there on.
fn without(text: &str, found: impl Fn(&str, &str) -> Option<usize>) -> Cow<'_, str> {
    let mut shown = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some((before, rest)) = text.split_at_checked(at)
        && let Some(first) = rest.chars().next()
    {
        if let Some(length) = found(before, rest) {
            shown.push_str(before.get(kept..).unwrap_or_default());
            shown.push_str(SENSITIVE);
            at += length;
            kept = at;
        } else {
            at += first.len_utf8();
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hidden(texts: &[&str]) -> Hidden {
        let mut hidden = Hidden::default();
        for text in texts {
            hidden.add(text);
        }
        hidden
    }

    #[test]
    fn what_is_hidden_is_in_no_text_and_the_rest_stays() {
        let hidden = hidden(&["Secret-Bucket.s3.eu-west-1.amazonaws.com", "token/abcdef"]);
        for (text, shown) in [
            (
                "bucket `secret-bucket` is missing",
                "bucket `(sensitive)` is missing",
            ),
            (
                "`secret-bucket.s3.eu-west-1.amazonaws.com` and Secret-Bucket",
                "`(sensitive)` and (sensitive)",
            ),
            ("s3://secret-bucket/abcdef", "s3://(sensitive)/(sensitive)"),
            ("my-secret-bucket-2", "my-secret-bucket-2"),
            ("nothing of it", "nothing of it"),
        ] {
            assert_eq!(hidden.hide(text), shown);
        }
    }

    #[test]
    fn pieces_that_messages_name_alone_are_hidden() {
        for (text, piece) in [
            ("/hush?token", "hush"),
            ("https://hush.example.com/a", "hush.example.com"),
            ("hush.example.com:8443", "hush.example.com"),
            ("arn:aws:s3:::hush-hush", "hush-hush"),
            ("hush-hush.s3-website-eu-west-1.amazonaws.com", "hush-hush"),
            ("s3.eu-west-1.amazonaws.com/hush-hush", "hush-hush"),
        ] {
            assert_eq!(hidden(&[text]).hide(piece), SENSITIVE, "{text}");
        }
        let url = hidden(&["https://hush.example.com"]);
        assert_eq!(
            url.hide("write it without `https://`"),
            "write it without `https://`"
        );
    }

    #[test]
    fn short_texts_are_hidden_in_quotes_and_alone_and_at_their_place() {
        let mut hidden = hidden(&["GET", "abcdef"]);
        hidden.add_whole("80");
        assert_eq!(format!("{hidden:?}"), "Hidden(4)");
        for (text, shown) in [
            ("GET abcdef", "GET (sensitive)"),
            ("`GET` or `HEAD`", "`(sensitive)` or `HEAD`"),
            ("\"80\" and 80", "\"(sensitive)\" and 80"),
            ("80", "(sensitive)"),
            ("get", "(sensitive)"),
            ("8080 and `80", "8080 and `80"),
        ] {
            assert_eq!(hidden.hide(text), shown);
        }
        assert_eq!(
            hidden.hide_words("port 80 of 8080, by GET"),
            "port (sensitive) of 8080, by (sensitive)"
        );
    }

    #[test]
    fn a_place_is_hidden_with_what_is_around_and_below_it() {
        let mut hidden = Hidden::default();
        hidden.add_place("aws_x.y.origin[1].custom[0]".to_owned());
        for (pointer, is_at) in [
            ("aws_x.y.origin[1].custom[0]", true),
            ("aws_x.y.origin[1].custom[0].http_port", true),
            ("aws_x.y.origin[1]", true),
            ("aws_x.y", true),
            ("aws_x.y2", false),
            ("aws_x.y.origin[10]", false),
            ("aws_x.y.origin[1].domain_name", false),
            ("aws_x.y.origin[1].custom[0]2", false),
        ] {
            assert_eq!(hidden.is_at(&Place::at(pointer)), is_at, "{pointer}");
        }
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left_as_a_word(
            secrets in proptest::collection::vec("[a-dA-D0-9.*/:é-]{1,9}", 1..5),
            around in "[ `\"(),.=]{1,3}",
        ) {
            let mut all = Hidden::default();
            for secret in &secrets {
                all.add(secret);
            }
            for secret in secrets.iter().filter(|it| it.chars().any(char::is_alphanumeric)) {
                let text = format!("x{around}{secret}{around}x");
                let kept = format!("{around}{secret}{around}");
                prop_assert!(!all.hide_words(&text).contains(&kept), "{text}");
                let quoted = format!("x `{secret}` x");
                prop_assert!(!all.hide(&quoted).contains(&format!("`{secret}`")), "{quoted}");
                // Changed, which those who replace a text in place ask for.
                prop_assert!(matches!(all.hide(secret), Cow::Owned(shown) if shown == SENSITIVE));
            }
        }
    }
}
