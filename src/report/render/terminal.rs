//! The text of a report with the lines of its source, as rustc shows them.

use std::ops::Range;

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::text::{place, text_with, waived_line};
use crate::plain::plain;
use crate::report::v1::{Finding, Location, Report, Severity};

/// How a terminal shows it.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether with colors.
    pub color: bool,
    /// Columns; `None` where there is no terminal.
    pub width: Option<usize>,
}

/// Longer lines are not quoted: a config on one line shows nothing.
const LONGEST_LINE: usize = 400;

/// The report with the lines that its findings are about, where `source` is the document.
#[must_use]
pub fn terminal(report: &Report, source: Option<&str>, look: Look) -> String {
    let renderer = if look.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(look.width.unwrap_or(DEFAULT_TERM_WIDTH));
    let lines: Vec<&str> = source.unwrap_or_default().lines().collect();
    text_with(report, |finding| block(finding, &lines, &renderer))
}

fn block(finding: &Finding, lines: &[&str], renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info | Severity::Other => Level::INFO,
    };
    let location = &finding.location;
    let quoted = quote(lines, location);
    let path = location.document.as_str();
    let first: Element<'_> = match (quoted, location.line, location.column) {
        (Some((line, span)), Some(number), _) => Snippet::source(line)
            .line_start(number as usize)
            .path(path)
            .annotation(AnnotationKind::Primary.span(span))
            .into(),
        (None, Some(line), Some(column)) => Origin::path(path)
            .line(line as usize)
            .char_column(column as usize)
            .into(),
        _ => Origin::path(place(location)).into(),
    };
    let mut group: Group<'_> = level
        .primary_title(finding.message.as_str())
        .id(finding.rule.as_str())
        .element(first);
    for related in &finding.related {
        let text = format!("see {}: {}", place(&related.location), related.note);
        group = group.element(Level::NOTE.message(text));
    }
    if !finding.path_patterns.is_empty() {
        let text = format!("affects {}", finding.path_patterns.join(", "));
        group = group.element(Level::NOTE.message(text));
    }
    for (name, value) in &finding.evidence {
        group = group.element(Level::NOTE.message(format!("{name}: {value}")));
    }
    if let Some(line) = waived_line(finding) {
        group = group.element(Level::NOTE.message(line));
    }
    group = group.element(Level::HELP.message(finding.remediation.as_str()));
    renderer.render(&[group]) + "\n"
}

/// The line of a place, and the bytes of it that its value takes. A line that may hold the value of
/// an origin's header or of a policy's condition is not shown, nor one that holds what a terminal or a
/// log would obey: unlike the report, the source is the candidate's own text.
fn quote<'a>(lines: &[&'a str], location: &Location) -> Option<(&'a str, Range<usize>)> {
    let number = location.line?.checked_sub(1)? as usize;
    let column = location.column?.checked_sub(1)? as usize;
    let line = lines.get(number)?;
    // Before anything that reads all of it.
    if line.chars().nth(LONGEST_LINE).is_some() {
        return None;
    }
    // By the line and not by the finding: what it is about may share its line with a secret.
    let is_secret = line.to_ascii_lowercase().contains("headervalue")
        // Under another name too: the misspelt one is what such a finding is about.
        || ["/Condition/", "CustomHeaders/", "custom_header"]
            .iter()
            .any(|part| location.pointer.contains(part))
        // A URL that is pasted as a domain or path may carry a token.
        || (line.contains(['?', '@']) && line.contains("://"))
        || (line.contains('?') && is_path(&location.pointer));
    let spaced = line.replace('\t', " ");
    // Tabs are harmless and common in JSON, so they do not count.
    if is_secret || plain(&spaced) != spaced {
        return None;
    }
    // Columns are counted in characters, and spans are bytes.
    let start = line.char_indices().nth(column)?.0;
    Some((line, start..start + value_length(&line[start..])))
}

fn is_path(pointer: &str) -> bool {
    ["DomainName", "OriginPath", "domain_name", "origin_path"]
        .iter()
        .any(|name| pointer.ends_with(name))
}

/// How many bytes the JSON value takes that a text begins with; of a list or object its bracket.
fn value_length(text: &str) -> usize {
    let mut escaped = false;
    let is_text = text.starts_with('"');
    for (at, c) in text.char_indices().skip(1) {
        let ends = if is_text {
            c == '"' && !escaped
        } else {
            text.starts_with(['{', '[']) || ",]} \t".contains(c)
        };
        if ends {
            return if is_text { at + 1 } else { at };
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> Location {
        Location {
            document: "a.json".to_owned(),
            pointer: String::new(),
            line: Some(line),
            column: Some(column),
        }
    }

    #[test]
    fn marks_the_value() {
        let source = "{\n  \"Ü\": \"a\\\"b\", \"n\": 12, \"l\": [1]\n}";
        for (column, value) in [(8, "\"a\\\"b\""), (21, "12"), (30, "[")] {
            let (line, span) = quote(&source.lines().collect::<Vec<_>>(), &at(2, column)).unwrap();
            assert_eq!(&line[span], value, "{column}");
        }
    }

    #[test]
    fn quotes_no_header_value_no_endless_line_and_no_line_that_is_not_there() {
        let long = format!("{{\"a\": \"{}\"}}", "x".repeat(500));
        for (source, line, column) in [
            (
                "{\"HeaderName\": \"a\", \"HeaderValue\": \"secret\"}",
                1,
                16,
            ),
            ("{\"headerValue\": \"secret\"}", 1, 2),
            (long.as_str(), 1, 7),
            ("{}", 2, 1),
            ("{}", 1, 9),
            ("{}", 0, 0),
        ] {
            assert_eq!(
                quote(&source.lines().collect::<Vec<_>>(), &at(line, column)),
                None,
                "{source}"
            );
        }
        let misspelt = Location {
            pointer: "/Origins/Items/0/CustomHeaders/Items/0/HeaderVal".to_owned(),
            ..at(1, 15)
        };
        assert_eq!(quote(&["{\"HeaderVal\": \"secret\"}"], &misspelt), None);
        let path = Location {
            pointer: "/Origins/Items/0/OriginPath".to_owned(),
            ..at(1, 16)
        };
        assert_eq!(quote(&["{\"OriginPath\": \"/a?secret\"}"], &path), None);
        assert_eq!(
            quote(&["{\"a\": \"https://u:p@a.example.com\"}"], &at(1, 7)),
            None
        );
    }
}
