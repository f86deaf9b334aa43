//! A pipeline asks: may this candidate be deployed? Its job is answered once, whatever happens.

use std::panic::AssertUnwindSafe;

use futures_util::future::{FutureExt, join3, join4};
use serde_json::{Value, json};

use super::{
    Circumstances, Evidence, Failure, Guard, Invocation, freeze, judge, now, outcome, store_report,
};
use crate::candidate::{
    Artifact, ArtifactError, Candidate, LastGood, Live, Provenance, Source, read_document,
};
use crate::delivery::{Answered, JobAnswer, Keys};
use crate::distribution::Distribution;
use crate::error::{FailureType, GuardError};
use crate::facts::{CouldNotLook, Needs, Unknown, UnknownCause, gather};
use crate::finding::{NeededBy, NeededUnknown};
use crate::report::v1;
use crate::request::{Baseline, Job, UserParameters};
use crate::services::Services;
use crate::settings::Settings;
use crate::verdict::{Decision, Verdict};

/// Judges what a job asks for, and answers the job.
pub(super) async fn answer<S: Services>(
    guard: &Guard<S>,
    job: &Job,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let judging = AssertUnwindSafe(judge_job(guard, job))
        .catch_unwind()
        .boxed_local();
    let judged = match tokio::time::timeout(invocation.budget(), judging).await {
        Ok(Ok(judged)) => judged,
        Ok(Err(_panic)) => Err(GuardError::Unavailable {
            subject: "Origin Guard".to_owned(),
            problem: "it failed on this candidate, which is a fault of the guard's own; please \
                      report it with the candidate"
                .to_owned(),
        }),
        Err(_elapsed) => Err(GuardError::Unavailable {
            subject: "Origin Guard".to_owned(),
            problem: "AWS did not answer before the function's time was up".to_owned(),
        }),
    };
    let (answer, returned) = match judged {
        Ok((report, answer, stored)) => {
            tracing::info!(
                job = job.id,
                verdict = report.verdict,
                summary = report.summary,
                "job judged"
            );
            (answer, outcome(&report, &stored))
        }
        Err(error) => {
            tracing::warn!(job = job.id, error = %error, "job not judged");
            (
                JobAnswer::of_error(&error),
                json!({"error": error.to_string()}),
            )
        }
    };
    deliver(guard, &job.id, &answer).await?;
    Ok(returned)
}

/// Answers a job whose event cannot be read.
pub(super) async fn answer_unreadable<S: Services>(
    guard: &Guard<S>,
    job: &str,
    problem: &str,
) -> Result<Value, Failure> {
    let error = GuardError::configuration(
        format!("the job event cannot be read: {problem}"),
        "Check that the action invokes Origin Guard as CodePipeline's Lambda action does",
    );
    deliver(guard, job, &JobAnswer::of_error(&error)).await?;
    Ok(json!({"error": error.to_string()}))
}

async fn deliver<S: Services>(
    guard: &Guard<S>,
    job: &str,
    answer: &JobAnswer,
) -> Result<(), Failure> {
    match guard.services.answer(job, answer).await {
        Ok(Answered::Now) => Ok(()),
        Ok(Answered::Before) => {
            tracing::info!(job, "job answered before");
            Ok(())
        }
        Err(error) => {
            // The alarm on unanswered jobs in template.yaml filters for this message.
            tracing::error!(job, error = %error, "job unanswered");
            Err(error.into())
        }
    }
}

type JudgedJob = (v1::Report, JobAnswer, Result<String, String>);

async fn judge_job<S: Services>(guard: &Guard<S>, job: &Job) -> Result<JudgedJob, GuardError> {
    let settings = guard.settings.as_ref().map_err(Clone::clone)?;
    let parameters = UserParameters::parse(job.user_parameters()).map_err(|error| {
        GuardError::configuration(error.to_string(), "Correct the action's UserParameters")
    })?;
    let services = &guard.services;
    let read = read(services, settings, job, &parameters).await?;
    let account = job.account_id.as_deref();
    let facts = gather(
        &services.probes(account, &settings.bucket_owners),
        &Needs::of(&read.candidate.distribution),
    )
    .await;
    let on_unknown = parameters.unknown.unwrap_or(settings.on_unknown);
    let decision = judge(Evidence {
        candidate: &read.candidate,
        baseline: read.baseline.as_ref().map(|(distribution, _)| distribution),
        facts: &facts,
        limits: &settings.limits,
        unknowns: read.unknowns,
        on_unknown,
        harmless: false,
    });
    let judged_at = now();
    let trigger = v1::Trigger {
        pipeline: read.pipeline,
        job: Some(job.id.clone()),
        ..v1::Trigger::default()
    };
    let report = freeze(
        &read.candidate,
        &facts,
        &decision,
        &Circumstances {
            mode: "gate",
            judged_at: &judged_at,
            baseline: read.baseline.as_ref().map(|(_, baseline)| baseline),
            trigger: Some(&trigger),
            explanation: None,
            cost: services.cost(),
        },
    );
    let key = Keys::report(&report.distribution.name, &judged_at, &job.id);
    let stored = store_report(services, settings.report_bucket.as_deref(), &key, &report).await;
    let answer = JobAnswer::of_report(&report, decision.verdict, failure_type(&decision), &stored);
    Ok((report, answer, stored))
}

/// What a job's judgement is made of.
struct ReadJob {
    candidate: Candidate,
    baseline: Option<(Distribution, v1::Baseline)>,
    pipeline: Option<v1::Pipeline>,
    unknowns: Vec<NeededUnknown>,
}

async fn read<S: Services>(
    services: &S,
    settings: &Settings,
    job: &Job,
    parameters: &UserParameters,
) -> Result<ReadJob, GuardError> {
    let named = match &parameters.distribution {
        Some(name) => Some(distribution_id(services, name).await?),
        None => None,
    };
    let (files, live, last_good, pipeline) = join4(
        read_artifact(services, settings, job, parameters),
        optional(named.as_deref().map(|id| services.live(id))),
        optional(stored_baseline(
            services,
            settings,
            parameters,
            named.as_deref(),
        )),
        services.pipeline(&job.id),
    )
    .await;
    let files = files?;
    let (live, last_good) = match (&files, &named) {
        // Only now is it known which distribution the candidate is for.
        (Some(files), None) if files.candidate.distribution.id.is_some() => {
            let id = files.candidate.distribution.id.as_deref();
            let (live, last_good, ()) = join3(
                optional(id.map(|id| services.live(id))),
                optional(stored_baseline(services, settings, parameters, id)),
                std::future::ready(()),
            )
            .await;
            (live, last_good)
        }
        _ => (live, last_good),
    };
    let Some(files) = files else {
        let live = live.ok_or_else(nothing_to_judge)??;
        return Ok(of_live(live, last_good.transpose(), pipeline));
    };
    of_files(
        files,
        named,
        live,
        last_good.transpose(),
        parameters,
        pipeline,
    )
}

fn nothing_to_judge() -> GuardError {
    GuardError::configuration(
        "there is neither a candidate nor a distribution to judge",
        "Name one of them in the action's UserParameters",
    )
}

/// The live config is judged, against what was stored after the last pass.
fn of_live(
    live: Live,
    last_good: Result<Option<Option<LastGood>>, GuardError>,
    pipeline: Option<v1::Pipeline>,
) -> ReadJob {
    let mut unknowns = Vec::new();
    let baseline = known_last_good(last_good, &mut unknowns);
    ReadJob {
        candidate: Candidate {
            origin: Provenance {
                source: Source::Live,
                document: live.distribution.id.clone().unwrap_or_default(),
                sha256: None,
            },
            distribution: live.distribution,
        },
        baseline,
        pipeline,
        unknowns,
    }
}

fn of_files(
    files: Files,
    named: Option<String>,
    live: Option<Result<Live, GuardError>>,
    last_good: Result<Option<Option<LastGood>>, GuardError>,
    parameters: &UserParameters,
    pipeline: Option<v1::Pipeline>,
) -> Result<ReadJob, GuardError> {
    let Files {
        mut candidate,
        baseline: from_file,
    } = files;
    same_distribution(&mut candidate, named)?;
    let mut unknowns = Vec::new();
    let live = known_live(live, &candidate, &mut unknowns)?;
    if let Some(live) = &live {
        up_to_date(&candidate, live)?;
        complete(&mut candidate.distribution, &live.distribution);
    }
    let stored = known_last_good(last_good, &mut unknowns);
    let of_live = live.map(|live| {
        let baseline = v1::Baseline {
            source: Source::Live.name().to_owned(),
            etag: Some(live.etag),
            taken_at: None,
        };
        (live.distribution, baseline)
    });
    let baseline = match parameters.baseline {
        Some(Baseline::Path(_)) => from_file.map(|file| {
            let baseline = v1::Baseline {
                source: Source::Artifact.name().to_owned(),
                etag: file.distribution.etag.clone(),
                taken_at: None,
            };
            (file.distribution, baseline)
        }),
        Some(Baseline::Live) => of_live,
        Some(Baseline::LastGood) | None => stored.or(of_live),
    };
    Ok(ReadJob {
        candidate,
        baseline,
        pipeline,
        unknowns,
    })
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
    last_good: Result<Option<Option<LastGood>>, GuardError>,
    unknowns: &mut Vec<NeededUnknown>,
) -> Option<(Distribution, v1::Baseline)> {
    match last_good {
        Ok(found) => found.flatten().map(|good| {
            let baseline = v1::Baseline {
                source: Source::LastGood.name().to_owned(),
                etag: Some(good.etag),
                taken_at: Some(good.taken_at),
            };
            (good.candidate.distribution, baseline)
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

/// Who must act on a verdict that fails the job.
fn failure_type(decision: &Decision) -> FailureType {
    if decision.verdict == Verdict::Block {
        return FailureType::JobFailed;
    }
    let denied = decision.unknowns.iter().any(|needed| {
        needed.blocks()
            && matches!(
                needed.unknown.cause,
                UnknownCause::CouldNotLook(CouldNotLook::Denied { .. })
            )
    });
    if denied {
        FailureType::PermissionError
    } else {
        FailureType::SystemUnavailable
    }
}

pub(super) async fn distribution_id<S: Services>(
    services: &S,
    name: &str,
) -> Result<String, GuardError> {
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

fn stored_baseline<'a, S: Services>(
    services: &'a S,
    settings: &Settings,
    parameters: &UserParameters,
    id: Option<&'a str>,
) -> Option<impl Future<Output = Result<Option<LastGood>, GuardError>> + 'a> {
    let wanted = matches!(parameters.baseline, None | Some(Baseline::LastGood));
    let id = id.filter(|_| wanted && settings.report_bucket.is_some())?;
    Some(services.last_good(id))
}

async fn optional<T>(future: Option<impl Future<Output = T>>) -> Option<T> {
    match future {
        Some(future) => Some(future.await),
        None => None,
    }
}

/// What comes out of an artifact.
struct Files {
    candidate: Candidate,
    baseline: Option<Candidate>,
}

async fn read_artifact<S: Services>(
    services: &S,
    settings: &Settings,
    job: &Job,
    parameters: &UserParameters,
) -> Result<Option<Files>, GuardError> {
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
    let bytes = services
        .artifact(location, credentials, limits.artifact_bytes)
        .await?;
    let mut artifact = Artifact::open(bytes, limits).map_err(|error| of_artifact(&error))?;
    let mut file = |path: &str| {
        let file = artifact.read(path).map_err(|error| of_artifact(&error))?;
        read_document(Source::Artifact, &file.name, &file.content)
    };
    Ok(Some(Files {
        candidate: file(path)?,
        baseline: match &parameters.baseline {
            Some(Baseline::Path(path)) => Some(file(path)?),
            _ => None,
        },
    }))
}

/// `Name::path` names the artifact as CodePipeline's own actions do; else the first one is meant.
fn choose_artifact<'j, 'p>(
    job: &'j Job,
    path: &'p str,
) -> Result<(&'j crate::request::InputArtifact, &'p str), GuardError> {
    let artifacts = job.input_artifacts();
    let Some((name, rest)) = path.split_once("::") else {
        return Ok((artifacts.first().ok_or_else(no_artifact)?, path));
    };
    let named = artifacts
        .iter()
        .find(|artifact| artifact.name.as_deref() == Some(name));
    named.map(|artifact| (artifact, rest)).ok_or_else(|| {
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

fn of_artifact(error: &ArtifactError) -> GuardError {
    match error {
        ArtifactError::Missing { .. } => GuardError::missing(
            error.to_string(),
            "Correct `candidate` in the action's UserParameters, or add the file to the artifact",
        ),
        ArtifactError::TooLarge { .. } | ArtifactError::TooManyEntries { .. } => {
            GuardError::configuration(
                error.to_string(),
                "Give the action a smaller artifact with just the candidate, or raise \
                 ORIGIN_GUARD_MAX_CANDIDATE_MB",
            )
        }
        _ => GuardError::configuration(
            error.to_string(),
            "Check the action that makes the artifact, and `candidate` in the UserParameters",
        ),
    }
}
