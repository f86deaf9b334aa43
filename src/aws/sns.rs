use aws_sdk_sns::Client;

use super::failure::Failure;
use crate::delivery::{DeliveryError, Notification};

/// Posts a notification.
pub async fn publish(
    client: &Client,
    topic: &str,
    notification: &Notification,
) -> Result<(), DeliveryError> {
    let call = client
        .publish()
        .topic_arn(topic)
        .subject(&notification.subject)
        .message(&notification.message);
    call.send()
        .await
        .map(|_| ())
        .map_err(|error| DeliveryError {
            what: format!("the notification to {topic}"),
            why: match Failure::of(&error) {
                Failure::Denied(detail) => {
                    format!("sns:Publish is refused to the guard ({detail})")
                }
                other => other.to_string(),
            },
        })
}
