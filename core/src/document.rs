//! JSON and YAML as values that know where they stand.

mod budget;
mod encoding;
mod expression;
mod node;
mod parse;
mod pointer;
mod symbol;
mod yaml;

pub use budget::{Budget, MOST_VALUES, UsedUp, values_of, weight_of};
pub use encoding::utf8;
pub use expression::{Expression, ExpressionPart, Open, is_open};
pub use node::{DocumentError, Node, NodeKind, Position};
pub use parse::parse;
pub use pointer::Pointer;
pub use symbol::{Nature, Referent, Symbol};
