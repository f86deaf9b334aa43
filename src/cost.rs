//! What an invocation costs: requests, and the waves that they go out in.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cost {
    /// Requests by `service:Operation`, retries included.
    pub calls: BTreeMap<String, u32>,
    /// Sequential round trips: a wave begins when a request goes out while none is in flight.
    pub waves: u32,
    /// Wall time since the counter was made.
    pub elapsed: Duration,
}

/// Counts the requests of one session.
///
/// Clients outlive sessions, and their interceptors are not handed what called them. The task is what
/// both have in common, so a counter holds for the work that it is given to [`Counter::count`].
#[derive(Debug, Clone)]
pub struct Counter(Arc<Mutex<Count>>);

#[derive(Debug)]
struct Count {
    cost: Cost,
    in_flight: u32,
    began: Instant,
}

tokio::task_local! {
    static COUNTER: Counter;
}

impl Counter {
    /// Begins to count.
    #[must_use]
    pub fn start() -> Self {
        Self(Arc::new(Mutex::new(Count {
            cost: Cost::default(),
            in_flight: 0,
            began: Instant::now(),
        })))
    }

    /// Does work, and counts the requests that it makes.
    pub async fn count<T>(&self, work: impl Future<Output = T>) -> T {
        COUNTER.scope(self.clone(), work).await
    }

    /// The counter of the work that is being done; none outside of [`Counter::count`].
    #[must_use]
    pub fn of_task() -> Option<Self> {
        COUNTER.try_with(Self::clone).ok()
    }

    /// A request goes out; it is in flight until what is returned is dropped.
    #[must_use]
    pub fn begin(&self, call: String) -> InFlight {
        let mut count = self.lock();
        // Overlapping requests wait together, so only one that begins after a pause adds to the
        // latency.
        if count.in_flight == 0 {
            count.cost.waves += 1;
        }
        count.in_flight += 1;
        *count.cost.calls.entry(call).or_default() += 1;
        InFlight(self.clone())
    }

    /// What was counted so far.
    #[must_use]
    pub fn cost(&self) -> Cost {
        let count = self.lock();
        Cost {
            elapsed: count.began.elapsed(),
            ..count.cost.clone()
        }
    }

    fn lock(&self) -> MutexGuard<'_, Count> {
        // Counters have no state that a panic could leave half made, and a report without its cost
        // is worse than one with a count too low.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request in flight.
#[derive(Debug)]
pub struct InFlight(Counter);

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut count = self.0.lock();
        count.in_flight = count.in_flight.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join;

    use super::*;

    #[tokio::test]
    async fn each_session_counts_its_own_requests() {
        let ask = async |name: &str| {
            let request = Counter::of_task().map(|counter| counter.begin(name.to_owned()));
            tokio::task::yield_now().await;
            drop(request);
        };
        let (one, other) = (Counter::start(), Counter::start());
        let both = async {
            ask("s3:GetObject").await;
            join(ask("s3:HeadBucket"), ask("s3:HeadBucket")).await;
        };
        join(one.count(both), other.count(ask("sns:Publish"))).await;
        ask("sts:GetCallerIdentity").await;
        let calls = |counter: &Counter| {
            let Cost { calls, waves, .. } = counter.cost();
            (Vec::from_iter(calls), waves)
        };
        let of_one = vec![
            ("s3:GetObject".to_owned(), 1),
            ("s3:HeadBucket".to_owned(), 2),
        ];
        assert_eq!(calls(&one), (of_one, 2));
        assert_eq!(calls(&other), (vec![("sns:Publish".to_owned(), 1)], 1));
    }
}
