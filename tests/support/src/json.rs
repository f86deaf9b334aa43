//! `PutEvents` of EventBridge: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>

use serde_json::{Value, json};
use uuid::Uuid;

use crate::action::Action;
use crate::http::{Outcome, Refusal, Reply};

const MAX_ENTRIES: usize = 10;
/// The total size of a request in bytes, as EventBridge counts it.
const MAX_SIZE: usize = 1024 * 1024;
const MAX_DETAIL_TYPE: usize = 128;

pub(crate) fn put_events(action: &mut Action<'_>) -> Outcome {
    if action.route.operation != "PutEvents" {
        return Err(action.unknown());
    }
    let body: Value = serde_json::from_slice(&action.call.body).unwrap_or_default();
    let entries = body
        .get("Entries")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if entries.is_empty() || entries.len() > MAX_ENTRIES {
        let message = format!(
            "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and {MAX_ENTRIES}"
        );
        return Err(action.broken(400, "ValidationException", message));
    }
    if entries.iter().map(size).sum::<usize>() > MAX_SIZE {
        return Err(action.broken(
            400,
            "ValidationException",
            "Total size of the entries in the request is over the limit.",
        ));
    }
    for entry in &entries {
        bus(action, entry)?;
    }
    let results: Vec<Value> = entries.iter().map(|entry| put(action, entry)).collect();
    let failed = results
        .iter()
        .filter(|result| result.get("ErrorCode").is_some())
        .count();
    Ok(Reply::json(
        200,
        "application/x-amz-json-1.1",
        &json!({"FailedEntryCount": failed, "Entries": results}),
    ))
}

fn text<'a>(entry: &'a Value, name: &str) -> &'a str {
    entry.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html>: 14 bytes for the time, and the UTF-8 of the rest.
fn size(entry: &Value) -> usize {
    let time = if entry.get("Time").is_some() { 14 } else { 0 };
    let resources = entry
        .get("Resources")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let resources: usize = resources.filter_map(Value::as_str).map(str::len).sum();
    time + resources
        + ["Source", "DetailType", "Detail"]
            .iter()
            .map(|name| text(entry, name).len())
            .sum::<usize>()
}

fn bus(action: &mut Action<'_>, entry: &Value) -> Result<(), Refusal> {
    let name = match text(entry, "EventBusName") {
        "" => "default",
        arn => arn.rsplit('/').next().unwrap_or(arn),
    };
    if action.world.buses.contains(name) {
        return Ok(());
    }
    Err(Refusal::new(
        400,
        "ResourceNotFoundException",
        format!("Event bus {name} does not exist."),
    ))
}

/// One bad entry does not keep the others from being put.
fn put(action: &mut Action<'_>, entry: &Value) -> Value {
    let problem = if text(entry, "Source").is_empty() {
        Some((
            "InvalidArgument",
            "Parameter Source is not valid. Reason: Source is a required argument.".to_owned(),
        ))
    } else if text(entry, "Source").starts_with("aws.") {
        Some((
            "NotAuthorizedForSourceException",
            "Not authorized for the source.".to_owned(),
        ))
    } else if !(1..=MAX_DETAIL_TYPE).contains(&text(entry, "DetailType").len()) {
        let reason = format!(
            "Parameter DetailType is not valid. Reason: DetailType must have 1 to {MAX_DETAIL_TYPE} bytes."
        );
        Some(("InvalidArgument", reason))
    } else if !serde_json::from_str::<Value>(text(entry, "Detail"))
        .is_ok_and(|detail| detail.is_object())
    {
        Some(("MalformedDetail", "Detail is malformed.".to_owned()))
    } else {
        None
    };
    if let Some((code, message)) = problem {
        action
            .world
            .violation(format!("events:PutEvents: {message}"));
        return json!({"ErrorCode": code, "ErrorMessage": message});
    }
    action.world.events.push(entry.clone());
    json!({"EventId": Uuid::new_v4().to_string()})
}
