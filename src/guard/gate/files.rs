//! The files of a job's input artifact.

use futures_util::future::join;
use serde_json::Value;

use crate::candidate::{
    Artifact, ArtifactFile, Candidate, Deployment, Format, Node, ReadOptions, Source, Stack,
    choose, config_of, one, read_change_set, read_documents, read_parameters,
};
use crate::contract::Contract;
use crate::error::GuardError;
use crate::request::{Baseline, InputArtifact, Job, UserParameters};
use crate::services::Services;
use crate::settings::Settings;

/// What comes out of an artifact.
pub(super) struct Files {
    /// The configs to judge, at least one.
    pub candidates: Vec<Candidate>,
    /// The candidate as a whole config, where one step on the way to it is judged.
    pub whole: Option<Value>,
    /// What UserParameters compare it with, where that is a file.
    pub baseline: Option<Candidate>,
    /// What the team declares, where UserParameters name a file of it.
    pub contract: Option<Contract>,
}

/// Reads the files that UserParameters name; `None` where they name no candidate.
pub(super) async fn read_artifact<S: Services>(
    services: &S,
    settings: &Settings,
    job: &Job,
    parameters: &UserParameters,
    distribution: Option<&str>,
) -> Result<Option<Files>, GuardError> {
    if let Some(name) = &parameters.change_set {
        let set = services
            .change_set(name, parameters.stack.as_deref())
            .await?;
        let candidates = choose(read_change_set(&set)?, parameters.resource.as_deref(), name)?;
        return Ok(Some(Files {
            candidates,
            whole: None,
            baseline: None,
            contract: None,
        }));
    }
    let Some(path) = &parameters.candidate else {
        return Ok(None);
    };
    let (input, path) = choose_artifact(job, path)?;
    let location = input.location().ok_or_else(no_artifact)?;
    let credentials = job.artifact_credentials().ok_or_else(|| {
        GuardError::missing(
            "the job carries no credentials for its artifacts",
            "Invoke Origin Guard as a Lambda action of CodePipeline",
        )
    })?;
    let limits = settings.artifact;
    let (bytes, stack) = join(
        services.artifact(location, credentials, limits.artifact_bytes),
        deployed(services, parameters.stack.as_deref()),
    )
    .await;
    let mut artifact = Artifact::open(bytes?, limits)?;
    let mut options = ReadOptions {
        format: parameters.format,
        resource: parameters.resource.clone(),
        distribution: distribution.map(str::to_owned),
        deployment: Deployment {
            account: job.account_id.clone(),
            ..Deployment::default()
        },
    };
    if let Some(stack) = stack? {
        options.deployment.take_stack(stack);
    }
    for path in &parameters.parameters {
        let file = artifact.read(path)?;
        let values = &mut options.deployment.parameters;
        read_parameters(values, &file.name, &file.content)?;
    }
    let mut read = |path: &str| {
        let mut candidates = Vec::new();
        artifact.read_each(path, |file| {
            let read = read_documents(Source::Artifact, &file.name, &file.content, &options)?;
            candidates.extend(read);
            Ok(())
        })?;
        choose(candidates, parameters.resource.as_deref(), path)
    };
    let candidates = read(path)?;
    let baseline = match &parameters.baseline {
        Some(Baseline::Path(path)) => Some(one(read(path)?, path)?),
        _ => None,
    };
    let contract = match parameters.contract.as_deref().filter(|path| !is_url(path)) {
        Some(path) => {
            let file = artifact.read(path)?;
            Some(Contract::read(&file.name, &file.content)?)
        }
        None => None,
    };
    let whole = match parameters.step {
        Some(_) => {
            let file = artifact.read(path)?;
            Some(whole(&file, &candidates)?)
        }
        None => None,
    };
    Ok(Some(Files {
        candidates,
        whole,
        baseline,
        contract,
    }))
}

/// Every field of a candidate: steps are made of whole configs.
fn whole(file: &ArtifactFile, candidates: &[Candidate]) -> Result<Value, GuardError> {
    let is_own = |it: &Candidate| it.origin.format == Format::DistributionConfig;
    match Node::from_json(&file.content) {
        Ok(node) if candidates.iter().all(is_own) => Ok(config_of(&node).to_value()),
        _ => Err(GuardError::configuration(
            format!(
                "`{}` is not a whole config, of which steps are made",
                file.name
            ),
            "Give a DistributionConfig as `aws cloudfront get-distribution-config` prints it, or \
             leave out `step`",
        )),
    }
}

/// What is deployed of the stack that UserParameters name; one that is still to be made has nothing.
async fn deployed<S: Services>(
    services: &S,
    stack: Option<&str>,
) -> Result<Option<Stack>, GuardError> {
    match stack {
        Some(name) => services.stack(name).await,
        None => Ok(None),
    }
}

/// Whether a contract is named by where it lies in S3, not by a path of the artifact.
pub(super) fn is_url(contract: &str) -> bool {
    contract.starts_with("s3://")
}

/// `Name::path` names the artifact as CodePipeline's own actions do; else the first one is meant.
fn choose_artifact<'j, 'p>(
    job: &'j Job,
    path: &'p str,
) -> Result<(&'j InputArtifact, &'p str), GuardError> {
    let artifacts = job.input_artifacts();
    let Some((name, rest)) = path.split_once("::") else {
        return Ok((artifacts.first().ok_or_else(no_artifact)?, path));
    };
    let chosen = artifacts
        .iter()
        .find(|artifact| artifact.name.as_deref() == Some(name));
    chosen.map(|artifact| (artifact, rest)).ok_or_else(|| {
        let names: Vec<&str> = artifacts
            .iter()
            .filter_map(|artifact| artifact.name.as_deref())
            .collect();
        GuardError::configuration(
            format!(
                "the action has no input artifact `{name}`, only {}",
                names.join(", ")
            ),
            "Name one of the action's input artifacts before `::`",
        )
    })
}

fn no_artifact() -> GuardError {
    GuardError::missing(
        "UserParameters name a candidate, but the action has no input artifact",
        "Give the action the artifact that holds the candidate",
    )
}
