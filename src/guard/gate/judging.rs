//! A job's candidates, judged.

use futures_util::future::{FutureExt, join};

use super::super::{Circumstances, Evidence, Invocation, freeze, judge, now};
use super::claim::{Begun, begin};
use super::subjects::{Subject, read};
use crate::contract::Contract;
use crate::error::{FailureType, GuardError};
use crate::facts::{CouldNotLook, Facts, Needs, UnknownCause, gather};
use crate::ports::Services;
use crate::report::{Document, v1};
use crate::request::{Job, UserParameters};
use crate::settings::Settings;
use crate::verdict::{Decision, OnUnknown, Verdict};

/// What became of a job.
pub(super) struct Judged {
    pub document: Document,
    /// The worst of its distributions'.
    pub verdict: Verdict,
    /// Who must act on it, if it fails the job.
    pub failure: FailureType,
    /// When that began, and who stores the report of it.
    pub begun: Begun,
}

/// Reads what a job names, looks at what must be known of it, and judges it.
pub(super) async fn judge_job<S: Services>(
    services: &S,
    settings: &Settings,
    job: &Job,
    parameters: &UserParameters,
    invocation: &Invocation,
) -> Result<Judged, GuardError> {
    let bucket = settings.report_bucket.as_deref();
    let (read, begun) = join(
        read(services, settings, job, parameters, invocation).boxed_local(),
        begin(services, bucket, job, invocation).boxed_local(),
    )
    .await;
    let read = read?;
    let contract = read.contract.as_ref();
    let owners = Contract::owners(contract, &settings.bucket_owners);
    let needs = Needs::of_all(read.subjects.iter().map(|subject| {
        let baseline = subject.baseline.as_ref().map(|(config, _)| config);
        subject.candidate.to_probe(baseline)
    }));
    let until = Some(invocation.probing_until());
    let probes = services.probes(job.account_id.as_deref(), &owners, until);
    let facts = gather(&probes, &needs).await;
    let shared = Shared {
        settings,
        contract,
        facts: &facts,
        on_unknown: parameters.unknown.unwrap_or(settings.on_unknown),
        judged_at: now(),
        trigger: v1::Trigger {
            pipeline: read.pipeline,
            job: Some(job.id.clone()),
            ..v1::Trigger::default()
        },
        cost: services.cost(),
    };
    let subjects = read.subjects.into_iter();
    let judged = subjects.map(|subject| judge_subject(subject, &shared));
    Ok(Judged::of(judged.collect(), begun))
}

/// What all distributions of a job are judged with.
struct Shared<'a> {
    settings: &'a Settings,
    contract: Option<&'a Contract>,
    facts: &'a Facts,
    on_unknown: OnUnknown,
    judged_at: String,
    trigger: v1::Trigger,
    cost: v1::Cost,
}

fn judge_subject(subject: Subject, shared: &Shared<'_>) -> (v1::Report, Decision) {
    let facts = shared.facts.with_planned(&subject.candidate.planned);
    let compared_with = subject.baseline.as_ref().map(|(config, _)| config);
    let decision = judge(Evidence {
        candidate: &subject.candidate,
        baseline: compared_with,
        facts: &facts,
        limits: &shared.settings.limits,
        unknowns: subject.unknowns,
        on_unknown: shared.on_unknown,
        contract: shared.contract,
        judged_at: &shared.judged_at,
        notes: subject.notes,
        harmless: false,
    });
    let circumstances = Circumstances {
        mode: "gate",
        judged_at: &shared.judged_at,
        baseline: subject.baseline.as_ref().map(|(_, baseline)| baseline),
        compared_with,
        trigger: Some(&shared.trigger),
        explanation: None,
        cost: shared.cost.clone(),
    };
    let report = freeze(&subject.candidate, &facts, &decision, &circumstances);
    (report, decision)
}

impl Judged {
    fn of(judged: Vec<(v1::Report, Decision)>, begun: Begun) -> Self {
        let worst = judged.iter().map(|(_, decision)| decision.verdict).max();
        let verdict = worst.unwrap_or(Verdict::Pass);
        // The first of the worst says who must act.
        let failure = judged
            .iter()
            .find(|(_, decision)| decision.verdict == verdict)
            .map_or(FailureType::JobFailed, |(_, decision)| {
                failure_type(decision)
            });
        let reports = judged.into_iter().map(|(report, _)| report).collect();
        Self {
            document: Document::of(reports, verdict.name()),
            verdict,
            failure,
            begun,
        }
    }
}

/// Who must act on a verdict that fails the job.
fn failure_type(decision: &Decision) -> FailureType {
    if decision.verdict == Verdict::Block {
        return FailureType::JobFailed;
    }
    let denied = decision.unknowns.iter().any(|needed| {
        needed.blocks()
            && matches!(
                needed.unknown.cause,
                UnknownCause::CouldNotLook(
                    CouldNotLook::Denied { .. } | CouldNotLook::Closed { .. }
                )
            )
    });
    if denied {
        FailureType::PermissionError
    } else {
        FailureType::SystemUnavailable
    }
}
