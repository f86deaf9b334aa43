//! What stands around a job's candidate.

use futures_util::future::join;

use super::Task;
use super::files::is_url;
use crate::candidate::{Candidate, Live};
use crate::contract::Contract;
use crate::distribution::DistributionId;
use crate::error::GuardError;
use crate::facts::{ProbeFailure, Unknown};
use crate::finding::{NeededBy, NeededUnknown};
use crate::guard::read_contract;
use crate::judged::{Baseline, Pipeline};
use crate::memory::last_good::{self, LastGood};
use crate::ports::{Account as _, Services};
use crate::request::BaselineChoice;

/// What CloudFront runs now of a distribution, and its last known good config.
pub(in crate::guard) async fn live_and_good<S: Services>(
    task: &Task<'_, S>,
    id: &DistributionId,
) -> (
    Result<Live, GuardError>,
    Result<Option<LastGood>, GuardError>,
) {
    let is_wanted = task.services.bucket().is_some()
        // A baseline that UserParameters name makes the stored one unwanted: not read, it cannot
        // become an unknown either.
        && matches!(
            task.parameters.baseline,
            None | Some(BaselineChoice::LastGood)
        );
    let last_good = async {
        if !is_wanted {
            return Ok(None);
        }
        let reading = last_good::read(task.services, id);
        let read = task.invocation.patiently(reading).await;
        read.unwrap_or_else(|interrupted| {
            Err(GuardError::Unavailable {
                subject: format!("the last known good config of {id}"),
                problem: format!("it was not read: {interrupted}"),
            })
        })
    };
    join(task.session.account().live(id), last_good).await
}

/// The contract that is in S3: the one that UserParameters name, or else the setting's.
pub(in crate::guard) async fn stored_contract<S: Services>(
    task: &Task<'_, S>,
) -> Result<Option<Contract>, GuardError> {
    let url = match task.parameters.contract.as_deref() {
        Some(named) => Some(named).filter(|named| is_url(named)),
        None => task.settings.contract.as_deref(),
    };
    match url {
        Some(url) => read_contract(task.services, url, task.settings)
            .await
            .map(Some),
        None => Ok(None),
    }
}

/// The names of the job's pipeline, stage and action, where the settings allow the call for them.
pub(in crate::guard) async fn pipeline<S: Services>(task: &Task<'_, S>) -> Option<Pipeline> {
    if !task.settings.job_details {
        return None;
    }
    task.services.pipeline(&task.job.id).await
}

/// Holds a candidate against the distribution that UserParameters name.
pub(in crate::guard) fn same_distribution(
    candidate: &mut Candidate,
    named: Option<DistributionId>,
) -> Result<(), GuardError> {
    let own = candidate.distribution.id.clone();
    match (own, named) {
        (Some(own), Some(named)) if own != named => Err(GuardError::configuration(
            format!(
                "the candidate `{}` is of distribution {own}, and UserParameters name {named}",
                candidate.provenance.document
            ),
            "Name the distribution that the candidate is for",
        )),
        (own, named) => {
            candidate.distribution.id = own.or(named);
            Ok(())
        }
    }
}

/// The last known good config as a baseline; where it cannot be read, that is noted.
pub(in crate::guard) fn known_last_good(
    last_good: Result<Option<LastGood>, GuardError>,
    unknowns: &mut Vec<NeededUnknown>,
) -> Option<Baseline> {
    match last_good {
        Ok(found) => found.map(LastGood::into_baseline),
        Err(error) => {
            unknowns.push(NeededUnknown {
                needed_by: NeededBy::Baseline,
                unknown: Unknown::probe_failed(
                    "last known good config",
                    "report bucket",
                    why(&error),
                ),
                places: Vec::new(),
            });
            None
        }
    }
}

/// Why something could not be read.
pub(in crate::guard) fn why(error: &GuardError) -> ProbeFailure {
    match error {
        GuardError::Permission { permission, .. } => ProbeFailure::Denied { permission },
        other => ProbeFailure::Failed(other.to_string()),
    }
}
