//! A sweep at a terminal: without a memory, so that everything that is broken is found.

use std::collections::BTreeSet;

use super::survey::{Batch, Survey};
use crate::contract::Contract;
use crate::error::GuardError;
use crate::guard::clock::now;
use crate::guard::judging::Terms;
use crate::guard::session::Session;
use crate::judged::Mode;
use crate::ports::{Account, Offline};
use crate::report::sweep::{Ended, freeze};
use crate::report::v1;
use crate::settings::Settings;
use crate::sweep::{Depth, Pass, RunId, State};

/// What a sweep is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SweepOptions<'a> {
    /// How much is asked.
    pub depth: Depth,
    /// What the team declares.
    pub contract: Option<&'a Contract>,
}

/// Checks every distribution of an account.
///
/// # Errors
/// If a page of the list cannot be read: what is missing from it must not read as well.
pub async fn sweep<A: Account>(
    session: Session<'_, A>,
    settings: &Settings,
    options: SweepOptions<'_>,
) -> Result<v1::Sweep, GuardError> {
    let session = session.unhurried();
    let terms = Terms {
        contract: options.contract,
        ..Terms::new(Mode::Sweep, settings)
    };
    let owners = Contract::owners(options.contract, &settings.bucket_owners);
    let (began, depth) = (now(), options.depth);
    let walk = async {
        let mut survey = Survey::new(&session, &Offline, (terms, &owners), depth, None);
        let (mut swept, nothing) = (Vec::new(), BTreeSet::new());
        loop {
            match survey.step(&nothing).await? {
                Batch::Swept(batch) => {
                    swept.extend(batch.into_iter().map(|it| (it.row, it.observation)));
                }
                Batch::End | Batch::Late => return Ok::<_, GuardError>((swept, survey.unreadable)),
            }
        }
    };
    let (swept, unreadable) = session.count(walk).await?;
    let pass = Pass {
        run: RunId::default(),
        now: now(),
        until: now(),
    };
    let mut state = State::default();
    for (_, observation) in &swept {
        state.take_in(&pass, observation);
    }
    Ok(freeze(Ended {
        run: RunId::default(),
        depth,
        account: session.account_id(),
        began,
        at: now(),
        is_complete: unreadable.is_empty(),
        is_compared: false,
        notes: unreadable,
        news: &state.news(&pass),
        distributions: swept.into_iter().map(|(row, _)| row).collect(),
        cost: session.cost(),
    }))
}
