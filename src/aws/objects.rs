use aws_sdk_s3::Client;
use aws_sdk_s3::config::Credentials;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_types::SdkConfig;

use super::bodies::Bodies;
use super::bucket_call::{Asked, Next, ask, in_region};
use super::calls::Calls;
use super::failure::Failure;
use super::limits::Limits;
use crate::distribution::{BucketName, Region};
use crate::error::GuardError;
use crate::ports::{DeliveryError, Object, ObjectKey, ObjectVersion};
use crate::request::{ArtifactCredentials, ArtifactLocation};
use crate::settings::has_own_endpoints;

/// The configuration of S3 clients. An endpoint that is not AWS's own is spoken to with the bucket
/// in the path: it rarely has a name in DNS for each bucket.
pub(super) fn client_config(config: &SdkConfig) -> aws_sdk_s3::config::Builder {
    // With one address as the endpoint, `BUCKET.localhost` resolves nowhere.
    let elsewhere = config.endpoint_url().is_some() || has_own_endpoints();
    aws_sdk_s3::config::Builder::from(config)
        .force_path_style(elsewhere)
        .interceptor(Calls)
        .interceptor(Bodies)
}

/// Reads an artifact with the job's own credentials: they may decrypt it too, so the guard's role
/// needs no grant for it.
pub(super) async fn artifact(
    config: &SdkConfig,
    location: &ArtifactLocation,
    credentials: &ArtifactCredentials,
    limit: u64,
) -> Result<Vec<u8>, GuardError> {
    const PIPELINE: &str = "the pipeline's role, whose credentials the job carries";
    let credentials = Credentials::new(
        &credentials.access_key_id,
        &credentials.secret_access_key,
        credentials.session_token.clone(),
        None,
        "CodePipelineJob",
    );
    // One for each job: credentials are a client's, and these live for one job.
    let client = Client::from_conf(
        client_config(config)
            .credentials_provider(credentials)
            .build(),
    );
    let ArtifactLocation {
        bucket_name: bucket,
        object_key: key,
    } = location;
    let subject = format!("s3://{bucket}/{key}");
    let answer = client.get_object().bucket(bucket).key(key).send().await;
    let answer = answer.map_err(|error| match Failure::of(&error) {
        Failure::NotFound(_) => GuardError::missing(
            format!("the input artifact {subject} does not exist"),
            "Run the action that makes it again",
        ),
        // As when a dead letter is retried: the function's own credentials are not concerned.
        Failure::Expired(detail) => GuardError::Unavailable {
            subject: format!("s3:GetObject on {subject}"),
            problem: format!(
                "the job's credentials have expired ({detail}); a new run of the action has new ones"
            ),
        },
        // The permission to change is the pipeline role's, not the guard's: the message has to name
        // the role that was refused.
        failure => failure.into_error("s3:GetObject", &subject, PIPELINE),
    })?;
    whole(answer, &subject, limit, || {
        GuardError::configuration(
            format!("the input artifact {subject} has more than {limit} bytes"),
            "Give the action a smaller artifact with just the candidate, or raise \
             ORIGIN_GUARD_MAX_ARTIFACT_MB and the function's memory",
        )
    })
    .await
}

/// Reads a file of the guard's own by its URL, from whichever region its bucket is in.
pub(super) async fn file(client: &Client, url: &str, limit: u64) -> Result<Vec<u8>, GuardError> {
    let path = url
        .strip_prefix("s3://")
        .and_then(|path| path.split_once('/'));
    let Some((bucket, key)) = path.filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
    else {
        return Err(GuardError::configuration(
            format!("`{url}` is no URL of an object in S3"),
            "Give s3://BUCKET/KEY",
        ));
    };
    let name = BucketName::new(bucket);
    let asked = Asked {
        client,
        name: &name,
        hint: None,
        // A contract may lie in another account's bucket; the grant on it is what counts.
        owner: None,
        limits: Limits::default(),
    };
    // The URL has no region, so the question begins at home and follows where S3 points.
    let (answer, _) = ask!(client.get_object().key(key), asked);
    let answer = answer.map_err(|error| match Failure::of(&error) {
        Failure::NotFound(_) => GuardError::missing(
            format!("{url} does not exist"),
            "Put the file there, or correct the URL",
        ),
        failure => failure.into_error("s3:GetObject", url, "the guard's role"),
    })?;
    whole(answer, url, limit, || {
        GuardError::configuration(
            format!("{url} has more than {limit} bytes"),
            "Give a smaller file, or raise ORIGIN_GUARD_MAX_CANDIDATE_MB",
        )
    })
    .await
}

/// An object's content, as long as it is within the limit.
async fn whole(
    answer: GetObjectOutput,
    subject: &str,
    limit: u64,
    too_large: impl Fn() -> GuardError,
) -> Result<Vec<u8>, GuardError> {
    let length = answer
        .content_length()
        .and_then(|length| u64::try_from(length).ok());
    // Before the first byte: a function has as much memory as its limit was set for.
    if length.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    // Known to be within the limit by now.
    let mut bytes = Vec::with_capacity(
        length
            .and_then(|length| length.try_into().ok())
            .unwrap_or_default(),
    );
    let mut body = answer.body;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| GuardError::Unavailable {
            subject: format!("s3:GetObject on {subject}"),
            problem: format!("it stopped coming ({error})"),
        })?;
        bytes.extend_from_slice(&chunk);
        // And again while reading: a server, or a proxy, may send more than it announced.
        if bytes.len() as u64 > limit {
            return Err(too_large());
        }
    }
    Ok(bytes)
}

/// The largest config has less than a tenth of it.
const MOST_STORED: u64 = 8 << 20;

/// Reads an object of the report bucket; `None` if there is none.
pub(super) async fn get(
    client: &Client,
    bucket: &str,
    key: &ObjectKey,
) -> Result<Option<Object>, GuardError> {
    let subject = format!("s3://{bucket}/{key}");
    let answer = match client
        .get_object()
        .bucket(bucket)
        .key(key.as_str())
        .send()
        .await
    {
        Ok(answer) => answer,
        Err(error) => {
            return match Failure::of(&error) {
                Failure::NotFound(_) => Ok(None),
                // Without ListBucket, S3 answers 403 where the object is missing.
                failure => Err(failure.into_error(
                    "s3:GetObject and s3:ListBucket",
                    &subject,
                    "the guard's role",
                )),
            };
        }
    };
    let version = ObjectVersion::from(answer.e_tag().unwrap_or_default());
    let body = whole(answer, &subject, MOST_STORED, || {
        GuardError::configuration(
            format!(
                "{subject} has more than {MOST_STORED} bytes, which nothing that is stored has"
            ),
            "Delete it; what is missing is stored again",
        )
    });
    Ok(Some(Object {
        body: body.await?,
        version,
    }))
}

/// Writes an object.
pub(super) async fn put(
    client: &Client,
    bucket: &str,
    key: &ObjectKey,
    content_type: &'static str,
    body: Vec<u8>,
) -> Result<(), DeliveryError> {
    let put = client
        .put_object()
        .bucket(bucket)
        .key(key.as_str())
        .content_type(content_type)
        .body(ByteStream::from(body));
    put.send()
        .await
        .map(|_| ())
        .map_err(|error| not_put(Failure::of(&error), bucket, key))
}

/// Writes an object if it still has the version that was read, where `None` is no object
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>).
pub(super) async fn replace(
    client: &Client,
    bucket: &str,
    key: &ObjectKey,
    body: Vec<u8>,
    version: Option<&ObjectVersion>,
) -> Result<bool, DeliveryError> {
    let put = || {
        client
            .put_object()
            .bucket(bucket)
            .key(key.as_str())
            .set_if_match(version.map(ToString::to_string))
            // Without one of the two headers the write would be unconditional, and two deliveries
            // of an event would both be first.
            .set_if_none_match(version.is_none().then(|| "*".to_owned()))
            // Only markers and last known good configs are replaced, and both are JSON.
            .content_type("application/json")
            .body(ByteStream::from(body.clone()))
            .send()
    };
    let mut answer = put().await.map_err(|error| Failure::of(&error));
    // Another write of this key is under way, and S3 wants to be asked again.
    if let Err(Failure::Service { status: 409, .. }) = answer {
        answer = put().await.map_err(|error| Failure::of(&error));
    }
    match answer {
        Ok(_) => Ok(true),
        // PreconditionFailed: another invocation was first, or has written since it was read. That
        // is an outcome the caller decides about, not an error.
        // Conflict, also when asked again: another write of this key is still under way
        // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html), so that what
        // was read is not what will be there.
        Err(Failure::Service {
            status: 412 | 409, ..
        }) => Ok(false),
        // What was to be replaced is gone.
        Err(Failure::NotFound(_)) if version.is_some() => Ok(false),
        Err(failure) => Err(not_put(failure, bucket, key)),
    }
}

fn not_put(failure: Failure, bucket: &str, key: &ObjectKey) -> DeliveryError {
    failure.undelivered("s3:PutObject", format!("s3://{bucket}/{key}"))
}
