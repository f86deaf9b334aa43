//! Origin Guard judges a CloudFront config before it is deployed, and explains the update that
//! failed. It does so in two phases: the origin map first, then the behaviors that need it.
//!
//! # The way of one invocation
//!
//! ```text
//! event ─► request ─► candidate (+ baseline) ─► facts ─┃─► origin map ─► behaviors ─► verdict ─► report ─┃─► delivery
//! ```
//!
//! [`guard`] does that. [`ports`] and [`facts`] say what they need of the outside as
//! traits; only [`aws`] knows an SDK, and only [`network`] speaks to origins. What judges,
//! between the bars, is the package `origin-guard-core`, whose modules are shown here as our own: no
//! I/O, no clock, no panic, the same output for the same input.
//!
//! # Invariants
//!
//! - A job of CodePipeline is answered exactly once, on every path.
//! - What could not be checked is an [`facts::Unknown`]: never an error, never a pass.
//! - A rule that wants to know something asks for a fact; it never makes a call itself.
//! - Phase 2 takes the [`rules::OriginMap`] that phase 1 built, so it cannot run before it.
//! - Credentials and origin header values have no way into a report or a log: the types that carry
//!   them don't print, and header values are read to be compared only.
//! - There is no second reader of configs: file, event, live and last known good go through
//!   [`candidate::read_node`].

pub use origin_guard_core::{
    candidate, change, contract, day, digest, distribution, document, edge, error, facts, finding,
    model, nearest, outcome, plain, policy, rule, rules, sweep, timestamp, trace, uses, verdict,
};

pub mod aws;
pub mod cost;
pub mod delivery;
#[cfg(feature = "cli")]
pub mod demo;
pub mod guard;
pub mod judged;
pub mod log;
mod memory;
pub mod network;
pub mod ports;
pub mod refusal;
pub mod report;
pub mod request;
pub mod settings;
