use super::{Fact, Need, Probes, Subject};
use crate::distribution::{KeyId, Region};
use crate::policy::Policy;

/// The region of the key, where its ARN does not say it.
impl Need for Option<Region> {
    fn add(&mut self, other: Self) {
        if other.is_some() {
            *self = other;
        }
    }
}

impl Subject for KeyId {
    type Answer = Option<Policy>;
    type Need = Option<Region>;
    const FACT: &'static str = "key policy";
    const ASKS: &'static str = "kms:GetKeyPolicy";

    fn name(&self) -> &str {
        self.as_str()
    }

    async fn ask<P: Probes>(&self, probes: &P, hint: &Option<Region>) -> Fact<Self::Answer> {
        probes.key_policy(self.as_str(), hint.as_ref()).await
    }
}
