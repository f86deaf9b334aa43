use std::time::Duration;

use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::types::{
    ExecutionDetails, FailureDetails, FailureType as SdkFailureType,
};

use super::failure::Failure;
use crate::delivery::{JobAnswer, JobContinuation, JobFailure, JobSuccess};
use crate::error::FailureType;
use crate::judged::Pipeline;
use crate::ports::{Answered, DeliveryError};
use crate::request::TriggerId;

/// Answers a job. `InvalidJobStateException` means that it has an answer already.
pub(super) async fn answer(
    client: &Client,
    job: &TriggerId,
    answer: &JobAnswer,
) -> Result<Answered, DeliveryError> {
    let failure = match answer {
        JobAnswer::Success(success) => succeed(client, job, success).await,
        JobAnswer::Continuation(continuation) => go_on(client, job, continuation).await,
        JobAnswer::Failure(failure) => fail(client, job, failure).await,
    };
    match failure {
        None => Ok(Answered::Now),
        // Lambda retries an asynchronous invocation with the same job ID, and a first answer may
        // have arrived although its response was lost. Failing here would retry a job that is
        // finished.
        Some(Failure::Service { code, .. }) if code == "InvalidJobStateException" => {
            Ok(Answered::Before)
        }
        Some(failure) => Err(failure.undelivered(
            "codepipeline:PutJobSuccessResult or PutJobFailureResult",
            format!("the answer to CodePipeline job {job}"),
        )),
    }
}

async fn succeed(client: &Client, job: &TriggerId, success: &JobSuccess) -> Option<Failure> {
    let details = ExecutionDetails::builder()
        .summary(&success.summary)
        .set_external_execution_id(success.external_execution_id.clone())
        .percent_complete(100)
        .build();
    let mut call = client
        .put_job_success_result()
        .job_id(job.as_str())
        .execution_details(details);
    for (name, value) in &success.output_variables {
        call = call.output_variables(*name, value);
    }
    call.send().await.err().map(|error| Failure::of(&error))
}

/// Output variables are for the job that ends an action: CodePipeline takes none beside a token.
async fn go_on(
    client: &Client,
    job: &TriggerId,
    continuation: &JobContinuation,
) -> Option<Failure> {
    let details = ExecutionDetails::builder()
        .summary(&continuation.summary)
        .external_execution_id(&continuation.run)
        .percent_complete(continuation.percent)
        .build();
    let call = client
        .put_job_success_result()
        .job_id(job.as_str())
        .continuation_token(&continuation.token)
        .execution_details(details);
    call.send().await.err().map(|error| Failure::of(&error))
}

async fn fail(client: &Client, job: &TriggerId, failure: &JobFailure) -> Option<Failure> {
    let details = FailureDetails::builder()
        .r#type(match failure.failure_type {
            FailureType::JobFailed => SdkFailureType::JobFailed,
            FailureType::ConfigurationError => SdkFailureType::ConfigurationError,
            FailureType::PermissionError => SdkFailureType::PermissionError,
            FailureType::RevisionOutOfSync => SdkFailureType::RevisionOutOfSync,
            FailureType::RevisionUnavailable => SdkFailureType::RevisionUnavailable,
            FailureType::SystemUnavailable => SdkFailureType::SystemUnavailable,
        })
        .message(&failure.message)
        .set_external_execution_id(failure.external_execution_id.clone())
        .build();
    // The builder fails only where a required member is missing; the type and the message are set
    // above.
    let details = match details {
        Ok(details) => details,
        Err(error) => return Some(Failure::Unreachable(error.to_string())),
    };
    let call = client
        .put_job_failure_result()
        .job_id(job.as_str())
        .failure_details(details);
    call.send().await.err().map(|error| Failure::of(&error))
}

/// Which pipeline a job belongs to: the event does not say. Without the permission for it the
/// report only lacks the name.
pub(super) async fn pipeline(client: &Client, job: &TriggerId) -> Option<Pipeline> {
    /// Nothing waits longer for a name.
    const LONGEST: Duration = Duration::from_secs(2);
    let asked = client.get_job_details().job_id(job.as_str()).send();
    // A name is worth less than the verdict; a slow answer must not hold the reading up.
    let answer = tokio::time::timeout(LONGEST, asked).await.ok()?;
    let answer = answer
        .inspect_err(
            |error| tracing::debug!(job = job.as_str(), error = %Failure::of(error), "pipeline not known"),
        )
        .ok()?;
    let context = answer.job_details()?.data()?.pipeline_context()?;
    Some(Pipeline {
        name: context.pipeline_name()?.to_owned(),
        stage: context
            .stage()
            .and_then(|stage| stage.name())
            .map(str::to_owned),
        action: context
            .action()
            .and_then(|action| action.name())
            .map(str::to_owned),
        execution_id: context.pipeline_execution_id().map(str::to_owned),
    })
}
