//! JSON and YAML as values that know where they stand.
//!
//! A package of its own, since the function as a whole is built to be small, and the parsers' generic
//! code is built like the package that uses it: reading a template of 1 MB would take three times as long.

mod node;
mod yaml;

pub use node::{DocumentError, Node, NodeKind, Position};
