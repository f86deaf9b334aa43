//! JSON and YAML as values that know where they stand.

mod node;
mod yaml;

pub use node::{DocumentError, Node, NodeKind, Position};
