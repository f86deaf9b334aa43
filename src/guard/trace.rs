//! Requests through a config, with what the account says about its buckets.

use futures_util::future::FutureExt as _;

use super::session::Session;
use crate::candidate::Candidate;
use crate::facts::{Needs, Wanted};
use crate::ports::Account;
use crate::rules::{Case, Limits};
use crate::trace::{self, Request, Trace};

/// What becomes of requests. Offline, only what the candidate's own source makes is known of buckets; hosts
/// of custom origins are never asked.
pub async fn trace<A: Account>(
    session: &Session<'_, A>,
    candidate: &Candidate,
    requests: &[Request],
) -> Vec<Trace> {
    let needs = Needs {
        hosts: Wanted::default(),
        ..Needs::of_all(std::iter::once(candidate.to_probe(None)))
    };
    let asking = session.ask(&needs, &[]).boxed_local();
    let facts = session.count(asking).await;
    let facts = facts.with_planned(&candidate.planned);
    let limits = Limits::default();
    let case = Case::new(&candidate.distribution, &facts, &limits);
    let traces = requests.iter().map(|request| trace::trace(&case, request));
    traces.collect()
}
