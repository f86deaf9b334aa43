//! The functions that take one of several values, or count them: `Fn::If`, `Fn::Select`,
//! `Fn::FindInMap`, `Fn::Length`.

use super::texts::joined;
use super::written::{expression, write_argument};
use super::{Resolved, two, wrong};
use crate::candidate::cloudformation::TemplateError;
use crate::candidate::cloudformation::evaluate::{Evaluator, kind_of, place, weight};
use crate::candidate::cloudformation::template::Section;
use crate::document::{Expression, Node, NodeKind, Pointer};

impl Evaluator<'_> {
    pub(super) fn select(&self, arguments: &Node, node: &Node, pointer: &Pointer) -> Resolved {
        let [index, list] = two(arguments, pointer, "Fn::Select takes an index and a list")?;
        let index = self.text(index, &pointer.item(0))?;
        let list = self.value(list, &pointer.item(1))?;
        let at = index
            .as_ref()
            .and_then(|index| index.text()?.trim().parse::<usize>().ok());
        let of = |at: usize, items: &[Node]| match items.get(at) {
            Some(item) => Ok(Some(place(item.kind.clone(), node, pointer))),
            None => wrong(
                node,
                pointer,
                format!(
                    "Fn::Select takes item {at} of a list that has {}",
                    items.len()
                ),
            ),
        };
        match (at, list) {
            (
                Some(at),
                Some(Node {
                    kind: NodeKind::List(items),
                    ..
                }),
            ) => of(at, &items),
            // Parameters of lists come as one text.
            (
                Some(at),
                Some(Node {
                    kind: NodeKind::Text(text),
                    ..
                }),
            ) if text.contains(',') => {
                self.spend(text.matches(',').count(), node, pointer)?;
                let items = text
                    .split(',')
                    .map(|item| kind_of(self.literal(item.trim())).into());
                of(at, &items.collect::<Vec<_>>())
            }
            (_, list) => {
                let mut text = String::new();
                if let Some(list) = &list {
                    write_argument(list, &mut text);
                }
                let index = index.unwrap_or_default();
                let index = index.spelling();
                let kind = expression(&format!("Fn::Select {index} {text}"));
                Ok(Some(place(kind, node, pointer)))
            }
        }
    }

    pub(super) fn choose(&self, arguments: &Node, node: &Node, pointer: &Pointer) -> Resolved {
        let parts = match &arguments.kind {
            NodeKind::List(parts) => parts.as_slice(),
            _ => &[],
        };
        let [condition, yes, no] = parts else {
            return wrong(
                arguments,
                pointer,
                "Fn::If takes a condition and two values",
            );
        };
        let Some(name) = condition.text() else {
            return wrong(condition, pointer, "Fn::If takes the name of a condition");
        };
        let yes = || self.value(yes, &pointer.item(1));
        let no = || self.value(no, &pointer.item(2));
        self.must_have_condition(name, condition, pointer)?;
        match self.condition(name)? {
            // Only the branch that is taken: the other may refer to what is not made then, which
            // CloudFormation allows.
            Some(true) => yes(),
            Some(false) => no(),
            None => {
                let (yes, no) = self.perhaps(|| Ok((yes()?, no()?)))?;
                // Whatever the condition is, the value is known.
                if same(yes.as_ref(), no.as_ref()) {
                    return Ok(yes);
                }
                // Both branches are in it: two calls of one condition with other values are two
                // expressions.
                let mut text = format!("Fn::If {name}");
                for branch in [&yes, &no] {
                    text.push(' ');
                    match branch {
                        Some(branch) => write_argument(branch, &mut text),
                        None => text.push_str("AWS::NoValue"),
                    }
                }
                Ok(Some(place(expression(&text), node, pointer)))
            }
        }
    }

    pub(super) fn find_in_map(&self, arguments: &Node, node: &Node, pointer: &Pointer) -> Resolved {
        let parts = match &arguments.kind {
            NodeKind::List(parts) if parts.len() >= 3 => parts.as_slice(),
            _ => return wrong(arguments, pointer, "Fn::FindInMap takes a map and two keys"),
        };
        let mut keys = Vec::with_capacity(3);
        for (at, part) in parts.iter().take(3).enumerate() {
            keys.extend(self.text(part, &pointer.item(at))?);
        }
        let [map, first, second] = keys.as_slice() else {
            // A key that is no text, such as a function that only a macro knows.
            return self
                .opaque("Fn::FindInMap", arguments, pointer)
                .map(|kind| Some(place(kind, node, pointer)));
        };
        let mut found = self.template.entry(Section::Mappings, map.spelling());
        for key in [first, second] {
            if let Some(within) = found {
                found = self.look_up(within, key.spelling(), node, pointer)?;
            }
        }
        if let Some(found) = found {
            let kind = self.mapped(found, node, pointer)?;
            return Ok(Some(place(kind, node, pointer)));
        }
        // With `AWS::LanguageExtensions` only
        // (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap-enhancements.html).
        if let Some(default) = parts.get(3).and_then(|part| part.get("DefaultValue")) {
            return self.value(default, &pointer.item(3).member("DefaultValue"));
        }
        // A key that only the deployment knows can be any of the map's.
        let is_open = keys.iter().any(|key| !key.is_known());
        if is_open || self.template.has_macros() {
            let keys = joined(&keys, &Expression::known(" "));
            let kind = expression(&format!("Fn::FindInMap {keys}"));
            return Ok(Some(place(kind, node, pointer)));
        }
        wrong(
            node,
            pointer,
            format!("Mappings has no `{map}` with `{first}` and `{second}`"),
        )
    }

    /// The value of a key, which takes the longer to find the more there are.
    pub(super) fn look_up<'n>(
        &self,
        map: &'n Node,
        key: &str,
        node: &Node,
        pointer: &Pointer,
    ) -> Result<Option<&'n Node>, TemplateError> {
        self.spend(map.entries().len() / 16, node, pointer)?;
        Ok(map.get(key))
    }

    /// A value of a mapping, which holds texts and lists of them, and no functions
    /// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/mappings-section-structure.html>).
    fn mapped(
        &self,
        found: &Node,
        node: &Node,
        pointer: &Pointer,
    ) -> Result<NodeKind, TemplateError> {
        self.spend(weight(&found.kind), node, pointer)?;
        Ok(match &found.kind {
            NodeKind::Text(text) => kind_of(self.literal(text)),
            NodeKind::List(items) => {
                let items = items.iter().map(|item| match item.kind {
                    NodeKind::List(_) => wrong(node, pointer, "a mapping holds no lists in lists"),
                    _ => Ok(self.mapped(item, node, pointer)?.into()),
                });
                NodeKind::List(items.collect::<Result<_, _>>()?)
            }
            NodeKind::Map(_) => return wrong(node, pointer, "a mapping holds no functions"),
            other => other.clone(),
        })
    }

    pub(super) fn length(
        &self,
        arguments: &Node,
        pointer: &Pointer,
    ) -> Result<NodeKind, TemplateError> {
        match self.value(arguments, pointer)? {
            Some(Node {
                kind: NodeKind::List(items),
                ..
            }) => Ok(NodeKind::Number(items.len().to_string())),
            _ => self.opaque("Fn::Length", arguments, pointer),
        }
    }
}

/// Whether two values are the same wherever they stand.
fn same(one: Option<&Node>, other: Option<&Node>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => one.to_value() == other.to_value(),
        _ => false,
    }
}
