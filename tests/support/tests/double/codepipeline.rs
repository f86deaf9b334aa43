use aws_double::{Double, JobOptions, JobState};
use serde_json::{Value, json};

use crate::client::json;

async fn put(double: &Double, operation: &str, body: &Value) -> (u16, String) {
    let target = format!("CodePipeline_20150709.{operation}");
    let answer = json(&double.endpoint(), "codepipeline", &target, body)
        .send()
        .await;
    let code = if answer.body.is_empty() {
        String::new()
    } else {
        answer.json()["__type"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    (answer.status, code)
}

fn id(event: &Value) -> String {
    event["CodePipeline.job"]["id"]
        .as_str()
        .expect("an ID")
        .to_owned()
}

#[tokio::test]
async fn a_job_is_answered_once() {
    let double = Double::start().await;
    let job = id(&double.world().job(Some("E1"), None));
    let answer =
        json!({"jobId": job, "executionDetails": {"summary": "ok", "percentComplete": 100}});
    assert_eq!(
        put(&double, "PutJobSuccessResult", &answer).await,
        (200, String::new())
    );
    {
        let world = double.world();
        assert_eq!(
            (world.jobs[&job].state, world.jobs[&job].result.as_ref()),
            (JobState::Succeeded, Some(&answer))
        );
        assert!(world.violations.is_empty());
    }
    assert_eq!(
        put(&double, "PutJobSuccessResult", &answer).await.1,
        "InvalidJobStateException"
    );
    let unknown = json!({"jobId": "00000000-0000-4000-8000-000000000000"});
    assert_eq!(
        put(&double, "PutJobSuccessResult", &unknown).await.1,
        "JobNotFoundException"
    );
    assert_eq!(double.world().violations.len(), 1);
}

#[tokio::test]
async fn the_limits_of_a_success() {
    let double = Double::start().await;
    let job = id(&double.world().job(None, None));
    let big = "x".repeat(122_880);
    let cases = [
        (
            json!({"executionDetails": {"summary": "x".repeat(2049)}}),
            "ValidationException",
        ),
        (
            json!({"executionDetails": {"summary": ""}}),
            "ValidationException",
        ),
        (
            json!({"executionDetails": {"externalExecutionId": "x".repeat(1501)}}),
            "ValidationException",
        ),
        (
            json!({"executionDetails": {"percentComplete": 101}}),
            "ValidationException",
        ),
        (
            json!({"continuationToken": "x".repeat(2049)}),
            "ValidationException",
        ),
        (json!({"continuationToken": ""}), "ValidationException"),
        (
            json!({"continuationToken": "t", "outputVariables": {"a": "b"}}),
            "ValidationException",
        ),
        (
            json!({"outputVariables": {"a b": "c"}}),
            "ValidationException",
        ),
        (
            json!({"outputVariables": {"a": big}}),
            "OutputVariablesSizeExceededException",
        ),
        (
            json!({"currentRevision": {"revision": "x".repeat(1501), "changeIdentifier": "c"}}),
            "ValidationException",
        ),
        (
            json!({"currentRevision": {"revision": "r", "changeIdentifier": "x".repeat(101)}}),
            "ValidationException",
        ),
        (
            json!({"currentRevision": {"revision": "r", "changeIdentifier": "c", "revisionSummary": "x".repeat(2049)}}),
            "ValidationException",
        ),
        (json!({"jobId": "no-uuid"}), "ValidationException"),
        (json!({"jobId": null}), "ValidationException"),
    ];
    for (index, (mut body, code)) in cases.into_iter().enumerate() {
        if body.get("jobId").is_none() {
            body["jobId"] = json!(job);
        }
        assert_eq!(
            put(&double, "PutJobSuccessResult", &body).await,
            (400, code.to_owned()),
            "case {index}"
        );
        assert_eq!(double.world().violations.len(), index + 1);
    }
    let most = json!({
        "jobId": job, "executionDetails": {"summary": "ü".repeat(2048), "externalExecutionId": "x".repeat(1500), "percentComplete": 0},
        "outputVariables": {"A-b_@9": "x".repeat(122_880 - 6)},
    });
    assert_eq!(put(&double, "PutJobSuccessResult", &most).await.0, 200);
}

#[tokio::test]
async fn the_limits_of_a_failure() {
    let double = Double::start().await;
    let job = id(&double.world().job(None, None));
    for details in [
        json!({"type": "JobFailed", "message": ""}),
        json!({"type": "JobFailed", "message": "x".repeat(5001)}),
        json!({"type": "Broken", "message": "x"}),
        json!({"message": "x"}),
        json!({"type": "JobFailed", "message": "x", "externalExecutionId": "x".repeat(1501)}),
        Value::Null,
    ] {
        let body = json!({"jobId": job, "failureDetails": details});
        assert_eq!(
            put(&double, "PutJobFailureResult", &body).await,
            (400, "ValidationException".to_owned()),
            "{body}"
        );
    }
    let body = json!({"jobId": job, "failureDetails": {"type": "ConfigurationError", "message": "x".repeat(5000)}});
    assert_eq!(put(&double, "PutJobFailureResult", &body).await.0, 200);
    assert_eq!(double.world().jobs[&job].state, JobState::Failed);
    assert_eq!(
        put(&double, "PutJobFailureResult", &body).await.1,
        "InvalidJobStateException"
    );
}

#[tokio::test]
async fn details_tell_the_pipeline() {
    let double = Double::start().await;
    let options = JobOptions {
        pipeline: Some("shop".to_owned()),
        encryption_key: Some("arn:key".to_owned()),
        ..JobOptions::default()
    };
    let event = double.world().job_with(&options);
    assert_eq!(
        event["CodePipeline.job"]["data"]["encryptionKey"],
        json!({"id": "arn:key", "type": "KMS"})
    );
    let body = json!({"jobId": id(&event)});
    let answer = json(
        &double.endpoint(),
        "codepipeline",
        "CodePipeline_20150709.GetJobDetails",
        &body,
    )
    .send()
    .await
    .json();
    let context = &answer["jobDetails"]["data"]["pipelineContext"];
    assert_eq!(context["pipelineName"], "shop");
    assert!(context["pipelineExecutionId"].is_string() && context["stage"]["name"].is_string());

    double.world().deny("codepipeline:PutJobSuccessResult");
    assert_eq!(
        put(&double, "PutJobSuccessResult", &body).await,
        (400, "AccessDeniedException".to_owned())
    );
}
