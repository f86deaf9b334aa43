use std::fmt;

/// A JSON pointer (RFC 6901): the way to a value in a document, such as `/Resources/Site/Properties`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The way to a member of the object that stands here.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        if name.contains(['~', '/']) {
            let escaped = name.replace('~', "~0").replace('/', "~1");
            return Self(format!("{self}/{escaped}"));
        }
        Self(format!("{self}/{name}"))
    }

    /// The way to an item of the list that stands here.
    #[must_use]
    pub fn item(&self, at: usize) -> Self {
        Self(format!("{self}/{at}"))
    }

    /// As RFC 6901 spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Pointer> for String {
    fn from(pointer: Pointer) -> Self {
        pointer.0
    }
}

impl From<&Pointer> for String {
    fn from(pointer: &Pointer) -> Self {
        pointer.0.clone()
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_as_rfc_6901_asks() {
        let root = Pointer::default();
        assert_eq!(root.as_str(), "");
        let pointer = root.member("Fn::ForEach::A/B~C").item(2).member("x");
        assert_eq!(pointer.as_str(), "/Fn::ForEach::A~1B~0C/2/x");
    }
}
