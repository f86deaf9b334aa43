//! What a way in gives to be judged.

use futures_util::future::LocalBoxFuture;

use crate::candidate::Candidate;
use crate::distribution::{Distribution, ETag};
use crate::edge::Seen;
use crate::error::GuardError;
use crate::finding::NeededUnknown;
use crate::judged::Baseline;

/// A distribution to judge.
pub(super) struct Subject<'a> {
    /// Its config.
    pub candidate: Candidate,
    /// What that is compared with.
    pub comparison: Comparison<'a>,
    /// What could not be read, and does not keep the candidate from being judged.
    pub unknowns: Vec<NeededUnknown>,
    /// What is seen of the edge while the probes ask, where the config is deployed and the edge is to be asked.
    pub edge: Option<LocalBoxFuture<'a, Vec<Seen>>>,
    /// What a reader must know before the findings, in sentences.
    pub notes: Vec<String>,
    /// Whether it serves no requests, as a disabled distribution: nothing of it blocks.
    pub is_harmless: bool,
}

/// What a candidate is compared with.
pub(super) enum Comparison<'a> {
    /// It is read, where there is any; what it says is asked about too.
    Read(Option<Box<Baseline>>),
    /// It is read while the probes ask.
    Beside(LocalBoxFuture<'a, Option<Baseline>>),
}

impl<'a> Subject<'a> {
    /// A candidate with nothing to say about it.
    pub(super) fn new(candidate: Candidate, comparison: Comparison<'a>) -> Self {
        Self {
            candidate,
            comparison,
            unknowns: Vec::new(),
            edge: None,
            notes: Vec::new(),
            is_harmless: false,
        }
    }

    /// The config that it is compared with, where that is read.
    pub(super) fn baseline(&self) -> Option<&Distribution> {
        match &self.comparison {
            Comparison::Read(baseline) => baseline.as_ref().map(|it| &it.config),
            Comparison::Beside(_) => None,
        }
    }
}

impl Comparison<'_> {
    /// With a config that is read.
    pub(super) fn with(baseline: Option<Baseline>) -> Self {
        Self::Read(baseline.map(Box::new))
    }
}

/// Whether a candidate was made from the version that is live, where it says from which: CloudFront
/// refuses an update of another one (`PreconditionFailed`), or it would undo what came between.
///
/// # Errors
/// [`GuardError::Stale`]
pub(super) fn up_to_date(candidate: &Distribution, live: &ETag) -> Result<(), GuardError> {
    match (&candidate.id, &candidate.etag) {
        (Some(id), Some(etag)) if etag != live => Err(GuardError::Stale {
            distribution: id.clone(),
            candidate: etag.clone(),
            live: live.clone(),
        }),
        _ => Ok(()),
    }
}
