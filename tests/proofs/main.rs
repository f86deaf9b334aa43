//! Many configs, real and bent, against all rules. A binary of its own: it keeps every core busy, and
//! the tests beside it count waves of calls by the clock.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]
#![allow(clippy::print_stdout, reason = "the tables, with --nocapture")]

/// Rules on the form that a document has, of which each format has its own. `core/src/model/tests.rs` breaks
/// every member of the model in every way.
const OF_THE_FORM: [&str; 7] = [
    "unknown-member",
    "missing-member",
    "wrong-type",
    "unknown-enum-value",
    "length-out-of-range",
    "missing-update-member",
    "missing-cache-policy",
];

mod corpus;
mod forms;
mod mutations;
mod offline;
#[path = "../it/scene.rs"]
mod scene;
#[path = "../it/world.rs"]
mod world;
