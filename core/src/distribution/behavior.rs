use super::{At, BehaviorServing, ManagedPolicy, Members, PathPattern, Place};

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
    /// Where `ForwardedValues` stands.
    pub forwarded_values: Option<Place>,
    /// The viewer's headers that `ForwardedValues` sends to the origin; `*` is all.
    pub forwarded_headers: Vec<At<String>>,
    /// Where code runs at the edge for this behavior.
    pub edge_events: Vec<EdgeEvent>,
    /// Where gRPC is switched on.
    pub grpc: Option<Place>,
    /// What else becomes of its requests.
    pub serving: Box<BehaviorServing>,
    /// Its other members.
    pub other_members: Members,
}

/// The HTTP methods of a behavior.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Methods {
    /// Where they are listed; `None` where the source leaves them to CloudFront (GET and HEAD).
    pub place: Option<Place>,
    /// The listed methods that are known.
    pub allowed: Vec<String>,
    /// The methods whose responses are cached, where they are listed and known.
    pub cached: Option<(Place, Vec<String>)>,
    /// Whether one of the listed methods, or the list, is not known.
    pub is_open: bool,
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
    /// Whether the viewer's `Host`, or one that code at the edge sets, may reach the origin. Own
    /// policies are not read, so they may.
    #[must_use]
    pub fn may_forward_host(&self) -> bool {
        let named = self.forwarded_headers.iter().any(|header| {
            header
                .known()
                .is_none_or(|name| name == "*" || name.eq_ignore_ascii_case("host"))
        });
        let sends =
            |id: Option<&At<String>>,
             managed: fn(&At<String>) -> Option<&'static ManagedPolicy>| {
                let id = id.filter(|id| !id.is_empty());
                // An own policy, or a managed one newer than the table, may send the Host: what is
                // not known is counted as possible, which keeps rules on certificates from a false
                // error.
                id.is_some_and(|id| managed(id).is_none_or(ManagedPolicy::sends_host))
            };
        let policy = sends(self.cache_policy_id.as_ref(), ManagedPolicy::cache)
            || sends(
                self.origin_request_policy_id.as_ref(),
                ManagedPolicy::origin_request,
            );
        named || policy || self.runs_code_on_requests()
    }

    /// Whether code at the edge sees requests before the origin does: it may choose another origin.
    #[must_use]
    pub fn runs_code_on_requests(&self) -> bool {
        self.edge_events
            .iter()
            .any(|event| matches!(event, EdgeEvent::ViewerRequest | EdgeEvent::OriginRequest))
    }

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
