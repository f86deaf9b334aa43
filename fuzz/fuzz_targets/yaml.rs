//! YAML documents: as JSON, they are read the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::document::Node;
use origin_guard_fuzz::assert_read_again;

fuzz_target!(|text: &str| {
    if let Ok(node) = Node::from_yaml(text) {
        assert_read_again(&node);
    }
});
