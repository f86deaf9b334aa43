//! `Fn::ForEach` of the transform `AWS::LanguageExtensions`, where its collection is written out
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html>).

use std::borrow::Cow;

use super::TemplateError;
use crate::candidate::{Node, NodeKind};

const PREFIX: &str = "Fn::ForEach::";
/// What all loops of a template may make together.
const MAX_NODES: usize = 500_000;

/// The document with its loops written out. A loop over what is not written out is left out, and
/// what refers to it stays open.
pub fn unroll(document: &Node) -> Result<Cow<'_, Node>, TemplateError> {
    if !has_loops(document) {
        return Ok(Cow::Borrowed(document));
    }
    let mut budget = MAX_NODES;
    copy(document, document, "", &[], &mut budget).map(Cow::Owned)
}

fn has_loops(node: &Node) -> bool {
    match &node.kind {
        NodeKind::List(items) => items.iter().any(has_loops),
        NodeKind::Map(entries) => entries
            .iter()
            .any(|(key, value)| key.starts_with(PREFIX) || has_loops(value)),
        _ => false,
    }
}

type Binding<'a> = (&'a str, &'a str);

fn copy(
    node: &Node,
    document: &Node,
    pointer: &str,
    bindings: &[Binding<'_>],
    budget: &mut usize,
) -> Result<Node, TemplateError> {
    let Some(left) = budget.checked_sub(1) else {
        return Err(TemplateError::at(
            node,
            pointer,
            format!("its loops make more than {MAX_NODES} values"),
        ));
    };
    *budget = left;
    let kind = match &node.kind {
        NodeKind::Text(text) => NodeKind::Text(substitute(text, bindings)),
        NodeKind::List(items) => {
            let items = items.iter().enumerate().map(|(at, item)| {
                copy(item, document, &format!("{pointer}/{at}"), bindings, budget)
            });
            NodeKind::List(items.collect::<Result<_, _>>()?)
        }
        NodeKind::Map(entries) => {
            if let [(function, name)] = entries.as_slice()
                && function == "Ref"
                && let Some((_, value)) = bindings
                    .iter()
                    .rev()
                    .find(|(id, _)| Some(*id) == name.text())
            {
                NodeKind::Text((*value).to_owned())
            } else {
                let mut all = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    let below = format!("{pointer}/{key}");
                    if key.starts_with(PREFIX) {
                        each(value, document, &below, bindings, budget, &mut all)?;
                    } else {
                        let value = copy(value, document, &below, bindings, budget)?;
                        all.push((substitute(key, bindings), value));
                    }
                }
                NodeKind::Map(all)
            }
        }
        other => other.clone(),
    };
    Ok(Node {
        kind,
        position: node.position,
        pointer: node.pointer.clone(),
    })
}

/// The rounds of one loop.
fn each(
    arguments: &Node,
    document: &Node,
    pointer: &str,
    bindings: &[Binding<'_>],
    budget: &mut usize,
    all: &mut Vec<(String, Node)>,
) -> Result<(), TemplateError> {
    let wrong = || {
        TemplateError::at(
            arguments,
            pointer,
            "Fn::ForEach takes an identifier, a collection and an object",
        )
    };
    let NodeKind::List(parts) = &arguments.kind else {
        return Err(wrong());
    };
    let [identifier, collection, body] = parts.as_slice() else {
        return Err(wrong());
    };
    let (Some(identifier), NodeKind::Map(entries)) = (identifier.text(), &body.kind) else {
        return Err(wrong());
    };
    for value in values(collection, document, bindings) {
        let mut bound = bindings.to_vec();
        bound.push((identifier, &value));
        for (key, node) in entries {
            let below = format!("{pointer}/2/{key}");
            if key.starts_with(PREFIX) {
                each(node, document, &below, &bound, budget, all)?;
            } else {
                let node = copy(node, document, &below, &bound, budget)?;
                all.push((substitute(key, &bound), node));
            }
        }
    }
    Ok(())
}

/// The values of a collection: a list, or a parameter's default.
fn values(collection: &Node, document: &Node, bindings: &[Binding<'_>]) -> Vec<String> {
    match &collection.kind {
        NodeKind::List(items) => items
            .iter()
            .filter_map(|item| match &item.kind {
                NodeKind::Text(text) | NodeKind::Number(text) => Some(substitute(text, bindings)),
                _ => None,
            })
            .collect(),
        NodeKind::Map(_) => {
            let default = collection.get("Ref").and_then(Node::text).and_then(|name| {
                document
                    .get("Parameters")?
                    .get(name)?
                    .get("Default")?
                    .text()
            });
            default
                .map(|list| list.split(',').map(|each| each.trim().to_owned()).collect())
                .unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// `${Identifier}`, and `&{Identifier}` for names that take letters and digits only.
fn substitute(text: &str, bindings: &[Binding<'_>]) -> String {
    let mut text = text.to_owned();
    for (identifier, value) in bindings {
        if text.contains(identifier) {
            text = text.replace(&format!("${{{identifier}}}"), value);
            let plain: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
            text = text.replace(&format!("&{{{identifier}}}"), &plain);
        }
    }
    text
}
