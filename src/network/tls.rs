use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, Error,
    PeerIncompatible, RootCertStore, SignatureScheme,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::facts::{Certificate, Handshake, Trust};

/// Whose certificates are trusted.
#[derive(Debug, Clone)]
pub enum Roots {
    /// Mozilla's, as CloudFront does for custom origins
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html>).
    Mozilla,
    /// These, each in DER.
    Der(Vec<Vec<u8>>),
}

impl Roots {
    /// The store of them; what cannot be parsed is left out.
    pub(super) fn store(self) -> RootCertStore {
        let mut store = RootCertStore::empty();
        match self {
            Self::Mozilla => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Self::Der(certificates) => {
                store.add_parsable_certificates(certificates.into_iter().map(CertificateDer::from));
            }
        }
        store
    }
}

/// Handshakes that are ended as soon as the certificate is judged.
#[derive(Debug)]
pub(super) struct Tls {
    provider: Arc<CryptoProvider>,
    verifier: Result<Arc<WebPkiServerVerifier>, String>,
}

impl Tls {
    pub(super) fn new(roots: Roots) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots.store()), provider.clone())
                .build()
                .map_err(|error| error.to_string());
        Self { provider, verifier }
    }

    /// Asks the server for its certificate as `server_name`; it may have any of `accepted`.
    pub(super) async fn handshake(
        &self,
        stream: TcpStream,
        server_name: &str,
        accepted: &[String],
    ) -> Handshake {
        let verifier = match &self.verifier {
            Ok(verifier) => verifier.clone(),
            Err(problem) => return Handshake::Broken(problem.clone()),
        };
        let Ok(name) = ServerName::try_from(server_name.to_owned()) else {
            return Handshake::Broken(format!("`{server_name}` is no name for TLS"));
        };
        let witness = Arc::new(Witness {
            verifier,
            accepted: accepted
                .iter()
                // An alias that is no name for TLS cannot be in a certificate.
                .filter_map(|name| ServerName::try_from(name.clone()).ok())
                .collect(),
            seen: OnceLock::new(),
        });
        let config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions();
        let mut config = match config {
            Ok(config) => config
                .dangerous()
                .with_custom_certificate_verifier(witness.clone())
                // What is asked for is the server's certificate: mTLS to the origin is not judged.
                .with_no_client_auth(),
            Err(error) => return Handshake::Broken(error.to_string()),
        };
        // A resumed session shows no certificate.
        config.resumption = Resumption::disabled();
        let ended = TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await;
        let problem = ended.err();
        let cause = problem
            .as_ref()
            .and_then(|problem| problem.get_ref()?.downcast_ref::<Error>());
        match (witness.seen.get(), problem.as_ref()) {
            // A server that asks for a client's certificate ends the handshake after its own.
            (Some(certificate), _) if !disproves(certificate, cause) => {
                Handshake::Certificate(certificate.clone())
            }
            // The server's alert or our own refusal: either is proof that no version is common.
            (_, Some(_)) if cause.is_some_and(is_about_versions) => Handshake::NoCommonVersion,
            (_, Some(problem)) => Handshake::Broken(problem.to_string()),
            (_, None) => Handshake::Broken("no certificate was shown".to_owned()),
        }
    }
}

/// Whether the server could not prove that a certificate, trusted as such, is its own.
fn disproves(certificate: &Certificate, cause: Option<&Error>) -> bool {
    certificate.trust == Trust::Trusted && matches!(cause, Some(Error::InvalidCertificate(_)))
}

fn is_about_versions(error: &Error) -> bool {
    matches!(
        error,
        Error::AlertReceived(AlertDescription::ProtocolVersion)
            | Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                    | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            )
    )
}

/// The usual verification for any of several names, and a note of what was seen.
#[derive(Debug)]
struct Witness {
    verifier: Arc<WebPkiServerVerifier>,
    accepted: Vec<ServerName<'static>>,
    seen: OnceLock<Certificate>,
}

impl Witness {
    fn judge(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let mut first = None;
        for name in &self.accepted {
            match self.verifier.verify_server_cert(
                end_entity,
                intermediates,
                name,
                ocsp_response,
                now,
            ) {
                Ok(verified) => return Ok(verified),
                Err(error) => first.get_or_insert(error),
            };
        }
        Err(first.unwrap_or_else(|| Error::General("no name to verify".to_owned())))
    }

    /// The end of a certificate. The verifier reports it of a certificate that is past it, and that
    /// before all else: so it is asked about a time at which every certificate is.
    fn end(&self, end_entity: &CertificateDer<'_>) -> Option<UnixTime> {
        const YEAR_10000: Duration = Duration::from_hours(70_389_528);
        let verified = self.verifier.verify_server_cert(
            end_entity,
            &[],
            self.accepted.first()?,
            &[],
            UnixTime::since_unix_epoch(YEAR_10000),
        );
        match verified {
            Err(Error::InvalidCertificate(CertificateError::ExpiredContext {
                not_after, ..
            })) => Some(not_after),
            _ => None,
        }
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.judge(end_entity, intermediates, ocsp_response, now);
        let certificate = Certificate {
            trust: verified.as_ref().map_or_else(trust, |_| Trust::Trusted),
            days_left: self.end(end_entity).map(|end| days_between(now, end)),
        };
        // Asked once in a handshake; a second answer would change nothing.
        let _ = self.seen.set(certificate);
        verified
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

fn days_between(now: UnixTime, end: UnixTime) -> i64 {
    const DAY: i64 = 24 * 60 * 60;
    let seconds = |time: UnixTime| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    seconds(end).saturating_sub(seconds(now)).div_euclid(DAY)
}

fn trust(error: &Error) -> Trust {
    use CertificateError as E;
    let Error::InvalidCertificate(error) = error else {
        return Trust::Doubtful(error.to_string());
    };
    match error {
        E::UnknownIssuer | E::BadSignature => Trust::UntrustedChain,
        E::Expired | E::ExpiredContext { .. } => Trust::Expired,
        E::NotValidYet | E::NotValidYetContext { .. } => Trust::NotYetValid,
        E::NotValidForName => Trust::WrongNames(Vec::new()),
        E::NotValidForNameContext { presented, .. } => Trust::WrongNames(names(presented)),
        // What a self-signed certificate of an authority is called here.
        E::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => Trust::UntrustedChain,
        // webpki is stricter than CloudFront may be, so what is not listed is no proof.
        _ => Trust::Doubtful(error.to_string()),
    }
}

/// The names of a certificate; webpki writes them as `DnsName("host")`.
fn names(presented: &[String]) -> Vec<String> {
    // They are not ours: no more, and none longer, than a report can hold.
    const MOST: usize = 10;
    const LONGEST: usize = 253;
    presented
        .iter()
        .take(MOST)
        .map(|name| name.split('"').nth(1).unwrap_or(name))
        .map(|name| name.chars().take(LONGEST).collect())
        .collect()
}
