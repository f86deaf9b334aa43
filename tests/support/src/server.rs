//! The server: a thread with its own runtime, so that a test may block while the double answers.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use crate::dispatch::{self, State};
use crate::tls;
use crate::world::World;

/// A running server. It stops, and every request that hangs ends, when it is dropped.
pub struct Double {
    address: SocketAddr,
    authority: Option<String>,
    state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Double {
    /// Starts on a free port of 127.0.0.1, without TLS.
    ///
    /// # Panics
    /// When there is no free port or no thread.
    pub async fn start() -> Self {
        Self::launch(0, false).await
    }

    /// Starts on a free port of 127.0.0.1, with TLS; [`Double::ca_pem`] is the authority to trust.
    ///
    /// # Panics
    /// When there is no free port or no thread.
    pub async fn start_tls() -> Self {
        Self::launch(0, true).await
    }

    /// Starts on a given port.
    ///
    /// # Panics
    /// When the port is taken.
    pub async fn start_on(port: u16, tls: bool) -> Self {
        Self::launch(port, tls).await
    }

    async fn launch(port: u16, with_tls: bool) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the port is free");
        listener
            .set_nonblocking(true)
            .expect("a socket can be non-blocking");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let (acceptor, authority) = with_tls.then(tls::acceptor).unzip();
        let state = Arc::new(State {
            world: Mutex::new(World::default()),
        });
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = oneshot::channel();
        let shared = Arc::clone(&state);
        let thread = std::thread::Builder::new()
            .name("aws-double".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .expect("a runtime can be made");
                runtime.block_on(async move {
                    let listener =
                        tokio::net::TcpListener::from_std(listener).expect("the runtime has I/O");
                    ready.send(()).ok();
                    tokio::select! {
                        () = accept(listener, acceptor, shared) => {}
                        _ = stopped => {}
                    }
                });
            });
        let thread = Some(thread.expect("a thread can be made"));
        is_ready.await.expect("the server thread got ready");
        Self {
            address,
            authority,
            state,
            stop: Some(stop),
            thread,
        }
    }

    /// The base URL, for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        let scheme = if self.authority.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.address)
    }

    /// The PEM of the authority that signed the server's certificate, with TLS.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// What the double knows and was asked. Never hold it while a request is on its way.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.state
            .world
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).ok();
        }
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

async fn accept(
    listener: tokio::net::TcpListener,
    acceptor: Option<TlsAcceptor>,
    state: Arc<State>,
) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        stream.set_nodelay(true).ok();
        tokio::spawn(connection(stream, acceptor.clone(), Arc::clone(&state)));
    }
}

async fn connection(stream: TcpStream, acceptor: Option<TlsAcceptor>, state: Arc<State>) {
    let service = service_fn(move |request| dispatch::answer(Arc::clone(&state), request));
    let server = hyper::server::conn::http1::Builder::new();
    match acceptor {
        None => server
            .serve_connection(TokioIo::new(stream), service)
            .await
            .ok(),
        Some(acceptor) => match acceptor.accept(stream).await {
            Ok(stream) => server
                .serve_connection(TokioIo::new(stream), service)
                .await
                .ok(),
            Err(_) => None,
        },
    };
}
