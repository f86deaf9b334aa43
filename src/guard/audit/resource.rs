//! CloudTrail recorded a call on what distributions use: which of them does it hurt?

use std::collections::BTreeSet;

use futures_util::future::FutureExt as _;
use futures_util::stream::{StreamExt as _, iter};
use serde_json::{Value, json};

use super::claim::{self, Delivery, StandDown};
use super::notify;
use crate::candidate::{Candidate, Source};
use crate::delivery::{Hurt, Notification};
use crate::error::GuardError;
use crate::guard::bounds::{Interrupted, within};
use crate::guard::judging::{Terms, judge};
use crate::guard::named::live_candidate;
use crate::guard::session::Session;
use crate::guard::storing::store;
use crate::guard::subject::{Comparison, Subject};
use crate::guard::uses::{live_index, uses_live, uses_stored};
use crate::guard::{Failure, Guard, Invocation};
use crate::judged::{Mode, RecordedCall, Trigger};
use crate::memory::index::NoIndex;
use crate::memory::markers::Marker;
use crate::memory::reports;
use crate::ports::{Account, Services};
use crate::report::{self, Document, v1};
use crate::request::{ResourceEvent, Touched};
use crate::timestamp::Timestamp;
use crate::uses::{self, Question, Usage};

/// Live configs that are read at the same time.
const READ_AT_ONCE: usize = 4;

/// Distributions that are judged together: what all of them need is asked at once.
const JUDGED_AT_ONCE: usize = 20;

/// What a call is on, and what stands in the way of reporting it.
struct Touching<'a, S: Services> {
    delivery: Delivery<'a, S>,
    session: &'a Session<'a, S::Account>,
    event: &'a ResourceEvent,
}

/// The distributions that use it.
struct Users {
    usages: Vec<Usage>,
    /// Why there may be more of them.
    open: Vec<String>,
    /// Where that is known from, if not from a fresh index.
    note: Option<String>,
}

/// Finds the distributions that use what a call was on, judges each afresh, and reports those that it
/// hurts. Nothing that is used is silence, at the cost of one read.
pub(in crate::guard) async fn report<S: Services>(
    guard: &Guard<S>,
    session: &Session<'_, S::Account>,
    event: &ResourceEvent,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let settings = guard.settings.as_ref().map_err(Clone::clone)?;
    if event.is_refused {
        return Ok(json!({"ignored": format!("{} was refused", event.call)}));
    }
    super::of_this_account(&event.event_id, event.account, invocation)?;
    let touching = Touching {
        delivery: Delivery {
            services: &guard.services,
            settings,
            invocation,
            event: &event.event_id,
        },
        session,
        event,
    };
    let users = touching.users().boxed_local().await?;
    if users.usages.is_empty() && users.open.is_empty() {
        let what = event.touched.in_words();
        tracing::info!(
            event = event.event_id.as_str(),
            what,
            "no distribution uses it"
        );
        return Ok(json!({"unused": what}));
    }
    let marker = match claim::claim(&touching.delivery).boxed_local().await {
        Ok(marker) => marker,
        Err(StandDown::Reported) => return Ok(json!({"duplicate": event.event_id.as_str()})),
        Err(StandDown::Busy(error)) => return Err(error.into()),
    };
    let judging = within(invocation.judging_until(), touching.judge(&users));
    let hurt = match judging.boxed_local().await {
        Ok(hurt) => hurt?,
        Err(interrupted) => return Err(touching.unjudged(interrupted).into()),
    };
    touching.send(marker, hurt, &users).boxed_local().await
}

impl<S: Services> Touching<'_, S> {
    async fn users(&self) -> Result<Users, GuardError> {
        let question = match &self.event.touched {
            Touched::One(subject) => Question::Subject(subject.clone()),
            // Every part of the index would have to be read.
            Touched::AllBuckets => return self.users_of_buckets().await,
        };
        let services = self.delivery.services;
        let account = self.session.account_id();
        let note = match uses_stored(services, &question, account).await {
            Ok(stored) if stored.answer.is_complete() => {
                return Ok(Users {
                    usages: stored.answer.uses,
                    open: Vec::new(),
                    note: None,
                });
            }
            // A sweep that only asked whether buckets exist knows no key.
            Ok(stored) => format!("the index leaves open: {}", stored.answer.open.join("; ")),
            Err(NoIndex::NoBucket) => "no index is kept".to_owned(),
            Err(why) => why.to_string(),
        };
        let live = uses_live(self.session, &question).await?;
        Ok(Users {
            usages: live.answer.uses,
            open: live.answer.open,
            note: Some(format!(
                "which distributions use it is from the live list of them: {note}"
            )),
        })
    }

    async fn users_of_buckets(&self) -> Result<Users, GuardError> {
        let index = live_index(self.session.account()).await?;
        let unread = index.gaps.unread.iter();
        Ok(Users {
            usages: index.users_of_buckets(),
            open: unread
                .map(|it| format!("distribution {} is not read: {}", it.distribution, it.why))
                .collect(),
            note: None,
        })
    }

    /// Judges what is live of each, and gives those that the call may have broken.
    async fn judge(&self, users: &Users) -> Result<Vec<HurtDistribution>, GuardError> {
        let trigger = self.trigger();
        let settings = self.delivery.settings;
        let (contract, note) = super::contract(&self.delivery).await;
        let terms = Terms {
            contract: contract.as_ref(),
            trigger: Some(&trigger),
            ..Terms::new(Mode::Audit, settings)
        };
        let mut hurt = Vec::new();
        for usages in users.usages.chunks(JUDGED_AT_ONCE) {
            let account = self.session.account();
            let reading = iter(usages).map(|usage| read(account, usage));
            let read: Vec<_> = reading.buffered(READ_AT_ONCE).collect().await;
            let mut subjects = Vec::new();
            let mut judged = Vec::new();
            for (usage, candidate) in read {
                let candidate: Candidate = match candidate {
                    Ok(candidate) => candidate,
                    // Deleted since the index was written, or of no form that can be judged, which no retry
                    // changes: the others are judged all the same.
                    Err(
                        error @ (GuardError::Configuration { .. } | GuardError::Missing { .. }),
                    ) => {
                        let id = usage.distribution.id.as_str();
                        tracing::warn!(distribution = id, error = %error, "distribution not judged");
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                judged.push(usage);
                subjects.push(Subject {
                    notes: note.iter().cloned().collect(),
                    is_harmless: candidate.distribution.enabled == Some(false),
                    ..Subject::new(candidate, Comparison::Read(None))
                });
            }
            let reports = judge(self.session, subjects, &terms, |outcome| {
                (outcome.judged.judged_at, outcome.report)
            });
            let reports = reports.await?.into_iter();
            let both = judged.into_iter().zip(reports);
            hurt.extend(both.filter_map(|(usage, judged)| self.hurt_by(usage, judged)));
        }
        Ok(hurt)
    }

    fn trigger(&self) -> Trigger {
        let event = self.event;
        Trigger::Call(RecordedCall {
            event_id: event.event_id.clone(),
            name: event.call.to_owned(),
            time: event.time,
            actor: event.actor.name.clone(),
            via: event.actor.via.name().to_owned(),
            failed: None,
        })
    }

    /// Sends one message on all of them, and stores a report of each.
    async fn send(
        &self,
        marker: Option<Marker>,
        hurt: Vec<HurtDistribution>,
        users: &Users,
    ) -> Result<Value, Failure> {
        let delivery = &self.delivery;
        let region = delivery.settings.region.as_ref();
        let event = self.event;
        let stored = |hurt: &HurtDistribution| {
            let name = &hurt.report.distribution.name;
            let key = reports::key(name, hurt.judged_at, &event.event_id);
            let expected = reports::place(delivery.services, &key, region);
            (key, expected)
        };
        let places: Vec<_> = hurt.iter().map(stored).collect();
        let broken = hurt.iter().zip(&places).map(|(it, (_, place))| Hurt {
            what: it.what.as_str(),
            report: &it.report,
            place,
        });
        let broken: Vec<Hurt<'_>> = broken.collect();
        let what = headline(event);
        let call = report::trigger(&self.trigger());
        let note = note(users);
        let notification = (!broken.is_empty() || !users.open.is_empty())
            .then(|| Notification::of_resource(&what, &call, &broken, note.as_deref()));
        let summary = notification.as_ref().map(|it| it.subject.clone());
        let (sent, outcome) =
            notify::send_notification(delivery, notification, marker.as_ref()).await;
        claim::mark(delivery, marker, sent).await;
        outcome?;
        let until = delivery.invocation.ends();
        for (it, (key, expected)) in hurt.iter().zip(&places) {
            let document = Document::One(Box::new(it.report.clone()));
            let storing = store(delivery.services, key, expected.clone(), &document, until);
            // What is only kept makes nothing fail; the log says why it is not.
            let _ = storing.await;
        }
        let ids: BTreeSet<&str> = hurt
            .iter()
            .filter_map(|it| it.report.distribution.id.as_deref())
            .collect();
        Ok(json!({"summary": summary, "hurt": ids}))
    }

    /// Whether one of the origins which use it is broken, or could not be checked. What is wrong with
    /// other origins was so before.
    fn hurt_by(
        &self,
        usage: &Usage,
        (judged_at, report): (Timestamp, v1::Report),
    ) -> Option<HurtDistribution> {
        let is_of_them =
            |origin: &Option<String>| origin.as_ref().is_some_and(|id| usage.has_origin(id));
        let findings = report.findings.iter();
        let errors: Vec<&v1::Finding> = findings
            .filter(|it| it.severity == v1::Severity::Error && it.waived.is_none())
            .filter(|it| is_of_them(&it.origin))
            .collect();
        let mut origins = report.origins.iter();
        let is_open =
            origins.any(|it| it.status == v1::Status::Unknown && usage.has_origin(&it.id));
        let paths = uses::in_short(usage);
        let what = if errors.iter().any(|it| it.rule == "missing-bucket") {
            format!("{paths} serves errors; the name is free for any account")
        } else if let Some(first) = errors.first() {
            let mut rules: BTreeSet<&str> = errors.iter().map(|it| it.rule.as_str()).collect();
            rules.remove(first.rule.as_str());
            let more: String = rules.iter().flat_map(|rule| [", ", *rule]).collect();
            format!("{paths} is broken ({}{more})", first.rule)
        // No fact has a key's state, and the call itself is the proof.
        } else if matches!(self.event.call, "DisableKey" | "ScheduleKeyDeletion") {
            format!("{paths} serves errors for objects that the key encrypts")
        } else if is_open {
            format!("whether {paths} still works could not be checked")
        } else {
            return None;
        };
        Some(HurtDistribution {
            what,
            judged_at,
            report,
        })
    }

    fn unjudged(&self, interrupted: Interrupted) -> GuardError {
        GuardError::Unavailable {
            subject: format!("event {}", self.event.event_id),
            problem: interrupted.to_string(),
        }
    }
}

/// A distribution that a call may have broken.
struct HurtDistribution {
    /// What no longer works, as a clause.
    what: String,
    judged_at: Timestamp,
    report: v1::Report,
}

async fn read<'u>(
    account: &impl Account,
    usage: &'u Usage,
) -> (&'u Usage, Result<Candidate, GuardError>) {
    let candidate = live_candidate(account, &usage.distribution.id).await;
    let candidate = candidate.map(|candidate| {
        let id = usage.distribution.id.clone();
        Candidate::of_config(candidate.distribution, Source::Live, id)
    });
    (usage, candidate)
}

/// What readers have to know of who uses it.
fn note(users: &Users) -> Option<String> {
    let open = users.open.join("; ");
    match (&users.note, open.is_empty()) {
        (note, true) => note.clone(),
        (None, false) => Some(format!("there may be more that use it: {open}")),
        (Some(note), false) => Some(format!("{note}; there may be more that use it: {open}")),
    }
}

/// Who did what.
fn headline(event: &ResourceEvent) -> String {
    format!(
        "{} {} {}",
        event.actor.name,
        event.verb,
        event.touched.in_words()
    )
}
