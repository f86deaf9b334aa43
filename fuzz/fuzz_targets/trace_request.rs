//! Paths and URLs as people give them: what is sent is a path that is read again as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::facts::Facts;
use origin_guard_core::rules::{Case, Limits};
use origin_guard_core::trace::{Request, trace};
use origin_guard_fuzz::live;

fuzz_target!(|text: &str| {
    let request = Request::new(text);
    assert!(request.path.starts_with('/'), "{request:?}");
    let is_sent = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#')
    };
    assert!(
        is_sent(&request.path) && !request.path.contains('?'),
        "{request:?}"
    );
    assert!(request.query.as_deref().is_none_or(is_sent), "{request:?}");
    let sent = match &request.query {
        Some(query) => format!("{}?{query}", request.path),
        None => request.path.clone(),
    };
    let again = Request::new(&sent);
    assert_eq!(
        (&again.path, &again.query),
        (&request.path, &request.query),
        "{text:?}"
    );
    let (live, _) = live();
    let (facts, limits) = (Facts::default(), Limits::default());
    let traced = trace(&Case::new(live, &facts, &limits), &request);
    assert!(
        traced.behavior.is_some(),
        "a path without a behavior: {request:?}"
    );
    assert_eq!(traced.path, sent);
});
