//! `origin-guard` from a terminal.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use aws_double::{Double, Fault, FaultKind};
use serde_json::Value;

use crate::stage::{DISTRIBUTION, furnish, site};

pub(crate) fn origin_guard(
    arguments: &[&str],
    environment: &[(&str, &str)],
    input: &str,
) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_origin-guard"))
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().unwrap()
}

/// In a folder, without an account and without input.
pub(crate) fn origin_guard_in(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_origin-guard"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("HOME", folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// An account, and no network: the machine that tests run on may have none.
pub(crate) fn account(double: &Double) -> Vec<(String, String)> {
    [
        ("AWS_ENDPOINT_URL", double.endpoint()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "AKIATERMINAL".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "terminal-secret".to_owned()),
        ("ORIGIN_GUARD_NETWORK", "off".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

pub(crate) fn with_account(double: &Double, arguments: &[&str], input: &str) -> Output {
    let environment = account(double);
    let environment: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    origin_guard(arguments, &environment, input)
}

#[test]
fn offline_says_what_was_not_asked_for_and_passes() {
    let output = origin_guard(&["check", "--offline", "-"], &[], &site().to_string());
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        out(&output),
        err(&output)
    );
    assert!(
        out(&output)
            .contains("bucket `example-assets`: not asked for; needs a run without --offline")
    );
    let last = "pass: Deploy it: all that is known passes, which leaves 6 facts not asked for";
    assert!(out(&output).trim_end().ends_with(last));
}

#[test]
fn a_contract_that_is_not_read_is_said() {
    let environment = [("ORIGIN_GUARD_CONTRACT", "s3://example/contract.yaml")];
    let output = origin_guard(
        &["check", "--offline", "-"],
        &environment,
        &site().to_string(),
    );
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(
        out(&output).contains("judged without the contract s3://example/contract.yaml"),
        "{}",
        out(&output)
    );
}

#[test]
fn findings_block_with_exit_code_one() {
    let broken = site()
        .to_string()
        .replace("\"TargetOriginId\":\"api\"", "\"TargetOriginId\":\"apy\"");
    let output = origin_guard(&["check", "--offline", "-"], &[], &broken);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out(&output).contains("error[unknown-target-origin]"),
        "{}",
        out(&output)
    );
    assert!(out(&output).contains("standard input:1:"));
}

#[test]
fn json_is_the_report() {
    let output = origin_guard(
        &["check", "--offline", "--output", "json", "-"],
        &[],
        &site().to_string(),
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&report["schemaVersion"], &report["mode"]),
        (&"1".into(), &"check".into())
    );
    assert_eq!(report["cost"]["waves"], 0);
    let frozen: origin_guard::report::v1::Report = serde_json::from_value(report.clone()).unwrap();
    assert_eq!(
        serde_json::to_value(frozen).unwrap(),
        report,
        "it reads back whole"
    );
}

#[tokio::test]
async fn an_account_is_asked_and_what_it_does_not_tell_is_inconclusive() {
    let double = Double::start().await;
    furnish(&double);
    let output = with_account(&double, &["check", "-"], &site().to_string());
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        out(&output),
        err(&output)
    );
    double.world().deny("cloudfront:GetOriginAccessControl");
    let output = with_account(&double, &["check", "-"], &site().to_string());
    assert_eq!(output.status.code(), Some(3), "{}", out(&output));
    let output = with_account(
        &double,
        &["check", "--unknown", "warn", "-"],
        &site().to_string(),
    );
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
}

#[tokio::test]
async fn what_is_live_can_be_checked_by_id_and_by_alias() {
    let double = Double::start().await;
    furnish(&double);
    double.world().buckets.remove("example-media");
    for name in [DISTRIBUTION, "www.example.com"] {
        let output = with_account(&double, &["check", "--distribution", name], "");
        assert_eq!(output.status.code(), Some(1), "{}", err(&output));
        assert!(out(&output).starts_with(&format!("{DISTRIBUTION} is blocked: origin `media`")));
    }
}

#[test]
fn usage_and_unreadable_input_are_exit_code_two() {
    for (arguments, input, text) in [
        (vec!["check"], "", "FILE"),
        (
            vec!["check", "--offline", "no-such-file.json"],
            "",
            "no-such-file.json",
        ),
        (vec!["check", "--offline", "-"], "{", "not JSON"),
        (
            vec!["check", "--offline", "-"],
            "{\"Resources\": {}}",
            "has no distribution",
        ),
        (
            vec!["check", "--offline", "--distribution", "E1"],
            "",
            "--offline",
        ),
        (
            vec!["rules", "unknown-target-orign"],
            "",
            "did you mean `unknown-target-origin`?",
        ),
    ] {
        let output = origin_guard(&arguments, &[], input);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            err(&output).contains(text),
            "{arguments:?}: {}",
            err(&output)
        );
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn what_would_be_left_out_in_silence_is_refused() {
    let live = ["check", "--distribution", DISTRIBUTION];
    let set = ["check", "--change-set", "arn:aws:x"];
    let diff = ["diff", DISTRIBUTION, "www.example.com"];
    let init = ["contract", "init", DISTRIBUTION];
    for (command, option, value) in [
        (live, "--stack", "site"),
        (live, "--resource", "Cdn"),
        (live, "--parameters", "Stage=prod"),
        (live, "--input-format", "cloudformation"),
        (set, "--parameters", "Stage=prod"),
        (set, "--input-format", "cloudformation"),
        (diff, "--resource", "Cdn"),
        (init, "--parameters", "Stage=prod"),
    ] {
        let arguments = [&command[..], &[option, value]].concat();
        let output = origin_guard(&arguments, &[], "");
        let reported = err(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {reported}");
        let is_refused =
            reported.contains("cannot be used with") || reported.contains("is for files");
        assert!(
            reported.contains(option) && is_refused,
            "{arguments:?}: {reported}"
        );
    }
}

#[test]
fn without_credentials_it_says_what_to_do() {
    let environment = [
        ("AWS_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("HOME", "/nonexistent"),
    ];
    for (arguments, without) in [
        (&["check", "-"][..], "`origin-guard check --offline FILE`"),
        (&["plan", "-"], "`origin-guard plan --offline CANDIDATE"),
        (
            &["diff", DISTRIBUTION, "-"],
            "`origin-guard diff FILE FILE`",
        ),
        (
            &["contract", "init", DISTRIBUTION],
            "`origin-guard contract init FILE`",
        ),
        (
            &["trace", DISTRIBUTION, "/"],
            "`origin-guard trace FILE PATH`",
        ),
    ] {
        let output = origin_guard(arguments, &environment, &site().to_string());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let reported = err(&output);
        for part in ["there are no AWS credentials", without] {
            assert!(reported.contains(part), "{arguments:?}: {reported}");
        }
    }
}

#[tokio::test]
async fn a_bundle_with_a_broken_certificate_is_exit_code_two() {
    let double = Double::start().await;
    let bundle = crate::invocations::broken_bundle("origin-guard-terminal");
    let mut environment = account(&double);
    let path = bundle.to_str().unwrap().to_owned();
    environment.push(("AWS_CA_BUNDLE".to_owned(), path));
    let environment: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let output = origin_guard(&["check", "-"], &environment, &site().to_string());
    std::fs::remove_file(bundle).unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    assert!(err(&output).contains("certificate 6"), "{}", err(&output));
}

/// The credentials may be good.
#[tokio::test]
async fn an_account_that_is_not_told_is_no_fault_of_the_credentials() {
    for (kind, words) in [
        (FaultKind::Throttle, "could not be asked"),
        (
            FaultKind::Status(503, "ServiceUnavailable".to_owned()),
            "could not be asked",
        ),
        (
            FaultKind::Status(400, "ExpiredToken".to_owned()),
            "have expired",
        ),
        (
            FaultKind::Status(403, "InvalidClientTokenId".to_owned()),
            "does not take the credentials",
        ),
    ] {
        let double = Double::start().await;
        double
            .world()
            .fault(Fault::new("sts:GetCallerIdentity", kind));
        for command in ["check", "plan"] {
            let output = with_account(&double, &[command, "-"], &site().to_string());
            assert_eq!(output.status.code(), Some(2), "{}", err(&output));
            assert!(err(&output).contains(words), "{command}: {}", err(&output));
        }
    }
}

#[test]
fn rules_are_listed_and_shown() {
    let listed = out(&origin_guard(&["rules"], &[], ""));
    for rule in origin_guard::rules::all() {
        assert!(listed.contains(rule.name), "{}", rule.name);
    }
    let page = out(&origin_guard(&["rules", "missing-bucket"], &[], ""));
    assert!(
        page.starts_with("# missing-bucket\n") && page.contains("## How to fix"),
        "{page}"
    );
}

#[test]
fn the_generated_documents_are_current() {
    let read = |name: &str| {
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name))
            .unwrap()
    };
    assert!(
        read("docs/rules.md") == origin_guard::rules::pages(),
        "run `make docs`"
    );
}

#[test]
fn the_difference_of_two_files_and_the_changes_in_a_report() {
    let path = std::env::temp_dir().join(format!("origin-guard-diff-{}.json", std::process::id()));
    std::fs::write(&path, site().to_string()).unwrap();
    let name = path.to_str().unwrap();
    let moved = site()
        .to_string()
        .replace("\"TargetOriginId\":\"api\"", "\"TargetOriginId\":\"apy\"");
    let same = origin_guard(&["diff", name, "-"], &[], &site().to_string());
    let diff = origin_guard(&["diff", name, "-"], &[], &moved);
    let arguments = [
        "check",
        "--offline",
        "--output",
        "json",
        "--baseline",
        name,
        "-",
    ];
    let check = origin_guard(&arguments, &[], &moved);
    std::fs::remove_file(&path).unwrap();
    assert!(out(&same).starts_with("no difference"), "{}", out(&same));
    assert!(
        out(&diff).contains("target: `api` → `apy`"),
        "{}",
        out(&diff)
    );
    let report: Value = serde_json::from_slice(&check.stdout).unwrap();
    assert_eq!(report["baseline"]["source"], "file");
    assert_eq!(report["changes"][0]["kind"], "changed");
    assert_eq!(report["changes"][0]["after"], "apy");
}

#[test]
fn the_demo_blocks_on_the_real_rules_and_quotes_the_source() {
    let output = origin_guard(&["demo"], &[], "");
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let text = out(&output);
    for part in [
        "error[missing-bucket]",
        "error[wrong-bucket-region]",
        "error[unknown-target-origin]",
        "12 |         \"DomainName\": \"example-assets-v2.s3.eu-west-1.amazonaws.com\",\n",
        "= help: set DomainName to `example-media.s3.us-east-1.amazonaws.com`",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // README shows the same.
    let readme = include_str!("../../README.md").lines();
    let places = readme.filter(|line| line.contains("--> distribution.json:"));
    for place in places {
        assert!(text.contains(place.trim()), "{place}");
    }
    assert!(
        !text.contains('\u{1b}'),
        "no colors where there is no terminal"
    );
    let colored = out(&origin_guard(&["demo", "--color", "always"], &[], ""));
    assert!(colored.contains("\u{1b}["));
}

#[test]
fn several_files_and_patterns_give_one_document_with_the_worst_verdict() {
    let folder = std::env::temp_dir().join(format!("origin-guard-several-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let broken = site()
        .to_string()
        .replace("\"TargetOriginId\":\"api\"", "\"TargetOriginId\":\"apy\"");
    std::fs::write(folder.join("a.json"), site().to_string()).unwrap();
    std::fs::write(folder.join("b.json"), broken).unwrap();
    let pattern = folder.join("*.json");
    let pattern = pattern.to_str().unwrap();
    let output = origin_guard(
        &["check", "--offline", pattern, "--output", "json"],
        &[],
        "",
    );
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["verdict"], "block");
    let verdicts: Vec<&Value> = document["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|report| &report["verdict"])
        .collect();
    assert_eq!(verdicts, ["pass", "block"]);
    let text = out(&origin_guard(&["check", "--offline", pattern], &[], ""));
    assert!(
        text.contains("\npass: Deploy it: all that is known passes") && text.contains("\nblock: "),
        "{text}"
    );
    std::fs::remove_dir_all(&folder).unwrap();
    let none = origin_guard(&["check", "--offline", pattern], &[], "");
    assert_eq!(none.status.code(), Some(2));
    assert!(
        err(&none).contains("no file matches this pattern"),
        "{}",
        err(&none)
    );
}

#[test]
fn what_fails_is_chosen() {
    let warned = site()
        .to_string()
        .replace("example-media.s3.us-east-1.", "example-media.s3.");
    let code = |arguments: &[&str], input: &str| {
        let arguments = [&["check", "--offline", "-"], arguments].concat();
        origin_guard(&arguments, &[], input).status.code()
    };
    assert_eq!(code(&[], &warned), Some(0));
    assert_eq!(code(&["--fail-on", "warning"], &warned), Some(1));
    assert_eq!(
        code(&["--fail-on", "warning"], &site().to_string()),
        Some(0)
    );
    let waivers = "waivers: [{rule: global-s3-endpoint, origin: media, reason: moves in May, until: 2999-12-31}]";
    let contract = std::env::temp_dir().join(format!("waivers-{}.yaml", std::process::id()));
    std::fs::write(&contract, waivers).unwrap();
    let waived = [
        "--fail-on",
        "warning",
        "--contract",
        contract.to_str().unwrap(),
    ];
    assert_eq!(code(&waived, &warned), Some(0));
    std::fs::remove_file(contract).unwrap();
    assert_eq!(
        code(&["--fail-on", "unknown"], &site().to_string()),
        Some(3)
    );
}

#[test]
fn the_line_of_what_powershell_redirected_is_quoted() {
    let site = format!("{:#}", site());
    let broken = site.replace("\"TargetOriginId\": \"api\"", "\"TargetOriginId\": \"apy\"");
    let file = std::env::temp_dir().join(format!("origin-guard-quote-{}.json", std::process::id()));
    std::fs::write(&file, crate::rollout::utf16(&broken)).unwrap();
    let output = origin_guard(&["check", "--offline", file.to_str().unwrap()], &[], "");
    std::fs::remove_file(file).unwrap();
    let text = out(&output);
    assert!(
        text.contains("| ") && text.contains("\"TargetOriginId\": \"apy\""),
        "{text}"
    );
}

/// The config on one line holds a header's value, which is not to be seen.
#[test]
fn no_quoted_line_shows_a_header_value() {
    let broken = site()
        .to_string()
        .replace("\"TargetOriginId\":\"api\"", "\"TargetOriginId\":\"apy\"");
    assert!(broken.contains("header-value-that-is-secret"));
    for input in [
        broken.clone(),
        format!("{:#}", serde_json::from_str::<Value>(&broken).unwrap()),
    ] {
        let text = out(&origin_guard(&["check", "--offline", "-"], &[], &input));
        assert!(text.contains("error[unknown-target-origin]"));
        assert!(!text.contains("is-secret"), "{text}");
    }
}

#[test]
fn shells_and_man_know_the_commands() {
    for (arguments, part) in [
        (vec!["completions", "bash"], "fail-on"),
        (vec!["completions", "fish"], "render"),
        (vec!["completions", "bash"], "missing-bucket"),
        (vec!["man"], ".SH SUBCOMMANDS"),
        (vec!["man", "check"], "\\-\\-ignore"),
        (vec!["man", "contract", "init"], "\\-\\-profile"),
        (vec!["--help"], "origin-guard check --offline 'cdn/*.json'"),
    ] {
        let output = origin_guard(&arguments, &[], "");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(
            out(&output).contains(part),
            "{arguments:?}: {}",
            out(&output)
        );
    }
}
