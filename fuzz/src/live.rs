use std::sync::LazyLock;

use origin_guard_core::candidate::{Source, read_document};
use origin_guard_core::distribution::Distribution;
use origin_guard_core::edge::{Ask, Entrance, Nonce, Question, questions};

/// A deployed config, and what the edge is asked about it.
static LIVE: LazyLock<(Distribution, Vec<Question>)> = LazyLock::new(|| {
    let content = include_bytes!("../../tests/fixtures/site.json");
    let Ok(candidate) = read_document(Source::Live, "site.json", content) else {
        panic!("the config cannot be read");
    };
    let mut live = candidate.distribution;
    live.domain_name = Some("d111111abcdef8.cloudfront.net".to_owned());
    let Some(nonce) = Nonce::new("n0123456") else {
        panic!("the nonce is none");
    };
    let asks = questions(&live, None, &Entrance::of(&live), &nonce);
    let asked = asks.into_iter().filter_map(|ask| match ask {
        Ask::Question(question) => Some(*question),
        Ask::Not(_) => None,
    });
    let asked = asked.collect();
    (live, asked)
});

/// A deployed config, and what the edge is asked about it.
#[must_use]
pub fn live() -> (&'static Distribution, &'static [Question]) {
    let (live, asked) = &*LIVE;
    (live, asked)
}
