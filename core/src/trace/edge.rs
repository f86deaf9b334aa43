//! What CloudFront does with a request before an origin is asked.

use super::Request;
use crate::distribution::{At, Behavior, Distribution, EdgeFunction};
use crate::trace::path::MAX_URL;

/// Why CloudFront itself answers, and no origin is asked.
#[must_use]
pub(super) fn refused(behavior: &Behavior, request: &Request) -> Option<String> {
    let url = request.path.len() + request.query.as_ref().map_or(0, String::len);
    // Before all else: CloudFront refuses such a URL whichever behavior it would match.
    if url > MAX_URL {
        return Some(format!(
            "CloudFront answers 414: the URL has {url} bytes, and at most {MAX_URL} are taken"
        ));
    }
    let policy = behavior.serving.viewer_protocol_policy.as_ref();
    if !request.is_tls {
        if policy.is_some_and(|it| it.is("https-only")) {
            return Some("CloudFront answers 403: the behavior takes only HTTPS".to_owned());
        }
        if policy.is_some_and(|it| it.is("redirect-to-https")) {
            return Some(
                "CloudFront answers 301 (GET, HEAD) or 307 (other methods): the behavior redirects HTTP to HTTPS"
                    .to_owned(),
            );
        }
    }
    let methods = &behavior.methods;
    let default = ["GET".to_owned(), "HEAD".to_owned()];
    let allowed = match methods.place {
        Some(_) => methods.allowed.as_slice(),
        None => &default,
    };
    let refuses = !methods.is_open && !allowed.contains(&request.method);
    refuses.then(|| {
        format!(
            "CloudFront answers 403: {} allows {}, and not {}",
            behavior.name(),
            allowed.join(", "),
            request.method
        )
    })
}

/// What may answer or change the request before an origin is asked, or the answer behind it.
#[must_use]
pub(super) fn before_origin(
    distribution: &Distribution,
    behavior: &Behavior,
    request: &Request,
) -> Vec<String> {
    let serving = &distribution.serving;
    let mut all = Vec::new();
    if distribution.enabled == Some(false) {
        all.push("the distribution is disabled: CloudFront serves no request".to_owned());
    }
    if distribution.staging {
        all.push(
            "a staging distribution: requests reach it by the header or weight of its continuous \
             deployment policy"
                .to_owned(),
        );
    }
    if let Some(policy) = &serving.continuous_deployment {
        all.push(format!(
            "continuous deployment policy `{policy}` sends some requests to the staging distribution"
        ));
    }
    all.extend(unknown_host(distribution, request));
    if let Some(mode) = &serving.viewer_mtls {
        all.push(format!(
            "viewer mTLS (`{mode}`): a viewer without a trusted certificate may be refused in the TLS handshake"
        ));
    }
    if let Some(acl) = &serving.web_acl {
        all.push(format!(
            "web ACL `{acl}` may answer 403, or what its rules say: not known"
        ));
    }
    if let Some(kind) = &serving.geo_restriction {
        all.push(format!(
            "geographic restriction (`{kind}`): CloudFront answers 403 in some countries"
        ));
    }
    if behavior.serving.is_signed {
        all.push(
            "a signed URL or signed cookies are required: without them CloudFront answers 403 (MissingKey)"
                .to_owned(),
        );
    }
    all.extend(behavior.serving.functions.iter().map(function));
    all
}

/// When functions run on a behavior's requests.
#[must_use]
pub(super) fn functions(behavior: &Behavior) -> Vec<String> {
    let functions = behavior.serving.functions.iter();
    functions
        .map(|function| function.event.to_string())
        .collect()
}

/// A name that the distribution does not have.
fn unknown_host(distribution: &Distribution, request: &Request) -> Option<String> {
    let host = request.host.as_deref()?;
    let own = distribution.domain_name.as_deref();
    let is_own = own.is_some_and(|own| own.eq_ignore_ascii_case(host));
    // A file does not know its distribution's own domain, and this may be it.
    let unsaid = own.is_none() && host.to_ascii_lowercase().ends_with(".cloudfront.net");
    let has = |alias: &At<String>| alias.known().is_none_or(|alias| covers(alias, host));
    if is_own || unsaid || distribution.aliases.iter().any(has) {
        return None;
    }
    Some(format!(
        "`{host}` is not an alternate domain name of the distribution: CloudFront answers 403, or another \
         distribution serves it"
    ))
}

/// Whether an alias, which may begin with `*.`, is this host
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html>).
fn covers(alias: &str, host: &str) -> bool {
    let (alias, host) = (alias.to_ascii_lowercase(), host.to_ascii_lowercase());
    match alias.strip_prefix('*') {
        // `*.example.com` covers every name below it, and not `example.com`.
        Some(rest) => host.len() > rest.len() && host.ends_with(rest),
        None => alias == host,
    }
}

fn function(function: &EdgeFunction) -> String {
    let kind = if function.is_lambda {
        "Lambda@Edge function"
    } else {
        "CloudFront function"
    };
    let arn = function.arn.as_ref();
    let arn = arn.map_or_else(String::new, |arn| format!(" `{arn}`"));
    let event = &function.event;
    let may = match event.known().map(String::as_str) {
        Some("viewer-request") => {
            "may rewrite the path (the behavior stays), change headers, or answer itself"
        }
        Some("origin-request") => {
            "may rewrite the path, change headers, choose another origin, or answer itself"
        }
        Some("origin-response" | "viewer-response") => "may change the answer",
        _ => "may change the request or the answer",
    };
    format!("{event} {kind}{arn} {may}: not known")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_with_a_wildcard_covers_all_names_below() {
        for (alias, host, expected) in [
            ("www.example.com", "WWW.example.com", true),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", ".example.com", false),
            ("www.example.com", "example.com", false),
        ] {
            assert_eq!(covers(alias, host), expected, "{alias} {host}");
        }
    }
}
