"""CloudTrail's part: a change in the console becomes an event; and who reads the notification."""

import datetime
import json
import uuid
from pathlib import Path
from typing import Any

from expectations import expect, wait_for
from processes import ACCOUNT

_SAMPLE = Path(__file__).parents[2] / "events" / "cloudtrail-update-distribution.json"
_DELIVERY_SECONDS = 30


class Inbox:
    """A queue that is subscribed to the topic."""

    def __init__(self, aws: Any, topic: str) -> None:
        self._aws = aws
        self._url = aws.sqs.create_queue(QueueName="example-inbox")["QueueUrl"]
        arn = aws.sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        allow = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        aws.sqs.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": policy})
        aws.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def read(self) -> dict[str, Any]:
        """The next notification, as SNS wraps it."""
        return wait_for("the notification", _DELIVERY_SECONDS, self._next)

    def is_empty(self) -> bool:
        return self._next() is None

    def _next(self) -> dict[str, Any] | None:
        for message in self._aws.sqs.receive_message(QueueUrl=self._url).get("Messages", []):
            self._aws.sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            return json.loads(message["Body"])
        return None


def console_change(aws: Any, distribution: str, config: dict[str, Any], etag: str) -> dict[str, Any]:
    """Really makes the change, and gives the event that EventBridge would get from CloudTrail."""
    answer = aws.cloudfront.update_distribution(Id=distribution, DistributionConfig=config, IfMatch=etag)
    now = datetime.datetime.now(datetime.UTC)
    event = json.loads(_SAMPLE.read_text())
    event.update(id=str(uuid.uuid4()), account=ACCOUNT, time=f"{now:%Y-%m-%dT%H:%M:%SZ}")
    event["detail"].update(
        eventTime=event["time"],
        eventID=str(uuid.uuid4()),
        requestID=str(uuid.uuid4()),
        recipientAccountId=ACCOUNT,
        requestParameters=_spelt({"Id": distribution, "IfMatch": etag, "DistributionConfig": config}),
        responseElements=_spelt({"Distribution": answer["Distribution"], "ETag": answer["ETag"]}),
    )
    return event


def send(aws: Any, rule: str, event: dict[str, Any]) -> None:
    """Matches the event with the deployed rule, then puts it on the default bus as CloudTrail would."""
    pattern = aws.events.describe_rule(Name=rule)["EventPattern"]
    matches = aws.events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]
    expect(matches, "the deployed rule to match the event", pattern)
    entry = {"Source": event["source"], "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}
    put = aws.events.put_events(Entries=[entry])
    expect(put["FailedEntryCount"] == 0, "EventBridge to take the event", put["Entries"])


def _spelt(value: Any) -> Any:
    """CloudTrail's spelling: the first letter of each key lowered, comments hidden, times as text."""
    if isinstance(value, dict):
        spelt = {key[:1].lower() + key[1:]: _spelt(item) for key, item in value.items()}
        return spelt | ({"comment": "HIDDEN_DUE_TO_SECURITY_REASONS"} if "comment" in spelt else {})
    if isinstance(value, list):
        return [_spelt(item) for item in value]
    if isinstance(value, datetime.datetime):
        return f"{value:%b} {value.day}, {value:%Y %I:%M:%S %p}"
    return value
