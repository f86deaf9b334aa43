#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = origin_guard_core::document::Node::from_json(data);
});
