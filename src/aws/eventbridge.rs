use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;

use super::failure::Failure;
use crate::delivery::DeliveryError;

/// What rules on the bus match.
const SOURCE: &str = "origin-guard";
const DETAIL_TYPE: &str = "Origin Guard Report";

/// Puts a report on a bus.
pub async fn put(client: &Client, bus: &str, detail: &str) -> Result<(), DeliveryError> {
    let entry = PutEventsRequestEntry::builder()
        .source(SOURCE)
        .detail_type(DETAIL_TYPE)
        .event_bus_name(bus)
        .detail(detail)
        .build();
    let undelivered = |why: String| DeliveryError {
        what: format!("the report to event bus {bus}"),
        why,
    };
    let answer = client.put_events().entries(entry).send().await;
    let answer = answer.map_err(|error| match Failure::of(&error) {
        Failure::Denied(detail) => undelivered(format!(
            "events:PutEvents is refused to the guard ({detail})"
        )),
        other => undelivered(other.to_string()),
    })?;
    // The call succeeds even when an entry does not.
    match answer
        .entries()
        .iter()
        .find(|entry| entry.error_code().is_some())
    {
        Some(failed) => Err(undelivered(format!(
            "{} ({})",
            failed.error_code().unwrap_or_default(),
            failed.error_message().unwrap_or_default()
        ))),
        None => Ok(()),
    }
}
