//! The verdict, frozen for readers: one document, and the texts made from it.

mod build;
mod document;
mod html;
#[cfg(feature = "cli")]
mod junit;
mod links;
mod markdown;
#[cfg(feature = "cli")]
mod render;
#[cfg(feature = "cli")]
mod sarif;
mod text;
pub mod v1;

pub use build::{Baseline, Judged, Trigger, build};
pub use document::{Document, NotAReport, Several};
pub use html::html;
pub use markdown::markdown;
#[cfg(feature = "cli")]
pub use render::{Output, render, schema};
pub use text::{finding_block, text, trigger_lines, unknown_line};
