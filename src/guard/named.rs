//! A distribution by the name that a person gives it: its ID or an alias.

use crate::candidate::Live;
use crate::error::GuardError;
use crate::ports::Account;

/// The ID of a distribution that is named by its ID or by an alias.
pub(super) async fn distribution_id(
    account: &impl Account,
    name: &str,
) -> Result<String, GuardError> {
    // A distribution ID has no dot and an alias always has one, so the usual case costs no call.
    if !name.contains('.') {
        return Ok(name.to_owned());
    }
    account.find_by_alias(name).await?.ok_or_else(|| {
        GuardError::configuration(
            format!("no distribution of this account has the alias `{name}`"),
            "Name the distribution by its ID in the action's UserParameters",
        )
    })
}

/// Reads what CloudFront runs now, by a distribution's ID or alias.
///
/// # Errors
/// If it cannot be read.
pub async fn live(account: &impl Account, name: &str) -> Result<Live, GuardError> {
    let id = distribution_id(account, name).await?;
    account.live(&id).await
}
