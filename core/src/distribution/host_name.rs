use super::byte_set::ByteSet;

static HOST_BYTES: ByteSet = ByteSet::alphanumeric_and(b".-_");

/// Whether a host name may have this character.
pub(super) fn is_host_byte(c: char) -> bool {
    u8::try_from(c).is_ok_and(|byte| HOST_BYTES.has(byte))
}

/// Why a text cannot be the host name of an origin. Follows RFC 1035 for the lengths and
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html>; underscores are
/// let through, since hosts with them are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HostNameError {
    /// Nothing there.
    #[error("it is empty")]
    Empty,
    /// `https://host`
    #[error("it has a scheme")]
    Scheme,
    /// `host:8080`
    #[error("it has a colon")]
    Port,
    /// `host/path`
    #[error("it has a path")]
    Path,
    /// `192.0.2.1` or `2001:db8::1`
    #[error("it is an IP address")]
    IpAddress,
    /// `*.host`
    #[error("it has a wildcard")]
    Wildcard,
    /// A character that no host name has.
    #[error("it has the character {0:?}")]
    Character(char),
    /// `host.example.com.`
    #[error("it ends with a dot")]
    TrailingDot,
    /// `host..example.com`
    #[error("it has nothing between two dots, or before the first")]
    EmptyLabel,
    /// `host`
    #[error("it has no dot")]
    NoDot,
    /// `aws_lb.web.dns_name`: the top-level domains of the internet have letters, digits and hyphens
    /// (<https://www.rfc-editor.org/rfc/rfc1123#section-2>).
    #[error("it ends with a part that has an underscore, as no top-level domain has")]
    TopLevel,
    /// More than 63 characters between two dots.
    #[error("it has a part of {0} characters, and DNS takes 63")]
    LabelTooLong(usize),
    /// More than 253 characters.
    #[error("it has {0} characters, and DNS takes 253")]
    TooLong(usize),
}

impl HostNameError {
    /// The clearest reason why a text is no host name on the internet, if there is one.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        // Nearly every domain of a config is right; the slower questions below only find the
        // clearest words for one that is not.
        if let Some(labels) = Labels::of(text) {
            return labels.error(text);
        }
        if text.contains("://") {
            return Some(Self::Scheme);
        }
        // Before the colon: `2001:db8::1` has no port.
        if text.parse::<std::net::Ipv6Addr>().is_ok() {
            return Some(Self::IpAddress);
        }
        HOST_BYTES.first_beside(text).map(|other| match other {
            _ if text.contains(':') => Self::Port,
            _ if text.contains('/') => Self::Path,
            '*' => Self::Wildcard,
            _ => Self::Character(other),
        })
    }

    /// Whether the text is more than a host: a URL, a port, a path.
    #[must_use]
    pub fn is_url(self) -> bool {
        matches!(self, Self::Scheme | Self::Port | Self::Path)
    }
}

/// What stands between the dots of a text that has nothing but a host name's characters.
struct Labels {
    count: usize,
    longest: usize,
    has_empty: bool,
    /// Whether the last has an underscore.
    ends_underscored: bool,
}

impl Labels {
    /// One way through the bytes: nearly every text is a host name.
    fn of(text: &str) -> Option<Self> {
        let (mut count, mut longest, mut length) = (1, 0, 0);
        let (mut has_empty, mut ends_underscored) = (false, false);
        for byte in relative(text).bytes() {
            if byte == b'.' {
                has_empty |= length == 0;
                longest = longest.max(length);
                length = 0;
                count += 1;
                ends_underscored = false;
            } else if HOST_BYTES.has(byte) {
                length += 1;
                ends_underscored |= byte == b'_';
            } else {
                return None;
            }
        }
        Some(Self {
            count,
            longest: longest.max(length),
            has_empty: has_empty || length == 0,
            ends_underscored,
        })
    }

    fn error(&self, text: &str) -> Option<HostNameError> {
        use HostNameError as E;
        const LONGEST: usize = 253;
        const LONGEST_LABEL: usize = 63;
        if text.is_empty() {
            Some(E::Empty)
        } else if self.has_empty {
            Some(E::EmptyLabel)
        // DNS takes it, so it has a message of its own.
        } else if relative(text).len() < text.len() {
            Some(E::TrailingDot)
        } else if self.count == 1 {
            Some(E::NoDot)
        } else if self.ends_underscored {
            Some(E::TopLevel)
        } else if self.longest > LONGEST_LABEL {
            Some(E::LabelTooLong(self.longest))
        } else if text.len() > LONGEST {
            Some(E::TooLong(text.len()))
        // Last, since it is the rarest, and only four labels can be one.
        } else if self.count == 4 && text.parse::<std::net::Ipv4Addr>().is_ok() {
            Some(E::IpAddress)
        } else {
            None
        }
    }
}

/// Without the root's dot.
fn relative(text: &str) -> &str {
    text.strip_suffix('.').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn says_why_a_text_is_no_host_name() {
        use HostNameError as E;
        for (text, error) in [
            ("", E::Empty),
            ("aws_lb.web.dns_name", E::TopLevel),
            ("https://a.example.com/prod", E::Scheme),
            ("a.example.com:8080", E::Port),
            ("192.0.2.1:80", E::Port),
            ("a.example.com/prod", E::Path),
            ("192.0.2.1", E::IpAddress),
            ("2001:db8::1", E::IpAddress),
            ("*.example.com", E::Wildcard),
            ("a b.example.com", E::Character(' ')),
            ("bücher.example", E::Character('ü')),
            ("a.example.com.", E::TrailingDot),
            ("a..example.com", E::EmptyLabel),
            (".example.com", E::EmptyLabel),
            (".", E::EmptyLabel),
            ("localhost", E::NoDot),
        ] {
            assert_eq!(HostNameError::of(text), Some(error), "{text}");
        }
        let label = "a".repeat(64);
        let long = format!("{}example.com", "abc.".repeat(61));
        assert_eq!(
            HostNameError::of(&format!("{label}.com")),
            Some(E::LabelTooLong(64))
        );
        assert_eq!(HostNameError::of(&long), Some(E::TooLong(255)));
    }

    #[test]
    fn takes_the_hosts_of_real_origins() {
        for host in [
            "Example.COM",
            "my_service.example.com",
            "internal-lb-1.us-east-1.elb.amazonaws.com",
            "a.b.example.com.s3.eu-west-1.amazonaws.com",
            "xn--bcher-kva.example",
            "1.2.3.4.example.com",
        ] {
            assert_eq!(HostNameError::of(host), None, "{host}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,80}") {
            let _ = HostNameError::of(&text);
        }
    }
}
