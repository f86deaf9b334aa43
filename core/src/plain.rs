//! Texts of a candidate, without what terminals, logs and browsers obey.

use std::borrow::Cow;

/// A text on one line: ends of lines are spaces, and other control characters, noncharacters that XML
/// cannot hold, and those that turn the direction of letters are `�`. What CI runners take for a command wherever in a line it
/// stands (`##[…]` of GitHub, `##vso[…]` of Azure) is taken apart.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    // Nearly every text is plain already: one pass, no copy.
    if !text.chars().any(is_obeyed) && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let line: String = text
        .chars()
        .map(|c| match c {
            c if !is_obeyed(c) => c,
            c if c.is_whitespace() => ' ',
            _ => char::REPLACEMENT_CHARACTER,
        })
        .collect();
    let line = without_commands(&line);
    if line == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(line)
    }
}

/// Control characters, separators of lines and paragraphs, what turns the direction
/// (<https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings>), and what no XML document
/// may hold (<https://www.w3.org/TR/xml/#charsets>; a `char` is never a surrogate).
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{fffe}' | '\u{ffff}')
        // Line separators, and the marks that change the direction of text: with these, what is
        // shown is not what is there ("Trojan Source").
        || matches!(c, '\u{2028}'..='\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text is an `https` address without query and fragment, whose characters need no escaping in
/// HTML or Markdown.
#[must_use]
pub fn is_plain_url(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/%".contains(c);
    text.strip_prefix("https://")
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(is_plain))
}

/// A path or URL without its query, which may carry a token: what follows `?` is not printed.
#[must_use]
pub fn without_query(path: &str) -> Cow<'_, str> {
    match path.split_once('?') {
        Some((before, query)) if !query.is_empty() => Cow::Owned(format!("{before}?…")),
        _ => Cow::Borrowed(path),
    }
}

fn without_commands(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("##") {
        let (before, after) = rest.split_at(at + 1);
        clean.push_str(before);
        let behind = after[1..].trim_start_matches(|c: char| c.is_ascii_alphabetic());
        if behind.starts_with('[') {
            clean.push(' ');
        }
        rest = after;
    }
    clean + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_harmless_stays_as_it_is() {
        for text in [
            "",
            "/api/*",
            "ü → 日本語 ‏שלום",
            "# a ## b [c]",
            "##",
            "a: b",
        ] {
            assert!(matches!(plain(text), Cow::Borrowed(_)), "{text}");
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn nothing_forges_a_line_or_moves_the_cursor_or_turns_the_text() {
        for (text, line) in [
            ("a\n::stop-commands::x", "a ::stop-commands::x"),
            ("a\r\nb\tc\u{85}d\u{2028}e\u{2029}f", "a  b c d e f"),
            ("\u{1b}[2J\u{9b}31m\u{7}\u{7f}\0", "�[2J�31m���"),
            ("a\u{fffe}b\u{ffff}c", "a�b�c"),
            ("\u{202e}gnp.\u{202c}\u{2066}x\u{2069}", "�gnp.��x�"),
        ] {
            assert_eq!(plain(text), line);
        }
    }

    #[test]
    fn nothing_is_a_command_of_a_ci_runner() {
        for (text, line) in [
            ("a ##[add-mask]b", "a # #[add-mask]b"),
            (
                "##vso[task.setvariable variable=a]b",
                "# #vso[task.setvariable variable=a]b",
            ),
            ("###[group]##[endgroup]", "## #[group]# #[endgroup]"),
            ("##\n[group]", "## [group]"),
        ] {
            assert_eq!(plain(text), line);
        }
    }

    proptest! {
        #[test]
        fn whatever_the_text_it_is_one_line_and_stays_that(text in "([a#\\[]|\\PC|\\pC){0,40}") {
            let once = plain(&text).into_owned();
            prop_assert!(!once.chars().any(is_obeyed));
            prop_assert!(!once.contains("##[") && !once.contains("##vso["));
            prop_assert_eq!(plain(&once), once.as_str());
        }
    }
}
