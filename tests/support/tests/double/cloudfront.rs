use aws_double::{Double, Fault, FaultKind, config_from_xml, to_xml};
use serde_json::{Value, json};

use crate::client::{Ask, cloudfront};

fn config() -> Value {
    json!({
        "CallerReference": "r", "Aliases": {"Quantity": 0},
        "Origins": {"Quantity": 2, "Items": [
            {"Id": "a", "DomainName": "a.s3.eu-west-1.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}, "OriginAccessControlId": "OAC"},
            {"Id": "b", "DomainName": "example.com", "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}]},
        "OriginGroups": {"Quantity": 1, "Items": [{"Id": "g", "FailoverCriteria": {"StatusCodes": {"Quantity": 1, "Items": [500]}},
            "Members": {"Quantity": 2, "Items": [{"OriginId": "a"}, {"OriginId": "b"}]}}]},
        "DefaultCacheBehavior": {"TargetOriginId": "g", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "p"},
        "CacheBehaviors": {"Quantity": 1, "Items": [{"PathPattern": "/api/*", "TargetOriginId": "b", "ViewerProtocolPolicy": "https-only"}]},
        "Comment": "", "Enabled": true,
    })
}

async fn double() -> Double {
    let double = Double::start().await;
    double
        .world()
        .origin_access_control("OAC", "s3", "always", "sigv4");
    double.world().origin_access_identity("OAI");
    double.world().distribution("E1", config());
    double
}

#[tokio::test]
async fn a_config_comes_back_as_it_is() {
    let double = double().await;
    let answer = cloudfront(&double.endpoint(), "GET", "distribution/E1")
        .send()
        .await;
    assert_eq!(
        answer.header("etag"),
        Some(double.world().distributions["E1"].etag.as_str())
    );
    assert_eq!(
        answer.element("ARN").as_deref(),
        Some("arn:aws:cloudfront::111122223333:distribution/E1")
    );
    let text = answer.text();
    let (_, rest) = text.split_once("<DistributionConfig>").expect("a config");
    let (inside, _) = rest.split_once("</DistributionConfig>").expect("its end");
    assert_eq!(
        config_from_xml(&format!(
            "<DistributionConfig>{inside}</DistributionConfig>"
        ))
        .expect("a DistributionConfig"),
        config()
    );
    let missing = cloudfront(&double.endpoint(), "GET", "distribution/E2")
        .send()
        .await;
    assert_eq!(
        (missing.status, missing.element("Code").as_deref()),
        (404, Some("NoSuchDistribution"))
    );
}

async fn update(double: &Double, config: &Value, etag: &str) -> (u16, Option<String>) {
    let ask =
        cloudfront(&double.endpoint(), "PUT", "distribution/E1/config").header("if-match", etag);
    let answer = ask.body(to_xml("DistributionConfig", config)).send().await;
    (answer.status, answer.element("Code"))
}

#[tokio::test]
async fn an_update_is_stored_and_moves_the_version() {
    let double = double().await;
    let etag = double.world().distributions["E1"].etag.clone();
    let mut new = config();
    new["Comment"] = json!("<new> & better");
    assert_eq!(update(&double, &new, &etag).await, (200, None));
    assert_eq!(double.world().distributions["E1"].config, new);
    assert_eq!(
        update(&double, &new, &etag).await,
        (412, Some("PreconditionFailed".to_owned()))
    );
    assert_eq!(
        update(&double, &new, "").await,
        (400, Some("InvalidIfMatchVersion".to_owned()))
    );
}

#[tokio::test]
async fn an_update_is_refused_for_what_cloudfront_refuses() {
    let double = double().await;
    let etag = double.world().distributions["E1"].etag.clone();
    let cases: [(&str, Value, u16, &str); 10] = [
        (
            "/CacheBehaviors/Items/0/TargetOriginId",
            json!("gone"),
            404,
            "NoSuchOrigin",
        ),
        (
            "/OriginGroups/Items/0/Members/Items/1/OriginId",
            json!("gone"),
            404,
            "NoSuchOrigin",
        ),
        ("/Origins/Quantity", json!(3), 400, "InconsistentQuantities"),
        (
            "/Origins/Items/0/S3OriginConfig/OriginAccessIdentity",
            json!("origin-access-identity/cloudfront/OAI"),
            400,
            "IllegalOriginAccessConfiguration",
        ),
        (
            "/Origins/Items/0/OriginAccessControlId",
            json!("gone"),
            400,
            "InvalidOriginAccessControl",
        ),
        (
            "/Origins/Items/0/DomainName",
            json!("a.s3-website-eu-west-1.amazonaws.com"),
            400,
            "InvalidArgument",
        ),
        (
            "/Origins/Items/1/DomainName",
            json!("https://example.com"),
            400,
            "InvalidArgument",
        ),
        ("/Origins/Items/1/Id", json!("a"), 400, "InvalidArgument"),
        (
            "/Origins/Items/1/CustomOriginConfig/HTTPPort",
            json!(81),
            400,
            "InvalidArgument",
        ),
        ("/CallerReference", json!("other"), 400, "IllegalUpdate"),
    ];
    for (pointer, value, status, code) in cases {
        let mut broken = config();
        *broken
            .pointer_mut(pointer)
            .expect("the pointer is in the config") = value;
        assert_eq!(
            update(&double, &broken, &etag).await,
            (status, Some(code.to_owned())),
            "{pointer}"
        );
    }
    assert_eq!(double.world().distributions["E1"].config, config());
}

#[tokio::test]
async fn distributions_are_listed_by_page() {
    let double = double().await;
    double.world().distribution("E2", config());
    double.world().distribution("E3", config()).owner = "999988887777".to_owned();
    let first = cloudfront(&double.endpoint(), "GET", "distribution?MaxItems=1")
        .send()
        .await;
    assert_eq!(
        (
            first.element("IsTruncated").as_deref(),
            first.element("NextMarker").as_deref()
        ),
        (Some("true"), Some("E1"))
    );
    assert!(
        first.text().contains("<DistributionSummary><Id>E1</Id>"),
        "{}",
        first.text()
    );
    let second = cloudfront(
        &double.endpoint(),
        "GET",
        "distribution?MaxItems=1&Marker=E1",
    )
    .send()
    .await;
    assert_eq!(
        (
            second.element("IsTruncated").as_deref(),
            second.element("Id").as_deref()
        ),
        (Some("false"), Some("E2"))
    );
    assert_eq!(
        cloudfront(&double.endpoint(), "GET", "distribution?MaxItems=101")
            .send()
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn origin_access_is_answered() {
    let double = double().await;
    let at = double.endpoint();
    let control = cloudfront(&at, "GET", "origin-access-control/OAC")
        .send()
        .await;
    assert_eq!(
        control.element("OriginAccessControlOriginType").as_deref(),
        Some("s3")
    );
    let identity = cloudfront(&at, "GET", "origin-access-identity/cloudfront/OAI")
        .send()
        .await;
    assert_eq!(
        identity.element("S3CanonicalUserId").map(|id| id.len()),
        Some(64)
    );
    for (path, code) in [
        ("origin-access-control/X", "NoSuchOriginAccessControl"),
        (
            "origin-access-identity/cloudfront/X",
            "NoSuchCloudFrontOriginAccessIdentity",
        ),
    ] {
        let missing = cloudfront(&at, "GET", path).send().await;
        assert_eq!(
            (missing.status, missing.element("Code").as_deref()),
            (404, Some(code))
        );
    }
    double.world().fault(Fault::new(
        "cloudfront:GetOriginAccessControl",
        FaultKind::Deny,
    ));
    let denied = cloudfront(&at, "GET", "origin-access-control/OAC")
        .send()
        .await;
    assert_eq!(
        (denied.status, denied.element("Code").as_deref()),
        (403, Some("AccessDenied"))
    );
    assert!(
        denied
            .text()
            .contains("arn:aws:cloudfront::111122223333:origin-access-control/OAC")
    );
}

#[tokio::test]
async fn what_is_unsigned_or_unknown_is_noticed() {
    let double = double().await;
    let at = double.endpoint();
    let unsigned = Ask::new(&at, "GET", "/2020-05-31/distribution/E1")
        .send()
        .await;
    assert_eq!(
        (unsigned.status, unsigned.element("Code").as_deref()),
        (403, Some("MissingAuthenticationToken"))
    );
    assert_eq!(
        cloudfront(&at, "DELETE", "distribution/E1")
            .send()
            .await
            .status,
        501
    );
    assert_eq!(
        Ask::new(&at, "GET", "/")
            .signed("A", "us-east-1", "ec2")
            .send()
            .await
            .status,
        501
    );
    assert_eq!(double.world().violations.len(), 3);
}
