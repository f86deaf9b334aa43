//! What earlier sweeps know of the account, and what this one adds.

use std::collections::BTreeSet;

use futures_util::future::{join_all, try_join_all};

use super::Sweep;
use crate::distribution::DistributionId;
use crate::error::GuardError;
use crate::guard::clock::now;
use crate::memory::sweep_state::{self, Kept};
use crate::ports::Services;
use crate::sweep::{News, Observation, Pass, RunId, Shard, State};
use crate::timestamp::Timestamp;

/// The state of an account, as it was read; nothing where nothing is kept.
pub(super) struct States(Vec<(Shard, Kept)>);

/// That a sweep has come to its end.
pub(super) struct End<'a> {
    /// Every distribution of the account; absent where not all are known, so that none of the others can
    /// be taken as removed.
    pub listed: Option<&'a BTreeSet<DistributionId>>,
    /// When the sweep began.
    pub began: Timestamp,
}

/// What there is to report, and why not all of it is kept.
pub(super) struct Settled {
    pub news: News,
    pub problem: Option<GuardError>,
}

impl States {
    /// Reads all shards, in one wave.
    pub(super) async fn read<S: Services>(sweep: &Sweep<'_, S>) -> Result<Self, GuardError> {
        if sweep.services.bucket().is_none() {
            return Ok(Self(Shard::all().map(|it| (it, Kept::default())).collect()));
        }
        let now = now();
        let shards = Shard::all().map(async |shard| {
            let kept = sweep_state::read(sweep.services, sweep.account, shard, now).await?;
            Ok::<_, GuardError>((shard, kept))
        });
        try_join_all(shards).await.map(Self)
    }

    /// What could not be used, in sentences.
    pub(super) fn notes(&self) -> Vec<String> {
        let notes = self.0.iter().filter_map(|(_, kept)| kept.note.clone());
        notes.collect()
    }

    fn of(&self, distribution: &DistributionId) -> Option<&State> {
        let shard = Shard::of(distribution);
        let (_, kept) = self.0.iter().find(|(it, _)| *it == shard)?;
        Some(&kept.state)
    }

    /// The key of the last report on a distribution.
    pub(super) fn report_of(&self, distribution: &DistributionId) -> Option<String> {
        let known = self.of(distribution)?.distributions.get(distribution)?;
        known.report.clone()
    }

    /// Whether a distribution is to have a report.
    pub(super) fn differs(&self, observation: &Observation) -> bool {
        let state = self.of(&observation.distribution);
        state.is_none_or(|state| state.differs(observation))
    }

    /// Adds what was observed.
    pub(super) async fn add<S: Services>(
        self,
        sweep: &Sweep<'_, S>,
        run: &RunId,
        observations: &[Observation],
    ) -> Result<(), GuardError> {
        let pass = pass(sweep, run);
        let writing = self.0.into_iter().map(async |(shard, kept)| {
            change(sweep, (shard, kept), &pass, |state| {
                take_in(state, shard, &pass, observations);
            })
            .await
        });
        try_join_all(writing).await.map(|_| ())
    }

    /// Adds what was observed last, and claims what there is to report. Where that cannot be kept, it is
    /// reported all the same: twice is better than not at all.
    pub(super) async fn settle<S: Services>(
        self,
        sweep: &Sweep<'_, S>,
        run: &RunId,
        observations: &[Observation],
        end: &End<'_>,
    ) -> Settled {
        let pass = pass(sweep, run);
        let settling = self.0.into_iter().map(async |(shard, kept)| {
            let settle = |state: &mut State| {
                take_in(state, shard, &pass, observations);
                if let Some(listed) = end.listed {
                    state.keep_only(&pass, listed, end.began);
                }
                state.news(&pass)
            };
            let mut local = kept.state.clone();
            let settled = change(sweep, (shard, kept), &pass, settle).await;
            settled.map_err(|error| (error, settle(&mut local)))
        });
        let mut all = Settled {
            news: News::default(),
            problem: None,
        };
        for settled in join_all(settling).await {
            match settled {
                Ok(news) => all.news.add(news),
                Err((error, news)) => {
                    all.news.add(news);
                    all.problem = Some(error);
                }
            }
        }
        all
    }
}

/// Marks what was sent, or gives it back for the next sweep to send.
pub(super) async fn confirm<S: Services>(
    sweep: &Sweep<'_, S>,
    run: &RunId,
    news: &News,
    was_sent: bool,
) -> Result<(), GuardError> {
    if sweep.services.bucket().is_none() || news.is_empty() {
        return Ok(());
    }
    let items = news.new.iter().chain(&news.gone);
    let shards: BTreeSet<Shard> = items.map(|item| Shard::of(&item.distribution)).collect();
    let pass = pass(sweep, run);
    let writing = shards.into_iter().map(async |shard| {
        let kept = sweep_state::read(sweep.services, sweep.account, shard, pass.now).await?;
        change(sweep, (shard, kept), &pass, |state| {
            if was_sent {
                state.confirm(run, news);
            } else {
                state.release(run);
            }
        })
        .await
    });
    try_join_all(writing).await.map(|_| ())
}

fn pass<S: Services>(sweep: &Sweep<'_, S>, run: &RunId) -> Pass {
    Pass {
        run: run.clone(),
        now: now(),
        until: sweep.invocation.runs_until(),
    }
}

fn take_in(state: &mut State, shard: Shard, pass: &Pass, observations: &[Observation]) {
    let own = observations
        .iter()
        .filter(|it| Shard::of(&it.distribution) == shard);
    own.for_each(|observation| state.take_in(pass, observation));
}

async fn change<S: Services, T>(
    sweep: &Sweep<'_, S>,
    (shard, mut kept): (Shard, Kept),
    pass: &Pass,
    change: impl Fn(&mut State) -> T,
) -> Result<T, GuardError> {
    if sweep.services.bucket().is_none() {
        return Ok(change(&mut kept.state));
    }
    sweep_state::change(sweep.services, sweep.account, shard, pass.now, kept, change).await
}
