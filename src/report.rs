//! The verdict, frozen for readers: one document, and the forms made from it.

mod build;
mod clean;
mod document;
mod links;
mod origins;
mod placed;
mod render;
pub(crate) mod sweep;
#[cfg(feature = "cli")]
mod tally;
#[cfg(test)]
#[cfg(feature = "cli")]
mod tests;
pub mod v1;
mod wording;

pub(crate) use build::trigger;
pub use build::{build, changes};
pub(crate) use clean::Clean;
pub use document::{Document, NotAReport, Several};
#[cfg(feature = "cli")]
pub use render::{Look, Output, render, schema, terminal, wrapped, wrapped_below};
pub use render::{
    changes_text, digest_block, finding_block, html, markdown, note_line, outside, outside_line,
    overview, rules_line, sweep_text, text, trigger_lines, unknown_line,
};
#[cfg(feature = "cli")]
pub use tally::Tally;
