use std::fmt;

/// What a condition compares its key with.
///
/// A policy may let requests in by a secret that the origin's custom header carries, such as
/// `aws:Referer`: values print only where the key is known to name identities, networks or resources.
#[derive(Clone, PartialEq, Eq)]
pub struct Expected {
    values: Vec<String>,
    is_printed: bool,
}

/// Keys whose values say who asks, from where, or for what, and are no secrets
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>); a name
/// that ends in `*` stands for all keys that begin with it. Those of request headers
/// (`aws:Referer`, `aws:UserAgent`, `s3:x-amz-…`) and whatever is newer than this list are not in it.
const PRINTED: &[&str] = &[
    "aws:calledvia*",
    "aws:currenttime",
    "aws:epochtime",
    "aws:federatedprovider",
    "aws:multifactorauth*",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorg*",
    "aws:principalservicename*",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:resourceorg*",
    "aws:securetransport",
    "aws:source*",
    "aws:tokenissuetime",
    "aws:userid",
    "aws:username",
    "aws:viaawsservice",
    "aws:vpc*",
    "kms:calleraccount",
    "kms:grantisforawsresource",
    "kms:viaservice",
    "lambda:functionurlauthtype",
    "lambda:invokedviafunctionurl",
    "s3:accesspoint*",
    "s3:authtype",
    "s3:dataaccesspoint*",
    "s3:resourceaccount",
    "s3:signatureage",
    "s3:signatureversion",
    "s3:tlsversion",
];

impl Expected {
    pub(super) fn new(key: &str, values: Vec<String>) -> Self {
        // Names of condition keys have no case in IAM.
        let key = key.to_ascii_lowercase();
        let is_printed = PRINTED.iter().any(|name| match name.strip_suffix('*') {
            Some(prefix) => key.starts_with(prefix),
            None => key == *name,
        });
        Self { values, is_printed }
    }

    /// The values, which are to be compared and not to be printed.
    pub(super) fn values(&self) -> &[String] {
        &self.values
    }
}

/// The first three, each after the words that stand before it.
impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 3;
        if !self.is_printed {
            // An allow list and not a deny list: a key that is not known may hold a secret.
            return f.write_str("(value not shown)");
        }
        for (at, value) in self.values.iter().take(MOST).enumerate() {
            write!(f, "{}{value}", if at == 0 { "" } else { ", " })?;
        }
        match self.values.len().saturating_sub(MOST) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

impl fmt::Debug for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expected({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(key: &str) -> String {
        let expected = Expected::new(key, vec!["s3cret".to_owned()]);
        format!("{expected} {expected:?}")
    }

    #[test]
    fn values_that_a_request_header_carries_are_never_printed() {
        let headers = [
            "aws:Referer",
            "AWS:referer",
            "aws:UserAgent",
            "s3:x-amz-meta-token",
            "aws:PrincipalTag/token",
            "example:Custom",
        ];
        for key in headers {
            assert!(!printed(key).contains("s3cret"), "{key}");
        }
    }

    #[test]
    fn values_that_name_who_asks_are_printed() {
        for key in ["AWS:SourceArn", "aws:SourceVpce", "aws:PrincipalOrgID"] {
            assert!(printed(key).contains("s3cret"), "{key}");
        }
    }
}
