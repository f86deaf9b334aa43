use aws_sdk_sns::Client;

use super::failure::Failure;
use crate::delivery::Notification;
use crate::ports::DeliveryError;

/// Posts a notification.
pub(super) async fn publish(
    client: &Client,
    topic: &str,
    notification: &Notification,
) -> Result<(), DeliveryError> {
    let call = client
        .publish()
        .topic_arn(topic)
        .subject(&notification.subject)
        .message(&notification.message);
    let answer = call.send().await;
    answer.map(|_| ()).map_err(|error| {
        let what = format!("the notification to {topic}");
        Failure::of(&error).undelivered("sns:Publish", what)
    })
}
