//! Sources → [`Distribution`]: where a config comes from, and how it is read.

mod api_json;
mod artifact;
mod bounds;
mod change_set;
mod cloudformation;
mod cursor;
mod live;
mod members;
mod permissions;
mod read;
mod serving;
mod stack;
mod summary;
mod terraform;

pub use api_json::{Envelope, config_of};
pub use artifact::{Artifact, ArtifactError, ArtifactFile, ArtifactLimits, MOST_FILES};
pub use bounds::{Bounds, Tally};
pub use change_set::read_change_set;
pub use cloudformation::{Deployment, ParameterError, Parameters};
pub use live::Live;
pub use read::{
    ReadOptions, choose, declared_parameters, may_hold_config, one, read_document, read_documents,
    read_node, read_parameters, settle,
};
pub use stack::{ChangeSet, ResourceChange, Stack, StackName, place_of};
pub use summary::{Listed, read_summary};

use std::sync::Arc;

use crate::distribution::{At, Distribution, DistributionId};
use crate::facts::{Facts, Probed};
use crate::ids;

/// A config that is to be judged, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The model.
    pub distribution: Distribution,
    /// What the source itself makes, and so is there after the deployment: no call is needed.
    pub planned: Arc<Facts>,
    /// What the source says that is there now.
    pub before: Option<Box<Distribution>>,
    /// What a reader of a verdict on it must know, in sentences.
    pub notes: Vec<String>,
    /// Where it came from.
    pub provenance: Provenance,
}

impl Candidate {
    /// What is to be found out, compared with a baseline.
    #[must_use]
    pub fn to_probe<'c>(&'c self, baseline: Option<&'c Distribution>) -> Probed<'c> {
        Probed {
            distribution: &self.distribution,
            planned: &self.planned,
            baseline,
        }
    }

    /// What stays the same of the distribution from one reading of it to the next: its ID, else its
    /// logical ID or address, else the first of its aliases.
    #[must_use]
    pub fn identity(&self) -> &str {
        let model = &self.distribution;
        let alias = || model.aliases.iter().map(At::spelling).min();
        let resource = self.provenance.resource.as_ref();
        let resource = resource.map(ResourceName::as_str);
        let identity = model.id.as_ref().map(DistributionId::as_str).or(resource);
        identity.or_else(alias).unwrap_or_default()
    }

    /// A config in CloudFront's own form that no file holds.
    #[must_use]
    pub fn of_config(
        distribution: Distribution,
        source: Source,
        document: impl Into<String>,
    ) -> Self {
        Self {
            distribution,
            planned: Arc::default(),
            before: None,
            notes: Vec::new(),
            provenance: Provenance {
                source,
                format: Format::DistributionConfig,
                resource: None,
                document: document.into(),
                sha256: None,
            },
        }
    }
}

/// Where a config came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// What kind of place.
    pub source: Source,
    /// In which form.
    pub format: Format,
    /// The logical ID or address of the resource, where a document holds several.
    pub resource: Option<ResourceName>,
    /// The document's name: a path, or what stands for one.
    pub document: String,
    /// SHA-256 of its bytes, in hexadecimal; absent where there are no bytes.
    pub sha256: Option<String>,
}

ids! {
    /// The name of a distribution in its document: the logical ID in a template, the address in a plan.
    ResourceName
}

/// The forms in which configs come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CloudFront's own: what its API takes and gives.
    DistributionConfig,
    /// A CloudFormation template, of SAM and the CDK too.
    CloudFormation,
    /// A plan of Terraform or OpenTofu, as `show -json` writes it.
    TerraformPlan,
    /// A change set of CloudFormation with the values of its properties.
    ChangeSet,
}

impl Format {
    /// The format of this name; `None` is for the document to show.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let all = [
            Self::DistributionConfig,
            Self::CloudFormation,
            Self::TerraformPlan,
        ];
        all.into_iter().find(|format| format.name() == name)
    }

    /// The name in settings and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DistributionConfig => "distribution-config",
            Self::CloudFormation => "cloudformation",
            Self::TerraformPlan => "terraform-plan",
            Self::ChangeSet => "change-set",
        }
    }
}

/// The kinds of places that configs come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A file of a pipeline's input artifact.
    Artifact,
    /// A file named at the command line.
    File,
    /// What CloudFront runs now.
    Live,
    /// The request or answer that CloudTrail recorded.
    Event,
    /// What was stored after the last pass.
    LastGood,
    /// A change set of CloudFormation.
    ChangeSet,
}

impl Source {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Artifact => "artifact",
            Self::File => "file",
            Self::Live => "live",
            Self::Event => "event",
            Self::LastGood => "last-good",
            Self::ChangeSet => "change-set",
        }
    }
}
