//! Change sets of CloudFormation: a JSON list of `{LogicalId, Type, Before, After}`, whose contexts are texts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::candidate::{ChangeSet, ResourceChange, read_change_set};
use origin_guard_fuzz::{judge, mutate_as_json};
use serde_json::Value;

mutate_as_json!();

/// A text as it is, anything else as JSON.
fn text(change: &Value, key: &str) -> Option<String> {
    match change.get(key)? {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn change(change: &Value) -> ResourceChange {
    ResourceChange {
        logical_id: text(change, "LogicalId").unwrap_or_default(),
        physical_id: text(change, "PhysicalId"),
        kind: text(change, "Type").unwrap_or_default(),
        is_removed: change["Removed"] == true,
        before: text(change, "Before"),
        after: text(change, "After"),
    }
}

fuzz_target!(|data: &[u8]| {
    let Ok(Value::Array(changes)) = serde_json::from_slice(data) else {
        return;
    };
    let set = ChangeSet {
        arn: "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/example/1".to_owned(),
        stack: "arn:aws:cloudformation:eu-west-1:111122223333:stack/site/1".to_owned(),
        changes: changes.iter().map(change).collect(),
    };
    for candidate in read_change_set(&set).unwrap_or_default() {
        judge(&candidate);
    }
});
