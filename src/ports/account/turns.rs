//! How much of an account's request rate the probes of one session take.

use tokio::sync::{Semaphore, SemaphorePermit};

/// How many requests probes send at the same time, and in all.
#[derive(Debug)]
pub struct Turns {
    at_once: Semaphore,
    left: Semaphore,
    in_all: usize,
}

/// All requests of a session were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "all {0} requests that the probes of one invocation may send are sent; ORIGIN_GUARD_MAX_SUBJECTS raises that"
)]
pub struct UsedUp(usize);

impl Turns {
    /// So many at the same time, and in all.
    #[must_use]
    pub fn of(at_once: usize, in_all: usize) -> Self {
        Self {
            at_once: Semaphore::new(at_once.min(Semaphore::MAX_PERMITS)),
            left: Semaphore::new(in_all.min(Semaphore::MAX_PERMITS)),
            in_all,
        }
    }

    /// Waits until one more request may be sent; it is in flight until the permit is dropped.
    ///
    /// # Errors
    /// If so many were sent already.
    pub async fn take(&self) -> Result<SemaphorePermit<'_>, UsedUp> {
        let used_up = UsedUp(self.in_all);
        self.left.try_acquire().map_err(|_| used_up)?.forget();
        // It is never closed.
        self.at_once.acquire().await.map_err(|_| used_up)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::FutureExt as _;

    use super::*;

    #[test]
    fn requests_wait_for_their_turn_and_end_at_the_total() {
        let turns = Turns::of(1, 2);
        let first = turns.take().now_or_never().unwrap().unwrap();
        assert!(turns.take().now_or_never().is_none(), "one at a time");
        drop(first);
        let used_up = turns.take().now_or_never().unwrap().unwrap_err();
        assert!(used_up.to_string().contains("all 2 requests"), "{used_up}");
    }
}
