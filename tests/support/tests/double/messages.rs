use aws_double::Double;
use serde_json::{Value, json};

use crate::client::{json, query};

const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:alerts";

async fn publish(double: &Double, members: &[(&str, &str)]) -> (u16, Option<String>) {
    let mut all = vec![("Action", "Publish")];
    all.extend(members);
    let answer = query(&double.endpoint(), "sns", &all).send().await;
    (answer.status, answer.element("Code"))
}

#[tokio::test]
async fn a_message_is_published() {
    let double = Double::start().await;
    double.world().topic(TOPIC);
    let members = [
        ("TopicArn", TOPIC),
        ("Subject", "Origin Guard: blocked"),
        ("Message", "a & b\n"),
        ("MessageAttributes.entry.1.Name", "verdict"),
        ("MessageAttributes.entry.1.Value.DataType", "String"),
        ("MessageAttributes.entry.1.Value.StringValue", "block"),
    ];
    assert_eq!(publish(&double, &members).await, (200, None));
    let world = double.world();
    let published = &world.published[0];
    assert_eq!(
        (published.subject.as_deref(), published.message.as_str()),
        (Some("Origin Guard: blocked"), "a & b\n")
    );
    assert_eq!(
        published.attributes,
        [("verdict".to_owned(), "block".to_owned())]
    );
    assert_eq!(world.requests[0].subject.as_deref(), Some(TOPIC));
}

#[tokio::test]
async fn the_limits_of_a_message() {
    let double = Double::start().await;
    double.world().topic(TOPIC);
    let (long, big, most) = ("x".repeat(100), "x".repeat(262_145), "x".repeat(262_144));
    for (subject, message) in [
        (long.as_str(), "m"),
        ("a\nb", "m"),
        (" a", "m"),
        ("", "m"),
        ("a\u{7}", "m"),
        ("s", ""),
        ("s", &big),
    ] {
        let refused = publish(
            &double,
            &[
                ("TopicArn", TOPIC),
                ("Subject", subject),
                ("Message", message),
            ],
        )
        .await;
        assert_eq!(
            refused,
            (400, Some("InvalidParameter".to_owned())),
            "{subject:?}"
        );
    }
    assert_eq!(double.world().violations.len(), 7);
    assert_eq!(
        publish(
            &double,
            &[
                ("TopicArn", TOPIC),
                ("Subject", &long[..99]),
                ("Message", &most)
            ]
        )
        .await
        .0,
        200
    );
    assert_eq!(
        publish(&double, &[("TopicArn", "alerts"), ("Message", "m")])
            .await
            .0,
        400
    );
    let unknown = publish(
        &double,
        &[
            ("TopicArn", "arn:aws:sns:us-east-1:111122223333:other"),
            ("Message", "m"),
        ],
    )
    .await;
    assert_eq!(unknown, (404, Some("NotFound".to_owned())));
}

async fn put_events(double: &Double, entries: &Value) -> (u16, Value) {
    let answer = json(
        &double.endpoint(),
        "events",
        "AWSEvents.PutEvents",
        &json!({"Entries": entries}),
    )
    .send()
    .await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn events_are_put_within_their_limits() {
    let double = Double::start().await;
    double.world().bus("audit");
    let entry = json!({"Source": "origin-guard", "DetailType": "verdict", "Detail": "{\"a\":1}", "EventBusName": "audit"});
    assert_eq!(
        put_events(&double, &json!([entry])).await.1["FailedEntryCount"],
        0
    );
    assert_eq!(double.world().events, std::slice::from_ref(&entry));

    let with = |name: &str, value: Value| {
        let mut entry = entry.clone();
        entry[name] = value;
        entry
    };
    for bad in [
        with("Detail", json!("[1]")),
        with("Detail", json!("{")),
        with("DetailType", json!("x".repeat(129))),
        with("Source", json!("aws.s3")),
    ] {
        let (status, body) = put_events(&double, &json!([bad, entry])).await;
        assert_eq!((status, &body["FailedEntryCount"]), (200, &json!(1)));
    }
    assert_eq!(
        put_events(&double, &json!([])).await.1["__type"],
        "ValidationException"
    );
    assert_eq!(
        put_events(&double, &json!(vec![entry.clone(); 11])).await.1["__type"],
        "ValidationException"
    );
    let heavy = with(
        "Detail",
        json!(json!({"a": "x".repeat(1024 * 1024)}).to_string()),
    );
    assert_eq!(
        put_events(&double, &json!([heavy])).await.1["__type"],
        "ValidationException"
    );
    assert_eq!(double.world().violations.len(), 7);
    assert_eq!(
        put_events(&double, &json!([with("EventBusName", json!("none"))]))
            .await
            .1["__type"],
        "ResourceNotFoundException"
    );
}

#[tokio::test]
async fn who_we_are() {
    let double = Double::start().await;
    let who = query(
        &double.endpoint(),
        "sts",
        &[("Action", "GetCallerIdentity")],
    )
    .send()
    .await;
    assert_eq!(who.element("Account").as_deref(), Some("111122223333"));
}
