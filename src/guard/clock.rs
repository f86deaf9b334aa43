//! The time of day, for what is stored and reported.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Now, RFC 3339 in UTC, to the second.
pub(super) fn now() -> String {
    rfc3339(OffsetDateTime::now_utc())
}

/// A time as RFC 3339, to the second.
pub(super) fn rfc3339(time: OffsetDateTime) -> String {
    let time = time.replace_nanosecond(0);
    time.ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// A time that was written as RFC 3339.
pub(super) fn time(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}
