use std::time::Instant;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use crate::facts::{CouldNotLook, Fact, Unknown};

/// Until when probes wait for answers: a question that hangs must not take along what the others
/// found out. Where there is none, the SDK's own time-outs are the end.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(pub Option<Instant>);

impl Deadline {
    /// The answer to a call, or that there was none in time.
    pub fn bound<T, E>(
        self,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> impl Future<Output = Result<T, SdkError<E, HttpResponse>>> {
        // Boxed, since a call that is handed on by value takes its room in each that it passes.
        let call = Box::pin(call);
        async move {
            match self.wait(call).await {
                Some(answer) => answer,
                None => Err(SdkError::timeout_error("no answer before the deadline")),
            }
        }
    }

    /// The fact that a probe finds, or that it found none in time.
    pub async fn fact<T>(
        self,
        fact: &'static str,
        subject: &str,
        probe: impl Future<Output = Fact<T>>,
    ) -> Fact<T> {
        self.wait(probe).await.unwrap_or_else(|| {
            Fact::Unknown(Unknown::could_not_look(
                fact,
                subject,
                CouldNotLook::TimedOut,
            ))
        })
    }

    async fn wait<T>(self, work: impl Future<Output = T>) -> Option<T> {
        match self.0 {
            Some(until) => tokio::time::timeout_at(until.into(), work).await.ok(),
            None => Some(work.await),
        }
    }
}
