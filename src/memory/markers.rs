use serde::{Deserialize, Serialize};

/// Where things lie in the report bucket.
#[derive(Debug, Clone, Copy)]
pub struct Keys;

/// A report that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where its JSON lies, `s3://bucket/key`, for scripts.
    pub address: String,
    /// Where the AWS console shows its HTML page, for people; absent where that address is not known.
    pub page: Option<String>,
}

impl Stored {
    /// A report below this key, without its extension, in a bucket of a region.
    #[must_use]
    pub fn at(bucket: &str, key: &str, region: Option<&str>) -> Self {
        Self {
            address: format!("s3://{bucket}/{key}.json"),
            page: region.and_then(|region| console(bucket, &format!("{key}.html"), region)),
        }
    }
}

/// The page of an object in the AWS console. AWS documents no address of it, so there is none for
/// partitions where it was not seen in use. Nothing in our keys needs encoding.
fn console(bucket: &str, key: &str, region: &str) -> Option<String> {
    let host = match region.split('-').collect::<Vec<_>>().as_slice() {
        ["us", "gov", ..] => "console.amazonaws-us-gov.com".to_owned(),
        ["cn" | "eusc", ..] => return None,
        [_, second, ..] if second.starts_with("iso") => return None,
        _ => format!("{region}.console.aws.amazon.com"),
    };
    Some(format!(
        "https://{host}/s3/object/{bucket}?region={region}&prefix={key}"
    ))
}

/// What a marker says about an event: which invocation has claimed it, and what it has told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Marker {
    /// Lambda's request ID: a retry of the same invocation has the same.
    pub request_id: String,
    /// When, RFC 3339.
    pub claimed_at: String,
    /// When that invocation is over for certain, RFC 3339 to the second; empty once it has failed.
    pub runs_until: String,
    /// What went out so far.
    pub told: Told,
}

/// What of an event went out, by any of its deliveries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each goes out, or not, on its own"
)]
pub struct Told {
    /// The notification.
    pub notification: bool,
    /// The report on the event bus.
    pub event: bool,
    /// That the change could not be judged; it is tried again.
    pub unjudged: bool,
    /// All that there was to tell: whoever comes later has nothing to do.
    pub all: bool,
}

impl Marker {
    /// Reads a marker; one that cannot be read says nothing, and so keeps nothing back.
    #[must_use]
    pub fn from_json(content: &[u8]) -> Self {
        serde_json::from_slice(content).unwrap_or_default()
    }

    /// The marker as it is stored.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether an invocation may take the event over `now`: the one that claimed it has failed or is
    /// over, or it is the same one, which Lambda tries again.
    #[must_use]
    pub fn yields_to(&self, request_id: &str, now: &str) -> bool {
        // Both in UTC and to the second, so that they sort as texts.
        self.request_id == request_id || self.runs_until.as_str() < now
    }
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
    fn a_marker_yields_to_its_own_retry_and_to_others_once_its_invocation_is_over() {
        let marker = Marker {
            request_id: "first".to_owned(),
            runs_until: "2026-11-23T10:01:00Z".to_owned(),
            ..Marker::default()
        };
        let (running, over) = ("2026-11-23T10:01:00Z", "2026-11-23T10:01:01Z");
        assert!(marker.yields_to("first", running));
        assert!(!marker.yields_to("second", running));
        assert!(marker.yields_to("second", over));
        let failed = Marker {
            runs_until: String::new(),
            ..marker
        };
        assert!(failed.yields_to("second", running));
    }

    #[test]
    fn a_marker_is_read_as_it_was_written_and_else_says_nothing() {
        let marker = Marker {
            request_id: "first".to_owned(),
            told: Told {
                notification: true,
                ..Told::default()
            },
            ..Marker::default()
        };
        assert_eq!(Marker::from_json(&marker.to_json()), marker);
        assert_eq!(Marker::from_json(b"not json"), Marker::default());
    }

    #[test]
    fn people_get_the_page_where_its_address_is_known() {
        let at = |region| Stored::at("reports", "reports/E1/x", Some(region));
        let stored = at("eu-west-1");
        assert_eq!(stored.address, "s3://reports/reports/E1/x.json");
        assert_eq!(
            stored.page.as_deref(),
            Some(
                "https://eu-west-1.console.aws.amazon.com/s3/object/reports?region=eu-west-1&prefix=reports/E1/x.html"
            )
        );
        assert_eq!(
            at("us-gov-west-1").page.as_deref(),
            Some(
                "https://console.amazonaws-us-gov.com/s3/object/reports?region=us-gov-west-1&prefix=reports/E1/x.html"
            )
        );
        for region in [
            "cn-north-1",
            "us-iso-east-1",
            "eu-isoe-west-1",
            "eusc-de-east-1",
        ] {
            assert_eq!(at(region).page, None, "{region}");
        }
        assert_eq!(Stored::at("reports", "x", None).page, None);
    }

    #[test]
    fn a_name_cannot_climb_out() {
        assert_eq!(Keys::last_good("../x/y"), "last-good/.._x_y.json");
        assert_eq!(Keys::marker(".."), "events/new.json");
    }
}
