use std::cell::Cell;

use jsonc_parser::ast;
use jsonc_parser::{CollectOptions, ParseOptions};

use super::{Expression, MOST_VALUES, utf8, values_of};

/// A value of a document, with its place, whatever syntax it was written in.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub kind: NodeKind,
    /// Where it begins, where the source has lines.
    pub position: Option<Position>,
    /// Its JSON pointer in the source, where that is not the way to it in this document: a
    /// template's values move when they are resolved.
    pub pointer: Option<Box<str>>,
}

/// The values of JSON; numbers keep their spelling.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it was spelt.
    Number(String),
    /// A string, in which nothing is a symbol.
    Text(String),
    /// A text of which a later step decides some part: equal expressions are equal values.
    Symbolic(Expression),
    /// An array.
    List(Vec<Node>),
    /// An object, in the order of the document.
    Map(Vec<(String, Node)>),
}

/// A line and a column, both counted from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
}

/// Why a text is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct DocumentError {
    /// What is wrong.
    pub problem: String,
    /// Where.
    pub position: Option<Position>,
}

impl From<NodeKind> for Node {
    fn from(kind: NodeKind) -> Self {
        Self {
            kind,
            position: None,
            pointer: None,
        }
    }
}

impl Node {
    /// Reads strict JSON (RFC 8259). Duplicate keys are refused, since readers disagree on which
    /// one counts.
    ///
    /// # Errors
    /// What is wrong, and at which line and column.
    pub fn from_json(bytes: &[u8]) -> Result<Self, DocumentError> {
        let bytes = &*utf8(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| DocumentError {
            problem: format!(
                "it is not UTF-8: the byte at offset {} fits no character",
                error.valid_up_to()
            ),
            position: None,
        })?;
        if text.trim().is_empty() {
            return Err(DocumentError {
                problem: "it is empty".to_owned(),
                position: None,
            });
        }
        // Counted before parsing: the parser's tree is many times the text.
        if values_of(text.as_bytes()) > MOST_VALUES {
            return Err(DocumentError {
                problem: format!("it has more than {MOST_VALUES} values"),
                position: None,
            });
        }
        let parsed = jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &STRICT)
            .map_err(|error| DocumentError {
                problem: format!("it is not JSON: {}", error.kind()),
                position: Some(Position {
                    line: narrow(error.line_display()),
                    column: narrow(error.column_display()),
                }),
            })?;
        let lines = Lines::of(text);
        match parsed.value {
            Some(value) => convert(value, &lines),
            None => Err(DocumentError {
                problem: "it is empty".to_owned(),
                position: None,
            }),
        }
    }

    /// Takes over a value that has no places; `rename` spells each key.
    #[must_use]
    pub fn from_value(value: &serde_json::Value, rename: fn(&str) -> String) -> Self {
        use serde_json::Value;
        let kind = match value {
            Value::Null => NodeKind::Null,
            Value::Bool(flag) => NodeKind::Bool(*flag),
            Value::Number(number) => NodeKind::Number(number.to_string()),
            Value::String(text) => NodeKind::Text(text.clone()),
            Value::Array(items) => NodeKind::List(
                items
                    .iter()
                    .map(|item| Self::from_value(item, rename))
                    .collect(),
            ),
            Value::Object(map) => NodeKind::Map(
                map.iter()
                    .map(|(key, value)| (rename(key), Self::from_value(value, rename)))
                    .collect(),
            ),
        };
        kind.into()
    }

    /// The document as JSON; a number keeps its value.
    #[must_use]
    pub fn to_value(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.kind {
            NodeKind::Null => Value::Null,
            NodeKind::Bool(flag) => Value::Bool(*flag),
            NodeKind::Number(text) => {
                serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
            }
            NodeKind::Text(text) => Value::String(text.clone()),
            NodeKind::Symbolic(expression) => Value::String(expression.spelling().to_owned()),
            NodeKind::List(nodes) => nodes.iter().map(Self::to_value).collect(),
            NodeKind::Map(entries) => entries
                .iter()
                .map(|(key, node)| (key.clone(), node.to_value()))
                .collect(),
        }
    }

    /// The value of a key; `null` counts as absent.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let NodeKind::Map(entries) = &self.kind else {
            return None;
        };
        let (_, node) = entries.iter().find(|(name, _)| name == key)?;
        (node.kind != NodeKind::Null).then_some(node)
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of an object; anything else has none.
    #[must_use]
    pub fn entries(&self) -> &[(String, Self)] {
        match &self.kind {
            NodeKind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The keys of an object.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries().iter().map(|(key, _)| key.as_str())
    }

    /// What kind of value it is, for messages.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            NodeKind::Null => "null",
            NodeKind::Bool(_) => "a boolean",
            NodeKind::Number(_) => "a number",
            NodeKind::Text(_) => "a string",
            NodeKind::Symbolic(_) => "an expression",
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "an object",
        }
    }
}

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Where each line of a text begins.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// The place that was asked for last, and its column: a document on one line is counted once.
    last: Cell<(usize, usize)>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(breaks).collect(),
            last: Cell::new((0, 0)),
        }
    }

    fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1));
        let start = start.copied().unwrap_or_default();
        // Places are asked for in the order of the document: counting goes on from the last one, or
        // a config on one line would be counted from its beginning for each value.
        let (from, columns) = match self.last.get() {
            (last, columns) if (start..=offset).contains(&last) => (last, columns),
            _ => (start, 0),
        };
        let columns = columns + self.text[from..offset].chars().count();
        self.last.set((offset, columns));
        Position {
            line: narrow(line),
            column: narrow(columns + 1),
        }
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Takes the parsed value apart: what is converted is gone before the next is made.
fn convert(value: ast::Value<'_>, lines: &Lines<'_>) -> Result<Node, DocumentError> {
    use jsonc_parser::common::Ranged;
    // Before what is within: places are counted onwards.
    let position = Some(lines.position(value.start()));
    let kind = match value {
        ast::Value::NullKeyword(_) => NodeKind::Null,
        ast::Value::BooleanLit(flag) => NodeKind::Bool(flag.value),
        ast::Value::NumberLit(number) => NodeKind::Number(number.value.to_owned()),
        ast::Value::StringLit(text) => NodeKind::Text(text.value.into_owned()),
        ast::Value::Array(array) => NodeKind::List(
            array
                .elements
                .into_iter()
                .map(|element| convert(element, lines))
                .collect::<Result<_, _>>()?,
        ),
        ast::Value::Object(object) => NodeKind::Map(convert_object(object, lines)?),
    };
    Ok(Node {
        kind,
        position,
        pointer: None,
    })
}

fn convert_object(
    object: ast::Object<'_>,
    lines: &Lines<'_>,
) -> Result<Vec<(String, Node)>, DocumentError> {
    let mut seen = std::collections::HashMap::with_capacity(object.properties.len());
    for property in &object.properties {
        let key = property.name.as_str();
        // JSON parsers take the first or the last of two: which one is deployed would be a guess.
        if let Some(first) = seen.insert(key, property.range.start) {
            return Err(DocumentError {
                problem: format!(
                    "the key `{key}` stands twice in one object, first at line {}",
                    lines.position(first).line
                ),
                position: Some(lines.position(property.range.start)),
            });
        }
    }
    let entries = object.properties.into_iter().map(|property| {
        let key = property.name.as_str().to_owned();
        Ok((key, convert(property.value, lines)?))
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> DocumentError {
        Node::from_json(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn keeps_order_and_places() {
        let node = Node::from_json(b"{\n  \"b\": 1,\n  \"a\": [true, \"x\"]\n}").unwrap();
        assert_eq!(node.keys().collect::<Vec<_>>(), ["b", "a"]);
        let list = node.get("a").unwrap();
        assert_eq!(list.position, Some(Position { line: 3, column: 8 }));
    }

    #[test]
    fn counts_columns_of_a_long_line_in_characters() {
        let text = format!("[{}\n[\"ü\", 1]]", "\"äö\", {\"ß\": 2}, ".repeat(3));
        let node = Node::from_json(text.as_bytes()).unwrap();
        let NodeKind::List(items) = &node.kind else {
            panic!()
        };
        let places: Vec<(u32, u32)> = items
            .iter()
            .filter_map(|item| item.position)
            .map(|at| (at.line, at.column))
            .collect();
        assert_eq!(
            places,
            [(1, 2), (1, 8), (1, 18), (1, 24), (1, 34), (1, 40), (2, 1)]
        );
        let place = items[1].get("ß").unwrap().position.unwrap();
        assert_eq!((place.line, place.column), (1, 14));
    }

    #[test]
    fn more_values_than_any_config_has_are_refused() {
        let error = error(&format!("[{}1]", "1,".repeat(MOST_VALUES)));
        assert!(error.problem.contains("more than 100000 values"), "{error}");
    }

    #[test]
    fn says_where_a_key_stands_twice() {
        let error = error("{\"a\": 1,\n \"a\": 2}");
        assert!(error.problem.contains("`a` stands twice"), "{error}");
        assert_eq!(error.position, Some(Position { line: 2, column: 2 }));
    }

    #[test]
    fn refuses_what_is_not_strict_json() {
        for text in [
            "{'a': 1}",
            "{a: 1}",
            "[1,]",
            "// c\n1",
            "{\"a\" 1}",
            "+1",
            "[",
            "nul",
            "{} {}",
        ] {
            assert!(error(text).problem.contains("not JSON"), "{text}");
        }
        assert_eq!(error(" \n").problem, "it is empty");
    }

    #[test]
    fn bounds_the_depth() {
        let deep = "[".repeat(40_000) + &"]".repeat(40_000);
        assert!(error(&deep).problem.contains("nesting depth"));
    }

    #[test]
    fn names_the_byte_that_is_not_utf8() {
        let error = Node::from_json(b"{\"a\": \"\xff\"}").unwrap_err();
        assert!(error.problem.contains("offset 7"), "{error}");
    }
}
