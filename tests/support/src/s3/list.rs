//! Listings: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html> and `ListObjectsV2`.

use super::{NAMESPACE, open};
use crate::action::Action;
use crate::http::{Outcome, Refusal, Reply, iso_date};
use crate::xml::tag;

const MAX_BUCKETS: usize = 10_000;
const MAX_KEYS: usize = 1_000;

/// The buckets that the caller's account owns, by name.
pub(crate) fn buckets(action: &mut Action<'_>) -> Outcome {
    action.allow("*")?;
    if action.world.job_of(action.call.principal()).is_some() {
        return Err(action.denial("s3:ListAllMyBuckets", "*"));
    }
    let limit = limit(action, "max-buckets", MAX_BUCKETS)?;
    same_region(action)?;
    let (call, account) = (action.call, action.account());
    let prefix = call.param("prefix").unwrap_or_default();
    let after = call.param("continuation-token");
    let region = call.param("bucket-region");
    let mut found = action.world.buckets.iter().filter(|(name, bucket)| {
        bucket.owner == account
            && name.starts_with(prefix)
            && after.is_none_or(|after| name.as_str() > after)
            && region.is_none_or(|region| region == bucket.region)
    });
    // The region is answered only if the request has a parameter.
    let tell_region = [
        "max-buckets",
        "continuation-token",
        "prefix",
        "bucket-region",
    ]
    .iter()
    .any(|name| call.param(name).is_some());
    let mut items = String::new();
    let mut last = "";
    for (name, bucket) in found.by_ref().take(limit) {
        let region = if tell_region {
            tag("BucketRegion", &bucket.region)
        } else {
            String::new()
        };
        let created = tag("CreationDate", &iso_date(bucket.created));
        items.extend([
            "<Bucket>",
            &tag("Name", name),
            &created,
            &region,
            "</Bucket>",
        ]);
        last = name;
    }
    let more = if found.next().is_some() {
        tag("ContinuationToken", last)
    } else {
        String::new()
    };
    let prefix = if prefix.is_empty() {
        String::new()
    } else {
        tag("Prefix", prefix)
    };
    let body = format!(
        "<Owner>{}</Owner><Buckets>{items}</Buckets>{more}{prefix}",
        tag("ID", &"0".repeat(64))
    );
    Ok(Reply::xml(
        200,
        &format!("<ListAllMyBucketsResult xmlns=\"{NAMESPACE}\">{body}</ListAllMyBucketsResult>"),
    ))
}

/// A request for the buckets of a region must be made in that region.
fn same_region(action: &mut Action<'_>) -> Result<(), Refusal> {
    let scope = action
        .call
        .signature
        .as_ref()
        .map(|signature| signature.region.clone());
    match action.call.param("bucket-region") {
        Some(asked) if scope.is_some_and(|scope| scope != asked) => Err(action.broken(
            400,
            "InvalidArgument",
            "bucket-region must be the region of the endpoint",
        )),
        _ => Ok(()),
    }
}

fn limit(action: &mut Action<'_>, name: &str, most: usize) -> Result<usize, Refusal> {
    match action.call.param(name).map(str::parse::<usize>) {
        None => Ok(most),
        Some(Ok(limit)) if (1..=most).contains(&limit) => Ok(limit),
        Some(_) => Err(action.broken(
            400,
            "InvalidArgument",
            format!("{name} must be between 1 and {most}"),
        )),
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
pub(crate) fn objects(action: &mut Action<'_>) -> Outcome {
    let limit = limit(action, "max-keys", MAX_KEYS)?;
    let bucket = open(action)?;
    let prefix = action.call.param("prefix").unwrap_or_default();
    let after = action
        .call
        .param("continuation-token")
        .or_else(|| action.call.param("start-after"));
    let mut found = bucket.objects.iter().filter(|(key, _)| {
        key.starts_with(prefix) && after.is_none_or(|after| key.as_str() > after)
    });
    let (mut items, mut count, mut last) = (String::new(), 0_usize, "");
    for (key, object) in found.by_ref().take(limit) {
        let size = tag("Size", &object.body.len().to_string());
        let dates =
            tag("LastModified", &iso_date(object.last_modified)) + &tag("ETag", &object.etag);
        items.extend([
            "<Contents>",
            &tag("Key", key),
            &dates,
            &size,
            "<StorageClass>STANDARD</StorageClass></Contents>",
        ]);
        (count, last) = (count + 1, key);
    }
    let truncated = found.next().is_some();
    let next = if truncated {
        tag("NextContinuationToken", last)
    } else {
        String::new()
    };
    let head = tag("Name", action.subject())
        + &tag("Prefix", prefix)
        + &tag("KeyCount", &count.to_string());
    let tail = tag("MaxKeys", &limit.to_string()) + &tag("IsTruncated", &truncated.to_string());
    Ok(Reply::xml(
        200,
        &format!(
            "<ListBucketResult xmlns=\"{NAMESPACE}\">{head}{tail}{next}{items}</ListBucketResult>"
        ),
    ))
}
