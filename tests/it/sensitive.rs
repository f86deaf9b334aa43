//! What a Terraform plan marks as sensitive is in no output, whichever member holds it and however short
//! it is.

use std::path::Path;

use clap::ValueEnum as _;
use origin_guard::report::Output;
use serde_json::{Value, json};

use crate::command_line::{err, origin_guard, out};
use crate::stage::Stage;

/// A plan of one distribution that is wrong in many ways.
fn plan() -> Value {
    let custom = json!([{"http_port": 80, "https_port": 443, "origin_protocol_policy": "https-only",
        "origin_ssl_protocols": ["TLSv1.2"], "origin_read_timeout": 30, "origin_keepalive_timeout": 5}]);
    let after = json!({"enabled": true, "comment": "site", "http_version": "http2", "price_class": "PriceClass_100",
        "aliases": ["www.example.com"],
        "origin": [
            {"origin_id": "files", "domain_name": "team-files.s3.eu-west-1.amazonaws.com", "origin_path": "/v1",
                "connection_attempts": 3, "connection_timeout": 10, "custom_origin_config": [], "vpc_origin_config": [],
                "s3_origin_config": [{"origin_access_identity": "origin-access-identity/cloudfront/E1"}],
                "custom_header": [{"name": "X-Own", "value": "own"}],
                "origin_shield": [{"enabled": true, "origin_shield_region": "eu-west-1"}]},
            {"origin_id": "api", "domain_name": "api.example.com", "origin_path": "", "connection_attempts": 3,
                "connection_timeout": 10, "custom_origin_config": custom, "vpc_origin_config": [],
                "s3_origin_config": [], "custom_header": [], "origin_shield": []}],
        "origin_group": [{"origin_id": "both", "failover_criteria": [{"status_codes": [500]}],
            "member": [{"origin_id": "files"}, {"origin_id": "api"}]}],
        "default_cache_behavior": [{"target_origin_id": "both", "viewer_protocol_policy": "https-only",
            "allowed_methods": ["GET", "HEAD"], "cached_methods": ["GET", "HEAD"], "cache_policy_id": "p"}],
        "ordered_cache_behavior": [{"path_pattern": "/api/*", "target_origin_id": "api",
            "viewer_protocol_policy": "https-only", "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"], "cache_policy_id": "p"}]});
    json!({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {}, "configuration": {},
        "resource_changes": [{"address": "aws_cloudfront_distribution.site", "mode": "managed",
            "type": "aws_cloudfront_distribution", "change": {"actions": ["update"], "before": after.clone(),
                "after": after, "after_unknown": {}, "before_sensitive": {}, "after_sensitive": {}}}]})
}

/// Members, each with a text or number that stands nowhere else and is wrong there, or that differs.
fn members() -> Vec<(&'static str, Value)> {
    vec![
        ("/comment", json!("zq7")),
        ("/price_class", json!("zq7")),
        ("/http_version", json!("zq7")),
        ("/aliases", json!(["zq7"])),
        ("/origin/0/origin_id", json!("zq7")),
        ("/origin/0/domain_name", json!("zq7")),
        (
            "/origin/0/domain_name",
            json!("zq7.s3.eu-west-1.amazonaws.com"),
        ),
        ("/origin/0/domain_name", json!("Zq7_zq7.s3.amazonaws.com")),
        (
            "/origin/0/domain_name",
            json!("https://zq7zq7.example.com/zq7zq8"),
        ),
        ("/origin/0/domain_name", json!("arn:aws:s3:::zq7zq7")),
        (
            "/origin/0/domain_name",
            json!("zq7zq7.s3-website-eu-central-1.amazonaws.com"),
        ),
        ("/origin/0/origin_path", json!("zq7")),
        ("/origin/0/origin_path", json!("/zq7zq7/?zq7zq8")),
        ("/origin/0/connection_attempts", json!(971)),
        ("/origin/0/connection_timeout", json!(97_197)),
        (
            "/origin/0/s3_origin_config/0/origin_access_identity",
            json!("zq7zq7"),
        ),
        ("/origin/0/custom_header/0/name", json!("zq7")),
        ("/origin/0/custom_header/0/value", json!("zq7")),
        (
            "/origin/0/origin_shield/0/origin_shield_region",
            json!("zq7"),
        ),
        ("/origin/1/domain_name", json!("q.z")),
        ("/origin/1/domain_name", json!("zq7zq7.example.com:8443")),
        ("/origin/1/custom_origin_config/0/http_port", json!(971)),
        ("/origin/1/custom_origin_config/0/https_port", json!(97_197)),
        (
            "/origin/1/custom_origin_config/0/origin_read_timeout",
            json!(971),
        ),
        (
            "/origin/1/custom_origin_config/0/origin_keepalive_timeout",
            json!(971),
        ),
        (
            "/origin/1/custom_origin_config/0/origin_protocol_policy",
            json!("zq7"),
        ),
        (
            "/origin/1/custom_origin_config/0/origin_ssl_protocols",
            json!(["zq7"]),
        ),
        ("/origin_group/0/origin_id", json!("zq7")),
        ("/origin_group/0/member/1/origin_id", json!("zq7")),
        (
            "/origin_group/0/failover_criteria/0/status_codes",
            json!([971]),
        ),
        ("/default_cache_behavior/0/target_origin_id", json!("zq7")),
        ("/default_cache_behavior/0/allowed_methods", json!(["zq7"])),
        (
            "/default_cache_behavior/0/viewer_protocol_policy",
            json!("zq7"),
        ),
        ("/default_cache_behavior/0/cache_policy_id", json!("zq7")),
        ("/ordered_cache_behavior/0/path_pattern", json!("zq7")),
        (
            "/ordered_cache_behavior/0/path_pattern",
            json!("/zq7zq7 /zq7zq8"),
        ),
        ("/ordered_cache_behavior/0/target_origin_id", json!("zq7")),
    ]
}

/// The mirror of marks in which only one member is marked.
fn mark(pointer: &str, after: &Value) -> Value {
    let steps: Vec<&str> = pointer[1..].split('/').collect();
    let mut at = after;
    let mut shape = Vec::new();
    for step in steps {
        match at.as_array() {
            Some(_) => shape.push(step.parse::<usize>().map_err(|_| step)),
            None => shape.push(Err(step)),
        }
        at = match step.parse::<usize>() {
            Ok(index) if at.is_array() => &at[index],
            _ => &at[step],
        };
    }
    shape
        .into_iter()
        .rev()
        .fold(json!(true), |marks, step| match step {
            Ok(index) => {
                let mut items = vec![json!({}); index];
                items.push(marks);
                items.into()
            }
            Err(name) => json!({name: marks}),
        })
}

/// The texts and numbers in a value, without what is around them in a URL, a path or a host.
fn secrets(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => {
            let pieces = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            pieces
                .filter(|it| it.to_lowercase().contains("zq") || text == "q.z")
                .map(str::to_owned)
                .collect()
        }
        Value::Number(number) => vec![number.to_string()],
        Value::Array(items) => items.iter().flat_map(secrets).collect(),
        _ => Vec::new(),
    }
}

/// Whether a secret stands in a text, in any case; a number as a whole.
fn shows(text: &str, value: &Value) -> bool {
    let text = text.to_lowercase();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "#.%-".contains(c);
    let numbers = || text.split(|c| !is_part(c));
    match value {
        Value::String(own) if own == "q.z" => text.contains("q.z"),
        _ => secrets(value).iter().any(|secret| {
            if secret.parse::<u32>().is_ok() {
                numbers().any(|word| word == secret)
            } else {
                text.contains(&secret.to_lowercase())
            }
        }),
    }
}

/// Everything that commands print of a plan, in every form.
fn outputs(plan: &str, other: &Path, folder: &Path) -> Vec<(String, String)> {
    let names = Output::value_variants().iter();
    let names: Vec<String> = names
        .map(|form| form.to_possible_value().unwrap().get_name().to_owned())
        .collect();
    let file = |name: &str| folder.join(format!("{name}.out"));
    let forms: Vec<String> = names
        .iter()
        .map(|name| format!("{name}={}", file(name).display()))
        .collect();
    let mut all = Vec::new();
    let other = other.display().to_string();
    for (command, arguments) in [
        ("check", &["check", "--offline", "--explain", "-"][..]),
        (
            "check, live",
            &["check", "--offline", "-", "--baseline", &other],
        ),
        ("diff", &["diff", &other, "-"]),
    ] {
        let mut arguments = arguments.to_vec();
        for form in &forms {
            arguments.extend(["--output", form]);
        }
        let run = origin_guard(&arguments, &[], plan);
        assert!(
            run.status.code().is_some_and(|code| code != 2),
            "{command}: {}",
            err(&run)
        );
        all.push((command.to_owned(), out(&run) + &err(&run)));
        for name in &names {
            if let Ok(text) = std::fs::read_to_string(file(name)) {
                all.push((format!("{command}, {name}"), text));
                std::fs::remove_file(file(name)).unwrap();
            }
        }
    }
    for arguments in [
        &["trace", "-", "/api/x", "/"][..],
        &["trace", "-", "/", "--output", "json"],
        &["contract", "init", "-"],
    ] {
        let run = origin_guard(arguments, &[], plan);
        all.push((arguments.join(" "), out(&run) + &err(&run)));
    }
    all
}

#[test]
fn no_output_has_a_value_that_a_plan_marks_as_sensitive() {
    let folder =
        std::env::temp_dir().join(format!("origin-guard-sensitive-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let other = folder.join("other.json");
    std::fs::write(&other, plan().to_string()).unwrap();
    let mut shown_unmarked = 0;
    for (pointer, value) in members() {
        let mut plan = plan();
        let change = &mut plan["resource_changes"][0]["change"];
        *change["after"].pointer_mut(pointer).unwrap() = value.clone();
        let unmarked = plan.to_string();
        let change = &mut plan["resource_changes"][0]["change"];
        let marks = mark(pointer, &change["after"]);
        change["after_sensitive"] = marks;
        for (name, text) in outputs(&plan.to_string(), &other, &folder) {
            assert!(
                !shows(&text, &value),
                "{pointer} {value} in {name}:\n{text}"
            );
        }
        let all = outputs(&unmarked, &other, &folder);
        shown_unmarked += usize::from(all.iter().any(|(_, text)| shows(text, &value)));
    }
    // Else the members would prove nothing.
    assert!(
        shown_unmarked + 4 >= members().len(),
        "{shown_unmarked} of {}",
        members().len()
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Of a member that is marked, a comparison says only that it differs, also from what is live.
#[test]
fn a_difference_in_a_sensitive_member_has_neither_side() {
    let mut plan = plan();
    let change = &mut plan["resource_changes"][0]["change"];
    change["before"]["origin"][1]["domain_name"] = "zq7zq7.example.com".into();
    change["after_sensitive"] = mark("/origin/1/domain_name", &change["after"]);
    let run = origin_guard(
        &["check", "--offline", "-", "--output", "json"],
        &[],
        &plan.to_string(),
    );
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let changes = report["changes"].as_array().unwrap();
    let domain = changes.iter().find(|it| it["field"] == "domain").unwrap();
    assert_eq!(
        (&domain["before"], &domain["after"]),
        (&json!("(sensitive)"), &json!("(sensitive)"))
    );
    assert!(!out(&run).contains("zq7zq7"));
    // What is not sensitive is shown.
    assert_eq!(
        report["origins"][0]["domainName"],
        "team-files.s3.eu-west-1.amazonaws.com"
    );
}

/// The job's answer and what is stored, with a short value and a number.
#[tokio::test]
async fn neither_a_job_nor_what_is_stored_has_a_sensitive_value() {
    for (pointer, value) in [
        ("/origin/1/custom_origin_config/0/http_port", json!(971)),
        ("/default_cache_behavior/0/target_origin_id", json!("zq7")),
    ] {
        let mut plan = plan();
        let change = &mut plan["resource_changes"][0]["change"];
        *change["after"].pointer_mut(pointer).unwrap() = value.clone();
        let marks = mark(pointer, &change["after"]);
        change["after_sensitive"] = marks;
        let text = plan.to_string();
        let stage = Stage::new().await;
        let parameters = json!({"candidate": "plan.json"}).to_string();
        let job = stage.job_with(&parameters, &[("plan.json", text.as_bytes())]);
        let answer = stage.run(job).await;
        assert!(!answer.succeeded());
        assert!(!shows(&answer.0.to_string(), &value), "{}", answer.0);
        let stored = stage.stored("");
        assert!(!stored.is_empty());
        for (key, text) in stored {
            assert!(!shows(&text, &value), "{pointer} in {key}");
        }
    }
}
