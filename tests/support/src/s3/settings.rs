//! What is set on a bucket: policy, public access block, ownership, website, encryption.

use serde_json::{Value, json};

use super::{NAMESPACE, open};
use crate::action::Action;
use crate::bucket::Bucket;
use crate::cloudfront::convert::to_xml;
use crate::http::{Outcome, Refusal, Reply};

/// Answers the `GetBucket…` operations and `GetPublicAccessBlock`.
pub(crate) fn get(action: &mut Action<'_>) -> Outcome {
    let name = action.subject().to_owned();
    let account = action.account();
    let bucket = open(action)?;
    match action.route.operation.as_str() {
        "GetBucketPolicy" => policy(bucket, &name, &account),
        "GetPublicAccessBlock" => public_access_block(bucket, &name),
        "GetBucketOwnershipControls" => ownership(bucket, &name),
        "GetBucketWebsite" => website(bucket, &name),
        "GetBucketEncryption" => encryption(bucket, &name),
        _ => Err(action.unknown()),
    }
}

fn not_set(code: &str, message: &str, bucket: &str) -> Refusal {
    Refusal::new(404, code, message).detail("BucketName", bucket)
}

fn document(name: &str, value: &Value) -> Reply {
    let body = to_xml(name, value);
    Reply::xml(
        200,
        &body.replacen(
            &format!("<{name}>"),
            &format!("<{name} xmlns=\"{NAMESPACE}\">"),
            1,
        ),
    )
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html>: 405 for another account that may.
fn policy(bucket: &Bucket, name: &str, account: &str) -> Outcome {
    if bucket.owner != account {
        return Err(Refusal::new(
            405,
            "MethodNotAllowed",
            "The specified method is not allowed against this resource.",
        ));
    }
    let policy = bucket.policy.as_ref().ok_or_else(|| {
        not_set(
            "NoSuchBucketPolicy",
            "The bucket policy does not exist",
            name,
        )
    })?;
    Ok(Reply::json(200, "application/json", policy))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html>
fn public_access_block(bucket: &Bucket, name: &str) -> Outcome {
    let message = "The public access block configuration was not found";
    let block = bucket.public_access_block.as_ref();
    let block =
        block.ok_or_else(|| not_set("NoSuchPublicAccessBlockConfiguration", message, name))?;
    Ok(document("PublicAccessBlockConfiguration", block))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html>
fn ownership(bucket: &Bucket, name: &str) -> Outcome {
    let message = "The bucket ownership controls were not found";
    let ownership = bucket
        .ownership
        .as_ref()
        .ok_or_else(|| not_set("OwnershipControlsNotFoundError", message, name))?;
    Ok(document(
        "OwnershipControls",
        &json!({"Rule": {"ObjectOwnership": ownership}}),
    ))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html>
fn website(bucket: &Bucket, name: &str) -> Outcome {
    let message = "The specified bucket does not have a website configuration";
    let website = bucket
        .website
        .as_ref()
        .ok_or_else(|| not_set("NoSuchWebsiteConfiguration", message, name))?;
    Ok(document("WebsiteConfiguration", website))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html>
fn encryption(bucket: &Bucket, name: &str) -> Outcome {
    let message = "The server side encryption configuration was not found";
    let rule = bucket.encryption.as_ref();
    let rule = rule.ok_or_else(|| {
        not_set(
            "ServerSideEncryptionConfigurationNotFoundError",
            message,
            name,
        )
    })?;
    let kms = rule["SSEAlgorithm"] == json!("aws:kms");
    let rule =
        json!({"Rule": {"ApplyServerSideEncryptionByDefault": rule, "BucketKeyEnabled": kms}});
    Ok(document("ServerSideEncryptionConfiguration", &rule))
}
