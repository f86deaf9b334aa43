use std::cell::RefCell;

use crate::distribution::{At, Expression, Place, QuantityMismatch, Undecided, Value};
use crate::document::{Node, NodeKind};

/// Lists of texts and numbers, whose items may be symbolic like any other value.
const OF_TEXTS: [&str; 9] = [
    "Aliases",
    "AllowedMethods",
    "CachedMethods",
    "Headers",
    "OriginSslProtocols",
    "StatusCodes",
    "TrustedKeyGroups",
    "TrustedSigners",
    "WhitelistedNames",
];

/// Many times what CloudFront takes of anything, its quotas raised
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>): what is longer is no
/// config, and would be judged for minutes.
const LONGEST_TEXT: usize = 4_096;
const MOST_ITEMS: usize = 2_500;

/// What a reading noticed beside the values.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Whether its texts are resolved, so that nothing in them is a placeholder.
    pub is_resolved: bool,
    /// Values of a kind that CloudFront does not take there.
    pub problems: RefCell<Vec<Problem>>,
    /// Lists whose `Quantity` is wrong.
    pub quantities: RefCell<Vec<QuantityMismatch>>,
    /// Objects, lists and items that only the deployment makes.
    pub undecided: RefCell<Vec<Undecided>>,
}

/// A value of the wrong kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// Where.
    pub place: Place,
    /// What it is, and what it should be.
    pub text: String,
}

/// A node and the way to it.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'n> {
    node: &'n Node,
    pointer: String,
    notes: &'n Notes,
}

impl<'n> Cursor<'n> {
    /// At a node that stands at `pointer` of its document.
    pub(super) fn new(node: &'n Node, pointer: impl Into<String>, notes: &'n Notes) -> Self {
        Self {
            node,
            pointer: pointer.into(),
            notes,
        }
    }

    /// Notes of their own, for what no verdict depends on.
    pub(crate) fn quiet_notes(&self) -> Notes {
        Notes {
            is_resolved: self.notes.is_resolved,
            ..Notes::default()
        }
    }

    /// At the same node, with other notes.
    pub(crate) fn with_notes<'m>(&self, notes: &'m Notes) -> Cursor<'m>
    where
        'n: 'm,
    {
        Cursor::new(self.node, self.pointer.clone(), notes)
    }

    /// The node itself.
    pub(super) fn node(&self) -> &'n Node {
        self.node
    }

    /// The way to it in its document.
    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Whether its texts are resolved, so that nothing in them is a placeholder.
    pub(super) fn is_resolved(&self) -> bool {
        self.notes.is_resolved
    }

    /// Where it stands.
    pub(super) fn place(&self) -> Place {
        // A node of a template or plan carries the pointer of its source: that is the document that
        // the user can open.
        let pointer = self.node.pointer.as_deref().unwrap_or(&self.pointer);
        Place {
            pointer: pointer.to_owned(),
            position: self.node.position,
        }
    }

    /// The value of a key, unless that is absent or `null`.
    pub(super) fn get(&self, key: &str) -> Option<Cursor<'n>> {
        let node = self.node.get(key)?;
        // Escapes of RFC 6901; `~` first, or the second replacement would be escaped again.
        let step = key.replace('~', "~0").replace('/', "~1");
        Some(Self::new(
            node,
            format!("{}/{step}", self.pointer),
            self.notes,
        ))
    }

    /// An object below a key; an empty one counts.
    pub(super) fn object(&self, key: &str) -> Option<Cursor<'n>> {
        let Some(child) = self.get(key) else {
            // In an expression there may be anything.
            self.note_undecided(key);
            return None;
        };
        match child.node.kind {
            NodeKind::Map(_) => return Some(child),
            NodeKind::Symbolic(_) => child.note_undecided(key),
            _ => child.expected("an object"),
        }
        None
    }

    /// Whether one of these keys holds an expression.
    pub(super) fn leaves_open(&self, keys: &[&str]) -> bool {
        let open = |key: &&str| {
            self.node
                .get(key)
                .is_some_and(|node| matches!(node.kind, NodeKind::Symbolic(_)))
        };
        keys.iter().any(open)
    }

    /// Notes that this is an expression, if it is one.
    pub(super) fn note_undecided(&self, key: &str) {
        if let NodeKind::Symbolic(expression) = &self.node.kind {
            self.notes.undecided.borrow_mut().push(Undecided {
                key: key.to_owned(),
                place: self.place(),
                expression: expression.clone(),
            });
        }
    }

    /// A text below a key.
    pub(super) fn text(&self, key: &str) -> Option<At<String>> {
        self.get(key)?.as_text()
    }

    /// A text below a key, or an empty one at this place.
    pub(super) fn text_or_empty(&self, key: &str) -> At<String> {
        self.text(key).unwrap_or_else(|| At::text("", self.place()))
    }

    /// This value as a text.
    pub(super) fn as_text(&self) -> Option<At<String>> {
        match &self.node.kind {
            NodeKind::Text(text) => self.bounded(self.literal(text)),
            NodeKind::Symbolic(expression) => self.bounded(expression.clone()),
            _ => {
                self.expected("a string");
                None
            }
        }
    }

    fn bounded(&self, text: Expression) -> Option<At<String>> {
        let bytes = text.spelling().len();
        if bytes > LONGEST_TEXT {
            self.too_large(&format!("{bytes} bytes"));
            return None;
        }
        Some(At::of(text, self.place()))
    }

    /// A text of the document, in which a placeholder is one only where nothing has resolved it.
    fn literal(&self, text: &str) -> Expression {
        if self.notes.is_resolved {
            Expression::known(text)
        } else {
            Expression::of_placeholders(text)
        }
    }

    /// An integer below a key; change sets and CloudTrail spell it as a string.
    pub(super) fn integer(&self, key: &str) -> Option<At<i64>> {
        self.get(key)?.as_integer()
    }

    /// This value as an integer.
    pub(super) fn as_integer(&self) -> Option<At<i64>> {
        let value = match &self.node.kind {
            NodeKind::Number(text) | NodeKind::Text(text) => match text.parse() {
                Ok(number) => Some(Value::Known(number)),
                Err(_) => self.literal(text).into_text().err().map(Value::Symbolic),
            },
            NodeKind::Symbolic(expression) => Some(Value::Symbolic(expression.clone())),
            _ => None,
        };
        if value.is_none() {
            self.expected("an integer");
        }
        value.map(|value| At {
            value,
            place: self.place(),
        })
    }

    /// A flag below a key; CloudTrail spells some of them `"True"` and `"False"`.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        let child = self.get(key)?;
        match &child.node.kind {
            NodeKind::Bool(flag) => Some(*flag),
            NodeKind::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            NodeKind::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            NodeKind::Text(text) if !child.literal(text).is_known() => None,
            NodeKind::Symbolic(_) => None,
            _ => {
                child.expected("true or false");
                None
            }
        }
    }

    /// The items of a list below a key: `{"Quantity": n, "Items": […]}`, or a plain list. A
    /// `Quantity` that disagrees is noted.
    pub(super) fn items(&self, key: &str) -> Vec<Cursor<'n>> {
        let Some(list) = self.get(key) else {
            self.note_undecided(key);
            return Vec::new();
        };
        match list.node.kind {
            NodeKind::List(_) => list.elements(key),
            NodeKind::Map(_) => {
                let items = list
                    .get("Items")
                    .map_or_else(Vec::new, |items| items.elements(key));
                // The length of a list that the deployment extends is not known yet, so its
                // Quantity proves nothing.
                let open = list.get("Items").is_some_and(|items| items.is_open());
                if !open {
                    list.compare_quantity(key, items.len());
                }
                items
            }
            NodeKind::Symbolic(_) => {
                list.note_undecided(key);
                Vec::new()
            }
            _ => {
                list.expected("an object with Quantity and Items");
                Vec::new()
            }
        }
    }

    /// The items of a list; one that only the deployment makes is noted, and left out.
    fn elements(&self, key: &str) -> Vec<Cursor<'n>> {
        let nodes = match &self.node.kind {
            // Refused while it is read, so that no rule needs a bound of its own.
            NodeKind::List(nodes) if nodes.len() > MOST_ITEMS => {
                self.too_large(&format!("{} items", nodes.len()));
                &[]
            }
            NodeKind::List(nodes) => nodes.as_slice(),
            NodeKind::Symbolic(_) => {
                self.note_undecided(key);
                &[]
            }
            _ => {
                self.expected("a list");
                &[]
            }
        };
        let pointer = &self.pointer;
        let items = nodes.iter().enumerate().map(|(at, node)| {
            let item = Self::new(node, format!("{pointer}/{at}"), self.notes);
            let is_value = OF_TEXTS.contains(&key);
            if !is_value {
                item.note_undecided(key);
            }
            (is_value || !matches!(node.kind, NodeKind::Symbolic(_))).then_some(item)
        });
        items.flatten().collect()
    }

    fn is_open(&self) -> bool {
        let symbolic = |node: &Node| matches!(node.kind, NodeKind::Symbolic(_));
        match &self.node.kind {
            NodeKind::List(nodes) => nodes.iter().any(symbolic),
            _ => symbolic(self.node),
        }
    }

    fn compare_quantity(&self, list: &str, items: usize) {
        let Some(stated) = self.integer("Quantity") else {
            return;
        };
        if let Some(number) = stated.known()
            && usize::try_from(*number) != Ok(items)
        {
            self.notes.quantities.borrow_mut().push(QuantityMismatch {
                stated: *number,
                place: stated.place,
                list: list.to_owned(),
                items,
            });
        }
    }

    fn too_large(&self, size: &str) {
        self.notes.problems.borrow_mut().push(Problem {
            place: self.place(),
            text: format!(
                "{} has {size}, far more than CloudFront takes",
                self.place().pointer
            ),
        });
    }

    fn expected(&self, what: &str) {
        self.notes.problems.borrow_mut().push(Problem {
            place: self.place(),
            text: format!(
                "{} is {}, not {what}",
                self.place().pointer,
                self.node.kind_name()
            ),
        });
    }
}
