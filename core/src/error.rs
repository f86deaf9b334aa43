//! What can go wrong, by who must act: each kind is one failure type of CodePipeline.

use crate::distribution::{DistributionId, ETag};
use crate::plain::plain;

/// Why a request could not be judged or answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// The pipeline's owner must change parameters, candidate or settings.
    #[error("{problem}. {remedy}")]
    Configuration {
        /// What is wrong, and where.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// The account's owner must grant something.
    #[error("AWS refused {permission} on {subject}: {detail}. Grant it to {principal}")]
    Permission {
        /// The IAM action, such as `cloudfront:GetDistributionConfig`.
        permission: &'static str,
        /// The bucket, object or distribution.
        subject: String,
        /// Who asked: the guard's role, or the pipeline's artifact credentials.
        principal: &'static str,
        /// What AWS said.
        detail: String,
    },
    /// The artifact, a file in it, or the distribution is not there.
    #[error("{problem}. {remedy}")]
    Missing {
        /// What is missing, and where.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// The candidate was made from a config that is no longer live.
    #[error(
        "the candidate was made from version {candidate} of distribution {distribution}, but version \
         {live} is live: deploying it would undo the change in between. Make the candidate again \
         from the live config"
    )]
    Stale {
        /// The distribution's ID.
        distribution: DistributionId,
        /// The `ETag` that the candidate carries.
        candidate: ETag,
        /// The `ETag` that is live.
        live: ETag,
    },
    /// What runs is not what was to be deployed.
    #[error("{problem}. {remedy}")]
    OutOfSync {
        /// What runs in its place.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// The deployment did not end in time.
    #[error("{problem}. {remedy}")]
    NotDeployed {
        /// How far it is.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// Transient: AWS throttled, timed out or failed.
    #[error("{subject}: {problem}. Nothing was judged; try again")]
    Unavailable {
        /// The call and its subject.
        subject: String,
        /// What happened.
        problem: String,
    },
}

/// CodePipeline's failure types
/// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureDetails.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureType {
    /// The verdict is block, or the deployment did not end in time.
    JobFailed,
    /// Bad parameters or candidate.
    ConfigurationError,
    /// AWS refused.
    PermissionError,
    /// The candidate is stale, or something else was deployed.
    RevisionOutOfSync,
    /// The artifact or a file in it is missing.
    RevisionUnavailable,
    /// Throttled, timed out, or broken.
    SystemUnavailable,
}

impl GuardError {
    /// The failure type that says to CodePipeline's readers who must act.
    #[must_use]
    pub fn failure_type(&self) -> FailureType {
        match self {
            Self::Configuration { .. } => FailureType::ConfigurationError,
            Self::Permission { .. } => FailureType::PermissionError,
            Self::Missing { .. } => FailureType::RevisionUnavailable,
            Self::Stale { .. } | Self::OutOfSync { .. } => FailureType::RevisionOutOfSync,
            Self::NotDeployed { .. } => FailureType::JobFailed,
            Self::Unavailable { .. } => FailureType::SystemUnavailable,
        }
    }

    /// Something that the pipeline's owner must change. It may quote the candidate.
    pub fn configuration(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Configuration {
            problem: plain(&problem.into()).into_owned(),
            remedy: plain(&remedy.into()).into_owned(),
        }
    }

    /// Something else runs than what was to be deployed. It may quote the candidate.
    pub fn out_of_sync(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::OutOfSync {
            problem: plain(&problem.into()).into_owned(),
            remedy: plain(&remedy.into()).into_owned(),
        }
    }

    /// A deployment that did not end in time.
    pub fn not_deployed(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::NotDeployed {
            problem: plain(&problem.into()).into_owned(),
            remedy: plain(&remedy.into()).into_owned(),
        }
    }

    /// Something that is not there.
    pub fn missing(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Missing {
            problem: plain(&problem.into()).into_owned(),
            remedy: plain(&remedy.into()).into_owned(),
        }
    }
}
