use std::sync::{Arc, Mutex};

use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::distribution::Place;
use crate::edge::{Made, StagingHeader};
use crate::network::tests::{Fixed, authority, config, leaf};

const HOST: &str = "d111111abcdef8.cloudfront.net";

fn question(path: &str) -> Question {
    Question {
        path_pattern: "*".to_owned(),
        place: Place::default(),
        origin: "site".to_owned(),
        host: EdgeHost::new(HOST).unwrap(),
        path: path.to_owned(),
        method: ReadMethod::Get,
        staging: None,
        made: Made::FromPattern,
        object: None,
    }
}

/// A server that sends the same to every request, and then keeps or closes the connection.
struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn sends(answer: impl Into<Vec<u8>>, stays: bool) -> Self {
        let answer: Arc<[u8]> = answer.into().into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (answer, kept) = (Arc::clone(&answer), Arc::clone(&kept));
                tokio::spawn(async move {
                    let mut bytes = vec![0; 4096];
                    let read = stream.read(&mut bytes).await.unwrap_or_default();
                    let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
                    kept.lock().unwrap().push(text);
                    // The client may end it first.
                    let _ = stream.write_all(&answer).await;
                    if stays {
                        let _ = stream.read(&mut bytes).await;
                    }
                });
            }
        });
        Self { port, requests }
    }

    fn edge(&self) -> Edge {
        let url = format!("http://127.0.0.1:{}", self.port);
        Edge::at(LoopbackEndpoint::parse(&url).unwrap())
    }

    async fn answers(&self, question: &Question) -> EdgeSeen {
        let until = Instant::now() + Duration::from_millis(500);
        let mut seen = self.edge().ask(&[question], Some(until)).await;
        seen.pop().unwrap()
    }
}

#[tokio::test]
async fn a_question_is_one_request_with_the_distributions_name() {
    let answer = "HTTP/1.1 404 Not Found\r\nServer: AmazonS3\r\nContent-Length: 8\r\n\r\n<Error/>";
    let server = Server::sends(answer, true).await;
    let mut question = question("/a/origin-guard-1?x=1");
    question.staging = StagingHeader::new("aws-cf-cd-beta", "letmein");
    let seen = server.answers(&question).await.unwrap();
    assert_eq!(
        (seen.status, seen.header("server")),
        (404, Some("AmazonS3"))
    );
    assert_eq!(seen.body, "<Error/>");
    let requests = server.requests.lock().unwrap().clone();
    let [request] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    assert!(
        request.starts_with("GET /a/origin-guard-1?x=1 HTTP/1.1\r\n"),
        "{request}"
    );
    let request = request.to_ascii_lowercase();
    for header in [
        &format!("host: {HOST}"),
        "accept-encoding: identity",
        "aws-cf-cd-beta: letmein",
        "user-agent: origin-guard/",
    ] {
        assert!(request.contains(header), "{header}: {request}");
    }
}

#[tokio::test]
async fn a_head_request_has_no_body_to_wait_for() {
    let server = Server::sends("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", true).await;
    let question = Question {
        method: ReadMethod::Head,
        ..question("/")
    };
    let seen = server.answers(&question).await.unwrap();
    assert_eq!((seen.status, seen.body.as_str()), (200, ""));
    assert!(server.requests.lock().unwrap()[0].starts_with("HEAD / "));
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let metadata = "http://169.254.169.254/latest/meta-data/";
    let answer = format!("HTTP/1.1 302 Found\r\nLocation: {metadata}\r\nContent-Length: 0\r\n\r\n");
    let server = Server::sends(answer, true).await;
    let seen = server.answers(&question("/")).await.unwrap();
    assert_eq!(
        (seen.status, seen.header("location")),
        (302, Some(metadata))
    );
    assert_eq!(server.requests.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn of_a_success_that_stalls_or_is_cut_the_head_is_enough_and_of_an_error_it_is_not() {
    let rest = "Content-Length: 100\r\n\r\n<Error><Code>";
    for stays in [true, false] {
        let server = Server::sends(format!("HTTP/1.1 200 OK\r\n{rest}"), stays).await;
        let seen = server.answers(&question("/")).await.unwrap();
        assert_eq!((seen.status, seen.body.as_str()), (200, "<Error><Code>"));
        let server = Server::sends(format!("HTTP/1.1 403 Forbidden\r\n{rest}"), stays).await;
        let seen = server.answers(&question("/")).await;
        let is_known = match seen {
            Err(EdgeFailure::TimedOut) => stays,
            Err(EdgeFailure::Cut(_)) => !stays,
            _ => false,
        };
        assert!(is_known, "{seen:?}");
    }
    let half = "HTTP/1.1 403 Forbidden\r\nContent-";
    let server = Server::sends(half, true).await;
    assert_eq!(
        server.answers(&question("/")).await,
        Err(EdgeFailure::TimedOut)
    );
    for none in [half, "", "SSH-2.0-OpenSSH\r\n"] {
        let server = Server::sends(none, false).await;
        let seen = server.answers(&question("/")).await;
        assert!(matches!(seen, Err(EdgeFailure::Cut(_))), "{seen:?}");
    }
}

#[tokio::test]
async fn of_a_large_answer_the_beginning_is_read() {
    let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n".to_vec();
    answer.resize(answer.len() + 4 * MOST_BODY, b'x');
    let server = Server::sends(answer, true).await;
    let began = Instant::now();
    let seen = server.answers(&question("/")).await.unwrap();
    assert_eq!(seen.body.len(), MOST_BODY);
    assert!(
        began.elapsed() < Duration::from_millis(400),
        "it waited for the rest"
    );
    let mut endless = b"HTTP/1.1 200 OK\r\nx: ".to_vec();
    endless.resize(2 * MOST_HEAD, b'x');
    let server = Server::sends(endless, true).await;
    let seen = server.answers(&question("/")).await;
    assert!(matches!(seen, Err(EdgeFailure::Cut(_))), "{seen:?}");
}

#[tokio::test]
async fn answers_are_in_the_order_of_the_questions() {
    let server = Server::sends("HTTP/1.1 204 No Content\r\n\r\n", true).await;
    let all: Vec<Question> = (0..80).map(|n| question(&format!("/{n}"))).collect();
    let all: Vec<&Question> = all.iter().collect();
    let seen = server.edge().ask(&all, None).await;
    assert_eq!(seen.len(), 80);
    assert!(
        seen.iter()
            .all(|it| it.as_ref().is_ok_and(|it| it.status == 204))
    );
    assert!(server.edge().ask(&[], None).await.is_empty());
}

#[tokio::test]
async fn a_closed_port_is_no_connection() {
    let server = Server::sends("", false).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = Server {
        port: listener.local_addr().unwrap().port(),
        ..server
    };
    drop(listener);
    let seen = closed.answers(&question("/")).await;
    assert!(
        matches!(seen, Err(EdgeFailure::NotConnected(_))),
        "{seen:?}"
    );
}

/// Whatever DNS says, only what is on the internet is connected to.
#[tokio::test]
async fn no_address_inside_a_network_is_connected_to() {
    let server = Server::sends("HTTP/1.1 200 OK\r\n\r\n", false).await;
    for address in ["127.0.0.1", "169.254.169.254", "10.0.0.1", "fd00:ec2::254"] {
        let dns = Fixed::of(&[address]);
        let edge = Edge::new(dns, is_on_the_internet, server.port, Roots::Mozilla);
        let seen = edge.ask(&[&question("/")], None).await;
        let [Err(EdgeFailure::NotConnected(why))] = seen.as_slice() else {
            panic!("{seen:?}");
        };
        assert!(
            why.contains("no address of d111111abcdef8.cloudfront.net on the internet"),
            "{why}"
        );
    }
    assert!(server.requests.lock().unwrap().is_empty());
}

/// One with TLS, whose certificate is for a name; it may want one of its clients.
async fn over_tls(name: &str, wants_certificate: bool) -> EdgeSeen {
    let authority = authority();
    let keyed = leaf(&authority, name, -1, 30);
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let server = if wants_certificate {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = Arc::new(roots);
        let verifier =
            WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(&provider)).build();
        rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier.unwrap())
            .with_single_cert(keyed.0, keyed.1)
            .unwrap()
    } else {
        config(keyed)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(server));
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
            let _ = stream.shutdown().await;
        }
    });
    let roots = Roots::Der(vec![authority.der().to_vec()]);
    let edge = Edge::new(Fixed::of(&["127.0.0.1"]), |_| true, port, roots);
    edge.ask(&[&question("/")], None).await.pop().unwrap()
}

#[tokio::test]
async fn the_certificate_is_held_against_the_distributions_name() {
    let seen = over_tls(HOST, false).await.unwrap();
    assert_eq!(seen.status, 204);
    let seen = over_tls("www.example.com", false).await;
    assert!(matches!(seen, Err(EdgeFailure::TlsRefused(_))), "{seen:?}");
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_of_the_viewer_refuses_tls() {
    let seen = over_tls(HOST, true).await;
    assert!(matches!(seen, Err(EdgeFailure::TlsRefused(_))), "{seen:?}");
}
