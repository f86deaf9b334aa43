//! One invocation's story.

mod audit;
mod bounds;
mod check;
mod clock;
mod drift;
mod edge;
mod gate;
mod invocation;
mod job;
mod judging;
mod named;
mod progress;
mod session;
mod storing;
mod subject;
mod sweep;
#[cfg(feature = "cli")]
mod trace;
mod uses;
mod verify;

pub use crate::memory::index::NoIndex;
pub use check::{Against, Candidates, CheckOptions, Checked, check};
pub use invocation::Invocation;
pub use named::{Whole, all_live, distribution_id, live};
pub use progress::Progress;
pub use session::Session;
#[cfg(feature = "cli")]
pub use sweep::{SweepOptions, sweep};
#[cfg(feature = "cli")]
pub use trace::trace;
pub use uses::{Used, uses_live, uses_stored};
#[cfg(feature = "cli")]
pub use verify::{Verification, VerifyOptions, verify};

use futures_util::future::FutureExt as _;
use serde_json::Value;

use crate::contract::Contract;
use crate::distribution::AccountId;
use crate::error::GuardError;
use crate::ports::{DeliveryError, Memory, Services};
use crate::request::{self, Request, RequestError};
use crate::rules;
use crate::settings::Settings;

/// Answers invocations. Made once, at start-up.
#[derive(Debug)]
pub struct Guard<S> {
    services: S,
    /// Bad settings are reported by each invocation, since a failed start-up reaches no reader.
    settings: Result<Settings, GuardError>,
}

/// An invocation that Lambda should count as failed: it is retried, then kept in the dead-letter
/// queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The event cannot be read.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The change could not be judged.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// The answer or the notification was not delivered.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
}

impl<S: Services> Guard<S> {
    /// A guard with these services and settings.
    pub fn new(services: S, settings: Result<Settings, GuardError>) -> Self {
        Self { services, settings }
    }

    /// Handles one event to its end: the job is answered, or the change is reported.
    ///
    /// # Errors
    /// If the event is out of scope, or its answer or notification was not delivered.
    pub async fn handle(&self, event: Value, invocation: &Invocation) -> Result<Value, Failure> {
        let open = |account_id: Option<AccountId>| {
            // The account is the event's, not the function's: it is what S3 is given as the
            // expected owner, and a job of another account would otherwise see all its buckets as
            // foreign.
            let bounds = self.settings.as_ref().map(|settings| settings.bounds);
            let session = Session::open(self.services.account(), account_id)
                .bounded(&bounds.unwrap_or_default());
            session.until(invocation.probing_until())
        };
        match request::parse(event) {
            Ok(Request::Gate(job)) => {
                let session = open(job.account_id);
                let answer = gate::answer(self, &session, &job, invocation);
                // Boxed: the future of a whole judgement is large, and each function that passes it
                // on by value would have room for it on the stack.
                session.count(answer.boxed_local()).await
            }
            Ok(Request::Verify(job)) => {
                let session = open(job.account_id);
                let answer = verify::answer(self, &session, &job, invocation);
                session.count(answer.boxed_local()).await
            }
            Ok(Request::Audit(change)) => {
                let session = open(change.account);
                let report = audit::report(self, &session, &change, invocation);
                session.count(report.boxed_local()).await
            }
            Ok(Request::Sweep(request)) => {
                let session = open(invocation.account).unhurried();
                let report = sweep::run(self, &session, &request, invocation);
                session.count(report.boxed_local()).await
            }
            Ok(Request::Resource(event)) => {
                let session = open(event.account);
                let report = audit::resource::report(self, &session, &event, invocation);
                session.count(report.boxed_local()).await
            }
            // With an ID the job can be answered, so it is: an unreadable event that only fails the
            // invocation would leave the pipeline waiting for 20 minutes.
            Err(RequestError::Job { id, problem }) => {
                job::answer_unreadable(&self.services, &id, &problem, invocation).await
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Reads a contract file from S3.
async fn read_contract(
    memory: &impl Memory,
    url: &str,
    settings: &Settings,
) -> Result<Contract, GuardError> {
    let content = memory.file(url, settings.artifact.file_bytes).await?;
    Contract::read(url, &content, &rules::names())
}
