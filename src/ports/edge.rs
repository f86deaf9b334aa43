//! The edge of CloudFront, asked as a viewer asks it.

use std::time::Instant;

use crate::edge::{EdgeFailure, Question};
use crate::trace::EdgeAnswer;

/// What came of a question: the answer, or why there is none.
pub type EdgeSeen = Result<EdgeAnswer, EdgeFailure>;

/// CloudFront's edge.
pub trait Edge: Sync {
    /// Whether it may be asked at all.
    fn is_asked(&self) -> bool;

    /// Asks every question, all at once within a bound; the answers are in the order of the questions.
    /// What has none by `until` has timed out.
    fn ask(
        &self,
        questions: &[&Question],
        until: Option<Instant>,
    ) -> impl Future<Output = Vec<EdgeSeen>> + Send;
}
