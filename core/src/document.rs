//! JSON and YAML as values that know where they stand.

mod budget;
mod encoding;
mod node;
mod yaml;

pub use budget::{Budget, MOST_VALUES, UsedUp, values_of, weight_of};
pub use encoding::utf8;
pub use node::{DocumentError, Node, NodeKind, Position};
