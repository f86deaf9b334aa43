//! A job is claimed, so that it has one report: the one of its answer.

use super::super::{Invocation, now};
use crate::memory::{Keys, Marker};
use crate::ports::Claim;
use crate::ports::Services;
use crate::request::Job;

/// The judging of a job, as its marker has it.
pub(super) struct Begun {
    /// RFC 3339; the job's report is kept under it.
    pub at: String,
    /// Whether the report is this delivery's to store.
    pub is_ours: bool,
}

/// Claims a job. Where Lambda tries again, since the answer was lost, the report takes the place of
/// the one that nobody was told of; where it is another delivery's, the answer names that one's.
pub(super) async fn begin<S: Services>(
    services: &S,
    bucket: Option<&str>,
    job: &Job,
    invocation: &Invocation,
) -> Begun {
    let marker = Marker {
        request_id: invocation.request_id.clone(),
        claimed_at: now(),
        ..Marker::default()
    };
    let body = marker.to_json();
    let ours = Begun {
        at: marker.claimed_at,
        is_ours: true,
    };
    let Some(bucket) = bucket else {
        return ours;
    };
    let key = Keys::marker(&job.id);
    let claiming = services.claim(bucket, &key, body);
    let problem = match invocation.patiently(claiming).await {
        Some(Ok(Claim::Ours)) => return ours,
        Some(Ok(Claim::Taken { marker: other, .. })) => {
            let other = Marker::from_json(&other);
            if other.claimed_at.is_empty() {
                return ours;
            }
            return Begun {
                is_ours: other.request_id == marker.request_id,
                at: other.claimed_at,
            };
        }
        Some(Err(error)) => error.to_string(),
        None => "S3 did not answer in time".to_owned(),
    };
    // Two reports are better than none.
    tracing::warn!(
        job = job.id,
        error = problem,
        "job not claimed: it may have a second report"
    );
    ours
}
