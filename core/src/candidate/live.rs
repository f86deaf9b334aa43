use super::Candidate;
use crate::distribution::Distribution;
use crate::document::Node;

/// What CloudFront runs now.
#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    /// The config as a document, every field of CloudFront's answer in it.
    pub config: Node,
    /// The model of it.
    pub distribution: Distribution,
    /// Its version.
    pub etag: String,
    /// Whether all edge locations have this version: `Status` is `Deployed`, and not `InProgress`
    /// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Distribution.html>).
    pub is_deployed: bool,
    /// When it was made, RFC 3339.
    pub modified_at: Option<String>,
}

/// The config that was stored after the last pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastGood {
    /// The config.
    pub candidate: Candidate,
    /// Its version when it was live.
    pub etag: String,
    /// When it was live, RFC 3339.
    pub taken_at: String,
    /// Of the object that it is stored as: what a write compares that must not overwrite another.
    pub version: Option<String>,
}
