//! One request through a config: the behavior that it matches, what the origin is asked, and what may
//! answer. Offline: of AWS it takes the facts that are at hand, and says what depends on others.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html>

mod answered;
mod answers;
mod edge;
mod forwarded;
pub(crate) mod matching;
mod origin;
mod pages;
pub(crate) mod path;
mod sample;
#[cfg(test)]
mod tests;
#[cfg(feature = "cli")]
mod text;

use serde::Serialize;

pub(crate) use answered::s3_error_code;
pub use answered::{EdgeAnswer, NotAnAnswer, Outcome, Proof, classify};
pub use answers::Answer;
pub use forwarded::{Forwarded, Passed};
pub use origin::{Object, OriginRequest};
pub use pages::ErrorPageShown;
pub use sample::sample_path;

use crate::distribution::{At, Behavior, Distribution, OriginGroup, Resolution, Target, Value};
use crate::rules::Case;
use matching::{Asked, Match, Miss, matched};
use path::{Reading, RequestPath};

/// A viewer's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The path as it is sent: it begins with `/`, and what URLs do not hold is percent-encoded.
    pub path: String,
    /// What follows the first `?`.
    pub query: Option<String>,
    /// The HTTP method, in capital letters.
    pub method: String,
    /// The `Host` of the viewer, where it is given.
    pub host: Option<String>,
    /// Whether it comes over TLS.
    pub is_tls: bool,
}

/// A request and the config that it goes through.
struct Traced<'t, 'a> {
    case: &'t Case<'a>,
    request: &'t Request,
    error_pages: Vec<ErrorPageShown>,
}

impl Traced<'_, '_> {
    fn error_page(&self, status: Option<u16>) -> Option<&ErrorPageShown> {
        let status = i64::from(status?);
        self.error_pages
            .iter()
            .find(|page| page.error_code == status)
    }
}

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// The HTTP method.
    pub method: String,
    /// The path as it is sent, with the query string.
    pub path: String,
    /// The viewer's `Host`, where it is given.
    pub host: Option<String>,
    /// What path patterns are compared with, where that is not the path as it is sent.
    pub matched_as: Option<String>,
    /// The behavior that matches; absent where the config has none for it.
    pub behavior: Option<Matched>,
    /// The behaviors before it, by precedence, and why they do not match.
    pub passed: Vec<Passing>,
    /// The path patterns behind it that match too: they get nothing of this path.
    pub later: Vec<String>,
    /// What would match if CloudFront read the path otherwise, where its guide does not say how.
    pub otherwise: Vec<Otherwise>,
    /// Why CloudFront answers itself, so that no origin is asked.
    pub refused: Option<String>,
    /// What may answer or change the request before an origin gets it, or its answer.
    pub edge: Vec<String>,
    /// When functions run on it, such as `viewer-request`.
    pub functions: Vec<String>,
    /// Where the request goes.
    pub target: Destination,
    /// The custom error pages, whatever the path.
    pub error_pages: Vec<ErrorPageShown>,
}

/// The behavior that matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Matched {
    /// Its place in the order of precedence, from 0; absent for the default one.
    pub precedence: Option<usize>,
    /// Its path pattern; the default one's is `*`.
    pub path_pattern: String,
    /// Where it stands in the document, a JSON pointer.
    pub pointer: String,
    /// Whether it is certain: no behavior before it has a pattern that only the deployment decides.
    pub is_certain: bool,
}

/// A behavior that does not match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Passing {
    /// Its place in the order of precedence, from 0.
    pub precedence: Option<usize>,
    /// Its path pattern.
    pub path_pattern: String,
    /// Why it does not match.
    pub why: String,
}

/// What would match in another reading of the path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Otherwise {
    /// The reading, after "if".
    pub reading: String,
    /// What patterns would be compared with.
    pub matched_as: String,
    /// The behavior.
    pub behavior: String,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Destination {
    /// To an origin.
    Origin {
        /// What it is asked.
        request: Box<OriginRequest>,
    },
    /// To an origin group.
    OriginGroup {
        /// The group's ID.
        id: String,
        /// What its members are asked, the primary first.
        members: Vec<OriginRequest>,
        /// The HTTP status codes after which the second member is asked.
        failover_codes: Vec<String>,
        /// Whether the method fails over: GET, HEAD and OPTIONS do.
        method_fails_over: bool,
    },
    /// Nothing has the ID that the behavior targets.
    Missing {
        /// The ID.
        id: String,
    },
    /// The deployment decides.
    Undecided {
        /// The ID, or the expression in its place.
        id: String,
    },
    /// No behavior matches.
    Nowhere,
}

impl Request {
    /// A GET over TLS. The path may lack its leading slash, and may be a whole URL, whose scheme and host
    /// then count.
    #[must_use]
    pub fn new(path: &str) -> Self {
        // A URL that is copied from a browser names scheme and host as well, and both can decide.
        let (is_tls, host, path) = match path.split_once("://") {
            Some((scheme, rest)) if matches!(scheme, "http" | "https") => {
                let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
                let (host, path) = rest.split_at(end);
                let host = host.split_once(':').map_or(host, |(host, _)| host);
                (scheme == "https", Some(host.to_owned()), path)
            }
            _ => (true, None, path),
        };
        let RequestPath { path, query } = RequestPath::new(path);
        Self {
            path,
            query,
            method: "GET".to_owned(),
            host,
            is_tls,
        }
    }

    /// Whether it reads only.
    fn reads(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }
}

/// What becomes of a request.
#[must_use]
pub fn trace(case: &Case<'_>, request: &Request) -> Trace {
    let traced = Traced {
        case,
        request,
        error_pages: pages::error_pages(case),
    };
    let candidate = case.candidate;
    let path = served_path(candidate, &request.path);
    let query = request.query.as_deref();
    let found = matched(candidate, Reading::Normalized, Asked { path: &path, query });
    let read = Reading::Normalized.of(&path);
    let behavior = found.behavior;
    Trace {
        method: request.method.clone(),
        path: match query {
            Some(query) => format!("{}?{query}", request.path),
            None => request.path.clone(),
        },
        host: request.host.clone(),
        matched_as: Some(format!("/{read}")).filter(|read| *read != request.path),
        behavior: behavior.map(|behavior| Matched {
            precedence: behavior.precedence,
            path_pattern: behavior.pattern_text(),
            pointer: behavior.place.pointer.clone(),
            is_certain: is_certain(candidate, &found),
        }),
        passed: found.passed.iter().map(Passing::of).collect(),
        later: found.later.iter().map(|it| it.pattern_text()).collect(),
        otherwise: otherwise(candidate, request, &path, behavior),
        refused: behavior.and_then(|behavior| edge::refused(behavior, request)),
        edge: behavior.map_or_else(Vec::new, |behavior| {
            edge::before_origin(candidate, behavior, request)
        }),
        functions: behavior.map_or_else(Vec::new, edge::functions),
        target: destination(&traced, behavior, &path),
        error_pages: traced.error_pages,
    }
}

/// The path that is served: for the root it is the default root object's
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html>).
pub(crate) fn served_path(candidate: &Distribution, path: &str) -> String {
    match &candidate.serving.default_root_object {
        Some(object) if path == "/" => {
            format!("/{}", object.spelling().trim_start_matches('/'))
        }
        _ => path.to_owned(),
    }
}

fn is_certain(candidate: &Distribution, found: &Match<'_>) -> bool {
    let open = |(_, miss): &(&Behavior, Miss)| *miss == Miss::Undecided;
    let lists = ["CacheBehaviors"];
    candidate.leaves_open(&lists).is_none() && !found.passed.iter().any(open)
}

/// The readings of the path, and of the root, by which another behavior would match.
fn otherwise(
    candidate: &Distribution,
    request: &Request,
    path: &str,
    behavior: Option<&Behavior>,
) -> Vec<Otherwise> {
    let place = |it: Option<&Behavior>| it.map(|behavior| behavior.place.pointer.clone());
    let readings = Reading::OTHERS.map(|reading| (reading.text(), reading, path));
    let root = (
        "the root itself is compared, and not the default root object",
        Reading::Normalized,
        "/",
    );
    let root = (request.path == "/" && path != "/").then_some(root);
    let mut all: Vec<Otherwise> = Vec::new();
    for (text, reading, path) in readings.into_iter().chain(root) {
        let found = matched(candidate, reading, Asked::path(path)).behavior;
        if place(found) != place(behavior) {
            all.push(Otherwise {
                reading: text.to_owned(),
                matched_as: format!("/{}", reading.of(path)),
                behavior: found.map_or_else(String::new, Behavior::name),
            });
        }
    }
    all
}

fn destination(traced: &Traced<'_, '_>, behavior: Option<&Behavior>, path: &str) -> Destination {
    let Some(behavior) = behavior else {
        return Destination::Nowhere;
    };
    let target = &behavior.target_origin_id;
    match traced.case.map().resolve(target) {
        Resolution::Missing => Destination::Missing {
            id: target.to_string(),
        },
        Resolution::Undecided => Destination::Undecided {
            id: target.to_string(),
        },
        Resolution::Found(Target::Origin(origin)) => Destination::Origin {
            request: Box::new(origin::origin_request(traced, behavior, origin, path)),
        },
        Resolution::Found(Target::Group(group)) => to_group(traced, behavior, group, path),
    }
}

fn to_group(
    traced: &Traced<'_, '_>,
    behavior: &Behavior,
    group: &OriginGroup,
    path: &str,
) -> Destination {
    let map = traced.case.map();
    let origins = group.members.iter().map(|member| map.resolve(member));
    let mut members: Vec<OriginRequest> = origins
        .filter_map(|member| match member {
            Resolution::Found(Target::Origin(origin)) => {
                Some(origin::origin_request(traced, behavior, origin, path))
            }
            _ => None,
        })
        .collect();
    let fails_over = traced.request.reads();
    let has_second = members.len() > 1;
    if let Some(primary) = members.first_mut() {
        for answer in &mut primary.answers {
            let is_code = |code: &At<i64>| match code.value {
                Value::Known(code) => Some(code) == answer.status.map(i64::from),
                Value::Symbolic(_) => false,
            };
            answer.fails_over = fails_over && has_second && group.status_codes.iter().any(is_code);
            if answer.fails_over {
                answer.error_page = None;
            }
        }
    }
    Destination::OriginGroup {
        id: group.id.to_string(),
        members,
        failover_codes: group.status_codes.iter().map(ToString::to_string).collect(),
        method_fails_over: fails_over,
    }
}

impl Passing {
    fn of((behavior, miss): &(&Behavior, Miss)) -> Self {
        Self {
            precedence: behavior.precedence,
            path_pattern: behavior.pattern_text(),
            why: miss.text(),
        }
    }
}
