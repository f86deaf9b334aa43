//! The built binary, through Lambda's Runtime API.

use std::path::PathBuf;
use std::time::Duration;

use aws_double::runtime_api::{Function, Outcome};
use aws_double::{Double, Fault, FaultKind};
use serde_json::{Value, json};

use crate::stage::{DISTRIBUTION, REPORTS, TOPIC, furnish, site};

const LONG: Duration = Duration::from_secs(30);

async fn function(double: &Double, more: &[(&str, &str)]) -> Function {
    let endpoint = double.endpoint();
    let mut environment = vec![
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("ORIGIN_GUARD_REPORT_BUCKET", REPORTS),
        ("ORIGIN_GUARD_TOPIC_ARN", TOPIC),
    ];
    environment.extend_from_slice(more);
    Function::start(env!("CARGO_BIN_EXE_bootstrap"), environment).await
}

fn events() -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("events");
    let mut events: Vec<(String, Value)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (
                name,
                serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(),
            )
        })
        .collect();
    events.sort_by(|a, b| a.0.cmp(&b.0));
    events
}

#[tokio::test]
async fn a_job_is_answered_and_the_invocation_succeeds() {
    let double = Double::start().await;
    furnish(&double);
    let mut function = function(&double, &[]).await;
    let job = double.world().job(Some(DISTRIBUTION), None);
    let id = job["CodePipeline.job"]["id"].as_str().unwrap().to_owned();
    let invocation = function.invoke(&job, LONG).await;
    let Outcome::Response(response) = &invocation.outcome else {
        panic!("{invocation:?} {}", function.logs());
    };
    assert_eq!(response["verdict"], "pass", "{}", function.logs());
    assert!(double.world().jobs[&id].result.is_some());
}

#[tokio::test]
async fn every_sample_event_is_understood() {
    let double = Double::start().await;
    furnish(&double);
    let mut function = function(&double, &[]).await;
    let events = events();
    assert!(events.len() >= 8, "{}", events.len());
    for (name, event) in events {
        let job = double.world().adopt_job(&event);
        let invocation = function.invoke(&event, LONG).await;
        assert!(
            matches!(invocation.outcome, Outcome::Response(_)),
            "{name}: {invocation:?} {}",
            function.logs()
        );
        if let Some(job) = job {
            assert!(
                double.world().jobs[&job].result.is_some(),
                "{name} is answered"
            );
        }
    }
    assert_eq!(double.world().violations, Vec::<String>::new());
}

#[tokio::test]
async fn the_job_is_answered_before_lambda_cuts_the_function_off() {
    let double = Double::start().await;
    furnish(&double);
    double
        .world()
        .fault(Fault::new("s3:GetBucketPolicy", FaultKind::Hang));
    let mut function = function(&double, &[]).await;
    let job = double.world().job(Some(DISTRIBUTION), None);
    let id = job["CodePipeline.job"]["id"].as_str().unwrap().to_owned();
    let invocation = function.invoke(&job, Duration::from_secs(3)).await;
    assert!(
        matches!(invocation.outcome, Outcome::Response(_)),
        "{invocation:?}"
    );
    assert_eq!(
        double.world().jobs[&id].result.as_ref().unwrap()["failureDetails"]["type"],
        "SystemUnavailable"
    );
}

#[tokio::test]
async fn bad_settings_do_not_keep_the_function_from_answering() {
    let double = Double::start().await;
    furnish(&double);
    let mut function = function(&double, &[("ORIGIN_GUARD_MAX_ORIGINS", "many")]).await;
    let job = double.world().job(Some(DISTRIBUTION), None);
    let id = job["CodePipeline.job"]["id"].as_str().unwrap().to_owned();
    function.invoke(&job, LONG).await;
    let result = double.world().jobs[&id].result.clone().unwrap();
    let message = result["failureDetails"]["message"].as_str().unwrap();
    assert!(
        message.contains("ORIGIN_GUARD_MAX_ORIGINS=many"),
        "{message}"
    );
}

/// AWS's roots, and a certificate that is none.
pub(crate) fn broken_bundle(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("{name}-{}.pem", std::process::id()));
    let roots = include_str!("../../src/aws/amazon-roots.pem");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    std::fs::write(&path, format!("{roots}{broken}")).unwrap();
    path
}

#[tokio::test]
async fn a_bundle_with_a_broken_certificate_does_not_keep_the_function_from_answering() {
    let double = Double::start().await;
    furnish(&double);
    let bundle = broken_bundle("origin-guard-function");
    let mut function = function(&double, &[("AWS_CA_BUNDLE", bundle.to_str().unwrap())]).await;
    let job = double.world().job(Some(DISTRIBUTION), None);
    let id = job["CodePipeline.job"]["id"].as_str().unwrap().to_owned();
    function.invoke(&job, LONG).await;
    let result = double.world().jobs[&id].result.clone();
    let result = result.unwrap_or_else(|| panic!("unanswered: {}", function.logs()));
    let details = &result["failureDetails"];
    assert_eq!(details["type"], "ConfigurationError");
    let message = details["message"].as_str().unwrap();
    assert!(
        message.contains("AWS_CA_BUNDLE=") && message.contains("certificate 6"),
        "{message}"
    );
    std::fs::remove_file(bundle).unwrap();
}

#[tokio::test]
async fn an_unanswered_job_is_logged_in_the_words_that_the_alarm_filters_for() {
    let double = Double::start().await;
    furnish(&double);
    double.world().deny("codepipeline:PutJobSuccessResult");
    let mut function = function(&double, &[]).await;
    let job = double.world().job(Some(DISTRIBUTION), None);
    let invocation = function.invoke(&job, LONG).await;
    assert!(
        matches!(invocation.outcome, Outcome::Error(_)),
        "{invocation:?}"
    );
    let logs = function.logs();
    let line = logs
        .lines()
        .find(|line| line.contains("job unanswered"))
        .expect("it is logged");
    let line: Value = serde_json::from_str(line).expect("logs are JSON lines");
    assert_eq!(line["message"], "job unanswered");
    assert_eq!(line["level"], "ERROR");
    let template =
        std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("template.yaml"))
            .unwrap();
    let filter = template.lines().map(str::trim);
    let filter: Vec<&str> = filter
        .filter(|line| line.starts_with("FilterPattern:"))
        .collect();
    assert_eq!(
        filter,
        [r#"FilterPattern: '{ $.message = "job unanswered*" }'"#],
        "template.yaml filters for it"
    );
}

/// Every secret that the function is handed, through jobs, candidates and environment.
#[tokio::test]
async fn no_credential_and_no_header_value_is_logged_stored_or_reported() {
    let double = Double::start().await;
    furnish(&double);
    let mut function = function(
        &double,
        &[
            ("ORIGIN_GUARD_LOG", "debug"),
            ("ORIGIN_GUARD_NOTIFY_PASS", "true"),
        ],
    )
    .await;
    let text = site().to_string();
    let mut secrets = vec!["header-value-that-is-secret".to_owned()];
    let broken = text.replace("example-assets.s3", "gone.s3");
    for candidate in [text.as_str(), broken.as_str(), "{", "not json"] {
        let parameters = json!({"distribution": DISTRIBUTION, "candidate": "c.json"}).to_string();
        let job = {
            let mut world = double.world();
            world.object(
                "pipeline-artifacts",
                "in.zip",
                aws_double::zip([("c.json", candidate.as_bytes())]),
            );
            world.job(Some(&parameters), Some(("pipeline-artifacts", "in.zip")))
        };
        let credentials = &job["CodePipeline.job"]["data"]["artifactCredentials"];
        for name in ["accessKeyId", "secretAccessKey", "sessionToken"] {
            secrets.push(credentials[name].as_str().unwrap().to_owned());
        }
        function.invoke(&job, LONG).await;
    }
    for (_, event) in events() {
        function.invoke(&event, LONG).await;
    }
    let world = double.world();
    let stored: String = world.buckets[REPORTS]
        .objects
        .values()
        .map(|object| String::from_utf8_lossy(&object.body).into_owned())
        .collect();
    let reported: String = world
        .published
        .iter()
        .map(|published| published.message.clone())
        .collect();
    let answers: String = world
        .jobs
        .values()
        .filter_map(|job| job.result.as_ref())
        .map(Value::to_string)
        .collect();
    for (place, text) in [
        ("log", function.logs()),
        ("report", stored),
        ("message", reported),
        ("answer", answers),
    ] {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{place} holds {secret}");
        }
    }
    assert!(function.logs().len() > 1000, "the log was really kept");
}
