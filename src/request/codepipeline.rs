use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::{RequestError, TriggerId};
use crate::distribution::AccountId;

/// The one key of a job event.
pub(super) const KEY: &str = "CodePipeline.job";

/// A job of a CodePipeline Lambda action. Follows
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html#action-reference-Lambda-event>.
///
/// `aws_lambda_events` has a type for it that demands fields which are optional, has no
/// `encryptionKey`, and prints credentials with `Debug`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// The job, a UUID; the answer names it.
    pub id: TriggerId,
    /// The pipeline's account.
    #[serde(default)]
    pub account_id: Option<AccountId>,
    /// What the action was given.
    #[serde(default)]
    data: Data,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    #[serde(default)]
    action_configuration: Option<ActionConfiguration>,
    #[serde(default)]
    input_artifacts: Option<Vec<InputArtifact>>,
    #[serde(default)]
    artifact_credentials: Option<ArtifactCredentials>,
    #[serde(default)]
    continuation_token: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct ActionConfiguration {
    #[serde(default)]
    configuration: Option<Configuration>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    #[serde(default)]
    user_parameters: Option<String>,
}

/// An artifact that an earlier action made.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InputArtifact {
    /// Its name in the pipeline.
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    location: Option<Location>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(default)]
    s3_location: Option<ArtifactLocation>,
}

/// Where an artifact lies in S3.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactLocation {
    /// The bucket.
    pub bucket_name: String,
    /// The key.
    pub object_key: String,
}

/// Credentials that live as long as the job and read its artifacts. Never printed.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactCredentials {
    /// Access key ID.
    pub access_key_id: String,
    /// Secret access key.
    pub secret_access_key: String,
    /// Session token.
    #[serde(default)]
    pub session_token: Option<String>,
}

impl ArtifactCredentials {
    /// Whether they have the form of credentials: an HTTP client may panic at other characters.
    #[must_use]
    pub fn are_well_formed(&self) -> bool {
        let texts = [
            Some(self.access_key_id.as_str()),
            Some(self.secret_access_key.as_str()),
            self.session_token.as_deref(),
        ];
        let is_graphic = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        texts.into_iter().flatten().all(is_graphic)
    }
}

impl fmt::Debug for ArtifactCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArtifactCredentials(..)")
    }
}

impl Job {
    /// What the pipeline's owner wrote for the guard.
    #[must_use]
    pub fn user_parameters(&self) -> Option<&str> {
        let configuration = self
            .data
            .action_configuration
            .as_ref()?
            .configuration
            .as_ref()?;
        configuration.user_parameters.as_deref()
    }

    /// What an earlier job of the same action was answered with, where this one continues it.
    #[must_use]
    pub fn continuation_token(&self) -> Option<&str> {
        self.data.continuation_token.as_deref()
    }

    /// The artifacts, in the order of the action.
    #[must_use]
    pub fn input_artifacts(&self) -> &[InputArtifact] {
        self.data.input_artifacts.as_deref().unwrap_or_default()
    }

    /// The credentials that read them.
    #[must_use]
    pub fn artifact_credentials(&self) -> Option<&ArtifactCredentials> {
        self.data.artifact_credentials.as_ref()
    }
}

impl InputArtifact {
    /// Where it lies.
    #[must_use]
    pub fn location(&self) -> Option<&ArtifactLocation> {
        self.location.as_ref()?.s3_location.as_ref()
    }
}

pub(super) fn parse(mut event: Value) -> Result<Job, RequestError> {
    let job = event[KEY].take();
    let id = job.get("id").and_then(Value::as_str).map(TriggerId::from);
    match (Job::deserialize(&job), id) {
        (Ok(job), _) => Ok(job),
        // The ID is read by itself first, so that a job whose other fields are malformed still gets
        // its answer.
        (Err(_), Some(id)) => Err(RequestError::Job {
            id,
            problem: format!(
                "`{}` does not have the form that CodePipeline gives it",
                wrong_field(&job)
            ),
        }),
        (Err(_), None) => Err(RequestError::UnknownKind(
            "a CodePipeline job without an id, which cannot be answered".to_owned(),
        )),
    }
}

/// The field that cannot be read. What stands there may be a credential, and serde's errors quote it.
fn wrong_field(job: &Value) -> &'static str {
    fn fits<'j, T: Deserialize<'j>>(value: &'j Value) -> bool {
        // Absent and null are both fine: which fields CodePipeline leaves out when they are unset
        // is not documented.
        Option::<T>::deserialize(value).is_ok()
    }
    let data = &job["data"];
    let fields = [
        ("accountId", fits::<AccountId>(&job["accountId"])),
        (
            "data.actionConfiguration",
            fits::<ActionConfiguration>(&data["actionConfiguration"]),
        ),
        (
            "data.inputArtifacts",
            fits::<Vec<InputArtifact>>(&data["inputArtifacts"]),
        ),
        (
            "data.artifactCredentials",
            fits::<ArtifactCredentials>(&data["artifactCredentials"]),
        ),
        (
            "data.continuationToken",
            fits::<String>(&data["continuationToken"]),
        ),
    ];
    let wrong = fields.into_iter().find(|(_, fits)| !fits);
    wrong.map_or("data", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_a_job_with_nothing_optional() {
        let job = parse(json!({KEY: {"id": "1", "data": {}}})).unwrap();
        assert_eq!(
            (job.user_parameters(), job.input_artifacts().len()),
            (None, 0)
        );
    }

    #[test]
    fn reads_a_job_with_everything() {
        let job = parse(
            json!({KEY: {"id": "1", "accountId": "111122223333", "data": {
            "actionConfiguration": {"configuration": {"FunctionName": "f", "UserParameters": "EX"}},
            "inputArtifacts": [{"name": "Build", "revision": null, "location": {"type": "S3",
                "s3Location": {"bucketName": "b", "objectKey": "k"}}}],
            "outputArtifacts": [], "continuationToken": "t",
            "encryptionKey": {"id": "arn", "type": "KMS"},
            "artifactCredentials": {"accessKeyId": "AKIA1", "secretAccessKey": "s3cr3t",
                "sessionToken": "t0k3n", "expirationTime": 1.0}}}}),
        )
        .unwrap();
        assert_eq!(job.user_parameters(), Some("EX"));
        assert_eq!(job.continuation_token(), Some("t"));
        assert_eq!(job.input_artifacts()[0].location().unwrap().object_key, "k");
        let printed = format!("{job:?}");
        for secret in ["AKIA1", "s3cr3t", "t0k3n"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }

    #[test]
    fn a_job_that_cannot_be_read_can_still_be_answered() {
        let error = parse(json!({KEY: {"id": "j1", "data": {"inputArtifacts": 5}}})).unwrap_err();
        assert!(matches!(error, RequestError::Job { id, .. } if id.as_str() == "j1"));
    }

    #[test]
    fn names_the_field_that_cannot_be_read_and_nothing_of_what_stands_there() {
        for (job, field) in [
            (json!({"accountId": 5}), "`accountId`"),
            (json!({"data": "s3cr3t"}), "`data`"),
            (
                json!({"data": {"actionConfiguration": "s3cr3t"}}),
                "`data.actionConfiguration`",
            ),
            (
                json!({"data": {"inputArtifacts": [{"name": 5}]}}),
                "`data.inputArtifacts`",
            ),
            (
                json!({"data": {"artifactCredentials": {"accessKeyId": "s3cr3t"}}}),
                "`data.artifactCredentials`",
            ),
        ] {
            let mut job = job;
            job["id"] = "j1".into();
            let error = parse(json!({KEY: job})).unwrap_err().to_string();
            assert!(
                error.contains(field) && !error.contains("s3cr3t"),
                "{error}"
            );
        }
    }
}
