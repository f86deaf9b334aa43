use std::time::Duration;

use aws_sdk_s3::config::{SharedHttpClient, StalledStreamProtectionConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

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
    /// These, in PEM.
    Pem(Vec<u8>),
}

const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

impl Trust {
    /// What a function in this region believes: other partitions have certificates of their own.
    #[must_use]
    pub fn for_region(region: Option<&str>) -> Self {
        let elsewhere = ["cn-", "eusc-", "us-iso", "eu-iso"];
        match region {
            Some(region) if elsewhere.iter().any(|prefix| region.starts_with(prefix)) => {
                Self::Platform
            }
            _ => Self::Amazon,
        }
    }
}

/// An HTTPS client on rustls and ring.
pub fn client(trust: &Trust) -> SharedHttpClient {
    let store = match trust {
        Trust::Amazon => TrustStore::empty().with_pem_certificate(AMAZON_ROOTS),
        Trust::Platform => TrustStore::default(),
        Trust::Pem(pem) => TrustStore::empty().with_pem_certificate(pem.as_slice()),
    };
    let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    match TlsContext::builder().with_trust_store(store).build() {
        Ok(context) => builder.tls_context(context).build_https(),
        Err(_) => builder.build_https(),
    }
}

/// Short enough that three tries fit into the reserve that an answer to a job has.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .read_timeout(Duration::from_secs(5))
        .operation_timeout(Duration::from_secs(20))
        .build()
}

/// Three tries with backoff, as the SDK's standard mode has it.
pub fn retries() -> RetryConfig {
    RetryConfig::standard().with_initial_backoff(Duration::from_millis(200))
}

/// An artifact that stops coming is an error, not a hang.
pub fn stalled_streams() -> StalledStreamProtectionConfig {
    StalledStreamProtectionConfig::enabled()
        .grace_period(Duration::from_secs(5))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_roots_are_five() {
        let text = std::str::from_utf8(AMAZON_ROOTS).unwrap();
        assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 5);
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
