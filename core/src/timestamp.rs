//! An instant, as it is stored and reported.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime, UtcDateTime};

/// An instant to the second, written in UTC as RFC 3339 has it: `2027-03-31T09:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(UtcDateTime);

/// Why a text is no timestamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time such as 2027-03-31T09:00:00Z")]
pub struct TimestampError(String);

impl Timestamp {
    /// An instant, without what is less than a second of it.
    #[must_use]
    pub fn of(instant: UtcDateTime) -> Self {
        // Each second has a nanosecond 0.
        Self(instant.replace_nanosecond(0).unwrap_or(instant))
    }

    /// Reads RFC 3339, of any offset.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        // An offset can move the first and the last hours out of the years that can be written, and
        // events hold any text.
        let instant = instant.checked_to_utc()?;
        (instant.year() >= 0).then(|| Self::of(instant))
    }

    /// How long it was before an instant.
    #[must_use]
    pub fn age(self, now: OffsetDateTime) -> Duration {
        now - OffsetDateTime::from(self.0)
    }

    /// The seconds since 1970.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.unix_timestamp()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimestampError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(TimestampError(text))
    }
}

impl From<Timestamp> for String {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.to_string()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.format(&Rfc3339) {
            Ok(text) => f.write_str(&text),
            // Of a clock that is set before the year 0: to print it must not panic.
            Err(_) => self.0.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_in_utc_to_the_second() {
        for text in [
            "2026-11-23T10:00:00Z",
            "2026-11-23T10:00:00.75Z",
            "2026-11-23T10:00:00+00:00",
            "2026-11-23T11:30:00+01:30",
        ] {
            let timestamp = Timestamp::parse(text).unwrap();
            assert_eq!(timestamp.to_string(), "2026-11-23T10:00:00Z", "{text}");
            let json = serde_json::to_string(&timestamp).unwrap();
            assert_eq!(json, "\"2026-11-23T10:00:00Z\"");
            assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), timestamp);
        }
    }

    #[test]
    fn what_cannot_be_written_is_none() {
        for text in [
            "",
            "today",
            "2026-11-23",
            "2026-11-23T10:00:00",
            "9999-12-31T23:59:59-01:00",
            "0000-01-01T00:00:00+01:00",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
        let error = serde_json::from_str::<Timestamp>("\"today\"").unwrap_err();
        assert!(
            error.to_string().contains("`today` is not a time"),
            "{error}"
        );
    }

    #[test]
    fn a_later_one_is_greater() {
        let [first, second] =
            ["2026-11-23T10:00:00Z", "2026-11-23T10:00:01Z"].map(Timestamp::parse);
        assert!(first < second);
        assert!(None < first, "what has no time is before all that has");
    }
}
