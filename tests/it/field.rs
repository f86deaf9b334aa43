//! What people published about their CloudFront origins, reduced to inputs (`tests/fixtures/field`), and
//! what is right about each. `field_kinds.rs` has more inputs of the same kinds.

use std::process::Output;

use aws_double::Double;
use origin_guard::guard::Failure;
use serde_json::Value;

use crate::command_line::{err, origin_guard, with_account};
use crate::stage::Stage;

/// What came of a check.
pub(crate) struct Judged {
    pub(crate) code: Option<i32>,
    pub(crate) reports: Vec<Value>,
}

pub(crate) fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/field/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn json(name: &str) -> Value {
    let text = std::fs::read_to_string(fixture(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Checks a fixture without an account.
pub(crate) fn offline(name: &str, options: &[&str]) -> Judged {
    let file = fixture(name);
    let arguments = ["check", "--offline", "--output", "json", &file];
    judged(&origin_guard(&[&arguments[..], options].concat(), &[], ""))
}

/// Checks a text without an account.
pub(crate) fn offline_text(text: &str, options: &[&str]) -> Judged {
    let arguments = ["check", "--offline", "--output", "json", "-"];
    judged(&origin_guard(
        &[&arguments[..], options].concat(),
        &[],
        text,
    ))
}

/// Checks a fixture in the account that a scenario describes.
pub(crate) async fn online(world: &str, name: &str, options: &[&str]) -> Judged {
    let double = Double::start().await;
    double.world().merge(&json(world)).unwrap();
    let file = fixture(name);
    let arguments = ["check", "--output", "json", &file];
    judged(&with_account(
        &double,
        &[&arguments[..], options].concat(),
        "",
    ))
}

/// What a check printed as JSON.
pub(crate) fn judged(output: &Output) -> Judged {
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", err(output)));
    let reports = match report.get("reports").and_then(Value::as_array) {
        Some(reports) => reports.clone(),
        None => vec![report],
    };
    Judged {
        code: output.status.code(),
        reports,
    }
}

impl Judged {
    fn each<'a>(&'a self, list: &'a str) -> impl Iterator<Item = &'a Value> {
        let lists = self
            .reports
            .iter()
            .filter_map(move |it| it[list].as_array());
        lists.flatten()
    }

    /// Severity and rule of each finding, in the order of the report.
    pub(crate) fn findings(&self) -> Vec<String> {
        let word = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
        self.each("findings")
            .map(|it| format!("{} {}", word(it, "severity"), word(it, "rule")))
            .collect()
    }

    /// Those that block.
    pub(crate) fn errors(&self) -> Vec<String> {
        let mut findings = self.findings();
        findings.retain(|it| it.starts_with("error "));
        findings
    }

    /// The facts that are not known.
    pub(crate) fn unknown(&self) -> Vec<&str> {
        self.each("unknowns")
            .map(|it| it["fact"].as_str().unwrap())
            .collect()
    }

    /// Message and remedy of the first finding.
    #[track_caller]
    pub(crate) fn first(&self) -> (&str, &str) {
        let first = self.each("findings").next().expect("a finding");
        let text = |key: &str| first[key].as_str().unwrap();
        (text("message"), text("remediation"))
    }

    /// All of it, in which a secret would be.
    pub(crate) fn whole(&self) -> String {
        self.reports.iter().map(Value::to_string).collect()
    }
}

/// An event of CloudTrail in the account that a scenario describes: the answer, and what was posted.
async fn audited(world: &str, event: &str) -> (Result<Value, Failure>, String) {
    let stage = Stage::new().await;
    stage.double.world().merge(&json(world)).unwrap();
    let answer = stage.invoke(json(event)).await;
    let posted = stage.double.world().published[0].message.clone();
    (answer, posted)
}

#[test]
fn the_website_endpoint_of_a_region_without_a_bucket_is_an_error() {
    for name in ["with-a-dot.json", "with-a-dash.json", "plan.json"] {
        let judged = offline(&format!("website-of-no-bucket/{name}"), &[]);
        let found = ["error unsupported-s3-endpoint", "info unencrypted-origin"];
        assert_eq!(judged.findings(), found, "{name}");
        assert_eq!(judged.code, Some(1));
        let (message, remedy) = judged.first();
        assert!(message.contains("without a bucket"), "{message}");
        assert!(remedy.contains("`BUCKET.s3-website"), "{remedy}");
    }
}

#[test]
fn an_origin_id_of_128_characters_passes_and_a_longer_one_does_not() {
    let long = offline("long-origin-id/template-129.json", &[]);
    assert_eq!(long.errors(), ["error oversized-origin-id"]);
    assert_eq!(long.code, Some(1));
    let longest = offline("long-origin-id/template-128.json", &[]);
    assert_eq!((longest.findings(), longest.code), (Vec::new(), Some(0)));
}

#[tokio::test]
async fn a_refusal_of_a_long_origin_id_names_the_origin() {
    let (answer, posted) = audited("update/world.json", "long-origin-id/refused.json").await;
    assert_eq!(answer.unwrap()["verdict"], "block");
    assert!(posted.contains("error[oversized-origin-id]"), "{posted}");
    assert!(
        posted.contains("CloudFront said: The parameter originId is too big."),
        "{posted}"
    );
    assert!(!posted.contains("probably not the cause"), "{posted}");
    assert!(!posted.contains(" passes"), "{posted}");
}

#[test]
fn the_viewers_host_at_an_api_and_at_a_function_url_is_found() {
    let judged = offline("viewer-host-to-api/config.json", &[]);
    let found = [
        "error viewer-host-to-aws-service",
        "warning viewer-host-to-aws-service",
    ];
    assert_eq!(judged.findings(), found);
    let template = offline(
        "viewer-host-to-api/template.yaml",
        &["--parameters", "AWS::Region=eu-west-1"],
    );
    assert_eq!(template.findings(), ["warning viewer-host-to-aws-service"]);
    assert!(template.first().1.contains("AllViewerExceptHostHeader"));
}

#[tokio::test]
async fn a_web_function_takes_its_access_control() {
    for name in ["regional.json", "global.json", "template.yaml"] {
        let name = format!("lambda-web-function/{name}");
        for judged in [
            offline(&name, &[]),
            online("lambda-web-function/world.json", &name, &[]).await,
        ] {
            assert_eq!(
                (judged.findings(), judged.code),
                (Vec::new(), Some(0)),
                "{name}"
            );
            // No call reads who may invoke it.
            assert!(
                judged.unknown().contains(&"Web Function permission"),
                "{name}"
            );
            assert!(!judged.whole().contains("clear OriginAccessControlId"));
        }
    }
}

#[tokio::test]
async fn a_multi_tenant_distribution_in_a_plan_lets_no_check_pass() {
    for name in ["alone.json", "beside-another.json"] {
        let judged = offline(&format!("multi-tenant-plan/{name}"), &[]);
        assert_eq!((judged.errors().len(), judged.code), (0, Some(3)), "{name}");
        assert!(judged.unknown().contains(&"document"), "{name}");
        assert!(
            judged
                .whole()
                .contains("requires hashicorp/aws `>= 6.29.0`"),
            "{name}"
        );
    }
    let mixed = "multi-tenant-plan/beside-a-sound-one.json";
    let judged = offline(mixed, &["--unknown", "warn", "--fail-on", "unknown"]);
    assert_ne!(judged.code, Some(0));
}

/// The versions of the provider that people reported it for send no S3OriginConfig.
#[test]
fn a_multi_tenant_distribution_of_the_providers_first_version_is_blocked() {
    let mut plan = json("multi-tenant-plan/alone.json");
    plan["configuration"]["provider_config"]["aws"]["version_constraint"] = "6.28.0".into();
    let judged = offline_text(&plan.to_string(), &[]);
    assert_eq!(
        (judged.errors(), judged.code),
        (vec!["error ambiguous-origin-type".to_owned()], Some(1))
    );
    assert!(
        judged
            .first()
            .1
            .contains("require hashicorp/aws `>= 6.29.0`")
    );
    plan["configuration"]["provider_config"]["aws"]["version_constraint"] = ">= 6.29".into();
    let judged = offline_text(&plan.to_string(), &[]);
    assert_eq!((judged.errors(), judged.code), (Vec::new(), Some(0)));
}

#[test]
fn a_quoted_reference_of_terraform_is_no_host() {
    for (name, reference) in [
        ("hash.json", "aws_alb.website.dns_name"),
        (
            "quoted.json",
            "aws_elastic_beanstalk_environment.environment.endpoint_url",
        ),
        (
            "quoted-custom.json",
            "aws_elastic_beanstalk_environment.environment.endpoint_url",
        ),
    ] {
        let judged = offline(&format!("quoted-reference/{name}"), &[]);
        assert_eq!(
            judged.findings(),
            ["error malformed-origin-domain"],
            "{name}"
        );
        let remedy =
            format!("write the reference `{reference}` in Terraform without quotes around it");
        assert_eq!(judged.first().1, remedy);
    }
}

#[test]
fn a_load_balancer_without_custom_origin_config_is_no_bucket_whatever_its_name_will_be() {
    let judged = offline("quoted-reference/load-balancer.json", &[]);
    assert_eq!(judged.findings(), ["error non-s3-domain-as-s3-origin"]);
    let (message, _) = judged.first();
    assert!(
        message.contains("made from `aws_lb.web.dns_name`, which is never an S3 host"),
        "{message}"
    );
    assert!(!message.contains('→'), "{message}");
}

#[test]
fn a_template_that_drops_what_something_else_added_names_it() {
    let live = fixture("origin-beside-the-template/live.json");
    let judged = offline(
        "origin-beside-the-template/template.json",
        &["--baseline", &live],
    );
    assert_eq!(
        (judged.findings(), judged.code),
        (vec!["warning removed-behavior".to_owned()], Some(0))
    );
    let (message, _) = judged.first();
    assert!(
        message.contains("`out/*`") && message.contains("`vodPackager`"),
        "{message}"
    );
}

#[test]
fn an_update_needs_more_than_a_create() {
    let create = offline("update/create.json", &[]);
    assert_eq!((create.findings(), create.code), (Vec::new(), Some(0)));
    let live = fixture("update/live.json");
    for options in [&[][..], &["--baseline", &live]] {
        let update = offline("update/update.json", options);
        assert_eq!(update.code, Some(1));
        assert!(
            update
                .findings()
                .iter()
                .all(|it| it.ends_with(" missing-update-member"))
        );
        assert!(update.whole().contains("OriginReadTimeout"));
    }
}

#[tokio::test]
async fn a_refusal_for_a_member_that_updates_need_names_the_origin_that_lacks_it() {
    let (answer, posted) = audited("update/world.json", "update/refused.json").await;
    assert_ne!(answer.unwrap()["verdict"], "pass");
    assert!(
        posted.contains("CloudFront said: OriginReadTimeout is required for updates."),
        "{posted}"
    );
    assert!(
        posted.contains("origin `web` has no OriginReadTimeout"),
        "{posted}"
    );
    assert!(
        !posted.contains("is not about the origin contract"),
        "{posted}"
    );
}

#[test]
fn a_timeout_above_the_default_quota_is_a_warning() {
    let judged = offline("raised-timeout/template.json", &[]);
    assert_eq!(
        judged.findings(),
        ["warning origin-timeout-out-of-range"; 2]
    );
    assert_eq!(judged.code, Some(0));
    let judged = offline("raised-timeout/config.json", &[]);
    assert_eq!((judged.errors(), judged.code), (Vec::new(), Some(0)));
}

#[tokio::test]
async fn a_website_that_a_secret_header_opens_is_undecidable_and_the_secret_is_kept() {
    for world in ["referer", "user-agent", "deny"] {
        for name in ["with-header.json", "without-header.json"] {
            let world = format!("website-behind-a-secret/{world}.world.json");
            let name = format!("website-behind-a-secret/{name}");
            let judged = online(&world, &name, &[]).await;
            assert_eq!(
                (judged.errors(), judged.code),
                (Vec::new(), Some(0)),
                "{world}"
            );
            assert!(judged.unknown().contains(&"bucket access"), "{world}");
            for form in ["text", "json", "html", "markdown", "sarif", "junit"] {
                let printed = printed_in(&world, &name, form).await;
                assert!(!printed.contains("orchard-gate-phrase"), "{world} {form}");
            }
        }
    }
}

async fn printed_in(world: &str, name: &str, form: &str) -> String {
    let double = Double::start().await;
    double.world().merge(&json(world)).unwrap();
    let output = with_account(&double, &["check", "--output", form, &fixture(name)], "");
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn a_vpc_origin_of_another_account_is_taken_where_it_is_shared() {
    for (world, name, found) in [
        ("shared", "plan.json", &[][..]),
        ("own", "plan.json", &["error unknown-vpc-origin"]),
        ("missing", "plan.json", &["error unknown-vpc-origin"]),
        ("own", "without-owner.json", &[]),
        (
            "missing",
            "without-owner.json",
            &["error unknown-vpc-origin"],
        ),
    ] {
        let file = format!("shared-vpc-origin/{name}");
        let judged = online(&format!("shared-vpc-origin/{world}.world.json"), &file, &[]).await;
        assert_eq!(judged.findings(), found, "{world} {name}");
    }
}

#[test]
fn grpc_needs_write_methods_and_https() {
    for (name, found, code) in [
        ("get-only.json", &["error unsupported-grpc"][..], 1),
        (
            "http-only.json",
            &["warning unsupported-grpc", "info unencrypted-origin"],
            0,
        ),
        ("sound.json", &[], 0),
    ] {
        let judged = offline(&format!("grpc/{name}"), &[]);
        assert_eq!(
            (judged.findings(), judged.code),
            (
                found.iter().map(|it| (*it).to_owned()).collect(),
                Some(code)
            ),
            "{name}"
        );
    }
}

#[test]
fn a_first_apply_passes_and_lists_in_words_what_is_open() {
    let judged = offline("first-apply/plan.json", &[]);
    assert_eq!((judged.findings(), judged.code), (Vec::new(), Some(0)));
    assert_eq!(judged.unknown().len(), 2);
    let whole = judged.whole();
    assert!(
        whole.contains("known only after the deployment: the plan does not say"),
        "{whole}"
    );
    assert!(!whole.contains("is resolved by"), "{whole}");
}

#[test]
fn an_attribute_that_is_a_url_is_no_domain() {
    for (name, reference) in [
        ("function-url.json", "!GetAtt Url.FunctionUrl"),
        ("api-endpoint.json", "!GetAtt Api.ApiEndpoint"),
        ("website-url.json", ""),
    ] {
        let judged = offline(&format!("url-as-a-domain/{name}"), &[]);
        assert_eq!(
            (judged.errors(), judged.code),
            (vec!["error malformed-origin-domain".to_owned()], Some(1)),
            "{name}"
        );
        assert!(judged.first().1.contains(reference), "{:?}", judged.first());
    }
    let host = offline("url-as-a-domain/host-of-function-url.json", &[]);
    assert_eq!((host.findings(), host.code), (Vec::new(), Some(0)));
    assert_eq!(host.unknown(), ["origin domain"]);
}

/// Of `replace(aws_apigatewayv2_api.api.api_endpoint, "https://", "")` a plan has the same to say.
#[test]
fn a_url_in_a_plan_may_have_its_host_taken_out() {
    let judged = offline("url-as-a-domain/api-endpoint.plan.json", &[]);
    assert_eq!(
        (judged.findings(), judged.code),
        (vec!["warning malformed-origin-domain".to_owned()], Some(0))
    );
}

/// The signing principal needs two permissions, and a tool writes one of them.
#[test]
fn a_function_url_with_one_of_its_two_grants_is_found() {
    let one = offline("function-url-grants/one.yaml", &[]);
    assert_eq!(
        (one.findings(), one.code),
        (
            vec!["warning ungranted-function-access".to_owned()],
            Some(0)
        )
    );
    let (message, remedy) = one.first();
    let said = format!("{message} {remedy}");
    assert!(said.contains("lambda:InvokeFunction"), "{said}");
    let both = offline("function-url-grants/both.yaml", &[]);
    assert_eq!((both.findings(), both.code), (Vec::new(), Some(0)));
}

#[tokio::test]
async fn a_multi_region_access_point_takes_a_control_that_signs_with_sigv4a() {
    let world = "multi-region-access-point/world.json";
    for name in ["config.json", "template.yaml"] {
        let judged = online(world, &format!("multi-region-access-point/{name}"), &[]).await;
        assert_eq!(
            (judged.findings(), judged.code),
            (Vec::new(), Some(0)),
            "{name}"
        );
    }
    for (name, found) in [
        ("sigv4.json", &["warning mismatched-signing-protocol"][..]),
        (
            "template-sigv4.yaml",
            &["warning mismatched-signing-protocol"],
        ),
        // As a custom origin, too.
        ("custom-with-control.json", &[]),
        ("custom.json", &["warning s3-endpoint-as-custom-origin"]),
    ] {
        let judged = online(world, &format!("multi-region-access-point/{name}"), &[]).await;
        assert_eq!(judged.findings(), found, "{name}");
    }
    // No call reads its policy.
    let judged = online(world, "multi-region-access-point/config.json", &[]).await;
    assert!(
        judged
            .unknown()
            .iter()
            .any(|fact| fact.contains("Access Point")),
        "{:?}",
        judged.unknown()
    );
}

#[tokio::test]
async fn an_access_points_policy_is_listed_as_not_checked() {
    let judged = online("access-point/world.json", "access-point/update.json", &[]).await;
    assert_eq!((judged.findings(), judged.code), (Vec::new(), Some(0)));
    assert!(
        judged
            .unknown()
            .iter()
            .any(|fact| fact.contains("access point")),
        "{:?}",
        judged.unknown()
    );
}

#[tokio::test]
async fn a_distribution_made_in_the_console_on_a_closed_bucket_is_reported() {
    let (answer, posted) = audited("console-create/world.json", "console-create/event.json").await;
    assert_eq!(answer.unwrap()["verdict"], "block");
    for text in [
        "CreateDistribution was made by example (via console)",
        "error[ungranted-bucket-access]",
        "warning[open-s3-origin]",
        "don't make the bucket public",
    ] {
        assert!(posted.contains(text), "no {text:?} in {posted}");
    }
}
