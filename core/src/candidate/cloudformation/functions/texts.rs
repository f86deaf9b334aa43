//! The functions that put texts together and take them apart: `Fn::Sub`, `Fn::Join`, `Fn::Split`.

use super::written::expression;
use super::{two, wrong};
use crate::candidate::cloudformation::TemplateError;
use crate::candidate::cloudformation::attributes::Attribute;
use crate::candidate::cloudformation::evaluate::{Evaluator, kind_of, looked_up, spelling};
use crate::document::{
    Expression, ExpressionPart, Nature, Node, NodeKind, Pointer, Referent, Symbol, weight_of,
};

impl Evaluator<'_> {
    pub(super) fn sub(
        &self,
        arguments: &Node,
        pointer: &Pointer,
    ) -> Result<NodeKind, TemplateError> {
        let (template, variables) = match &arguments.kind {
            NodeKind::Text(text) => (text.as_str(), None),
            NodeKind::List(parts) => match parts.as_slice() {
                [template] | [template, _] if template.text().is_some() => {
                    (template.text().unwrap_or_default(), parts.get(1))
                }
                _ => {
                    return wrong(
                        arguments,
                        pointer,
                        "Fn::Sub takes a text, or a text and an object",
                    );
                }
            },
            _ => {
                return wrong(
                    arguments,
                    pointer,
                    "Fn::Sub takes a text, or a text and an object",
                );
            }
        };
        let mut result = Expression::default();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            // A `${` that does not end stays as it is.
            let Some((name, after)) = after.split_once('}') else {
                result.push_str("${");
                rest = after;
                continue;
            };
            rest = after;
            // `${!Literal}` is how a template writes a literal `${Literal}`
            // (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html).
            if let Some(literal) = name.strip_prefix('!') {
                result.push_str(&format!("${{{literal}}}"));
                continue;
            }
            let value = self.variable(name.trim(), variables, arguments, pointer)?;
            self.spend(weight_of(value.spelling().len()), arguments, pointer)?;
            result.push(&value);
        }
        result.push_str(rest);
        Ok(kind_of(looked_up(&result)))
    }

    fn variable(
        &self,
        name: &str,
        variables: Option<&Node>,
        arguments: &Node,
        pointer: &Pointer,
    ) -> Result<Expression, TemplateError> {
        let open = || Expression::open(format!("${{{name}}}"));
        let own = match variables {
            Some(variables) => self.look_up(variables, name, arguments, pointer)?,
            None => None,
        };
        // The function's own variables hide names of the template.
        if let Some(own) = own {
            let value = self.text(own, &pointer.item(1).member(name))?;
            return Ok(value.unwrap_or_else(open));
        }
        let kind = match name.split_once('.') {
            Some((of, name)) => self.attribute(Attribute { of, name }, arguments, pointer)?,
            None => self.reference(name, arguments, pointer)?,
        };
        let node = Node::from(kind);
        Ok(match &node.kind {
            NodeKind::List(items) => {
                let items: Vec<Expression> = items.iter().filter_map(spelling).collect();
                // A list parameter in `Fn::Sub` is its items with commas.
                joined(&items, &Expression::known(","))
            }
            _ => spelling(&node).unwrap_or_else(open),
        })
    }

    pub(super) fn join(
        &self,
        arguments: &Node,
        pointer: &Pointer,
    ) -> Result<NodeKind, TemplateError> {
        let [delimiter, list] = two(arguments, pointer, "Fn::Join takes a delimiter and a list")?;
        let delimiter = self.text(delimiter, &pointer.item(0))?.unwrap_or_default();
        let parts = match self.value(list, &pointer.item(1))? {
            Some(Node {
                kind: NodeKind::List(items),
                ..
            }) => items.iter().map(spelling).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        match parts {
            Some(parts) => {
                // Before it is joined: a long delimiter in a long list makes a text that is the
                // product of both.
                let length = |text: &Expression| text.spelling().len();
                let delimiters = length(&delimiter).saturating_mul(parts.len());
                let bytes = parts.iter().map(length).sum::<usize>();
                let weight = weight_of(bytes.saturating_add(delimiters));
                self.spend(weight, arguments, pointer)?;
                Ok(kind_of(looked_up(&joined(&parts, &delimiter))))
            }
            None => self.opaque("Fn::Join", arguments, pointer),
        }
    }

    pub(super) fn split(
        &self,
        arguments: &Node,
        pointer: &Pointer,
    ) -> Result<NodeKind, TemplateError> {
        let [delimiter, source] =
            two(arguments, pointer, "Fn::Split takes a delimiter and a text")?;
        let delimiter = self.text(delimiter, &pointer.item(0))?;
        let source = self.text(source, &pointer.item(1))?;
        match (delimiter, source) {
            (Some(delimiter), Some(source))
                if delimiter.text().is_some_and(|it| !it.is_empty()) =>
            {
                let delimiter = delimiter.spelling();
                let text = source.spelling();
                let pieces = text.matches(delimiter).count();
                // Each piece becomes a value, which takes more memory than its text.
                self.spend(weight_of(text.len()) + pieces, arguments, pointer)?;
                match pieces_of(&source, delimiter).or_else(|| pieces_of_url(&source, delimiter)) {
                    Some(pieces) => Ok(NodeKind::List(
                        pieces
                            .into_iter()
                            .map(|piece| kind_of(piece).into())
                            .collect(),
                    )),
                    None => Ok(expression(&format!("Fn::Split {delimiter} {text}"))),
                }
            }
            _ => self.opaque("Fn::Split", arguments, pointer),
        }
    }
}

/// The pieces of a text between delimiters; `None` where what is open may have the delimiter.
fn pieces_of(source: &Expression, delimiter: &str) -> Option<Vec<Expression>> {
    let mut pieces = vec![];
    let mut last = Expression::default();
    for part in source.parts() {
        match part {
            ExpressionPart::Known(text) => {
                for (at, piece) in text.split(delimiter).enumerate() {
                    if at > 0 {
                        pieces.push(std::mem::take(&mut last));
                    }
                    last.push_str(piece);
                }
            }
            ExpressionPart::Open(open) => {
                // A word has none of these three, so nothing that is open can have the delimiter in
                // it.
                if !open.nature().is_word() || !delimiter.contains(['/', ':', '.']) {
                    return None;
                }
                last.push_part(part);
            }
        }
    }
    pieces.push(last);
    Some(pieces)
}

/// The pieces of a URL that is all of the text, such as `https://abc.lambda-url.eu-west-1.on.aws/`.
fn pieces_of_url(source: &Expression, delimiter: &str) -> Option<Vec<Expression>> {
    let url = source.only_symbol()?;
    let is_behind_scheme = url.nature() == Nature::HostWithPath;
    if url.nature() != Nature::Url && !(is_behind_scheme && delimiter == "/") {
        return None;
    }
    let piece = |at: usize, nature| {
        let call = format!("Fn::Select {at} Fn::Split {delimiter} {}", url.spelling);
        let symbol = Symbol {
            referent: Referent::PieceOf(Box::new(url.symbol?.referent.clone())),
            nature,
        };
        Some(Expression::of(format!("${{{call}}}"), symbol))
    };
    // Lambda's FunctionUrl ends with a slash, which stays in the host's piece after a split at
    // `://`.
    let ends_in_slash = url.spelling.ends_with(".FunctionUrl}");
    Some(match delimiter {
        "/" if is_behind_scheme => vec![piece(0, Nature::Host)?, piece(1, Nature::Any)?],
        "/" => {
            let open = |at| piece(at, Nature::Any);
            let scheme = piece(0, Nature::Scheme)?;
            let host = piece(2, Nature::Host)?;
            vec![scheme, Expression::default(), host, open(3)?, open(4)?]
        }
        "://" if ends_in_slash => vec![piece(0, Nature::Word)?, piece(1, Nature::HostWithPath)?],
        "://" => vec![piece(0, Nature::Word)?, piece(1, Nature::Any)?],
        _ => return None,
    })
}

/// Texts as one, with another between each two.
pub(super) fn joined(parts: &[Expression], delimiter: &Expression) -> Expression {
    let mut whole = Expression::default();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            whole.push(delimiter);
        }
        whole.push(part);
    }
    whole
}
