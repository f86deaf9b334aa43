//! The same rules from a terminal, on a file or on what is live.

use super::{Circumstances, Evidence, freeze, judge, now};
use crate::candidate::{Candidate, Provenance, Source};
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

/// Judges a candidate, or the live config. Without services nothing is looked at, and every fact
/// is listed as not asked for.
///
/// # Errors
/// If the live config cannot be read.
pub async fn check<S: Services>(
    options: CheckOptions<'_>,
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
    let facts = match services {
        Some((services, account)) => {
            let probes = services.probes(account, &settings.bucket_owners);
            gather(&probes, &Needs::of(&candidate.distribution)).await
        }
        None => Facts::default(),
    };
    let decision = judge(Evidence {
        candidate: &candidate,
        baseline: None,
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
            baseline: None,
            trigger: None,
            explanation: None,
            cost: services
                .map(|(services, _)| services.cost())
                .unwrap_or_default(),
        },
    );
    Ok((report, decision.verdict))
}

async fn live<S: Services>(name: &str, services: Option<&S>) -> Result<Candidate, GuardError> {
    let services = services.ok_or_else(|| {
        GuardError::configuration(
            format!("the live config of {name} cannot be read offline"),
            "Leave out --offline, or give a file",
        )
    })?;
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
