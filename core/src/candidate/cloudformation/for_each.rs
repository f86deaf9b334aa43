//! `Fn::ForEach` of the transform `AWS::LanguageExtensions`, where its collection is known before
//! the deployment
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html>).

use std::borrow::Cow;

use super::evaluate::{Evaluator, spelling, weight};
use super::{DISTRIBUTION, TemplateError};
use crate::document::{Budget, MOST_VALUES, Node, NodeKind, Pointer, UsedUp, weight_of};

/// What the keys of loops begin with.
pub(super) const PREFIX: &str = "Fn::ForEach::";

/// The document with its loops written out. A loop over what only the deployment knows stays, and
/// what refers to what it makes stays open.
pub(super) fn unroll<'d>(
    document: &'d Node,
    evaluator: &Evaluator<'_>,
) -> Result<Cow<'d, Node>, TemplateError> {
    // Nearly no template has one, and a copy of a large document is costly.
    if !has_loops(document) {
        return Ok(Cow::Borrowed(document));
    }
    let loops = Loops {
        evaluator,
        budget: Budget::of(MOST_VALUES),
    };
    loops
        .copy(document, &Pointer::default(), &[])
        .map(Cow::Owned)
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

/// The loops of a document, with what they may still make together.
struct Loops<'e, 't> {
    evaluator: &'e Evaluator<'t>,
    budget: Budget,
}

impl Loops<'_, '_> {
    fn copy(
        &self,
        node: &Node,
        pointer: &Pointer,
        bindings: &[Binding<'_>],
    ) -> Result<Node, TemplateError> {
        // The way to a value is there while what is in it is copied.
        let way = pointer.as_str().len() / 256;
        self.spend(weight(&node.kind) + way, node, pointer)?;
        let kind = match &node.kind {
            NodeKind::Text(text) => NodeKind::Text(self.fill(text, node, pointer, bindings)?),
            NodeKind::List(items) => {
                let items = items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| self.copy(item, &pointer.item(at), bindings));
                NodeKind::List(items.collect::<Result<_, _>>()?)
            }
            NodeKind::Map(entries) => match bound(entries, bindings) {
                Some(value) => NodeKind::Text(value.to_owned()),
                None => NodeKind::Map(self.entries(entries, pointer, bindings)?),
            },
            other => other.clone(),
        };
        Ok(Node {
            kind,
            position: node.position,
            pointer: node.pointer.clone(),
        })
    }

    fn entries(
        &self,
        entries: &[(String, Node)],
        pointer: &Pointer,
        bindings: &[Binding<'_>],
    ) -> Result<Vec<(String, Node)>, TemplateError> {
        let mut all = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let below = pointer.member(key);
            if key.starts_with(PREFIX) && self.each(value, &below, bindings, &mut all)? {
                continue;
            }
            self.spend(weight_of(key.len()) - 1, value, &below)?;
            let node = self.copy(value, &below, bindings)?;
            all.push((self.fill(key, value, pointer, bindings)?, node));
        }
        Ok(all)
    }

    /// The rounds of one loop; whether they are known.
    fn each(
        &self,
        arguments: &Node,
        pointer: &Pointer,
        bindings: &[Binding<'_>],
        all: &mut Vec<(String, Node)>,
    ) -> Result<bool, TemplateError> {
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
        let below = pointer.item(2);
        // A loop that stays unresolved would hide the distributions in it, and the template would
        // pass without them.
        let Some(values) = self.values(collection, pointer, bindings)? else {
            if makes_distributions(body) {
                return Err(TemplateError::at(
                    collection,
                    pointer,
                    "it makes distributions for each item of a list that only the deployment \
                     knows: give `parameters`, or the `stack` that the template goes to",
                ));
            }
            return Ok(false);
        };
        // A round costs something even where it makes nothing: loops in loops are many rounds.
        self.spend(4 * values.len(), arguments, pointer)?;
        for value in values {
            let mut bound = bindings.to_vec();
            bound.push((identifier, &value));
            all.extend(self.entries(entries, &below, &bound)?);
        }
        Ok(true)
    }

    /// The values of a collection; `None` where only the deployment knows them.
    fn values(
        &self,
        collection: &Node,
        pointer: &Pointer,
        bindings: &[Binding<'_>],
    ) -> Result<Option<Vec<String>>, TemplateError> {
        let pointer = pointer.item(1);
        let collection = self.copy(collection, &pointer, bindings)?;
        let resolved = self.evaluator.value(&collection, &pointer)?;
        Ok(match resolved.map(|node| node.kind) {
            Some(NodeKind::List(items)) => items.iter().map(known).collect(),
            // Parameters of lists come as one text.
            Some(NodeKind::Text(list)) => {
                self.spend(list.matches(',').count(), &collection, &pointer)?;
                Some(list.split(',').map(|each| each.trim().to_owned()).collect())
            }
            _ => None,
        })
    }

    /// `${Identifier}`, and `&{Identifier}` for names that take letters and digits only.
    fn fill(
        &self,
        text: &str,
        node: &Node,
        pointer: &Pointer,
        bindings: &[Binding<'_>],
    ) -> Result<String, TemplateError> {
        let mut text = text.to_owned();
        for (identifier, value) in bindings {
            // As CloudFormation does for `&{Identifier}`, which is for logical IDs.
            let plain = || value.chars().filter(char::is_ascii_alphanumeric).collect();
            for (name, value) in [
                (format!("${{{identifier}}}"), (*value).to_owned()),
                (format!("&{{{identifier}}}"), plain()),
            ] {
                let added = text.matches(&name).count() * value.len();
                if added > 0 {
                    self.spend(weight_of(added), node, pointer)?;
                    text = text.replace(&name, &value);
                }
            }
        }
        Ok(text)
    }

    fn spend(&self, weight: usize, node: &Node, pointer: &Pointer) -> Result<(), TemplateError> {
        self.budget.spend(weight).map_err(|UsedUp| {
            let problem = format!("its loops make more than {MOST_VALUES} values");
            TemplateError::at(node, pointer, problem)
        })
    }
}

fn known(item: &Node) -> Option<String> {
    match item.kind {
        NodeKind::Symbolic(_) => None,
        _ => spelling(item)?.into_text().ok(),
    }
}

fn makes_distributions(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Map(entries) => {
            node.get("Type").and_then(Node::text) == Some(DISTRIBUTION)
                || entries.iter().any(|(_, value)| makes_distributions(value))
        }
        NodeKind::List(items) => items.iter().any(makes_distributions),
        _ => false,
    }
}

/// What a loop's own name stands for, where the map is a `Ref` to it.
fn bound<'b>(entries: &[(String, Node)], bindings: &[Binding<'b>]) -> Option<&'b str> {
    match entries {
        [(function, name)] if function == "Ref" => {
            let name = name.text()?;
            // An inner loop may use the outer one's name again.
            let mut inner_first = bindings.iter().rev();
            inner_first
                .find(|(id, _)| *id == name)
                .map(|(_, value)| *value)
        }
        _ => None,
    }
}
