//! Every way into the guard, against a strict double of AWS: one binary, so that the SDK is linked once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]
#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "the keys are ours"
)]

mod access;
mod audit;
mod audit_delivery;
mod bad_input;
mod budgets;
mod cases_in_account;
mod cases_offline;
mod cloudfront_errors;
mod command_line;
mod condition_values;
mod contract;
mod custom_origins;
mod documents;
mod edge_report;
mod explain;
mod faults;
mod field;
mod field_kinds;
mod gate;
mod hostile;
mod house;
mod identity;
mod invocations;
mod lists;
mod logs;
mod matrix;
mod memory;
mod partitions;
mod patience;
mod peers;
mod permissions;
mod promises;
mod reports;
mod resources;
mod rollout;
#[allow(dead_code, reason = "shared with the proofs, which modify more")]
mod scene;
mod sections;
mod sensitive;
mod stacks;
mod stage;
mod sweep;
mod templates;
mod terminal;
mod trace;
mod uses;
mod verify;
mod verify_edge;
mod whole;
#[allow(dead_code, reason = "shared with the proofs, which modify more")]
mod world;
