//! Which behaviors send the viewer's `Host` header to their origin, and by what.

use crate::distribution::{At, Behavior, EdgeEvent, Place};

/// Managed origin request policies with the viewer's `Host`
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html>).
const ORIGIN_REQUEST_POLICIES: [(&str, &str); 3] = [
    ("216adef6-5c7f-47e4-b989-5492eafa07d3", "AllViewer"),
    (
        "33f36d7e-f396-46d9-90e0-52428a34d9dc",
        "AllViewerAndCloudFrontHeaders-2022-06",
    ),
    ("bf0718e1-ba1e-49d1-88b1-f726733018ae", "HostHeaderOnly"),
];

/// Managed cache policies with `Host` in the key, which is sent too
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>).
const CACHE_POLICIES: [(&str, &str); 3] = [
    (
        "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
        "UseOriginCacheControlHeaders",
    ),
    (
        "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
        "UseOriginCacheControlHeaders-QueryStrings",
    ),
    ("2e54312d-136d-493c-8eb9-b001f22f67d2", "Amplify"),
];

/// What sends the viewer's `Host` header.
pub(in crate::rules) enum Sender<'a> {
    OriginRequestPolicy(&'static str),
    CachePolicy(&'static str),
    ForwardedHeader(&'a str),
}

/// Where the behavior says that `Host` is sent.
pub(in crate::rules) fn sender(behavior: &Behavior) -> Option<(&Place, Sender<'_>)> {
    if let Some((field, name)) = managed(
        behavior.origin_request_policy_id.as_ref(),
        &ORIGIN_REQUEST_POLICIES,
    ) {
        return Some((&field.place, Sender::OriginRequestPolicy(name)));
    }
    if let Some((field, name)) = managed(behavior.cache_policy_id.as_ref(), &CACHE_POLICIES) {
        return Some((&field.place, Sender::CachePolicy(name)));
    }
    behavior.forwarded_headers.iter().find_map(|header| {
        let text = header.known()?;
        let sends = text == "*" || text.eq_ignore_ascii_case("host");
        sends.then_some((&header.place, Sender::ForwardedHeader(text)))
    })
}

fn managed<'a>(
    field: Option<&'a At<String>>,
    policies: &[(&str, &'static str)],
) -> Option<(&'a At<String>, &'static str)> {
    let field = field?;
    let id = field.known()?;
    let (_, name) = policies.iter().find(|(policy, _)| policy == id)?;
    Some((field, name))
}

/// Whether code at the edge may set the header right before the origin gets it.
pub(in crate::rules) fn may_be_rewritten(behavior: &Behavior) -> bool {
    let before_origin =
        |event: &EdgeEvent| matches!(event, EdgeEvent::OriginRequest | EdgeEvent::ViewerRequest);
    behavior.edge_events.iter().any(before_origin)
}

impl Sender<'_> {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::OriginRequestPolicy(name) => format!("origin request policy {name}"),
            Self::CachePolicy(name) => format!("cache policy {name}"),
            Self::ForwardedHeader(header) => format!("`{header}` in ForwardedValues.Headers"),
        }
    }

    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::OriginRequestPolicy(_) => {
                "set OriginRequestPolicyId to b689b0a8-53d0-40ab-baf2-68738e2966ac \
                 (AllViewerExceptHostHeader), or remove it"
            }
            Self::CachePolicy(_) => {
                "set CachePolicyId to a policy without Host, such as \
                 658327ea-f89d-4fab-a63d-7e88639e58f6 (CachingOptimized)"
            }
            Self::ForwardedHeader("*") => {
                "list in ForwardedValues.Headers only the headers that the origin needs, such as \
                 Origin, instead of `*`"
            }
            Self::ForwardedHeader(_) => "remove Host from ForwardedValues.Headers",
        }
    }
}
