//! S3, as its REST API reference says: <https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html>

mod chunked;
mod list;
mod object;
mod settings;

use crate::action::Action;
use crate::bucket::Bucket;
use crate::http::{Outcome, Refusal, Reply};

pub(crate) const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

pub(crate) fn run(action: &mut Action<'_>) -> Outcome {
    check_session_token(action)?;
    match action.route.operation.as_str() {
        "ListBuckets" => list::buckets(action),
        "HeadBucket" => head_bucket(action),
        "ListObjectsV2" => list::objects(action),
        "GetObject" => object::get(action),
        "PutObject" => object::put(action),
        operation if operation.starts_with("Get") => settings::get(action),
        _ => Err(action.unknown()),
    }
}

/// Temporary credentials work only with their session token.
fn check_session_token(action: &mut Action<'_>) -> Result<(), Refusal> {
    let Some(job) = action.world.job_of(action.call.principal()) else {
        return Ok(());
    };
    let Some(token) = &job.session_token else {
        return Ok(());
    };
    match action.call.header("x-amz-security-token") {
        Some(sent) if sent == token => Ok(()),
        Some(_) => Err(Refusal::new(
            400,
            "InvalidToken",
            "The provided token is malformed or otherwise invalid.",
        )),
        None => {
            let message = "The AWS Access Key Id you provided does not exist in our records.";
            Err(Refusal::new(403, "InvalidAccessKeyId", message)
                .detail("AWSAccessKeyId", action.call.principal()))
        }
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html>
fn head_bucket(action: &mut Action<'_>) -> Outcome {
    let bucket = open(action)?;
    Ok(Reply::empty(200)
        .with("content-type", "application/xml")
        .with("x-amz-bucket-region", &bucket.region)
        .with(
            "x-amz-bucket-arn",
            format!("arn:aws:s3:::{}", action.subject()),
        )
        .with(
            "x-amz-access-point-alias",
            bucket.access_point_alias.to_string(),
        ))
}

/// The bucket of a request, in the order in which S3 looks: does it exist (404), is it here (301), may you (403)?
pub(crate) fn open<'a>(action: &'a Action<'_>) -> Result<&'a Bucket, Refusal> {
    let name = action.subject();
    let Some(bucket) = action.world.buckets.get(name) else {
        let refusal = Refusal::new(404, "NoSuchBucket", "The specified bucket does not exist")
            .detail("BucketName", name);
        return Err(refusal);
    };
    let scope = action
        .call
        .signature
        .as_ref()
        .map(|signature| signature.region.as_str());
    if scope.is_some_and(|region| region != bucket.region) {
        return Err(redirect(name, bucket));
    }
    authorize(action, bucket)?;
    Ok(bucket)
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html>: no `Location`, the region header is all there is.
fn redirect(name: &str, bucket: &Bucket) -> Refusal {
    let message = "The bucket you are attempting to access must be addressed using the specified endpoint. \
                   Please send all future requests to this endpoint.";
    Refusal::new(301, "PermanentRedirect", message)
        .detail(
            "Endpoint",
            format!("{name}.s3.{}.amazonaws.com", bucket.region),
        )
        .detail("Bucket", name)
        .with("x-amz-bucket-region", &bucket.region)
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html> for the expected owner.
fn authorize(action: &Action<'_>, bucket: &Bucket) -> Result<(), Refusal> {
    let plain = || Refusal::new(403, "AccessDenied", "Access Denied");
    if action.call.signature.is_none() {
        return Err(plain());
    }
    action.allow(&resource(action))?;
    if action
        .call
        .header("x-amz-expected-bucket-owner")
        .is_some_and(|owner| owner != bucket.owner)
    {
        return Err(plain());
    }
    let account = action.account();
    if bucket.owner != account && !bucket.shared_with.contains(&account) {
        return Err(plain());
    }
    artifact_scope(action)
}

/// The artifact credentials of a job open the artifact store for objects, and nothing else.
fn artifact_scope(action: &Action<'_>) -> Result<(), Refusal> {
    let Some(job) = action.world.job_of(action.call.principal()) else {
        return Ok(());
    };
    let store = job
        .artifact
        .as_ref()
        .is_some_and(|(bucket, _)| bucket == action.subject());
    let objects = matches!(action.route.operation.as_str(), "GetObject" | "PutObject");
    if store && objects {
        Ok(())
    } else {
        Err(action.denial(&action.route.action(), &resource(action)))
    }
}

fn resource(action: &Action<'_>) -> String {
    let key = action
        .route
        .key
        .as_ref()
        .map(|key| format!("/{key}"))
        .unwrap_or_default();
    format!("\"arn:aws:s3:::{}{key}\"", action.subject())
}
