//! `origin-guard trace`: a path through files of every form, and through what is live.

use aws_double::Double;
use serde_json::Value;

use crate::command_line::{err, origin_guard, out, with_account};
use crate::stage::{DISTRIBUTION, HEADER_VALUE, furnish, site};

/// A template whose own policy grants objects and not the list of keys.
const TEMPLATE: &str = r#"
Resources:
  Assets: {Type: AWS::S3::Bucket, Properties: {BucketName: example-assets}}
  Control:
    Type: AWS::CloudFront::OriginAccessControl
    Properties:
      OriginAccessControlConfig:
        {Name: c, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Assets
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: cloudfront.amazonaws.com}
            Action: s3:GetObject
            Resource: !Sub ${Assets.Arn}/*
            Condition: {StringEquals: {AWS:SourceArn: !Sub "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}"}}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - Id: assets
            DomainName: !GetAtt Assets.RegionalDomainName
            OriginAccessControlId: !GetAtt Control.Id
            S3OriginConfig: {OriginAccessIdentity: ""}
        DefaultCacheBehavior:
          TargetOriginId: assets
          ViewerProtocolPolicy: redirect-to-https
          CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
"#;

fn json(output: &std::process::Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", err(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_file_is_traced_without_an_account() {
    let arguments = ["trace", "-", "/", "/api/users?id=1", "/docs/"];
    let output = origin_guard(&arguments, &[], &site().to_string());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    for line in [
        "GET /\n  read as   /index.html\n",
        "    asks    https://api.origin.example.com/api/users",
        "    adds    X-Origin-Verify",
        "`docs/index.html` is not served for `docs/`",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains(HEADER_VALUE));
}

#[test]
fn without_a_path_each_behavior_gets_one() {
    let output = origin_guard(&["trace", "-"], &[], &site().to_string());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    let requests: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("GET "))
        .collect();
    assert_eq!(
        requests,
        ["GET /api/example", "GET /media/example", "GET /example"]
    );
    let shadowed = site().to_string().replace("\"/media/*\"", "\"/api/b/*\"");
    let noted = err(&origin_guard(&["trace", "-"], &[], &shadowed));
    assert_eq!(
        noted,
        "note: no path was found that only cache behavior 1 `/api/b/*` gets\n"
    );
}

#[test]
fn what_a_template_grants_decides_between_a_missing_key_and_a_denial() {
    let arguments = ["trace", "-", "docs/a.html", "--output", "json"];
    let traced = json(&origin_guard(&arguments, &[], TEMPLATE));
    assert_eq!(traced["schemaVersion"], "1");
    assert_eq!(traced["resource"], "Site");
    let request = &traced["traces"][0]["target"]["request"];
    assert_eq!(request["object"]["key"], "docs/a.html");
    let answers = request["answers"].as_array().unwrap();
    let statuses: Vec<&Value> = answers.iter().map(|answer| &answer["status"]).collect();
    assert_eq!(
        statuses,
        [&Value::from(200), &Value::from(403)],
        "{answers:?}"
    );
    let when = answers[1]["when"].as_str().unwrap();
    assert!(when.contains("s3:ListBucket is not granted"), "{when}");
}

#[test]
fn method_and_host_are_those_of_the_viewer() {
    let config = site().to_string();
    let arguments = [
        "trace",
        "-",
        "/",
        "--method",
        "DELETE",
        "--host",
        "other.example.com",
    ];
    let text = out(&origin_guard(&arguments, &[], &config));
    assert!(text.starts_with("DELETE other.example.com/\n"), "{text}");
    assert!(text.contains("and not DELETE"), "{text}");
    assert!(
        text.contains("`other.example.com` is not an alternate domain name"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_live_is_traced_with_what_the_buckets_grant() {
    let double = Double::start().await;
    furnish(&double);
    for name in [DISTRIBUTION, "www.example.com"] {
        let arguments = ["trace", name, "/docs/a.html", "--output", "json"];
        let traced = json(&with_account(&double, &arguments, ""));
        assert_eq!(traced["distribution"], DISTRIBUTION);
        let primary = &traced["traces"][0]["target"]["members"][0];
        assert_eq!(primary["origin"], "assets");
        let answers = primary["answers"].as_array().unwrap();
        let codes: Vec<&Value> = answers.iter().map(|answer| &answer["code"]).collect();
        assert_eq!(
            codes,
            [&Value::Null, &Value::from("AccessDenied")],
            "{answers:?}"
        );
    }
    double.world().buckets.remove("example-assets");
    let text = out(&with_account(
        &double,
        &["trace", DISTRIBUTION, "/a.html"],
        "",
    ));
    assert!(
        text.contains("404 NoSuchBucket: there is no bucket `example-assets`"),
        "{text}"
    );
}

#[test]
fn what_the_edge_answered_is_read_beside_the_trace() {
    let denied = "HTTP/2 403\r\nserver: AmazonS3\r\n\r\n<Error><Code>AccessDenied</Code><RequestId>1</RequestId></Error>";
    let gone = "HTTP/2 404\r\nserver: AmazonS3\r\n\r\n<Error><Code>NoSuchBucket</Code>\
                <BucketName>example-assets</BucketName></Error>";
    let unreachable =
        "HTTP/2 502\r\nserver: CloudFront\r\n\r\n<HTML>Generated by cloudfront (CloudFront)</HTML>";
    let template =
        std::env::temp_dir().join(format!("origin-guard-trace-{}.yaml", std::process::id()));
    std::fs::write(&template, TEMPLATE).unwrap();
    let template = template.to_str().unwrap();
    for (answer, code, outcome) in [
        (denied, 0, "reached"),
        (gone, 1, "bucket-gone"),
        (unreachable, 1, "origin-unreachable"),
        ("HTTP/2 403\r\n\r\n", 3, "could-not-be-checked"),
    ] {
        let arguments = [
            "trace", template, "/a.js", "--answer", "-", "--output", "json",
        ];
        let output = origin_guard(&arguments, &[], answer);
        assert_eq!(output.status.code(), Some(code), "{answer}");
        let traced: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(traced["answered"]["proof"]["outcome"], outcome, "{answer}");
        let text = out(&origin_guard(&arguments[..5], &[], answer));
        assert!(text.contains("  answered  "), "{text}");
    }
}

#[test]
fn what_cannot_be_traced_is_a_usage_error() {
    let config = site().to_string();
    for (arguments, words) in [
        (vec!["trace"], "<CONFIG>"),
        (vec!["trace", "x.json", "--answer", "-"], "give one path"),
        (vec!["trace", "-", "/", "--method", "FETCH"], "FETCH"),
        (
            vec!["trace", "-", "/", "--answer", "-"],
            "standard input is either",
        ),
        (
            vec!["trace", "x.json", "/", "/a", "--answer", "-"],
            "give one path",
        ),
        (vec!["trace", "x.json", "/", "--answer", "-"], "status line"),
        (vec!["trace", "missing.json", "/"], "missing.json"),
        (
            vec!["trace", DISTRIBUTION, "/", "--resource", "Site"],
            "--resource is for files",
        ),
        (vec!["trace", DISTRIBUTION, "/"], "AWS credentials"),
    ] {
        let output = origin_guard(&arguments, &[], &config);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            err(&output).contains(words),
            "{arguments:?}: {}",
            err(&output)
        );
    }
}
