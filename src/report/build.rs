mod edge;
mod words;

use std::borrow::Cow;
use std::collections::HashMap;

use super::clean::Clean as _;
use super::origins::origins;
use super::placed::PlacedUnknowns;
use super::render::outside;
use super::wording::{name, next_step, summary};
use super::{links, v1};
use crate::change::{Change, Difference, difference, rollout};
use crate::cost::Cost;
use crate::distribution::{Hidden, Place, SENSITIVE, is_open};
use crate::finding::{Finding, fingerprints};
use crate::judged::{Judged, Trigger};
use crate::settings::RulesUrl;
use crate::verdict::{Decision, OnUnknown, Verdict};

/// Freezes a verdict. What is frozen is harmless in every form: each text of it is on one line and
/// holds nothing that a terminal obeys.
#[must_use]
pub fn build(judged: &Judged) -> v1::Report {
    // What a part is called is compared before it is hidden.
    let Judged {
        candidate,
        decision: whole,
        ..
    } = judged;
    let hidden = hidden(judged);
    let judged = &*hiding(judged, &hidden);
    let decision = &judged.decision;
    let document = candidate.provenance.document.as_str();
    let model = &candidate.distribution;
    let all_placed = PlacedUnknowns::of(model, &decision.unknowns);
    let unknowns = unknowns(&all_placed, decision.on_unknown);
    let baseline = judged.baseline.as_ref();
    let difference = baseline.map(|it| difference(&it.config, model));
    let difference = difference.unwrap_or_default();
    let mut report = v1::Report {
        schema_version: v1::SCHEMA_VERSION.to_owned(),
        verdict: decision.verdict.into(),
        summary: summary(judged, &unknowns),
        next_step: next_step(judged, &unknowns),
        notes: decision.notes.clone(),
        mode: judged.mode.into(),
        judged_at: judged.judged_at.to_string(),
        distribution: v1::Distribution {
            id: model.id.as_ref().map(ToString::to_string),
            // Of a stack that is still to be made the ARN is an expression, which a reader of the
            // report would take for an ARN.
            arn: model.arn.clone().filter(|arn| !is_open(arn)),
            domain_name: model.domain_name.clone(),
            name: name(candidate),
        },
        candidate: v1::Candidate {
            source: candidate.provenance.source.into(),
            format: candidate.provenance.format.into(),
            document: document.to_owned(),
            sha256: candidate.provenance.sha256.clone(),
            resource: candidate
                .provenance
                .resource
                .as_ref()
                .map(ToString::to_string),
            etag: model.etag.as_ref().map(ToString::to_string),
        },
        baseline: baseline.map(|it| v1::Baseline {
            source: it.source.into(),
            etag: it.etag.as_ref().map(ToString::to_string),
            taken_at: it.taken_at.map(String::from),
        }),
        trigger: judged.trigger.as_ref().map(trigger),
        explanation: judged
            .explanation
            .as_ref()
            .map(|explanation| explanation.text.clone()),
        phases: phases(decision),
        origins: origins(model, &judged.facts, whole, &all_placed),
        origin_groups: links::groups(model, whole, &all_placed),
        behaviors: links::behaviors(model, whole, &all_placed),
        edge: edge::edge(decision),
        findings: decision
            .findings
            .iter()
            // All at once: two findings that names do not distinguish are numbered by their order
            // in the document.
            .zip(fingerprints(candidate.identity(), &decision.findings))
            .map(|(finding, fingerprint)| frozen(judged, finding, fingerprint))
            .collect(),
        unknowns,
        changes: changes(&difference.changes, &hidden),
        rollout: rollout(&difference),
        outside_changes: difference.outside,
        cost: (&judged.cost).into(),
    };
    // Last, so that no text gets in after it. What is hidden goes before the texts are cleaned, which may
    // take it apart.
    report.hide(&hidden);
    report.clean();
    report
}

/// What no reader may see of both configs.
fn hidden(judged: &Judged) -> Cow<'_, Hidden> {
    let own = &*judged.candidate.distribution.hidden;
    let other = judged.baseline.as_ref().map(|it| &*it.config.hidden);
    match other {
        Some(other) if other != own => {
            let mut all = own.clone();
            all.add_all(other);
            Cow::Owned(all)
        }
        _ => Cow::Borrowed(own),
    }
}

/// What was judged, with what is said of it hidden.
fn hiding<'j>(judged: &'j Judged, hidden: &Hidden) -> Cow<'j, Judged> {
    if hidden.is_empty() {
        return Cow::Borrowed(judged);
    }
    let mut judged = judged.clone();
    judged.decision.hide(hidden);
    Cow::Owned(judged)
}

/// A trigger, as reports and stored changes have it.
#[must_use]
pub(crate) fn trigger(trigger: &Trigger) -> v1::Trigger {
    let mut frozen = match trigger {
        Trigger::Job { id, pipeline } => v1::Trigger {
            pipeline: pipeline.as_ref().map(|pipeline| v1::Pipeline {
                name: pipeline.name.clone(),
                stage: pipeline.stage.clone(),
                action: pipeline.action.clone(),
                execution_id: pipeline.execution_id.clone(),
            }),
            job: Some(id.to_string()),
            ..v1::Trigger::default()
        },
        Trigger::Call(call) => v1::Trigger {
            event: Some(v1::Event {
                id: call.event_id.to_string(),
                name: call.name.clone(),
                time: call.time.map(String::from).unwrap_or_default(),
            }),
            actor: Some(call.actor.clone()),
            via: Some(call.via.clone()),
            error_code: call.failed.as_ref().map(|failed| failed.code.clone()),
            error_message: call.failed.as_ref().map(|failed| failed.message.clone()),
            ..v1::Trigger::default()
        },
    };
    // It goes into messages without a report, too.
    frozen.clean();
    frozen
}

impl From<&Cost> for v1::Cost {
    fn from(cost: &Cost) -> Self {
        Self {
            aws_calls: cost.calls.clone(),
            waves: cost.waves,
            milliseconds: u64::try_from(cost.elapsed.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// The way there in steps, where not all of it can change at once.
fn rollout(difference: &Difference) -> Vec<v1::Step> {
    let steps = rollout::steps(difference).into_iter().map(|step| {
        let changes = step.content.changes.iter();
        let patch = changes.map(|change| format!("{} {}", change.kind.name(), change.what()));
        let rest = Some(step.content.outside).filter(|outside| !outside.is_empty());
        v1::Step {
            step: step.name.to_owned(),
            why: step.why.to_owned(),
            patch: patch.chain(rest.map(outside)).collect(),
            changes: step
                .content
                .changes
                .into_iter()
                .filter_map(step_change)
                .collect(),
        }
    });
    steps.collect()
}

fn step_change(change: &Change) -> Option<v1::StepChange> {
    Some(v1::StepChange {
        kind: change.kind.into(),
        subject: words::subject(&change.subject)?,
        field: change.field.as_deref().map(str::to_owned),
    })
}

/// A difference, as reports have it.
#[must_use]
pub fn changes(changes: &[Change], hidden: &Hidden) -> Vec<v1::Change> {
    let frozen = changes.iter().map(|change| {
        // A value that the other side has, such as the live one, is not known to be sensitive by itself.
        let is_hidden = hidden.is_at(&change.place);
        let shown = |side: &Option<String>| match side {
            Some(_) if is_hidden => Some(SENSITIVE.to_owned()),
            // Of several values, each is a word.
            side => side
                .as_ref()
                .map(|side| hidden.hide_words(side).into_owned()),
        };
        v1::Change {
            kind: change.kind.into(),
            what: change.what(),
            subject: words::subject(&change.subject),
            field: change.field.as_deref().map(str::to_owned),
            path: change.place.pointer.clone(),
            before: shown(&change.before),
            after: shown(&change.after),
        }
    });
    let mut frozen: Vec<v1::Change> = frozen.collect();
    frozen.hide(hidden);
    frozen.clean();
    frozen
}

fn phases(decision: &Decision) -> Vec<v1::Phase> {
    decision
        .phases
        .iter()
        .map(|outcome| v1::Phase {
            name: outcome.phase.into(),
            status: match outcome.verdict {
                Verdict::Pass => v1::PhaseStatus::Passed,
                Verdict::Inconclusive => v1::PhaseStatus::Inconclusive,
                Verdict::Block => v1::PhaseStatus::Blocked,
            },
            provisional: outcome.provisional,
        })
        .collect()
}

fn frozen(judged: &Judged, finding: &Finding, fingerprint: String) -> v1::Finding {
    let document = judged.candidate.provenance.document.as_str();
    v1::Finding {
        rule: finding.rule.name.to_owned(),
        phase: finding.phase.into(),
        severity: finding.severity.into(),
        message: finding.message.clone(),
        remediation: finding.remediation.clone(),
        origin: finding.origin.clone(),
        path_patterns: finding.path_patterns.clone(),
        location: location(&finding.place, document),
        related: finding
            .related
            .iter()
            .map(|related| v1::Related {
                location: location(&related.place, document),
                note: related.note.clone(),
            })
            .collect(),
        evidence: finding
            .evidence
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        waived: finding.waived.as_ref().map(|waived| v1::Waived {
            reason: waived.reason.clone(),
            until: waived.until.to_string(),
        }),
        docs: page(finding.rule.name, judged.rules_url.as_ref()),
        fingerprint,
    }
}

/// A rule's page: at the address that the settings name, and else a path in the project, since a report
/// is read for years.
fn page(rule: &str, rules_url: Option<&RulesUrl>) -> String {
    match rules_url {
        Some(url) => url.page(rule),
        None => format!("docs/rules.md#{rule}"),
    }
}

fn location(place: &Place, document: &str) -> v1::Location {
    v1::Location {
        document: document.to_owned(),
        pointer: place.pointer.clone(),
        line: place.position.map(|position| position.line),
        column: place.position.map(|position| position.column),
    }
}

/// Each unknown once, however many rules needed it.
fn unknowns(all_placed: &PlacedUnknowns<'_>, on_unknown: OnUnknown) -> Vec<v1::Unknown> {
    let mut frozen: Vec<v1::Unknown> = Vec::new();
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for at_place in &all_placed.all {
        let unknown = &at_place.needed.unknown;
        let at = *places
            .entry((unknown.fact, &unknown.subject))
            .or_insert(frozen.len());
        if at == frozen.len() {
            frozen.push(v1::Unknown {
                fact: unknown.fact.to_owned(),
                subject: unknown.subject.clone(),
                kind: Some(words::unknown(&unknown.cause)),
                cause: unknown.cause_text(),
                needs: unknown
                    .needs()
                    .map_or_else(String::new, |it| it.to_string()),
                blocks: false,
                rules: Vec::new(),
                pointers: Vec::new(),
            });
        }
        let known = &mut frozen[at];
        // The same fact may block one rule and only inform another; the report says the worse of
        // the two.
        known.blocks |= on_unknown == OnUnknown::Block && at_place.needed.blocks();
        // A list and not a set, so that the order is the document's.
        for pointer in &at_place.pointers {
            if !known.pointers.iter().any(|known| known == pointer) {
                known.pointers.push((*pointer).to_owned());
            }
        }
        for rule in at_place.rules() {
            if !known.rules.iter().any(|known| known == rule) {
                known.rules.push(rule.to_owned());
            }
        }
    }
    frozen
}
