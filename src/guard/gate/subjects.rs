//! What a job's judgement is made of: candidate, live config and baseline, side by side.

use futures_util::future::{FutureExt as _, join4};
use futures_util::stream::{StreamExt as _, iter};
use serde_json::Value;

use crate::candidate::{Candidate, Live, Source, Tally, config_of, one, read_document};
use crate::change::rollout;
use crate::contract::Contract;
use crate::distribution::{Distribution, DistributionId};
use crate::error::GuardError;
use crate::facts::Unknown;
use crate::finding::{NeededBy, NeededUnknown};
use crate::guard::drift::drifted;
use crate::guard::job::Task;
use crate::guard::job::files::{Files, read_files};
use crate::guard::job::reading::{
    known_last_good, live_and_good, pipeline, same_distribution, stored_contract, why,
};
use crate::guard::named::distribution_id;
use crate::guard::subject::{Comparison, Subject, up_to_date};
use crate::judged::{Baseline, Pipeline};
use crate::memory::changes::{self, LastChange};
use crate::memory::last_good::LastGood;
use crate::ports::Services;
use crate::request::{BaselineChoice, UserParameters};

/// What a job's judgement is made of.
pub(super) struct ReadJob {
    /// What is to be judged, in the order of the documents.
    pub subjects: Vec<Subject<'static>>,
    /// Which pipeline asks.
    pub pipeline: Option<Pipeline>,
    /// What the team declares.
    pub contract: Option<Contract>,
}

/// Reads what a job names, and what it is compared with.
pub(super) async fn read<S: Services>(task: &Task<'_, S>) -> Result<ReadJob, GuardError> {
    let parameters = &task.parameters;
    let named = match &parameters.distribution {
        // Before the wave, since all of it needs the ID; only an alias costs a round trip here.
        Some(name) => Some(distribution_id(task.session.account(), name).await?),
        None => None,
    };
    let (files, around, pipeline, stored) = join4(
        read_files(task, named.as_ref()).boxed_local(),
        around(task, named.as_ref()).boxed_local(),
        pipeline(task),
        stored_contract(task),
    )
    .await;
    let (stored, mut files) = (stored?, files?);
    // The artifact's contract is the more specific one: UserParameters named it for this action.
    let contract = files.contract.take().or(stored);
    let subjects = if files.candidates.is_empty() {
        vec![of_live(around, files.baseline)?]
    } else if named.is_some() {
        let path = parameters.candidate.as_deref();
        // With a named distribution, several candidates would all be compared with its live config,
        // and all but one of them wrongly.
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
        of_files(task, files).await?
    };
    Ok(ReadJob {
        subjects,
        pipeline,
        contract,
    })
}

/// Only the candidates say which distributions they are for.
async fn of_files<S: Services>(
    task: &Task<'_, S>,
    files: Files,
) -> Result<Vec<Subject<'static>>, GuardError> {
    let (whole, baseline) = (files.whole.as_ref(), &files.baseline);
    let reading = iter(files.candidates).map(async |candidate| {
        let id = candidate.distribution.id.clone();
        let around = around(task, id.as_ref()).await;
        of_file(candidate, whole, baseline.clone(), around, &task.parameters)
    });
    let mut reading = std::pin::pin!(reading.buffered(READ_AT_ONCE));
    // What they are compared with is counted as it comes: it may be larger than they are.
    let mut tally = Tally::of(task.settings.bounds);
    let mut subjects = Vec::new();
    while let Some(subject) = reading.next().await {
        let subject = subject?;
        tally.add(&subject.candidate)?;
        if let Some(baseline) = subject.baseline() {
            tally.add_parts(baseline)?;
        }
        subjects.push(subject);
    }
    Ok(subjects)
}

/// Distributions whose live and last known good configs are read at the same time: two or three calls
/// each, as many as a distribution's probes.
const READ_AT_ONCE: usize = 64;

/// What stands around a candidate: the live config, and the last known good one.
struct Around {
    live: Option<Result<Live, GuardError>>,
    last_good: Result<Option<LastGood>, GuardError>,
    /// Who made the live version, where it is not the last known good one and that is known.
    changed_by: Option<LastChange>,
}

async fn around<S: Services>(task: &Task<'_, S>, id: Option<&DistributionId>) -> Around {
    let Some(id) = id else {
        return Around {
            live: None,
            last_good: Ok(None),
            changed_by: None,
        };
    };
    let (live, last_good) = live_and_good(task, id).await;
    let changed_by = match (&live, &last_good) {
        // The one read that depends on others, so it is made only where live is not the last known
        // good config.
        (Ok(live), Ok(Some(good))) if live.etag != good.etag => {
            let reading = changes::read(task.services, id, &live.etag);
            task.invocation.patiently(reading).await.ok().flatten()
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
fn of_live(around: Around, from_file: Option<Candidate>) -> Result<Subject<'static>, GuardError> {
    let live = around.live.ok_or_else(nothing_to_judge)??;
    let mut unknowns = Vec::new();
    let stored = known_last_good(around.last_good, &mut unknowns);
    let baseline = from_file.map(baseline_of_file).or(stored);
    let id = live.distribution.id.as_ref();
    let document = id.map(ToString::to_string).unwrap_or_default();
    let candidate = Candidate::of_config(live.distribution, Source::Live, document);
    Ok(Subject {
        unknowns,
        ..Subject::new(candidate, Comparison::with(baseline))
    })
}

fn of_file(
    mut candidate: Candidate,
    whole: Option<&Value>,
    from_file: Option<Candidate>,
    around: Around,
    parameters: &UserParameters,
) -> Result<Subject<'static>, GuardError> {
    let mut unknowns = Vec::new();
    dated(&candidate)?;
    let live = known_live(around.live, &candidate, &mut unknowns)?;
    match (&live, parameters.step) {
        (Some(live), step) => {
            // Before anything is judged: a candidate made from an older version would undo what
            // came after it. CloudFront refuses a stale ETag with PreconditionFailed.
            up_to_date(&candidate.distribution, &live.etag)?;
            if let (Some(whole), Some(step)) = (whole, step) {
                candidate = stepped(&candidate, whole, live, step)?;
            }
            // A candidate file has no ARN, but bucket policies name it in `AWS:SourceArn`: without
            // it every such policy would be undecided.
            complete(&mut candidate.distribution, &live.distribution);
        }
        // A step is made of the live config and the candidate; judging the whole candidate instead
        // would answer another question.
        (None, Some(_)) => return Err(no_live_to_begin_with()),
        (None, None) => {}
    }
    let stored = known_last_good(around.last_good, &mut unknowns);
    let notes = match (&stored, &live) {
        (Some(good), Some(live)) => drifted(
            good,
            &live.distribution,
            around.changed_by.as_ref(),
            &candidate,
        ),
        _ => Vec::new(),
    };
    let of_live = live.map(|live| Baseline::read(live.distribution, Source::Live));
    let baseline = match parameters.baseline {
        Some(BaselineChoice::Path(_)) => from_file.map(baseline_of_file),
        Some(BaselineChoice::Live) => of_live,
        // Last known good first: live may hold a change past the pipeline that never passed. Before
        // the first pass there is none, and live is the next best.
        Some(BaselineChoice::LastGood) | None => stored
            .or(of_live)
            .or_else(|| Baseline::of_document(&mut candidate)),
    };
    // Nothing else is compared with it.
    candidate.before = None;
    Ok(Subject {
        unknowns,
        notes,
        ..Subject::new(candidate, Comparison::with(baseline))
    })
}

fn no_live_to_begin_with() -> GuardError {
    GuardError::configuration(
        "`step` begins with the live config, which is not known",
        "Name the `distribution` in UserParameters, and let the guard read it",
    )
}

fn baseline_of_file(file: Candidate) -> Baseline {
    Baseline::read(file.distribution, Source::Artifact)
}

/// The config that is there once a step on the way to the candidate is done.
fn stepped(
    candidate: &Candidate,
    whole: &Value,
    live: &Live,
    step: &str,
) -> Result<Candidate, GuardError> {
    let config = rollout::config_after(&config_of(&live.config).to_value(), whole, step);
    let document = format!("{}, step {step}", candidate.provenance.document);
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

/// A version can only be held against the live one of a distribution that is known.
fn dated(candidate: &Candidate) -> Result<(), GuardError> {
    match (&candidate.distribution.id, &candidate.distribution.etag) {
        (None, Some(etag)) => Err(GuardError::configuration(
            format!(
                "the candidate `{}` was made from version {etag} of a distribution that it does not name, so \
                 it cannot be checked whether that version is still live",
                candidate.provenance.document
            ),
            "Name it as `distribution` in the action's UserParameters",
        )),
        _ => Ok(()),
    }
}

/// The live config beside a candidate: if it cannot be read, the candidate is still judged,
/// but whether it is stale is not known.
fn known_live(
    live: Option<Result<Live, GuardError>>,
    candidate: &Candidate,
    unknowns: &mut Vec<NeededUnknown>,
) -> Result<Option<Live>, GuardError> {
    match live {
        None => Ok(None),
        Some(Ok(live)) => Ok(Some(live)),
        // A wrong ID is not a fact that could not be found: every later result would be about
        // nothing.
        Some(Err(error @ (GuardError::Configuration { .. } | GuardError::Missing { .. }))) => {
            Err(error)
        }
        Some(Err(error)) => {
            let needed_by = match candidate.distribution.etag {
                // A candidate with an ETag claims to be made from a certain version, and that claim
                // is then unchecked.
                Some(_) => NeededBy::Freshness,
                None => NeededBy::Baseline,
            };
            let subject = candidate.distribution.id.as_ref();
            let subject = subject.map_or("", DistributionId::as_str);
            unknowns.push(NeededUnknown {
                needed_by,
                unknown: Unknown::probe_failed("live config", subject, why(&error)),
                places: Vec::new(),
            });
            Ok(None)
        }
    }
}
