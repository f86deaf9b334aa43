use std::time::{Duration, Instant};

use aws_double::{Double, Fault, FaultKind};
use serde_json::json;

use crate::client::{cloudfront, json, s3};

#[tokio::test]
async fn faults_hit_what_they_name_and_as_often() {
    let double = Double::start().await;
    double.world().bucket("a", "us-east-1");
    double.world().bucket("b", "us-east-1");
    double.world().fault(
        Fault::new(
            "s3:HeadBucket",
            FaultKind::Status(500, "InternalError".to_owned()),
        )
        .on("a")
        .times(2),
    );
    let at = double.endpoint();
    let head = |path| s3(&at, "HEAD", path, "us-east-1");
    assert_eq!(head("/b").send().await.status, 200);
    assert_eq!(head("/a").send().await.status, 500);
    assert_eq!(head("/a").send().await.status, 500);
    assert_eq!(head("/a").send().await.status, 200);
}

#[tokio::test]
async fn faults_may_be_of_one_region_and_spare_the_first() {
    let double = Double::start().await;
    double.world().bucket("a", "us-east-1");
    let failing = FaultKind::Status(500, "InternalError".to_owned());
    let fault = Fault::new("s3:HeadBucket", failing).in_region("us-east-1");
    double.world().fault(fault.after(1));
    let at = double.endpoint();
    let head = |region| s3(&at, "HEAD", "/a", region);
    assert_eq!(head("eu-west-1").send().await.status, 301);
    assert_eq!(head("us-east-1").send().await.status, 200);
    assert_eq!(head("us-east-1").send().await.status, 500);
    assert_eq!(head("eu-west-1").send().await.status, 301);
}

#[tokio::test]
async fn each_service_throttles_in_its_own_words() {
    let double = Double::start().await;
    double.world().fault(Fault::new("*", FaultKind::Throttle));
    let at = double.endpoint();
    let bucket = s3(&at, "GET", "/a?policy", "us-east-1").send().await;
    assert_eq!(
        (bucket.status, bucket.element("Code").as_deref()),
        (503, Some("SlowDown"))
    );
    let listed = cloudfront(&at, "GET", "distribution").send().await;
    assert_eq!(
        (listed.status, listed.element("Code").as_deref()),
        (400, Some("Throttling"))
    );
    let job = json(
        &at,
        "codepipeline",
        "CodePipeline_20150709.PutJobSuccessResult",
        &json!({}),
    )
    .send()
    .await;
    assert_eq!(job.json()["__type"], "ThrottlingException");
}

#[tokio::test]
async fn answers_can_be_rubbish_late_or_none() {
    let double = Double::start().await;
    double.world().bucket("a", "us-east-1");
    let at = double.endpoint();
    let head = || s3(&at, "GET", "/a?policy", "us-east-1");
    double
        .world()
        .fault(Fault::new("s3:*", FaultKind::Garbage).times(1));
    let garbage = head().send().await;
    assert_eq!(
        (garbage.status, garbage.text().contains("It works")),
        (200, true)
    );
    double
        .world()
        .fault(Fault::new("s3:*", FaultKind::Reset).times(1));
    assert!(head().try_send().await.is_err());
    double
        .world()
        .fault(Fault::new("s3:*", FaultKind::Delay(Duration::from_millis(40))).times(1));
    let begin = Instant::now();
    assert_eq!(head().send().await.status, 404);
    assert!(begin.elapsed() >= Duration::from_millis(40));
    double
        .world()
        .fault(Fault::new("s3:*", FaultKind::Hang).times(1));
    assert!(
        tokio::time::timeout(Duration::from_millis(50), head().send())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_hanging_request_ends_with_the_server() {
    let double = Double::start().await;
    double.world().fault(Fault::new("*", FaultKind::Hang));
    let ask = tokio::spawn(s3(&double.endpoint(), "HEAD", "/a", "us-east-1").try_send());
    while double.world().requests.is_empty() {
        tokio::task::yield_now().await;
    }
    drop(double);
    assert!(ask.await.expect("no panic").is_err());
}

#[tokio::test]
async fn waves_are_counted() {
    let double = Double::start().await;
    double.world().bucket("a", "us-east-1");
    double.world().latency = Duration::from_millis(30);
    let at = double.endpoint();
    for _ in 0..2 {
        let asks: Vec<_> = (0..5)
            .map(|_| tokio::spawn(s3(&at, "HEAD", "/a", "us-east-1").send()))
            .collect();
        for ask in asks {
            assert_eq!(ask.await.expect("no panic").status, 200);
        }
    }
    let world = double.world();
    assert_eq!((world.waves(), world.calls()["s3:HeadBucket"]), (2, 10));
    assert!(world.requests.iter().all(|request| request.region == "us-east-1" && request.subject.as_deref() == Some("a")));
}

#[tokio::test]
async fn tls_has_an_authority() {
    let double = Double::start_tls().await;
    assert!(double.endpoint().starts_with("https://127.0.0.1:"));
    assert!(
        double
            .ca_pem()
            .is_some_and(|pem| pem.starts_with("-----BEGIN CERTIFICATE-----"))
    );
}
