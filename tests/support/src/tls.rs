//! A certificate authority that lives as long as one server.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// A certificate for a server on `127.0.0.1` and `localhost`, in PEM.
pub struct ServerCertificate {
    /// Who issued it: what clients trust.
    pub authority: String,
    /// The server's certificate.
    pub certificate: String,
    /// Its private key, PKCS #8.
    pub key: String,
}

impl ServerCertificate {
    /// Makes a fresh authority, and has it issue a certificate.
    ///
    /// # Panics
    /// When there is no source of random numbers.
    #[must_use]
    pub fn issue() -> Self {
        let authority_key = KeyPair::generate().expect("ring makes P-256 keys");
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::CrlSign,
            KeyUsagePurpose::DigitalSignature,
        ];
        authority
            .distinguished_name
            .push(DnType::CommonName, "aws-double authority");
        let pem = authority
            .self_signed(&authority_key)
            .expect("the parameters are fixed and valid")
            .pem();

        let key = KeyPair::generate().expect("ring makes P-256 keys");
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let mut server = CertificateParams::new(names).expect("both names are valid");
        // Python 3.13 verifies strictly, and then refuses a certificate without it.
        server.use_authority_key_identifier_extension = true;
        let certificate = server
            .signed_by(&key, &Issuer::new(authority, authority_key))
            .expect("the parameters are fixed and valid")
            .pem();
        Self {
            authority: pem,
            certificate,
            key: key.serialize_pem(),
        }
    }
}

/// What a server speaks TLS with, and the PEM of the authority that issued its certificate.
pub(crate) fn acceptor() -> (TlsAcceptor, String) {
    let issued = ServerCertificate::issue();
    let certificate = CertificateDer::from_pem_slice(issued.certificate.as_bytes())
        .expect("it was written as PEM just now");
    let key = PrivateKeyDer::from_pem_slice(issued.key.as_bytes())
        .expect("it was written as PEM just now");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("the key is the certificate's");
    (TlsAcceptor::from(Arc::new(config)), issued.authority)
}
