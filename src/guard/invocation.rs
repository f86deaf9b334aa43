//! How long one invocation has, and what for.

use std::time::{Duration, Instant};

use time::{OffsetDateTime, UtcDateTime};

use super::bounds::{Interrupted, within};
use crate::distribution::AccountId;
use crate::request::RequestId;
use crate::timestamp::Timestamp;

/// What Lambda says about one invocation.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The same when Lambda retries.
    pub request_id: RequestId,
    /// The account that the function is in.
    pub account: Option<AccountId>,
    began: Instant,
    /// When it will be cut off.
    deadline: Instant,
}

impl Invocation {
    /// The longest a Lambda function can run
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html>).
    const LONGEST: Duration = Duration::from_mins(15);
    /// Kept for the answer or the notification, of every invocation that has three times as long: the
    /// shortest that template.yaml lets it have.
    pub(crate) const RESERVE: Duration = Duration::from_secs(5);
    /// Assumed where the runtime's deadline makes no sense, as under local emulators.
    const ASSUMED: Duration = Duration::from_secs(25);

    /// Takes over what Lambda says: the function's ARN, and the deadline in milliseconds since 1970.
    #[must_use]
    pub fn new(request_id: impl Into<RequestId>, function_arn: &str, deadline_ms: u64) -> Self {
        // The deadline is wall time, and everything after this counts on the monotonic clock: a
        // clock that is set during the invocation shortens nothing.
        let now_ms = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
        let left = u64::try_from(i128::from(deadline_ms) - now_ms)
            .map(Duration::from_millis)
            .ok()
            // cargo-lambda's `watch` sends a deadline that is no epoch time, which would give an
            // invocation years.
            .filter(|left| *left <= Self::LONGEST)
            .unwrap_or(Self::ASSUMED);
        // `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME`.
        let account = function_arn.split(':').nth(4);
        // Local emulators have ARNs of their own; without an account the event's is not compared.
        let account = account.and_then(AccountId::parse);
        Self::lasting(request_id, account, left)
    }

    /// One that begins now and is cut off after some time.
    #[must_use]
    pub fn lasting(
        request_id: impl Into<RequestId>,
        account: Option<AccountId>,
        time: Duration,
    ) -> Self {
        let began = Instant::now();
        Self {
            request_id: request_id.into(),
            account,
            began,
            deadline: began + time,
        }
    }

    /// When it will be cut off.
    pub(super) fn runs_until(&self) -> Timestamp {
        let left = self.deadline.saturating_duration_since(Instant::now());
        Timestamp::of(UtcDateTime::now() + left)
    }

    /// When it ends for everything but a log line.
    pub(super) fn ends(&self) -> Instant {
        const LOG_LINE: Duration = Duration::from_millis(100);
        self.deadline.checked_sub(LOG_LINE).unwrap_or(self.deadline)
    }

    /// The end of a share of the time that is left until then, such as 3/4.
    pub(super) fn share(&self, (parts, of): (u32, u32)) -> Instant {
        let now = Instant::now();
        now + self.ends().saturating_duration_since(now) * parts / of
    }

    /// When judging ends, so that there is time left for the answer or the notification.
    pub(super) fn judging_until(&self) -> Instant {
        self.began + self.budget()
    }

    /// When probes give up, so that there is time left to judge by what is known, and to store that.
    pub(super) fn probing_until(&self) -> Instant {
        const STORING: Duration = Duration::from_secs(4);
        let budget = self.budget();
        // A third at most, so that a short time-out still leaves most of its time to the probes.
        self.began + budget.saturating_sub(STORING.min(budget / 3))
    }

    /// How long judging may take in all.
    fn budget(&self) -> Duration {
        let all = self.deadline.saturating_duration_since(self.began);
        // The same for the reserve: at three times RESERVE and above it is whole, below it shrinks
        // with the time-out instead of using it up.
        all.saturating_sub(Self::RESERVE.min(all / 3))
    }

    /// Waits for what the verdict can do without, such as what the guard stores itself: it holds up at
    /// most a quarter of judging.
    pub(super) async fn patiently<T>(
        &self,
        reading: impl Future<Output = T>,
    ) -> Result<T, Interrupted> {
        const PATIENCE: Duration = Duration::from_secs(3);
        let limit = PATIENCE.min(self.budget() / 4);
        within(Instant::now() + limit, reading).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lasting(milliseconds: u64) -> Invocation {
        Invocation::lasting("r", None, Duration::from_millis(milliseconds))
    }

    #[test]
    fn a_deadline_that_makes_no_sense_is_assumed() {
        for deadline_ms in [0, 60, u64::MAX] {
            let invocation = Invocation::new("r", "", deadline_ms);
            assert_eq!(invocation.deadline - invocation.began, Invocation::ASSUMED);
        }
    }

    #[test]
    fn some_time_is_kept_for_the_answer() {
        for (milliseconds, judging) in [(3_000, 2_000), (60_000, 55_000)] {
            let invocation = lasting(milliseconds);
            let time = invocation.judging_until() - invocation.began;
            assert_eq!(time, Duration::from_millis(judging));
        }
    }

    /// The first calls may take long.
    #[test]
    fn the_ends_stay_where_they_are_while_time_goes_by() {
        let began = Instant::now().checked_sub(Duration::from_secs(9)).unwrap();
        let late = Invocation {
            began,
            deadline: began + Duration::from_secs(15),
            ..lasting(0)
        };
        assert_eq!(late.judging_until() - began, Duration::from_secs(10));
        let probing = late.probing_until() - began;
        assert_eq!(probing.as_millis(), 6_666);
    }

    #[test]
    fn probes_end_before_judging_does() {
        for (milliseconds, least) in [(900, 100), (3_000, 500), (60_000, 3_000)] {
            let invocation = lasting(milliseconds);
            let left = invocation.judging_until() - invocation.probing_until();
            assert!(left > Duration::from_millis(least), "{left:?}");
        }
    }
}
