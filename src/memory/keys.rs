//! Where objects are in the report bucket.

use crate::delivery::ReportKey;
use crate::distribution::{AccountId, DistributionId, ETag};
use crate::ports::ObjectKey;
use crate::request::TriggerId;
use crate::sweep::{RunId, Shard};
use crate::timestamp::Timestamp;

/// A report without its extension: by distribution, then time.
#[must_use]
pub(crate) fn report(distribution: &str, judged_at: Timestamp, trigger: &TriggerId) -> ReportKey {
    // Colons need encoding in URLs, and are not allowed in file names on Windows.
    let time = judged_at.to_string().replace(':', "-");
    let trigger: String = trigger
        .as_str()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        // The trigger's ID only keeps two reports of one second apart; the whole UUID would bury
        // the time.
        .take(8)
        .collect();
    ReportKey::from(format!("reports/{}/{time}-{trigger}", safe(distribution)))
}

/// The last known good config of a distribution.
#[must_use]
pub(crate) fn last_good(distribution: &DistributionId) -> ObjectKey {
    ObjectKey::from(format!("last-good/{}.json", safe(distribution.as_str())))
}

/// Who made a version of a distribution that is not its last known good one.
#[must_use]
pub(crate) fn change(distribution: &DistributionId, etag: &ETag) -> ObjectKey {
    let (distribution, etag) = (safe(distribution.as_str()), safe(etag.as_str()));
    ObjectKey::from(format!("changes/{distribution}/{etag}.json"))
}

/// One part of the index of who uses what.
#[must_use]
pub(crate) fn index(shard: usize) -> ObjectKey {
    ObjectKey::from(format!("index/v1/{shard:02}.json"))
}

/// The marker of a job or an event.
#[must_use]
pub(crate) fn marker(trigger: &TriggerId) -> ObjectKey {
    ObjectKey::from(format!("events/{}.json", safe(trigger.as_str())))
}

/// Which job took a turn of a verification's run. `token` distinguishes a token that was changed, so that
/// it takes no turn from the one that was given.
#[must_use]
pub(crate) fn turn(run: &TriggerId, turn: u32, token: &str) -> ObjectKey {
    ObjectKey::from(format!(
        "runs/{}/{turn}-{}.json",
        safe(run.as_str()),
        safe(token)
    ))
}

/// How a turn of a verification's run ended: with the next token, or the run with it.
#[must_use]
pub(crate) fn outcome(run: &TriggerId, turn: u32) -> ObjectKey {
    ObjectKey::from(format!("runs/{}/{turn}.json", safe(run.as_str())))
}

/// What a sweep came to, without its extension, among the reports.
#[must_use]
pub(crate) fn sweep(ended: Timestamp, run: &RunId) -> ReportKey {
    report("sweeps", ended, &TriggerId::from(run.as_str()))
}

/// A part of what sweeps of an account know.
#[must_use]
pub(crate) fn sweep_state(account: AccountId, shard: Shard) -> ObjectKey {
    ObjectKey::from(format!("sweeps/{account}/state-{}.json", shard.number()))
}

/// The same where it could not be read, kept for a person.
#[must_use]
pub(crate) fn unreadable_sweep_state(account: AccountId, shard: Shard, at: Timestamp) -> ObjectKey {
    let time = at.to_string().replace(':', "-");
    let number = shard.number();
    ObjectKey::from(format!(
        "sweeps/{account}/unreadable/state-{number}-{time}.json"
    ))
}

/// How far a sweep has come.
#[must_use]
pub(crate) fn sweep_progress(account: AccountId, run: &RunId) -> ObjectKey {
    ObjectKey::from(format!("runs/sweep-{account}-{}.json", safe(run.as_str())))
}

/// A name as a part of a key: nothing that opens another prefix or needs encoding.
fn safe(name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() || "-_.".contains(c) => c,
            _ => '_',
        })
        // An S3 key has at most 1,024 bytes; IDs from a candidate have no such bound.
        .take(200)
        .collect();
    // `.` and `..` as parts of a key are resolved away by browsers and many clients. An empty name
    // comes here too: a distribution that does not exist yet.
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
        let judged_at = Timestamp::parse("2026-11-23T10:00:00Z").unwrap();
        assert_eq!(
            report("E1", judged_at, &"1111-2222-3333".into()).as_str(),
            "reports/E1/2026-11-23T10-00-00Z-11112222"
        );
    }

    #[test]
    fn a_name_cannot_climb_out() {
        assert_eq!(
            last_good(&"../x/y".into()).as_str(),
            "last-good/.._x_y.json"
        );
        assert_eq!(marker(&"..".into()).as_str(), "events/new.json");
    }
}
