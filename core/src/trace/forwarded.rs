//! What of a viewer's request the origin gets.

use serde::Serialize;

use crate::distribution::{At, Behavior, ManagedPolicy, Origin, Sent};

/// What of a viewer's request the origin gets, and which policies say so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Forwarded {
    /// The headers.
    pub headers: Passed,
    /// The query strings.
    pub query_strings: Passed,
    /// The cookies.
    pub cookies: Passed,
    /// What says so, such as "cache policy CachingOptimized".
    pub by: Vec<String>,
}

/// Which values of one kind the origin gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "passes", content = "names", rename_all = "kebab-case")]
pub enum Passed {
    /// None of the viewer's.
    Nothing,
    /// All.
    All,
    /// These.
    Only(Vec<String>),
    /// All but these.
    AllExcept(Vec<String>),
    /// Some policy is not read: which ones.
    NotKnown(Vec<String>),
}

/// What managed origin request policies with all query strings keep from S3: they change its answer
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html>).
const KEPT_FROM_S3: [&str; 3] = [
    "response-content-disposition",
    "response-content-encoding",
    "response-content-type",
];

/// What a behavior sends of a viewer's request to an origin.
#[must_use]
pub(super) fn forwarded(behavior: &Behavior, origin: &Origin) -> Forwarded {
    let mut all = Forwarded {
        headers: Passed::Nothing,
        query_strings: Passed::Nothing,
        cookies: Passed::Nothing,
        by: Vec::new(),
    };
    let named = |id: &Option<At<String>>| id.clone().filter(|id| !id.is_empty());
    let cache = named(&behavior.cache_policy_id);
    let request = named(&behavior.origin_request_policy_id);
    // What is in the cache key is sent to the origin as well, so both policies count.
    if let Some(id) = &cache {
        all.add("cache policy", id, ManagedPolicy::cache(id));
    } else if behavior.forwarded_values.is_some() {
        all.add_legacy(behavior);
    } else {
        all.add_unknown("the behavior has neither a cache policy nor ForwardedValues");
    }
    if let Some(id) = &request {
        // The exception for S3 is the origin request policy's alone: what the cache policy sends is
        // sent.
        let query = all.query_strings.clone();
        all.query_strings = Passed::Nothing;
        let policy = ManagedPolicy::origin_request(id);
        all.add("origin request policy", id, policy);
        if origin.s3.is_some() && policy.is_some() && all.query_strings == Passed::All {
            all.query_strings = Passed::AllExcept(owned(&KEPT_FROM_S3));
        }
        all.query_strings = query.and(all.query_strings.clone());
    }
    all
}

impl Forwarded {
    fn add(&mut self, kind: &str, id: &At<String>, policy: Option<&ManagedPolicy>) {
        let Some(policy) = policy else {
            let is_open = id.known().is_none();
            self.add_unknown(&if is_open {
                format!("{kind} `{id}` is known only after the deployment")
            } else {
                format!("{kind} `{id}` is not a managed one, and is not read")
            });
            return;
        };
        self.by.push(format!("{kind} {}", policy.name));
        self.take(
            Passed::of(policy.headers),
            Passed::of(policy.query),
            Passed::of(policy.cookies),
        );
    }

    fn add_legacy(&mut self, behavior: &Behavior) {
        self.by.push("ForwardedValues".to_owned());
        let serving = &behavior.serving;
        let spelt = |texts: &[At<String>]| texts.iter().map(ToString::to_string).collect();
        let headers: Vec<String> = spelt(&behavior.forwarded_headers);
        let headers = match headers.as_slice() {
            [] => Passed::Nothing,
            names if names.iter().any(|name| name == "*") => Passed::All,
            _ => Passed::Only(headers),
        };
        let query = if serving.forwards_query {
            Passed::All
        } else {
            Passed::Nothing
        };
        let cookies = match serving.forwarded_cookies.as_ref() {
            None => Passed::Nothing,
            Some(forward) if forward.is("none") => Passed::Nothing,
            Some(forward) if forward.is("all") => Passed::All,
            Some(forward) if forward.is("whitelist") => Passed::Only(spelt(&serving.cookie_names)),
            Some(forward) => Passed::NotKnown(vec![format!("`Forward` is `{forward}`")]),
        };
        self.take(headers, query, cookies);
    }

    fn add_unknown(&mut self, why: &str) {
        let unknown = || Passed::NotKnown(vec![why.to_owned()]);
        self.take(unknown(), unknown(), unknown());
    }

    /// A value is sent where any of the policies says so.
    fn take(&mut self, headers: Passed, query: Passed, cookies: Passed) {
        for (own, other) in [
            (&mut self.headers, headers),
            (&mut self.query_strings, query),
            (&mut self.cookies, cookies),
        ] {
            *own = own.clone().and(other);
        }
    }
}

impl Passed {
    fn of(sent: Sent) -> Self {
        match sent {
            Sent::Nothing => Self::Nothing,
            Sent::Only(names) => Self::Only(owned(names)),
            Sent::AllExcept([]) => Self::All,
            Sent::AllExcept(names) => Self::AllExcept(owned(names)),
        }
    }

    /// What either of two sends.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::Nothing, one) | (one, Self::Nothing) => one,
            (Self::NotKnown(mut whys), Self::NotKnown(more)) => {
                whys.extend(more);
                Self::NotKnown(whys)
            }
            // After "all": where one policy sends everything, the other can add nothing.
            (Self::NotKnown(whys), _) | (_, Self::NotKnown(whys)) => Self::NotKnown(whys),
            (Self::Only(mut names), Self::Only(more)) => {
                for name in more {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
                Self::Only(names)
            }
            (Self::AllExcept(names), Self::Only(sent))
            | (Self::Only(sent), Self::AllExcept(names)) => {
                Self::except(names, |name| !sent.contains(name))
            }
            (Self::AllExcept(names), Self::AllExcept(others)) => {
                Self::except(names, |name| others.contains(name))
            }
        }
    }

    fn except(names: Vec<String>, is_kept: impl Fn(&String) -> bool) -> Self {
        let names: Vec<String> = names.into_iter().filter(is_kept).collect();
        if names.is_empty() {
            Self::All
        } else {
            Self::AllExcept(names)
        }
    }

    /// Whether a header is among them; `None` where that is not known.
    #[must_use]
    pub(super) fn has_header(&self, header: &str) -> Option<bool> {
        let names = |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case(header));
        match self {
            Self::Nothing => Some(false),
            Self::All => Some(true),
            Self::Only(own) => Some(names(own)),
            Self::AllExcept(own) => Some(!names(own)),
            Self::NotKnown(_) => None,
        }
    }

    /// In words.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Nothing => "none".to_owned(),
            Self::All => "all".to_owned(),
            Self::Only(names) => names.join(", "),
            Self::AllExcept(names) => format!("all but {}", names.join(", ")),
            Self::NotKnown(whys) => format!("not known: {}", whys.join("; ")),
        }
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::Place;
    use crate::rules::testing::{Scene, text};

    fn of(scene: &Scene) -> Forwarded {
        let candidate = &scene.candidate;
        let behavior = candidate.default_behavior.as_ref().unwrap();
        forwarded(behavior, &candidate.origins[0])
    }

    fn with(cache: &str, request: &str) -> Forwarded {
        of(&Scene::s3("b").with_behavior(|b| {
            b.cache_policy_id = Some(text(cache));
            b.origin_request_policy_id = Some(text(request));
        }))
    }

    const OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

    #[test]
    fn managed_policies_are_known_by_name_and_added_up() {
        let all = with(OPTIMIZED, "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf");
        assert_eq!(
            all.by,
            [
                "cache policy CachingOptimized",
                "origin request policy CORS-S3Origin"
            ]
        );
        assert_eq!(
            all.headers.text(),
            "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
        );
        assert_eq!(all.cookies, Passed::Nothing);
        let both = with(
            "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
            "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        );
        assert_eq!(both.headers, Passed::All, "the cache policy sends Host");
        assert_eq!(both.headers.has_header("host"), Some(true));
    }

    #[test]
    fn s3_gets_no_query_strings_that_change_its_answer_from_managed_policies() {
        let except_host = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
        let query = |all: Forwarded| all.query_strings.text();
        assert_eq!(
            query(with(OPTIMIZED, except_host)),
            "all but response-content-disposition, response-content-encoding, response-content-type"
        );
        let custom = Scene::custom("a.example.com").with_behavior(|b| {
            b.origin_request_policy_id = Some(text(except_host));
        });
        assert_eq!(query(of(&custom)), "all");
        assert_eq!(of(&custom).headers.has_header("Host"), Some(false));
    }

    #[test]
    fn a_policy_of_ones_own_is_not_known() {
        let all = with(OPTIMIZED, "11111111-2222-3333-4444-555555555555");
        assert_eq!(all.headers.has_header("Host"), None);
        assert!(
            all.cookies.text().contains("is not a managed one"),
            "{all:?}"
        );
        let open = with("${Policy}", "");
        assert!(open.headers.text().contains("only after the deployment"));
    }

    #[test]
    fn forwarded_values_say_what_is_sent() {
        let legacy = |headers: &[&str], query: bool, cookies: &str| {
            of(&Scene::s3("b").with_behavior(|b| {
                b.cache_policy_id = None;
                b.forwarded_values = Some(Place::default());
                b.forwarded_headers = headers.iter().map(|name| text(name)).collect();
                b.serving.forwards_query = query;
                b.serving.forwarded_cookies = Some(text(cookies));
                b.serving.cookie_names = vec![text("session")];
            }))
        };
        let nothing = legacy(&[], false, "none");
        assert_eq!(
            (&nothing.headers, &nothing.query_strings, &nothing.cookies),
            (&Passed::Nothing, &Passed::Nothing, &Passed::Nothing)
        );
        let all = legacy(&["*"], true, "all");
        assert_eq!(
            (&all.headers, &all.query_strings, &all.cookies),
            (&Passed::All, &Passed::All, &Passed::All)
        );
        let some = legacy(&["Origin"], true, "whitelist");
        assert_eq!(some.headers.text(), "Origin");
        assert_eq!(some.cookies.text(), "session");
    }
}
