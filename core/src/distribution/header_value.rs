use std::fmt;

/// The value of an origin's custom header: a secret, which can be compared and never printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum HeaderValue {
    /// The source hides it, or states none.
    #[default]
    Hidden,
    /// As it stands in the source.
    Known(Secret),
    /// The deployment fills some of it in.
    Open(Secret),
}

/// A text that nothing prints: neither it nor a digest of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What stands for a value that is hidden, as in CloudTrail's events.
pub const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

impl HeaderValue {
    /// The value of a source that spells it `text`.
    #[must_use]
    pub fn of(text: &str, is_decided: bool) -> Self {
        match text {
            HIDDEN => Self::Hidden,
            text if is_decided => Self::Known(Secret(text.to_owned())),
            text => Self::Open(Secret(text.to_owned())),
        }
    }
}

impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hidden => "Hidden",
            Self::Known(_) => "Known(secret)",
            Self::Open(_) => "Open(secret)",
        })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("secret")
    }
}
