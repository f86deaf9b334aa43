//! Every form of a report, made from the report alone: a stored one gives the same bytes.

mod alike;
#[cfg(feature = "cli")]
mod concise;
mod edge;
mod findings_by_place;
#[cfg(feature = "cli")]
mod github;
#[cfg(feature = "cli")]
mod gitlab;
mod html;
#[cfg(feature = "cli")]
pub(super) mod junit;
mod map_excerpt;
pub(super) mod markdown;
mod mermaid;
#[cfg(feature = "cli")]
mod output;
mod overview;
#[cfg(feature = "cli")]
pub(super) mod sarif;
mod sweep_text;
#[cfg(feature = "cli")]
mod terminal;
mod text;
#[cfg(feature = "cli")]
mod wrap;

pub use html::html;
pub use markdown::markdown;
#[cfg(feature = "cli")]
pub use output::{Output, render, schema};
pub use overview::overview;
pub use sweep_text::{digest_block, sweep_text};
#[cfg(feature = "cli")]
pub use terminal::{Look, terminal};
pub use text::{
    changes_text, finding_block, note_line, outside, outside_line, rules_line, text, trigger_lines,
    unknown_line,
};
#[cfg(feature = "cli")]
pub use wrap::{wrapped, wrapped_below};
