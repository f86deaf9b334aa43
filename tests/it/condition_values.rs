//! What a policy compares a request with may be a secret that the request carries, such as a header: no
//! form of a report has it, wherever the policy stands and whatever it decides.

use aws_double::{Double, Published};
use clap::ValueEnum as _;
use origin_guard::report::Output;
use serde_json::{Value, json};

use crate::audit::Event;
use crate::command_line::{err, origin_guard, out, with_account};
use crate::stage::{CONDITION_VALUE, Stage, furnish, site};

const KEYS: [&str; 6] = [
    "aws:Referer",
    "aws:UserAgent",
    "aws:PrincipalTag/token",
    "s3:x-amz-meta-token",
    "s3:ExistingObjectTag/token",
    "example:Token",
];

/// A policy whose conditions leave it open who may read, keep readers out, or let nearly in.
fn policies(resource: &str, action: &str, key: &str) -> Vec<Value> {
    let statement = |sid: &str, effect: &str, action: &str, operator: &str| {
        json!({"Sid": sid, "Effect": effect, "Principal": "*", "Action": action, "Resource": resource,
            "Condition": {operator: {key: [CONDITION_VALUE, format!("{CONDITION_VALUE}-${{Stage}}")]}}})
    };
    let policy = |statements: Value| json!({"Version": "2012-10-17", "Statement": statements});
    let all = json!({"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource});
    vec![
        policy(json!([statement("Open", "Allow", action, "StringEquals")])),
        policy(json!([
            all,
            statement("Closed", "Deny", action, "StringNotEquals")
        ])),
        policy(json!([statement(
            "Near",
            "Allow",
            "s3:PutObject",
            "StringLike"
        )])),
        policy(json!([statement("Absent", "Allow", action, "Null")])),
    ]
}

fn forms() -> impl Iterator<Item = String> {
    let names = Output::value_variants().iter();
    names.map(|output| output.to_possible_value().unwrap().get_name().to_owned())
}

#[track_caller]
fn hides(what: &str, text: &str) {
    assert!(!text.contains(CONDITION_VALUE), "{what}:\n{text}");
}

/// Checks a document in every form, and finds what the policy is about in at least one.
#[track_caller]
fn check_in_all_forms(text: &str, expected: &str) {
    let mut said = false;
    for form in forms() {
        let checked = origin_guard(&["check", "--offline", "-", "--output", &form], &[], text);
        let (printed, errors) = (out(&checked), err(&checked));
        assert!(
            checked.status.code().is_some_and(|code| code != 2),
            "{errors}"
        );
        said |= printed.contains(expected);
        hides(&form, &printed);
        hides(&form, &errors);
    }
    assert!(said, "no form is about {expected}");
}

/// A template with the policy on a bucket, on its key and on an access point; and a function whose
/// permission wants a token.
fn template(policy: &Value) -> Value {
    let origin = |id: &str, domain: Value| {
        json!({"Id": id, "DomainName": domain, "OriginAccessControlId": {"Fn::GetAtt": ["Access", "Id"]},
            "S3OriginConfig": {"OriginAccessIdentity": ""}})
    };
    let control = |kind: &str| {
        json!({"Type": "AWS::CloudFront::OriginAccessControl", "Properties": {"OriginAccessControlConfig":
            {"Name": kind, "OriginAccessControlOriginType": kind, "SigningBehavior": "always", "SigningProtocol": "sigv4"}}})
    };
    json!({"Parameters": {"Stage": {"Type": "String"}}, "Resources": {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}},
        "Assets": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "team-assets", "BucketEncryption":
            {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms",
                "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]}}}]}}},
        "AssetsPolicy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Assets"}, "PolicyDocument": policy}},
        "Point": {"Type": "AWS::S3::AccessPoint", "Properties": {"Name": "assets", "Bucket": {"Ref": "Assets"}, "Policy": policy}},
        "Fn": {"Type": "AWS::Lambda::Function", "Properties": {"Role": "r"}},
        "FnUrl": {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "AWS_IAM", "TargetFunctionArn": {"Ref": "Fn"}}},
        "Grant": {"Type": "AWS::Lambda::Permission", "Properties": {"Action": "lambda:InvokeFunctionUrl", "FunctionName":
            {"Ref": "Fn"}, "Principal": "cloudfront.amazonaws.com", "EventSourceToken": CONDITION_VALUE}},
        "Access": control("s3"),
        "FnAccess": control("lambda"),
        "Cdn": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {"Enabled": true,
            "Origins": [
                origin("assets", "team-assets.s3.eu-west-1.amazonaws.com".into()),
                origin("point", json!({"Fn::Sub": "${Point.Alias}.s3.${AWS::Region}.amazonaws.com"})),
                {"Id": "fn", "DomainName": {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": ["FnUrl", "FunctionUrl"]}]}]},
                    "OriginAccessControlId": {"Fn::GetAtt": ["FnAccess", "Id"]},
                    "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}],
            "DefaultCacheBehavior": {"TargetOriginId": "assets", "ViewerProtocolPolicy": "https-only",
                "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}}}},
    }})
}

#[test]
fn no_form_has_the_value_of_a_condition_in_a_template() {
    for (at, key) in KEYS.into_iter().enumerate() {
        let own = policies("*", "*", key);
        // Each kind of statement for the first key, one of them for each other key.
        let some = if at == 0 {
            own.as_slice()
        } else {
            &own[at % own.len()..][..1]
        };
        for policy in some {
            let template = template(policy);
            for text in [
                template.to_string(),
                serde_json::to_string_pretty(&template).unwrap(),
            ] {
                check_in_all_forms(&text, "team-assets");
            }
        }
    }
}

/// A plan with the policy on a bucket.
fn plan(policy: &Value) -> Value {
    let change = |address: &str, after: Value, unknown: Value| {
        let kind = address.split('.').next().unwrap();
        json!({"address": address, "mode": "managed", "type": kind,
            "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown}})
    };
    json!({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {}, "configuration": {},
    "resource_changes": [
        change("aws_s3_bucket.assets", json!({"bucket": "team-assets"}), json!({"id": true})),
        change("aws_s3_bucket_policy.assets", json!({"bucket": "team-assets", "policy": policy.to_string()}), json!({})),
        change("aws_cloudfront_origin_access_control.assets", json!({"name": "assets",
            "origin_access_control_origin_type": "s3", "signing_behavior": "always", "signing_protocol": "sigv4"}),
            json!({"id": true})),
        change("aws_cloudfront_distribution.site", json!({"enabled": true, "origin": [{"origin_id": "assets",
            "domain_name": "team-assets.s3.eu-west-1.amazonaws.com", "origin_access_control_id": "EOAC"}],
            "default_cache_behavior": [{"target_origin_id": "assets", "viewer_protocol_policy": "https-only",
                "cache_policy_id": "p"}]}), json!({"id": true, "arn": true})),
    ]})
}

#[test]
fn no_form_has_the_value_of_a_condition_in_a_plan() {
    for policy in policies("arn:aws:s3:::team-assets/*", "s3:GetObject", KEYS[0]) {
        check_in_all_forms(&plan(&policy).to_string(), "team-assets");
    }
}

#[tokio::test]
async fn no_form_has_the_value_of_a_condition_in_a_bucket_s_policy() {
    for policy in policies("arn:aws:s3:::example-assets/*", "s3:GetObject", KEYS[0]) {
        let double = Double::start().await;
        furnish(&double);
        double
            .world()
            .bucket("example-assets", "eu-west-1")
            .policy(policy);
        for form in forms() {
            let arguments = ["check", "-", "--output", &form];
            let checked = with_account(&double, &arguments, &site().to_string());
            hides(&form, &out(&checked));
            hides(&form, &err(&checked));
        }
    }
}

/// The job's answer, the stored reports, and, when the stage ends, the log.
#[tokio::test]
async fn neither_a_job_nor_what_is_stored_has_the_value_of_a_condition() {
    for policy in policies("arn:aws:s3:::example-assets/*", "s3:GetObject", KEYS[0]) {
        let stage = Stage::new().await;
        stage
            .double
            .world()
            .bucket("example-assets", "eu-west-1")
            .policy(policy);
        let answer = stage.run(stage.job(&site())).await;
        hides("the job's answer", answer.message());
        let stored = stage.stored("");
        assert!(!stored.is_empty());
        for (key, text) in stored {
            hides(&key, &text);
        }
    }
}

/// The notification of an audit, its event on the bus, and what is stored.
#[tokio::test]
async fn neither_a_notification_nor_an_event_has_the_value_of_a_condition() {
    let mut is_about_bucket = false;
    for policy in policies("arn:aws:s3:::example-assets/*", "s3:GetObject", KEYS[0]) {
        let mut stage = Stage::new().await;
        stage.settings.notify_pass = true;
        stage.settings.event_bus = Some("audit".to_owned());
        {
            let mut world = stage.double.world();
            world.bus("audit");
            world.bucket("example-assets", "eu-west-1").policy(policy);
        }
        stage.invoke(Event::update(&site(), "E2").0).await.unwrap();
        let (messages, events) = {
            let world = stage.double.world();
            let texts =
                |it: &Published| [it.subject.clone().unwrap_or_default(), it.message.clone()];
            let messages: Vec<String> = world.published.iter().flat_map(texts).collect();
            let events: Vec<String> = world.events.iter().map(Value::to_string).collect();
            (messages, events)
        };
        assert!(!messages.is_empty() && !events.is_empty());
        for text in messages.iter().chain(&events) {
            is_about_bucket |= text.contains("example-assets");
            hides("what is sent", text);
        }
        for (key, text) in stage.stored("") {
            hides(&key, &text);
        }
    }
    assert!(is_about_bucket);
}
