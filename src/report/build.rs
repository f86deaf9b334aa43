use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::clean::Clean as _;
use super::doubts::Doubts;
use super::origins::origins;
use super::wording::{name, next_step, summary};
use super::{links, v1};
use crate::candidate::{Candidate, hex};
use crate::change::{Change, difference, rollout};
use crate::distribution::{self, Place, is_open};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::refusal::Explanation;
use crate::verdict::{Decision, OnUnknown, Verdict};

/// Everything that a report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// `gate`, `audit` or `check`
    pub mode: &'static str,
    /// When, RFC 3339.
    pub judged_at: &'a str,
    /// What was judged.
    pub candidate: &'a Candidate,
    /// What it was compared with.
    pub baseline: Option<&'a Baseline>,
    /// The baseline's own config, from which the changes are told.
    pub compared_with: Option<&'a distribution::Distribution>,
    /// What AWS said.
    pub facts: &'a Facts,
    /// The verdict.
    pub decision: &'a Decision,
    /// What set the guard off.
    pub trigger: Option<&'a Trigger>,
    /// Why CloudFront refused, where it did.
    pub explanation: Option<&'a Explanation>,
    /// What it cost.
    pub cost: &'a v1::Cost,
}

/// A baseline, as the report names it.
pub type Baseline = v1::Baseline;
/// A trigger, as the report names it.
pub type Trigger = v1::Trigger;

/// Freezes a verdict. What is frozen is harmless in every form: each text of it is on one line and
/// holds nothing that a terminal obeys.
#[must_use]
pub fn build(judged: &Judged<'_>) -> v1::Report {
    let Judged {
        candidate,
        decision,
        ..
    } = judged;
    let document = candidate.origin.document.as_str();
    let model = &candidate.distribution;
    let doubts = Doubts::of(model, judged.facts, &decision.unknowns);
    let unknowns = unknowns(&doubts, decision.on_unknown);
    let compared = judged.compared_with;
    let difference = compared.map_or_else(Vec::new, |baseline| difference(baseline, model));
    let mut report = v1::Report {
        schema_version: v1::SCHEMA_VERSION.to_owned(),
        verdict: decision.verdict.name().to_owned(),
        summary: summary(judged, unknowns.len()),
        next_step: next_step(judged),
        notes: decision.notes.clone(),
        mode: judged.mode.to_owned(),
        judged_at: judged.judged_at.to_owned(),
        distribution: v1::Distribution {
            id: model.id.clone(),
            arn: model.arn.clone().filter(|arn| !is_open(arn)),
            domain_name: model.domain_name.clone(),
            name: name(candidate),
        },
        candidate: v1::Candidate {
            source: candidate.origin.source.name().to_owned(),
            format: candidate.origin.format.name().to_owned(),
            document: document.to_owned(),
            sha256: candidate.origin.sha256.clone(),
            resource: candidate.origin.resource.clone(),
            etag: model.etag.clone(),
        },
        baseline: judged.baseline.cloned(),
        trigger: judged.trigger.cloned(),
        explanation: judged
            .explanation
            .map(|explanation| explanation.text.clone()),
        phases: phases(decision),
        origins: origins(model, judged.facts, decision, &doubts),
        origin_groups: links::groups(model, decision, &doubts),
        behaviors: links::behaviors(model, decision, &doubts),
        findings: decision
            .findings
            .iter()
            .map(|finding| frozen(finding, document, model))
            .collect(),
        unknowns,
        changes: changes(&difference),
        rollout: rollout(&difference),
        cost: judged.cost.clone(),
    };
    report.clean();
    report
}

/// The way there in steps, where not all of it can change at once.
fn rollout(changes: &[Change]) -> Vec<serde_json::Value> {
    let steps = rollout::steps(changes).into_iter().map(|step| {
        let patch: Vec<String> = step
            .content
            .iter()
            .map(|change| format!("{} {}", change.kind.name(), change.what()))
            .collect();
        serde_json::json!({"step": step.name, "why": step.why, "patch": patch})
    });
    steps.collect()
}

/// A difference, as reports tell it.
#[must_use]
pub fn changes(changes: &[Change]) -> Vec<v1::Change> {
    let frozen = changes.iter().map(|change| v1::Change {
        kind: change.kind.name().to_owned(),
        what: change.what(),
        path: change.place.pointer.clone(),
        before: change.before.clone(),
        after: change.after.clone(),
    });
    let mut frozen: Vec<v1::Change> = frozen.collect();
    frozen.clean();
    frozen
}

fn phases(decision: &Decision) -> Vec<v1::Phase> {
    decision
        .phases
        .iter()
        .map(|outcome| v1::Phase {
            name: outcome.phase.name().to_owned(),
            status: match outcome.verdict {
                Verdict::Pass => "passed",
                Verdict::Inconclusive => "inconclusive",
                Verdict::Block => "blocked",
            }
            .to_owned(),
            provisional: outcome.provisional,
        })
        .collect()
}

fn frozen(finding: &Finding, document: &str, model: &distribution::Distribution) -> v1::Finding {
    v1::Finding {
        rule: finding.rule.name.to_owned(),
        phase: finding.rule.phase.name().to_owned(),
        severity: finding.severity.name().to_owned(),
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
        docs: format!("docs/rules.md#{}", finding.rule.name),
        fingerprint: fingerprint(finding, model),
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

/// Of what a finding is about, not of where its document happens to put it: the same finding in
/// a reformatted document, or on another day, has the same fingerprint.
fn fingerprint(finding: &Finding, model: &distribution::Distribution) -> String {
    let mut hash = Sha256::new();
    for part in [
        finding.rule.name,
        model.id.as_deref().unwrap_or_default(),
        finding.origin.as_deref().unwrap_or_default(),
        &finding.path_patterns.join(" "),
        &finding.message,
    ] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex(&hash.finalize()[..8])
}

/// Each unknown once, however many rules needed it.
fn unknowns(doubts: &Doubts<'_>, on_unknown: OnUnknown) -> Vec<v1::Unknown> {
    let mut frozen: Vec<v1::Unknown> = Vec::new();
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for doubt in &doubts.all {
        let unknown = &doubt.needed.unknown;
        let at = *places
            .entry((unknown.fact, &unknown.subject))
            .or_insert(frozen.len());
        if at == frozen.len() {
            frozen.push(v1::Unknown {
                fact: unknown.fact.to_owned(),
                subject: unknown.subject.clone(),
                cause: unknown.cause_text(),
                needs: unknown.needs(),
                blocks: false,
                rules: Vec::new(),
                pointers: doubt.pointers.iter().map(ToString::to_string).collect(),
            });
        }
        let known = &mut frozen[at];
        known.blocks |= on_unknown == OnUnknown::Block && doubt.needed.blocks();
        for rule in doubt.rules() {
            if !known.rules.iter().any(|known| known == rule) {
                known.rules.push(rule.to_owned());
            }
        }
    }
    frozen
}
