//! Contract files: one that is accepted is accepted again as it is written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::contract::Contract;
use origin_guard_core::rules;
use origin_guard_fuzz::mutate_as_json;

mutate_as_json!();

fuzz_target!(|data: &[u8]| {
    let Ok(contract) = Contract::read("contract.yaml", data, &rules::names()) else {
        return;
    };
    let Ok(written) = serde_json::to_vec(&contract) else {
        panic!("a contract that cannot be written");
    };
    let again = Contract::read("contract.json", &written, &rules::names());
    assert_eq!(
        again.ok().as_ref(),
        Some(&contract),
        "what was written is read otherwise"
    );
});
