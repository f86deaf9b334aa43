use crate::distribution::{Distribution, ETag};
use crate::document::Node;
use crate::timestamp::Timestamp;

/// What CloudFront runs now.
#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    /// The config as a document, every field of CloudFront's answer in it.
    pub config: Node,
    /// The model of it.
    pub distribution: Distribution,
    /// Its version.
    pub etag: ETag,
    /// Whether all edge locations have this version: `Status` is `Deployed`, and not `InProgress`
    /// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Distribution.html>).
    pub is_deployed: bool,
    /// When it was made.
    pub modified_at: Option<Timestamp>,
}
