//! A certificate authority that lives as long as one server.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// A server certificate for `127.0.0.1` and `localhost`, and the PEM of the authority that issued it.
pub(crate) fn acceptor() -> (TlsAcceptor, String) {
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

    let leaf_key = KeyPair::generate().expect("ring makes P-256 keys");
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let leaf = CertificateParams::new(names).expect("both names are valid");
    let leaf = leaf
        .signed_by(&leaf_key, &Issuer::new(authority, authority_key))
        .expect("the parameters are fixed and valid");

    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .expect("the key is the certificate's");
    (TlsAcceptor::from(Arc::new(config)), pem)
}
