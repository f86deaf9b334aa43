//! A call that stays open, as an expression: what it calls, in one line.

use sha2::{Digest, Sha256};

use crate::candidate::cloudformation::evaluate::spelling;
use crate::digest::hex;
use crate::document::{Expression, Nature, Node, NodeKind, Referent, Symbol};

/// A call with its arguments as they are written.
pub(in crate::candidate::cloudformation) fn as_written(name: &str, arguments: &Node) -> NodeKind {
    let mut text = format!("{name} ");
    write_argument(arguments, &mut text);
    expression(&text)
}

/// An expression: the call in one line. Braces of its literals are parentheses, so that those of
/// the expression stay balanced; a long one ends in a hash of the whole.
pub(super) fn expression(call: &str) -> NodeKind {
    // It stands in messages, beside other names.
    const LONGEST: usize = 160;
    if call.chars().count() <= LONGEST {
        return called(call);
    }
    // Two calls that begin alike must stay two expressions, or they would compare as equal.
    let hash = hex(&Sha256::digest(call.as_bytes()));
    let hash: String = hash.chars().take(12).collect();
    let short: String = call.chars().take(LONGEST).collect();
    let short = short.replace("${", "").replace(['{', '}'], "");
    called(&format!("{short}… #{hash}"))
}

fn called(call: &str) -> NodeKind {
    let symbol = Symbol {
        referent: Referent::Call(call.to_owned()),
        nature: Nature::Any,
    };
    NodeKind::Symbolic(Expression::of(format!("${{{call}}}"), symbol))
}

pub(super) fn write_argument(node: &Node, text: &mut String) {
    match &node.kind {
        NodeKind::List(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push_str(", ");
                }
                write_argument(item, text);
            }
            text.push(']');
        }
        NodeKind::Map(entries) => {
            text.push('(');
            for (at, (key, value)) in entries.iter().enumerate() {
                if at > 0 {
                    text.push_str(", ");
                }
                text.push_str(&key.replace(['{', '}'], ""));
                text.push_str(": ");
                write_argument(value, text);
            }
            text.push(')');
        }
        NodeKind::Symbolic(own) => text.push_str(own.spelling()),
        NodeKind::Null => text.push_str("null"),
        _ => {
            let own = spelling(node).unwrap_or_default();
            text.push_str(&own.spelling().replace(['{', '}'], ""));
        }
    }
}
