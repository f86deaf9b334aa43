/// Types of texts that name one thing each: an ID or a key, which is no use in another's place.
///
/// They hold any text, since AWS documents no form for most IDs, and what a document or an answer says
/// must be reported as it stands. What has a form is a type with a `parse` of its own.
#[macro_export]
macro_rules! ids {
    ($($(#[$meta:meta])+ $name:ident)+) => {$(
        $(#[$meta])+
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

        impl ::std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}
