use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::{Duration as Days, OffsetDateTime};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::facts::{Certificate, Vantage};

const NAME: &str = "origin.example.com";

/// Every name has these addresses; asked names are kept.
#[derive(Debug, Default)]
pub(super) struct Fixed(Vec<IpAddr>, Mutex<Vec<String>>);

impl Fixed {
    pub(super) fn of(addresses: &[&str]) -> Self {
        let addresses = addresses.iter().map(|it| it.parse().unwrap());
        Self(addresses.collect(), Mutex::default())
    }
}

impl Resolve for Fixed {
    async fn resolve(&self, name: &str) -> Result<Answer, ProbeFailure> {
        self.1.lock().unwrap().push(name.to_owned());
        Ok(Answer::Addresses {
            addresses: self.0.clone(),
            aliases: Vec::new(),
        })
    }

    fn vantage(&self) -> Vantage {
        Vantage::Internet
    }
}

fn loopback() -> Fixed {
    Fixed(vec!["127.0.0.1".parse().unwrap()], Mutex::default())
}

/// An authority for one test.
pub(super) fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

pub(super) type Keyed = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// A certificate for a name, valid from and to so many days from now.
pub(super) fn leaf(
    authority: &CertifiedIssuer<'static, KeyPair>,
    name: &str,
    from: i64,
    to: i64,
) -> Keyed {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = OffsetDateTime::now_utc() + Days::days(from);
    params.not_after = OffsetDateTime::now_utc() + Days::days(to) + Days::hours(1);
    let leaf = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    (vec![leaf.der().clone()], key)
}

pub(super) fn config((chain, key): Keyed) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap()
}

/// A server on this machine; its port.
async fn serve(config: ServerConfig) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    let _ = stream.read(&mut [0]).await;
                }
            });
        }
    });
    port
}

fn https(port: u16, names: &[&str]) -> Door {
    Door::Https {
        port,
        offer: TlsOffer::Modern,
        names: names.iter().map(|&name| name.to_owned()).collect(),
    }
}

fn trusting(authority: &CertifiedIssuer<'static, KeyPair>) -> Network<Fixed> {
    let roots = Roots::Der(vec![authority.der().to_vec()]);
    Network::new(loopback(), |_| true, roots)
}

async fn open(network: &Network<Fixed>, door: Door) -> Connection {
    let need = HostNeed {
        name: NAME.to_owned(),
        doors: BTreeSet::from([door.clone()]),
    };
    let host = network.probe(&need).await;
    host.known().unwrap().connections[&door].clone()
}

async fn certificate(keyed: Keyed, authority: &CertifiedIssuer<'static, KeyPair>) -> Certificate {
    let port = serve(config(keyed)).await;
    match open(&trusting(authority), https(port, &[NAME])).await {
        Connection::Tls(Handshake::Certificate(certificate)) => certificate,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_good_certificate_is_trusted_and_its_days_are_counted() {
    let authority = authority();
    assert_eq!(
        certificate(leaf(&authority, NAME, -1, 30), &authority).await,
        Certificate {
            trust: Trust::Trusted,
            days_left: Some(30)
        }
    );
}

#[tokio::test]
async fn a_certificate_out_of_its_time_is_not() {
    let authority = authority();
    let expired = certificate(leaf(&authority, NAME, -30, -2), &authority).await;
    assert_eq!(expired.trust, Trust::Expired);
    assert_eq!(expired.days_left, Some(-2));
    let early = certificate(leaf(&authority, NAME, 1, 30), &authority).await;
    assert_eq!(early.trust, Trust::NotYetValid);
}

#[tokio::test]
async fn a_certificate_for_other_names_tells_them() {
    let authority = authority();
    let seen = certificate(leaf(&authority, "*.example.org", -1, 30), &authority).await;
    assert_eq!(
        seen.trust,
        Trust::WrongNames(vec!["*.example.org".to_owned()])
    );
    assert_eq!(seen.days_left, Some(30));
}

#[tokio::test]
async fn a_chain_to_no_root_is_not_trusted() {
    let unknown = certificate(leaf(&authority(), NAME, -1, 30), &authority()).await;
    assert_eq!(unknown.trust, Trust::UntrustedChain);
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    for authority_itself in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        params.is_ca = authority_itself;
        let own = params.clone().self_signed(&key).unwrap().der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let seen = certificate((vec![own], key), &authority()).await;
        assert_eq!(seen.trust, Trust::UntrustedChain);
    }
}

#[tokio::test]
async fn the_forwarded_host_may_be_the_certificates_name() {
    let authority = authority();
    let port = serve(config(leaf(&authority, "www.example.com", -1, 30))).await;
    let door = https(port, &[NAME, "www.example.com"]);
    let connection = open(&trusting(&authority), door).await;
    assert!(
        matches!(&connection, Connection::Tls(Handshake::Certificate(c)) if c.trust == Trust::Trusted),
        "{connection:?}"
    );
}

/// Knows itself by one name alone.
#[derive(Debug)]
struct Named(&'static str, Arc<rustls::sign::CertifiedKey>);

impl rustls::server::ResolvesServerCert for Named {
    fn resolve(
        &self,
        hello: rustls::server::ClientHello<'_>,
    ) -> Option<Arc<rustls::sign::CertifiedKey>> {
        (hello.server_name() == Some(self.0)).then(|| self.1.clone())
    }
}

#[tokio::test]
async fn a_server_is_asked_by_the_forwarded_host_too() {
    let authority = authority();
    let (chain, key) = leaf(&authority, "www.example.com", -1, 30);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = provider.key_provider.load_private_key(key).unwrap();
    let key = Arc::new(rustls::sign::CertifiedKey::new(chain, key));
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Named("www.example.com", key)));
    let port = serve(server).await;
    let alone = open(&trusting(&authority), https(port, &[NAME])).await;
    assert!(
        matches!(alone, Connection::Tls(Handshake::Broken(_))),
        "{alone:?}"
    );
    let both = https(port, &[NAME, "www.example.com"]);
    let both = open(&trusting(&authority), both).await;
    assert!(
        matches!(&both, Connection::Tls(Handshake::Certificate(c)) if c.trust == Trust::Trusted),
        "{both:?}"
    );
}

#[tokio::test]
async fn what_is_no_tls_is_broken_and_what_is_old_is_not_judged() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let network = trusting(&authority());
    let broken = open(&network, https(port, &[NAME])).await;
    assert!(
        matches!(broken, Connection::Tls(Handshake::Broken(_))),
        "{broken:?}"
    );
    let old = Door::Https {
        port,
        offer: TlsOffer::Outdated,
        names: vec![NAME.to_owned()],
    };
    assert_eq!(
        open(&network, old).await,
        Connection::Tls(Handshake::NotJudged)
    );
    assert_eq!(open(&network, Door::Http { port }).await, Connection::Open);
}

#[tokio::test]
async fn a_server_of_old_versions_alone_is_distinguished() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 1024]).await;
            // A fatal alert, protocol_version, as servers of TLS 1.0 and 1.1 send it.
            let _ = stream.write_all(&[21, 3, 1, 0, 2, 2, 70]).await;
        }
    });
    assert_eq!(
        open(&trusting(&authority()), https(port, &[NAME])).await,
        Connection::Tls(Handshake::NoCommonVersion)
    );
}

#[tokio::test]
async fn a_closed_port_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let network = trusting(&authority());
    assert_eq!(
        open(&network, https(port, &[NAME])).await,
        Connection::Refused
    );
}

#[tokio::test]
async fn a_server_that_says_nothing_delays_no_other() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let begun = std::time::Instant::now();
    let network = trusting(&authority());
    assert_eq!(
        open(&network, https(port, &[NAME])).await,
        Connection::TimedOut
    );
    assert!(begun.elapsed() < Duration::from_secs(8));
    drop(listener);
}

#[tokio::test]
async fn this_machine_is_reported_and_never_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let inside = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254"];
    let inside: Vec<IpAddr> = inside.iter().map(|ip| ip.parse().unwrap()).collect();
    let network = Network::new(
        Fixed(inside.clone(), Mutex::default()),
        is_on_the_internet,
        Roots::Mozilla,
    );
    let need = HostNeed {
        name: NAME.to_owned(),
        doors: BTreeSet::from([Door::Http { port }, https(port, &[NAME])]),
    };
    let host = network.probe(&need).await.known().cloned().unwrap();
    assert_eq!(host.connections, BTreeMap::new());
    let Resolution::Addresses {
        public, private, ..
    } = host.resolution
    else {
        panic!("{host:?}")
    };
    assert_eq!(public, Vec::<IpAddr>::new());
    assert_eq!(private.len(), inside.len());
    let touched = timeout(Duration::from_millis(100), listener.accept()).await;
    assert!(touched.is_err(), "{touched:?}");
    // Not even when it is handed over as if it were outside.
    let direct = network.connect(&inside, port).await;
    assert!(matches!(direct, Err(Connection::Failed(_))));
}

#[tokio::test]
async fn a_host_is_resolved_once_however_many_ports_it_has() {
    let network = trusting(&authority());
    let need = HostNeed {
        name: NAME.to_owned(),
        doors: (1..=20).map(|port| Door::Http { port }).collect(),
    };
    let host = network.probe(&need).await.known().cloned().unwrap();
    assert_eq!(*network.resolver.1.lock().unwrap(), [NAME]);
    let tried = host.connections.values();
    let tried = tried.filter(|connection| !matches!(connection, Connection::Failed(_)));
    assert_eq!(tried.count(), DOORS);
}
