//! Configs as CloudFront's API and its tools write them, judged, and the way to them from another.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use origin_guard_core::candidate::{Format, ReadOptions, Source, config_of, read_documents};
use origin_guard_core::change::{header_values, rollout};
use origin_guard_core::document::Node;
use origin_guard_fuzz::{judge, mutate_as_json};
use serde_json::Value;

static LIVE: LazyLock<Value> = LazyLock::new(|| {
    let live = include_bytes!("../../tests/fixtures/site.json");
    Node::from_json(live)
        .map(|node| config_of(&node).to_value())
        .unwrap_or_default()
});

mutate_as_json!();

fuzz_target!(|data: &[u8]| {
    let options = ReadOptions {
        format: Some(Format::DistributionConfig),
        ..ReadOptions::default()
    };
    for candidate in
        read_documents(Source::File, "candidate.json", data, &options).unwrap_or_default()
    {
        judge(&candidate);
    }
    if let Ok(node) = Node::from_json(data) {
        let candidate = config_of(&node).to_value();
        let mut live = LIVE.clone();
        header_values::fill_in(&mut live, &candidate);
        let steps = rollout::configs(&live, &candidate);
        let last = steps.last().map_or(&live, |step| &step.content);
        let same = rollout::configs(last, &candidate).is_empty();
        assert!(same, "the last step is not the candidate");
    }
});
