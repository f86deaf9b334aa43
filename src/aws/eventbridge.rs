use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;

use super::failure::Failure;
use crate::delivery::EventDetail;
use crate::ports::DeliveryError;

/// What rules on the bus match.
const SOURCE: &str = "origin-guard";
const DETAIL_TYPE: &str = "Origin Guard Report";

/// Puts a report on a bus.
pub(super) async fn put(
    client: &Client,
    bus: &str,
    detail: &EventDetail,
) -> Result<(), DeliveryError> {
    let entry = PutEventsRequestEntry::builder()
        .source(SOURCE)
        .detail_type(DETAIL_TYPE)
        .event_bus_name(bus)
        .detail(detail.as_str())
        .build();
    let what = format!("the report to event bus {bus}");
    let answer = match client.put_events().entries(entry).send().await {
        Ok(answer) => answer,
        Err(error) => return Err(Failure::of(&error).undelivered("events:PutEvents", what)),
    };
    // The call succeeds even when an entry does not.
    let mut entries = answer.entries().iter();
    match entries.find(|entry| entry.error_code().is_some()) {
        Some(failed) => {
            let code = failed.error_code().unwrap_or_default();
            let message = failed.error_message().unwrap_or_default();
            let why = format!("{code} ({message})");
            Err(DeliveryError { what, why })
        }
        None => Ok(()),
    }
}
