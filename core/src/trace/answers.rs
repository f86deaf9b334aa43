//! What may answer a request, and what CloudFront makes of that.

use serde::Serialize;

use super::origin::{Object, OriginRequest};
use super::{Request, Traced};
use crate::distribution::{Behavior, BucketName, Origin};
use crate::facts::{Bucket, Fact, Website};
use crate::rules::{Allowed, Reads};

/// One answer that an origin may give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The HTTP status; absent where the origin decides it.
    pub status: Option<u16>,
    /// S3's error code.
    pub code: Option<&'static str>,
    /// When it comes.
    pub when: String,
    /// Whether the second member of the origin group is asked then.
    pub fails_over: bool,
    /// The path of the custom error page that viewers get instead.
    pub error_page: Option<String>,
}

impl Answer {
    fn new(status: u16, code: &'static str, when: impl Into<String>) -> Self {
        Self {
            status: Some(status),
            code: Some(code).filter(|code| !code.is_empty()),
            when: when.into(),
            fails_over: false,
            error_page: None,
        }
    }
}

/// What an origin may answer.
pub(super) fn answers(
    traced: &Traced<'_, '_>,
    behavior: &Behavior,
    origin: &Origin,
    asked: &OriginRequest,
) -> Vec<Answer> {
    let mut answers = match (&asked.object, &asked.reads) {
        (Some(object), _) if object.website => of_website(traced, origin, object),
        (Some(object), Some(reads)) => of_bucket(traced, origin, object, reads),
        _ => of_host(origin),
    };
    let sends_host = asked.forwarded.headers.has_header("Host") == Some(true);
    // Code at the edge may set the Host back, and then nothing is known of it.
    if asked.object.is_some() && sends_host && !behavior.runs_code_on_requests() {
        answers.insert(
            0,
            Answer::new(
                403,
                "SignatureDoesNotMatch",
                "the viewer's Host is sent, by which S3 finds the bucket: 403 where the request is \
                 signed, else 404 NoSuchBucket unless a bucket has that name",
            ),
        );
    }
    for answer in &mut answers {
        answer.error_page = traced
            .error_page(answer.status)
            .map(|page| page.path.clone());
    }
    answers
}

/// Whether there is such a bucket, as far as that is known.
fn is_gone(traced: &Traced<'_, '_>, origin: &Origin) -> bool {
    let endpoint = origin.s3_endpoint.as_ref();
    let bucket = endpoint.and_then(crate::distribution::S3Endpoint::bucket);
    let fact = bucket.and_then(|name: &BucketName| traced.case.facts.buckets.get(name));
    matches!(fact, Some(Fact::Known(Bucket::Missing | Bucket::Deleted)))
}

fn gone(object: &Object) -> Answer {
    Answer::new(
        404,
        "NoSuchBucket",
        format!("there is no bucket `{}`", object.bucket),
    )
}

fn of_bucket(
    traced: &Traced<'_, '_>,
    origin: &Origin,
    object: &Object,
    reads: &Reads,
) -> Vec<Answer> {
    if is_gone(traced, origin) {
        return vec![gone(object)];
    }
    // The rules check reads only, so nothing is claimed about writes.
    if !traced.request.reads() {
        return vec![of_write(traced.request, object)];
    }
    // A request for the root without a default root object asks for the bucket's listing.
    if object.key.is_empty() {
        return of_root(&reads.listing);
    }
    let key = &object.key;
    let denied = |when: String| Answer::new(403, "AccessDenied", when);
    let mut answers = Vec::new();
    match &reads.object {
        // Without s3:GetObject S3 answers 403 for every key, so what else could answer does not
        // matter.
        Allowed::No(why) => {
            return vec![denied(format!(
                "s3:GetObject is not granted, whether the key is there or not: {why}"
            ))];
        }
        Allowed::Yes => answers.push(Answer::new(200, "", format!("the key `{key}` is there"))),
        Allowed::Unknown(why) => {
            answers.push(Answer::new(
                200,
                "",
                format!("the key `{key}` is there and s3:GetObject is granted"),
            ));
            answers.push(denied(format!(
                "s3:GetObject is not granted, which is not known ({why})"
            )));
        }
    }
    let missing = format!("the key `{key}` is missing");
    let not_found = |when: String| Answer::new(404, "NoSuchKey", when);
    match &reads.listing {
        Allowed::Yes => answers.push(not_found(missing)),
        // S3 hides whether a key exists from a caller that may not list the bucket
        // (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).
        Allowed::No(_) => answers.push(denied(format!(
            "{missing}; s3:ListBucket is not granted, so S3 answers 403 instead of 404"
        ))),
        Allowed::Unknown(_) => {
            answers.push(not_found(format!(
                "{missing}, and s3:ListBucket is granted"
            )));
            answers.push(denied(format!(
                "{missing}, and s3:ListBucket is not granted: S3 answers 403 instead of 404"
            )));
        }
    }
    answers
}

/// Why a key that looks like a page may be missing.
pub(super) fn hint(object: &Object) -> Option<String> {
    let Object { key, website, .. } = object;
    if *website || key.is_empty() {
        return None;
    }
    if key.ends_with('/') {
        return Some(format!(
            "S3's REST endpoint has no index document below the root: `{key}index.html` is not served for \
             `{key}`, unless a function rewrites the path"
        ));
    }
    let last = key.rsplit('/').next().unwrap_or_default();
    // A key with an extension is mostly a file of that name; without one it is mostly a page.
    (!last.contains('.')).then(|| {
        format!(
            "S3's REST endpoint serves neither `{key}.html` nor `{key}/index.html` for `{key}`, unless a \
             function rewrites the path"
        )
    })
}

/// The bucket itself: S3 lists it.
fn of_root(listing: &Allowed) -> Vec<Answer> {
    const ROOT: &str = "no default root object is set, so the bucket itself is asked";
    let listed = Answer::new(
        200,
        "",
        format!("{ROOT}: with s3:ListBucket, viewers get the list of its keys"),
    );
    let denied = Answer::new(
        403,
        "AccessDenied",
        format!("{ROOT}: s3:ListBucket is not granted"),
    );
    match listing {
        Allowed::Yes => vec![listed],
        Allowed::No(_) => vec![denied],
        Allowed::Unknown(_) => vec![denied, listed],
    }
}

fn of_write(request: &Request, object: &Object) -> Answer {
    let permission = match request.method.as_str() {
        "PUT" | "POST" => "s3:PutObject",
        "DELETE" => "s3:DeleteObject",
        _ => "the method",
    };
    Answer {
        status: None,
        ..Answer::new(
            403,
            "",
            format!(
                "S3 decides on {} of the key `{}`: {permission} is not checked",
                request.method, object.key
            ),
        )
    }
}

fn of_website(traced: &Traced<'_, '_>, origin: &Origin, object: &Object) -> Vec<Answer> {
    if is_gone(traced, origin) {
        return vec![gone(object)];
    }
    let endpoint = origin.s3_endpoint.as_ref();
    let bucket = endpoint.and_then(crate::distribution::S3Endpoint::bucket);
    match bucket.and_then(|name| traced.case.facts.websites.get(name)) {
        Some(Fact::Known(Website::Off)) => {
            return vec![Answer::new(
                404,
                "NoSuchWebsiteConfiguration",
                "website hosting is off",
            )];
        }
        Some(Fact::Known(Website::RedirectsTo(host))) => {
            return vec![Answer::new(
                301,
                "",
                format!("the website redirects every request to `{host}`"),
            )];
        }
        _ => {}
    }
    let key = &object.key;
    let is_folder = key.is_empty() || key.ends_with('/');
    let found = if is_folder {
        format!("the website's index document is there, such as `{key}index.html`")
    } else {
        format!("the key `{key}` is there")
    };
    let mut answers = vec![Answer::new(200, "", format!("{found}, and is public"))];
    if !is_folder {
        answers.push(Answer::new(
            302,
            "",
            format!(
                "the key `{key}` is missing and `{key}/` has an index document: a redirect to `/{key}/`, \
                 with the origin path in it"
            ),
        ));
    }
    answers.push(Answer::new(
        404,
        "NoSuchKey",
        "it is missing and everybody may list the bucket; the body is the website's error document",
    ));
    answers.push(Answer::new(
        403,
        "AccessDenied",
        "it is not public, or it is missing and the bucket may not be listed",
    ));
    answers
}

fn of_host(origin: &Origin) -> Vec<Answer> {
    let host = &origin.domain_name;
    vec![
        Answer {
            status: None,
            ..Answer::new(200, "", format!("what `{host}` answers"))
        },
        Answer::new(
            502,
            "",
            "CloudFront cannot connect, or TLS or the answer is not valid",
        ),
        Answer::new(504, "", "no answer in time"),
    ]
}
