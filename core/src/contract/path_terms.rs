//! What paths must answer after a deployment.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A path that `verify` asks in the place of the one that it would make, and what it must answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PathTerms {
    /// The path, with its leading slash and, after `?`, its query string; what URLs do not hold is
    /// percent-encoded. It is asked exactly so.
    #[cfg_attr(feature = "cli", schemars(regex(pattern = "^/")))]
    pub path: String,
    /// The method of the request.
    #[serde(default, skip_serializing_if = "ReadMethod::is_get")]
    pub method: ReadMethod,
    /// The HTTP status that it must answer, or several of which it must answer one; any, where it is left
    /// out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Statuses>,
    /// Headers that the answer must have, by their names, whose case does not matter; that of the values
    /// does. They are no secrets: reports print them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub header: BTreeMap<String, String>,
}

/// The methods that `verify` asks with: they change nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum ReadMethod {
    /// GET.
    #[default]
    Get,
    /// HEAD: the answer has no body, so that less can be read in it.
    Head,
}

/// HTTP statuses, of which an answer has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Statuses {
    /// This one.
    One(#[cfg_attr(feature = "cli", schemars(range(min = 100, max = 599)))] u16),
    /// One of these.
    OneOf(#[cfg_attr(feature = "cli", schemars(inner(range(min = 100, max = 599))))] Vec<u16>),
}

impl ReadMethod {
    /// The method's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    fn is_get(&self) -> bool {
        *self == Self::Get
    }
}

impl Statuses {
    /// Whether this status is one of them.
    #[must_use]
    pub fn have(&self, status: u16) -> bool {
        match self {
            Self::One(own) => *own == status,
            Self::OneOf(all) => all.contains(&status),
        }
    }
}

impl fmt::Display for ReadMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = match self {
            Self::One(status) => std::slice::from_ref(status),
            Self::OneOf(all) => all.as_slice(),
        };
        for (at, status) in all.iter().enumerate() {
            match at {
                0 => {}
                _ if at + 1 == all.len() => f.write_str(" or ")?,
                _ => f.write_str(", ")?,
            }
            write!(f, "{status}")?;
        }
        Ok(())
    }
}

impl PathTerms {
    /// Whether it declares an answer, and not only the path.
    #[must_use]
    pub fn declares_an_answer(&self) -> bool {
        self.status.is_some() || !self.header.is_empty()
    }

    /// What must be answered, such as "status 200 or 401 and header `x-app: v2`"; nothing where that is not
    /// declared.
    #[must_use]
    pub fn expected(&self) -> Option<String> {
        let status = self.status.iter().map(|it| format!("status {it}"));
        let header = self.header.iter();
        let header = header.map(|(name, value)| format!("header `{name}: {value}`"));
        let all: Vec<String> = status.chain(header).collect();
        (!all.is_empty()).then(|| all.join(" and "))
    }
}
