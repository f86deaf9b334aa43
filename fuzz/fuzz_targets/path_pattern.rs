//! Path patterns, two of them, one a line: what one covers, it matches.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::distribution::PathPattern;

fuzz_target!(|text: &str| {
    let (one, other) = text.split_once('\n').unwrap_or((text, text));
    let (one, other) = (PathPattern::new(one), PathPattern::new(other));
    let _ = (one.validate(), one.literal_prefix(), one.literal_suffix());
    let mut steps = PathPattern::MOST_STEPS;
    let covers = |left: &mut usize, wide: &PathPattern, narrow: &PathPattern| {
        wide.covers_within(left, narrow)
    };
    assert_ne!(
        covers(&mut steps, &one, &one),
        Some(false),
        "a pattern that does not cover itself"
    );
    // A path that `other` matches, so that a pattern that covers `other` has to match it too.
    for (star, question) in [("", "q"), ("x/y.z", "/")] {
        let path = other.normalized().replace('*', star).replace('?', question);
        if covers(&mut steps, &one, &other) == Some(true) {
            let path = PathPattern::new(format!("/{path}"));
            assert_ne!(
                covers(&mut steps, &one, &path),
                Some(false),
                "{one:?} {other:?} {path:?}"
            );
        }
    }
});
