//! The time of day, for what is stored and reported.

use time::UtcDateTime;

use crate::timestamp::Timestamp;

/// Now, to the second.
pub(super) fn now() -> Timestamp {
    Timestamp::of(UtcDateTime::now())
}
