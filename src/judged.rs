//! What was judged, why, and what came of it: what a way in makes, and what a report is made from.

use std::sync::Arc;

use crate::candidate::{Candidate, Format, Source};
use crate::cost::Cost;
use crate::distribution::{Distribution, ETag};
use crate::facts::Facts;
use crate::refusal::Explanation;
use crate::request::{ChangeEvent, FailedCall, TriggerId};
use crate::settings::RulesUrl;
use crate::timestamp::Timestamp;
use crate::verdict::Decision;

/// A candidate, and the verdict on it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// On which way it came.
    pub mode: Mode,
    /// When.
    pub judged_at: Timestamp,
    /// What was judged.
    pub candidate: Candidate,
    /// What it was compared with.
    pub baseline: Option<Baseline>,
    /// What AWS and the network said.
    pub facts: Arc<Facts>,
    /// The verdict.
    pub decision: Decision,
    /// What started the invocation, where it was not a person.
    pub trigger: Option<Trigger>,
    /// Why CloudFront refused, where it did.
    pub explanation: Option<Explanation>,
    /// What it cost up to the verdict.
    pub cost: Cost,
    /// Where the rules' pages are, if anywhere.
    pub rules_url: Option<RulesUrl>,
}

/// The ways into Origin Guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A CodePipeline action, before the deployment.
    Gate,
    /// A change that CloudTrail recorded.
    Audit,
    /// Every distribution of the account, by a schedule or by hand.
    Sweep,
    /// The command line.
    Check,
    /// A CodePipeline action or the command line, after the deployment.
    Verify,
}

/// What a candidate is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The config.
    pub config: Distribution,
    /// Where it is from.
    pub source: BaselineSource,
    /// Its version.
    pub etag: Option<ETag>,
    /// When it was stored.
    pub taken_at: Option<Timestamp>,
}

/// Where a baseline is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaselineSource {
    /// It was read by itself.
    Read(Source),
    /// The candidate's own document says what is there now.
    Candidate(Format),
}

impl BaselineSource {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read(source) => source.name(),
            Self::Candidate(format) => format.name(),
        }
    }
}

impl Baseline {
    /// A config that was read by itself.
    #[must_use]
    pub fn read(config: Distribution, source: Source) -> Self {
        Self {
            etag: config.etag.clone(),
            source: BaselineSource::Read(source),
            taken_at: None,
            config,
        }
    }

    /// What a candidate's own document says is there now, which is taken out of it.
    #[must_use]
    pub fn of_document(candidate: &mut Candidate) -> Option<Self> {
        let before = *candidate.before.take()?;
        Some(Self {
            etag: before.etag.clone(),
            source: BaselineSource::Candidate(candidate.provenance.format),
            taken_at: None,
            config: before,
        })
    }
}

/// What started an invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// A job of CodePipeline.
    Job {
        /// The job's ID.
        id: TriggerId,
        /// The action that it is of, where that is known.
        pipeline: Option<Pipeline>,
    },
    /// A call that CloudTrail recorded.
    Call(RecordedCall),
}

/// The action of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// Its name.
    pub name: String,
    /// The stage.
    pub stage: Option<String>,
    /// The action.
    pub action: Option<String>,
    /// The execution's ID.
    pub execution_id: Option<String>,
}

/// A call that CloudTrail recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedCall {
    /// CloudTrail's event ID.
    pub event_id: TriggerId,
    /// The API's name.
    pub name: String,
    /// When, where the event says that.
    pub time: Option<Timestamp>,
    /// Who called.
    pub actor: String,
    /// `console`, `cloudformation`, `terraform`, `cli`, `sdk`, a service, or `unknown`.
    pub via: String,
    /// What CloudFront said, where it refused.
    pub failed: Option<FailedCall>,
}

impl From<&ChangeEvent> for Trigger {
    fn from(change: &ChangeEvent) -> Self {
        Self::Call(RecordedCall {
            event_id: change.event_id.clone(),
            name: change.operation.name().to_owned(),
            time: change.time,
            actor: change.actor.name.clone(),
            via: change.actor.via.name().to_owned(),
            failed: change.failed.clone(),
        })
    }
}
