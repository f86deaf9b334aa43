use aws_double::{Double, zip};

use crate::client::{Ask, s3};

#[tokio::test]
async fn objects_are_read() {
    let double = Double::start().await;
    double.world().bucket("b", "us-east-1");
    double.world().object("b", "a b/c.json", "0123456789");
    let at = double.endpoint();
    let whole = s3(&at, "GET", "/b/a%20b/c.json?x-id=GetObject", "us-east-1")
        .send()
        .await;
    assert_eq!(
        (
            whole.status,
            whole.text().as_str(),
            whole.header("content-length")
        ),
        (200, "0123456789", Some("10"))
    );
    assert_eq!(
        whole.header("etag"),
        Some("\"781e5e245d69b566979b86e28d23f2c7\"")
    );
    assert!(
        whole
            .header("last-modified")
            .is_some_and(|date| date.ends_with(" GMT"))
    );
    let absent = s3(&at, "GET", "/b/none", "us-east-1").send().await;
    assert_eq!(
        (absent.status, absent.element("Code").as_deref()),
        (404, Some("NoSuchKey"))
    );
    let listed = s3(&at, "GET", "/b?list-type=2&prefix=a%20", "us-east-1")
        .send()
        .await;
    assert_eq!(
        (
            listed.element("Key").as_deref(),
            listed.element("KeyCount").as_deref()
        ),
        (Some("a b/c.json"), Some("1"))
    );
    double.world().deny("s3:ListBucket");
    assert_eq!(
        s3(&at, "GET", "/b/none", "us-east-1").send().await.status,
        403
    );
}

#[tokio::test]
async fn an_upload_in_chunks_is_taken_apart_and_checked() {
    let double = Double::start().await;
    double
        .world()
        .bucket("b", "us-east-1")
        .kms_key("arn:aws:kms:us-east-1:111122223333:key/k");
    let at = double.endpoint();
    let upload = |length: &str, sum: &str| {
        s3(&at, "PUT", "/b/report", "us-east-1")
            .header("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
            .header("content-encoding", "aws-chunked")
            .header("content-type", "application/json")
            .header("x-amz-meta-verdict", "pass")
            .header("x-amz-trailer", "x-amz-checksum-crc32")
            .header("x-amz-decoded-content-length", length)
            .body(format!(
                "5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:{sum}\r\n\r\n"
            ))
    };
    let stored = upload("11", "DUoRhQ==").send().await;
    assert_eq!(
        (stored.status, stored.header("x-amz-server-side-encryption")),
        (200, Some("aws:kms")),
        "{}",
        stored.text()
    );
    {
        let world = double.world();
        let object = &world.buckets["b"].objects["report"];
        assert_eq!(
            (&object.body[..], object.content_type.as_str()),
            (&b"hello world"[..], "application/json")
        );
        assert_eq!(object.headers["x-amz-meta-verdict"], "pass");
        assert!(!object.headers.contains_key("content-encoding"));
    }
    assert_eq!(
        upload("11", "AAAAAA==")
            .send()
            .await
            .element("Code")
            .as_deref(),
        Some("BadDigest")
    );
    assert_eq!(
        upload("12", "DUoRhQ==")
            .send()
            .await
            .element("Code")
            .as_deref(),
        Some("IncompleteBody")
    );
    assert_eq!(double.world().violations.len(), 2);
}

#[tokio::test]
async fn conditional_writes() {
    let double = Double::start().await;
    double.world().bucket("b", "us-east-1");
    let at = double.endpoint();
    let put = |name: &str, value: &str| {
        s3(&at, "PUT", "/b/k", "us-east-1")
            .header(name, value)
            .body("x")
    };
    let first = put("if-none-match", "*").send().await;
    assert_eq!(first.status, 200);
    let second = put("if-none-match", "*").send().await;
    assert_eq!(
        (second.status, second.element("Code").as_deref()),
        (412, Some("PreconditionFailed"))
    );
    assert_eq!(put("if-match", "\"other\"").send().await.status, 412);
    assert_eq!(
        put("if-match", first.header("etag").expect("an etag"))
            .send()
            .await
            .status,
        200
    );
    // A new bucket, without the object.
    double.world().bucket("b", "us-east-1");
    assert_eq!(put("if-match", "\"other\"").send().await.status, 404);
}

#[tokio::test]
async fn an_artifact_is_for_the_credentials_of_its_job() {
    let double = Double::start().await;
    double.world().bucket("artifacts", "us-east-1");
    double.world().bucket("other", "us-east-1");
    double
        .world()
        .object("artifacts", "site/in.zip", zip([("a.txt", &b"hello"[..])]));
    let event = double.world().job(None, Some(("artifacts", "site/in.zip")));
    let credentials = &event["CodePipeline.job"]["data"]["artifactCredentials"];
    let (key, token) = (
        credentials["accessKeyId"].as_str().expect("a key"),
        credentials["sessionToken"].as_str().expect("a token"),
    );
    let at = double.endpoint();
    let read = |path: &str| Ask::new(&at, "GET", path).signed(key, "us-east-1", "s3");

    assert_eq!(
        read("/artifacts/site/in.zip")
            .header("x-amz-security-token", token)
            .send()
            .await
            .status,
        200
    );
    assert_eq!(
        read("/artifacts/site/in.zip")
            .send()
            .await
            .element("Code")
            .as_deref(),
        Some("InvalidAccessKeyId")
    );
    assert_eq!(
        read("/artifacts/site/in.zip")
            .header("x-amz-security-token", "x")
            .send()
            .await
            .element("Code")
            .as_deref(),
        Some("InvalidToken")
    );
    assert_eq!(
        read("/other/x")
            .header("x-amz-security-token", token)
            .send()
            .await
            .status,
        403
    );
    assert_eq!(
        s3(&at, "GET", "/artifacts/site/in.zip", "us-east-1")
            .send()
            .await
            .status,
        403
    );
    let other = Ask::new(&at, "GET", "/2020-05-31/distribution")
        .signed(key, "us-east-1", "cloudfront")
        .send()
        .await;
    assert_eq!(other.status, 403);
    assert!(double.world().violations[0].contains("artifact credentials"));
}
