use std::time::Instant;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use crate::facts::{Fact, ProbeFailure, Unknown};
use crate::ports::{Asking, Turns};

/// Until when calls wait for answers, and how many do at the same time: a question that hangs must not
/// take along what the others found out. Without a deadline, the SDK's own time-outs are the end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Limits<'a> {
    until: Option<Instant>,
    turns: Option<&'a Turns>,
}

impl<'a> Limits<'a> {
    /// Those of a session's probes.
    pub(super) fn of(asking: &Asking<'a>) -> Self {
        Self {
            until: asking.until,
            turns: Some(asking.turns),
        }
    }

    /// The answer to a call, once it is its turn, or that there was none in time.
    pub(super) fn bound<T, E, C>(
        self,
        call: C,
    ) -> impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + use<'a, T, E, C>
    where
        C: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        // Boxed, since a call that is handed on by value takes its room in each that it passes.
        let call = Box::pin(call);
        async move {
            let in_turn = async {
                let _turn = match self.turns {
                    Some(turns) => match turns.take().await {
                        Ok(turn) => Some(turn),
                        Err(used_up) => return Err(SdkError::construction_failure(used_up)),
                    },
                    None => None,
                };
                call.await
            };
            // The wait for a turn is inside the bound: a queue behind calls that hang ends with
            // them.
            match self.wait(in_turn).await {
                Some(answer) => answer,
                // As if the SDK had timed out: callers have one way to read a missing answer.
                None => Err(SdkError::timeout_error("no answer before the deadline")),
            }
        }
    }

    /// The fact that a probe finds, or that it found none in time.
    pub(super) async fn fact<T>(
        self,
        fact: &'static str,
        subject: &str,
        probe: impl Future<Output = Fact<T>>,
    ) -> Fact<T> {
        self.wait(probe).await.unwrap_or_else(|| {
            Fact::Unknown(Unknown::probe_failed(fact, subject, ProbeFailure::TimedOut))
        })
    }

    async fn wait<T>(self, work: impl Future<Output = T>) -> Option<T> {
        match self.until {
            Some(until) => tokio::time::timeout_at(until.into(), work).await.ok(),
            None => Some(work.await),
        }
    }
}
