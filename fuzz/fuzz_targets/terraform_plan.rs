//! Terraform plans, each distribution judged; also whether a file is one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::candidate::{Format, ReadOptions, Source, read_documents};
use origin_guard_fuzz::{judge, mutate_as_json};

mutate_as_json!();

fuzz_target!(|data: &[u8]| {
    let read = |format| {
        let options = ReadOptions {
            format,
            ..ReadOptions::default()
        };
        read_documents(Source::Artifact, "plan.json", data, &options).unwrap_or_default()
    };
    for candidate in read(Some(Format::TerraformPlan)) {
        judge(&candidate);
    }
    read(None);
});
