use aws_sdk_kms::Client;
use aws_sdk_kms::config::Region as SdkRegion;

use super::failure::Failure;
use super::limits::Limits;
use crate::distribution::{AccountId, Region};
use crate::facts::{Fact, ProbeFailure, Unknown};
use crate::policy::Policy;

/// The policy of a key, `None` where there is no such key. Neither an alias nor a key of another
/// account can be asked about (<https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html>).
pub(super) async fn policy(
    client: &Client,
    key: &str,
    hint: Option<&Region>,
    account: Option<AccountId>,
    limits: Limits<'_>,
) -> Fact<Option<Policy>> {
    const FACT: &str = "key policy";
    // `arn:PARTITION:kms:REGION:ACCOUNT:key/ID`. A bucket may also name the bare ID, which has
    // neither region nor account: then the key is where the bucket is.
    let mut arn = key.splitn(6, ':').skip(3);
    let (region, owner) = match (arn.next(), arn.next()) {
        (Some(region), Some(owner)) => (Region::parse(region), Some(owner)),
        _ => (hint.cloned(), None),
    };
    // GetKeyPolicy works within an account only. The call would be refused, and read like a missing
    // permission that no grant can cure.
    if let (Some(owner), Some(account)) = (owner, account)
        && owner != account.as_str()
    {
        let on = format!("the key is of account {owner}, whose policies the guard cannot read");
        return Fact::Unknown(Unknown::undecidable(FACT, key, on));
    }
    // Resolving one takes kms:DescribeKey, a permission of its own that the template does not ask
    // for.
    if key.starts_with("alias/") || key.contains(":alias/") {
        let on = "the bucket names an alias, and a policy can be read only of a key";
        return Fact::Unknown(Unknown::undecidable(FACT, key, on));
    }
    let call = client.get_key_policy().key_id(key).customize();
    let call = match &region {
        Some(region) => call.config_override(
            aws_sdk_kms::config::Builder::new().region(SdkRegion::new(region.to_string())),
        ),
        None => call,
    };
    let unknown = |why| Fact::Unknown(Unknown::probe_failed(FACT, key, why));
    match limits.bound(call.send()).await {
        Ok(answer) => match Policy::parse(answer.policy().unwrap_or_default()) {
            Ok(policy) => Fact::Known(Some(policy)),
            Err(error) => unknown(ProbeFailure::Failed(error.to_string())),
        },
        Err(error) => match Failure::of(&error) {
            // Only in the key's own region is "not found" proof.
            Failure::NotFound(_) if region.is_some() => Fact::Known(None),
            Failure::NotFound(_) => {
                let on = "its bucket names it by its ID, and not the region that both are in";
                Fact::Unknown(Unknown::undecidable(FACT, key, on))
            }
            failure => unknown(failure.probe_failed("kms:GetKeyPolicy")),
        },
    }
}
