use std::fmt;

use super::byte_set::ByteSet;
use super::{AccountId, Expression, ExpressionPart, Region};

/// What stands where a bucket's name should be; [`BucketName::validate`] says whether it is one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BucketName(Expression);

/// Why a text cannot be a bucket's name
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BucketNameError {
    /// Not 3 to 63 characters.
    #[error("it has {0} characters, and a bucket name has 3 to 63")]
    Length(usize),
    /// A character outside `a-z 0-9 . -`.
    #[error("it has the character {0:?}, and a bucket name has only a-z, 0-9, `.` and `-`")]
    Character(char),
    /// Begins or ends with `.` or `-`.
    #[error("it must begin and end with a letter or digit")]
    Ends,
    /// Two dots in a row.
    #[error("it has two dots in a row")]
    DoubleDot,
    /// Four numbers with dots.
    #[error("it has the form of an IP address")]
    IpAddress,
}

/// The parts of a name in the account-regional namespace, `prefix-account-region-an`: no other
/// account can ever create it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRegionalName {
    /// The account that owns the name.
    pub account: AccountId,
    /// The region that it is in.
    pub region: Region,
}

impl BucketName {
    /// Any text, or an expression for it; whether S3 takes it is for [`BucketName::validate`].
    pub fn new(text: impl Into<Expression>) -> Self {
        Self(text.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.spelling()
    }

    /// Whether the deployment decides on the name, or on a part of it.
    #[must_use]
    pub fn is_symbolic(&self) -> bool {
        !self.0.is_known()
    }

    /// Whether it is this name, or may come to it.
    #[must_use]
    pub fn may_be(&self, name: &str) -> bool {
        self.0.may_be(name)
    }

    /// Whether a bucket can have this name; of a symbolic one, whether its known parts can be in one.
    ///
    /// Reserved prefixes and suffixes are let through: buckets that are older than the
    /// reservation keep working.
    ///
    /// # Errors
    /// The first reason why none can.
    pub fn validate(&self) -> Result<(), BucketNameError> {
        let Some(name) = self.0.text() else {
            return self.validate_known_parts();
        };
        // Characters before the length: where both are wrong, the character is the clearer reason.
        if !BUCKET_BYTES.has_all_of(name)
            && let Some(other) = BUCKET_BYTES.first_beside(name)
        {
            return Err(BucketNameError::Character(other));
        }
        if !(3..=63).contains(&name.len()) {
            return Err(BucketNameError::Length(name.len()));
        }
        let alphanumeric = |c: char| c.is_ascii_alphanumeric();
        if !name.starts_with(alphanumeric) || !name.ends_with(alphanumeric) {
            return Err(BucketNameError::Ends);
        }
        if name.as_bytes().windows(2).any(|pair| pair == b"..") {
            return Err(BucketNameError::DoubleDot);
        }
        if name.parse::<std::net::Ipv4Addr>().is_ok() {
            return Err(BucketNameError::IpAddress);
        }
        Ok(())
    }

    fn validate_known_parts(&self) -> Result<(), BucketNameError> {
        let mut length = 0;
        for part in self.0.parts() {
            let ExpressionPart::Known(text) = part else {
                continue;
            };
            if let Some(other) = BUCKET_BYTES.first_beside(text) {
                return Err(BucketNameError::Character(other));
            }
            if text.contains("..") {
                return Err(BucketNameError::DoubleDot);
            }
            // What is open adds at least nothing, so only the upper bound can be proven of the
            // rest.
            length += text.len();
        }
        if length > 63 {
            return Err(BucketNameError::Length(length));
        }
        let name = self.as_str();
        if name.starts_with(['.', '-']) || name.ends_with(['.', '-']) {
            return Err(BucketNameError::Ends);
        }
        Ok(())
    }

    /// The owner and region that an account-regional name carries.
    #[must_use]
    pub fn account_regional(&self) -> Option<AccountRegionalName> {
        let name = self.as_str().strip_suffix("-an")?;
        // The prefix may have dashes and digits itself, so each dash is tried until an account and
        // a region follow.
        let mut dashes = name.match_indices('-').filter(|(at, _)| *at > 0);
        dashes.find_map(|(at, _)| {
            let (account, region) = name.get(at + 1..)?.split_once('-')?;
            Some(AccountRegionalName {
                account: AccountId::parse(account)?,
                region: Region::parse(region)?,
            })
        })
    }
}

static BUCKET_BYTES: ByteSet = ByteSet::lower_case_and(b".-");

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(name: &str) -> BucketName {
        BucketName::new(name)
    }

    #[test]
    fn reads_owner_and_region_off_an_account_regional_name() {
        let name = bucket("assets-111122223333-eu-west-1-an");
        let parts = name.account_regional().unwrap();
        assert_eq!(parts.account.as_str(), "111122223333");
        assert_eq!(parts.region.as_str(), "eu-west-1");
        for other in [
            "assets-an",
            "assets-1111-eu-west-1-an",
            "111122223333-eu-west-1-an",
        ] {
            assert_eq!(bucket(other).account_regional(), None, "{other}");
        }
    }

    #[test]
    fn says_why_a_bucket_name_is_none() {
        for (name, error) in [
            ("ab", BucketNameError::Length(2)),
            ("[bucket]", BucketNameError::Character('[')),
            ("-abc", BucketNameError::Ends),
            ("a..b", BucketNameError::DoubleDot),
            ("10.0.0.1", BucketNameError::IpAddress),
        ] {
            assert_eq!(bucket(name).validate(), Err(error));
        }
        assert_eq!(bucket("my.dotted-bucket.v1").validate(), Ok(()));
    }
}
