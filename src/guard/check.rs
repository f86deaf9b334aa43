//! The same rules from a terminal, on a file or on what is live.

use futures_util::future::FutureExt as _;

use super::judging::{Outcome, Terms, judge};
use super::named::{distribution_id, live, live_candidate};
use super::session::Session;
use super::subject::{Comparison, Subject, up_to_date};
use crate::candidate::{Candidate, Format, Source};
use crate::contract::Contract;
use crate::distribution::{Distribution, DistributionId};
use crate::error::GuardError;
use crate::judged::{Baseline, BaselineSource, Mode};
use crate::memory::last_good::{self, LastGood};
use crate::ports::{Account, Memory};
use crate::report::v1;
use crate::rules::Selection;
use crate::settings::Settings;
use crate::verdict::Verdict;

/// What is checked, against what.
#[derive(Debug, Clone)]
pub struct CheckOptions<'a> {
    /// What to judge.
    pub candidates: Candidates<'a>,
    /// The distribution that the one candidate of files is for, by its ID, ARN, alias or domain.
    pub distribution: Option<&'a str>,
    /// What to compare it with; without it, what runs now of the distribution that is named, where an
    /// account is asked, else what the candidate's own document says is there now.
    pub against: Option<Against<'a>>,
    /// What the team declares.
    pub contract: Option<&'a Contract>,
    /// The rules that judge.
    pub selection: &'a Selection,
    /// The environment's settings.
    pub settings: &'a Settings,
}

/// What to judge.
#[derive(Debug, Clone)]
pub enum Candidates<'a> {
    /// Candidates that are read already.
    Read(Vec<Candidate>),
    /// What CloudFront runs now, by the distribution's ID, ARN, alias or domain.
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
    /// What a distribution runs now, by its ID, ARN, alias or domain.
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

impl Checked {
    pub(super) fn of(outcome: Outcome) -> Self {
        Self {
            verdict: outcome.judged.decision.verdict,
            #[cfg(feature = "cli")]
            facts: {
                let candidate = &outcome.judged.candidate;
                let facts = &outcome.judged.facts;
                crate::facts::listing(&candidate.distribution, facts, &candidate.planned)
            },
            report: outcome.report,
        }
    }
}

/// Judges candidates, or the live config, each by itself; what they need is asked in one wave.
///
/// # Errors
/// If the live config, or what it is compared with, cannot be read.
pub async fn check<A: Account>(
    session: &Session<'_, A>,
    memory: &impl Memory,
    options: CheckOptions<'_>,
) -> Result<Vec<Checked>, GuardError> {
    let work = check_counted(session, memory, options).boxed_local();
    session.count(work).await
}

async fn check_counted<A: Account>(
    session: &Session<'_, A>,
    memory: &impl Memory,
    options: CheckOptions<'_>,
) -> Result<Vec<Checked>, GuardError> {
    let account = session.account();
    let mut candidates = match options.candidates {
        Candidates::Read(candidates) => candidates,
        Candidates::Distribution(name) => vec![live_candidate(account, name).await?],
    };
    let named = match options.distribution {
        Some(name) => Some(distribution_id(account, name).await?),
        None => None,
    };
    if let Some(id) = &named {
        identify(&mut candidates, id)?;
    }
    let is_asked = session.account_id().is_some();
    let of_named = named
        .as_ref()
        .map(DistributionId::as_str)
        .filter(|_| is_asked);
    let against = options.against.or(of_named.map(Against::Distribution));
    let mut subjects = Vec::with_capacity(candidates.len());
    let is_only = candidates.len() == 1;
    for mut candidate in candidates {
        let baseline = match &against {
            Some(against) => Some(baseline(account, memory, against, &candidate).await?),
            // A Terraform plan and a change set have the state before in themselves, so a
            // difference needs no account.
            None => Baseline::of_document(&mut candidate),
        };
        // What replaces one distribution is that distribution: policies must let in the same one. A
        // template or a plan says itself which one it updates.
        let may_replace = is_only && candidate.provenance.format == Format::DistributionConfig;
        if let Some(baseline) = baseline.as_ref().filter(|_| may_replace) {
            candidate.distribution.take_identity(&baseline.config);
        }
        replaces_live(&candidate.distribution, baseline.as_ref())?;
        subjects.push(Subject {
            notes: without_contract(options.contract, options.settings),
            ..Subject::new(candidate, Comparison::with(baseline))
        });
    }
    let terms = Terms {
        contract: options.contract,
        selection: Some(options.selection),
        ..Terms::new(Mode::Check, options.settings)
    };
    let is_offline = session.account_id().is_none();
    let checked = |mut outcome: Outcome| {
        if is_offline {
            ask_for_an_account(&mut outcome.report);
        }
        Checked::of(outcome)
    };
    judge(session, subjects, &terms, checked).await
}

/// Offline, one option keeps every fact from being asked for, whatever the settings say.
fn ask_for_an_account(report: &mut v1::Report) {
    let unknowns = report.unknowns.iter_mut();
    for unknown in unknowns.filter(|it| it.kind == Some(v1::UnknownKind::NotAskedFor)) {
        "a run without --offline".clone_into(&mut unknown.needs);
    }
}

/// Gives the one candidate the ID of the distribution that it is for.
pub(super) fn identify(
    candidates: &mut [Candidate],
    id: &DistributionId,
) -> Result<(), GuardError> {
    let [candidate] = candidates else {
        return Err(GuardError::configuration(
            format!(
                "there are {} candidates, and {id} is one distribution",
                candidates.len()
            ),
            "Give the one file or `resource` that is for it",
        ));
    };
    match &candidate.distribution.id {
        Some(own) if own != id => Err(GuardError::configuration(
            format!(
                "the candidate `{}` is of distribution {own}, not of {id}",
                candidate.provenance.document
            ),
            "Name the distribution that the candidate is for",
        )),
        _ => {
            candidate.distribution.id = Some(id.clone());
            Ok(())
        }
    }
}

/// Whether a candidate is of the version of its distribution that it is compared with as live.
fn replaces_live(candidate: &Distribution, baseline: Option<&Baseline>) -> Result<(), GuardError> {
    let live = baseline.filter(|it| it.source == BaselineSource::Read(Source::Live));
    match live {
        Some(Baseline {
            config,
            etag: Some(etag),
            ..
        }) if candidate.id.is_some() && candidate.id == config.id => up_to_date(candidate, etag),
        _ => Ok(()),
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

async fn baseline(
    account: &impl Account,
    memory: &impl Memory,
    against: &Against<'_>,
    candidate: &Candidate,
) -> Result<Baseline, GuardError> {
    // Only asked for where the candidate's own distribution is compared with: a file or a named
    // distribution needs no ID.
    let own = || {
        let id = candidate.distribution.id.as_ref();
        id.ok_or_else(|| {
            GuardError::configuration(
                format!(
                    "`{}` does not say which distribution it is for",
                    candidate.provenance.document
                ),
                "Give the baseline as a distribution's ID or alias, or as a file",
            )
        })
    };
    let config = match against {
        Against::File(file) => {
            let source = file.provenance.source;
            return Ok(Baseline::read(file.distribution.clone(), source));
        }
        Against::LastGood => return last_good(memory, own()?).await,
        Against::Live => account.live(own()?).await?,
        Against::Distribution(name) => live(account, name).await?,
    };
    Ok(Baseline::read(config.distribution, Source::Live))
}

async fn last_good(memory: &impl Memory, id: &DistributionId) -> Result<Baseline, GuardError> {
    let good = last_good::read(memory, id).await?;
    good.map(LastGood::into_baseline).ok_or_else(|| {
        GuardError::missing(
            format!("no last known good config of {id} is stored"),
            "Set ORIGIN_GUARD_REPORT_BUCKET to the guard's bucket, or compare with live",
        )
    })
}
