//! Where and how a distribution is asked.

use std::fmt;

use crate::distribution::Distribution;

/// Where a distribution is asked, and with which header: what its live config says, and what the caller knows
/// beside it. A candidate must never make one: nothing that it holds may choose where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entrance {
    pub(super) door: Door,
}

/// Through what requests come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Door {
    /// A name of CloudFront's.
    Host {
        host: EdgeHost,
        staging: Option<StagingHeader>,
    },
    /// Nothing that is known here: why, and what would open it.
    Closed { why: String, needs: String },
}

/// A name of CloudFront's own, such as `d111111abcdef8.cloudfront.net`: of a distribution or of a connection
/// group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EdgeHost(String);

/// What makes a path that no cache has: a text that is made anew for each run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonce(String);

/// The header by which a continuous deployment policy sends a request to the staging distribution
/// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ContinuousDeploymentSingleHeaderConfig.html>).
/// Its value never prints: it lets in who knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagingHeader {
    name: String,
    value: Hidden,
}

/// A text that `{:?}` does not print.
#[derive(Clone, PartialEq, Eq)]
struct Hidden(String);

impl Entrance {
    /// Through the distribution's own name, as its live config has it.
    #[must_use]
    pub fn of(live: &Distribution) -> Self {
        let closed = |why: &str, needs: &str| Door::Closed {
            why: why.to_owned(),
            needs: needs.to_owned(),
        };
        let door = match live.domain_name.as_deref().and_then(EdgeHost::new) {
            _ if live.staging => closed(
                "it is a staging distribution, and the header of its continuous deployment policy is not known",
                "a request with the header of its continuous deployment policy, by hand",
            ),
            _ if live.multi_tenant => closed(
                "it is a multi-tenant distribution, which is reached through the connection groups of its tenants",
                "a check of a tenant's domain",
            ),
            None => closed("its name at CloudFront is not known", "its live config"),
            Some(host) => Door::Host {
                host,
                staging: None,
            },
        };
        Self { door }
    }

    /// Of a staging distribution: through the name of its primary one, with the header of their continuous
    /// deployment policy.
    #[must_use]
    pub fn of_staging(primary: EdgeHost, header: StagingHeader) -> Self {
        Self {
            door: Door::Host {
                host: primary,
                staging: Some(header),
            },
        }
    }

    /// Of a multi-tenant distribution: through the connection group of its tenants, by its `RoutingEndpoint`.
    #[must_use]
    pub fn of_connection_group(endpoint: EdgeHost) -> Self {
        Self {
            door: Door::Host {
                host: endpoint,
                staging: None,
            },
        }
    }
}

impl EdgeHost {
    /// Takes a name directly below `cloudfront.net` or, in China, `cloudfront.cn`, and no other.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let label = name
            .strip_suffix(".cloudfront.net")
            .or_else(|| name.strip_suffix(".cloudfront.cn"))?;
        let is_label = !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        is_label.then_some(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EdgeHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Nonce {
    /// Takes 8 to 32 small letters and digits, which stand in a path as they are.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let takes = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        ((8..=32).contains(&text.len()) && text.bytes().all(takes)).then(|| Self(text.to_owned()))
    }

    /// A name of a file that no origin has.
    pub(super) fn name(&self) -> String {
        format!("origin-guard-{}", self.0)
    }
}

impl StagingHeader {
    /// Takes a header whose name begins as CloudFront demands, `aws-cf-cd-`, and whose value is printable.
    #[must_use]
    pub fn new(name: &str, value: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let is_name = name
            .strip_prefix("aws-cf-cd-")
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(is_token));
        let is_value = !value.is_empty() && value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        (is_name && is_value).then(|| Self {
            name,
            value: Hidden(value.to_owned()),
        })
    }

    /// Its name, in small letters.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value, for the request alone.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hidden")
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;

    #[test]
    fn only_cloudfronts_own_names_are_asked() {
        for name in [
            "d111111abcdef8.cloudfront.net",
            "D111111ABCDEF8.CloudFront.net",
            "d1.cloudfront.cn",
        ] {
            let host = EdgeHost::new(name).unwrap();
            assert_eq!(host.as_str(), name.to_ascii_lowercase());
        }
        for name in [
            "",
            "cloudfront.net",
            ".cloudfront.net",
            "www.example.com",
            "d1.cloudfront.net.example.com",
            "169.254.169.254",
            "a.b.cloudfront.net",
            "user@d1.cloudfront.net",
            "d1.cloudfront.net:8080",
            "d1/.cloudfront.net",
            "${Domain}.cloudfront.net",
        ] {
            assert_eq!(EdgeHost::new(name), None, "{name}");
        }
    }

    #[test]
    fn a_nonce_stands_in_a_path_as_it_is() {
        let nonce = Nonce::new("0123abcd").unwrap();
        assert_eq!(nonce.name(), "origin-guard-0123abcd");
        for text in ["", "0123abc", "0123ABCD", "0123/abc", &"a".repeat(33)] {
            assert_eq!(Nonce::new(text), None, "{text}");
        }
    }

    #[test]
    fn the_value_of_a_staging_header_is_not_printed() {
        let header = StagingHeader::new("aws-cf-cd-Beta", "letmein").unwrap();
        assert_eq!(
            (header.name(), header.value()),
            ("aws-cf-cd-beta", "letmein")
        );
        assert!(!format!("{header:?}").contains("letmein"));
        for (name, value) in [
            ("x-beta", "a"),
            ("aws-cf-cd-", "a"),
            ("aws-cf-cd-a b", "a"),
            ("aws-cf-cd-a", ""),
            ("aws-cf-cd-a", "a\r\nhost: b"),
        ] {
            assert_eq!(StagingHeader::new(name, value), None, "{name} {value}");
        }
    }

    #[test]
    fn what_is_not_reached_by_its_own_name_is_closed() {
        let mut live = Scene::s3("site").candidate;
        let is_open = |live: &Distribution| matches!(Entrance::of(live).door, Door::Host { .. });
        assert!(!is_open(&live));
        live.domain_name = Some("www.example.com".to_owned());
        assert!(!is_open(&live));
        live.domain_name = Some("d1.cloudfront.net".to_owned());
        assert!(is_open(&live));
        live.staging = true;
        assert!(!is_open(&live));
        live.staging = false;
        live.multi_tenant = true;
        assert!(!is_open(&live));
    }
}
