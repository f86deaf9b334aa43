//! What a team declares, and what it accepts for a time.

use aws_double::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::stage::{ACCOUNT, Answer, DISTRIBUTION, REPORTS, Stage, site};

const IN_ARTIFACT: &str = "cdn/contract.yaml";

async fn judge(stage: &Stage, candidate: &Value, contract: &str) -> Answer {
    let parameters =
        json!({"distribution": DISTRIBUTION, "candidate": "site.json", "contract": IN_ARTIFACT});
    let candidate = candidate.to_string();
    let files = [
        ("site.json", candidate.as_bytes()),
        (IN_ARTIFACT, contract.as_bytes()),
    ];
    stage
        .run(stage.job_with(&parameters.to_string(), &files))
        .await
}

/// The site, of which another account has a bucket.
async fn media_of(account: &str) -> Stage {
    let stage = Stage::new().await;
    let mut world = stage.double.world();
    world.bucket("example-media", "us-east-1").owned_by(account);
    drop(world);
    stage
}

#[tokio::test]
async fn a_candidate_is_held_to_the_contract_of_its_artifact() {
    let stage = Stage::new().await;
    let kept = "origins: {assets: {bucket: example-assets, region: eu-west-1, account: '111122223333', access: oac}, assets-standby: {}, media: {}, api: {}}
behaviors: {'/api/*': api}";
    let answer = judge(&stage, &site(), kept).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let broken = "origins: {assets: {bucket: example-assets, region: us-east-1}, api: {domain: api.example.net}, media: {}}
behaviors: {'/api/*': media}";
    let answer = judge(&stage, &site(), broken).await;
    answer.fails_with(
        "JobFailed",
        &[
            "the bucket of origin `assets` is in region `eu-west-1`, and the contract declares `us-east-1`",
            "has the domain `api.origin.example.com`, and the contract declares `api.example.net`",
            "origin `assets-standby` is not declared in the contract",
            "targets `api`, and the contract declares `media` for `/api/*`",
        ],
    );
}

#[tokio::test]
async fn what_a_team_accepts_does_not_block_until_its_day_is_over() {
    let stage = Stage::new().await;
    let mut candidate = site();
    candidate["Origins"]["Items"][0]["DomainName"] =
        "example-gone.s3.eu-west-1.amazonaws.com".into();
    let waiver = |until: &str| {
        format!(
            "waivers: [{{rule: missing-bucket, origin: assets, reason: made by the next stack, until: {until}}}]"
        )
    };
    let answer = judge(&stage, &candidate, &waiver("2999-12-31")).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let report = stage.report();
    let finding = &report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["rule"] == "missing-bucket");
    assert_eq!(
        finding.unwrap()["waived"],
        json!({"reason": "made by the next stack", "until": "2999-12-31"})
    );
    let findings = answer.0["outputVariables"]["findings"].as_str().unwrap();
    assert!(
        findings.contains("error missing-bucket (waived)"),
        "{findings}"
    );
    assert!(
        report["notes"][0]
            .as_str()
            .unwrap()
            .contains("is used, until 2999-12-31")
    );
    let answer = judge(&stage, &candidate, &waiver("2020-01-01")).await;
    answer.fails_with("JobFailed", &["ended on 2020-01-01", "missing-bucket"]);
}

#[tokio::test]
async fn an_account_of_the_contract_may_own_buckets() {
    let stage = media_of("444455556666").await;
    let answer = judge(&stage, &site(), "accounts: []").await;
    answer.fails_with("JobFailed", &["foreign-bucket"]);
    let stage = Stage::new().await;
    stage
        .double
        .world()
        .bucket("example-media", "us-east-1")
        .owned_by("444455556666")
        .share_with(ACCOUNT);
    let answer = judge(&stage, &site(), "accounts: ['444455556666']").await;
    assert!(answer.succeeded(), "{}", answer.message());
    let report = stage.report();
    assert_eq!(report["origins"][2]["account"], "444455556666");
    assert_eq!(report["origins"][2]["status"], "ok");
    assert_eq!(owners(&report), Vec::<Value>::new());
}

/// The unknowns about owners of buckets.
fn owners(report: &Value) -> Vec<Value> {
    let unknowns = report["unknowns"].as_array().unwrap().iter();
    let owners = unknowns.filter(|unknown| unknown["fact"] == "bucket owner");
    owners.cloned().collect()
}

/// The account of an origin is declared, and is not one that may own others' buckets.
#[tokio::test]
async fn the_own_account_in_a_contract_lets_no_stranger_in() {
    let stage = media_of("444455556666").await;
    let own = format!(
        "origins: {{assets: {{}}, assets-standby: {{}}, media: {{account: '{ACCOUNT}'}}, api: {{}}}}"
    );
    let answer = judge(&stage, &site(), &own).await;
    answer.fails_with("JobFailed", &["foreign-bucket"]);
}

/// S3 says of it only that it is not ours; the contract declares that it is.
#[tokio::test]
async fn a_bucket_that_is_declared_to_be_ours_is_not_an_allowed_accounts() {
    let stage = media_of("444455556666").await;
    let contract = format!(
        "accounts: ['444455556666']
origins: {{assets: {{}}, assets-standby: {{}}, media: {{account: '{ACCOUNT}'}}, api: {{}}}}"
    );
    let answer = judge(&stage, &site(), &contract).await;
    answer.fails_with("JobFailed", &["contract-mismatch", "is in another account"]);
}

#[tokio::test]
async fn each_account_is_asked_about_once() {
    let stage = media_of("444455556666").await;
    let contract = "accounts: ['444455556666', '444455556666']
origins: {assets: {}, assets-standby: {}, media: {account: '444455556666'}, api: {}}";
    judge(&stage, &site(), contract).await;
    let asked = stage.double.world().calls()["s3:HeadBucket"];
    assert_eq!(asked, 2, "is it ours, is it theirs");
}

/// S3 says 403 of a bucket that is closed to the guard, whichever account owns it.
#[tokio::test]
async fn another_accounts_closed_bucket_does_not_pass_because_some_account_is_allowed() {
    let stage = media_of("999900001111").await;
    let answer = judge(&stage, &site(), "accounts: ['444455556666']").await;
    answer.fails_with(
        "PermissionError",
        &[
            "bucket owner `example-media`: closed: another account has it",
            "`bucket` and `account` of the origin in the contract",
        ],
    );
    let report = stage.report();
    assert_eq!(report["verdict"], "inconclusive");
    assert_eq!(report["origins"][2]["status"], "unknown");
    let owners = owners(&report);
    assert_eq!(owners.len(), 1, "{owners:?}");
    assert_eq!(owners[0]["subject"], "example-media");
    assert_eq!(owners[0]["blocks"], true);
    let cause = owners[0]["cause"].as_str().unwrap();
    assert!(cause.contains("444455556666"), "{cause}");
    let (_, statement) = owners[0]["needs"]
        .as_str()
        .unwrap()
        .split_once('{')
        .unwrap();
    let statement: Value = serde_json::from_str(&format!("{{{statement}")).unwrap();
    assert_eq!(
        statement["Principal"]["AWS"],
        format!("arn:aws:iam::{ACCOUNT}:root")
    );
    assert_eq!(statement["Action"], "s3:ListBucket");
    assert_eq!(statement["Resource"], "arn:aws:s3:::example-media");
}

#[tokio::test]
async fn another_accounts_closed_bucket_passes_where_the_contract_declares_it() {
    let stage = media_of("444455556666").await;
    let contract = |bucket: &str| {
        format!(
            "origins: {{assets: {{}}, assets-standby: {{}}, api: {{}}, \
             media: {{bucket: {bucket}, account: '444455556666'}}}}"
        )
    };
    let answer = judge(&stage, &site(), &contract("example-media")).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let owners = owners(&stage.report());
    assert!(owners.iter().all(|it| it["blocks"] == false), "{owners:?}");
    assert_eq!(owners[0]["subject"], "example-media");
}

#[tokio::test]
async fn an_owner_that_could_not_be_asked_about_says_why() {
    let contract = "accounts: ['444455556666']";
    for (kind, cause) in [
        (FaultKind::Throttle, "throttled"),
        (FaultKind::Hang, "timed out"),
        (FaultKind::Status(500, String::new()), "AWS answered 500"),
    ] {
        let stage = Stage::impatient().await;
        {
            let mut world = stage.double.world();
            let bucket = world.bucket("example-media", "us-east-1");
            bucket.owned_by("444455556666");
            // The first asks whether the bucket is ours.
            world.fault(Fault::new("s3:HeadBucket", kind).after(1));
        }
        let answer = judge(&stage, &site(), contract).await;
        answer.fails_with("SystemUnavailable", &["bucket owner", cause]);
    }
}

#[tokio::test]
async fn a_contract_may_lie_in_s3_for_gate_and_audit() {
    let mut stage = Stage::new().await;
    stage.settings.contract = Some(format!("s3://{REPORTS}/contract.json"));
    let answer = stage.run(stage.job(&site())).await;
    answer.fails_with("RevisionUnavailable", &["contract.json does not exist"]);
    let contract = json!({"behaviors": {"/api/*": "media"}}).to_string();
    stage
        .double
        .world()
        .object(REPORTS, "contract.json", contract.into_bytes());
    let answer = stage.run(stage.job(&site())).await;
    answer.fails_with("JobFailed", &["behavior-contract-mismatch"]);
    stage.double.world().deny("s3:GetObject");
    let live = stage.double.world().job(Some(DISTRIBUTION), None);
    let answer = stage.run(live).await;
    answer.fails_with("PermissionError", &["s3:GetObject", "contract.json"]);
}

#[tokio::test]
async fn a_contract_may_lie_in_another_region() {
    let stage = Stage::new().await;
    {
        let mut world = stage.double.world();
        world.bucket("example-contracts", "eu-central-1");
        let contract = json!({"behaviors": {"/api/*": "media"}}).to_string();
        world.object("example-contracts", "site.json", contract.into_bytes());
    }
    let parameters =
        json!({"distribution": DISTRIBUTION, "contract": "s3://example-contracts/site.json"});
    let job = stage
        .double
        .world()
        .job(Some(&parameters.to_string()), None);
    let answer = stage.run(job).await;
    answer.fails_with("JobFailed", &["behavior-contract-mismatch"]);
}

#[tokio::test]
async fn a_contract_that_cannot_be_used_says_why() {
    let stage = Stage::new().await;
    let answer = judge(&stage, &site(), "orgins: {}").await;
    answer.fails_with(
        "ConfigurationError",
        &["cdn/contract.yaml", "line 1", "did you mean `origins`?"],
    );
    let parameters = json!({"distribution": DISTRIBUTION, "contract": IN_ARTIFACT}).to_string();
    let job = stage.double.world().job(Some(&parameters), None);
    stage
        .run(job)
        .await
        .fails_with("RevisionUnavailable", &[IN_ARTIFACT, "no input artifact"]);
}

#[tokio::test]
async fn what_is_live_is_held_to_the_contract_and_the_baseline_of_an_artifact() {
    let stage = Stage::new().await;
    let old = site().to_string().replace("\"api\"", "\"api-v0\"");
    let contract = "behaviors: {'/api/*': media}";
    let files = [
        ("old.json", old.as_bytes()),
        (IN_ARTIFACT, contract.as_bytes()),
    ];
    let parameters =
        json!({"distribution": DISTRIBUTION, "contract": IN_ARTIFACT, "baseline": "old.json"});
    let answer = stage
        .run(stage.job_with(&parameters.to_string(), &files))
        .await;
    answer.fails_with("JobFailed", &["behavior-contract-mismatch"]);
    let report = stage.report();
    assert_eq!(report["candidate"]["source"], "live");
    assert_eq!(report["baseline"]["source"], "artifact");
    assert_eq!(report["changes"][0]["kind"], "renamed");
}

#[tokio::test]
async fn what_was_changed_past_the_pipeline_is_said_first() {
    let stage = Stage::new().await;
    let mut good = site();
    good["Origins"]["Items"][3]["DomainName"] = "old.origin.example.com".into();
    let stored =
        json!({"etag": "E1", "takenAt": "2026-11-01T00:00:00Z", "DistributionConfig": good});
    let key = format!("last-good/{DISTRIBUTION}.json");
    stage
        .double
        .world()
        .object(REPORTS, &key, stored.to_string().into_bytes());
    let answer = stage.run(stage.job(&good)).await;
    let note = "live was changed since it was last known good (2026-11-01T00:00:00Z): origin `api`: domain";
    assert!(answer.message().contains(note), "{}", answer.message());
    assert!(
        answer
            .message()
            .contains("this candidate would change that again")
    );
    let answer = stage.run(stage.job(&site())).await;
    assert!(
        answer.message().contains("this candidate keeps that"),
        "{}",
        answer.message()
    );
}

/// The published schema is that of the types, and what `init` writes fits it.
#[test]
fn contracts_fit_the_published_schema() {
    let published = include_str!("../../docs/contract.schema.json");
    assert!(
        published == origin_guard::contract::schema().unwrap(),
        "run `make docs`"
    );
    let schema = jsonschema::validator_for(&serde_json::from_str(published).unwrap()).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_origin-guard"))
        .args(["contract", "init", "tests/fixtures/site.json"])
        .output()
        .unwrap();
    let contract: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(contract["origins"]["assets"]["bucket"], "example-assets");
    assert_eq!(contract["behaviors"]["/api/*"], "api");
    assert!(schema.is_valid(&contract), "{contract}");
    let made = std::env::temp_dir().join(format!("contract-{}.json", std::process::id()));
    std::fs::write(&made, &output.stdout).unwrap();
    let check = |contract: &std::path::Path| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_origin-guard"))
            .args([
                "check",
                "--offline",
                "tests/fixtures/site.json",
                "--contract",
            ])
            .arg(contract)
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    assert_eq!(check(&made).0, Some(0));
    std::fs::write(&made, r#"{"behaviors": {"/api/*": "media"}}"#).unwrap();
    let (code, text) = check(&made);
    std::fs::remove_file(&made).unwrap();
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("behavior-contract-mismatch"), "{text}");
}
