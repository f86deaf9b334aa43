use super::{At, PathPattern, Place};

/// A cache behavior, or the default one. Follows
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behavior {
    /// Where the behavior stands.
    pub place: Place,
    /// Its place in the order of precedence, from 0; `None` for the default behavior.
    pub precedence: Option<usize>,
    /// Its path pattern; `None` for the default behavior.
    pub path_pattern: Option<At<PathPattern>>,
    /// The ID of the origin or origin group it sends requests to; empty where the source has none.
    pub target_origin_id: At<String>,
    /// The HTTP methods that reach the origin.
    pub methods: Methods,
    /// The managed or own cache policy.
    pub cache_policy_id: Option<At<String>>,
    /// The managed or own origin request policy.
    pub origin_request_policy_id: Option<At<String>>,
    /// The viewer's headers that `ForwardedValues` sends to the origin; `*` is all.
    pub forwarded_headers: Vec<At<String>>,
    /// Where code runs at the edge for this behavior.
    pub edge_events: Vec<EdgeEvent>,
}

/// The HTTP methods of a behavior.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Methods {
    /// Where they are listed; `None` where the source leaves them to CloudFront (GET and HEAD).
    pub place: Option<Place>,
    /// The listed methods that are known.
    pub allowed: Vec<String>,
}

/// Where code of the user's runs on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeEvent {
    /// Before the cache, on every request.
    ViewerRequest,
    /// Before the origin: it may choose another origin.
    OriginRequest,
    /// On the way back.
    Response,
}

impl Behavior {
    /// The path pattern as messages show it; the default behavior's is `*`.
    #[must_use]
    pub fn pattern_text(&self) -> String {
        self.path_pattern
            .as_ref()
            .map_or_else(|| "*".to_owned(), ToString::to_string)
    }

    /// The name for messages: "default cache behavior" or "cache behavior 3 `/api/*`" (from 0,
    /// as in the document's pointer).
    #[must_use]
    pub fn name(&self) -> String {
        match (&self.path_pattern, self.precedence) {
            (Some(pattern), Some(precedence)) => format!("cache behavior {precedence} `{pattern}`"),
            (None, Some(precedence)) => format!("cache behavior {precedence}"),
            _ => "the default cache behavior".to_owned(),
        }
    }
}
