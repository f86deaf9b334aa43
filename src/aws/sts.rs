use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_types::SdkConfig;

use super::failure::Failure;

/// Why it is not known which account the credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAccount {
    /// There are none.
    NoCredentials,
    /// They could not be loaded: why.
    NotLoaded(String),
    /// STS did not answer.
    NotTold(Failure),
}

/// The account that the credentials belong to.
pub(super) async fn account(config: &SdkConfig) -> Result<String, NoAccount> {
    let client = aws_sdk_sts::Client::new(config);
    let identity = client.get_caller_identity().send().await;
    let identity = identity.map_err(|error| match credentials_error(&error) {
        Some(CredentialsError::CredentialsNotLoaded(_)) => NoAccount::NoCredentials,
        Some(other) => NoAccount::NotLoaded(root_cause(other)),
        None => NoAccount::NotTold(Failure::of(&error)),
    })?;
    identity.account.ok_or_else(|| {
        NoAccount::NotTold(Failure::Unreachable(
            "the answer names no account".to_owned(),
        ))
    })
}

/// The SDK has an error of the credentials below one of a connection that was never made.
fn credentials_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e CredentialsError> {
    let mut causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.find_map(|cause| cause.downcast_ref())
}

fn root_cause(error: &CredentialsError) -> String {
    let first: &(dyn Error + 'static) = error;
    let causes = std::iter::successors(Some(first), |error| (*error).source());
    causes.last().unwrap_or(first).to_string()
}
