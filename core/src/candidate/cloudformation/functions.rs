//! The intrinsic functions
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html>).

mod choices;
mod texts;
mod written;

use super::TemplateError;
use super::evaluate::{Evaluator, place};
use crate::document::{Node, NodeKind, Pointer};
use crate::nearest::nearest;
pub(super) use written::as_written;

const KNOWN: [&str; 21] = [
    "Ref",
    "Fn::And",
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::Contains",
    "Fn::Equals",
    "Fn::FindInMap",
    "Fn::GetAZs",
    "Fn::GetAtt",
    "Fn::GetStackOutput",
    "Fn::If",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Length",
    "Fn::Not",
    "Fn::Or",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
    "Fn::ToJsonString",
    "Fn::Transform",
];

/// What stands where a name should.
pub(super) enum Name {
    /// A name.
    Known(String),
    /// An expression.
    Open(Node),
    /// Something else.
    None,
}

type Resolved = Result<Option<Node>, TemplateError>;

impl Evaluator<'_> {
    /// A function's value; `node` is the call, and `pointer` the way to it.
    pub(super) fn call(
        &self,
        name: &str,
        arguments: &Node,
        node: &Node,
        pointer: &Pointer,
    ) -> Resolved {
        let below = pointer.member(name);
        let kind = match name {
            "Ref" => match self.name(arguments, &below)? {
                Name::Known(name) if name == "AWS::NoValue" => return Ok(None),
                Name::Known(name) => self.reference(&name, arguments, &below)?,
                Name::Open(made) => as_written(name, &made),
                Name::None => return wrong(arguments, &below, "Ref takes a name"),
            },
            "Fn::GetAtt" => self.get_att(arguments, &below)?,
            "Fn::Sub" => self.sub(arguments, &below)?,
            "Fn::Join" => self.join(arguments, &below)?,
            "Fn::Split" => self.split(arguments, &below)?,
            "Fn::If" => return self.choose(arguments, node, &below),
            "Fn::Select" => return self.select(arguments, node, &below),
            "Fn::FindInMap" => return self.find_in_map(arguments, node, &below),
            "Fn::Length" => self.length(arguments, &below)?,
            // A macro may know other functions.
            name if KNOWN.contains(&name) || self.template.has_macros() => {
                self.opaque(name, arguments, &below)?
            }
            name => {
                let near = nearest(name, KNOWN.into_iter())
                    .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                return wrong(
                    node,
                    pointer,
                    format!("there is no function `{name}`{near}"),
                );
            }
        };
        Ok(Some(place(kind, node, pointer)))
    }

    /// The name that a function takes; with a macro, such as `AWS::LanguageExtensions`, it may be
    /// made by other functions.
    pub(super) fn name(&self, node: &Node, pointer: &Pointer) -> Result<Name, TemplateError> {
        let is_made = matches!(node.kind, NodeKind::Map(_)) && self.template.has_macros();
        if !is_made {
            let name = node.text().map(str::to_owned);
            return Ok(name.map_or(Name::None, Name::Known));
        }
        let made = self.value(node, pointer)?;
        Ok(match made.as_ref().map(|made| &made.kind) {
            Some(NodeKind::Text(name)) => Name::Known(name.clone()),
            Some(NodeKind::Symbolic(_)) => made.map_or(Name::None, Name::Open),
            _ => Name::None,
        })
    }

    /// What no reader of the template can know: the call itself, its arguments resolved.
    fn opaque(
        &self,
        name: &str,
        arguments: &Node,
        pointer: &Pointer,
    ) -> Result<NodeKind, TemplateError> {
        let resolved = self.value(arguments, pointer)?;
        let none = NodeKind::Text(String::new()).into();
        Ok(as_written(name, resolved.as_ref().unwrap_or(&none)))
    }
}

fn wrong<T>(
    node: &Node,
    pointer: &Pointer,
    problem: impl Into<String>,
) -> Result<T, TemplateError> {
    Err(TemplateError::at(node, pointer, problem))
}

fn two<'n>(
    arguments: &'n Node,
    pointer: &Pointer,
    problem: &str,
) -> Result<[&'n Node; 2], TemplateError> {
    let parts = match &arguments.kind {
        NodeKind::List(parts) => parts.as_slice(),
        _ => &[],
    };
    match parts {
        [first, second] => Ok([first, second]),
        _ => wrong(arguments, pointer, problem),
    }
}
