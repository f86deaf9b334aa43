//! Writing XML by hand: the double needs elements with text, nothing more.

/// The text with the characters escaped that XML reserves or forbids.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            other if other.is_control() && other != '\n' && other != '\t' => out.push('\u{FFFD}'),
            other => out.push(other),
        }
    }
    out
}

/// `<name>text</name>`.
pub(crate) fn tag(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}
