//! A job is claimed, so that it has one report: the one of its answer.

use std::time::Duration;

use tokio::time::timeout;

use super::super::{Invocation, now};
use crate::delivery::{Claim, Keys, Marker};
use crate::request::Job;
use crate::services::Services;

/// When the judging of a job began: where Lambda tries again, since the answer was lost, the report
/// takes the place of the one that nobody was told of. `None` if another delivery of the job has one.
pub(super) async fn begin<S: Services>(
    services: &S,
    bucket: Option<&str>,
    job: &Job,
    invocation: &Invocation,
) -> Option<String> {
    /// Nothing waits longer for a marker.
    const LONGEST: Duration = Duration::from_secs(2);
    let marker = Marker {
        request_id: invocation.request_id.clone(),
        claimed_at: now(),
        ..Marker::default()
    };
    let Some(bucket) = bucket else {
        return Some(marker.claimed_at);
    };
    let key = Keys::marker(&job.id);
    let claiming = services.claim(bucket, &key, marker.to_json());
    let problem = match timeout(LONGEST, claiming).await {
        Ok(Ok(Claim::Ours)) => return Some(marker.claimed_at),
        Ok(Ok(Claim::Taken { marker: other, .. })) => {
            let other = Marker::from_json(&other);
            let is_same = other.request_id == marker.request_id;
            return is_same.then_some(other.claimed_at);
        }
        Ok(Err(error)) => error.to_string(),
        Err(_elapsed) => "S3 did not answer in time".to_owned(),
    };
    // Two reports are better than none.
    tracing::warn!(
        job = job.id,
        error = problem,
        "job not claimed: it may have a second report"
    );
    Some(marker.claimed_at)
}
