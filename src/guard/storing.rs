//! The report of an invocation in the report bucket, and what the invocation returns.

use std::time::Instant;

use serde_json::{Value, json};

use super::bounds::within;
use crate::delivery::{ReportKey, Stored};
use crate::memory::reports;
use crate::ports::Memory;
use crate::report::Document;

/// Stores a report, if that takes no longer than `until`.
///
/// `expected` is where it is to be, or why nowhere. Returns where it is: that only says more, and
/// changes no verdict.
pub(super) async fn store(
    memory: &impl Memory,
    key: &ReportKey,
    expected: Result<Stored, String>,
    report: &Document,
    until: Instant,
) -> Result<Stored, String> {
    let expected = expected?;
    let problem = match within(until, reports::store(memory, key, report)).await {
        Ok(Ok(has_page)) => {
            // A link to a page that was not written would answer 403 or 404, and read like a
            // missing permission.
            let page = expected.page.filter(|_| has_page);
            return Ok(Stored { page, ..expected });
        }
        Ok(Err(error)) => error.to_string(),
        Err(interrupted) => interrupted.to_string(),
    };
    // An error in the log and not of the invocation: the verdict holds without the report.
    tracing::error!(key = key.as_str(), error = problem, "report not stored");
    Err(format!("not stored: {problem}"))
}

/// What an invocation returns to a synchronous caller.
pub(super) fn outcome(report: &Document, stored: &Result<Stored, String>) -> Value {
    let place = match stored {
        Ok(stored) => &stored.address,
        Err(why) => why,
    };
    json!({
        "verdict": report.verdict(),
        "summary": report.summary(),
        "distribution": report.name(),
        "report": place,
    })
}
