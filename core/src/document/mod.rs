//! JSON and YAML as values that know where they stand.

mod budget;
mod node;
mod yaml;

pub use budget::{Budget, MOST_VALUES, UsedUp, values_of, weight_of};
pub use node::{DocumentError, Node, NodeKind, Position};
