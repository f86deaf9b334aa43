//! Who may read a bucket: its policy, its default encryption, its website.

use std::error::Error;

use aws_sdk_s3::types::{ObjectOwnership, OwnershipControls, ServerSideEncryption};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::bucket_call::{Asked, Next, ask, in_region};
use super::failure::Failure;
use crate::distribution::{BucketName, Region};
use crate::facts::{
    Acls, Contents, Encryption, Fact, ProbeFailure, PublicAccessBlock, Unknown, Website,
};
use crate::policy::Policy;

/// A bucket policy, and what asking for it says about the bucket itself.
pub(super) struct PolicyAnswer {
    /// The policy.
    pub policy: Fact<Option<Policy>>,
    /// Only a bucket of the expected owner answers, and only in its own region; `None` where S3
    /// refused.
    pub bucket: Option<Found>,
}

/// What an answer about a bucket proves.
pub(super) enum Found {
    /// It is there, and the expected owner's: in which region, if one was named.
    Here(Option<Region>),
    /// No account has a bucket of this name.
    Nowhere,
    /// Nothing: there was no answer, and a second question would get none either.
    Nothing(ProbeFailure),
}

/// Whether a single object is in it.
pub(super) async fn contents(asked: Asked<'_>) -> Fact<Contents> {
    let list = asked.client.list_objects_v2().max_keys(1);
    let (answer, _) = ask!(list.clone(), asked);
    match answer {
        // One key is enough: whether a bucket that replaces another is still empty decides, not how
        // many objects it has. The keys themselves are not kept (docs/security.md).
        Ok(answer) if answer.contents().is_empty() => Fact::Known(Contents::Nothing),
        Ok(_) => Fact::Known(Contents::Objects),
        Err(error) => {
            let why = Failure::of(&error).probe_failed("s3:ListBucket");
            Fact::Unknown(Unknown::probe_failed(
                "bucket contents",
                asked.name.as_str(),
                why,
            ))
        }
    }
}

/// The bucket policy. Only the owner's account can ask
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html>).
pub(super) async fn policy(asked: Asked<'_>) -> PolicyAnswer {
    let (answer, region) = ask!(asked.client.get_bucket_policy(), asked);
    let unknown = |why| {
        Fact::Unknown(Unknown::probe_failed(
            "bucket policy",
            asked.name.as_str(),
            why,
        ))
    };
    let (policy, bucket) = match answer {
        Ok(answer) => {
            // A policy that S3 holds but this parser cannot read is no proof that a grant is
            // missing, so it is unknown, never "no policy".
            let policy = Policy::parse(answer.policy().unwrap_or_default());
            let policy = policy.map_or_else(
                |error| unknown(ProbeFailure::Failed(error.to_string())),
                |policy| Fact::Known(Some(policy)),
            );
            (policy, Some(Found::Here(region)))
        }
        Err(error) => match (error.code(), Failure::of(&error)) {
            // S3 compares the expected owner before it answers, so even "no policy" proves that the
            // bucket exists, here, and in this account.
            (Some("NoSuchBucketPolicy"), _) => (Fact::Known(None), Some(Found::Here(region))),
            // Bucket names are global in a partition: this error means that no account has it.
            (Some("NoSuchBucket"), _) => (Fact::Known(None), Some(Found::Nowhere)),
            (_, failure) => {
                let why = failure.probe_failed("s3:GetBucketPolicy");
                // Where S3 could not be reached at all, HeadBucket would only wait for the same
                // time-out again. A refusal is different: HeadBucket needs another permission and
                // may still answer.
                let silent = matches!(why, ProbeFailure::TimedOut | ProbeFailure::Unreachable(_));
                let bucket = silent.then(|| Found::Nothing(why.clone()));
                (unknown(why), bucket)
            }
        },
    };
    PolicyAnswer { policy, bucket }
}

/// What a setting of the bucket is: as the answer says, or `unset` where S3 says that there is none
/// (`NoSuchWebsiteConfiguration` and its like; that a bucket is missing is another fact).
struct Setting<'a, T> {
    fact: &'static str,
    name: &'a BucketName,
    permission: &'static str,
    unset: T,
}

impl<T> Setting<'_, T> {
    fn read<A, E>(
        self,
        answer: Result<A, SdkError<E, HttpResponse>>,
        value: impl FnOnce(A) -> T,
    ) -> Fact<T>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match answer {
            Ok(answer) => Fact::Known(value(answer)),
            Err(error) => match Failure::of(&error) {
                // Each setting has a code of its own for "never set" (`NoSuchWebsiteConfiguration`,
                // `NoSuchPublicAccessBlockConfiguration`, `OwnershipControlsNotFoundError`,
                // `ServerSideEncryptionConfigurationNotFoundError`); each is classed as not found
                // by its name.
                Failure::NotFound(_) => Fact::Known(self.unset),
                failure => Fact::Unknown(Unknown::probe_failed(
                    self.fact,
                    self.name.as_str(),
                    failure.probe_failed(self.permission),
                )),
            },
        }
    }
}

/// The default encryption
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html>).
pub(super) async fn encryption(asked: Asked<'_>) -> Fact<Encryption> {
    let (answer, _) = ask!(asked.client.get_bucket_encryption(), asked);
    let setting = Setting {
        fact: "bucket encryption",
        name: asked.name,
        permission: "s3:GetEncryptionConfiguration",
        unset: Encryption::S3Managed,
    };
    setting.read(answer, |answer| {
        let rules = answer.server_side_encryption_configuration();
        let default = rules.and_then(|rules| {
            rules
                .rules()
                .iter()
                .find_map(|rule| rule.apply_server_side_encryption_by_default())
        });
        match default {
            Some(default)
                if matches!(
                    default.sse_algorithm(),
                    ServerSideEncryption::AwsKms | ServerSideEncryption::AwsKmsDsse
                ) =>
            {
                match default.kms_master_key_id() {
                    // SSE-KMS without a key ID means the AWS managed key `aws/s3`.
                    None | Some("") => Encryption::AwsManagedKey,
                    // The AWS managed key can also be named, by its alias or the ARN of that. Its
                    // policy cannot be edited, so CloudFront can never be granted it: that is
                    // another finding than a customer's key.
                    Some(key) if key.ends_with("alias/aws/s3") => Encryption::AwsManagedKey,
                    Some(key) => Encryption::CustomerKey(key.to_owned()),
                }
            }
            _ => Encryption::S3Managed,
        }
    })
}

/// What the bucket blocks of public access
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html>).
pub(super) async fn public_access_block(asked: Asked<'_>) -> Fact<PublicAccessBlock> {
    let (answer, _) = ask!(asked.client.get_public_access_block(), asked);
    let setting = Setting {
        fact: "public access block",
        name: asked.name,
        permission: "s3:GetBucketPublicAccessBlock",
        unset: PublicAccessBlock::default(),
    };
    setting.read(answer, |answer| {
        let block = answer.public_access_block_configuration();
        let block = block.map(|block| PublicAccessBlock {
            ignore_public_acls: block.ignore_public_acls().unwrap_or_default(),
            restrict_public_buckets: block.restrict_public_buckets().unwrap_or_default(),
        });
        block.unwrap_or_default()
    })
}

/// Whether ACLs of objects count; they do in a bucket from before there was a setting
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html>).
pub(super) async fn acls(asked: Asked<'_>) -> Fact<Acls> {
    let (answer, _) = ask!(asked.client.get_bucket_ownership_controls(), asked);
    let setting = Setting {
        fact: "object ownership",
        name: asked.name,
        permission: "s3:GetBucketOwnershipControls",
        // A bucket from before April 2023 has no ownership controls until they are set, and there
        // ACLs count, so an object may be readable without any policy.
        unset: Acls::On,
    };
    setting.read(answer, |answer| {
        let rules = answer.ownership_controls().map(OwnershipControls::rules);
        let enforced = rules
            .unwrap_or_default()
            .iter()
            .any(|rule| *rule.object_ownership() == ObjectOwnership::BucketOwnerEnforced);
        if enforced { Acls::Off } else { Acls::On }
    })
}

/// How website hosting is set up
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html>).
pub(super) async fn website(asked: Asked<'_>) -> Fact<Website> {
    let (answer, _) = ask!(asked.client.get_bucket_website(), asked);
    let setting = Setting {
        fact: "website hosting",
        name: asked.name,
        permission: "s3:GetBucketWebsite",
        unset: Website::Off,
    };
    setting.read(answer, |answer| match answer.redirect_all_requests_to() {
        Some(target) => Website::RedirectsTo(target.host_name().to_owned()),
        // Routing rules may redirect any prefix elsewhere; what one path gets can then not be told
        // from the bucket alone, so such a website is a state of its own.
        None if answer.routing_rules().is_empty() => Website::On,
        None => Website::Routes,
    })
}
