//! The way to a candidate in steps, each of which CloudFront takes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use aws_double::{Double, to_xml};
use serde_json::{Value, json};

use crate::command_line::{err, origin_guard, out, with_account};
use crate::stage::{DISTRIBUTION, furnish, site};

/// The site with its API renamed and moved, its media retired, and a new origin in a new group.
fn candidate() -> Value {
    let mut config = site();
    let items = config["Origins"]["Items"].as_array_mut().unwrap();
    items.retain(|origin| origin["Id"] != "media");
    let api = items
        .iter_mut()
        .find(|origin| origin["Id"] == "api")
        .unwrap();
    api["Id"] = "api-v2".into();
    api["DomainName"] = "api-v2.origin.example.com".into();
    config["Origins"]["Quantity"] = items.len().into();
    let behaviors = config["CacheBehaviors"]["Items"].as_array_mut().unwrap();
    for behavior in behaviors {
        let target = if behavior["TargetOriginId"] == "api" {
            "api-v2"
        } else {
            "assets"
        };
        behavior["TargetOriginId"] = target.into();
    }
    config
}

/// A text as Windows PowerShell writes it into a file.
pub(crate) fn utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xff, 0xfe].into_iter().chain(units).collect()
}

/// What CloudFront answers to an update: 200, or the refusal.
fn update(double: &Double, config: &Value) -> Result<(), String> {
    let endpoint = double.endpoint();
    let host = endpoint.trim_start_matches("http://").trim_end_matches('/');
    let etag = double.world().distributions[DISTRIBUTION].etag.clone();
    let body = to_xml("DistributionConfig", config);
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "PUT /2020-05-31/distribution/{DISTRIBUTION}/config HTTP/1.1\r\nhost: {host}\r\nif-match: {etag}\r\n\
         authorization: AWS4-HMAC-SHA256 Credential=AKIATERMINAL/20261123/us-east-1/cloudfront/aws4_request, SignedHeaders=host;x-amz-date, Signature={}\r\n\
         content-type: application/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        "0".repeat(64),
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    if answer.starts_with("HTTP/1.1 200") {
        Ok(())
    } else {
        Err(answer)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_is_taken_by_cloudfront_and_the_last_is_the_candidate() {
    let double = Double::start().await;
    furnish(&double);
    let candidate = candidate();
    let whole = json!({"Id": DISTRIBUTION, "DistributionConfig": candidate}).to_string();
    let folder = std::env::temp_dir().join(format!("origin-guard-plan-{}", std::process::id()));
    let file = folder.with_extension("json");
    std::fs::write(&file, whole).unwrap();
    let (file, into) = (file.to_str().unwrap(), folder.to_str().unwrap());
    let plan = |baseline: &str| {
        let arguments = ["plan", file, "--baseline", baseline, "--out", into];
        with_account(&double, &arguments, "")
    };
    // What is retired has a header, whose value the guard does not read from CloudFront.
    let output = plan(DISTRIBUTION);
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    assert!(
        err(&output).contains("header `X-Origin-Verify` of origin `api`"),
        "{}",
        err(&output)
    );
    let site = site();
    let before = folder.with_extension("before.json");
    let whole = json!({"Id": DISTRIBUTION, "DistributionConfig": site});
    std::fs::write(&before, whole.to_string()).unwrap();
    let output = plan(before.to_str().unwrap());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    std::fs::remove_file(before).unwrap();
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["1-origins.json", "2-behaviors.json", "3-removal.json"]
    );
    // Not in any order: what is retired is still in use.
    let step = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
    };
    for name in &names {
        update(&double, &step(name)).unwrap_or_else(|answer| panic!("{name}: {answer}"));
        let live = double.world().distributions[DISTRIBUTION].config.clone();
        let origins = live["Origins"]["Items"].as_array().unwrap();
        for origin in origins {
            // An origin is as it was, or as it is to be, its header's value too.
            let is_same = |it: &Value| it == origin;
            let before = site["Origins"]["Items"].as_array().unwrap();
            let after = candidate["Origins"]["Items"].as_array().unwrap();
            assert!(
                before.iter().chain(after).any(is_same),
                "{name}: {origin:#}"
            );
        }
    }
    let live = double.world().distributions[DISTRIBUTION].config.clone();
    assert_eq!(live["Origins"], candidate["Origins"]);
    assert_eq!(live["CacheBehaviors"], candidate["CacheBehaviors"]);
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::remove_file(file).unwrap();
}

/// What CloudFront runs is read without the values of origin headers; the candidate has them.
#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_stays_keeps_its_value_and_makes_no_step() {
    let double = Double::start().await;
    furnish(&double);
    let mut candidate = site();
    let mut more = candidate["Origins"]["Items"][3].clone();
    more["Id"] = "more".into();
    candidate["Origins"]["Items"]
        .as_array_mut()
        .unwrap()
        .push(more);
    candidate["Origins"]["Quantity"] = 5.into();
    let plan_from = |baseline: &str, candidate: &Value| {
        let arguments = ["plan", "-", "--baseline", baseline];
        with_account(&double, &arguments, &candidate.to_string())
    };
    let plan = |candidate: &Value| plan_from(DISTRIBUTION, candidate);
    let output = plan(&candidate);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let steps: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(steps.as_array().unwrap().len(), 1, "{steps:#}");
    assert_eq!(steps[0]["step"], "origins");
    assert_eq!(steps[0]["config"]["Origins"], candidate["Origins"]);
    assert!(err(&output).contains("1 origin header"), "{}", err(&output));
    let by_alias = plan_from("www.example.com", &candidate);
    assert_eq!(out(&by_alias), out(&output), "{}", err(&by_alias));
    let output = plan(&site());
    assert!(err(&output).contains("nothing changes"), "{}", err(&output));
    // A config as reports and stored ones have it would give the origin that text as its secret.
    let hidden = site().to_string().replace(
        "header-value-that-is-secret",
        "HIDDEN_DUE_TO_SECURITY_REASONS",
    );
    let output = plan(&serde_json::from_str(&hidden).unwrap());
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
}

#[test]
fn a_step_that_would_break_is_blocked() {
    let mut broken = candidate();
    broken["DefaultCacheBehavior"]["TargetOriginId"] = "gone".into();
    let before = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/site.json");
    let arguments = ["plan", "-", "--offline", "--baseline", before];
    let output = origin_guard(&arguments, &[], &broken.to_string());
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let steps: Value = serde_json::from_str(&out(&output)).unwrap();
    let verdicts: Vec<&str> = steps
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["pass", "block", "block"]);
    assert!(err(&output).contains("unknown-target-origin"));
}

#[tokio::test]
async fn steps_are_made_of_what_powershell_redirected() {
    let redirected = utf16(&candidate().to_string());
    let file = std::env::temp_dir().join(format!("origin-guard-utf16-{}.json", std::process::id()));
    std::fs::write(&file, &redirected).unwrap();
    let before = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/site.json");
    let name = file.to_str().unwrap();
    let output = origin_guard(&["plan", name, "--offline", "--baseline", before], &[], "");
    std::fs::remove_file(file).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let stage = crate::stage::Stage::new().await;
    let parameters =
        json!({"distribution": DISTRIBUTION, "candidate": "a.json", "step": "origins"});
    let job = stage.job_with(&parameters.to_string(), &[("a.json", &redirected)]);
    let answer = stage.run(job).await;
    assert!(answer.succeeded(), "{}", answer.message());
}

#[test]
fn says_what_it_cannot_make_steps_of() {
    for (arguments, input, text) in [
        (
            vec!["plan", "-", "--offline"],
            site().to_string(),
            "--baseline",
        ),
        (
            vec![
                "plan",
                "tests/fixtures/cloudformation/site.yaml",
                "--offline",
                "--baseline",
                "-",
            ],
            site().to_string(),
            "steps are made of whole configs",
        ),
        (
            vec!["plan", "-", "--offline", "--baseline", "E1"],
            site().to_string(),
            "cannot be read offline",
        ),
        (
            vec!["plan", "E1"],
            String::new(),
            "give the candidate as a file",
        ),
    ] {
        let output = origin_guard(&arguments, &[], &input);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            err(&output).contains(text),
            "{arguments:?}: {}",
            err(&output)
        );
    }
}

#[tokio::test]
async fn a_pipeline_judges_the_step_that_it_is_at() {
    let stage = crate::stage::Stage::new().await;
    let mut broken = candidate();
    broken["DefaultCacheBehavior"]["TargetOriginId"] = "gone".into();
    let judge = async |step: &str, name: &str| {
        let parameters =
            json!({"distribution": DISTRIBUTION, "candidate": name, "step": step}).to_string();
        let file = broken.to_string();
        stage
            .run(stage.job_with(&parameters, &[(name, file.as_bytes())]))
            .await
    };
    let answer = judge("origins", "site.json").await;
    assert!(answer.succeeded(), "{}", answer.message());
    assert!(
        answer.message().contains("5 origins"),
        "{}",
        answer.message()
    );
    let answer = judge("behaviors", "site.json").await;
    answer.fails_with(
        "JobFailed",
        &["unknown-target-origin", "site.json, step behaviors"],
    );
    let answer = judge("removal", "site.json").await;
    answer.fails_with("JobFailed", &["targets origin `gone`"]);
    let answer = judge("remove", "site.json").await;
    answer.fails_with("ConfigurationError", &["removal"]);
}
