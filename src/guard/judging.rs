//! The one judging, between every way in and its answer: what must be known is asked, the rules
//! judge, and the verdict is frozen as a report.

use std::borrow::Cow;
use std::sync::Arc;

use futures_util::future::{FutureExt as _, OptionFuture, join, join_all};
use time::OffsetDateTime;

use super::session::Session;
use super::subject::{Comparison, Subject};
use crate::candidate::{Bounds, Candidate, Tally};
use crate::contract::Contract;
use crate::cost::Cost;
use crate::day::Day;
use crate::distribution::AccountId;
use crate::edge::{self, Seen};
use crate::error::GuardError;
use crate::facts::{Facts, Needs};
use crate::finding::NeededUnknown;
use crate::judged::{Baseline, Judged, Mode, Trigger};
use crate::ports::Account;
use crate::refusal::explain;
use crate::report::{self, v1};
use crate::rules::{self, Case, Limits, Selection};
use crate::settings::{RulesUrl, Settings};
use crate::timestamp::Timestamp;
use crate::verdict::{self, Decision, OnUnknown, waive};

/// On what terms subjects are judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub mode: Mode,
    /// The account's quotas.
    pub limits: &'a Limits,
    /// How much may be judged together.
    pub bounds: &'a Bounds,
    /// Accounts beside the guarded one that may own buckets, beyond those of the contract.
    pub owners: &'a [AccountId],
    pub contract: Option<&'a Contract>,
    pub on_unknown: OnUnknown,
    /// The rules that judge; all of them without it.
    pub selection: Option<&'a Selection>,
    /// What started the invocation.
    pub trigger: Option<&'a Trigger>,
    /// Where the rules' pages are.
    pub rules_url: Option<&'a RulesUrl>,
}

impl<'a> Terms<'a> {
    /// The terms of the settings, without a contract.
    pub(super) fn new(mode: Mode, settings: &'a Settings) -> Self {
        Self {
            mode,
            limits: &settings.limits,
            bounds: &settings.bounds,
            owners: &settings.bucket_owners,
            contract: None,
            on_unknown: settings.on_unknown,
            selection: None,
            trigger: None,
            rules_url: settings.rules_url.as_ref(),
        }
    }
}

/// What was judged, and its report.
#[derive(Debug)]
pub(super) struct Outcome {
    pub judged: Judged,
    pub report: v1::Report,
}

/// Judges subjects, each by itself; what all of them need is asked once, in one wave. `take` makes of
/// each outcome what is needed of it: the model and the facts of one are gone before the next.
///
/// # Errors
/// If there is more to judge, or to ask about, than the bounds allow.
pub(super) async fn judge<A: Account, T>(
    session: &Session<'_, A>,
    subjects: Vec<Subject<'_>>,
    terms: &Terms<'_>,
    take: impl Fn(Outcome) -> T,
) -> Result<Vec<T>, GuardError> {
    within_bounds(&subjects, terms.bounds)?;
    let needs = Needs::of_all(
        subjects
            .iter()
            .map(|subject| subject.candidate.to_probe(subject.baseline())),
    );
    terms.bounds.ask(needs.subjects())?;
    let owners = Contract::owners(terms.contract, terms.owners);
    // The baseline of an audit is read beside the probes: it adds no wave, but its origins are not
    // asked about.
    let subjects = join_all(subjects.into_iter().map(compared)).boxed_local();
    let asking = session.ask(&needs, &owners).boxed_local();
    let (facts, subjects) = join(asking, subjects).await;
    // One time for all reports of the invocation: a waiver that ends today must not hold for one
    // and not for another.
    let (facts, cost, now) = (Arc::new(facts), session.cost(), OffsetDateTime::now_utc());
    let outcomes = subjects
        .into_iter()
        .map(|subject| take(conclude(subject, &facts, terms, now, &cost)));
    Ok(outcomes.collect())
}

/// Judges subjects that are compared with nothing, each by itself, on facts that are known already.
pub(super) fn judge_on<T>(
    facts: &Arc<Facts>,
    subjects: Vec<Subject<'_>>,
    terms: &Terms<'_>,
    cost: &Cost,
    take: impl Fn(Outcome) -> T,
) -> Vec<T> {
    let now = OffsetDateTime::now_utc();
    let subjects = subjects.into_iter().map(Compared::with_nothing);
    subjects
        .map(|subject| take(conclude(subject, facts, terms, now, cost)))
        .collect()
}

fn within_bounds(subjects: &[Subject<'_>], bounds: &Bounds) -> Result<(), GuardError> {
    let mut tally = Tally::of(*bounds);
    for subject in subjects {
        tally.add(&subject.candidate)?;
        if let Some(baseline) = subject.baseline() {
            tally.add_parts(baseline)?;
        }
    }
    Ok(())
}

/// A subject whose baseline is read.
struct Compared {
    candidate: Candidate,
    baseline: Option<Baseline>,
    unknowns: Vec<NeededUnknown>,
    edge: Option<Vec<Seen>>,
    notes: Vec<String>,
    is_harmless: bool,
}

async fn compared(mut subject: Subject<'_>) -> Compared {
    let nothing = Comparison::Read(None);
    let comparison = std::mem::replace(&mut subject.comparison, nothing);
    let baseline = async {
        match comparison {
            Comparison::Read(baseline) => baseline.map(|it| *it),
            Comparison::Beside(reading) => reading.await,
        }
    };
    let edge = OptionFuture::from(subject.edge.take());
    let (baseline, edge) = join(baseline, edge).await;
    Compared {
        baseline,
        edge,
        ..Compared::with_nothing(subject)
    }
}

impl Compared {
    fn with_nothing(subject: Subject<'_>) -> Self {
        Self {
            baseline: None,
            edge: None,
            candidate: subject.candidate,
            unknowns: subject.unknowns,
            notes: subject.notes,
            is_harmless: subject.is_harmless,
        }
    }
}

fn conclude(
    mut subject: Compared,
    asked: &Arc<Facts>,
    terms: &Terms<'_>,
    now: OffsetDateTime,
    cost: &Cost,
) -> Outcome {
    // What a template makes goes over what was asked, for its own candidate only: the buckets of
    // another template's stack are not this one's.
    let facts = match asked.with_planned(&subject.candidate.planned) {
        Cow::Borrowed(_) => Arc::clone(asked),
        Cow::Owned(all) => Arc::new(all),
    };
    let decision = decide(&mut subject, &facts, terms, Day::of(now));
    let explanation = match terms.trigger {
        Some(Trigger::Call(call)) => call.failed.as_ref().map(|failed| {
            explain(
                failed,
                &decision.findings,
                Some(&subject.candidate.distribution),
            )
        }),
        _ => None,
    };
    let judged = Judged {
        mode: terms.mode,
        judged_at: Timestamp::of(now.to_utc()),
        candidate: subject.candidate,
        baseline: subject.baseline,
        facts,
        decision,
        trigger: terms.trigger.cloned(),
        explanation,
        cost: cost.clone(),
        rules_url: terms.rules_url.cloned(),
    };
    let report = report::build(&judged);
    Outcome { judged, report }
}

fn decide(subject: &mut Compared, facts: &Facts, terms: &Terms<'_>, today: Day) -> Decision {
    let candidate = &subject.candidate;
    let case = Case::new(&candidate.distribution, facts, terms.limits)
        .with_baseline(subject.baseline.as_ref().map(|it| &it.config))
        .with_contract(terms.contract);
    let mut judgement = rules::judge(&case);
    // Before the verdict: a live config that could not be read can make it inconclusive as any fact
    // can.
    judgement.unknowns.append(&mut subject.unknowns);
    if let Some(seen) = &subject.edge {
        judgement.add_edge(&case, edge::judge(&case, seen));
    }
    if subject.is_harmless {
        verdict::demote(&mut judgement);
    }
    let mut notes = std::mem::take(&mut subject.notes);
    notes.extend(candidate.notes.iter().cloned());
    if let Some(contract) = terms.contract {
        // After demoting and before deciding: a waiver has to find its finding whatever its
        // severity is, and what it covers must not block.
        let uses = waive(&contract.waivers, &mut judgement.findings, today);
        notes.extend(uses.iter().map(ToString::to_string));
    }
    if let Some(selection) = terms.selection {
        selection.apply(&mut judgement);
        notes.extend(selection.note());
    }
    Decision {
        notes,
        ..verdict::decide(judgement, terms.on_unknown)
    }
}
