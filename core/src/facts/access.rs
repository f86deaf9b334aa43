use std::borrow::Borrow;

use super::{BucketNeed, Fact, Probes, Subject, Unknown, UnknownCause};
use crate::distribution::BucketName;
use crate::policy::Policy;

/// Who may read a bucket's objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketAccess {
    /// The bucket policy; `None` where there is none.
    pub policy: Fact<Option<Policy>>,
    /// How new objects are encrypted.
    pub encryption: Fact<Encryption>,
    /// What the bucket blocks of public access; asked only where CloudFront does not sign.
    pub public_access_block: Fact<PublicAccessBlock>,
    /// Whether the ACLs of objects count; asked only where no policy need let the reader in.
    pub acls: Fact<Acls>,
    /// Whether anything is in it; asked only where an origin moves to it from another bucket.
    pub contents: Fact<Contents>,
}

/// Whether a bucket holds anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// Not one object.
    Nothing,
    /// Some object.
    Objects,
}

/// What a bucket blocks of public access, as far as it changes who reads. The account's own block,
/// which another service reports, may block more
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PublicAccessBlock {
    /// ACLs that let everybody in do not count.
    pub ignore_public_acls: bool,
    /// A public policy applies to services and the bucket's own account only.
    pub restrict_public_buckets: bool,
}

/// Whether the ACLs of a bucket's objects count
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acls {
    /// `BucketOwnerEnforced`: only policies let anyone in.
    Off,
    /// The ACL of each object may grant access.
    On,
}

/// A bucket's website hosting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Website {
    /// The website endpoint answers 404 `NoSuchWebsiteConfiguration`.
    Off,
    /// It serves the bucket's objects.
    On,
    /// It serves the bucket's objects, and routing rules may send requests elsewhere.
    Routes,
    /// It redirects every request to this host.
    RedirectsTo(String),
}

/// A bucket whose website hosting is of interest.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WebsiteOf(BucketName);

impl From<BucketName> for WebsiteOf {
    fn from(bucket: BucketName) -> Self {
        Self(bucket)
    }
}

impl Borrow<BucketName> for WebsiteOf {
    fn borrow(&self) -> &BucketName {
        &self.0
    }
}

impl Subject for WebsiteOf {
    type Answer = Website;
    type Need = BucketNeed;
    const FACT: &'static str = "website hosting";
    const ASKS: &'static str = "s3:GetBucketWebsite";

    fn name(&self) -> &str {
        self.0.as_str()
    }

    async fn ask<P: Probes>(&self, probes: &P, need: &BucketNeed) -> Fact<Website> {
        probes.website(&self.0, need).await
    }
}

/// A bucket's default encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encryption {
    /// SSE-S3, or none: every principal that may read an object reads it decrypted.
    S3Managed,
    /// SSE-KMS with the key `aws/s3` that AWS manages, whose policy cannot be changed.
    AwsManagedKey,
    /// SSE-KMS with a key of its own: its ARN or ID.
    CustomerKey(String),
}

impl Acls {
    /// What an `ObjectOwnership` comes to; `None` where it is none of those that S3 had when this
    /// guard was made.
    #[must_use]
    pub fn of_ownership(ownership: &str) -> Option<Self> {
        match ownership {
            "BucketOwnerEnforced" => Some(Self::Off),
            "ObjectWriter" | "BucketOwnerPreferred" => Some(Self::On),
            // Unknown and not "on": an ownership that is newer than this program must not let an
            // ACL count that does not.
            _ => None,
        }
    }
}

impl Encryption {
    /// What an `SSEAlgorithm` comes to, with a key or without one; an empty ID is none.
    #[must_use]
    pub fn of(algorithm: &str, key: Option<&str>) -> Self {
        match (algorithm, key.filter(|key| !key.is_empty())) {
            // S3 documents a key ID for SSE-KMS only.
            ("AES256", _) => Self::S3Managed,
            (_, Some(key)) => Self::of_key(key),
            (_, None) => Self::AwsManagedKey,
        }
    }

    /// SSE-KMS with a key by its ID, ARN or alias; AWS's own has an alias
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>).
    #[must_use]
    pub fn of_key(key: &str) -> Self {
        if key.ends_with("alias/aws/s3") {
            Self::AwsManagedKey
        } else {
            Self::CustomerKey(key.to_owned())
        }
    }
}

impl BucketAccess {
    /// Who may read this bucket was not asked.
    #[must_use]
    pub fn not_asked(bucket: &str) -> Self {
        Self::unknown(bucket, &UnknownCause::NotAskedFor)
    }

    /// Nothing is known of who may read this bucket, all for one cause.
    #[must_use]
    pub fn unknown(bucket: &str, cause: &UnknownCause) -> Self {
        fn because<T>(fact: &'static str, bucket: &str, cause: &UnknownCause) -> Fact<T> {
            Fact::Unknown(Unknown {
                fact,
                subject: bucket.to_owned(),
                cause: cause.clone(),
            })
        }
        Self {
            policy: because("bucket policy", bucket, cause),
            encryption: because("bucket encryption", bucket, cause),
            public_access_block: because("public access block", bucket, cause),
            acls: because("object ownership", bucket, cause),
            contents: because("bucket contents", bucket, cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_key_id_is_no_key_of_the_customers() {
        for algorithm in ["aws:kms", "aws:kms:dsse"] {
            for key in [None, Some("")] {
                let encryption = Encryption::of(algorithm, key);
                assert_eq!(encryption, Encryption::AwsManagedKey, "{algorithm} {key:?}");
            }
        }
        assert_eq!(Encryption::of("AES256", Some("")), Encryption::S3Managed);
    }
}
