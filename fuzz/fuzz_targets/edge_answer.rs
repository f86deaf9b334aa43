//! An answer of the edge as `curl -i` prints it: what it proves, and that what is served is no failure.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::edge::{Answered, Seen, judge};
use origin_guard_core::facts::Facts;
use origin_guard_core::rules::{Case, Limits};
use origin_guard_core::trace::{EdgeAnswer, classify, trace};
use origin_guard_fuzz::live;

/// What is kept of a body at most.
const MOST: usize = 65_536;

fuzz_target!(|data: &[u8]| {
    let Ok(answer) = EdgeAnswer::parse(data) else {
        return;
    };
    assert!(answer.body.len() <= MOST && answer.status < 1_000);
    let (live, questions) = live();
    let (facts, limits) = (Facts::default(), Limits::default());
    let case = Case::new(live, &facts, &limits);
    let is_served = answer.status < 300;
    let seen = questions.iter().map(|question| {
        let trace = trace(&case, &question.request());
        let proof = classify(&trace, &answer);
        assert!(!proof.text().contains('\n'), "an outcome on several lines");
        assert!(!(is_served && proof.outcome.fails()), "{proof:?}");
        Seen::Answered(Box::new(Answered {
            question: question.clone(),
            answer: Ok(answer.clone()),
            object_etag: None,
        }))
    });
    let seen: Vec<Seen> = seen.collect();
    let results = judge(&case, &seen);
    assert_eq!(results, judge(&case, &seen), "two results of one answer");
    for result in results {
        assert!(!(is_served && result.outcome.fails()), "{result:?}");
        // Nothing was asked of the account, so no statement can be known to be missing.
        let is_unknown = result.unknown.is_some();
        assert!(!(is_unknown && result.outcome.fails()), "{result:?}");
    }
});
