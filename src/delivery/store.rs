use serde::{Deserialize, Serialize};

/// Where things lie in the report bucket.
#[derive(Debug, Clone, Copy)]
pub struct Keys;

/// What a marker says about the invocation that claimed an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Marker {
    /// Lambda's request ID: a retry of the same invocation has the same, and may go on.
    pub request_id: String,
    /// When, RFC 3339.
    pub claimed_at: String,
}

impl Keys {
    /// A report without its extension: by distribution, then time.
    #[must_use]
    pub fn report(distribution: &str, judged_at: &str, trigger: &str) -> String {
        let time = judged_at.replace(':', "-");
        let trigger: String = trigger
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(8)
            .collect();
        format!("reports/{}/{time}-{trigger}", safe(distribution))
    }

    /// The last known good config of a distribution.
    #[must_use]
    pub fn last_good(distribution: &str) -> String {
        format!("last-good/{}.json", safe(distribution))
    }

    /// Who made a version of a distribution that is not its last known good one.
    #[must_use]
    pub fn change(distribution: &str, etag: &str) -> String {
        format!("changes/{}/{}.json", safe(distribution), safe(etag))
    }

    /// The marker of an event.
    #[must_use]
    pub fn marker(event_id: &str) -> String {
        format!("events/{}.json", safe(event_id))
    }
}

/// A name as a part of a key: nothing that opens another prefix or needs encoding.
fn safe(name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() || "-_.".contains(c) => c,
            _ => '_',
        })
        .take(200)
        .collect();
    if safe.chars().all(|c| c == '.') {
        "new".to_owned()
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_by_distribution_and_time() {
        assert_eq!(
            Keys::report("E1", "2026-11-23T10:00:00Z", "1111-2222-3333"),
            "reports/E1/2026-11-23T10-00-00Z-11112222"
        );
    }

    #[test]
    fn a_name_cannot_climb_out() {
        assert_eq!(Keys::last_good("../x/y"), "last-good/.._x_y.json");
        assert_eq!(Keys::marker(".."), "events/new.json");
    }
}
