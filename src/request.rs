//! Wire formats → [`Request`]: who calls, and what is wanted. Nothing else.

mod cloudtrail;
mod codepipeline;
mod continuation;
mod sweep;
mod user_parameters;

pub use cloudtrail::{
    Actor, ChangeEvent, FailedCall, Operation, ResourceEvent, Touched, Via, api_name,
};
pub use codepipeline::{ArtifactCredentials, ArtifactLocation, InputArtifact, Job};
pub use continuation::{Continuation, Left, NoContinuation};
pub use sweep::{Continued, Notify, SweepRequest};
pub use user_parameters::{BaselineChoice, JobMode, UserParameters, UserParametersError};

use origin_guard_core::ids;
use serde::{Deserialize, Serialize};
use serde_json::Value;

ids! {
    /// The ID of what started an invocation: a job of CodePipeline, or an event of CloudTrail. It is the
    /// same on every delivery, so that its marker and its report are named by it.
    #[derive(Deserialize, Serialize)]
    #[serde(transparent)]
    TriggerId
    /// Lambda's ID of an invocation, the same when Lambda retries it.
    #[derive(Default, Deserialize, Serialize)]
    #[serde(transparent)]
    RequestId
}

/// What is wanted of one invocation.
#[derive(Debug, Clone)]
pub enum Request {
    /// A CodePipeline action asks for a verdict on a candidate.
    Gate(Box<Job>),
    /// A CodePipeline action asks whether a candidate is deployed, and reaches its origins.
    Verify(Box<Job>),
    /// CloudTrail saw a change of a distribution.
    Audit(Box<ChangeEvent>),
    /// Every distribution of the account is to be checked.
    Sweep(SweepRequest),
    /// CloudTrail saw a change of what distributions use.
    Resource(Box<ResourceEvent>),
}

/// Why an event is no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A CodePipeline job that cannot be read, but can be answered.
    #[error("the job event of CodePipeline cannot be read: {problem}")]
    Job {
        /// The job to answer.
        id: TriggerId,
        /// What is wrong.
        problem: String,
    },
    /// Nothing that the guard knows.
    #[error(
        "the event is of no kind that Origin Guard knows: {0}. It takes CodePipeline.job events, \
         EventBridge's \"AWS API Call via CloudTrail\" of calls on distributions and on what they use, and \
         {{\"sweep\": {{}}}}"
    )]
    UnknownKind(String),
    /// A CloudTrail event that cannot be read.
    #[error("the CloudTrail event cannot be read: {0}")]
    CloudTrail(String),
    /// A sweep that is asked for in other words than its own.
    #[error("the sweep cannot be begun: {0}")]
    Sweep(String),
}

/// Reads an event.
///
/// # Errors
/// If it is of no known kind, or cannot be read.
pub fn parse(event: Value) -> Result<Request, RequestError> {
    if event.get(codepipeline::KEY).is_some() {
        return codepipeline::parse(event).map(of_job);
    }
    if event.get("detail-type").is_some() {
        return match cloudtrail::of_resource(&event) {
            Some(resource) => resource.map(|event| Request::Resource(Box::new(event))),
            None => cloudtrail::parse(event).map(|change| Request::Audit(Box::new(change))),
        };
    }
    if event.get(sweep::KEY).is_some() {
        return sweep::parse(&event).map(Request::Sweep);
    }
    Err(RequestError::UnknownKind(describe(&event)))
}

/// Parameters that cannot be read are a gate's: it answers its job with what is wrong.
fn of_job(job: Job) -> Request {
    let parameters = UserParameters::parse(job.user_parameters());
    match parameters.map(|parameters| parameters.mode) {
        Ok(JobMode::Verify) => Request::Verify(Box::new(job)),
        Ok(JobMode::Gate) | Err(_) => Request::Gate(Box::new(job)),
    }
}

/// What an event looks like, without any of its values.
fn describe(event: &Value) -> String {
    match event {
        Value::Object(map) if map.is_empty() => "an empty object".to_owned(),
        Value::Object(map) => {
            let keys: Vec<&str> = map.keys().take(5).map(String::as_str).collect();
            format!("an object with the keys {}", keys.join(", "))
        }
        Value::Array(_) => "a list".to_owned(),
        Value::Null => "null".to_owned(),
        _ => "a single value".to_owned(),
    }
}
