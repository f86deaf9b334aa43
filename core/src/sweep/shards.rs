use sha2::{Digest, Sha256};

use crate::distribution::DistributionId;

/// In how many objects the state of an account is kept: one of them has a few megabytes where an
/// account has ten thousand distributions, and all of them are read in one wave.
pub const SHARDS: u8 = 8;

/// One of the objects that the state of an account is kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard(u8);

impl Shard {
    /// Every shard.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..SHARDS).map(Self)
    }

    /// The shard that a distribution is in, by a digest of its ID: IDs themselves all begin with `E`.
    #[must_use]
    pub fn of(distribution: &DistributionId) -> Self {
        let digest = Sha256::digest(distribution.as_str());
        Self(digest.first().copied().unwrap_or_default() % SHARDS)
    }

    /// Its number, from 0.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn distributions_are_spread_over_every_shard() {
        let mut counts: BTreeMap<Shard, usize> = BTreeMap::new();
        for n in 0..1_000 {
            let id = DistributionId::from(format!("E{n}EXAMPLE"));
            *counts.entry(Shard::of(&id)).or_default() += 1;
        }
        assert_eq!(counts.len(), usize::from(SHARDS));
        assert!(counts.values().all(|count| *count > 80), "{counts:?}");
    }
}
