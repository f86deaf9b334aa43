use std::time::Duration;

use aws_sdk_s3::config::{SharedHttpClient, StalledStreamProtectionConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::error::GuardError;

/// Whose certificates are believed.
///
/// Loading the platform's 145 roots is a good part of a cold start's CPU; AWS's own endpoints in
/// the commercial and GovCloud regions chain to the five roots of Amazon Trust Services
/// (<https://www.amazontrust.com/repository/>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// The roots of Amazon Trust Services, which are built in.
    Amazon,
    /// The platform's roots.
    Platform,
    /// The certificates of `AWS_CA_BUNDLE`.
    Bundle(Bundle),
}

/// Certificates in PEM, each of which can be used: the SDK's client panics at the first that cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle(Vec<u8>);

const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

impl Trust {
    /// What a function in this region believes: other partitions have certificates of their own.
    #[must_use]
    pub fn for_region(region: Option<&str>) -> Self {
        // A wrong list of roots would fail every call, so the small one is used only where it is
        // known to be right. GovCloud's endpoints chain to the same roots as the commercial ones.
        let elsewhere = ["cn-", "eusc-", "us-iso", "eu-iso"];
        match region {
            Some(region) if elsewhere.iter().any(|prefix| region.starts_with(prefix)) => {
                Self::Platform
            }
            _ => Self::Amazon,
        }
    }

    /// Reads the file that `AWS_CA_BUNDLE` names.
    ///
    /// # Errors
    /// If it cannot be read, or one of its certificates cannot be used.
    pub fn of_bundle(path: &str) -> Result<Self, GuardError> {
        let pem = std::fs::read(path).map_err(|error| error.to_string());
        let bundle = pem.and_then(Bundle::parse).map_err(|problem| {
            GuardError::configuration(
                format!("the setting AWS_CA_BUNDLE={path} cannot be used: {problem}"),
                "Set AWS_CA_BUNDLE to a file of certificates in PEM",
            )
        })?;
        Ok(Self::Bundle(bundle))
    }
}

impl Bundle {
    fn parse(pem: Vec<u8>) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        for (at, certificate) in CertificateDer::pem_slice_iter(&pem).enumerate() {
            // Each one is tried here, at start-up, where an error can be explained.
            let problem = match certificate {
                Ok(certificate) => roots.add(certificate).err().map(|_| "no X.509".to_owned()),
                Err(error) => Some(error.to_string()),
            };
            if let Some(problem) = problem {
                return Err(format!("certificate {} is none ({problem})", at + 1));
            }
        }
        if roots.is_empty() {
            return Err("it holds no certificate in PEM".to_owned());
        }
        Ok(Self(pem))
    }
}

/// An HTTPS client on rustls and ring.
pub(super) fn client(trust: &Trust) -> SharedHttpClient {
    let store = match trust {
        Trust::Amazon => TrustStore::empty().with_pem_certificate(AMAZON_ROOTS),
        Trust::Platform => TrustStore::default(),
        Trust::Bundle(Bundle(pem)) => TrustStore::empty().with_pem_certificate(pem.as_slice()),
    };
    let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    match TlsContext::builder().with_trust_store(store).build() {
        Ok(context) => builder.tls_context(context).build_https(),
        // The bundled roots parse (they are built in), and a bundle was parsed when it was read.
        // The platform's roots are the fallback, never an unverified connection.
        Err(_) => builder.build_https(),
    }
}

/// How long one call may take.
pub(super) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        // A connection within a region takes milliseconds. A firewall or a VPC without a route
        // drops packets silently, and this is what ends the wait.
        .connect_timeout(Duration::from_secs(2))
        .read_timeout(Duration::from_secs(5))
        // All attempts together: three of five seconds, and the pauses between them.
        .operation_timeout(Duration::from_secs(20))
        .build()
}

/// Tries with backoff, as the SDK's standard mode has it.
pub(super) fn retries() -> RetryConfig {
    RetryConfig::standard()
        // No published rate of CloudFront's or S3's control plane exists, so it is the standard
        // mode's backoff that adapts to throttling.
        .with_max_attempts(TRIES)
        .with_initial_backoff(BACKOFF)
}

const TRIES: u32 = 3;
const BACKOFF: Duration = Duration::from_millis(200);

/// The longest that one try of an answer to a job may take.
const ANSWER: Duration = Duration::from_millis(1400);

/// Short enough that all tries of an answer to a job fit into [`Invocation::RESERVE`].
///
/// [`Invocation::RESERVE`]: crate::guard::Invocation::RESERVE
pub(super) fn answer_timeouts(config: &SdkConfig) -> TimeoutConfig {
    let others = config.timeout_config().cloned();
    let others = others.map_or_else(TimeoutConfig::builder, TimeoutConfig::into_builder);
    others.operation_attempt_timeout(ANSWER).build()
}

/// An artifact that stops coming is an error, not a hang.
pub(super) fn stalled_streams() -> StalledStreamProtectionConfig {
    StalledStreamProtectionConfig::enabled()
        .grace_period(Duration::from_secs(5))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Invocation;

    #[test]
    fn the_built_in_roots_are_five() {
        let text = std::str::from_utf8(AMAZON_ROOTS).unwrap();
        assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 5);
    }

    #[test]
    fn all_tries_of_an_answer_fit_into_its_reserve() {
        let pauses: Duration = (0..TRIES - 1).map(|n| BACKOFF * 2_u32.pow(n)).sum();
        assert!(ANSWER * TRIES + pauses < Invocation::RESERVE);
    }

    #[test]
    fn a_bundle_is_used_only_if_all_of_it_can_be() {
        assert!(Bundle::parse(AMAZON_ROOTS.to_vec()).is_ok());
        let with = |more: &str| Bundle::parse([AMAZON_ROOTS, more.as_bytes()].concat());
        for (more, problem) in [
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "certificate 6",
            ),
            (
                "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n",
                "certificate 6",
            ),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n", "certificate 6"),
        ] {
            let error = with(more).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
        for empty in ["", "no certificate"] {
            let error = Bundle::parse(empty.into()).unwrap_err();
            assert!(error.contains("no certificate"), "{error}");
        }
        assert!(with("text behind the last one").is_ok());
    }

    #[test]
    fn partitions_with_their_own_certificates_use_the_platforms_roots() {
        assert_eq!(Trust::for_region(Some("us-east-1")), Trust::Amazon);
        assert_eq!(Trust::for_region(Some("us-gov-west-1")), Trust::Amazon);
        assert_eq!(Trust::for_region(Some("cn-north-1")), Trust::Platform);
        assert_eq!(Trust::for_region(Some("eusc-de-east-1")), Trust::Platform);
        assert_eq!(Trust::for_region(None), Trust::Amazon);
    }
}
