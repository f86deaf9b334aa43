//! The same rules from a terminal, on a file or on what is live.

use super::{Circumstances, Evidence, freeze, judge, now};
use crate::candidate::{Candidate, Provenance, Source};
use crate::distribution::Distribution;
use crate::error::GuardError;
use crate::facts::{Facts, Needs, gather};
use crate::report::v1;
use crate::services::Services;
use crate::settings::Settings;
use crate::verdict::Verdict;

/// What to check.
#[derive(Debug, Clone)]
pub enum CheckOptions<'a> {
    /// A candidate that was read from a file.
    File(Box<Candidate>),
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

/// Judges a candidate, or the live config. Without services nothing is looked at, and every fact
/// is listed as not asked for.
///
/// # Errors
/// If the live config cannot be read.
pub async fn check<S: Services>(
    options: CheckOptions<'_>,
    against: Option<Against<'_>>,
    services: Option<(&S, Option<&str>)>,
    settings: &Settings,
) -> Result<(v1::Report, Verdict), GuardError> {
    if let Some((services, _)) = services {
        services.start_counting();
    }
    let candidate = match options {
        CheckOptions::File(candidate) => *candidate,
        CheckOptions::Distribution(name) => {
            live(name, services.map(|(services, _)| services)).await?
        }
    };
    let baseline = match against {
        Some(against) => {
            let services = services.map(|(services, _)| services);
            Some(baseline(against, &candidate, services).await?)
        }
        None => None,
    };
    let compared_with = baseline.as_ref().map(|(config, _)| config);
    let facts = match services {
        Some((services, account)) => {
            let probes = services.probes(account, &settings.bucket_owners);
            gather(&probes, &Needs::of(&candidate.distribution)).await
        }
        None => Facts::default(),
    };
    let decision = judge(Evidence {
        candidate: &candidate,
        baseline: compared_with,
        facts: &facts,
        limits: &settings.limits,
        unknowns: Vec::new(),
        on_unknown: settings.on_unknown,
        harmless: false,
    });
    let judged_at = now();
    let report = freeze(
        &candidate,
        &facts,
        &decision,
        &Circumstances {
            mode: "check",
            judged_at: &judged_at,
            baseline: baseline.as_ref().map(|(_, told)| told),
            compared_with,
            trigger: None,
            explanation: None,
            cost: services
                .map(|(services, _)| services.cost())
                .unwrap_or_default(),
        },
    );
    Ok((report, decision.verdict))
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
        Against::Live => live(own()?, services).await?,
        Against::Distribution(name) => live(name, services).await?,
        Against::LastGood => return last_good(own()?, services).await,
    };
    let told = v1::Baseline {
        source: compared.origin.source.name().to_owned(),
        etag: compared.distribution.etag.clone(),
        taken_at: None,
    };
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
    let told = v1::Baseline {
        source: Source::LastGood.name().to_owned(),
        etag: Some(good.etag),
        taken_at: Some(good.taken_at),
    };
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
pub async fn live<S: Services>(name: &str, services: Option<&S>) -> Result<Candidate, GuardError> {
    let services = services.ok_or_else(|| offline("live", name))?;
    let id = super::gate::distribution_id(services, name).await?;
    let live = services.live(&id).await?;
    Ok(Candidate {
        distribution: live.distribution,
        origin: Provenance {
            source: Source::Live,
            document: id,
            sha256: None,
        },
    })
}
