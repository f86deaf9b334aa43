//! A job is claimed, so that it has one report: the one of its answer.

use crate::guard::clock::now;
use crate::guard::job::Task;
use crate::memory::markers::{self, Claim, Marker};
use crate::ports::Services;
use crate::timestamp::Timestamp;

/// The judging of a job, as its marker has it.
pub(super) struct Begun {
    /// The job's report is kept under it.
    pub at: Timestamp,
    /// Whether the report is this delivery's to store.
    pub is_ours: bool,
}

/// Claims a job. Where Lambda retries, since the answer was lost, the report takes the place of the
/// one whose address was never delivered; where the claim is another delivery's, the answer names its
/// report.
pub(super) async fn begin<S: Services>(task: &Task<'_, S>) -> Begun {
    let at = now();
    let marker = Marker {
        request_id: task.invocation.request_id.clone(),
        claimed_at: Some(at),
        ..Marker::default()
    };
    let ours = Begun { at, is_ours: true };
    if task.services.bucket().is_none() {
        return ours;
    }
    let job = &task.job.id;
    let claiming = markers::claim(task.services, job, &marker);
    let problem = match task.invocation.patiently(claiming).await {
        Ok(Ok(Claim::Ours)) => return ours,
        Ok(Ok(Claim::Taken { marker: other, .. })) => {
            // A marker that could not be read: it names no report, so it cannot be pointed to.
            let Some(at) = other.claimed_at else {
                return ours;
            };
            return Begun {
                // Lambda's retries keep the request ID, while a second delivery has its own.
                is_ours: other.request_id == marker.request_id,
                at,
            };
        }
        Ok(Err(error)) => error.to_string(),
        Err(interrupted) => interrupted.to_string(),
    };
    // Two reports are better than none.
    tracing::warn!(
        job = job.as_str(),
        error = problem,
        "job not claimed: it may have a second report"
    );
    ours
}
