//! Markdown that a text from outside gets into only with its escaping.

use std::fmt::{self, Display, Write as _};

use crate::report::v1::{ChangeKind, OriginType, Severity, Status, Verdict};

/// What can stand in Markdown as it is: words of this program, numbers, and what was escaped. No text that
/// is made while the program runs is, so none can be written by mistake.
pub(super) trait Harmless: Display {}

impl Harmless for &'static str {}
impl Harmless for u32 {}
impl Harmless for u64 {}
impl Harmless for usize {}
impl Harmless for ChangeKind {}
impl Harmless for OriginType {}
impl Harmless for Severity {}
impl Harmless for Status {}
impl Harmless for Verdict {}
impl Harmless for Escaped {}

/// A text that was escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Escaped(String);

/// Markdown that is being written.
#[derive(Debug, Default)]
pub(super) struct Markdown(String);

impl Markdown {
    /// Writes some pieces.
    pub(super) fn add(&mut self, pieces: &[&dyn Harmless]) {
        for piece in pieces {
            // Writing to a text cannot fail.
            let _ = write!(self.0, "{piece}");
        }
    }

    /// So many bytes.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}

impl From<Markdown> for Escaped {
    fn from(markdown: Markdown) -> Self {
        Self(markdown.0)
    }
}

impl Display for Escaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<&str> for Escaped {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl Escaped {
    /// A chart in its fence, which escapes its labels itself.
    pub(super) fn of_chart(chart: String) -> Self {
        Self(chart)
    }

    /// So many bytes.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// With another behind it.
    pub(super) fn and(mut self, other: &Self) -> Self {
        add(&mut self.0, &other.0);
        self
    }
}

/// Escaped texts with something between them.
pub(super) fn joined(texts: impl Iterator<Item = Escaped>, between: &'static str) -> Escaped {
    let texts: Vec<String> = texts.map(|text| text.0).collect();
    Escaped(texts.join(between))
}

/// A link to an address of plain characters, as a rule's page has.
pub(super) fn link(name: &str, url: &str) -> Escaped {
    Escaped(format!("[{}]({url})", code(name)))
}

/// A code span with a fence longer than any run of backticks in it, safe in tables.
pub(super) fn code(text: &str) -> Escaped {
    // Tables end a cell at a bar even inside a code span
    // (https://github.github.com/gfm/#tables-extension-).
    let text = text.replace('|', "\\|");
    if text.is_empty() {
        return Escaped(text);
    }
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // CommonMark strips one space on either side, so a text that begins or ends with a backtick
    // stays apart from the fence.
    let pad = if longest > 0 { " " } else { "" };
    Escaped(format!("{fence}{pad}{text}{pad}{fence}"))
}

/// Prose in which backticked names stay code and everything else stays plain text.
pub(super) fn escape(text: &str) -> Escaped {
    let mut pieces = text.split('`').enumerate().peekable();
    let mut escaped = String::with_capacity(text.len());
    while let Some((at, piece)) = pieces.next() {
        match at % 2 {
            0 => add_plain(&mut escaped, piece),
            // A backtick without its pair is one.
            _ if pieces.peek().is_none() => add_plain(&mut escaped, &format!("`{piece}")),
            _ => add(&mut escaped, &code(piece).0),
        }
    }
    Escaped(escaped)
}

/// Adds plain text. A backtick in a name turns outside what was to be inside a code span, so here too
/// is a candidate's text: what would call someone or become a link gets a code span of its own. An
/// escape would not help, since GitHub finds both in what Markdown has made of them.
fn add_plain(escaped: &mut String, text: &str) {
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end_matches(' ');
        if calls_or_links(bare) {
            add(escaped, &code(bare).0);
            escaped.push_str(&word[bare.len()..]);
        } else {
            add(escaped, &literal(word));
        }
    }
}

/// Adds a piece. Backticks that meet would be another fence than either was.
fn add(escaped: &mut String, piece: &str) {
    if escaped.ends_with('`') && piece.starts_with('`') {
        escaped.push(' ');
    }
    escaped.push_str(piece);
}

/// Mentions and addresses of mail have an `@`; the others are GitHub's extended autolinks
/// (<https://github.github.com/gfm/#autolinks-extension->), and issues.
pub(super) fn calls_or_links(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let is_issue = || {
        let after = lower.split('#').skip(1);
        after
            .into_iter()
            .any(|it| it.starts_with(|c: char| c.is_ascii_digit()))
    };
    lower.contains('@') || lower.contains("://") || lower.contains("www.") || is_issue()
}

fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '[' | ']' | '*' | '_' | '|' | '\\' | '`' | '#' | '!' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}
