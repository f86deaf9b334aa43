//! The one place that speaks DNS and TLS with origins, as CloudFront would, and HTTP with CloudFront's
//! edge, as a viewer would: an I/O border like [`crate::aws`].
//!
//! A candidate names the hosts, so it could aim the guard at the inside of a network. Therefore
//! only addresses on the internet are connected to, only on ports that CloudFront takes; the
//! address that was checked is the one connected to, never the name again; nothing but a TLS
//! handshake is sent, and nothing of the answer but the certificate's verdict and names is kept.

mod addresses;
mod dns;
mod edge;
mod tls;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};

pub use addresses::is_on_the_internet;
pub use dns::{Answer, Dns, Resolve};
pub use edge::Edge;
pub use tls::Roots;

use crate::facts::{
    Connection, Door, Fact, Handshake, Host, HostNeed, ORIGIN_HOST, ProbeFailure, Resolution,
    TlsOffer, Trust, Unknown,
};
use tls::Tls;

/// Hosts that are probed at the same time.
const HOSTS_AT_ONCE: usize = 32;
/// How long a host may wait for its turn: a candidate may name any number.
const QUEUE: Duration = Duration::from_secs(15);
/// How long one host may take, DNS and all its ports together.
const HOST: Duration = Duration::from_secs(5);
/// How long one TCP connection may take.
const CONNECT: Duration = Duration::from_secs(2);
/// Addresses of a host that are tried; CloudFront goes on to others too.
const ADDRESSES: usize = 2;
/// Ports of a host that are tried: a candidate must not make the guard a port scanner.
const DOORS: usize = 8;
/// Names that a server is asked for its certificate by.
const SERVER_NAMES: usize = 3;

/// The network as a guard sees it.
#[derive(Debug)]
pub struct Network<R = Dns> {
    resolver: R,
    may_connect: fn(IpAddr) -> bool,
    tls: Tls,
    turns: Semaphore,
}

impl Network {
    /// With the system's DNS servers and Mozilla's roots; nothing is sent yet.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Dns::system(), is_on_the_internet, Roots::Mozilla)
    }

    /// The same, where the system's DNS servers say what public DNS says, wherever they are.
    #[must_use]
    pub fn on_public_dns() -> Self {
        let dns = Dns::system().as_public();
        Self::new(dns, is_on_the_internet, Roots::Mozilla)
    }
}

impl<R: Resolve> Network<R> {
    /// With a resolver, and a filter for the addresses that may be connected to.
    #[must_use]
    pub fn new(resolver: R, may_connect: fn(IpAddr) -> bool, roots: Roots) -> Self {
        Self {
            resolver,
            may_connect,
            tls: Tls::new(roots),
            turns: Semaphore::new(HOSTS_AT_ONCE),
        }
    }

    /// Probes one host.
    pub async fn probe(&self, need: &HostNeed) -> Fact<Host> {
        match self.look(need).await {
            Ok(host) => Fact::Known(host),
            Err(why) => Fact::Unknown(Unknown::probe_failed(ORIGIN_HOST, &need.name, why)),
        }
    }

    async fn look(&self, need: &HostNeed) -> Result<Host, ProbeFailure> {
        let Ok(Ok(_turn)) = timeout(QUEUE, self.turns.acquire()).await else {
            return Err(ProbeFailure::TimedOut);
        };
        // It begins with the host's turn: a long queue must not shorten the probe itself.
        let deadline = Instant::now() + HOST;
        let answer = timeout_at(deadline, self.resolver.resolve(&need.name))
            .await
            .map_err(|_| ProbeFailure::TimedOut)??;
        let resolution = self.sort(answer);
        let connections = match &resolution {
            // Without a public address nothing is connected to: an inside address would be the
            // guard's network, not CloudFront's.
            Resolution::Addresses { public, .. } if !public.is_empty() => {
                let doors = need.doors.iter().enumerate();
                join_all(doors.map(async |(at, door)| {
                    // A port beyond the bound is reported as not tried, so that its rules are
                    // unknown and do not pass.
                    let connection = if at < DOORS {
                        self.open(public, door, deadline).await
                    } else {
                        Connection::Failed(format!("the guard tries {DOORS} ports of a host"))
                    };
                    (door.clone(), connection)
                }))
                .await
            }
            _ => Vec::new(),
        };
        Ok(Host {
            resolution,
            vantage: self.resolver.vantage(),
            connections: BTreeMap::from_iter(connections),
        })
    }

    fn sort(&self, answer: Answer) -> Resolution {
        match answer {
            Answer::Addresses { addresses, aliases } => {
                let (mut public, mut private): (Vec<_>, Vec<_>) = addresses
                    .into_iter()
                    .partition(|&ip| (self.may_connect)(ip));
                for list in [&mut public, &mut private] {
                    // DNS servers rotate their answers; a report must not differ from run to run.
                    list.sort_unstable();
                    list.dedup();
                }
                Resolution::Addresses {
                    public,
                    private,
                    aliases,
                }
            }
            Answer::NoSuchName { aliases } => Resolution::NoSuchName { aliases },
            Answer::NoAddress { aliases } => Resolution::NoAddress { aliases },
        }
    }

    async fn open(&self, addresses: &[IpAddr], door: &Door, deadline: Instant) -> Connection {
        let attempt = async {
            match door {
                Door::Http { port } => match self.connect(addresses, *port).await {
                    // The stream is dropped at once: that the port accepts is all that plain HTTP
                    // can prove without sending a request.
                    Ok(_) => Connection::Open,
                    Err(failed) => failed,
                },
                Door::Https { port, offer, names } => {
                    self.secure(addresses, *port, *offer, names).await
                }
            }
        };
        timeout_at(deadline, attempt)
            .await
            .unwrap_or(Connection::TimedOut)
    }

    /// A TCP connection to the first address that takes one. Sorted lists have IPv4 first, which
    /// CloudFront uses unless configured otherwise.
    async fn connect(&self, addresses: &[IpAddr], port: u16) -> Result<TcpStream, Connection> {
        let mut failed = Connection::Failed("no address may be connected to".to_owned());
        // Checked here again: whatever the list is, this is the line that sends.
        let allowed = addresses.iter().filter(|&&ip| (self.may_connect)(ip));
        // One dead address of several is no broken origin.
        for &address in allowed.take(ADDRESSES) {
            match timeout(CONNECT, TcpStream::connect((address, port))).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => failed = failure(&error),
                Err(_) => failed = Connection::TimedOut,
            }
        }
        Err(failed)
    }

    async fn secure(
        &self,
        addresses: &[IpAddr],
        port: u16,
        offer: TlsOffer,
        names: &[String],
    ) -> Connection {
        // rustls has no TLS 1.0 and 1.1, so an origin that is configured for these alone cannot be
        // judged; a failed handshake with newer versions would prove nothing.
        if offer == TlsOffer::Outdated {
            return match self.connect(addresses, port).await {
                Ok(_) => Connection::Tls(Handshake::NotJudged),
                Err(failed) => failed,
            };
        }
        let mut first = None;
        // Where the viewer's Host may be forwarded, a server may know itself by that name alone.
        for server_name in names.iter().take(SERVER_NAMES) {
            let stream = match self.connect(addresses, port).await {
                Ok(stream) => stream,
                // What the first name found is worth more than a connection that failed later.
                Err(failed) => return first.unwrap_or(failed),
            };
            let shaken = self.tls.handshake(stream, server_name, names).await;
            // One name that is trusted is enough: CloudFront accepts a certificate for the origin's
            // domain or for the forwarded Host.
            let trusted = matches!(
                &shaken,
                Handshake::Certificate(certificate) if certificate.trust == Trust::Trusted
            );
            if trusted {
                return Connection::Tls(shaken);
            }
            first.get_or_insert(Connection::Tls(shaken));
        }
        first.unwrap_or_else(|| Connection::Failed("no name to ask for".to_owned()))
    }
}

fn failure(error: &std::io::Error) -> Connection {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::ConnectionRefused => Connection::Refused,
        ErrorKind::TimedOut => Connection::TimedOut,
        _ => Connection::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
