//! The verdict, frozen for readers: one document, and the texts made from it.

mod build;
mod markdown;
mod text;
pub mod v1;

pub use build::{Baseline, Judged, Trigger, build, changes};
pub use markdown::markdown;
pub use text::{changes_text, finding_block, text, trigger_lines, unknown_line};
