//! Many configs, real and bent, against all rules. A binary of its own: it keeps every core busy, and
//! the tests beside it count waves of calls by the clock.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]
#![allow(clippy::print_stdout, reason = "the tables, with --nocapture")]

mod corpus;
mod forms;
mod mutations;
mod offline;
#[path = "../it/scene.rs"]
mod scene;
#[path = "../it/world.rs"]
mod world;
