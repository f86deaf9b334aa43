//! A pipeline's artifact holds templates.

use serde_json::{Value, json};

use crate::command_line::{err, origin_guard, out};
use crate::stage::{ACCOUNT, Answer, DISTRIBUTION, Stage};

const SITE: &str = include_str!("../fixtures/cloudformation/site.yaml");
const VALUES: &str = r#"{"Parameters": {"ApiDomain": "api.example.com"}}"#;

async fn judge(stage: &Stage, parameters: Value, files: &[(&str, &str)]) -> Answer {
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, content)| (*name, content.as_bytes()))
        .collect();
    stage
        .run(stage.job_with(&parameters.to_string(), &files))
        .await
}

async fn judge_site(stage: &Stage, template: &str) -> Answer {
    let parameters = json!({"candidate": "site.yaml", "parameters": "prod.json"});
    let files = [("site.yaml", template), ("prod.json", VALUES)];
    judge(stage, parameters, &files).await
}

fn line_of(template: &str, text: &str) -> usize {
    let at = template.lines().position(|line| line.contains(text));
    at.unwrap() + 1
}

#[tokio::test]
async fn a_healthy_template_passes_with_what_it_makes_itself() {
    let stage = Stage::new().await;
    let answer = judge_site(&stage, SITE).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let report = stage.report();
    assert_eq!(report["candidate"]["format"], "cloudformation");
    assert_eq!(report["candidate"]["resource"], "Cdn");
    assert_eq!(report["distribution"]["name"], "Cdn");
    assert_eq!(report["origins"][0]["bucket"], "${Assets}");
    let unknowns = report["unknowns"].as_array().unwrap();
    // The function does not ask the network unless a setting says so.
    assert_eq!(unknowns.len(), 1, "{unknowns:#?}");
    assert_eq!(unknowns[0]["subject"], "api.example.com");
    assert_eq!(report["origins"][0]["status"], "ok");
    // S3 need not be asked about a bucket that the template makes.
    let calls = &report["cost"]["awsCalls"];
    assert_eq!(calls["s3:GetBucketPolicy"], 1, "{calls}");
}

#[tokio::test]
async fn the_format_is_the_candidate_s_not_the_baseline_s() {
    let stage = Stage::new().await;
    let live = include_str!("../fixtures/site.json");
    let parameters = json!({"candidate": "site.yaml", "format": "cloudformation",
        "distribution": DISTRIBUTION, "baseline": "live.json"});
    judge(
        &stage,
        parameters,
        &[("site.yaml", SITE), ("live.json", live)],
    )
    .await;
    assert_eq!(stage.report()["baseline"]["source"], "artifact");
    let arguments = [
        "check",
        "tests/fixtures/cloudformation/site.yaml",
        "--offline",
        "--input-format",
        "cloudformation",
        "--baseline",
        "tests/fixtures/site.json",
        "--output",
        "json",
    ];
    let output = origin_guard(&arguments, &[], "");
    let report: Value =
        serde_json::from_str(&out(&output)).unwrap_or_else(|_| panic!("{}", err(&output)));
    assert_eq!(report["baseline"]["source"], "file");
}

#[tokio::test]
async fn a_broken_template_is_refused_at_its_lines() {
    let stage = Stage::new().await;
    let template = SITE
        .replace("example-media.s3", "example-media-v2.s3")
        .replace("TargetOriginId: api", "TargetOriginId: api-v1");
    let answer = judge_site(&stage, &template).await;
    let bucket = line_of(&template, "example-media-v2");
    let target = line_of(&template, "TargetOriginId: api-v1");
    answer.fails_with(
        "JobFailed",
        &[
            "origin `media` points at bucket `example-media-v2`, which does not exist",
            &format!("site.yaml:{bucket}:27"),
            "targets origin `api-v1`, which the candidate does not define",
            &format!("site.yaml:{target}:29"),
        ],
    );
    assert_eq!(
        stage.report()["findings"][0]["location"]["pointer"],
        "/Resources/Cdn/Properties/DistributionConfig/Origins/1/Fn::If/1/DomainName"
    );
}

#[tokio::test]
async fn a_grant_that_the_template_drops_is_missed() {
    let stage = Stage::new().await;
    let template = SITE.replace("Action: s3:GetObject", "Action: s3:PutObject");
    let answer = judge_site(&stage, &template).await;
    answer.fails_with("JobFailed", &["ungranted-bucket-access", "${Assets}"]);
}

#[tokio::test]
async fn a_policy_for_a_distribution_of_another_stack_is_undecided() {
    let stage = Stage::new().await;
    let template = SITE
        .replace("distribution/${Cdn}", "distribution/${Other}")
        .replacen("Parameters:\n", "Parameters:\n  Other: {Type: String}\n", 1);
    assert!(template.contains("Other: {"), "{template}");
    let answer = judge_site(&stage, &template).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let unknowns = stage.report()["unknowns"].to_string();
    assert!(
        unknowns.contains("StringEquals AWS:SourceArn"),
        "{unknowns}"
    );
}

#[tokio::test]
async fn the_distribution_that_is_deployed_already_lends_its_id() {
    let stage = Stage::new().await;
    let parameters = json!({"candidate": "site.yaml", "parameters": ["prod.json"], "distribution": DISTRIBUTION,
        "baseline": "live", "format": "cloudformation"});
    let files = [("site.yaml", SITE), ("prod.json", VALUES)];
    let answer = judge(&stage, parameters, &files).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let report = stage.report();
    assert_eq!(report["distribution"]["id"], DISTRIBUTION);
    assert_eq!(report["baseline"]["source"], "live");
    assert_ne!(report["changes"], json!([]));
}

#[tokio::test]
async fn without_its_parameters_a_template_is_judged_as_far_as_it_is_decided() {
    let stage = Stage::new().await;
    let answer = judge(
        &stage,
        json!({"candidate": "site.yaml"}),
        &[("site.yaml", SITE)],
    )
    .await;
    assert!(answer.succeeded(), "{}", answer.message());
    let unknowns = stage.report()["unknowns"].to_string();
    assert!(unknowns.contains("${ApiDomain}"), "{unknowns}");
}

/// A template with a distribution of this name, whose target is right or not.
fn small(name: &str, target: &str) -> String {
    json!({"Resources": {name: {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {
        "Enabled": true,
        "Origins": [{"Id": "media", "DomainName": "example-media.s3.us-east-1.amazonaws.com",
            "OriginAccessControlId": "EASSETSOAC1", "S3OriginConfig": {"OriginAccessIdentity": ""}}],
        "DefaultCacheBehavior": {"TargetOriginId": target, "ViewerProtocolPolicy": "https-only", "CachePolicyId": "p"}}}}}})
    .to_string()
}

#[tokio::test]
async fn each_distribution_of_an_assembly_is_judged() {
    let stage = Stage::new().await;
    let files = [
        ("cdk.out/manifest.json", "{}".to_owned()),
        ("cdk.out/A.template.json", small("Shop", "media")),
        (
            "cdk.out/B.template.json",
            json!({"Resources": {}}).to_string(),
        ),
        (
            "cdk.out/assembly-prod/C.template.json",
            small("Blog", "medja"),
        ),
    ];
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let answer = judge(&stage, json!({"candidate": "cdk.out"}), &files).await;
    answer.fails_with(
        "JobFailed",
        &[
            "1 of 2 distributions must not be deployed; Blog is blocked",
            "did you mean `media`?",
        ],
    );
    let document = stage.report();
    assert_eq!(document["verdict"], "block");
    let verdicts: Vec<(&str, &str)> = document["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["candidate"]["resource"].as_str().unwrap(),
                it["verdict"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(verdicts, [("Shop", "pass"), ("Blog", "block")]);
    // One bucket, however many distributions use it.
    assert_eq!(
        document["reports"][0]["cost"]["awsCalls"]["s3:GetBucketPolicy"],
        1
    );

    let answer = judge(
        &stage,
        json!({"candidate": "cdk.out", "resource": "Shop"}),
        &files,
    )
    .await;
    assert!(answer.succeeded(), "{}", answer.message());
    let answer = judge(
        &stage,
        json!({"candidate": "cdk.out", "resource": "Blug"}),
        &files,
    )
    .await;
    answer.fails_with(
        "ConfigurationError",
        &["only Shop, Blog; did you mean `Blog`?"],
    );
    let both = json!({"candidate": "cdk.out", "distribution": DISTRIBUTION});
    let answer = judge(&stage, both, &files).await;
    answer.fails_with("ConfigurationError", &["has 2 distributions: Shop, Blog"]);
}

#[tokio::test]
async fn a_template_that_cannot_be_resolved_says_where() {
    let stage = Stage::new().await;
    for (template, part) in [
        (
            SITE.replace("!Ref ApiDomain", "!Reff ApiDomain"),
            "there is no function `Fn::Reff`",
        ),
        (
            SITE.replace("!Equals [!Ref Stage, prod]", "!Not [!Condition IsProd]"),
            "the condition `IsProd` depends on itself",
        ),
        (
            SITE.replace("Resources:", "Rezources:"),
            "has no distribution",
        ),
        (
            SITE.replace("Enabled: true", "Enabled: ["),
            "it is not YAML",
        ),
    ] {
        let answer = judge_site(&stage, &template).await;
        answer.fails_with("ConfigurationError", &[part, "site.yaml"]);
    }
    let answer = judge(
        &stage,
        json!({"candidate": "site.yaml", "parameters": "prod.json"}),
        &[("site.yaml", SITE), ("prod.json", "5")],
    )
    .await;
    answer.fails_with("ConfigurationError", &["the parameter file `prod.json`"]);
}

#[test]
fn a_template_may_come_by_standard_input() {
    let output = crate::command_line::origin_guard(&["check", "--offline", "-"], &[], SITE);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        crate::command_line::err(&output)
    );
    assert!(crate::command_line::out(&output).starts_with("Cdn passes"));
}

#[tokio::test]
async fn the_account_is_known_in_the_template() {
    let stage = Stage::new().await;
    let template = SITE.replace("example-media.s3", "example-${AWS::AccountId}.s3");
    let answer = judge_site(&stage, &template).await;
    answer.fails_with(
        "JobFailed",
        &[&format!("bucket `example-{ACCOUNT}`, which does not exist")],
    );
}

/// A Terraform plan for an origin with this domain, and a behavior with this target.
fn plan(domain: &str, target: &str) -> String {
    let origin = json!({"origin_id": "media", "domain_name": domain, "origin_access_control_id": "EASSETSOAC1"});
    let after = json!({"enabled": true, "origin": [origin],
        "default_cache_behavior": [{"target_origin_id": target, "viewer_protocol_policy": "https-only", "cache_policy_id": "p"}]});
    let before = json!({"id": DISTRIBUTION, "origin": [{"origin_id": "gone", "domain_name": "gone.example.com",
        "custom_origin_config": [{"origin_protocol_policy": "https-only"}]}],
        "default_cache_behavior": [{"target_origin_id": "gone"}]});
    json!({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {}, "configuration": {},
        "resource_changes": [{"address": "module.site.aws_cloudfront_distribution.cdn", "mode": "managed",
            "type": "aws_cloudfront_distribution", "change": {"actions": ["update"], "before": before, "after": after, "after_unknown": {}}}]})
    .to_string()
}

#[tokio::test]
async fn a_terraform_plan_is_judged_with_its_own_baseline() {
    let mut stage = Stage::new().await;
    stage.settings.report_bucket = None;
    let judge_plan = async |domain: &str, target: &str| {
        let files = [("plan.json", plan(domain, target))];
        let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
        judge(
            &stage,
            json!({"candidate": "plan.json", "format": "terraform-plan"}),
            &files,
        )
        .await
    };
    let answer = judge_plan("example-media.s3.us-east-1.amazonaws.com", "media").await;
    assert!(answer.succeeded(), "{}", answer.message());
    let answer = judge_plan("example-media-v2.s3.us-east-1.amazonaws.com", "gone").await;
    answer.fails_with(
        "JobFailed",
        &[
            "bucket `example-media-v2`, which does not exist",
            "plan.json module.site.aws_cloudfront_distribution.cdn.origin[0].domain_name",
            "targets origin `gone`, which the candidate does not define",
        ],
    );
}

/// One distribution in SAM whose default target is no origin, though a domain is another
/// distribution's.
#[tokio::test]
async fn a_target_outside_the_list_is_found_before_the_deployment() {
    let template = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - {Id: proxy-to-react-project, DomainName: !GetAtt React.DomainName, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
          - {Id: proxy-to-backend-orm, DomainName: staging.mywebsite.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
        DefaultCacheBehavior: {TargetOriginId: proxy-to-react, ViewerProtocolPolicy: https-only, CachePolicyId: p}
";
    let stage = Stage::new().await;
    let answer = judge(
        &stage,
        json!({"candidate": "template.yaml"}),
        &[("template.yaml", template)],
    )
    .await;
    answer.fails_with(
        "JobFailed",
        &[
            "targets origin `proxy-to-react`, which the candidate does not define",
            "did you mean `proxy-to-react-project`?",
            "template.yaml:12:",
        ],
    );
    let unknowns = stage.report()["unknowns"].to_string();
    assert!(unknowns.contains("${React.DomainName}"), "{unknowns}");
}

/// A module computes the target from another bucket, or from the key of a map in the place of the
/// `origin_id`.
#[tokio::test]
async fn a_target_that_a_module_computes_wrongly_is_found_in_the_plan() {
    let stage = Stage::new().await;
    for target in ["terraform-state", "mymaps"] {
        let text = plan("example-media.s3.us-east-1.amazonaws.com", target);
        let answer = judge(
            &stage,
            json!({"candidate": "plan.json"}),
            &[("plan.json", &text)],
        )
        .await;
        answer.fails_with(
            "JobFailed",
            &[&format!("targets origin `{target}`"), "`media`"],
        );
    }
}
