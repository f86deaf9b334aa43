use std::fmt;

use crate::document::Position;

/// Where a value stands in its document.
#[derive(Debug, Clone, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Place {
    /// JSON pointer (RFC 6901) from the document's root, such as `/Origins/Items/0/DomainName`.
    pub pointer: String,
    /// Line and column, where the source has lines.
    pub position: Option<Position>,
}

impl Place {
    /// Whether it is this place, or one below it.
    #[must_use]
    pub fn is_within(&self, place: &Self) -> bool {
        let rest = self.pointer.strip_prefix(&place.pointer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// A place without lines.
    #[must_use]
    pub fn at(pointer: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            position: None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "{}:{}", position.line, position.column),
            None if self.pointer.is_empty() => f.write_str("/"),
            None => f.write_str(&self.pointer),
        }
    }
}
