//! IDs and names that AWS gives: each a type of its own, since one is no use in another's place.

use std::borrow::Borrow;
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// As AWS spells it, or the expression that stands for it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// The ID of an origin access control, such as `E1PA6795UKMFR9`.
    OacId
    /// The ID of an origin access identity, such as `E74FTE3EXAMPLE`.
    OaiId
    /// The ID of a VPC origin, such as `vo_1a2b3c`.
    VpcOriginId
    /// A KMS key as a bucket names it: by its ID or ARN.
    KeyId
    /// The host of a custom origin, in small letters.
    OriginHostName
}
