use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

/// Texts of a config that no form of a report may print, such as what a Terraform plan marks as
/// sensitive. They are judged as they are, and hidden where a text is made for a reader; it never prints
/// them itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Hidden(BTreeSet<String>);

/// What stands in the place of a hidden text.
const SHOWN: &str = "(sensitive)";

/// Shorter texts are parts of words everywhere: `80`, `GET`.
const SHORTEST: usize = 4;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hidden({})", self.0.len())
    }
}

impl Hidden {
    /// Hides a text, and what a message may name of it alone: the pieces of a path, and the bucket of an
    /// S3 endpoint.
    pub fn add(&mut self, text: &str) {
        let bucket = text.split_once(".s3").map(|(bucket, _)| bucket);
        let pieces = [Some(text), bucket].into_iter().flatten();
        for piece in pieces.chain(text.split('/')) {
            let piece = piece.trim();
            if piece.len() >= SHORTEST {
                self.0.insert(piece.to_owned());
                self.0.insert(piece.to_lowercase());
            }
        }
    }

    /// Also what another config hides.
    pub fn add_all(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    /// Whether there is nothing to hide.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text without what is hidden, wherever that stands as a word of its own.
    #[must_use]
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut shown = Cow::Borrowed(text);
        // Longer ones first: what is hidden may be a part of something longer that is hidden, too.
        let mut hidden: Vec<&String> = self.0.iter().filter(|it| text.contains(*it)).collect();
        hidden.sort_by_key(|it| std::cmp::Reverse(it.len()));
        for each in hidden {
            if let Some(replaced) = without(&shown, each) {
                shown = Cow::Owned(replaced);
            }
        }
        shown
    }
}

fn without(text: &str, hidden: &str) -> Option<String> {
    let is_of_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut shown = String::new();
    let mut from = 0;
    for (at, _) in text.match_indices(hidden) {
        let (before, after) = (text.get(..at)?, text.get(at + hidden.len()..)?);
        if before.ends_with(is_of_word) || after.starts_with(is_of_word) {
            continue;
        }
        shown.push_str(text.get(from..at)?);
        shown.push_str(SHOWN);
        from = at + hidden.len();
    }
    if from == 0 {
        return None;
    }
    shown.push_str(text.get(from..)?);
    Some(shown)
}

#[cfg(test)]
mod tests {
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
    fn it_prints_nothing_of_it_and_hides_no_short_words() {
        let hidden = hidden(&["GET", "abcdef"]);
        assert_eq!(format!("{hidden:?}"), "Hidden(1)");
        assert_eq!(hidden.hide("GET abcdef"), "GET (sensitive)");
    }
}
