//! The same rules from a terminal, on a file or on what is live.

use super::progress::{Counted, Progress};
use super::{Circumstances, Evidence, freeze, judge, now};
use crate::candidate::{Candidate, Live, Source};
use crate::contract::Contract;
use crate::distribution::Distribution;
use crate::error::GuardError;
use crate::facts::{Facts, Needs, gather};
use crate::ports::Services;
use crate::report::v1;
use crate::settings::Settings;
use crate::verdict::Verdict;

/// What to check.
#[derive(Debug, Clone)]
pub enum CheckOptions<'a> {
    /// Candidates that were read from files.
    Files(Vec<Candidate>),
    /// What CloudFront runs now.
    Distribution(&'a str),
}

/// What to compare with.
#[derive(Debug, Clone)]
pub enum Against<'a> {
    /// A config that was read from a file.
    File(Box<Candidate>),
    /// What the candidate's own distribution runs now.
    Live,
    /// What was stored after the last pass of the candidate's own distribution.
    LastGood,
    /// What a distribution runs now, by its ID or an alias.
    Distribution(&'a str),
}

/// A candidate that was judged.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The report.
    pub report: v1::Report,
    /// Its verdict.
    pub verdict: Verdict,
    /// The facts behind it, origin by origin.
    #[cfg(feature = "cli")]
    pub facts: String,
}

/// Judges candidates, or the live config, each by itself; what they need is looked at once, in one
/// wave. Without services nothing is looked at, and every fact
/// is listed as not asked for.
///
/// # Errors
/// If the live config cannot be read.
pub async fn check<S: Services>(
    options: CheckOptions<'_>,
    against: Option<Against<'_>>,
    contract: Option<&Contract>,
    services: Option<(&S, Option<&str>)>,
    settings: &Settings,
    progress: &Progress,
) -> Result<Vec<Checked>, GuardError> {
    if let Some((services, _)) = services {
        services.start_counting();
    }
    let asked = services.map(|(services, _)| services);
    let candidates = match options {
        CheckOptions::Files(candidates) => candidates,
        CheckOptions::Distribution(name) => vec![live_candidate(name, asked).await?],
    };
    let mut baselines = Vec::with_capacity(candidates.len());
    for candidate in &candidates {
        baselines.push(match &against {
            Some(against) => Some(baseline(against.clone(), candidate, asked).await?),
            None => of_source(candidate),
        });
    }
    let facts = match services {
        Some((services, account)) => {
            let owners = Contract::owners(contract, &settings.bucket_owners);
            let probes = services.probes(account, &owners, None);
            let compared = candidates
                .iter()
                .zip(&baselines)
                .map(|(candidate, baseline)| {
                    candidate.to_probe(baseline.as_ref().map(|(config, _)| config))
                });
            let needs = Needs::of_all(compared);
            progress.begin(&needs);
            let probes = Counted {
                probes: &probes,
                progress,
            };
            gather(&probes, &needs).await
        }
        None => Facts::default(),
    };
    let cost = asked.map(Services::cost).unwrap_or_default();
    let judged = candidates.iter().zip(baselines);
    Ok(judged
        .map(|(candidate, baseline)| {
            judge_one(
                candidate,
                baseline.as_ref(),
                contract,
                &facts,
                settings,
                cost.clone(),
            )
        })
        .collect())
}

fn judge_one(
    candidate: &Candidate,
    baseline: Option<&(Distribution, v1::Baseline)>,
    contract: Option<&Contract>,
    facts: &Facts,
    settings: &Settings,
    cost: v1::Cost,
) -> Checked {
    let compared_with = baseline.map(|(config, _)| config);
    #[cfg(feature = "cli")]
    let told = crate::facts::told(&candidate.distribution, facts, &candidate.planned);
    let facts = facts.with_planned(&candidate.planned);
    let judged_at = now();
    let decision = judge(Evidence {
        candidate,
        baseline: compared_with,
        facts: &facts,
        limits: &settings.limits,
        unknowns: Vec::new(),
        on_unknown: settings.on_unknown,
        contract,
        judged_at: &judged_at,
        notes: without_contract(contract, settings),
        harmless: false,
    });
    let report = freeze(
        candidate,
        &facts,
        &decision,
        &Circumstances {
            mode: "check",
            judged_at: &judged_at,
            baseline: baseline.map(|(_, told)| told),
            compared_with,
            trigger: None,
            explanation: None,
            cost,
        },
    );
    Checked {
        report,
        verdict: decision.verdict,
        #[cfg(feature = "cli")]
        facts: told,
    }
}

/// Nothing that is set is left out in silence.
fn without_contract(contract: Option<&Contract>, settings: &Settings) -> Vec<String> {
    match (contract, &settings.contract) {
        (None, Some(url)) => vec![format!(
            "judged without the contract {url}, which ORIGIN_GUARD_CONTRACT names: it is read by `check` with \
             an account; `check --contract FILE` takes a copy of it"
        )],
        _ => Vec::new(),
    }
}

/// What the candidate's own source says that is there now.
pub(super) fn of_source(candidate: &Candidate) -> Option<(Distribution, v1::Baseline)> {
    let before = candidate.before.as_deref()?;
    let told = super::baseline(candidate.origin.format.name(), before);
    Some((before.clone(), told))
}

async fn baseline<S: Services>(
    against: Against<'_>,
    candidate: &Candidate,
    services: Option<&S>,
) -> Result<(Distribution, v1::Baseline), GuardError> {
    let own = || {
        let id = candidate.distribution.id.as_deref();
        id.ok_or_else(|| {
            GuardError::configuration(
                format!(
                    "`{}` does not say which distribution it is for",
                    candidate.origin.document
                ),
                "Give the baseline as a distribution's ID or alias, or as a file",
            )
        })
    };
    let compared = match against {
        Against::File(file) => *file,
        Against::Live => live_candidate(own()?, services).await?,
        Against::Distribution(name) => live_candidate(name, services).await?,
        Against::LastGood => return last_good(own()?, services).await,
    };
    let told = super::baseline(compared.origin.source.name(), &compared.distribution);
    Ok((compared.distribution, told))
}

async fn last_good<S: Services>(
    id: &str,
    services: Option<&S>,
) -> Result<(Distribution, v1::Baseline), GuardError> {
    let services = services.ok_or_else(|| offline("last known good", id))?;
    let good = services.last_good(id).await?.ok_or_else(|| {
        GuardError::missing(
            format!("no last known good config of {id} is stored"),
            "Set ORIGIN_GUARD_REPORT_BUCKET to the guard's bucket, or compare with live",
        )
    })?;
    let told = super::baseline_of_last_good(&good);
    Ok((good.candidate.distribution, told))
}

fn offline(which: &str, name: &str) -> GuardError {
    GuardError::configuration(
        format!("the {which} config of {name} cannot be read offline"),
        "Leave out --offline, or give a file",
    )
}

/// Reads what CloudFront runs now, by a distribution's ID or alias.
///
/// # Errors
/// If it cannot be read.
pub async fn live<S: Services>(name: &str, services: Option<&S>) -> Result<Live, GuardError> {
    let services = services.ok_or_else(|| offline("live", name))?;
    let id = super::gate::distribution_id(services, name).await?;
    services.live(&id).await
}

async fn live_candidate<S: Services>(
    name: &str,
    services: Option<&S>,
) -> Result<Candidate, GuardError> {
    let distribution = live(name, services).await?.distribution;
    let document = distribution.id.clone().unwrap_or_default();
    Ok(Candidate::of_config(distribution, Source::Live, document))
}
