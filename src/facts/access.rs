use super::Fact;
use crate::policy::Policy;

/// Who may read a bucket's objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketAccess {
    /// The bucket policy; `None` where there is none.
    pub policy: Fact<Option<Policy>>,
    /// How new objects are encrypted.
    pub encryption: Fact<Encryption>,
}

/// A bucket's website hosting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Website {
    /// The website endpoint answers 404 `NoSuchWebsiteConfiguration`.
    Off,
    /// It serves the bucket's objects.
    On,
    /// It redirects every request to this host.
    RedirectsTo(String),
}

/// A bucket's default encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encryption {
    /// SSE-S3, or none: whoever may read an object reads it decrypted.
    S3Managed,
    /// SSE-KMS with the key `aws/s3` that AWS manages, whose policy nobody can change.
    AwsManagedKey,
    /// SSE-KMS with a key of its own: its ARN or ID.
    CustomerKey(String),
}
