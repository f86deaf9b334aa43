use super::Asker;
use super::pattern::Truth;
use crate::distribution::is_open;

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Principals {
    pub negated: bool,
    pub list: Vec<Principal>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Principal {
    /// `"*"`, which in a resource policy is the same as `{"AWS": "*"}`: services and anonymous too.
    Everyone,
    Aws(String),
    Service(String),
    CanonicalUser(String),
    /// Users of an identity provider, and what AWS adds later: never CloudFront.
    Other,
}

impl Principals {
    pub(super) fn element(&self) -> &'static str {
        if self.negated {
            "NotPrincipal"
        } else {
            "Principal"
        }
    }

    pub(super) fn hold(&self, asker: Asker<'_>) -> Truth {
        let any = Truth::any(self.list.iter().map(|principal| principal.is(asker)));
        if self.negated { any.not() } else { any }
    }
}

impl Principal {
    /// What makes principals of a kind of their values.
    pub(super) fn of_kind(kind: &str) -> fn(String) -> Self {
        match kind {
            "AWS" => |value| match value.as_str() {
                "*" => Self::Everyone,
                _ => Self::Aws(value),
            },
            "Service" => Self::Service,
            "CanonicalUser" => Self::CanonicalUser,
            _ => |_| Self::Other,
        }
    }

    fn is(&self, asker: Asker<'_>) -> Truth {
        match (self, asker) {
            (Self::Everyone, _) => Truth::Yes,
            (Self::Service(name), Asker::CloudFront { .. }) => {
                let is_cloudfront = name == Asker::CLOUDFRONT
                    || name == "*"
                    || name.eq_ignore_ascii_case(Asker::CLOUDFRONT);
                is_cloudfront.into()
            }
            (Self::Aws(arn), Asker::Identity { id, .. }) => {
                let own = identity_of_arn(arn);
                let open = || is_open(arn) || own.is_some() && is_open(id);
                Truth::from(own == Some(id)).unless_open(open)
            }
            (
                Self::CanonicalUser(user),
                Asker::Identity {
                    canonical_user: Some(own),
                    ..
                },
            ) => Truth::from(user == own).unless_open(|| is_open(user) || is_open(own)),
            // Without GetCloudFrontOriginAccessIdentity the canonical user is not known, and this
            // may be the one.
            (Self::CanonicalUser(_), Asker::Identity { .. }) => Truth::Maybe,
            // The account's root and its roles never are CloudFront: neither the service principal
            // nor an identity is in an account.
            _ => Truth::No,
        }
    }
}

/// The ID in an origin access identity's ARN, in any partition.
fn identity_of_arn(arn: &str) -> Option<&str> {
    let (_partition, rest) = arn.strip_prefix("arn:")?.split_once(':')?;
    rest.strip_prefix("iam::cloudfront:user/CloudFront Origin Access Identity ")
}
