//! The way of one request: read, recorded, delayed, failed on purpose or answered by its service.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::{Request as HttpRequest, Response};
use uuid::Uuid;

use crate::action::Action;
use crate::body::Body;
use crate::control;
use crate::fault::{self, FaultKind};
use crate::http::{Call, Refusal, Reply, Service};
use crate::record::Request;
use crate::route::{self, Route};
use crate::sigv4;
use crate::world::World;

/// The largest body that the double reads.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// What all connections share.
pub(crate) struct State {
    pub world: Mutex<World>,
}

impl State {
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection is to be dropped without an answer.
#[derive(Debug)]
pub(crate) struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the double dropped the connection on purpose")
    }
}

impl std::error::Error for Dropped {}

pub(crate) async fn answer(
    state: Arc<State>,
    request: HttpRequest<Incoming>,
) -> Result<Response<Body>, Dropped> {
    let call = read(request).await?;
    let (reply, fault) = match control::handle(&state, &call) {
        Some(reply) => (reply, None),
        None => serve(&state, &call).await?,
    };
    Ok(write(reply, fault.as_ref()))
}

async fn read(request: HttpRequest<Incoming>) -> Result<Call, Dropped> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, MAX_BODY)
        .collect()
        .await
        .map_err(|_| Dropped)?
        .to_bytes();
    let query = parts.uri.query().unwrap_or_default();
    let authorization = parts
        .headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    Ok(Call {
        signature: authorization.and_then(sigv4::parse),
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        headers: parts.headers,
        body,
    })
}

fn write(reply: Reply, fault: Option<&FaultKind>) -> Response<Body> {
    let mut builder = Response::builder().status(reply.status);
    let headers = builder.headers_mut().expect("the status is valid");
    for (name, value) in reply.headers {
        let name = hyper::header::HeaderName::try_from(name)
            .expect("the double writes valid header names");
        let value = hyper::header::HeaderValue::try_from(value)
            .unwrap_or(hyper::header::HeaderValue::from_static("invalid"));
        headers.insert(name, value);
    }
    builder
        .body(Body::of(reply.body, fault))
        .expect("status and headers are valid")
}

async fn serve(state: &State, call: &Call) -> Result<(Reply, Option<FaultKind>), Dropped> {
    let start = Instant::now();
    let request_id = Uuid::new_v4().to_string();
    let Some(route) = route::route(call) else {
        state.world().violation(format!(
            "{} {} is signed for a service that the double does not have",
            call.method, call.path
        ));
        let refusal = Refusal::new(501, "NotImplemented", "unknown service");
        return Ok((Service::S3.refuse(&refusal, &request_id), None));
    };
    let (index, latency, kinds) = admit(&mut state.world(), call, &route, start);
    let delay: Duration = kinds
        .iter()
        .map(|kind| {
            if let FaultKind::Delay(delay) = kind {
                *delay
            } else {
                Duration::ZERO
            }
        })
        .sum();
    hold(state, index, start).await;
    if let Some(FaultKind::Held(held)) = kinds.last() {
        held.hold().await;
    }
    let answered_at = start + latency + delay;
    if kinds.iter().any(|kind| matches!(kind, FaultKind::Hang)) {
        return std::future::pending().await;
    }
    if kinds.iter().any(|kind| matches!(kind, FaultKind::Reset)) {
        wait(answered_at).await;
        return Err(Dropped);
    }
    // Before the wait: what the double computes is no part of the latency that a world asks for.
    let mut reply = reply(&mut state.world(), call, &route, kinds.last(), &request_id);
    wait(answered_at).await;
    let fault = kinds.last();
    if matches!(fault, Some(FaultKind::Lost)) {
        return Err(Dropped);
    }
    if matches!(fault, Some(FaultKind::Huge { .. })) {
        reply.status = 200;
    }
    let mut world = state.world();
    if let Some(request) = world
        .requests
        .get_mut(index)
        .filter(|request| request.start == start)
    {
        request.end = Some(Instant::now());
        request.status = Some(reply.status);
    }
    drop(world);
    Ok((identified(reply, route.service, request_id), fault.cloned()))
}

/// Not by tokio's clock, which ticks in milliseconds and rounds up.
async fn wait(until: Instant) {
    if until > Instant::now() {
        async_io::Timer::at(until).await;
    }
}

/// Waits for the rest of the wave: none of it is answered before the last of it is here.
async fn hold(state: &State, index: usize, start: Instant) {
    /// Long for a guard that still has something to ask, on a machine with much else to do.
    const PATIENCE: Duration = Duration::from_secs(5);
    loop {
        {
            let mut world = state.world();
            let request = world.requests.get(index);
            let request = request.filter(|request| request.start == start);
            let Some(wave) = request.and_then(|request| request.wave) else {
                return;
            };
            if world.let_go > wave {
                return;
            }
            let of_wave = |request: &&Request| request.wave == Some(wave);
            let here = world.requests.iter().filter(of_wave).count();
            let is_whole = world.hold.get(wave).is_some_and(|size| here >= *size);
            if is_whole || world.last_arrival.elapsed() >= PATIENCE {
                world.let_go = wave + 1;
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Writes the request down, and says what is to happen to it.
fn admit(
    world: &mut World,
    call: &Call,
    route: &Route,
    start: Instant,
) -> (usize, Duration, Vec<FaultKind>) {
    let region = call
        .signature
        .as_ref()
        .map(|signature| signature.region.clone())
        .unwrap_or_default();
    let kinds = fault::take(&mut world.faults, route, &region);
    world.requests.push(Request {
        service: route.service.name().to_owned(),
        operation: route.operation.clone(),
        principal: call.principal().to_owned(),
        region,
        method: call.method.to_string(),
        path: call.path.clone(),
        subject: route.subject.clone(),
        key: route.key.clone(),
        params: route.params.clone(),
        start,
        end: None,
        status: None,
        wave: (!world.hold.is_empty()).then_some(world.let_go),
    });
    world.last_arrival = start;
    (world.requests.len() - 1, world.latency, kinds)
}

/// The answer of the service, or of the fault that hits it.
fn reply(
    world: &mut World,
    call: &Call,
    route: &Route,
    fault: Option<&FaultKind>,
    request_id: &str,
) -> Reply {
    let staged = match fault {
        Some(FaultKind::Garbage) => {
            return Reply::empty(200)
                .with("content-type", "text/html")
                .body("<html><body>It works!</body>");
        }
        Some(FaultKind::Status(status, code)) => {
            Some(Refusal::new(*status, code, "staged by the double"))
        }
        Some(FaultKind::Throttle) => Some(throttled(route.service)),
        _ => None,
    };
    let outcome = match staged {
        Some(refusal) => Err(refusal),
        None if unsigned_is_refused(call, route) => Err(unsigned(world, route)),
        None => Action {
            world,
            call,
            route,
            forbidden: matches!(fault, Some(FaultKind::Deny)),
        }
        .run(),
    };
    let mut reply = outcome.unwrap_or_else(|refusal| route.service.refuse(&refusal, request_id));
    if route.operation == "HeadBucket" {
        bare_head(world, route, &mut reply);
    }
    reply
}

/// An answer to `HeadBucket` has no body, and the region of a bucket that exists whatever the status.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html>
fn bare_head(world: &World, route: &Route, reply: &mut Reply) {
    reply.body = Bytes::new();
    let bucket = route
        .subject
        .as_ref()
        .and_then(|name| world.buckets.get(name));
    if let Some(bucket) = bucket.filter(|_| {
        !reply
            .headers
            .iter()
            .any(|(name, _)| name == "x-amz-bucket-region")
    }) {
        reply
            .headers
            .push(("x-amz-bucket-region".to_owned(), bucket.region.clone()));
    }
}

/// S3 documents `HeadBucket` without a signature (403 and the region); everything else must be signed.
fn unsigned_is_refused(call: &Call, route: &Route) -> bool {
    call.signature.is_none() && route.service != Service::Edge && route.operation != "HeadBucket"
}

fn unsigned(world: &mut World, route: &Route) -> Refusal {
    world.violation(format!(
        "{} came without a well-formed Signature Version 4 header",
        route.name()
    ));
    Refusal::new(
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
    )
}

/// How each service says it: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html> for S3, `Rate exceeded` elsewhere.
fn throttled(service: Service) -> Refusal {
    match service {
        Service::S3 => Refusal::new(503, "SlowDown", "Please reduce your request rate."),
        Service::Edge => Refusal::new(503, "CapacityExceeded", "Request throttled."),
        Service::CodePipeline | Service::Events | Service::Kms => {
            Refusal::new(400, "ThrottlingException", "Rate exceeded")
        }
        Service::Lambda => Refusal::new(429, "TooManyRequestsException", "Rate exceeded"),
        Service::CloudFormation | Service::CloudFront | Service::Sns | Service::Sts => {
            Refusal::new(400, "Throttling", "Rate exceeded")
        }
    }
}

fn identified(reply: Reply, service: Service, request_id: String) -> Reply {
    match service {
        Service::S3 => reply
            .with("x-amz-request-id", request_id)
            .with("x-amz-id-2", "double"),
        Service::Edge => reply,
        _ => reply.with("x-amzn-requestid", request_id),
    }
}
