//! The edge is asked about what is deployed.

use std::time::Instant;

use futures_util::future::{FutureExt as _, LocalBoxFuture};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use crate::contract::Contract;
use crate::digest::hex;
use crate::distribution::Distribution;
use crate::edge::{Answered, Ask, Entrance, Nonce, Question, Seen, questions, switched_off};
use crate::ports::Edge;

/// What is seen of the edge, where it is asked; what a setting switched off is listed as not asked.
///
/// Only the live config, as CloudFront has it, says where a question goes.
pub(super) fn seen<'e>(
    edge: &'e impl Edge,
    live: &Distribution,
    contract: Option<&Contract>,
    until: Option<Instant>,
) -> LocalBoxFuture<'e, Vec<Seen>> {
    let nonce = nonce().filter(|_| edge.is_asked());
    let asks = match &nonce {
        Some(nonce) => questions(live, contract, &Entrance::of(live), nonce),
        None => switched_off(live),
    };
    async move {
        let asked: Vec<&Question> = asks.iter().filter_map(question).collect();
        let mut answers = edge.ask(&asked, until).await.into_iter();
        let seen = asks.into_iter().filter_map(|ask| match ask {
            Ask::Not(not_asked) => Some(Seen::NotAsked(not_asked)),
            Ask::Question(question) => Some(Seen::Answered(Box::new(Answered {
                question: *question,
                answer: answers.next()?,
                object_etag: None,
            }))),
        });
        seen.collect()
    }
    .boxed_local()
}

fn question(ask: &Ask) -> Option<&Question> {
    match ask {
        Ask::Question(question) => Some(question),
        Ask::Not(_) => None,
    }
}

/// A text that no earlier run had: what a cache has for a path would say nothing of the origin.
fn nonce() -> Option<Nonce> {
    let now = OffsetDateTime::now_utc().unix_timestamp_nanos();
    let digest = hex(&Sha256::digest(now.to_be_bytes()));
    Nonce::new(digest.get(..16)?)
}
