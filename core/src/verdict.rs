//! Findings and unknowns → pass, block or inconclusive, once a team's waivers are taken off.

mod decide;
mod waive;

pub use decide::{Decision, OnUnknown, PhaseOutcome, Verdict, decide, demote};
pub use waive::{WaiverState, WaiverUse, waive};
