//! What is logged: lines of JSON, the guard's own, and of the crates below it only their errors.

use tracing::level_filters::LevelFilter;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::prelude::*;

/// Writes what the guard logs from `level` on.
pub fn subscriber<W>(level: Level, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(writer);
    let own = Targets::new()
        // Below `info` the SDK's own logs hold access keys.
        .with_default(Level::ERROR)
        // It would log a failed invocation again.
        .with_target("lambda_runtime::layers::panic", LevelFilter::OFF)
        .with_target("origin_guard", level)
        .with_target("bootstrap", level);
    tracing_subscriber::registry().with(lines).with(own)
}
