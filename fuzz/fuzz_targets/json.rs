//! JSON documents: what is read means the same to another reader, and is read again from what is written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::document::Node;
use origin_guard_fuzz::{assert_read_again, mutate_as_json};

mutate_as_json!();

fuzz_target!(|data: &[u8]| {
    if let Ok(node) = Node::from_json(data) {
        assert_read_again(&node);
    }
});
