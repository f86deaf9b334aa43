//! The verdict, frozen for readers: one document, and the texts made from it.

mod about;
mod build;
mod clean;
mod document;
mod doubts;
mod drawn;
mod html;
#[cfg(feature = "cli")]
mod junit;
mod links;
mod markdown;
mod mermaid;
mod origins;
#[cfg(feature = "cli")]
mod render;
#[cfg(feature = "cli")]
mod sarif;
#[cfg(feature = "cli")]
mod terminal;
#[cfg(test)]
#[cfg(feature = "cli")]
mod tests;
mod text;
pub mod v1;
mod wording;

pub use build::{Baseline, Judged, Trigger, build, changes};
pub use clean::Clean;
pub use document::{Document, NotAReport, Several};
pub use html::html;
pub use markdown::markdown;
#[cfg(feature = "cli")]
pub use render::{Output, render, schema};
#[cfg(feature = "cli")]
pub use terminal::{Look, terminal};
pub use text::{
    changes_text, finding_block, note_line, rules_line, text, trigger_lines, unknown_line,
};
