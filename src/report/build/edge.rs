//! What asking the edge came to, as reports have it.

use crate::contract::{PathTerms, Statuses};
use crate::outcome::EdgeResult;
use crate::report::v1;
use crate::verdict::Decision;

/// Each question, in the order in which they were judged; none where the edge was not to be asked.
pub(super) fn edge(decision: &Decision) -> Vec<v1::Edge> {
    let results = decision.edge.iter().flatten();
    results.map(frozen).collect()
}

fn frozen(result: &EdgeResult) -> v1::Edge {
    let is_asked = result.path.is_some();
    v1::Edge {
        path_pattern: result.path_pattern.clone(),
        pointer: result.place.pointer.clone(),
        origin: result.origin.clone(),
        path: result.path.clone(),
        method: is_asked.then(|| result.method.to_string()),
        status: result.status,
        server: result.server.clone(),
        outcome: result.outcome.into(),
        bucket: result.bucket.clone(),
        why: result.why.clone(),
        declared: result.declared.as_ref().map(declared),
    }
}

fn declared(terms: &PathTerms) -> v1::DeclaredAnswer {
    v1::DeclaredAnswer {
        status: match &terms.status {
            None => Vec::new(),
            Some(Statuses::One(status)) => vec![*status],
            Some(Statuses::OneOf(all)) => all.clone(),
        },
        header: terms.header.clone(),
    }
}
