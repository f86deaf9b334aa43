//! How far a deployment is: what is live, against what was to be deployed and what there was.

use crate::candidate::{Candidate, Live};
use crate::change::{Difference, Open, Sameness, difference, sameness};
use crate::memory::last_good::LastGood;
use crate::request::{Continuation, Left};

/// What is compared.
#[derive(Debug, Clone, Copy)]
pub(in crate::guard) struct Seen<'a> {
    /// What CloudFront runs.
    pub live: &'a Live,
    /// What was to be deployed; without it, what is live is.
    pub candidate: Option<&'a Candidate>,
    /// The last known good config, where one is stored and can be read.
    pub last_good: Option<&'a LastGood>,
    /// What an earlier look at the same deployment has seen.
    pub before: Option<&'a Continuation>,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::guard) enum State {
    /// The candidate is not live yet.
    Before,
    /// It is live, and CloudFront is deploying it.
    Deploying,
    /// It is live in all edge locations.
    Deployed,
    /// Something else is live.
    Other(Other),
}

/// What is live in the place of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::guard) enum Other {
    /// What the candidate does not say.
    Config(Box<Difference>),
    /// The candidate was live before.
    Undone(Box<Difference>),
    /// Another version than when the verification began, of which no candidate is named.
    Version,
}

/// How far a deployment is.
pub(in crate::guard) fn state(seen: &Seen<'_>) -> State {
    let Some(candidate) = seen.candidate else {
        return match seen.before {
            Some(before) if before.etag != seen.live.etag => State::Other(Other::Version),
            _ => deployment(seen.live),
        };
    };
    let difference = difference(&candidate.distribution, &seen.live.distribution);
    if difference.sameness() != Sameness::Different {
        return deployment(seen.live);
    }
    let was_live = seen.before.is_some_and(|it| it.left == Left::Deployment);
    if was_live {
        State::Other(Other::Undone(Box::new(difference)))
    } else if is_before(seen, candidate) {
        State::Before
    } else {
        State::Other(Other::Config(Box::new(difference)))
    }
}

fn deployment(live: &Live) -> State {
    if live.is_deployed {
        State::Deployed
    } else {
        State::Deploying
    }
}

/// Whether what is live, and is not the candidate, is what there was before its deployment.
fn is_before(seen: &Seen<'_>, candidate: &Candidate) -> bool {
    let etag = &seen.live.etag;
    let is_good = seen.last_good.is_some_and(|good| {
        good.etag == *etag || sameness(&good.config, &seen.live.distribution) != Sameness::Different
    });
    // The version that the run began with; else the one that the candidate says it was made from.
    let before = seen.before.map(|before| &before.etag);
    let before = before.or(candidate.distribution.etag.as_ref());
    match before {
        Some(before) => is_good || before == etag,
        // Nothing says what there was: what the run begins with is held to be that.
        None => is_good || seen.last_good.is_none(),
    }
}

/// What of a candidate could not be compared with what is live, in a sentence.
pub(in crate::guard) fn left_open(seen: &Seen<'_>) -> Option<String> {
    /// So many are named; the rest are counted.
    const SHOWN: usize = 3;
    let candidate = seen.candidate?;
    let open = difference(&candidate.distribution, &seen.live.distribution).open;
    if open.is_empty() {
        return None;
    }
    let shown: Vec<String> = open.iter().take(SHOWN).map(Open::what).collect();
    let more = match open.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "live is the candidate `{}` in all that can be compared; what is hidden or was decided by the \
         deployment was not compared: {}{more}",
        candidate.provenance.document,
        shown.join("; ")
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::macros::utc_datetime;

    use super::*;
    use crate::candidate::{Source, read_document};
    use crate::memory::last_good::Stamp;
    use crate::timestamp::Timestamp;

    fn config(root: &str) -> Value {
        json!({"DefaultRootObject": root, "Enabled": true, "Comment": "",
            "Origins": {"Quantity": 1, "Items": [{"Id": "a", "DomainName": "a.example.com",
                "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}]},
            "DefaultCacheBehavior": {"TargetOriginId": "a", "ViewerProtocolPolicy": "https-only"}})
    }

    fn candidate(root: &str) -> Candidate {
        let text = config(root).to_string();
        read_document(Source::Artifact, "distribution.json", text.as_bytes()).unwrap()
    }

    fn live(root: &str, etag: &str, is_deployed: bool) -> Live {
        let candidate = candidate(root);
        Live {
            config: crate::document::Node::from_json(config(root).to_string().as_bytes()).unwrap(),
            distribution: candidate.distribution,
            etag: etag.into(),
            is_deployed,
            modified_at: None,
        }
    }

    fn good(root: &str, etag: &str) -> LastGood {
        LastGood {
            config: candidate(root).distribution,
            etag: etag.into(),
            stamp: Stamp::default(),
        }
    }

    fn token(etag: &str, left: Left) -> Continuation {
        Continuation {
            etag: etag.into(),
            left,
            ..Continuation::begin(
                &"run".into(),
                Timestamp::of(utc_datetime!(2026-11-28 10:00)),
                &"E1".into(),
            )
        }
    }

    #[test]
    fn what_is_the_candidate_is_deployed_or_deploying() {
        let wanted = candidate("new.html");
        for (is_deployed, expected) in [(true, State::Deployed), (false, State::Deploying)] {
            let live = live("new.html", "E2", is_deployed);
            let seen = Seen {
                live: &live,
                candidate: Some(&wanted),
                last_good: None,
                before: None,
            };
            assert_eq!(state(&seen), expected);
            let alone = Seen {
                candidate: None,
                ..seen
            };
            assert_eq!(state(&alone), expected);
        }
    }

    #[test]
    fn what_there_was_is_waited_on() {
        let wanted = candidate("new.html");
        let live = live("old.html", "E1", true);
        let good = good("old.html", "E0");
        let began = token("E1", Left::Version);
        let seen = Seen {
            live: &live,
            candidate: Some(&wanted),
            last_good: None,
            before: None,
        };
        // Nothing says what there was.
        assert_eq!(state(&seen), State::Before);
        let with_good = Seen {
            last_good: Some(&good),
            ..seen
        };
        assert_eq!(state(&with_good), State::Before);
        let continued = Seen {
            before: Some(&began),
            ..seen
        };
        assert_eq!(state(&continued), State::Before);
        let mut made = candidate("new.html");
        made.distribution.etag = Some("E1".into());
        let made_from = Seen {
            candidate: Some(&made),
            ..seen
        };
        assert_eq!(state(&made_from), State::Before);
    }

    #[test]
    fn anything_else_is_out_of_sync() {
        let wanted = candidate("new.html");
        let live = live("other.html", "E3", true);
        let good = good("old.html", "E0");
        let seen = Seen {
            live: &live,
            candidate: Some(&wanted),
            last_good: Some(&good),
            before: None,
        };
        let is_other = |seen: &Seen<'_>| matches!(state(seen), State::Other(Other::Config(_)));
        assert!(is_other(&seen));
        let began = token("E1", Left::Version);
        let continued = Seen {
            before: Some(&began),
            last_good: None,
            ..seen
        };
        assert!(is_other(&continued));
        let mut made = candidate("new.html");
        made.distribution.etag = Some("E1".into());
        let made_from = Seen {
            candidate: Some(&made),
            last_good: None,
            ..seen
        };
        assert!(is_other(&made_from));
    }

    #[test]
    fn a_candidate_that_was_live_and_is_not_is_undone() {
        let wanted = candidate("new.html");
        let live = live("old.html", "E3", true);
        let good = good("old.html", "E0");
        let was_live = token("E2", Left::Deployment);
        let seen = Seen {
            live: &live,
            candidate: Some(&wanted),
            last_good: Some(&good),
            before: Some(&was_live),
        };
        assert!(matches!(state(&seen), State::Other(Other::Undone(_))));
        let alone = Seen {
            candidate: None,
            ..seen
        };
        assert_eq!(state(&alone), State::Other(Other::Version));
    }
}
