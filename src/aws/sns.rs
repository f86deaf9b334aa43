use aws_sdk_sns::Client;
use aws_sdk_sns::types::MessageAttributeValue;

use super::failure::Failure;
use crate::delivery::Notification;
use crate::ports::DeliveryError;

/// The message attribute by which subscribers recognize what they had already: a topic that is not FIFO
/// takes no deduplication ID of its own (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
const DEDUPLICATION_ID: &str = "deduplicationId";

/// Posts a notification.
pub(super) async fn publish(
    client: &Client,
    topic: &str,
    notification: &Notification,
) -> Result<(), DeliveryError> {
    let id = MessageAttributeValue::builder()
        .data_type("String")
        .string_value(&notification.deduplication_id)
        .build();
    let what = || format!("the notification to {topic}");
    let id = id.map_err(|error| DeliveryError {
        what: what(),
        why: error.to_string(),
    })?;
    let call = client
        .publish()
        .message_attributes(DEDUPLICATION_ID, id)
        .topic_arn(topic)
        .subject(&notification.subject)
        .message(&notification.message);
    let answer = call.send().await;
    answer
        .map(|_| ())
        .map_err(|error| Failure::of(&error).undelivered("sns:Publish", what()))
}
