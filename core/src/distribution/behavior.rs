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
    /// Where `ForwardedValues` stands.
    pub forwarded_values: Option<Place>,
    /// The viewer's headers that `ForwardedValues` sends to the origin; `*` is all.
    pub forwarded_headers: Vec<At<String>>,
    /// Where code runs at the edge for this behavior.
    pub edge_events: Vec<EdgeEvent>,
    /// Where gRPC is switched on.
    pub grpc: Option<Place>,
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

/// Managed policies that keep the viewer's `Host` from the origin
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html>,
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>).
const POLICIES_WITHOUT_HOST: [&str; 8] = [
    "b689b0a8-53d0-40ab-baf2-68738e2966ac", // AllViewerExceptHostHeader
    "59781a5b-3903-41f3-afcb-af62929ccde1", // CORS-CustomOrigin
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", // CORS-S3Origin
    "acba4595-bd28-49b8-b9fe-13317c0390fa", // UserAgentRefererHeaders
    "658327ea-f89d-4fab-a63d-7e88639e58f6", // CachingOptimized
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d", // CachingOptimizedForUncompressedObjects
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", // CachingDisabled
    "08627262-05a9-4f76-9ded-b50ca2e3a84f", // Elemental-MediaPackage
];

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
        let policies = [&self.cache_policy_id, &self.origin_request_policy_id];
        let policy = policies.into_iter().flatten().any(|policy| {
            !policy.is("")
                && !POLICIES_WITHOUT_HOST
                    .iter()
                    .any(|without| policy.is(without))
        });
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
