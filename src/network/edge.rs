//! Requests to CloudFront's edge, as a viewer makes them.
//!
//! Where a request goes is never a candidate's: the name is one of CloudFront's own
//! ([`EdgeHost`](crate::edge::EdgeHost)), its addresses are on the internet, and its certificate is held
//! against that name. A redirect is an answer like any other, and is not followed. Of a body the
//! beginning is read, and what comes after it ends the connection.

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt as _};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, ACCEPT_ENCODING, HOST, USER_AGENT};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant as TokioInstant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{Answer, Dns, Resolve, Roots, is_on_the_internet};
use crate::contract::ReadMethod;
use crate::cost::Counter;
use crate::edge::{EdgeFailure, EdgeHost, Question};
use crate::facts::ProbeFailure;
use crate::ports::EdgeSeen;
use crate::settings::LoopbackEndpoint;
use crate::trace::EdgeAnswer;

/// Questions that are asked at the same time. A distribution has 76 behaviors at CloudFront's default quota,
/// and each connection costs a handshake.
const AT_ONCE: usize = 32;
/// How long one question may take, from the connection to the end of what is read.
const QUESTION: Duration = Duration::from_secs(5);
/// How long one TCP connection may take.
const CONNECT: Duration = Duration::from_secs(2);
/// Addresses of the edge that are tried.
const ADDRESSES: usize = 2;
/// What is read of a body, in bytes: S3's and CloudFront's errors are shorter.
const MOST_BODY: usize = 64 * 1024;
/// What is read of a head, in bytes, and how many headers: CloudFront's own limit is 20,480 bytes
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>).
const MOST_HEAD: usize = 64 * 1024;
const MOST_HEADERS: usize = 256;

/// CloudFront's edge, as it is reached from here.
#[derive(Debug)]
pub struct Edge<R = Dns> {
    way: Way<R>,
}

/// How it is reached.
#[derive(Debug)]
enum Way<R> {
    /// Over the internet, with TLS.
    Internet(Internet<R>),
    /// At an address of this machine, without TLS: what tests put in the place of the edge.
    Loopback(SocketAddr),
}

#[derive(Debug)]
struct Internet<R> {
    resolver: R,
    may_connect: fn(IpAddr) -> bool,
    port: u16,
    /// Or why there can be no TLS.
    tls: Result<Arc<ClientConfig>, String>,
}

impl Edge {
    /// With the system's DNS servers and Mozilla's roots; nothing is sent yet.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Dns::system(), is_on_the_internet, 443, Roots::Mozilla)
    }

    /// At what the settings put in its place, or else at CloudFront itself.
    #[must_use]
    pub fn reached_at(endpoint: Option<LoopbackEndpoint>) -> Self {
        endpoint.map_or_else(Self::system, Self::at)
    }

    /// At a port of this machine, without TLS.
    #[must_use]
    pub fn at(endpoint: LoopbackEndpoint) -> Self {
        Self {
            way: Way::Loopback(endpoint.address()),
        }
    }
}

impl<R: Resolve> Edge<R> {
    /// With a resolver, a filter for the addresses that may be connected to, and roots.
    #[must_use]
    pub fn new(resolver: R, may_connect: fn(IpAddr) -> bool, port: u16, roots: Roots) -> Self {
        Self {
            way: Way::Internet(Internet {
                resolver,
                may_connect,
                port,
                tls: client_config(roots),
            }),
        }
    }

    /// Asks every question, in their order; what has no answer by `until` has timed out.
    pub async fn ask(&self, questions: &[&Question], until: Option<Instant>) -> Vec<EdgeSeen> {
        let Some(first) = questions.first() else {
            return Vec::new();
        };
        let until = until.map(TokioInstant::from);
        // One lookup: all questions about a distribution go to its one name.
        let addresses = self.addresses(&first.host, end(until)).await;
        let asking: Vec<_> = questions
            .iter()
            .map(|question| self.answer(question, &first.host, &addresses, until))
            .collect();
        stream::iter(asking).buffered(AT_ONCE).collect().await
    }

    async fn answer(
        &self,
        question: &Question,
        resolved: &EdgeHost,
        addresses: &Result<Vec<SocketAddr>, EdgeFailure>,
        until: Option<TokioInstant>,
    ) -> EdgeSeen {
        // Its wave is the session's, like that of a call to AWS.
        let _in_flight = Counter::of_task().map(|counter| counter.begin("edge:request".to_owned()));
        let end = end(until);
        let own;
        let addresses = if question.host == *resolved {
            addresses.as_ref().map_err(Clone::clone)?
        } else {
            own = self.addresses(&question.host, end).await?;
            &own
        };
        let stream = connect(addresses, end).await?;
        match &self.way {
            Way::Loopback(_) => exchange(stream, question, end).await,
            Way::Internet(internet) => {
                let stream = internet.secure(stream, &question.host, end).await?;
                exchange(stream, question, end).await
            }
        }
    }

    /// The addresses of a name, IPv4 first.
    async fn addresses(
        &self,
        host: &EdgeHost,
        end: TokioInstant,
    ) -> Result<Vec<SocketAddr>, EdgeFailure> {
        let internet = match &self.way {
            Way::Loopback(address) => return Ok(vec![*address]),
            Way::Internet(internet) => internet,
        };
        let not_connected = EdgeFailure::NotConnected;
        let answer = timeout_at(end, internet.resolver.resolve(host.as_str()))
            .await
            .map_err(|_| EdgeFailure::TimedOut)?
            .map_err(not_resolved)?;
        let Answer::Addresses { mut addresses, .. } = answer else {
            return Err(not_connected(format!("DNS has no address of {host}")));
        };
        addresses.retain(|address| (internet.may_connect)(*address));
        if addresses.is_empty() {
            let why = format!("DNS has no address of {host} on the internet");
            return Err(not_connected(why));
        }
        addresses.sort_unstable();
        let addresses = addresses.into_iter().take(ADDRESSES);
        Ok(addresses
            .map(|address| SocketAddr::new(address, internet.port))
            .collect())
    }
}

impl<R> Internet<R> {
    async fn secure(
        &self,
        stream: TcpStream,
        host: &EdgeHost,
        end: TokioInstant,
    ) -> Result<TlsStream<TcpStream>, EdgeFailure> {
        let refused = EdgeFailure::TlsRefused;
        let config = self.tls.clone().map_err(refused)?;
        let name = ServerName::try_from(host.as_str().to_owned())
            .map_err(|error| refused(error.to_string()))?;
        timeout_at(end, TlsConnector::from(config).connect(name, stream))
            .await
            .map_err(|_| EdgeFailure::TimedOut)?
            .map_err(|error| refused(error.to_string()))
    }
}

fn not_resolved(why: ProbeFailure) -> EdgeFailure {
    match why {
        ProbeFailure::TimedOut => EdgeFailure::TimedOut,
        ProbeFailure::Unreachable(why) | ProbeFailure::Failed(why) => {
            EdgeFailure::NotConnected(why)
        }
        _ => EdgeFailure::NotConnected("its name could not be resolved".to_owned()),
    }
}

/// The end of a question that begins now.
fn end(until: Option<TokioInstant>) -> TokioInstant {
    let own = TokioInstant::now() + QUESTION;
    until.map_or(own, |until| own.min(until))
}

fn client_config(roots: Roots) -> Result<Arc<ClientConfig>, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let mut config = config
        .with_root_certificates(roots.store())
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

async fn connect(addresses: &[SocketAddr], end: TokioInstant) -> Result<TcpStream, EdgeFailure> {
    let mut failed = EdgeFailure::TimedOut;
    for address in addresses {
        let each = end.min(TokioInstant::now() + CONNECT);
        match timeout_at(each, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => failed = EdgeFailure::NotConnected(error.to_string()),
            Err(_) => failed = EdgeFailure::TimedOut,
        }
    }
    Err(failed)
}

/// One request, and the beginning of its answer.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    question: &Question,
    end: TokioInstant,
) -> EdgeSeen {
    let request = request(question)?;
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MOST_HEAD)
        .max_headers(MOST_HEADERS)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| cut(&error))?;
    let exchange = async {
        let answer = timeout_at(end, sender.send_request(request))
            .await
            .map_err(|_| EdgeFailure::TimedOut)?
            .map_err(|error| cut(&error))?;
        read(answer, end).await
    };
    let mut exchange = pin!(exchange);
    tokio::select! {
        seen = &mut exchange => seen,
        // The connection has ended; what it has read is still to be taken.
        _ = connection => exchange.await,
    }
}

fn request(question: &Question) -> Result<Request<Empty<Bytes>>, EdgeFailure> {
    let method = match question.method {
        ReadMethod::Get => Method::GET,
        ReadMethod::Head => Method::HEAD,
    };
    let mut request = Request::builder()
        .method(method)
        .uri(question.path.as_str())
        .header(HOST, question.host.as_str())
        .header(
            USER_AGENT,
            concat!("origin-guard/", env!("CARGO_PKG_VERSION")),
        )
        .header(ACCEPT, "*/*")
        // An error that is compressed could not be read.
        .header(ACCEPT_ENCODING, "identity");
    if let Some(staging) = &question.staging {
        request = request.header(staging.name(), staging.value());
    }
    request
        .body(Empty::new())
        .map_err(|error| EdgeFailure::Cut(format!("it cannot be sent: {error}")))
}

/// The answer, with what comes of its body within the bounds. The head of a success says enough; of an
/// error, only the body tells a missing key from a denial.
async fn read(answer: Response<Incoming>, end: TokioInstant) -> Result<EdgeAnswer, EdgeFailure> {
    let (head, mut body) = answer.into_parts();
    let is_error = head.status.as_u16() >= 400;
    let mut bytes = Vec::new();
    while bytes.len() < MOST_BODY {
        match timeout_at(end, body.frame()).await {
            Ok(Some(Ok(frame))) => {
                let room = MOST_BODY.saturating_sub(bytes.len());
                let data = frame.data_ref().into_iter().flatten();
                bytes.extend(data.take(room));
            }
            Ok(Some(Err(error))) if is_error => return Err(cut(&error)),
            Err(_) if is_error => return Err(EdgeFailure::TimedOut),
            _ => break,
        }
    }
    let headers = head.headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
    Ok(EdgeAnswer::of(head.status.as_u16(), headers, &bytes))
}

/// Why there is no answer. With TLS 1.3 a server refuses a client without a certificate after the
/// handshake, when the request was sent.
fn cut(error: &hyper::Error) -> EdgeFailure {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(each) = cause {
        let io = each.downcast_ref::<std::io::Error>();
        let tls = io.and_then(|io| io.get_ref()?.downcast_ref::<rustls::Error>());
        if let Some(alert @ rustls::Error::AlertReceived(_)) = tls {
            return EdgeFailure::TlsRefused(alert.to_string());
        }
        cause = each.source();
    }
    EdgeFailure::Cut(error.to_string())
}

#[cfg(test)]
mod tests;
