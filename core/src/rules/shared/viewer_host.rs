//! Which behaviors send the viewer's `Host` header to their origin, and by what.

use crate::distribution::{At, Behavior, EdgeEvent, ManagedPolicy, Place};

/// What sends the viewer's `Host` header.
pub(in crate::rules) enum Sender<'a> {
    OriginRequestPolicy(&'static str),
    CachePolicy(&'static str),
    ForwardedHeader(&'a str),
}

/// Where the behavior says that `Host` is sent.
pub(in crate::rules) fn sender(behavior: &Behavior) -> Option<(&Place, Sender<'_>)> {
    let request = behavior.origin_request_policy_id.as_ref();
    // Only the first of these that sends it is reported: one of them has to change, and then the
    // next is checked again.
    if let Some((field, name)) = named(request, ManagedPolicy::origin_request) {
        return Some((&field.place, Sender::OriginRequestPolicy(name)));
    }
    let cache = behavior.cache_policy_id.as_ref();
    if let Some((field, name)) = named(cache, ManagedPolicy::cache) {
        return Some((&field.place, Sender::CachePolicy(name)));
    }
    behavior.forwarded_headers.iter().find_map(|header| {
        let text = header.known()?;
        let sends = text == "*" || text.eq_ignore_ascii_case("host");
        sends.then_some((&header.place, Sender::ForwardedHeader(text)))
    })
}

/// A managed policy that sends it.
fn named(
    field: Option<&At<String>>,
    managed: fn(&At<String>) -> Option<&'static ManagedPolicy>,
) -> Option<(&At<String>, &'static str)> {
    let field = field?;
    let policy = managed(field)?;
    policy.sends_host().then_some((field, policy.name))
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
