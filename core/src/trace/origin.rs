//! What an origin is asked.

use serde::Serialize;

use super::answers::{Answer, answers, hint};
use super::forwarded::{Forwarded, forwarded};
use super::path::decoded;
use super::{Request, Traced};
use crate::distribution::{
    At, Behavior, Origin, OriginAccessIdentity, OriginKind, OriginProtocolPolicy, S3Endpoint,
    S3EndpointKind,
};
use crate::rules::{Reads, reads};

/// What an origin is asked, and what it may answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OriginRequest {
    /// The origin's ID.
    pub origin: String,
    /// Where the origin stands in the document, a JSON pointer.
    pub pointer: String,
    /// The URL; the query string is left out where the origin does not get it.
    pub url: String,
    /// The `Host` that the origin sees.
    pub host: String,
    /// How CloudFront is let in, such as "origin access control `E1`".
    pub access: String,
    /// The object, where the origin is a bucket.
    pub object: Option<Object>,
    /// What it may read of its bucket, as far as that is known.
    pub reads: Option<Reads>,
    /// What of the viewer's request is sent.
    pub forwarded: Forwarded,
    /// Headers that CloudFront adds by the origin's config, by name.
    pub custom_headers: Vec<String>,
    /// What is easily taken for granted and is not so.
    pub notes: Vec<String>,
    /// What may answer.
    pub answers: Vec<Answer>,
}

/// An object of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Object {
    /// The bucket, or what stands for one, such as an access point's alias.
    pub bucket: String,
    /// The key; empty where the bucket itself is asked.
    pub key: String,
    /// Whether the bucket's website endpoint is asked, which has index documents.
    pub website: bool,
}

/// What an origin is asked for a path that a behavior sends to it.
pub(super) fn origin_request<'a>(
    traced: &Traced<'_, 'a>,
    behavior: &Behavior,
    origin: &'a Origin,
    path: &str,
) -> OriginRequest {
    let request = traced.request;
    let forwarded = forwarded(behavior, origin);
    let prefix = origin.origin_path.as_ref().map_or("", At::spelling);
    // OriginPath is put before every path, so it is a part of the key.
    let object = object(origin, &format!("{prefix}{path}"));
    let mut asked = OriginRequest {
        origin: origin.id.to_string(),
        pointer: origin.place.pointer.clone(),
        url: url(origin, &format!("{prefix}{path}"), request, &forwarded),
        host: host(origin, request, &forwarded, behavior),
        access: access(origin),
        forwarded,
        custom_headers: names(origin),
        notes: object.as_ref().and_then(hint).into_iter().collect(),
        reads: object
            .as_ref()
            .map(|it| reads(traced.case, origin, &it.key)),
        object,
        answers: Vec::new(),
    };
    asked.answers = answers(traced, behavior, origin, &asked);
    asked
}

fn names(origin: &Origin) -> Vec<String> {
    let headers = origin.custom_headers.iter();
    headers.map(|header| header.name.to_string()).collect()
}

fn url(origin: &Origin, path: &str, request: &Request, forwarded: &Forwarded) -> String {
    use super::forwarded::Passed;
    let (scheme, port) = door(origin, request);
    let query = match (&request.query, &forwarded.query_strings) {
        (None, _) | (_, Passed::Nothing) => String::new(),
        (Some(query), Passed::All) => format!("?{query}"),
        // Which parameters are left is shown beside it.
        (Some(_), _) => "?…".to_owned(),
    };
    // CloudFront refuses an OriginPath without a slash in front; where it is shown all the same, it is not
    // read as a part of the host.
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!(
        "{scheme}://{}{port}{slash}{path}{query}",
        origin.domain_name
    )
}

/// The scheme and the port, where that is not the scheme's own. Viewers are taken to use HTTPS, unless
/// the request says otherwise.
fn door(origin: &Origin, request: &Request) -> (&'static str, String) {
    let viewer = if request.is_tls { "https" } else { "http" };
    let Some(custom) = &origin.custom else {
        let is_signed = origin.origin_access_control().is_some();
        return match origin.kind() {
            // Signed requests always go over TLS.
            OriginKind::S3 if is_signed => ("https", String::new()),
            OriginKind::S3 => (viewer, String::new()),
            _ => ("http(s)", String::new()),
        };
    };
    let scheme = match custom.protocol_policy() {
        Some(OriginProtocolPolicy::HttpOnly) => "http",
        Some(OriginProtocolPolicy::HttpsOnly) => "https",
        Some(OriginProtocolPolicy::MatchViewer) => viewer,
        None => "http(s)",
    };
    let (port, usual) = match scheme {
        "http" => (&custom.http_port, 80),
        _ => (&custom.https_port, 443),
    };
    let port = port.as_ref().filter(|port| port.known() != Some(&usual));
    (scheme, port.map_or_else(String::new, |it| format!(":{it}")))
}

fn host(origin: &Origin, request: &Request, forwarded: &Forwarded, behavior: &Behavior) -> String {
    let own = origin.domain_name.to_string();
    let viewers = request.host.as_deref().unwrap_or("the viewer's Host");
    // CloudFront sends the origin's domain as Host unless a policy forwards the viewer's.
    let host = match forwarded.headers.has_header("Host") {
        Some(true) => viewers.to_owned(),
        Some(false) => own,
        None => format!("{own}, or {viewers} if a policy that is not read forwards Host"),
    };
    if behavior.runs_code_on_requests() {
        format!("{host}, unless a function at the edge changes it")
    } else {
        host
    }
}

fn access(origin: &Origin) -> String {
    if let Some(id) = origin.origin_access_control() {
        return format!("signed, origin access control `{id}`");
    }
    match origin.origin_access_identity() {
        Some(OriginAccessIdentity::Id(id)) => format!("signed, origin access identity `{id}`"),
        Some(_) => "signed, an origin access identity that is not known".to_owned(),
        None if origin.vpc.is_some() => "not signed, through a VPC origin".to_owned(),
        None => "not signed".to_owned(),
    }
}

/// The object that a path stands for, where the origin is a bucket.
fn object(origin: &Origin, path: &str) -> Option<Object> {
    use S3EndpointKind as K;
    let endpoint = origin.s3_endpoint.as_ref()?;
    let bucket = match &endpoint.kind {
        K::AccessPointAlias(name)
        | K::ObjectLambdaAlias(name)
        | K::MultiRegionAccessPoint(name) => name.clone(),
        K::AccessPoint { name, account } | K::ObjectLambda { name, account } => {
            format!("{name} of account {account}")
        }
        _ => endpoint.bucket()?.to_string(),
    };
    Some(Object {
        bucket,
        key: key(path),
        website: S3Endpoint::is_website(endpoint),
    })
}

/// The key that S3 reads off a path: without the first slash, and decoded.
fn key(path: &str) -> String {
    decoded(path.strip_prefix('/').unwrap_or(path), |_| true)
}
