//! What the edge is asked after a deployment, and what its answers prove about the origins.
//!
//! ```text
//! live config + contract ─► questions ─► (the caller asks) ─► seen + facts ─► judge ─► results ─► rules of phase `edge`
//! ```
//!
//! A caller makes an [`Entrance`] of the live config, takes its [`questions`], asks each [`Question`] as it
//! stands there and hands back what was [`Seen`], in the same order. It follows no redirect, reads a bounded
//! body, and puts down an [`EdgeFailure`] where there is no answer. [`judge`] needs the facts of the same
//! distribution: a denial is proven by the access rules and never by the answer alone.

mod entrance;
mod judge;
mod question;
#[cfg(test)]
mod tests;

pub use crate::outcome::{EdgeOutcome, EdgeResult};
pub use entrance::{EdgeHost, Entrance, Nonce, StagingHeader};
pub use judge::{Answered, EdgeFailure, Seen, judge};
pub use question::{Ask, Made, NotAsked, ObjectAsked, Question, Why, questions, switched_off};
