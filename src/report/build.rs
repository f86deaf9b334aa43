use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{links, v1};
use crate::candidate::{Candidate, hex};
use crate::change::{Change, difference, rollout};
use crate::distribution::{self, OriginAccessIdentity, OriginKind, Place, is_open};
use crate::explain::Explanation;
use crate::facts::{Bucket, Facts, ORIGIN_HOST, Owner};
use crate::finding::{Finding, NeededUnknown, Severity};
use crate::verdict::{Decision, Verdict};

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

/// Freezes a verdict.
#[must_use]
pub fn build(judged: &Judged<'_>) -> v1::Report {
    let Judged {
        candidate,
        decision,
        ..
    } = judged;
    let document = candidate.origin.document.as_str();
    let model = &candidate.distribution;
    let compared = judged.compared_with;
    let difference = compared.map_or_else(Vec::new, |baseline| difference(baseline, model));
    v1::Report {
        schema_version: v1::SCHEMA_VERSION.to_owned(),
        verdict: decision.verdict.name().to_owned(),
        summary: summary(judged),
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
        origins: origins(model, judged.facts, decision),
        origin_groups: links::groups(model, decision),
        behaviors: links::behaviors(model, decision),
        findings: decision
            .findings
            .iter()
            .map(|finding| frozen(finding, document, model))
            .collect(),
        unknowns: unknowns(&decision.unknowns),
        changes: changes(&difference),
        rollout: rollout(&difference),
        cost: judged.cost.clone(),
    }
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
    frozen.collect()
}

/// What people call the distribution.
fn name(candidate: &Candidate) -> String {
    let model = &candidate.distribution;
    let alias = || model.aliases.first().map(ToString::to_string);
    model
        .id
        .clone()
        .or_else(|| candidate.origin.resource.clone())
        .or_else(alias)
        .unwrap_or_else(|| candidate.origin.document.clone())
}

fn summary(judged: &Judged<'_>) -> String {
    let Decision {
        verdict,
        findings,
        unknowns,
        ..
    } = judged.decision;
    let name = name(judged.candidate);
    match verdict {
        Verdict::Block => {
            let errors = count(findings, Severity::Error);
            let first = findings
                .first()
                .map_or("", |finding| finding.message.as_str());
            let state = state(judged);
            match errors {
                0 | 1 => format!("{name} {state}: {first}"),
                2 => format!("{name} {state}: {first}; and 1 more error"),
                _ => format!("{name} {state}: {first}; and {} more errors", errors - 1),
            }
        }
        Verdict::Inconclusive => {
            let first = unknowns.first().map_or_else(String::new, |needed| {
                let unknown = &needed.unknown;
                format!(
                    "the {} `{}` could not be looked at ({})",
                    unknown.fact,
                    unknown.subject,
                    unknown.cause_text()
                )
            });
            format!("{name} is neither passed nor blocked: {first}")
        }
        Verdict::Pass => {
            let model = &judged.candidate.distribution;
            let behaviors = model.all_behaviors().count();
            let mut text = format!(
                "{name} passes: {} and {} hold",
                plural(model.origins.len(), "origin"),
                plural(behaviors, "behavior")
            );
            let warnings = count(findings, Severity::Warning);
            if warnings > 0 {
                let _ = write!(text, ", with {}", plural(warnings, "warning"));
            }
            let unlooked = self::unknowns(unknowns).len();
            if unlooked > 0 {
                let _ = write!(text, " ({} not known)", plural(unlooked, "fact"));
            }
            text
        }
    }
}

/// What a broken contract means here: a candidate is held back, a change that was made is live,
/// and one that CloudFront refused is not.
fn state(judged: &Judged<'_>) -> &'static str {
    let refused = judged.explanation.is_some();
    match judged.mode {
        "audit" if refused => "could not be deployed",
        "audit" => "is broken",
        _ => "is blocked",
    }
}

fn plural(number: usize, word: &str) -> String {
    match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    }
}

fn count(findings: &[Finding], severity: Severity) -> usize {
    findings
        .iter()
        .filter(|finding| finding.severity == severity && finding.waived.is_none())
        .count()
}

fn next_step(judged: &Judged<'_>) -> String {
    if let Some(explanation) = judged.explanation {
        return explanation.next_step.clone();
    }
    let decision = judged.decision;
    match decision.verdict {
        Verdict::Block => {
            let remedy = decision
                .findings
                .first()
                .map_or("", |finding| finding.remediation.as_str());
            if decision.phases[1].provisional {
                format!("Mend the origin map first: {remedy}")
            } else {
                format!("Mend the behaviors: {remedy}")
            }
        }
        Verdict::Inconclusive => {
            let needs = decision
                .unknowns
                .first()
                .map_or_else(String::new, |needed| needed.unknown.needs());
            if needs.contains(':') {
                format!("Grant {needs} to the guard, then run it again")
            } else {
                format!("It takes {needs}; run the guard again")
            }
        }
        Verdict::Pass if judged.mode == "audit" => "Nothing to do".to_owned(),
        Verdict::Pass => "Deploy it".to_owned(),
    }
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

fn origins(
    model: &distribution::Distribution,
    facts: &Facts,
    decision: &Decision,
) -> Vec<v1::Origin> {
    model
        .origins
        .iter()
        .map(|origin| {
            let id = origin.id.to_string();
            let endpoint = origin.s3_endpoint.as_ref();
            let bucket = endpoint.and_then(distribution::S3Endpoint::bucket);
            let known = bucket.and_then(|bucket| facts.buckets.get(bucket)?.known());
            let (region, account) = match known {
                Some(Bucket::Exists { region, owner }) => {
                    (region.clone(), owner.known().map(owner_text))
                }
                _ => (None, None),
            };
            v1::Origin {
                kind: match origin.kind() {
                    _ if endpoint.is_some_and(distribution::S3Endpoint::is_website) => "s3-website",
                    OriginKind::S3 => "s3",
                    OriginKind::Custom => "custom",
                    OriginKind::Vpc => "vpc",
                    OriginKind::Ambiguous => "ambiguous",
                    OriginKind::Undecided => "undecided",
                }
                .to_owned(),
                domain_name: origin.domain_name.to_string(),
                bucket: bucket.map(ToString::to_string),
                region: region.map(|region| region.to_string()),
                account,
                access: access(origin),
                path_patterns: model.path_patterns_to(&id),
                status: status(origin, decision).to_owned(),
                id,
            }
        })
        .collect()
}

fn owner_text(owner: &Owner) -> String {
    match owner {
        Owner::Ours => "own".to_owned(),
        Owner::Allowed(account) => account.clone(),
        Owner::Foreign => "foreign".to_owned(),
    }
}

fn access(origin: &distribution::Origin) -> String {
    let control = origin.origin_access_control();
    let identity = origin.origin_access_identity();
    match (control, identity) {
        (Some(_), Some(_)) => "both".to_owned(),
        (Some(id), None) => format!("oac {id}"),
        (None, Some(OriginAccessIdentity::Id(id) | OriginAccessIdentity::Malformed(id))) => {
            format!("oai {id}")
        }
        (None, Some(OriginAccessIdentity::Symbolic)) => "oai".to_owned(),
        (None, None) => "none".to_owned(),
    }
}

fn status(origin: &distribution::Origin, decision: &Decision) -> &'static str {
    let id = origin.id.to_string();
    let broken = decision
        .findings
        .iter()
        .any(|finding| finding.blocks() && finding.origin.as_deref() == Some(&id));
    let subjects = [
        origin
            .s3_endpoint
            .as_ref()
            .and_then(|endpoint| endpoint.bucket())
            .map(ToString::to_string),
        origin.origin_access_control().map(ToString::to_string),
        match origin.origin_access_identity() {
            Some(OriginAccessIdentity::Id(id)) => Some(id.to_owned()),
            _ => None,
        },
    ];
    let host = origin.custom.as_ref().and(origin.domain_name.known());
    let host = host.map(|name| name.to_ascii_lowercase());
    let unknown = decision.unknowns.iter().any(|needed| {
        subjects
            .iter()
            .flatten()
            .any(|subject| *subject == needed.unknown.subject)
            // A host that nobody was to ask about is no doubt about the origin.
            || (needed.unknown.fact == ORIGIN_HOST
                && needed.unknown.blocks()
                && host.as_deref() == Some(needed.unknown.subject.as_str()))
    });
    let open = origin.s3_endpoint.is_none() && origin.domain_name.symbolic().is_some();
    match (broken, unknown || open) {
        (true, _) => "broken",
        (false, true) => "unknown",
        (false, false) => "ok",
    }
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
        waived: finding.waived.clone(),
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
fn unknowns(needed: &[NeededUnknown]) -> Vec<v1::Unknown> {
    let mut frozen: Vec<v1::Unknown> = Vec::new();
    for needed in needed {
        let unknown = &needed.unknown;
        let same = frozen
            .iter_mut()
            .find(|other| other.fact == unknown.fact && other.subject == unknown.subject);
        match same {
            Some(other) => other.blocks |= needed.blocks(),
            None => frozen.push(v1::Unknown {
                fact: unknown.fact.to_owned(),
                subject: unknown.subject.clone(),
                cause: unknown.cause_text(),
                needs: unknown.needs(),
                blocks: needed.blocks(),
            }),
        }
    }
    frozen
}
