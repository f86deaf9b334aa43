//! Why: the facts behind a verdict, what long work prints, and what is said without an account.

use std::time::Duration;

use aws_double::Double;

use crate::command_line::{err, origin_guard, out, with_account};
use crate::stage::{furnish, site};

#[tokio::test]
async fn the_facts_behind_a_verdict_are_listed_origin_by_origin() {
    let double = Double::start().await;
    furnish(&double);
    {
        let mut world = double.world();
        world.buckets.remove("example-assets");
        world.deny("cloudfront:GetCloudFrontOriginAccessIdentity");
    }
    let input = site().to_string();
    let output = with_account(&double, &["check", "--explain", "-"], &input);
    let text = out(&output);
    let (_, facts) = text.split_once("\nfacts:\n").unwrap();
    let lines: Vec<&str> = facts.lines().collect();
    for line in [
        "  origin `assets` (example-assets.s3.eu-west-1.amazonaws.com)",
        "    bucket `example-assets` (s3:GetBucketPolicy or s3:HeadBucket): no account has one of this name",
        "    bucket `example-media` (s3:GetBucketPolicy or s3:HeadBucket): there in us-east-1; owner: this account's",
        "    its policy (s3:GetBucketPolicy): there is one",
        "    its encryption (s3:GetBucketEncryption): SSE-S3",
        "    origin access control `EASSETSOAC1` (cloudfront:GetOriginAccessControl): `oac-EASSETSOAC1`, of type s3, signs: always with sigv4",
    ] {
        assert!(lines.contains(&line), "{line}\n{text}");
    }
    let denied = lines
        .iter()
        .find(|line| line.contains("`EMEDIAOAI1`"))
        .unwrap();
    assert!(
        denied.contains(
            "not known, denied: the guard has no cloudfront:GetCloudFrontOriginAccessIdentity"
        ),
        "{denied}"
    );
    assert!(
        lines.last().unwrap().starts_with("block: "),
        "the last line is the verdict's: {text}"
    );
    let plain = with_account(&double, &["check", "-"], &input);
    assert!(!out(&plain).contains("\nfacts:\n"), "only where asked for");
}

/// S3 answers only its owner's account, whatever the guard is permitted.
#[tokio::test]
async fn no_permission_of_the_guard_is_said_to_be_missing_for_another_accounts_bucket() {
    let double = Double::start().await;
    furnish(&double);
    double
        .world()
        .bucket("example-media", "us-east-1")
        .owned_by("444455556666");
    let output = with_account(&double, &["check", "--explain", "-"], &site().to_string());
    let text = out(&output);
    let (_, facts) = text.split_once("origin `media` (").unwrap();
    let (facts, _) = facts.split_once("origin `api`").unwrap();
    assert!(
        facts.contains("of an account that is not allowed"),
        "{facts}"
    );
    assert!(
        facts.contains("only its owner's account may ask"),
        "{facts}"
    );
    assert!(!facts.contains("the guard has no"), "{facts}");
}

#[test]
fn facts_beside_another_form_go_to_standard_error() {
    let arguments = ["check", "--offline", "--explain", "--output", "json", "-"];
    let output = origin_guard(&arguments, &[], &site().to_string());
    serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    assert!(
        err(&output).starts_with("facts:\n  origin `assets`"),
        "{}",
        err(&output)
    );
}

#[test]
fn what_a_template_makes_is_listed_as_made_there() {
    let template = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/cloudformation/site.yaml"
    );
    let arguments = ["check", "--offline", "--explain", template];
    let output = origin_guard(&arguments, &[], "");
    let text = out(&output);
    assert!(text.contains("(made by the same source): there"), "{text}");
}

#[tokio::test]
async fn long_work_speaks_in_a_log_and_quick_work_does_not() {
    let double = Double::start().await;
    furnish(&double);
    let input = site().to_string();
    let quick = with_account(&double, &["check", "-"], &input);
    assert_eq!(err(&quick), "no errors or warnings in 1 file\n");
    double.world().latency = Duration::from_millis(2_600);
    let long = with_account(&double, &["check", "-"], &input);
    let reported = err(&long);
    assert!(
        reported.contains("asking about the origins: "),
        "{reported}"
    );
    assert!(reported.contains(" answers, "), "{reported}");
    assert_eq!(out(&long), out(&quick));
}

#[test]
fn without_credentials_it_says_so_and_what_can_be_checked() {
    let alone = [
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("HOME", "/nonexistent"),
    ];
    let output = origin_guard(&["check", "-"], &alone, &site().to_string());
    assert_eq!(output.status.code(), Some(2));
    let text = err(&output);
    assert!(
        text.starts_with("error: there are no AWS credentials\nhelp: sign in"),
        "{text}"
    );
    assert!(text.contains("check --offline"), "{text}");
}
