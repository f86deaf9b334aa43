use std::collections::BTreeMap;

use crate::document::{Node, NodeKind};

/// Values of a template's parameters, by name. `AWS::Region` and its like may be among them, as
/// SAM takes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters(BTreeMap<String, String>);

/// Why a document holds no parameters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParameterError(String);

impl Parameters {
    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Keeps the values of some parameters only.
    pub(super) fn retain(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.0.retain(|name, _| is_kept(name));
    }

    /// The names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Sets a value; the last one counts.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// Reads a parameter file in any of the forms that people have: CodePipeline's template
    /// configuration (`{"Parameters": {…}}`), the AWS CLI's
    /// (`[{"ParameterKey": …, "ParameterValue": …}]`, or `["Name=value"]`), a plain object, and the
    /// `parameter_overrides` of SAM's.
    ///
    /// # Errors
    /// If the document has none of these forms.
    pub fn read(&mut self, document: &Node) -> Result<(), ParameterError> {
        match &document.kind {
            NodeKind::List(items) => items.iter().try_for_each(|item| self.item(item)),
            NodeKind::Map(entries) => {
                let within = document
                    .get("Parameters")
                    .or_else(|| document.get("ParameterOverrides"));
                match within.map(|node| &node.kind) {
                    Some(NodeKind::Map(entries)) => self.entries(entries),
                    Some(NodeKind::List(items)) => {
                        items.iter().try_for_each(|item| self.item(item))
                    }
                    // A plain object of names and values.
                    _ => self.entries(entries),
                }
            }
            _ => Err(ParameterError(format!(
                "it is {}, where parameters are an object or a list",
                document.kind_name()
            ))),
        }
    }

    fn entries(&mut self, entries: &[(String, Node)]) -> Result<(), ParameterError> {
        for (name, node) in entries {
            let value = scalar(node).ok_or_else(|| {
                ParameterError(format!(
                    "the parameter `{name}` is {}, not a text",
                    node.kind_name()
                ))
            })?;
            self.set(name, value);
        }
        Ok(())
    }

    fn item(&mut self, item: &Node) -> Result<(), ParameterError> {
        // Values may have `=` in them; names cannot.
        if let Some((name, value)) = item.text().and_then(|text| text.split_once('=')) {
            self.set(name, value);
            return Ok(());
        }
        let Some(name) = item.get("ParameterKey").and_then(Node::text) else {
            return Err(ParameterError(
                "an item of the list has no ParameterKey".to_owned(),
            ));
        };
        // `UsePreviousValue` has none: the deployed stack's is not known here.
        if let Some(value) = item.get("ParameterValue").and_then(scalar) {
            self.set(name, value);
        }
        Ok(())
    }
}

fn scalar(node: &Node) -> Option<String> {
    match &node.kind {
        NodeKind::Text(text) | NodeKind::Number(text) => Some(text.clone()),
        NodeKind::Bool(flag) => Some(flag.to_string()),
        NodeKind::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(scalar).collect();
            // CloudFormation takes list parameters as one text with commas.
            Some(items?.join(","))
        }
        _ => None,
    }
}
