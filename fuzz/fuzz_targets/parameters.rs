//! Files with values for a template's parameters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::candidate::{Parameters, read_parameters};
use origin_guard_fuzz::mutate_as_json;

mutate_as_json!();

fuzz_target!(|data: &[u8]| {
    let mut parameters = Parameters::default();
    let _ = read_parameters(&mut parameters, "parameters.json", data);
});
