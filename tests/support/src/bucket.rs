//! Buckets and objects of the world.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use md5::{Digest, Md5};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// A general purpose bucket. A new one has the settings that S3 gives to a new bucket since April 2023.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html>
#[derive(Debug, Clone)]
pub struct Bucket {
    /// The account that owns it.
    pub owner: String,
    /// The region it is in.
    pub region: String,
    /// When it was made.
    pub created: OffsetDateTime,
    /// What is in it, by key.
    pub objects: BTreeMap<String, Object>,
    /// The bucket policy.
    pub policy: Option<Value>,
    /// `PublicAccessBlockConfiguration`.
    pub public_access_block: Option<Value>,
    /// `BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`; none was ever set when absent.
    pub ownership: Option<String>,
    /// `WebsiteConfiguration`.
    pub website: Option<Value>,
    /// The `ApplyServerSideEncryptionByDefault` rule: `SSEAlgorithm`, `KMSMasterKeyID`.
    pub encryption: Option<Value>,
    /// Accounts that a policy lets into a bucket that is not theirs.
    pub shared_with: BTreeSet<String>,
    /// Whether the name is an access point alias.
    pub access_point_alias: bool,
}

impl Bucket {
    pub(crate) fn new(owner: &str, region: &str) -> Self {
        Self {
            owner: owner.to_owned(),
            region: region.to_owned(),
            created: OffsetDateTime::now_utc(),
            objects: BTreeMap::new(),
            policy: None,
            public_access_block: Some(json!({
                "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true,
            })),
            ownership: Some("BucketOwnerEnforced".to_owned()),
            website: None,
            encryption: Some(json!({"SSEAlgorithm": "AES256"})),
            shared_with: BTreeSet::new(),
            access_point_alias: false,
        }
    }

    /// Gives the bucket to another account.
    pub fn owned_by(&mut self, account: &str) -> &mut Self {
        account.clone_into(&mut self.owner);
        self
    }

    /// Lets another account in.
    pub fn share_with(&mut self, account: &str) -> &mut Self {
        self.shared_with.insert(account.to_owned());
        self
    }

    /// Sets the bucket policy.
    pub fn policy(&mut self, policy: Value) -> &mut Self {
        self.policy = Some(policy);
        self
    }

    /// Turns website hosting on with `index.html`.
    pub fn website(&mut self) -> &mut Self {
        self.website = Some(json!({"IndexDocument": {"Suffix": "index.html"}}));
        self
    }

    /// Encrypts new objects with this KMS key.
    pub fn kms_key(&mut self, arn: &str) -> &mut Self {
        self.encryption = Some(json!({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}));
        self
    }
}

/// An object.
#[derive(Debug, Clone)]
pub struct Object {
    /// The content.
    pub body: Bytes,
    /// The entity tag, in quotes.
    pub etag: String,
    /// When it was written.
    pub last_modified: OffsetDateTime,
    /// `Content-Type`.
    pub content_type: String,
    /// Headers to answer as they were stored: user metadata, encryption, checksums, cache control.
    pub headers: BTreeMap<String, String>,
    /// The only access keys that may read it; everybody with access to the bucket when absent.
    pub readers: Option<BTreeSet<String>>,
}

impl Object {
    /// An object as it is after a plain upload.
    #[must_use]
    pub fn new(body: impl Into<Bytes>) -> Self {
        let body = body.into();
        Self {
            etag: etag(&body),
            body,
            last_modified: OffsetDateTime::now_utc(),
            content_type: "binary/octet-stream".to_owned(),
            headers: BTreeMap::from([(
                "x-amz-server-side-encryption".to_owned(),
                "AES256".to_owned(),
            )]),
            readers: None,
        }
    }
}

fn etag(body: &[u8]) -> String {
    use std::fmt::Write;
    Md5::digest(body)
        .iter()
        .fold(String::from("\""), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes every write");
            text
        })
        + "\""
}
