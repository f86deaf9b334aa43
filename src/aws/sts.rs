use std::error::Error;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_credential_types::provider::error::CredentialsError;
use aws_types::SdkConfig;

use super::bodies::Bodies;
use super::failure::Failure;
use crate::distribution::AccountId;

/// Why it is not known which account the credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAccount {
    /// There are none.
    NoCredentials,
    /// There is no profile of this name.
    NoProfile(String),
    /// They could not be loaded: why.
    NotLoaded(String),
    /// STS did not answer.
    NotIdentified(Failure),
}

/// A configuration with the credentials of a profile.
pub(super) fn with_profile(config: SdkConfig, profile: &str) -> SdkConfig {
    let mut provider = ProviderConfig::default().with_region(config.region().cloned());
    if let Some(client) = config.http_client() {
        provider = provider.with_http_client(client);
    }
    let credentials = ProfileFileCredentialsProvider::builder()
        .profile_name(profile)
        .configure(&provider)
        .build();
    config
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// The account that the credentials belong to.
pub(super) async fn account(config: &SdkConfig) -> Result<AccountId, NoAccount> {
    let config = aws_sdk_sts::config::Builder::from(config).interceptor(Bodies);
    let client = aws_sdk_sts::Client::from_conf(config.build());
    let identity = client.get_caller_identity().send().await;
    let identity = identity.map_err(|error| match credentials_error(&error) {
        Some(not_loaded @ CredentialsError::CredentialsNotLoaded(_)) => {
            undefined_profile(&root_cause(not_loaded))
                .map_or(NoAccount::NoCredentials, NoAccount::NoProfile)
        }
        Some(other) => NoAccount::NotLoaded(root_cause(other)),
        None => NoAccount::NotIdentified(Failure::of(&error)),
    })?;
    let account = identity.account().and_then(AccountId::parse);
    account.ok_or_else(|| {
        NoAccount::NotIdentified(Failure::Unreachable(
            "the answer names no account".to_owned(),
        ))
    })
}

/// The SDK has an error of the credentials below one of a connection that was never made.
fn credentials_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e CredentialsError> {
    let mut causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.find_map(|cause| cause.downcast_ref())
}

/// The profile that the SDK says is not defined; it has no type for that.
fn undefined_profile(problem: &str) -> Option<String> {
    let (before, _) = problem.split_once("` was not defined")?;
    let (_, name) = before.rsplit_once("profile `")?;
    Some(name.to_owned())
}

fn root_cause(error: &CredentialsError) -> String {
    let first: &(dyn Error + 'static) = error;
    let causes = std::iter::successors(Some(first), |error| (*error).source());
    causes.last().unwrap_or(first).to_string()
}
