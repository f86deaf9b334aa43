//! The words of reports for what the guard's own types say.

use crate::candidate::{Format, Source};
use crate::change::ChangeKind;
use crate::distribution::Part;
use crate::facts::UnknownCause;
use crate::judged::{BaselineSource, Mode};
use crate::outcome::EdgeOutcome;
use crate::report::v1;
use crate::rule::{Phase, Severity};
use crate::verdict::Verdict;

/// What a change is about; none where it is the whole.
pub(super) fn subject(part: &Part) -> Option<v1::Subject> {
    use v1::SubjectKind;
    let (kind, id) = match part {
        Part::Origin(id) => (SubjectKind::Origin, Some(id)),
        Part::OriginGroup(id) => (SubjectKind::OriginGroup, Some(id)),
        Part::Behavior(pattern) => (SubjectKind::CacheBehavior, Some(pattern)),
        Part::DefaultBehavior => (SubjectKind::DefaultCacheBehavior, None),
        Part::Precedence => (SubjectKind::Precedence, None),
        Part::Distribution => return None,
    };
    Some(v1::Subject {
        kind,
        id: id.cloned(),
    })
}

/// The kind of an unknown's cause.
pub(super) fn unknown(cause: &UnknownCause) -> v1::UnknownKind {
    match cause {
        UnknownCause::ProbeFailed(_) => v1::UnknownKind::CouldNotCheck,
        UnknownCause::NotDecidedYet(_) => v1::UnknownKind::NotDecidedYet,
        UnknownCause::Undecidable { .. } => v1::UnknownKind::NotDecidable,
        UnknownCause::NotAskedFor | UnknownCause::BeyondDepth => v1::UnknownKind::NotAskedFor,
    }
}

// A match over both enums: a new variant of the guard's own does not compile until the frozen one
// has a spelling for it.
macro_rules! words {
    ($($own:ident => $frozen:ident { $($variant:ident)* })*) => {$(
        impl From<$own> for v1::$frozen {
            fn from(own: $own) -> Self {
                match own {
                    $($own::$variant => Self::$variant,)*
                }
            }
        }
    )*};
}

words! {
    Verdict => Verdict { Pass Inconclusive Block }
    Mode => Mode { Gate Audit Sweep Check Verify }
    Phase => PhaseName { OriginMap Behaviors Edge }
    EdgeOutcome => EdgeOutcome {
        Reached AsDeclared DeniedByOrigin BucketGone WrongRegion OriginUnreachable NotAsDeclared NotDecidable
        CouldNotBeChecked NotAsked
    }
    Severity => Severity { Error Warning Info }
    ChangeKind => ChangeKind { Added Removed Changed Renamed }
    Source => Source { Artifact File Live Event LastGood ChangeSet }
    Format => Format { DistributionConfig CloudFormation TerraformPlan ChangeSet }
}

impl From<BaselineSource> for v1::BaselineSource {
    fn from(own: BaselineSource) -> Self {
        match own {
            BaselineSource::Read(Source::LastGood) => Self::LastGood,
            BaselineSource::Read(Source::Live) => Self::Live,
            BaselineSource::Read(Source::Artifact) => Self::Artifact,
            BaselineSource::Read(Source::File) => Self::File,
            BaselineSource::Candidate(Format::TerraformPlan) => Self::TerraformPlan,
            BaselineSource::Read(Source::ChangeSet)
            | BaselineSource::Candidate(Format::ChangeSet) => Self::ChangeSet,
            // Neither is compared with.
            BaselineSource::Read(Source::Event)
            | BaselineSource::Candidate(Format::DistributionConfig | Format::CloudFormation) => {
                Self::Other
            }
        }
    }
}
