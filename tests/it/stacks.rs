//! A template for a stack that is deployed, and change sets.

use aws_double::cloudformation::{ChangeSet, ResourceChange, Stack as Deployed};
use serde_json::{Value, json};

use crate::command_line::{err, out, with_account};
use crate::stage::{ACCOUNT, DISTRIBUTION, Stage};

const SITE: &str = include_str!("../fixtures/cloudformation/site.yaml");
const STACK: &str = "arn:aws:cloudformation:eu-west-1:111122223333:stack/site/0f1e";
const CHANGES: &str = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/next/1a2b";

/// The site as it is deployed: its bucket and distribution have names, and its API's domain is an output.
fn deployed(stage: &Stage) {
    let text = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(one, other)| ((*one).to_owned(), (*other).to_owned()))
            .collect()
    };
    let resources = [
        ("Assets", "site-assets-1x2y", "AWS::S3::Bucket"),
        (
            "Control",
            "EASSETSOAC1",
            "AWS::CloudFront::OriginAccessControl",
        ),
        ("Cdn", DISTRIBUTION, "AWS::CloudFront::Distribution"),
    ];
    let stack = Deployed {
        arn: STACK.to_owned(),
        parameters: text(&[("ApiDomain", "api.example.com"), ("Secret", "****")]),
        outputs: text(&[("LoadBalancer", "web-1.eu-west-1.elb.amazonaws.com")]),
        resources: resources
            .map(|(logical, physical, kind)| {
                (logical.to_owned(), physical.to_owned(), kind.to_owned())
            })
            .into(),
    };
    let mut world = stage.double.world();
    world.page_size = 2;
    world.stacks.insert("site".to_owned(), stack);
}

#[tokio::test]
async fn the_deployed_stack_fills_in_what_the_template_leaves_open() {
    let stage = Stage::new().await;
    deployed(&stage);
    let template = SITE.to_owned()
        + "  Web: {Type: \"AWS::ElasticLoadBalancingV2::LoadBalancer\"}\nOutputs: {LoadBalancer: {Value: !GetAtt Web.DNSName}}\n";
    let template = template.replace(
        "            DomainName: !Ref ApiDomain\n",
        "            DomainName: !Sub \"${Web.DNSName}\"\n",
    );
    let parameters = json!({"candidate": "site.yaml", "stack": "site"}).to_string();
    let job = stage.job_with(&parameters, &[("site.yaml", template.as_bytes())]);
    let answer = stage.run(job).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let report = stage.report();
    assert_eq!(report["distribution"]["id"], DISTRIBUTION);
    let domains: Vec<&str> = report["origins"]
        .as_array()
        .unwrap()
        .iter()
        .map(|origin| origin["domainName"].as_str().unwrap())
        .collect();
    assert_eq!(
        domains,
        [
            "site-assets-1x2y.s3.eu-west-1.amazonaws.com",
            "example-media.s3.us-east-1.amazonaws.com",
            "web-1.eu-west-1.elb.amazonaws.com",
        ]
    );
    assert_eq!(report["baseline"]["source"], "live");
}

#[tokio::test]
async fn a_stack_that_is_still_to_be_made_fills_in_nothing() {
    let stage = Stage::new().await;
    let parameters = json!({"candidate": "site.yaml", "stack": "new"}).to_string();
    let job = stage.job_with(&parameters, &[("site.yaml", SITE.as_bytes())]);
    let answer = stage.run(job).await;
    assert!(answer.succeeded(), "{}", answer.message());
    stage.double.world().deny("cloudformation:DescribeStacks");
    let job = stage.job_with(&parameters, &[("site.yaml", SITE.as_bytes())]);
    stage
        .run(job)
        .await
        .fails_with("PermissionError", &["cloudformation:DescribeStacks"]);
}

/// The config of the site's distribution as a change set renders it: every scalar is a text.
fn rendered(bucket: &str, target: &str) -> Value {
    json!({"Properties": {"DistributionConfig": {
        "Enabled": "true",
        "Origins": [
            {"Id": "assets", "DomainName": "{{changeSet:KNOWN_AFTER_APPLY}}", "OriginAccessControlId": "{{changeSet:KNOWN_AFTER_APPLY}}",
             "S3OriginConfig": {"OriginAccessIdentity": ""}},
            {"Id": "media", "DomainName": format!("{bucket}.s3.us-east-1.amazonaws.com"), "OriginAccessControlId": "EASSETSOAC1",
             "S3OriginConfig": {"OriginAccessIdentity": ""}, "ConnectionAttempts": "3"},
        ],
        "DefaultCacheBehavior": {"TargetOriginId": "assets", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "p"},
        "CacheBehaviors": [{"PathPattern": "/media/*", "TargetOriginId": target, "ViewerProtocolPolicy": "https-only", "CachePolicyId": "p"}],
    }}})
}

fn change_set(stage: &Stage, bucket: &str, target: &str) {
    let change =
        |action: &str, logical: &str, physical: &str, kind: &str, before: &Value, after: &Value| {
            let text = |value: &Value| {
                if value.is_null() {
                    String::new()
                } else {
                    value.to_string()
                }
            };
            ResourceChange {
                action: action.to_owned(),
                logical_id: logical.to_owned(),
                physical_id: physical.to_owned(),
                kind: kind.to_owned(),
                before: text(before),
                after: text(after),
            }
        };
    let before = rendered("example-media", "media");
    let set = ChangeSet {
        arn: CHANGES.to_owned(),
        stack: "site".to_owned(),
        status: "CREATE_COMPLETE".to_owned(),
        changes: vec![
            change(
                "Remove",
                "Old",
                "EOLD",
                "AWS::CloudFront::Distribution",
                &before,
                &Value::Null,
            ),
            change(
                "Add",
                "Logs",
                "",
                "AWS::S3::Bucket",
                &Value::Null,
                &json!({"Properties": {"BucketName": "example-logs-new"}}),
            ),
            change(
                "Modify",
                "Cdn",
                DISTRIBUTION,
                "AWS::CloudFront::Distribution",
                &before,
                &rendered(bucket, target),
            ),
        ],
    };
    stage
        .double
        .world()
        .change_sets
        .insert(CHANGES.to_owned(), set);
}

#[tokio::test]
async fn a_change_set_is_judged_as_cloudformation_has_rendered_it() {
    let mut stage = Stage::new().await;
    stage.settings.report_bucket = None;
    deployed(&stage);
    change_set(&stage, "example-media", "media");
    let judge = async |parameters: Value| {
        let job = stage
            .double
            .world()
            .job(Some(&parameters.to_string()), None);
        stage.run(job).await
    };
    let answer = judge(json!({"changeSet": CHANGES})).await;
    assert!(answer.succeeded(), "{}", answer.message());
    change_set(&stage, "example-media-v2", "medja");
    let answer = judge(json!({"changeSet": "next", "stack": "site"})).await;
    answer.fails_with(
        "JobFailed",
        &[
            "origin `media` points at bucket `example-media-v2`, which does not exist",
            "targets origin `medja`",
            "did you mean `media`?",
        ],
    );
    let answer = judge(json!({"changeSet": "other", "stack": "site"})).await;
    answer.fails_with("RevisionUnavailable", &["there is no change set `other`"]);
    for (status, failure) in [
        ("CREATE_IN_PROGRESS", "SystemUnavailable"),
        ("FAILED", "ConfigurationError"),
    ] {
        stage
            .double
            .world()
            .change_sets
            .get_mut(CHANGES)
            .unwrap()
            .status = status.to_owned();
        judge(json!({"changeSet": CHANGES}))
            .await
            .fails_with(failure, &["change set"]);
    }
    stage
        .double
        .world()
        .deny("cloudformation:DescribeChangeSet");
    let answer = judge(json!({"changeSet": CHANGES})).await;
    answer.fails_with("PermissionError", &["cloudformation:DescribeChangeSet"]);
}

/// Each page has a bound, and all of them together have one.
#[tokio::test]
async fn a_change_set_of_more_than_is_read_ends_in_one_clear_error() {
    let bucket = |at: usize, text: &str| ResourceChange {
        action: "Add".to_owned(),
        logical_id: format!("B{at}"),
        physical_id: String::new(),
        kind: "AWS::S3::Bucket".to_owned(),
        before: String::new(),
        after: text.to_owned(),
    };
    let small = json!({"Properties": {}}).to_string();
    let large = json!({"Properties": {"Tags": "x".repeat(100_000)}}).to_string();
    let valued = json!({"Properties": {"Tags": vec![1; 2_000]}}).to_string();
    for (count, text, says) in [
        (1_001, &small, "has more than 1000 changes"),
        (50, &large, "has more than 4 MB of properties"),
        (60, &valued, "more than 100000 values"),
    ] {
        let stage = Stage::new().await;
        deployed(&stage);
        change_set(&stage, "example-media", "media");
        {
            let mut world = stage.double.world();
            world.page_size = 20;
            let set = world.change_sets.get_mut(CHANGES).unwrap();
            set.changes.extend((0..count).map(|at| bucket(at, text)));
        }
        let parameters = json!({"changeSet": CHANGES}).to_string();
        let job = stage.double.world().job(Some(&parameters), None);
        let answer = stage.run(job).await;
        answer.fails_with("ConfigurationError", &[says, "in several change sets"]);
    }
}

#[tokio::test]
async fn a_change_set_is_held_to_the_contract_and_the_baseline_of_the_artifact() {
    let stage = Stage::new().await;
    deployed(&stage);
    change_set(&stage, "example-media", "media");
    let judge = async |parameters: Value, contract: &str| {
        let old = crate::stage::site().to_string();
        let files = [
            ("cdn/contract.yaml", contract.as_bytes()),
            ("old.json", old.as_bytes()),
        ];
        stage
            .run(stage.job_with(&parameters.to_string(), &files))
            .await
    };
    let parameters = json!({"changeSet": CHANGES, "contract": "cdn/contract.yaml"});
    let answer = judge(parameters.clone(), "behaviors: {'/media/*': media}").await;
    assert!(answer.succeeded(), "{}", answer.message());
    let answer = judge(parameters, "behaviors: {'/media/*': assets}").await;
    answer.fails_with("JobFailed", &["behavior-contract-mismatch"]);
    let missing = json!({"changeSet": CHANGES, "contract": "contract.yaml"});
    let answer = judge(missing, "{}").await;
    answer.fails_with("RevisionUnavailable", &["no file `contract.yaml`"]);
    stage
        .double
        .world()
        .buckets
        .get_mut(crate::stage::REPORTS)
        .unwrap()
        .objects
        .clear();
    let parameters = json!({"changeSet": CHANGES, "baseline": "SourceOutput::old.json"});
    judge(parameters, "{}").await;
    assert_eq!(stage.report()["baseline"]["source"], "artifact");
    let job = stage.double.world().job(
        Some(&json!({"changeSet": CHANGES, "contract": "cdn/contract.yaml"}).to_string()),
        None,
    );
    stage.run(job).await.fails_with(
        "RevisionUnavailable",
        &["`cdn/contract.yaml`", "no input artifact"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn stacks_and_change_sets_are_judged_from_a_terminal() {
    let stage = Stage::new().await;
    deployed(&stage);
    change_set(&stage, "example-gone", "media");
    let double = &stage.double;
    let output = with_account(
        double,
        &["check", "--change-set", CHANGES, "--output", "json"],
        "",
    );
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let report: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(report["candidate"]["format"], "change-set");
    assert_eq!(report["baseline"]["source"], "change-set");
    assert_eq!(report["changes"][0]["what"], "origin `media`: domain");
    let arguments = [
        "check",
        "tests/fixtures/cloudformation/site.yaml",
        "--stack",
        STACK,
        "--output",
        "json",
    ];
    let output = with_account(double, &arguments, "");
    let report: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(report["distribution"]["id"], DISTRIBUTION, "{ACCOUNT}");
    let output = with_account(double, &["check", arguments[1], "--stack", "none"], "");
    assert!(
        err(&output).contains("there is no stack `none`"),
        "{}",
        err(&output)
    );
}
