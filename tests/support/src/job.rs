//! Jobs of `CodePipeline`, as a Lambda invoke action gets them.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-codepipeline.html>

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::World;

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Given to the function, not answered yet.
    InProgress,
    /// Answered with success.
    Succeeded,
    /// Answered with success and a continuation token: another job follows.
    Continued,
    /// Answered with a failure.
    Failed,
}

/// A job.
#[derive(Debug, Clone)]
pub struct Job {
    /// The job ID.
    pub id: String,
    /// Where it is.
    pub state: JobState,
    /// The whole request that answered it.
    pub result: Option<Value>,
    /// What the function gets.
    pub event: Value,
    /// The access key of the artifact credentials: only it reads the artifact.
    pub access_key_id: String,
    /// The session token that goes with it; without one it is not checked.
    pub session_token: Option<String>,
    /// The bucket and key of the input artifact.
    pub artifact: Option<(String, String)>,
    /// `pipelineContext` of `GetJobDetails`.
    pub context: Value,
    /// The job that follows, and how much later: there is one where the answer had a continuation token.
    pub next: Option<(String, Duration)>,
}

/// What a job can have besides its parameters; everything may stay at its default.
#[derive(Debug, Clone, Default)]
pub struct JobOptions {
    /// The action's `UserParameters`.
    pub user_parameters: Option<String>,
    /// The bucket and key of the input artifact.
    pub artifact: Option<(String, String)>,
    /// The KMS key of the artifact store.
    pub encryption_key: Option<String>,
    /// The artifact credentials' access key; unique when absent.
    pub access_key_id: Option<String>,
    /// The artifact credentials' secret.
    pub secret_access_key: Option<String>,
    /// The artifact credentials' session token; unique when absent, none when empty.
    pub session_token: Option<String>,
    /// The pipeline's name.
    pub pipeline: Option<String>,
}

impl World {
    /// Registers a job and returns the event that the function gets for it.
    pub fn job(&mut self, user_parameters: Option<&str>, artifact: Option<(&str, &str)>) -> Value {
        self.job_with(&JobOptions {
            user_parameters: user_parameters.map(str::to_owned),
            artifact: artifact.map(|(bucket, key)| (bucket.to_owned(), key.to_owned())),
            ..JobOptions::default()
        })
    }

    /// Registers a job with more to it and returns the event. The artifact becomes readable by the job's credentials only.
    ///
    /// # Panics
    /// Never: the event has all that a job needs.
    pub fn job_with(&mut self, options: &JobOptions) -> Value {
        let id = Uuid::new_v4().to_string();
        let unique = Uuid::new_v4().simple().to_string().to_ascii_uppercase();
        let access_key_id = options
            .access_key_id
            .clone()
            .unwrap_or_else(|| format!("ASIA{}", &unique[..16]));
        let session_token = options
            .session_token
            .clone()
            .unwrap_or_else(|| format!("token-{unique}"));
        let secret = options
            .secret_access_key
            .clone()
            .unwrap_or_else(|| format!("secret-{unique}"));
        let event = json!({"CodePipeline.job": {
            "id": id, "accountId": self.account,
            "data": data(options, &json!({"accessKeyId": access_key_id, "secretAccessKey": secret, "sessionToken": session_token})),
        }});
        let pipeline = options.pipeline.as_deref().unwrap_or("site");
        self.register(&event, pipeline)
            .expect("the event was made with all that a job needs");
        event
    }

    /// Registers the job of an event that was written by hand. Its artifact, if it is there, becomes readable by the job's
    /// credentials only. Gives the job ID; none when the event is no `CodePipeline.job`.
    pub fn adopt_job(&mut self, event: &Value) -> Option<String> {
        self.register(event, "site")
    }

    fn register(&mut self, event: &Value, pipeline: &str) -> Option<String> {
        let job = event.get("CodePipeline.job")?;
        let text = |pointer: &str| {
            job.pointer(pointer)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let id = text("/id")?;
        let access_key_id = text("/data/artifactCredentials/accessKeyId")?;
        let location = "/data/inputArtifacts/0/location/s3Location";
        let artifact =
            text(&format!("{location}/bucketName")).zip(text(&format!("{location}/objectKey")));
        self.protect(artifact.as_ref(), &access_key_id);
        let context = json!({
            "pipelineName": pipeline, "stage": {"name": "Check"},
            "action": {"name": "OriginGuard", "actionExecutionId": Uuid::new_v4().to_string()},
            "pipelineArn": format!("arn:aws:codepipeline:us-east-1:{}:{pipeline}", self.account),
            "pipelineExecutionId": Uuid::new_v4().to_string(),
        });
        let session_token =
            text("/data/artifactCredentials/sessionToken").filter(|token| !token.is_empty());
        let job = Job {
            id: id.clone(),
            state: JobState::InProgress,
            result: None,
            event: event.clone(),
            access_key_id,
            session_token,
            artifact,
            context,
            next: None,
        };
        self.jobs.insert(id.clone(), job);
        Some(id)
    }

    /// Makes the job that continues another one, with an ID and credentials of its own, the token, and all else of the
    /// action. How much later `CodePipeline` makes it is documented nowhere, so it is what
    /// [`World::continues_after`] says.
    pub(crate) fn continue_job(&mut self, id: &str, token: &str) {
        let Some(before) = self.jobs.get(id) else {
            return;
        };
        let (mut event, context) = (before.event.clone(), before.context.clone());
        let unique = Uuid::new_v4().simple().to_string().to_ascii_uppercase();
        let job = &mut event["CodePipeline.job"];
        job["id"] = Uuid::new_v4().to_string().into();
        job["data"]["continuationToken"] = token.into();
        let credentials = &mut job["data"]["artifactCredentials"];
        // Those of an emulator's own IAM stay: it would not know others.
        if credentials["secretAccessKey"]
            .as_str()
            .is_some_and(|it| it.starts_with("secret-"))
        {
            *credentials = json!({"accessKeyId": format!("ASIA{}", &unique[..16]),
                "secretAccessKey": format!("secret-{unique}"), "sessionToken": format!("token-{unique}")});
        }
        let pipeline = context["pipelineName"]
            .as_str()
            .unwrap_or("site")
            .to_owned();
        let Some(next) = self.register(&event, &pipeline) else {
            return;
        };
        if let Some(job) = self.jobs.get_mut(&next) {
            job.context = context;
        }
        let after = self.continues_after;
        if let Some(before) = self.jobs.get_mut(id) {
            before.next = Some((next, after));
        }
    }

    fn protect(&mut self, artifact: Option<&(String, String)>, access_key_id: &str) {
        let Some((bucket, key)) = artifact else {
            return;
        };
        if let Some(object) = self
            .buckets
            .get_mut(bucket)
            .and_then(|bucket| bucket.objects.get_mut(key))
        {
            object
                .readers
                .get_or_insert_with(BTreeSet::new)
                .insert(access_key_id.to_owned());
        }
    }
}

fn data(options: &JobOptions, credentials: &Value) -> Value {
    let mut configuration = json!({"FunctionName": "origin-guard"});
    if let Some(parameters) = &options.user_parameters {
        configuration["UserParameters"] = json!(parameters);
    }
    let artifacts: Vec<Value> = options
        .artifact
        .iter()
        .map(|(bucket, key)| {
            json!({
                "name": "SourceOutput", "revision": null,
                "location": {"type": "S3", "s3Location": {"bucketName": bucket, "objectKey": key}},
            })
        })
        .collect();
    let mut data = json!({
        "actionConfiguration": {"configuration": configuration},
        "inputArtifacts": artifacts, "outputArtifacts": [], "artifactCredentials": credentials,
    });
    if let Some(key) = &options.encryption_key {
        data["encryptionKey"] = json!({"id": key, "type": "KMS"});
    }
    data
}
