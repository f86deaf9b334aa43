use std::sync::LazyLock;

use origin_guard_core::candidate::{Candidate, Source, read_document};
use origin_guard_core::change::difference;
use origin_guard_core::distribution::Distribution;
use origin_guard_core::facts::{Facts, Needs};
use origin_guard_core::rules::{self, Case, Limits};
use origin_guard_core::verdict::{OnUnknown, decide};

/// A healthy config that every candidate is compared with.
static BASELINE: LazyLock<Distribution> = LazyLock::new(|| {
    let content = include_bytes!("../../tests/fixtures/site.json");
    match read_document(Source::File, "site.json", content) {
        Ok(candidate) => candidate.distribution,
        Err(error) => panic!("the baseline cannot be read: {error}"),
    }
});

/// Judges a candidate as `origin-guard check --offline --baseline` does: what it needs, what it
/// changes, every rule, and the verdict.
///
/// # Panics
/// If judging the same candidate twice does not say the same.
pub fn judge(candidate: &Candidate) {
    let facts = Facts::default();
    let facts = facts.with_planned(&candidate.planned);
    let limits = Limits::default();
    let messages = || {
        let case = Case::new(&candidate.distribution, &facts, &limits);
        let case = case.with_baseline(Some(&BASELINE));
        let decision = decide(rules::judge(&case), OnUnknown::Block);
        let findings = decision.findings.into_iter();
        let messages: Vec<String> = findings.map(|finding| finding.message).collect();
        (decision.verdict, messages)
    };
    let first = messages();
    assert!(first == messages(), "two verdicts on one candidate");
    let _ = difference(&BASELINE, &candidate.distribution);
    let _ = Needs::of_all(std::iter::once(candidate.to_probe(Some(&BASELINE))));
}
