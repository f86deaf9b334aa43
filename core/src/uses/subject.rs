use std::fmt;

use serde::{Deserialize, Serialize};

use crate::distribution::{BucketName, KeyId, OacId, OaiId, OriginHostName, VpcOriginId};

/// What a distribution uses, by its kind and name. Its JSON is `{"kind": "bucket", "name": "assets"}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "Named", try_from = "Named")]
pub enum Subject {
    /// A bucket.
    Bucket(BucketName),
    /// An origin access control.
    OriginAccessControl(OacId),
    /// An origin access identity.
    OriginAccessIdentity(OaiId),
    /// A KMS key that a bucket is encrypted with, by its ARN, or by its ID alone.
    Key(KeyId),
    /// A VPC origin.
    VpcOrigin(VpcOriginId),
    /// The host of an origin that is no bucket, in small letters.
    Host(OriginHostName),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Named {
    kind: String,
    name: String,
}

impl Subject {
    /// The kind, in JSON.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Bucket(_) => "bucket",
            Self::OriginAccessControl(_) => "origin-access-control",
            Self::OriginAccessIdentity(_) => "origin-access-identity",
            Self::Key(_) => "key",
            Self::VpcOrigin(_) => "vpc-origin",
            Self::Host(_) => "host",
        }
    }

    /// The kind in sentences.
    #[must_use]
    pub fn kind_in_words(&self) -> &'static str {
        match self {
            Self::Bucket(_) => "bucket",
            Self::OriginAccessControl(_) => "origin access control",
            Self::OriginAccessIdentity(_) => "origin access identity",
            Self::Key(_) => "key",
            Self::VpcOrigin(_) => "VPC origin",
            Self::Host(_) => "host",
        }
    }

    /// The name or ID.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Bucket(name) => name.as_str(),
            Self::OriginAccessControl(id) => id.as_str(),
            Self::OriginAccessIdentity(id) => id.as_str(),
            Self::Key(id) => id.as_str(),
            Self::VpcOrigin(id) => id.as_str(),
            Self::Host(name) => name.as_str(),
        }
    }

    /// The name by which an index finds it: of a key its ID, since a bucket may name a key by that alone.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Key(key) => key_id(key.as_str()),
            other => other.name(),
        }
    }

    /// Whether both are the same: keys by their ARNs, or by their IDs where one has no more.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Key(one), Self::Key(other)) => {
                let (one, other) = (one.as_str(), other.as_str());
                let are_arns = one.starts_with("arn:") && other.starts_with("arn:");
                one == other || !are_arns && key_id(one) == key_id(other)
            }
            (one, other) => one == other,
        }
    }
}

/// What follows `key/` in an ARN.
fn key_id(key: &str) -> &str {
    key.rsplit_once('/').map_or(key, |(_, id)| id)
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind_in_words(), self.name())
    }
}

impl From<Subject> for Named {
    fn from(subject: Subject) -> Self {
        Self {
            kind: subject.kind().to_owned(),
            name: subject.name().to_owned(),
        }
    }
}

impl TryFrom<Named> for Subject {
    type Error = String;

    fn try_from(Named { kind, name }: Named) -> Result<Self, String> {
        Ok(match kind.as_str() {
            "bucket" => Self::Bucket(BucketName::new(name)),
            "origin-access-control" => Self::OriginAccessControl(name.into()),
            "origin-access-identity" => Self::OriginAccessIdentity(name.into()),
            "key" => Self::Key(name.into()),
            "vpc-origin" => Self::VpcOrigin(name.into()),
            "host" => Self::Host(name.into()),
            _ => return Err(format!("unknown kind of subject `{kind}`")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_read_as_it_was_written() {
        let all = [
            Subject::Bucket(BucketName::new("assets")),
            Subject::OriginAccessControl("E1".into()),
            Subject::OriginAccessIdentity("E2".into()),
            Subject::Key("k".into()),
            Subject::VpcOrigin("vo_1".into()),
            Subject::Host("api.example.com".into()),
        ];
        for subject in all {
            let json = serde_json::to_string(&subject).unwrap();
            assert_eq!(serde_json::from_str::<Subject>(&json).unwrap(), subject);
        }
        let other = r#"{"kind": "queue", "name": "q"}"#;
        assert!(serde_json::from_str::<Subject>(other).is_err());
    }

    #[test]
    fn a_key_is_the_same_by_its_id_alone_but_not_in_another_region() {
        let key = |text: &str| Subject::Key(text.into());
        let arn = key("arn:aws:kms:eu-west-1:111122223333:key/k1");
        assert_eq!(arn.key(), "k1");
        assert!(arn.is(&key("k1")) && key("k1").is(&arn));
        assert!(!arn.is(&key("k2")));
        assert!(!arn.is(&key("arn:aws:kms:us-east-1:111122223333:key/k1")));
    }
}
