//! What a job's judgement is made of: candidate, live config and baseline, side by side.

use futures_util::future::{FutureExt, join, join_all, join4};
use serde_json::Value;

use super::super::check::of_source;
use super::super::drift::drifted;
use super::super::{Invocation, baseline, baseline_of_last_good, read_contract};
use super::files::{Files, is_url, read_files};
use crate::candidate::{Candidate, LastGood, Live, Source, config_of, one, read_document};
use crate::change::rollout;
use crate::contract::Contract;
use crate::distribution::Distribution;
use crate::error::GuardError;
use crate::facts::{CouldNotLook, Unknown};
use crate::finding::{NeededBy, NeededUnknown};
use crate::ports::Services;
use crate::report::v1;
use crate::request::{Baseline, Job, UserParameters};
use crate::settings::Settings;

/// What a job's judgement is made of.
pub(super) struct ReadJob {
    /// What is to be judged, in the order of the documents.
    pub subjects: Vec<Subject>,
    /// Which pipeline asks.
    pub pipeline: Option<v1::Pipeline>,
    /// What the team declares.
    pub contract: Option<Contract>,
}

/// One distribution to judge.
pub(super) struct Subject {
    pub candidate: Candidate,
    /// What it is compared with.
    pub baseline: Option<(Distribution, v1::Baseline)>,
    /// What could not be read, and does not keep the candidate from being judged.
    pub unknowns: Vec<NeededUnknown>,
    /// What is said before the findings.
    pub notes: Vec<String>,
}

/// Reads what a job names, and what it is compared with.
pub(super) async fn read<S: Services>(
    services: &S,
    settings: &Settings,
    job: &Job,
    parameters: &UserParameters,
    invocation: &Invocation,
) -> Result<ReadJob, GuardError> {
    let named = match &parameters.distribution {
        Some(name) => Some(distribution_id(services, name).await?),
        None => None,
    };
    let (files, around, pipeline, stored) = join4(
        read_files(services, settings, job, parameters, named.as_deref()).boxed_local(),
        around(services, settings, parameters, invocation, named.as_deref()).boxed_local(),
        pipeline(services, settings, &job.id),
        stored_contract(services, settings, parameters),
    )
    .await;
    let (stored, mut files) = (stored?, files?);
    let contract = files.contract.take().or(stored);
    let subjects = if files.candidates.is_empty() {
        vec![of_live(around, files.baseline)?]
    } else if named.is_some() {
        let path = parameters.candidate.as_deref();
        let mut candidate = one(files.candidates, path.unwrap_or("the change set"))?;
        same_distribution(&mut candidate, named)?;
        let whole = files.whole.as_ref();
        vec![of_file(
            candidate,
            whole,
            files.baseline,
            around,
            parameters,
        )?]
    } else {
        of_files(services, settings, parameters, invocation, files).await?
    };
    Ok(ReadJob {
        subjects,
        pipeline,
        contract,
    })
}

/// The names of the job's pipeline, stage and action, where the settings allow the call for them.
async fn pipeline<S: Services>(
    services: &S,
    settings: &Settings,
    job: &str,
) -> Option<v1::Pipeline> {
    if !settings.job_details {
        return None;
    }
    services.pipeline(job).await
}

/// Only the candidates say which distributions they are for.
async fn of_files<S: Services>(
    services: &S,
    settings: &Settings,
    parameters: &UserParameters,
    invocation: &Invocation,
    files: Files,
) -> Result<Vec<Subject>, GuardError> {
    let (whole, baseline) = (files.whole.as_ref(), &files.baseline);
    let subjects = files.candidates.into_iter().map(async |candidate| {
        let id = candidate.distribution.id.clone();
        let around = around(services, settings, parameters, invocation, id.as_deref()).await;
        of_file(candidate, whole, baseline.clone(), around, parameters)
    });
    join_all(subjects).await.into_iter().collect()
}

/// The contract that lies in S3: the one that UserParameters name, or else the setting's.
async fn stored_contract<S: Services>(
    services: &S,
    settings: &Settings,
    parameters: &UserParameters,
) -> Result<Option<Contract>, GuardError> {
    let url = match parameters.contract.as_deref() {
        Some(named) => Some(named).filter(|named| is_url(named)),
        None => settings.contract.as_deref(),
    };
    match url {
        Some(url) => read_contract(services, url, settings).await.map(Some),
        None => Ok(None),
    }
}

/// What stands around a candidate: the live config, and the one that was good.
struct Around {
    live: Option<Result<Live, GuardError>>,
    last_good: Result<Option<LastGood>, GuardError>,
    /// Who made the live version, where it is not the last known good one and that is known.
    changed_by: Option<v1::Trigger>,
}

async fn around<S: Services>(
    services: &S,
    settings: &Settings,
    parameters: &UserParameters,
    invocation: &Invocation,
    id: Option<&str>,
) -> Around {
    let Some(id) = id else {
        return Around {
            live: None,
            last_good: Ok(None),
            changed_by: None,
        };
    };
    let wanted = settings.report_bucket.is_some()
        && matches!(parameters.baseline, None | Some(Baseline::LastGood));
    let last_good = async {
        if !wanted {
            return Ok(None);
        }
        let reading = services.last_good(id);
        let late = || GuardError::Unavailable {
            subject: format!("the last known good config of {id}"),
            problem: "it was not read in time".to_owned(),
        };
        invocation
            .patiently(reading)
            .await
            .unwrap_or_else(|| Err(late()))
    };
    let (live, last_good) = join(services.live(id), last_good).await;
    let changed_by = match (&live, &last_good) {
        (Ok(live), Ok(Some(good))) if live.etag != good.etag => {
            let reading = services.changed_by(id, &live.etag);
            invocation.patiently(reading).await.flatten()
        }
        _ => None,
    };
    Around {
        live: Some(live),
        last_good,
        changed_by,
    }
}

fn nothing_to_judge() -> GuardError {
    GuardError::configuration(
        "there is neither a candidate nor a distribution to judge",
        "Name one of them in the action's UserParameters",
    )
}

/// The live config is judged, against a file or what was stored after the last pass.
fn of_live(around: Around, from_file: Option<Candidate>) -> Result<Subject, GuardError> {
    let live = around.live.ok_or_else(nothing_to_judge)??;
    let mut unknowns = Vec::new();
    let stored = known_last_good(around.last_good, &mut unknowns);
    let baseline = from_file.map(baseline_of_file).or(stored);
    let id = live.distribution.id.clone().unwrap_or_default();
    Ok(Subject {
        candidate: Candidate::of_config(live.distribution, Source::Live, id),
        baseline,
        unknowns,
        notes: Vec::new(),
    })
}

fn of_file(
    mut candidate: Candidate,
    whole: Option<&Value>,
    from_file: Option<Candidate>,
    around: Around,
    parameters: &UserParameters,
) -> Result<Subject, GuardError> {
    let mut unknowns = Vec::new();
    dated(&candidate)?;
    let live = known_live(around.live, &candidate, &mut unknowns)?;
    match (&live, parameters.step) {
        (Some(live), step) => {
            up_to_date(&candidate, live)?;
            if let (Some(whole), Some(step)) = (whole, step) {
                candidate = stepped(&candidate, whole, live, step)?;
            }
            complete(&mut candidate.distribution, &live.distribution);
        }
        (None, Some(_)) => return Err(no_live_to_begin_with()),
        (None, None) => {}
    }
    let stored = known_last_good(around.last_good, &mut unknowns);
    let notes = match (&stored, &live) {
        (Some((good, told)), Some(live)) => drifted(
            (good, told),
            &live.distribution,
            around.changed_by.as_ref(),
            &candidate,
        ),
        _ => Vec::new(),
    };
    let of_live = live.map(|live| baseline_of(Source::Live, live.distribution));
    let baseline = match parameters.baseline {
        Some(Baseline::Path(_)) => from_file.map(baseline_of_file),
        Some(Baseline::Live) => of_live,
        Some(Baseline::LastGood) | None => stored.or(of_live).or_else(|| of_source(&candidate)),
    };
    Ok(Subject {
        candidate,
        baseline,
        unknowns,
        notes,
    })
}

fn no_live_to_begin_with() -> GuardError {
    GuardError::configuration(
        "`step` begins with the live config, which is not known",
        "Name the `distribution` in UserParameters, and let the guard read it",
    )
}

fn baseline_of(source: Source, config: Distribution) -> (Distribution, v1::Baseline) {
    let told = baseline(source.name(), &config);
    (config, told)
}

fn baseline_of_file(file: Candidate) -> (Distribution, v1::Baseline) {
    baseline_of(Source::Artifact, file.distribution)
}

/// The config that is there once a step on the way to the candidate is done.
fn stepped(
    candidate: &Candidate,
    whole: &Value,
    live: &Live,
    step: &str,
) -> Result<Candidate, GuardError> {
    let config = rollout::config_after(&config_of(&live.config).to_value(), whole, step);
    let document = format!("{}, step {step}", candidate.origin.document);
    let mut stepped = read_document(Source::Artifact, &document, config.to_string().as_bytes())?;
    stepped
        .distribution
        .id
        .clone_from(&candidate.distribution.id);
    stepped
        .distribution
        .etag
        .clone_from(&candidate.distribution.etag);
    Ok(stepped)
}

/// What only the live distribution knows of itself.
fn complete(candidate: &mut Distribution, live: &Distribution) {
    for (own, live) in [
        (&mut candidate.domain_name, &live.domain_name),
        (&mut candidate.arn, &live.arn),
    ] {
        if own.is_none() {
            own.clone_from(live);
        }
    }
}

fn same_distribution(candidate: &mut Candidate, named: Option<String>) -> Result<(), GuardError> {
    let own = candidate.distribution.id.clone();
    match (own, named) {
        (Some(own), Some(named)) if own != named => Err(GuardError::configuration(
            format!(
                "the candidate `{}` is of distribution {own}, and UserParameters name {named}",
                candidate.origin.document
            ),
            "Name the distribution that the candidate is for",
        )),
        (own, named) => {
            candidate.distribution.id = own.or(named);
            Ok(())
        }
    }
}

/// A version can only be held against the live one of a distribution that is known.
fn dated(candidate: &Candidate) -> Result<(), GuardError> {
    match (&candidate.distribution.id, &candidate.distribution.etag) {
        (None, Some(etag)) => Err(GuardError::configuration(
            format!(
                "the candidate `{}` was made from version {etag} of a distribution that it does not name, so \
                 nobody can tell whether that version is still live",
                candidate.origin.document
            ),
            "Name it as `distribution` in the action's UserParameters",
        )),
        _ => Ok(()),
    }
}

fn up_to_date(candidate: &Candidate, live: &Live) -> Result<(), GuardError> {
    match &candidate.distribution.etag {
        Some(etag) if *etag != live.etag => Err(GuardError::Stale {
            distribution: candidate.distribution.id.clone().unwrap_or_default(),
            candidate: etag.clone(),
            live: live.etag.clone(),
        }),
        _ => Ok(()),
    }
}

/// The live config beside a candidate: if it cannot be looked at, the candidate is still judged,
/// but whether it is stale is not known.
fn known_live(
    live: Option<Result<Live, GuardError>>,
    candidate: &Candidate,
    unknowns: &mut Vec<NeededUnknown>,
) -> Result<Option<Live>, GuardError> {
    match live {
        None => Ok(None),
        Some(Ok(live)) => Ok(Some(live)),
        Some(Err(error @ (GuardError::Configuration { .. } | GuardError::Missing { .. }))) => {
            Err(error)
        }
        Some(Err(error)) => {
            let needed_by = match candidate.distribution.etag {
                Some(_) => NeededBy::Freshness,
                None => NeededBy::Baseline,
            };
            let subject = candidate.distribution.id.as_deref().unwrap_or_default();
            unknowns.push(NeededUnknown {
                needed_by,
                unknown: Unknown::could_not_look("live config", subject, why(&error)),
            });
            Ok(None)
        }
    }
}

fn known_last_good(
    last_good: Result<Option<LastGood>, GuardError>,
    unknowns: &mut Vec<NeededUnknown>,
) -> Option<(Distribution, v1::Baseline)> {
    match last_good {
        Ok(found) => found.map(|good| {
            let told = baseline_of_last_good(&good);
            (good.candidate.distribution, told)
        }),
        Err(error) => {
            unknowns.push(NeededUnknown {
                needed_by: NeededBy::Baseline,
                unknown: Unknown::could_not_look(
                    "last known good config",
                    "report bucket",
                    why(&error),
                ),
            });
            None
        }
    }
}

fn why(error: &GuardError) -> CouldNotLook {
    match error {
        GuardError::Permission { permission, .. } => CouldNotLook::Denied { permission },
        other => CouldNotLook::Failed(other.to_string()),
    }
}

/// The ID of a distribution that is named by its ID or by an alias.
pub async fn distribution_id<S: Services>(services: &S, name: &str) -> Result<String, GuardError> {
    if !name.contains('.') {
        return Ok(name.to_owned());
    }
    services.find_by_alias(name).await?.ok_or_else(|| {
        GuardError::configuration(
            format!("no distribution of this account has the alias `{name}`"),
            "Name the distribution by its ID in the action's UserParameters",
        )
    })
}
