use aws_double::{Double, Fault, FaultKind};
use serde_json::json;

use crate::client::{Ask, s3};

#[tokio::test]
async fn head_bucket_answers_in_the_order_of_s3() {
    let double = Double::start().await;
    double.world().bucket("site", "eu-west-1");
    double
        .world()
        .bucket("theirs", "eu-west-1")
        .owned_by("999988887777");
    let at = double.endpoint();

    let missing = s3(&at, "HEAD", "/missing", "eu-west-1").send().await;
    assert_eq!(
        (missing.status, missing.header("x-amz-bucket-region")),
        (404, None)
    );

    let moved = s3(&at, "HEAD", "/site", "us-east-1").send().await;
    assert_eq!(
        (
            moved.status,
            moved.header("x-amz-bucket-region"),
            moved.header("location")
        ),
        (301, Some("eu-west-1"), None)
    );

    let foreign = s3(&at, "HEAD", "/theirs", "eu-west-1").send().await;
    assert_eq!(
        (foreign.status, foreign.header("x-amz-bucket-region")),
        (403, Some("eu-west-1"))
    );

    let unexpected = s3(&at, "HEAD", "/site", "eu-west-1")
        .header("x-amz-expected-bucket-owner", "999988887777")
        .send()
        .await;
    assert_eq!((unexpected.status, unexpected.body.len()), (403, 0));

    let found = s3(&at, "HEAD", "/site", "eu-west-1")
        .header("x-amz-expected-bucket-owner", "111122223333")
        .send()
        .await;
    assert_eq!(
        (found.status, found.header("x-amz-access-point-alias")),
        (200, Some("false"))
    );

    let by_host = s3(&at, "HEAD", "/", "eu-west-1")
        .header("host", "site.s3.eu-west-1.amazonaws.com")
        .send()
        .await;
    assert_eq!(by_host.status, 200);

    let unsigned = Ask::new(&at, "HEAD", "/site").send().await;
    assert_eq!(
        (unsigned.status, unsigned.header("x-amz-bucket-region")),
        (403, Some("eu-west-1"))
    );

    let world = double.world();
    assert_eq!(world.calls()["s3:HeadBucket"], 7);
    assert!(world.violations.is_empty(), "{:?}", world.violations);
}

#[tokio::test]
async fn a_shared_bucket_is_open_and_a_denied_action_is_not() {
    let double = Double::start().await;
    double
        .world()
        .bucket("theirs", "us-east-1")
        .owned_by("999988887777")
        .share_with("111122223333");
    double.world().bucket("mine", "us-east-1");
    let at = double.endpoint();
    assert_eq!(
        s3(&at, "HEAD", "/theirs", "us-east-1").send().await.status,
        200
    );
    let policy = s3(&at, "GET", "/theirs?policy", "us-east-1").send().await;
    assert_eq!(
        (policy.status, policy.element("Code").as_deref()),
        (405, Some("MethodNotAllowed"))
    );

    double.world().deny("s3:ListBucket");
    let denied = s3(&at, "HEAD", "/mine", "us-east-1").send().await;
    assert_eq!(
        (denied.status, denied.header("x-amz-bucket-region")),
        (403, Some("us-east-1"))
    );
    assert_eq!(
        s3(&at, "HEAD", "/missing", "us-east-1").send().await.status,
        404
    );

    double
        .world()
        .fault(Fault::new("s3:GetBucketPolicy", FaultKind::Deny).on("mine"));
    let denied = s3(&at, "GET", "/mine?policy", "us-east-1").send().await;
    assert_eq!(denied.element("Code").as_deref(), Some("AccessDenied"));
    assert!(denied.text().contains("is not authorized to perform: s3:GetBucketPolicy on resource: &quot;arn:aws:s3:::mine&quot;"), "{}", denied.text());
}

#[tokio::test]
async fn settings_are_answered_or_said_to_be_unset() {
    let double = Double::start().await;
    double
        .world()
        .bucket("site", "eu-central-1")
        .policy(json!({"Version": "2012-10-17", "Statement": []}))
        .website();
    double
        .world()
        .bucket("bare", "us-east-1")
        .public_access_block = None;
    let at = double.endpoint();

    let policy = s3(&at, "GET", "/site?policy", "eu-central-1").send().await;
    assert_eq!(
        policy.json(),
        json!({"Version": "2012-10-17", "Statement": []})
    );
    let website = s3(&at, "GET", "/site?website", "eu-central-1").send().await;
    assert_eq!(website.element("Suffix").as_deref(), Some("index.html"));
    let block = s3(&at, "GET", "/site?publicAccessBlock", "eu-central-1")
        .send()
        .await;
    assert_eq!(block.element("BlockPublicPolicy").as_deref(), Some("true"));
    let ownership = s3(&at, "GET", "/site?ownershipControls", "eu-central-1")
        .send()
        .await;
    assert_eq!(
        ownership.element("ObjectOwnership").as_deref(),
        Some("BucketOwnerEnforced")
    );
    let encryption = s3(&at, "GET", "/site?encryption", "eu-central-1")
        .send()
        .await;
    assert_eq!(
        encryption.element("SSEAlgorithm").as_deref(),
        Some("AES256")
    );

    for (query, code) in [
        ("policy", "NoSuchBucketPolicy"),
        ("website", "NoSuchWebsiteConfiguration"),
        ("publicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
    ] {
        let absent = s3(&at, "GET", &format!("/bare?{query}"), "us-east-1")
            .send()
            .await;
        assert_eq!(
            (absent.status, absent.element("Code").as_deref()),
            (404, Some(code))
        );
    }
    let moved = s3(&at, "GET", "/site?policy", "us-east-1").send().await;
    assert_eq!(
        (moved.status, moved.element("Endpoint").as_deref()),
        (301, Some("site.s3.eu-central-1.amazonaws.com"))
    );
    let missing = s3(&at, "GET", "/none?policy", "us-east-1").send().await;
    assert_eq!(
        (missing.status, missing.element("Code").as_deref()),
        (404, Some("NoSuchBucket"))
    );
}

#[tokio::test]
async fn list_buckets_shows_own_buckets_by_page() {
    let double = Double::start().await;
    for (name, region) in [("a", "us-east-1"), ("b", "eu-west-1"), ("c", "us-east-1")] {
        double.world().bucket(name, region);
    }
    double
        .world()
        .bucket("foreign", "us-east-1")
        .owned_by("999988887777");
    let at = double.endpoint();
    let plain = s3(&at, "GET", "/", "us-east-1").send().await.text();
    assert!(
        plain.contains("<Name>c</Name>")
            && !plain.contains("foreign")
            && !plain.contains("BucketRegion"),
        "{plain}"
    );

    let first = s3(&at, "GET", "/?max-buckets=2", "us-east-1").send().await;
    assert!(
        first
            .text()
            .contains("<BucketRegion>eu-west-1</BucketRegion>")
    );
    let token = first.element("ContinuationToken").expect("there is more");
    let second = s3(
        &at,
        "GET",
        &format!("/?max-buckets=2&continuation-token={token}"),
        "us-east-1",
    )
    .send()
    .await;
    assert!(
        second.text().contains("<Name>c</Name>") && second.element("ContinuationToken").is_none()
    );

    assert!(double.world().violations.is_empty());
    assert_eq!(
        s3(&at, "GET", "/?max-buckets=10001", "us-east-1")
            .send()
            .await
            .status,
        400
    );
    assert_eq!(double.world().violations.len(), 1);

    double.world().deny("s3:ListAllMyBuckets");
    assert_eq!(s3(&at, "GET", "/", "us-east-1").send().await.status, 403);
}

#[tokio::test]
async fn a_key_of_twelve_digits_is_its_own_account() {
    let double = Double::start().await;
    double
        .world()
        .bucket("theirs", "us-east-1")
        .owned_by("999988887777");
    let own = Ask::new(&double.endpoint(), "HEAD", "/theirs")
        .signed("999988887777", "us-east-1", "s3")
        .send()
        .await;
    assert_eq!(own.status, 200);
}
