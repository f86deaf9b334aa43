use serde::{Deserialize, Serialize};

/// How much a sweep asks.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// Lists, and one question about each bucket of another account: which buckets there are, where
    /// and whose.
    #[default]
    Existence,
    /// Also grants, keys, access controls, VPC origins and hosts, and what was last known good.
    Full,
}

impl Depth {
    /// The words, from the least to the most.
    pub const NAMES: [&'static str; 2] = ["existence", "full"];

    /// Its word in settings, events and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Existence => "existence",
            Self::Full => "full",
        }
    }

    /// By its word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "existence" => Some(Self::Existence),
            "full" => Some(Self::Full),
            _ => None,
        }
    }
}
