//! The distributions of an account, batch by batch: list pages, what must be known beyond what earlier
//! batches asked, and the one judging.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use futures_util::future::FutureExt as _;
use futures_util::stream::{self, StreamExt as _};

use super::existence::Existence;
use super::past::{self, DRIFT, Past};
use super::patience::{Patient, Pauses};
use crate::candidate::{Candidate, Listed, Source, Tally};
use crate::distribution::{AccountId, Distribution, DistributionId};
use crate::error::GuardError;
use crate::facts::{Facts, Needs, gather_beside};
use crate::guard::clock::now;
use crate::guard::judging::{Outcome, Terms, judge_on};
use crate::guard::session::Session;
use crate::guard::subject::{Comparison, Subject};
use crate::guard::uses::keys_of;
use crate::plain::plain;
use crate::ports::{Account, Memory};
use crate::report::v1::{self, Report, SweptDistribution};
use crate::sweep::{Depth, Observation};
use crate::timestamp::Timestamp;
use crate::uses::Index;
use crate::verdict::Verdict;

/// Configs, last known good ones included, that are read at the same time: CloudFront throttles early.
const READ_AT_ONCE: usize = 8;

/// How many rules a distribution is shown with.
const RULES: usize = 4;

/// A walk through the distributions of an account.
pub(super) struct Survey<'s, A: Account + 's, M> {
    session: &'s Session<'s, A>,
    memory: &'s M,
    terms: Terms<'s>,
    depth: Depth,
    probes: Patient<A::Probes<'s>>,
    /// What was asked, and what came of it: each subject once, however many distributions name it.
    asked: Needs,
    facts: Arc<Facts>,
    /// Where the page begins that is being read, and where the next one does.
    page: Option<String>,
    next: Option<String>,
    pending: VecDeque<Next>,
    /// Whether some of the page are taken out of `pending` and not judged so far: a step may be cut off.
    is_judging: bool,
    is_last: bool,
    has_judged: bool,
    /// What could not be read in a list, in sentences.
    pub unreadable: Vec<String>,
    /// Who uses what, as far as the list is read; `None` where another invocation has begun it.
    pub index: Option<Index>,
}

/// A distribution that is listed, and not judged so far.
struct Next {
    id: DistributionId,
    listed: Listed,
    /// When its page was asked for.
    at: Timestamp,
}

/// One distribution that was judged.
pub(super) struct Swept {
    /// What the overview says of it.
    pub row: SweptDistribution,
    /// What becomes of the state.
    pub observation: Observation,
    /// The whole, and when it was judged.
    pub report: Box<Report>,
    pub judged_at: Timestamp,
}

/// What one step of a survey came to.
pub(super) enum Batch {
    /// These were judged.
    Swept(Vec<Swept>),
    /// There was no time to ask about the next ones.
    Late,
    /// There are no more.
    End,
}

impl<'s, A: Account, M: Memory> Survey<'s, A, M> {
    /// One that begins at a page: the first without a marker.
    pub(super) fn new(
        session: &'s Session<'s, A>,
        memory: &'s M,
        (terms, owners): (Terms<'s>, &'s [AccountId]),
        depth: Depth,
        marker: Option<String>,
    ) -> Self {
        let is_first = marker.is_none();
        Self {
            session,
            memory,
            terms,
            depth,
            probes: Patient {
                probes: session.probes(owners),
                until: session.asks_until(),
            },
            asked: Needs::default(),
            facts: Arc::default(),
            page: None,
            next: marker,
            pending: VecDeque::new(),
            is_judging: false,
            is_last: false,
            has_judged: false,
            unreadable: Vec::new(),
            index: is_first.then(Index::default),
        }
    }

    /// Who uses what, where this walk has read the whole list; with the keys of buckets where these were
    /// asked for.
    pub(super) fn take_index(&mut self) -> Option<Index> {
        let mut index = self.index.take().filter(|_| self.is_last)?;
        if self.depth == Depth::Full {
            let keys = keys_of(&index, &self.facts);
            index.add_keys(keys);
        }
        Some(index)
    }

    /// Where a later invocation has to begin: at the page of which not all was judged.
    pub(super) fn marker(&self) -> Option<&str> {
        let marker = if self.pending.is_empty() && !self.is_judging {
            &self.next
        } else {
            &self.page
        };
        marker.as_deref()
    }

    /// Judges the next few distributions, but for those that are `done`.
    ///
    /// # Errors
    /// If a page of the list cannot be read.
    pub(super) async fn step(
        &mut self,
        done: &BTreeSet<DistributionId>,
    ) -> Result<Batch, GuardError> {
        while self.pending.is_empty() {
            if self.is_last {
                return Ok(Batch::End);
            }
            self.read_page(done).await?;
        }
        let batch = self.take_batch();
        self.is_judging = true;
        let pasts = self.pasts(&batch).boxed_local().await;
        let candidates: Vec<Candidate> = batch.iter().zip(&pasts).map(candidate).collect();
        let needs = Needs::of_all(candidates.iter().map(|it| it.to_probe(None)));
        let needs = needs.beyond(&self.asked);
        // Boxed, as each step here: its calls are large.
        let facts = self.ask(&needs).boxed_local().await;
        let until = self.session.asks_until();
        let is_late = until.is_some_and(|until| Instant::now() >= until);
        // What gave up at the end of the time is unknown for no reason of its own; the first batch of an
        // invocation is judged all the same, so that each gets on.
        if is_late && self.has_judged {
            batch
                .into_iter()
                .rev()
                .for_each(|it| self.pending.push_front(it));
            self.is_judging = false;
            return Ok(Batch::Late);
        }
        self.has_judged = true;
        self.asked.add(needs);
        Arc::make_mut(&mut self.facts).add(facts);
        let swept = self.judge(batch, candidates, pasts).boxed_local().await;
        self.is_judging = false;
        Ok(Batch::Swept(swept))
    }

    /// Reads one page. Where CloudFront asks to slow down, or does not answer, this waits and asks again.
    async fn read_page(&mut self, done: &BTreeSet<DistributionId>) -> Result<(), GuardError> {
        let mut pauses = Pauses::until(self.session.asks_until());
        let (page, at) = loop {
            // Before the call: of two sweeps the one that asked later knows the later config.
            let at = now();
            match self
                .session
                .account()
                .distributions(self.next.as_deref())
                .await
            {
                Ok(page) => break (page, at),
                Err(GuardError::Unavailable { .. }) if pauses.wait().await => {}
                Err(error) => return Err(error),
            }
        };
        self.is_last = page.next.is_none();
        self.page = std::mem::replace(&mut self.next, page.next);
        for listed in page.distributions {
            match listed {
                Ok(listed) => {
                    if let Some(index) = &mut self.index {
                        index.add(&listed.distribution);
                    }
                    let id = listed.distribution.id.clone();
                    if let Some(id) = id.filter(|id| !done.contains(id)) {
                        self.pending.push_back(Next { id, listed, at });
                    }
                }
                Err(error) => {
                    if let Some(index) = &mut self.index {
                        index.add_unread("of the list", error.to_string());
                    }
                    self.unreadable.push(format!(
                        "a distribution in the list was not checked: {error}"
                    ));
                }
            }
        }
        Ok(())
    }

    /// As many as may be judged together, and one at least.
    fn take_batch(&mut self) -> Vec<Next> {
        let mut tally = Tally::of(*self.terms.bounds);
        let (mut batch, mut subjects) = (Vec::new(), 0);
        while let Some(Next { listed, .. }) = self.pending.front() {
            subjects += Needs::of(&listed.distribution).subjects();
            let fits = tally.add_parts(&listed.distribution).is_ok()
                && self.terms.bounds.ask(subjects).is_ok();
            if !fits && !batch.is_empty() {
                break;
            }
            batch.extend(self.pending.pop_front());
        }
        batch
    }

    async fn pasts(&self, batch: &[Next]) -> Vec<Past> {
        if self.depth == Depth::Existence {
            return batch.iter().map(|_| Past::default()).collect();
        }
        let pauses = Pauses::until(self.session.asks_until());
        let account = self.session.account();
        let reading = stream::iter(batch)
            .map(|Next { id, listed, .. }| past::of(account, self.memory, listed, id, pauses));
        reading.buffered(READ_AT_ONCE).collect().await
    }

    async fn ask(&self, needs: &Needs) -> Facts {
        match self.depth {
            Depth::Existence => gather_beside(&Existence(&self.probes), needs, &self.facts).await,
            Depth::Full => gather_beside(&self.probes, needs, &self.facts).await,
        }
    }

    async fn judge(
        &self,
        batch: Vec<Next>,
        candidates: Vec<Candidate>,
        pasts: Vec<Past>,
    ) -> Vec<Swept> {
        let subjects = candidates.into_iter().zip(&pasts).map(|(candidate, past)| {
            let drift = past.drift.iter().map(|(_, seen)| seen.message.clone());
            Subject {
                notes: drift.chain(past.unknown.clone()).collect(),
                is_harmless: candidate.distribution.enabled == Some(false),
                ..Subject::new(candidate, Comparison::Read(None))
            }
        });
        let cost = self.session.cost();
        let outcomes = judge_on(&self.facts, subjects.collect(), &self.terms, &cost, |it| it);
        let all = batch.into_iter().zip(pasts).zip(outcomes);
        let swept = all.map(|((Next { id, listed, at }, past), outcome)| {
            let (depth, account, memory) = (self.depth, self.session.account(), self.memory);
            let pauses = Pauses::until(self.session.asks_until());
            async move {
                if past.has_none && is_good(&outcome) {
                    past::keep(account, memory, &listed, (&id, &past), pauses).await;
                }
                swept(&id, outcome, &past, depth, at)
            }
        });
        stream::iter(swept).buffered(READ_AT_ONCE).collect().await
    }
}

/// What is judged of a distribution: what a list shows of it, or all where that was read.
fn candidate((Next { id, listed, .. }, past): (&Next, &Past)) -> Candidate {
    let distribution = match &past.live {
        Some(now) if listed.distribution.multi_tenant => &now.live.distribution,
        _ => &listed.distribution,
    };
    Candidate::of_config(distribution.clone(), Source::Live, id.as_str())
}

/// A disabled distribution proves nothing of what serves well.
fn is_good(outcome: &Outcome) -> bool {
    let judged = &outcome.judged;
    judged.decision.verdict == Verdict::Pass && judged.candidate.distribution.enabled != Some(false)
}

fn swept(id: &DistributionId, outcome: Outcome, past: &Past, depth: Depth, at: Timestamp) -> Swept {
    let Outcome { judged, report } = outcome;
    let distribution = &judged.candidate.distribution;
    let name = name(distribution, id);
    let mut observation = Observation::of(distribution, id, &name, &judged.decision, depth, at);
    observation.findings.extend(past.drift.clone());
    if past.unknown.is_some() {
        observation.doubts.add(DRIFT, None);
    }
    let mut row = row(id, name, &report);
    if past.drift.is_some() {
        row.warnings += 1;
        row.rules.push(DRIFT.to_owned());
    }
    Swept {
        row,
        observation,
        report: Box::new(report),
        judged_at: judged.judged_at,
    }
}

/// What people call it: its first alias, or the domain that CloudFront gave it.
fn name(distribution: &Distribution, id: &DistributionId) -> String {
    let alias = distribution.aliases.first().map(ToString::to_string);
    let name = alias.or_else(|| distribution.domain_name.clone());
    plain(&name.unwrap_or_else(|| id.to_string())).into_owned()
}

fn row(id: &DistributionId, name: String, report: &Report) -> SweptDistribution {
    let findings = || report.findings.iter().filter(|it| it.waived.is_none());
    let count = |severity| findings().filter(|it| it.severity == severity).count();
    let mut rules: Vec<String> = Vec::new();
    for finding in findings().filter(|it| it.severity != v1::Severity::Info) {
        if rules.len() < RULES && !rules.contains(&finding.rule) {
            rules.push(finding.rule.clone());
        }
    }
    SweptDistribution {
        id: id.to_string(),
        name,
        verdict: report.verdict,
        errors: count(v1::Severity::Error),
        warnings: count(v1::Severity::Warning),
        unknowns: report.unknowns.iter().filter(|it| it.blocks).count(),
        rules,
        report: None,
    }
}
