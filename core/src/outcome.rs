//! What asking the edge came to: a result for each question, which the rules of the third phase judge.

use crate::contract::{PathTerms, ReadMethod};
use crate::distribution::Place;
use crate::facts::Unknown;

/// What one question to the edge came to, or why a behavior was not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeResult {
    /// The path pattern of the behavior; the default one's is `*`.
    pub path_pattern: String,
    /// Where the behavior stands.
    pub place: Place,
    /// The ID of the origin or origin group that it targets.
    pub origin: String,
    /// The path that was asked, with its query string; absent where none was.
    pub path: Option<String>,
    /// The method of the request.
    pub method: ReadMethod,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// The `server` of the answer, which says whether S3 or CloudFront made it.
    pub server: Option<String>,
    /// What it came to.
    pub outcome: EdgeOutcome,
    /// The bucket that is proven to have answered, or to be gone.
    pub bucket: Option<String>,
    /// Why, in a sentence without a full stop.
    pub why: String,
    /// What to change, where that is known; empty otherwise.
    pub remedy: String,
    /// What the contract declares about the path.
    pub declared: Option<PathTerms>,
    /// What could not be known, where that was the outcome.
    pub unknown: Option<Unknown>,
}

/// What a question to the edge came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EdgeOutcome {
    /// The origin answered.
    Reached,
    /// The answer is what the contract declares; what made it is not proven.
    AsDeclared,
    /// The origin refused the request, and the access rules find the missing statement.
    DeniedByOrigin,
    /// The bucket is not there.
    BucketGone,
    /// The bucket is in another Region.
    WrongRegion,
    /// CloudFront cannot reach the origin.
    OriginUnreachable,
    /// The answer is not what the contract declares.
    NotAsDeclared,
    /// Nothing is proven, because of the site's own config: a path to declare would decide it.
    NotDecidable,
    /// There was no answer, or none with an explanation.
    CouldNotBeChecked,
    /// It was not asked.
    NotAsked,
}

impl EdgeOutcome {
    /// Whether it fails a job.
    #[must_use]
    pub fn fails(self) -> bool {
        matches!(
            self,
            Self::DeniedByOrigin
                | Self::BucketGone
                | Self::WrongRegion
                | Self::OriginUnreachable
                | Self::NotAsDeclared
        )
    }

    /// In words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::AsDeclared => "as declared",
            Self::DeniedByOrigin => "denied by the origin",
            Self::BucketGone => "bucket gone",
            Self::WrongRegion => "wrong Region",
            Self::OriginUnreachable => "origin unreachable",
            Self::NotAsDeclared => "not as declared",
            Self::NotDecidable => "not decidable",
            Self::CouldNotBeChecked => "could not be checked",
            Self::NotAsked => "not asked",
        }
    }
}
