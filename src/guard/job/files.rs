//! The files of a job's input artifact.

use futures_util::future::join3;
use serde_json::Value;

use super::Task;
use crate::candidate::{
    Artifact, ArtifactFile, Candidate, Deployment, Format, ReadOptions, Source, Stack, Tally,
    choose, config_of, one, read_change_set, read_documents, read_parameters, settle,
};
use crate::contract::Contract;
use crate::distribution::DistributionId;
use crate::document::Node;
use crate::error::GuardError;
use crate::ports::{Account as _, Services};
use crate::request::{BaselineChoice, InputArtifact, Job, UserParameters};
use crate::rules;

/// What UserParameters name beside the distribution.
#[derive(Default)]
pub(in crate::guard) struct Files {
    /// The configs to judge; none where the live one is.
    pub candidates: Vec<Candidate>,
    /// The candidate as a whole config, where one step on the way to it is judged.
    pub whole: Option<Value>,
    /// What UserParameters compare it with, where that is a file.
    pub baseline: Option<Candidate>,
    /// What the team declares, where UserParameters name a file of it.
    pub contract: Option<Contract>,
}

/// Reads the files of the artifact that UserParameters name, and the change set.
pub(in crate::guard) async fn read_files<S: Services>(
    task: &Task<'_, S>,
    distribution: Option<&DistributionId>,
) -> Result<Files, GuardError> {
    let parameters = &task.parameters;
    // Three services and no dependency between them, so one wave; a failed one is reported after
    // all ended.
    let (set, artifact, stack) = join3(change_set(task), open(task), deployed(task)).await;
    let set = set?;
    // Nothing is downloaded that nothing names: a change set or the live config needs no artifact.
    let Some(mut artifact) = artifact? else {
        return Ok(Files {
            candidates: set,
            ..Files::default()
        });
    };
    let mut options = ReadOptions {
        format: parameters.format,
        resource: parameters.resource.clone(),
        distribution: distribution.cloned(),
        deployment: Deployment {
            account: task.job.account_id,
            ..Deployment::default()
        },
        bounds: task.settings.bounds,
    };
    // Parameters and outputs of the stack first, files after: a file in the artifact overrides what
    // is deployed.
    if let Some(stack) = stack? {
        options.deployment.take_stack(stack);
    }
    take_out(&mut artifact, options, parameters, set)
}

fn take_out(
    artifact: &mut Artifact,
    mut options: ReadOptions,
    parameters: &UserParameters,
    set: Vec<Candidate>,
) -> Result<Files, GuardError> {
    for path in &parameters.parameters {
        let file = read_file(artifact, path)?;
        let values = &mut options.deployment.parameters;
        read_parameters(values, &file.name, &file.content)?;
    }
    let candidates = match &parameters.candidate {
        Some(path) => read_candidates(artifact, path, &options)?,
        None => set,
    };
    let baseline = match &parameters.baseline {
        Some(BaselineChoice::Path(path)) => {
            // The form that is named is the candidate's.
            let options = ReadOptions {
                format: None,
                ..options
            };
            Some(one(read_candidates(artifact, path, &options)?, path)?)
        }
        _ => None,
    };
    let contract = match contract_path(parameters) {
        Some(path) => {
            let file = read_file(artifact, path)?;
            Some(Contract::read(&file.name, &file.content, &rules::names())?)
        }
        None => None,
    };
    let whole = match (parameters.step, &parameters.candidate) {
        (Some(_), Some(path)) => Some(whole(&read_file(artifact, path)?, &candidates)?),
        _ => None,
    };
    Ok(Files {
        candidates,
        whole,
        baseline,
        contract,
    })
}

fn read_file(artifact: &mut Artifact, path: &str) -> Result<ArtifactFile, GuardError> {
    Ok(artifact.read(within(path))?)
}

fn read_candidates(
    artifact: &mut Artifact,
    path: &str,
    options: &ReadOptions,
) -> Result<Vec<Candidate>, GuardError> {
    let path = within(path);
    let (mut candidates, mut documents) = (Vec::new(), Vec::new());
    // A path may be a glob, and `cdk synth` writes one template for each stack: each match is read,
    // and all distributions of them are judged.
    let mut tally = Tally::of(options.bounds);
    artifact.read_each(path, |file| {
        let read = read_documents(Source::Artifact, &file.name, &file.content, options)?;
        read.iter().try_for_each(|candidate| tally.add(candidate))?;
        candidates.extend(read);
        documents.push(file.name.clone());
        Ok(())
    })?;
    settle(&mut candidates, &documents);
    choose(candidates, options.resource.as_ref(), path)
}

/// Every field of a candidate: steps are made of whole configs.
fn whole(file: &ArtifactFile, candidates: &[Candidate]) -> Result<Value, GuardError> {
    let is_own = |it: &Candidate| it.provenance.format == Format::DistributionConfig;
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

/// The distributions of the change set that UserParameters name; none where they name none.
async fn change_set<S: Services>(task: &Task<'_, S>) -> Result<Vec<Candidate>, GuardError> {
    let parameters = &task.parameters;
    let Some(name) = &parameters.change_set else {
        return Ok(Vec::new());
    };
    let stack = parameters.stack.as_ref();
    let set = task.session.account().change_set(name, stack).await?;
    choose(read_change_set(&set)?, parameters.resource.as_ref(), name)
}

/// What is deployed of the stack that a template is for; one that is still to be made has nothing.
async fn deployed<S: Services>(task: &Task<'_, S>) -> Result<Option<Stack>, GuardError> {
    match &task.parameters.stack {
        // A change set has its values resolved already; only a template needs those of the stack.
        Some(name) if task.parameters.candidate.is_some() => {
            task.session.account().stack(name).await
        }
        _ => Ok(None),
    }
}

/// Opens the artifact that UserParameters name files of; `None` where they name none.
async fn open<S: Services>(task: &Task<'_, S>) -> Result<Option<Artifact>, GuardError> {
    let job = task.job;
    let paths = paths(&task.parameters);
    let Some(first) = paths.first() else {
        return Ok(None);
    };
    let input = choose_artifact(job, &paths)?;
    let location = input
        .and_then(InputArtifact::location)
        .ok_or_else(|| no_artifact(first))?;
    let credentials = job.artifact_credentials().ok_or_else(|| {
        GuardError::missing(
            "the job carries no credentials for its artifacts",
            "Invoke Origin Guard as a Lambda action of CodePipeline",
        )
    })?;
    if !credentials.are_well_formed() {
        return Err(GuardError::configuration(
            "the job's credentials (`artifactCredentials`) have characters that no credentials have",
            "Invoke Origin Guard as a Lambda action of CodePipeline, which gives the job its credentials",
        ));
    }
    let limits = task.settings.artifact;
    let bytes = task
        .services
        .artifact(location, credentials, limits.artifact_bytes);
    Ok(Some(Artifact::open(bytes.await?, limits)?))
}

/// Every file of the artifact that UserParameters name.
fn paths(parameters: &UserParameters) -> Vec<&str> {
    let baseline = match &parameters.baseline {
        Some(BaselineChoice::Path(path)) => Some(path.as_str()),
        _ => None,
    };
    let others = parameters.parameters.iter().map(String::as_str);
    let named = [parameters.candidate.as_deref(), baseline];
    let named = named.into_iter().chain([contract_path(parameters)]);
    named.flatten().chain(others).collect()
}

/// The contract, where it is a file of the artifact.
fn contract_path(parameters: &UserParameters) -> Option<&str> {
    let contract = parameters.contract.as_deref();
    contract.filter(|contract| !is_url(contract))
}

/// Whether a contract is named by where it lies in S3, not by a path of the artifact.
pub(in crate::guard) fn is_url(contract: &str) -> bool {
    contract.starts_with("s3://")
}

/// `Name::path` names the artifact as CodePipeline's own actions do.
fn within(path: &str) -> &str {
    // `::` cannot be in an artifact's name, and a path hardly has it.
    path.split_once("::").map_or(path, |(_, path)| path)
}

/// The artifact that any of the paths names, for all of them; else the first one is meant.
fn choose_artifact<'j>(
    job: &'j Job,
    paths: &[&str],
) -> Result<Option<&'j InputArtifact>, GuardError> {
    let artifacts = job.input_artifacts();
    let mut names = paths
        .iter()
        .filter_map(|path| Some(path.split_once("::")?.0));
    let Some(name) = names.next() else {
        return Ok(artifacts.first());
    };
    if let Some(other) = names.find(|other| *other != name) {
        return Err(GuardError::configuration(
            format!("UserParameters name files of artifact `{name}` and of `{other}`"),
            "Give the action one artifact with all of them, or the contract as s3://BUCKET/KEY",
        ));
    }
    let is_chosen = |it: &&InputArtifact| it.name.as_deref() == Some(name);
    let chosen = artifacts.iter().find(is_chosen);
    chosen.map(Some).ok_or_else(|| {
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

fn no_artifact(path: &str) -> GuardError {
    GuardError::missing(
        format!("UserParameters name the file `{path}`, but the action has no input artifact"),
        "Give the action the artifact that holds it",
    )
}
