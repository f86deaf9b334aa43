//! CodePipeline: what its jobs are made of, and the answers to them.

use crate::delivery::JobAnswer;
use crate::error::GuardError;
use crate::judged::Pipeline;
use crate::ports::DeliveryError;
use crate::request::{ArtifactCredentials, ArtifactLocation, TriggerId};

/// What became of an answer to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// CodePipeline took it.
    Now,
    /// The job had an answer already: a second delivery changes nothing.
    Before,
}

/// The pipelines whose jobs the guard answers.
pub trait Pipelines: Sync {
    /// Reads a job's artifact with the job's own credentials; `limit` is in bytes.
    fn artifact(
        &self,
        location: &ArtifactLocation,
        credentials: &ArtifactCredentials,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<u8>, GuardError>> + Send;

    /// The action that a job is of, if that can be found out.
    fn pipeline(&self, job: &TriggerId) -> impl Future<Output = Option<Pipeline>> + Send;

    /// Answers a job.
    fn answer(
        &self,
        job: &TriggerId,
        answer: &JobAnswer,
    ) -> impl Future<Output = Result<Answered, DeliveryError>> + Send;
}
