//! A day of the calendar.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// A day, written as `2027-03-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl Day {
    /// The day in UTC on which an instant is.
    #[must_use]
    pub fn of(instant: OffsetDateTime) -> Self {
        // In UTC wherever the function is, so that a waiver ends at the same moment in every
        // region.
        Self(instant.to_utc().date())
    }
}

impl FromStr for Day {
    type Err = time::error::Parse;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Date::parse(text, format_description!("[year]-[month]-[day]")).map(Self)
    }
}

impl TryFrom<String> for Day {
    type Error = time::error::Parse;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn is_read_and_written_in_one_form() {
        let day: Day = "2027-03-01".parse().unwrap();
        assert_eq!(day.to_string(), "2027-03-01");
        for wrong in ["2027-02-30", "2027-3-1", "27-03-01", "2027-03-01T00:00", ""] {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn is_the_day_in_utc() {
        let night = datetime!(2027-03-01 23:30 -1);
        assert_eq!(Day::of(night), "2027-03-02".parse().unwrap());
    }
}
