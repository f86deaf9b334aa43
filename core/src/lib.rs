//! What Origin Guard judges by: no I/O, no clock, no panic, the same output for the same input. This
//! package depends on nothing that could reach AWS or the network.
//!
//! ```text
//! document ─► candidate ─► distribution ─┐
//!                                  facts ┴─► origin map ─► behaviors ─► verdict
//! ```
//!
//! What must be known of the outside is said as a trait, [`facts::Probes`].

#![cfg_attr(
    not(test),
    warn(
        clippy::indexing_slicing,
        reason = "an index that is wrong would be a job that is not answered"
    )
)]

pub mod candidate;
pub mod change;
pub mod contract;
pub mod day;
pub mod digest;
pub mod distribution;
pub mod document;
pub mod edge;
pub mod error;
pub mod facts;
pub mod finding;
mod ids;
pub mod model;
pub mod nearest;
pub mod outcome;
pub mod plain;
pub mod policy;
pub mod rule;
pub mod rules;
pub mod sweep;
pub mod timestamp;
pub mod trace;
pub mod uses;
pub mod verdict;
