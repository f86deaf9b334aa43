//! The server side of the Runtime API.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};

use super::Outcome;

/// The largest answer to a synchronous invocation: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const MAX_RESPONSE: usize = 6 * 1024 * 1024;

/// What a function is to get.
pub(super) struct Event {
    pub request_id: String,
    pub body: String,
    pub timeout: Duration,
}

#[derive(Default)]
struct Current {
    waiting: Option<(Event, oneshot::Sender<()>)>,
    running: Option<String>,
    answer: Option<oneshot::Sender<Outcome>>,
    taken_at: Option<Instant>,
    first_next: Option<Instant>,
    init_error: Option<Value>,
}

#[derive(Default)]
pub(super) struct Api {
    current: Mutex<Current>,
    offered: Notify,
    asked: Notify,
}

impl Api {
    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the process before.
    pub fn reset(&self) {
        *self.current() = Current::default();
    }

    pub fn first_next_at(&self) -> Option<Instant> {
        self.current().first_next
    }

    /// Waits until the function asked for its first event, or said that it cannot start.
    pub async fn first_next(&self) {
        loop {
            let asked = self.asked.notified();
            if self.first_next_at().is_some() || self.failed_to_start() {
                return;
            }
            asked.await;
        }
    }

    pub fn failed_to_start(&self) -> bool {
        self.current().init_error.is_some()
    }

    /// Puts an event up. The first receiver says that the function took it, the second how it ended.
    pub fn offer(&self, event: Event) -> (oneshot::Receiver<()>, oneshot::Receiver<Outcome>) {
        let (take, taken) = oneshot::channel();
        let (answer, answered) = oneshot::channel();
        let mut current = self.current();
        if let Some(error) = current.init_error.take() {
            answer.send(Outcome::Error(error)).ok();
        } else {
            current.waiting = Some((event, take));
            current.answer = Some(answer);
            current.taken_at = None;
            self.offered.notify_one();
        }
        drop(current);
        (taken, answered)
    }

    /// The invocation is over; says when it had begun.
    pub fn withdraw(&self) -> Option<Instant> {
        let mut current = self.current();
        (current.waiting, current.running, current.answer) = (None, None, None);
        current.taken_at
    }

    /// `GET /runtime/invocation/next`: waits as long as it takes.
    async fn next(&self) -> Response<Full<Bytes>> {
        self.current().first_next.get_or_insert_with(Instant::now);
        self.asked.notify_waiters();
        let event = loop {
            let offered = self.offered.notified();
            if let Some(event) = self.take() {
                break event;
            }
            offered.await;
        };
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", &event.request_id)
            .header(
                "lambda-runtime-deadline-ms",
                (now + event.timeout).as_millis().to_string(),
            )
            .header(
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:us-east-1:111122223333:function:origin-guard",
            )
            .header(
                "lambda-runtime-trace-id",
                "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0",
            )
            .body(Full::new(Bytes::from(event.body)))
            .expect("a request ID has no line break")
    }

    fn take(&self) -> Option<Event> {
        let mut current = self.current();
        let (event, take) = current.waiting.take()?;
        current.running = Some(event.request_id.clone());
        current.taken_at = Some(Instant::now());
        take.send(()).ok();
        Some(event)
    }

    fn finish(&self, request_id: &str, outcome: Outcome) -> Response<Full<Bytes>> {
        let mut current = self.current();
        if current.running.as_deref() != Some(request_id) {
            return status(400, "InvalidRequestID");
        }
        current.running = None;
        if let Some(answer) = current.answer.take() {
            answer.send(outcome).ok();
        }
        status(202, "OK")
    }

    fn cannot_start(&self, error: Value) -> Response<Full<Bytes>> {
        let mut current = self.current();
        match current.answer.take() {
            Some(answer) => drop(answer.send(Outcome::Error(error))),
            None => current.init_error = Some(error),
        }
        drop(current);
        self.asked.notify_waiters();
        status(202, "OK")
    }

    async fn handle(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        let post = request.method() == hyper::Method::POST;
        let body = request
            .into_body()
            .collect()
            .await
            .map(http_body_util::Collected::to_bytes)
            .unwrap_or_default();
        let value = || {
            serde_json::from_slice(&body).unwrap_or_else(|_| json!(String::from_utf8_lossy(&body)))
        };
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match segments.as_slice() {
            ["2018-06-01", "runtime", "invocation", "next"] if !post => self.next().await,
            ["2018-06-01", "runtime", "invocation", id, "response"]
                if post && body.len() > MAX_RESPONSE =>
            {
                self.finish(
                    id,
                    Outcome::Error(json!({"errorType": "Function.ResponseSizeTooLarge"})),
                );
                status(413, "RequestEntityTooLarge")
            }
            ["2018-06-01", "runtime", "invocation", id, "response"] if post => {
                self.finish(id, Outcome::Response(value()))
            }
            ["2018-06-01", "runtime", "invocation", id, "error"] if post => {
                self.finish(id, Outcome::Error(value()))
            }
            ["2018-06-01", "runtime", "init", "error"] if post => self.cannot_start(value()),
            _ => status(404, "NotFound"),
        }
    }
}

fn status(status: u16, text: &str) -> Response<Full<Bytes>> {
    let body = if status < 300 {
        json!({"status": text})
    } else {
        json!({"errorType": text, "errorMessage": text})
    };
    Response::builder()
        .status(status)
        .body(Full::new(Bytes::from(body.to_string())))
        .expect("the status is valid")
}

pub(super) async fn serve(listener: TcpListener, api: Arc<Api>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        stream.set_nodelay(true).ok();
        let api = Arc::clone(&api);
        connections.spawn(async move {
            let service = service_fn(|request| {
                let api = Arc::clone(&api);
                async move { Ok::<_, Infallible>(api.handle(request).await) }
            });
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await
                .ok();
        });
    }
}
