//! Objects: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html> and its siblings.

use std::collections::BTreeMap;

use super::{chunked, open};
use crate::action::Action;
use crate::bucket::{Bucket, Object};
use crate::http::{Outcome, Refusal, Reply, http_date};

/// Longest key in bytes: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
const MAX_KEY: usize = 1024;
/// User metadata in bytes: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>
const MAX_METADATA: usize = 2048;

/// Answers `GetObject`.
pub(crate) fn get(action: &mut Action<'_>) -> Outcome {
    let bucket = open(action)?;
    let key = action.route.key.as_deref().unwrap_or_default();
    let Some(object) = bucket.objects.get(key) else {
        return Err(absent(action, key));
    };
    if object
        .readers
        .as_ref()
        .is_some_and(|readers| !readers.contains(action.call.principal()))
    {
        return Err(Refusal::new(403, "AccessDenied", "Access Denied"));
    }
    Ok(content(action, object))
}

/// A principal that may not list the bucket does not learn that the key is absent.
fn absent(action: &Action<'_>, key: &str) -> Refusal {
    if action.world.is_denied("s3:ListBucket") {
        return action.denial(
            "s3:ListBucket",
            &format!("\"arn:aws:s3:::{}\"", action.subject()),
        );
    }
    Refusal::new(404, "NoSuchKey", "The specified key does not exist.").detail("Key", key)
}

fn precondition(condition: &str) -> Refusal {
    Refusal::new(
        412,
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
    )
    .detail("Condition", condition)
}

fn content(action: &Action<'_>, object: &Object) -> Reply {
    let mut reply = Reply::empty(200)
        .with("etag", &object.etag)
        .with("last-modified", http_date(object.last_modified))
        .with("accept-ranges", "bytes")
        .with("content-type", &object.content_type);
    let with_checksums = action
        .call
        .header("x-amz-checksum-mode")
        .is_some_and(|mode| mode.eq_ignore_ascii_case("enabled"));
    for (name, value) in &object.headers {
        if !name.starts_with("x-amz-checksum-") || with_checksums {
            reply = reply.with(name, value);
        }
    }
    reply.body(object.body.clone())
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>
pub(crate) fn put(action: &mut Action<'_>) -> Outcome {
    let key = action.route.key.clone().unwrap_or_default();
    check_write(action, &key)?;
    let upload = chunked::read(action.call)
        .map_err(|refusal| action.broken(refusal.status, &refusal.code, refusal.message))?;
    let bucket = open(action)?;
    write_conditions(action, bucket, &key)?;
    let mut object = Object::new(upload.body);
    object.headers = stored_headers(action, bucket);
    object.headers.extend(upload.checksums);
    if let Some(kind) = action.call.header("content-type") {
        kind.clone_into(&mut object.content_type);
    }
    let echoed = |name: &str| {
        name.starts_with("x-amz-checksum-") || name.starts_with("x-amz-server-side-encryption")
    };
    let mut reply = Reply::empty(200).with("etag", &object.etag);
    for (name, value) in object.headers.iter().filter(|(name, _)| echoed(name)) {
        reply = reply.with(name, value);
    }
    let bucket = action
        .route
        .subject
        .as_ref()
        .and_then(|name| action.world.buckets.get_mut(name));
    bucket
        .expect("it was opened above")
        .objects
        .insert(key, object);
    Ok(reply)
}

fn check_write(action: &mut Action<'_>, key: &str) -> Result<(), Refusal> {
    if key.len() > MAX_KEY {
        return Err(action.broken(400, "KeyTooLongError", "Your key is too long"));
    }
    let metadata = action.call.headers.iter().filter_map(|(name, value)| {
        Some(name.as_str().strip_prefix("x-amz-meta-")?.len() + value.len())
    });
    if metadata.sum::<usize>() > MAX_METADATA {
        return Err(action.broken(
            400,
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
        ));
    }
    if action
        .call
        .header("if-none-match")
        .is_some_and(|value| value != "*")
    {
        let message = "A header you provided implies functionality that is not implemented";
        return Err(action.broken(501, "NotImplemented", message));
    }
    Ok(())
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
fn write_conditions(action: &Action<'_>, bucket: &Bucket, key: &str) -> Result<(), Refusal> {
    let present = bucket.objects.get(key);
    if present.is_some() && action.call.header("if-none-match").is_some() {
        return Err(precondition("If-None-Match"));
    }
    match (action.call.header("if-match"), present) {
        (Some(_), None) => Err(
            Refusal::new(404, "NoSuchKey", "The specified key does not exist.").detail("Key", key),
        ),
        (Some(etag), Some(object)) if etag.trim_matches('"') != object.etag.trim_matches('"') => {
            Err(precondition("If-Match"))
        }
        _ => Ok(()),
    }
}

/// Metadata, and the encryption that was asked for or that the bucket gives.
fn stored_headers(action: &Action<'_>, bucket: &Bucket) -> BTreeMap<String, String> {
    const KEPT: [&str; 4] = [
        "cache-control",
        "content-disposition",
        "content-language",
        "expires",
    ];
    const PREFIXES: [&str; 3] = [
        "x-amz-meta-",
        "x-amz-server-side-encryption",
        "x-amz-storage-class",
    ];
    let mut kept = BTreeMap::new();
    for (name, value) in &action.call.headers {
        let name = name.as_str();
        if let (Ok(value), true) = (
            value.to_str(),
            KEPT.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix)),
        ) {
            kept.insert(name.to_owned(), value.to_owned());
        }
    }
    let default = |member: &str| {
        bucket
            .encryption
            .as_ref()
            .and_then(|rule| rule.get(member)?.as_str())
            .map(str::to_owned)
    };
    if !kept.contains_key("x-amz-server-side-encryption") {
        kept.insert(
            "x-amz-server-side-encryption".to_owned(),
            default("SSEAlgorithm").unwrap_or_else(|| "AES256".to_owned()),
        );
        kept.extend(default("KMSMasterKeyID").map(|key| {
            (
                "x-amz-server-side-encryption-aws-kms-key-id".to_owned(),
                key,
            )
        }));
    }
    kept
}
