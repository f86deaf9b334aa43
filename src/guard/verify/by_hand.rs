//! The same at the command line: what is deployed, by a distribution's name.

use std::time::{Duration, Instant};

use futures_util::future::{FutureExt as _, join};

use super::state::{Seen, State, state};
use super::{live_subject, words};
use crate::candidate::{Candidate, Live};
use crate::contract::Contract;
use crate::distribution::DistributionId;
use crate::error::GuardError;
use crate::guard::check::{Checked, identify};
use crate::guard::clock::now;
use crate::guard::edge;
use crate::guard::judging::{Terms, judge};
use crate::guard::named::distribution_id;
use crate::guard::session::Session;
use crate::judged::Mode;
use crate::memory::changes;
use crate::memory::last_good::{self, LastGood};
use crate::ports::{Account, Edge, Memory};
use crate::request::{Continuation, Left, TriggerId};
use crate::settings::Settings;

/// How often CloudFront is asked while it deploys.
const PAUSE: Duration = Duration::from_secs(15);

/// What is verified, and how.
pub struct VerifyOptions<'a> {
    /// The distribution's ID, ARN, alias or domain.
    pub distribution: &'a str,
    /// What was to be deployed; without it, what is live is.
    pub candidate: Option<Candidate>,
    /// What the team declares.
    pub contract: Option<&'a Contract>,
    /// The settings.
    pub settings: &'a Settings,
    /// Whether a deployment that is under way is waited for, as long as the settings have it.
    pub wait: bool,
    /// Is called with how far the deployment is, each time CloudFront was asked.
    pub report: &'a dyn Fn(&str),
}

/// What came of it.
#[derive(Debug)]
pub enum Verification {
    /// It is deployed, and was judged.
    Judged(Box<Checked>),
    /// The deployment is under way, and is not waited for: how far it is.
    UnderWay(String),
}

/// Verifies that a candidate is deployed, and judges what runs.
///
/// # Errors
/// [`GuardError::OutOfSync`] where something else is live, [`GuardError::NotDeployed`] where it takes too
/// long, and where something cannot be read.
pub async fn verify<A: Account + Memory + Edge>(
    session: &Session<'_, A>,
    options: VerifyOptions<'_>,
) -> Result<Verification, GuardError> {
    session.count(deployed_and_judged(session, options)).await
}

async fn deployed_and_judged<A: Account + Memory + Edge>(
    session: &Session<'_, A>,
    mut options: VerifyOptions<'_>,
) -> Result<Verification, GuardError> {
    let account = session.account();
    let id = distribution_id(account, options.distribution).await?;
    if let Some(candidate) = &mut options.candidate {
        identify(std::slice::from_mut(candidate), &id)?;
    }
    let (live, last_good) = match deployed(account, &id, &options).await? {
        Deployment::Done(found) => *found,
        Deployment::UnderWay(progress) => return Ok(Verification::UnderWay(progress)),
    };
    let edge = edge::seen(account, &live.distribution, options.contract, None);
    let seen = Seen {
        live: &live,
        candidate: options.candidate.as_ref(),
        last_good: None,
        before: None,
    };
    let notes = words::notes(&seen);
    let baseline = last_good.map(LastGood::into_baseline);
    let subject = live_subject(live.distribution, baseline, notes, edge);
    let terms = Terms {
        contract: options.contract,
        ..Terms::new(Mode::Verify, options.settings)
    };
    let judging = judge(session, vec![subject], &terms, Checked::of);
    let judged = judging.boxed_local().await?.pop();
    judged
        .map(|judged| Verification::Judged(Box::new(judged)))
        .ok_or_else(words::no_distribution)
}

/// How a deployment ended.
enum Deployment {
    Done(Box<(Live, Option<LastGood>)>),
    UnderWay(String),
}

/// Asks CloudFront until the deployment has ended.
async fn deployed<A: Account + Memory>(
    account: &A,
    id: &DistributionId,
    options: &VerifyOptions<'_>,
) -> Result<Deployment, GuardError> {
    let longest = options.settings.verify;
    let (began, started_at) = (Instant::now(), now());
    // What is seen is compared as from job to job; no job has it.
    let run = TriggerId::from("");
    let mut before: Option<Continuation> = None;
    loop {
        let (live, last_good) = join(account.live(id), last_good_of(account, id)).await;
        let live = match live {
            // Throttled, or no answer: what was seen before still stands.
            Err(GuardError::Unavailable { .. })
                if before.is_some() && began.elapsed() < longest =>
            {
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            live => live?,
        };
        let seen = Seen {
            live: &live,
            candidate: options.candidate.as_ref(),
            last_good: last_good.as_ref(),
            before: before.as_ref(),
        };
        let left = match state(&seen) {
            State::Deployed => return Ok(Deployment::Done(Box::new((live, last_good)))),
            State::Other(other) => {
                let by = changes::read(account, id, &live.etag).await;
                return Err(words::out_of_sync(&seen, &other, by.as_ref()));
            }
            State::Before => Left::Version,
            State::Deploying => Left::Deployment,
        };
        let progress = words::progress(&seen, left);
        if !options.wait {
            return Ok(Deployment::UnderWay(progress));
        }
        if began.elapsed() >= longest {
            return Err(words::too_late(&seen, left, started_at, longest));
        }
        (options.report)(&progress);
        before = Some(Continuation {
            etag: live.etag.clone(),
            left,
            ..Continuation::begin(&run, started_at, id)
        });
        tokio::time::sleep(PAUSE).await;
    }
}

/// What a report only compares with.
async fn last_good_of(memory: &impl Memory, id: &DistributionId) -> Option<LastGood> {
    memory.bucket()?;
    let read = last_good::read(memory, id).await;
    read.inspect_err(|error| tracing::info!(error = %error, "last known good config not read"))
        .ok()
        .flatten()
}
