use aws_double::Double;
use serde_json::json;

use crate::client::json as ask;

#[tokio::test]
async fn a_key_policy_is_of_the_region_and_account_and_of_no_alias() {
    let double = Double::start().await;
    let key = "arn:aws:kms:us-east-1:111122223333:key/k1";
    double.world().key(key, json!({"Statement": []}));
    for (id, status, code) in [
        (key, 200, None),
        ("k1", 200, None),
        ("k2", 400, Some("NotFoundException")),
        (
            "arn:aws:kms:eu-west-1:111122223333:key/k1",
            400,
            Some("NotFoundException"),
        ),
        (
            "arn:aws:kms:us-east-1:999988887777:key/k1",
            400,
            Some("AccessDeniedException"),
        ),
    ] {
        let body = json!({"KeyId": id});
        let answer = ask(
            &double.endpoint(),
            "kms",
            "TrentService.GetKeyPolicy",
            &body,
        )
        .send()
        .await;
        let answered = answer.json();
        assert_eq!(
            (answer.status, answered["__type"].as_str()),
            (status, code),
            "{id}"
        );
    }
    assert!(double.world().violations.is_empty());
    let alias = json!({"KeyId": "alias/mine"});
    ask(
        &double.endpoint(),
        "kms",
        "TrentService.GetKeyPolicy",
        &alias,
    )
    .send()
    .await;
    assert_eq!(double.world().violations.len(), 1);
}
