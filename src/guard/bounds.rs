//! The one place in which work is bounded: what hangs or panics must not keep a job unanswered.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::future::{FutureExt as _, LocalBoxFuture};
use tokio::time::timeout_at;

/// Why work did not come to its own end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Interrupted {
    /// It panicked, which is a bug.
    #[error("an internal error in Origin Guard")]
    Panicked,
    /// Its time was up.
    #[error("the time for it was up")]
    TimeUp,
}

/// Does work until `until`. It is boxed: without optimization, each function that a large future is
/// handed through has room for all of it on the stack.
pub(super) fn within<'w, T>(
    until: Instant,
    work: impl Future<Output = T> + 'w,
) -> LocalBoxFuture<'w, Result<T, Interrupted>> {
    // Safe to assert: after a panic only the answer is made, of what the work did not change. The
    // release profile unwinds for this; with `panic = "abort"` a job would stay unanswered.
    let work = AssertUnwindSafe(work).catch_unwind();
    let bounded = async move {
        match timeout_at(until.into(), work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_panic)) => Err(Interrupted::Panicked),
            Err(_elapsed) => Err(Interrupted::TimeUp),
        }
    };
    bounded.boxed_local()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_that_hangs_or_panics_ends() {
        let until = (tokio::time::Instant::now() + Duration::from_secs(1)).into_std();
        assert_eq!(within(until, async { 7 }).await, Ok(7));
        let hangs = within(until, std::future::pending::<()>()).await;
        assert_eq!(hangs, Err(Interrupted::TimeUp));
        let panics = within(until, async { panic!("as in a bug") }).await;
        assert_eq!(panics.map(|()| 7), Err(Interrupted::Panicked));
    }
}
