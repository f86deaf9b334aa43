//! UserParameters of a CodePipeline action.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_fuzz::mutate_as_json;
use origin_guard_fuzz::request::UserParameters;

mutate_as_json!();

fuzz_target!(|text: &str| {
    if let Err(error) = UserParameters::parse(Some(text)) {
        assert!(!error.to_string().is_empty());
    }
});
