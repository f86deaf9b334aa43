//! Candidates that want more than to be judged: what they say is reported, and nothing obeys it.

use clap::ValueEnum as _;
use origin_guard::report::{Document, Output, render};
use serde_json::{Value, json};

use crate::audit::Event;
use crate::command_line::{err, origin_guard, out};
use crate::stage::{DISTRIBUTION, Stage, site};

/// A line of its own that GitHub Actions obeys, what it and Azure Pipelines obey anywhere in a line,
/// what terminals obey, and what turns the text around.
const EVIL: &str = "\n::stop-commands::x\r\n##[add-mask]y ##vso[task.setvariable variable=z]z\u{1b}[2J\u{9b}31m\u{202e}\u{2066}\u{2028}";

/// The site with such texts in IDs, a domain, a path pattern and an alias, which is its name.
fn hostile() -> Value {
    let mut config = site();
    let origins = &mut config["Origins"]["Items"];
    origins[0]["Id"] = format!("assets{EVIL}").into();
    origins[0]["DomainName"] = "Bad_Name.s3.eu-west-1.amazonaws.com".into();
    origins[3]["DomainName"] = format!("api{EVIL}.example.com").into();
    config["CacheBehaviors"]["Items"][0]["PathPattern"] = format!("/api{EVIL}/*").into();
    config["CacheBehaviors"]["Items"][0]["TargetOriginId"] = format!("gone{EVIL}").into();
    config["Aliases"]["Items"][0] = format!("::error::{EVIL}").into();
    config
}

/// Whether something that reads it line by line obeys nothing in it.
fn obeys_nothing(text: &str) -> Result<(), String> {
    let obeyed = |c: char| {
        c != '\n' && c.is_control()
            || ('\u{2028}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    for line in text.split('\n') {
        let is_command = line.trim_start().starts_with("::");
        if is_command || line.contains("##[") || line.contains("##vso[") || line.contains(obeyed) {
            return Err(format!("{line:?}"));
        }
    }
    Ok(())
}

/// A form as it is printed; of commands, which are there to be obeyed, what follows each of ours.
fn printed(output: Output, text: &str) -> String {
    if output != Output::Github {
        return text.to_owned();
    }
    let ours = |line: &str| {
        let levels = ["::error file=", "::warning file=", "::notice file="];
        let command = levels.iter().find_map(|level| line.strip_prefix(level));
        let (properties, data) = command.unwrap().split_once("::").unwrap();
        format!("{properties} {data}\n")
    };
    text.lines().map(ours).collect()
}

/// Every text of a document, names too.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                found.push(name.clone());
                texts(value, found);
            }
        }
        _ => {}
    }
}

#[test]
fn what_a_terminal_or_a_log_would_obey_is_in_no_form_of_a_report() {
    let input = hostile().to_string();
    for output in Output::value_variants() {
        let name = output.to_possible_value().unwrap();
        let name = name.get_name();
        let arguments = ["check", "--offline", "--explain", "-", "--output", name];
        let checked = origin_guard(&arguments, &[], &input);
        assert_eq!(checked.status.code(), Some(1), "{}", err(&checked));
        for text in [printed(*output, &out(&checked)), err(&checked)] {
            assert_eq!(obeys_nothing(&text), Ok(()), "{name}");
        }
        if [Output::Json, Output::Sarif].contains(output) {
            let mut found = Vec::new();
            texts(&serde_json::from_str(&out(&checked)).unwrap(), &mut found);
            for text in found.iter().filter(|text| text.contains("stop-commands")) {
                assert!(!text.contains('\n'), "{name}: {text}");
                assert_eq!(obeys_nothing(&format!("\"{text}\"")), Ok(()), "{name}");
            }
        }
    }
}

#[test]
fn the_quoted_source_is_harmless_or_not_shown() {
    // As a file has it that was not written by a JSON library: escapes of none of it.
    let input = serde_json::to_string_pretty(&site()).unwrap();
    for evil in ["\u{9b}31m", "##[add-mask]", "\u{202e}", "\u{2028}"] {
        let id = format!("\"TargetOriginId\": \"gone{evil}\"");
        let input = input.replace("\"TargetOriginId\": \"api\"", &id);
        let checked = origin_guard(&["check", "--offline", "-"], &[], &input);
        let text = out(&checked);
        assert!(text.contains("unknown-target-origin"), "{text}");
        assert_eq!(obeys_nothing(&text), Ok(()));
    }
}

#[test]
fn a_difference_is_harmless_too() {
    let folder = std::env::temp_dir().join(format!("origin-guard-hostile-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let [before, after] = ["before.json", "after.json"].map(|name| folder.join(name));
    std::fs::write(&before, site().to_string()).unwrap();
    std::fs::write(&after, hostile().to_string()).unwrap();
    let [before, after] = [&before, &after].map(|path| path.to_str().unwrap());
    let reported = origin_guard(&["diff", before, after], &[], "");
    std::fs::remove_dir_all(folder).unwrap();
    assert!(
        out(&reported).contains("stop-commands"),
        "{}",
        err(&reported)
    );
    assert_eq!(obeys_nothing(&out(&reported)), Ok(()));
}

#[test]
fn a_report_file_of_anybody_s_is_harmless_when_it_is_read() {
    let checked = origin_guard(
        &["check", "--offline", "-", "--output", "json"],
        &[],
        &site().to_string(),
    );
    let mut report: Value = serde_json::from_str(&out(&checked)).unwrap();
    report["nextStep"] = EVIL.into();
    report["unknowns"][0]["subject"] = EVIL.into();
    let several = json!({"schemaVersion": "1", "verdict": "pass", "reports": [report, report]});
    for document in [report, several] {
        let document = Document::read(document.to_string().as_bytes()).unwrap();
        for output in Output::value_variants() {
            let text = render(&document, *output).unwrap();
            let text = printed(*output, &text);
            assert_eq!(obeys_nothing(&text), Ok(()), "{output:?}");
        }
    }
}

/// What cannot be read is quoted in errors, too.
#[tokio::test]
async fn an_error_has_no_line_of_the_candidate_s() {
    let in_map = json!({"Resources": {"A": {"Type": "AWS::CloudFront::Distribution",
        "Properties": {"DistributionConfig": {"Fn::FindInMap": [EVIL, "a", "b"]}}}}});
    for (candidate, code) in [
        (json!({EVIL: 1}), 2),
        (
            json!({"Resources": {EVIL: {"Type": "AWS::CloudFront::Distribution"}}}),
            2,
        ),
        (in_map, 2),
        // Only a gate holds its version against what is live.
        (json!({"ETag": EVIL, "DistributionConfig": site()}), 0),
    ] {
        let read = origin_guard(&["check", "--offline", "-"], &[], &candidate.to_string());
        assert_eq!(read.status.code(), Some(code), "{}", err(&read));
        let is_quoted = err(&read).contains("stop-commands");
        assert_eq!(is_quoted, code == 2, "{}", err(&read));
        assert_eq!(obeys_nothing(&err(&read)), Ok(()));
        let stage = Stage::new().await;
        let answer = stage.run(stage.job(&candidate)).await;
        assert!(!answer.succeeded());
        assert!(answer.message().contains("stop-commands"));
        assert_eq!(obeys_nothing(answer.message()), Ok(()));
    }
}

#[tokio::test]
async fn a_job_s_message_has_no_line_of_the_candidate_s() {
    let stage = Stage::new().await;
    let job = stage.job(&hostile());
    let answer = stage.run(job).await;
    assert!(answer.message().contains("stop-commands"));
    assert_eq!(obeys_nothing(answer.message()), Ok(()));
    for (key, text) in stage.stored(&format!("reports/{DISTRIBUTION}/")) {
        assert_eq!(obeys_nothing(&text), Ok(()), "{key}");
    }
}

#[tokio::test]
async fn a_notification_has_no_line_of_the_candidate_s() {
    let stage = Stage::new().await;
    stage
        .invoke(Event::update(&hostile(), "E2").0)
        .await
        .unwrap();
    let world = stage.double.world();
    assert!(world.published[0].message.contains("stop-commands"));
    assert_eq!(obeys_nothing(&world.published[0].message), Ok(()));
}

/// A plan with a bucket, a path and a comment that it marks as sensitive, before and after.
fn sensitive_plan() -> String {
    let side = |bucket: &str| {
        json!({"id": DISTRIBUTION, "enabled": true, "comment": format!("hush {bucket}"),
            "origin": [{"origin_id": "assets", "origin_path": "assets-wrong/",
                "domain_name": format!("{bucket}.s3.eu-west-1.amazonaws.com")}],
            "default_cache_behavior": [{"target_origin_id": "assets", "viewer_protocol_policy": "https-only"}]})
    };
    let marks = json!({"comment": true, "origin": [{"domain_name": true, "origin_path": true}]});
    json!({"format_version": "1.2", "resource_changes": [{
        "address": "aws_cloudfront_distribution.site", "mode": "managed", "type": "aws_cloudfront_distribution",
        "change": {"actions": ["update"], "before": side("hush-before"), "after": side("hush-after"),
            "after_unknown": {}, "before_sensitive": marks, "after_sensitive": marks}}]})
    .to_string()
}

#[test]
fn what_a_plan_marks_as_sensitive_is_in_no_form_of_a_report() {
    for output in Output::value_variants() {
        let name = output.to_possible_value().unwrap();
        let arguments = [
            "check",
            "--offline",
            "--explain",
            "-",
            "--output",
            name.get_name(),
        ];
        let checked = origin_guard(&arguments, &[], &sensitive_plan());
        let text = out(&checked) + &err(&checked);
        assert!(text.contains("malformed-origin-path"), "{text}");
        for secret in ["hush", "assets-wrong"] {
            assert!(
                !text.contains(secret),
                "{}: {secret} in {text}",
                name.get_name()
            );
        }
    }
    let checked = origin_guard(&["check", "--offline", "-"], &[], &sensitive_plan());
    assert!(out(&checked).contains("(sensitive)"), "{}", out(&checked));
}
