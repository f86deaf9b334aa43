//! The questions: one path for each behavior, and each path that the contract declares.

use super::entrance::{Door, EdgeHost, Entrance, Nonce, StagingHeader};
use crate::contract::{Contract, PathTerms, ReadMethod};
use crate::distribution::{
    At, Behavior, BucketName, Distribution, ManagedPolicy, PathPattern, Place, Sent,
};
use crate::facts::Facts;
use crate::rules::{Case, Limits};
use crate::trace::matching::{Asked, matched};
use crate::trace::path::{Reading, RequestPath};
use crate::trace::{self, Destination, Request, Trace, sample_path};

/// What is done about a behavior.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// This is asked.
    Question(Box<Question>),
    /// Nothing is.
    Not(NotAsked),
}

/// A request to make: over HTTPS on port 443, with [`Question::host`] as the name in TLS and as `Host`, and with
/// no header that says more than it must. `Accept-Encoding: identity` keeps bodies readable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The path pattern of the behavior that it is meant for; the default one's is `*`.
    pub path_pattern: String,
    /// Where that behavior stands.
    pub place: Place,
    /// The ID of the origin or origin group that it targets.
    pub origin: String,
    /// The name to connect to: one of CloudFront's own.
    pub host: EdgeHost,
    /// The path and query string, as they stand in the request line.
    pub path: String,
    /// The method.
    pub method: ReadMethod,
    /// The header that leads to a staging distribution.
    pub staging: Option<StagingHeader>,
    /// How the path came about.
    pub made: Made,
    /// The object that answers, where the path has a fixed one in a bucket: its ETag, where the caller may read
    /// it (`s3:GetObject`), proves which bucket answered.
    pub object: Option<ObjectAsked>,
}

/// How a path came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// The contract declares it.
    Declared(PathTerms),
    /// It is the root, for which the default root object is served.
    Root,
    /// It is made from the path pattern.
    FromPattern,
}

/// An object in a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectAsked {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
}

/// A behavior, or a whole distribution, that is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAsked {
    /// The path pattern of the behavior.
    pub path_pattern: String,
    /// Where it stands.
    pub place: Place,
    /// The ID of the origin or origin group that it targets.
    pub origin: String,
    /// Why.
    pub why: Why,
}

/// Why a behavior is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The distribution is disabled.
    Disabled,
    /// The contract skips the path.
    Skipped {
        /// By this pattern.
        by: String,
    },
    /// Every path that fits its pattern is an earlier behavior's, or none was found that is not.
    NoPath,
    /// A setting switched it off.
    SwitchedOff,
    /// The distribution cannot be asked.
    Closed {
        /// Why, as a clause.
        why: String,
        /// What it needs.
        needs: String,
    },
}

/// What the edge is asked about a live distribution, behavior by behavior in the order of precedence, the
/// default one last, and within a behavior in the order of the contract. All of them can be asked at once.
#[must_use]
pub fn questions(
    live: &Distribution,
    contract: Option<&Contract>,
    entrance: &Entrance,
    nonce: &Nonce,
) -> Vec<Ask> {
    if live.enabled == Some(false) {
        return not_asked(live, &Why::Disabled);
    }
    let (host, staging) = match &entrance.door {
        Door::Host { host, staging } => (host, staging.as_ref()),
        Door::Closed { why, needs } => {
            let (why, needs) = (why.clone(), needs.clone());
            return not_asked(live, &Why::Closed { why, needs });
        }
    };
    let (facts, limits) = (Facts::default(), Limits::default());
    let asking = Asking {
        live,
        contract,
        host,
        staging,
        nonce,
        case: Case::new(live, &facts, &limits),
    };
    let behaviors = live.all_behaviors();
    behaviors.flat_map(|behavior| asking.of(behavior)).collect()
}

/// What is reported where the edge is not to be asked at all.
#[must_use]
pub fn switched_off(live: &Distribution) -> Vec<Ask> {
    not_asked(live, &Why::SwitchedOff)
}

fn not_asked(live: &Distribution, why: &Why) -> Vec<Ask> {
    let behaviors = live.all_behaviors();
    behaviors.map(|it| skipped(it, why.clone())).collect()
}

fn skipped(behavior: &Behavior, why: Why) -> Ask {
    Ask::Not(NotAsked {
        path_pattern: behavior.pattern_text(),
        place: behavior.place.clone(),
        origin: behavior.target_origin_id.to_string(),
        why,
    })
}

/// What every question has in common.
struct Asking<'a> {
    live: &'a Distribution,
    contract: Option<&'a Contract>,
    host: &'a EdgeHost,
    staging: Option<&'a StagingHeader>,
    nonce: &'a Nonce,
    case: Case<'a>,
}

impl Asking<'_> {
    fn of(&self, behavior: &Behavior) -> Vec<Ask> {
        let declared = self.declared(behavior);
        if !declared.is_empty() {
            return declared;
        }
        // The root first: its object is mostly there, and what S3 answers for a key that is decides more.
        let root = self.root(behavior).map(|path| (path, Made::Root));
        let name = self.nonce.name();
        let path = sample_path(self.live, behavior, &name);
        let path = path.map(|path| (fresh(behavior, path, &name), Made::FromPattern));
        let made: Vec<_> = root.into_iter().chain(path).collect();
        if made.is_empty() {
            return vec![skipped(behavior, Why::NoPath)];
        }
        let (mut asks, mut by) = (Vec::new(), None);
        for (path, how) in made {
            match self.skips(behavior, &path) {
                Some(pattern) => by = Some(pattern.to_owned()),
                None => asks.push(self.question(behavior, path, how)),
            }
        }
        match by {
            Some(by) if asks.is_empty() => vec![skipped(behavior, Why::Skipped { by })],
            _ => asks,
        }
    }

    /// The paths of the contract that this behavior gets.
    fn declared(&self, behavior: &Behavior) -> Vec<Ask> {
        let all = self.contract.map_or(&[][..], |contract| &contract.verify);
        let own = all.iter().filter(|terms| {
            let found = self.behavior_of(&terms.path);
            found.is_some_and(|it| it.place == behavior.place)
        });
        own.map(|terms| self.question(behavior, terms.path.clone(), Made::Declared(terms.clone())))
            .collect()
    }

    /// The behavior of a path, as CloudFront's guide says that it is found.
    fn behavior_of(&self, path: &str) -> Option<&Behavior> {
        let RequestPath { path, .. } = RequestPath::new(path);
        let path = trace::served_path(self.live, &path);
        matched(self.live, Reading::Normalized, Asked::path(&path)).behavior
    }

    /// The root, where the default behavior serves it an object.
    fn root(&self, behavior: &Behavior) -> Option<String> {
        let object = self.live.serving.default_root_object.as_ref()?;
        let is_default = behavior.precedence.is_none() && !object.spelling().is_empty();
        if !is_default || self.behavior_of("/")?.place != behavior.place {
            return None;
        }
        Some(fresh(behavior, "/".to_owned(), &self.nonce.name()))
    }

    /// The pattern by which the contract leaves this behavior or path out.
    fn skips(&self, behavior: &Behavior, path: &str) -> Option<&str> {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        let path = path.strip_prefix('/').unwrap_or(path);
        let own = behavior.path_pattern.as_ref().and_then(At::known);
        let mut patterns = self.contract?.skip.iter();
        let found = patterns.find(|text| {
            let pattern = PathPattern::new(text.as_str());
            pattern.matches(path) || own.is_some_and(|own| pattern.normalized() == own.normalized())
        });
        found.map(String::as_str)
    }

    fn question(&self, behavior: &Behavior, path: String, made: Made) -> Ask {
        let method = match &made {
            Made::Declared(terms) => terms.method,
            Made::Root | Made::FromPattern => ReadMethod::Get,
        };
        let mut question = Question {
            path_pattern: behavior.pattern_text(),
            place: behavior.place.clone(),
            origin: behavior.target_origin_id.to_string(),
            host: self.host.clone(),
            path,
            method,
            staging: self.staging.cloned(),
            made,
            object: None,
        };
        if question.made != Made::FromPattern {
            question.object = object(&trace::trace(&self.case, &question.request()));
        }
        Ask::Question(Box::new(question))
    }
}

impl Question {
    /// What the contract declares about the path, where it is the contract's.
    #[must_use]
    pub fn declared(&self) -> Option<&PathTerms> {
        match &self.made {
            Made::Declared(terms) => Some(terms),
            Made::Root | Made::FromPattern => None,
        }
    }

    /// The request, for a trace of it.
    #[must_use]
    pub fn request(&self) -> Request {
        Request {
            method: self.method.name().to_owned(),
            host: Some(self.host.as_str().to_owned()),
            ..Request::new(&self.path)
        }
    }
}

/// A path that no cache has, as far as it can be made one: with the name in it, or in its query string where
/// that is a part of the cache key.
fn fresh(behavior: &Behavior, path: String, name: &str) -> String {
    if path.contains(name) || !has_query_in_key(behavior) {
        return path;
    }
    format!("{path}?{name}")
}

/// Whether the cache key has every query string
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-the-cache-key.html>). An
/// origin may refuse a query string that it does not know, so none is added where it would not help.
fn has_query_in_key(behavior: &Behavior) -> bool {
    match behavior
        .cache_policy_id
        .as_ref()
        .filter(|id| !id.is_empty())
    {
        Some(id) => {
            ManagedPolicy::cache(id).is_some_and(|policy| policy.query == Sent::AllExcept(&[]))
        }
        None => behavior.forwarded_values.is_some() && behavior.serving.forwards_query,
    }
}

/// The object of a bucket that answers, where nothing can put another one in its place.
fn object(trace: &Trace) -> Option<ObjectAsked> {
    let Destination::Origin { request } = &trace.target else {
        return None;
    };
    let object = request.object.as_ref()?;
    let is_fixed = !object.website && !object.key.is_empty() && trace.functions.is_empty();
    let is_bucket = BucketName::new(object.bucket.as_str()).validate().is_ok();
    (is_fixed && is_bucket).then(|| ObjectAsked {
        bucket: object.bucket.clone(),
        key: object.key.clone(),
    })
}
