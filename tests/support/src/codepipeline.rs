//! Job results of `CodePipeline`, held against the limits of its model.
//!
//! <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html> and
//! <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobFailureResult.html>

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::action::Action;
use crate::http::{Outcome, Refusal, Reply};
use crate::job::JobState;

/// All output variables of an action, in bytes.
const MAX_OUTPUT_VARIABLES: usize = 122_880;
const FAILURE_TYPES: [&str; 6] = [
    "JobFailed",
    "ConfigurationError",
    "PermissionError",
    "RevisionOutOfSync",
    "RevisionUnavailable",
    "SystemUnavailable",
];

pub(crate) fn run(action: &mut Action<'_>) -> Outcome {
    let known = matches!(
        action.route.operation.as_str(),
        "PutJobSuccessResult" | "PutJobFailureResult" | "GetJobDetails"
    );
    if !known {
        return Err(action.unknown());
    }
    let Ok(body) = serde_json::from_slice::<Value>(&action.call.body) else {
        return Err(action.broken(400, "SerializationException", "The body is not JSON"));
    };
    if let Err((code, message)) = check(&action.route.operation, &body) {
        return Err(action.broken(400, code, message));
    }
    match action.route.operation.as_str() {
        "GetJobDetails" => details(action),
        "PutJobSuccessResult" => answer(action, body, JobState::Succeeded),
        _ => answer(action, body, JobState::Failed),
    }
}

fn no_such_job() -> Refusal {
    Refusal::new(
        400,
        "JobNotFoundException",
        "The job was specified in an invalid format or cannot be found.",
    )
}

fn answer(action: &mut Action<'_>, body: Value, state: JobState) -> Outcome {
    let id = action.subject().to_owned();
    let Some(job) = action.world.jobs.get_mut(&id) else {
        return Err(no_such_job());
    };
    if job.state != JobState::InProgress {
        let message = format!("Job {id} is in an invalid state: it was already answered");
        return Err(action.broken(400, "InvalidJobStateException", message));
    }
    let token = body
        .get("continuationToken")
        .and_then(Value::as_str)
        .map(str::to_owned);
    job.state = match token {
        Some(_) => JobState::Continued,
        None => state,
    };
    job.result = Some(body);
    if let Some(token) = token {
        action.world.continue_job(&id, &token);
    }
    Ok(Reply::empty(200).with("content-type", "application/x-amz-json-1.1"))
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetJobDetails.html>
fn details(action: &Action<'_>) -> Outcome {
    let Some(job) = action.world.jobs.get(action.subject()) else {
        return Err(no_such_job());
    };
    let mut data = job.event["CodePipeline.job"]["data"].clone();
    data["pipelineContext"] = job.context.clone();
    data["actionTypeId"] =
        json!({"category": "Invoke", "owner": "AWS", "provider": "Lambda", "version": "1"});
    let details = json!({"id": job.id, "accountId": action.world.account, "data": data});
    Ok(Reply::json(
        200,
        "application/x-amz-json-1.1",
        &json!({"jobDetails": details}),
    ))
}

type Limits = Result<(), (&'static str, String)>;

fn check(operation: &str, body: &Value) -> Limits {
    let id = string(body, "jobId", 36, 36)?.ok_or_else(|| null("jobId"))?;
    if Uuid::try_parse(id).is_err() {
        return Err(constraint(
            "jobId",
            "Member must satisfy regular expression pattern: [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        ));
    }
    match operation {
        "PutJobSuccessResult" => success(body),
        "PutJobFailureResult" => failure(body),
        _ => only(body, "request", &["jobId"]),
    }
}

fn success(body: &Value) -> Limits {
    only(
        body,
        "request",
        &[
            "jobId",
            "currentRevision",
            "continuationToken",
            "executionDetails",
            "outputVariables",
        ],
    )?;
    string(body, "continuationToken", 1, 2048)?;
    if let Some(revision) = body.get("currentRevision") {
        string(revision, "revision", 1, 1500)?.ok_or_else(|| null("currentRevision.revision"))?;
        string(revision, "changeIdentifier", 1, 100)?
            .ok_or_else(|| null("currentRevision.changeIdentifier"))?;
        string(revision, "revisionSummary", 1, 2048)?;
    }
    if let Some(details) = body.get("executionDetails") {
        only(
            details,
            "executionDetails",
            &["summary", "externalExecutionId", "percentComplete"],
        )?;
        string(details, "summary", 1, 2048)?;
        string(details, "externalExecutionId", 1, 1500)?;
        let percent = details.get("percentComplete");
        if percent.is_some_and(|percent| percent.as_u64().is_none_or(|percent| percent > 100)) {
            return Err(constraint(
                "executionDetails.percentComplete",
                "Member must have value less than or equal to 100",
            ));
        }
    }
    variables(body)
}

/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html>
fn variables(body: &Value) -> Limits {
    let Some(variables) = body.get("outputVariables") else {
        return Ok(());
    };
    let Some(variables) = variables.as_object() else {
        return Err(constraint("outputVariables", "Member must be a map"));
    };
    if body.get("continuationToken").is_some() && !variables.is_empty() {
        return Err((
            "ValidationException",
            "Output variables cannot be specified along with a continuation token".to_owned(),
        ));
    }
    let plain = |character: char| character.is_ascii_alphanumeric() || "@-_".contains(character);
    if variables
        .keys()
        .any(|key| key.is_empty() || !key.chars().all(plain))
    {
        return Err(constraint(
            "outputVariables",
            "Map keys must satisfy regular expression pattern: [A-Za-z0-9@\\-_]+",
        ));
    }
    if variables.values().any(|value| !value.is_string()) {
        return Err(constraint("outputVariables", "Map values must be strings"));
    }
    if size(variables) > MAX_OUTPUT_VARIABLES {
        let message =
            format!("The total size of the output variables exceeds {MAX_OUTPUT_VARIABLES} bytes");
        return Err(("OutputVariablesSizeExceededException", message));
    }
    Ok(())
}

fn size(variables: &Map<String, Value>) -> usize {
    variables
        .iter()
        .map(|(key, value)| key.len() + value.as_str().map_or(0, str::len))
        .sum()
}

fn failure(body: &Value) -> Limits {
    only(body, "request", &["jobId", "failureDetails"])?;
    let details = body
        .get("failureDetails")
        .filter(|details| details.is_object())
        .ok_or_else(|| null("failureDetails"))?;
    only(
        details,
        "failureDetails",
        &["type", "message", "externalExecutionId"],
    )?;
    string(details, "message", 1, 5000)?.ok_or_else(|| null("failureDetails.message"))?;
    string(details, "externalExecutionId", 1, 1500)?;
    let kind = string(details, "type", 1, 100)?.ok_or_else(|| null("failureDetails.type"))?;
    if FAILURE_TYPES.contains(&kind) {
        return Ok(());
    }
    Err(constraint(
        "failureDetails.type",
        &format!(
            "Member must satisfy enum value set: [{}]",
            FAILURE_TYPES.join(", ")
        ),
    ))
}

/// A member of text within its length, which AWS counts in UTF-16 or Unicode units; the double counts characters.
fn string<'a>(
    value: &'a Value,
    name: &str,
    least: usize,
    most: usize,
) -> Result<Option<&'a str>, (&'static str, String)> {
    match value.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            let length = text.chars().count();
            match length {
                _ if length < least => Err(constraint(
                    name,
                    &format!("Member must have length greater than or equal to {least}"),
                )),
                _ if length > most => Err(constraint(
                    name,
                    &format!("Member must have length less than or equal to {most}"),
                )),
                _ => Ok(Some(text)),
            }
        }
        Some(_) => Err(("SerializationException", format!("{name} must be a string"))),
    }
}

/// A member that the model does not have is a mistake of the caller that AWS would not notice; the double does.
fn only(value: &Value, at: &str, names: &[&str]) -> Limits {
    match value
        .as_object()
        .and_then(|members| members.keys().find(|key| !names.contains(&key.as_str())))
    {
        Some(unknown) => Err((
            "ValidationException",
            format!("{at} has the unknown member {unknown}"),
        )),
        None => Ok(()),
    }
}

fn constraint(member: &str, rule: &str) -> (&'static str, String) {
    (
        "ValidationException",
        format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: {rule}"
        ),
    )
}

fn null(member: &str) -> (&'static str, String) {
    constraint(member, "Member must not be null")
}
