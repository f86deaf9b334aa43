//! Report v1: the published JSON. Fields are only ever added.

mod sweep;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::plain::is_plain_url;

pub use sweep::{FindingState, Sweep, SweepFinding, SweptDistribution};
pub use words::{
    BaselineSource, ChangeKind, EdgeOutcome, Format, Mode, OriginType, PhaseName, PhaseStatus,
    ResolvesTo, Severity, Source, Status, SubjectKind, UnknownKind, Verdict,
};

/// The version that this module writes.
pub const SCHEMA_VERSION: &str = "1";

/// A verdict with all that led to it. This one document is what `--output-format json` prints, what is
/// stored, and the detail of the EventBridge event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// `"1"`
    pub schema_version: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict and the first broken link in one sentence.
    pub summary: String,
    /// What to do next.
    pub next_step: String,
    /// What a reader must know beside the findings, in sentences: waivers that are used, over or not
    /// needed, and a live config that is not the one that was good.
    #[serde(default)]
    pub notes: Vec<String>,
    /// On which way the candidate came.
    pub mode: Mode,
    /// When it was judged, RFC 3339.
    pub judged_at: String,
    /// The distribution that was judged.
    pub distribution: Distribution,
    /// What was judged.
    pub candidate: Candidate,
    /// What it was compared with.
    pub baseline: Option<Baseline>,
    /// What started the invocation.
    pub trigger: Option<Trigger>,
    /// Why CloudFront refused the call, where it did.
    pub explanation: Option<String>,
    /// The two phases, and with mode `verify` the edge's.
    pub phases: Vec<Phase>,
    /// Every origin, in the candidate's order.
    pub origins: Vec<Origin>,
    /// Every origin group, in the candidate's order.
    #[serde(default)]
    pub origin_groups: Vec<OriginGroup>,
    /// Every behavior by precedence, the default one last.
    #[serde(default)]
    pub behaviors: Vec<Behavior>,
    /// What asking the edge came to, with mode `verify`: each path, or the behavior that was not asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edge: Vec<Edge>,
    /// What blocks first, then by phase, rule and document.
    pub findings: Vec<Finding>,
    /// What could not be known, what blocks first.
    pub unknowns: Vec<Unknown>,
    /// The difference to the baseline: origins, groups, behaviors, then the distribution itself.
    pub changes: Vec<Change>,
    /// The members outside the origin contract that differ from the baseline, such as `Comment`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside_changes: Vec<String>,
    /// The steps that lead over, where not all can change at once.
    pub rollout: Vec<Step>,
    /// What it cost.
    pub cost: Cost,
}

/// A distribution, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Distribution {
    /// Its ID; absent while it is not created.
    pub id: Option<String>,
    /// Its ARN.
    pub arn: Option<String>,
    /// Its own CloudFront domain.
    pub domain_name: Option<String>,
    /// The name to call it by: ID, first alias, or document.
    pub name: String,
}

/// What was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// Where it is from.
    pub source: Source,
    /// Its form.
    pub format: Format,
    /// The document's name.
    pub document: String,
    /// SHA-256 of the document, in hexadecimal.
    pub sha256: Option<String>,
    /// Which resource of the document, where it has several.
    pub resource: Option<String>,
    /// The version that the candidate was made from, or became.
    pub etag: Option<String>,
}

/// What the candidate was compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Baseline {
    /// Where it is from.
    pub source: BaselineSource,
    /// Its version.
    pub etag: Option<String>,
    /// When it was stored, RFC 3339.
    pub taken_at: Option<String>,
}

/// What started the invocation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Trigger {
    /// The pipeline, where a job asked and it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<Pipeline>,
    /// The job, where one asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The call that CloudTrail saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
    /// The caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// `console`, `cloudformation`, `terraform`, `cli`, `sdk`, a service, or `unknown`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// CloudFront's error code, where it refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// CloudFront's message, where it refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

/// A pipeline's action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Pipeline {
    /// Its name.
    pub name: String,
    /// The stage.
    pub stage: Option<String>,
    /// The action.
    pub action: Option<String>,
    /// The execution's ID.
    pub execution_id: Option<String>,
}

/// A call that CloudTrail saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// CloudTrail's event ID.
    pub id: String,
    /// The API's name.
    pub name: String,
    /// When, RFC 3339.
    pub time: String,
}

/// How a phase ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Phase {
    /// Which phase.
    pub name: PhaseName,
    /// How it ended.
    pub status: PhaseStatus,
    /// Whether it may change once phase 1 is fixed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
}

/// An origin, as it was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// Its ID.
    pub id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: OriginType,
    /// Its domain.
    pub domain_name: String,
    /// Its bucket, where it is one.
    pub bucket: Option<String>,
    /// The bucket's region, as S3 says.
    pub region: Option<String>,
    /// Whose the bucket is: `own`, a 12-digit account, or `foreign`.
    pub account: Option<String>,
    /// `oac ID`, `oai ID`, `both` or `none`
    pub access: String,
    /// The path patterns that reach it, through groups too.
    pub path_patterns: Vec<String>,
    /// Its state.
    pub status: Status,
    /// JSON pointer; absent in reports of earlier versions.
    #[serde(default)]
    pub pointer: Option<String>,
}

/// One origin group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OriginGroup {
    /// Its ID.
    pub id: String,
    /// The IDs of its members, the primary first.
    pub members: Vec<String>,
    /// Its state.
    pub status: Status,
    /// JSON pointer; absent in reports of earlier versions.
    #[serde(default)]
    pub pointer: Option<String>,
}

/// One behavior, and where it sends requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Behavior {
    /// Its place in the order of precedence, from 0; absent for the default behavior.
    pub precedence: Option<usize>,
    /// Its path pattern; the default behavior's is `*`.
    pub path_pattern: String,
    /// The ID of the origin or origin group it names.
    pub target: String,
    /// What the target is.
    pub resolves_to: ResolvesTo,
    /// Its state.
    pub status: Status,
    /// JSON pointer; absent in reports of earlier versions.
    #[serde(default)]
    pub pointer: Option<String>,
}

/// What the edge answered to one question, or why a behavior was not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Edge {
    /// The path pattern of the behavior; the default one's is `*`.
    pub path_pattern: String,
    /// Where the behavior stands, a JSON pointer.
    pub pointer: String,
    /// The ID of the origin or origin group that it targets.
    pub origin: String,
    /// The path that was asked, with its query string; absent where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The method of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The HTTP status of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The `server` of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// What it came to.
    pub outcome: EdgeOutcome,
    /// The bucket that is proven to have answered, or to be gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// Why, in a sentence.
    pub why: String,
    /// What the contract declares about the path; absent where the path is not the contract's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<DeclaredAnswer>,
}

/// What the contract declares about a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeclaredAnswer {
    /// The HTTP statuses of which it must answer one; any, where there is none.
    pub status: Vec<u16>,
    /// The headers that it must have.
    pub header: BTreeMap<String, String>,
}

/// One rule broken at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The rule's name.
    pub rule: String,
    /// The rule's phase.
    pub phase: PhaseName,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to change.
    pub remediation: String,
    /// The origin or group it is about.
    pub origin: Option<String>,
    /// The path patterns whose viewers are affected.
    pub path_patterns: Vec<String>,
    /// The place in the document that it is about.
    pub location: Location,
    /// Other places that take part.
    pub related: Vec<Related>,
    /// The facts and values that prove it.
    pub evidence: BTreeMap<String, String>,
    /// The waiver that accepts it.
    pub waived: Option<Waived>,
    /// The rule's page: a path in this repository, or its address where `ORIGIN_GUARD_RULES_URL` is set;
    /// `origin-guard rules NAME` prints it.
    pub docs: String,
    /// The same for the same defect in a later run, whatever day, address, wording or formatting; no two
    /// findings of a report share one.
    pub fingerprint: String,
}

impl Finding {
    /// The address of the rule's page, where it has one.
    #[must_use]
    pub fn rule_url(&self) -> Option<&str> {
        // A stored report may hold anything: what is no address becomes no link.
        Some(self.docs.as_str()).filter(|url| is_plain_url(url))
    }
}

/// The waiver that accepts a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Waived {
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is.
    pub until: String,
}

/// A place in a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// The document's name.
    pub document: String,
    /// JSON pointer (RFC 6901) within the document.
    pub pointer: String,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Column, from 1.
    pub column: Option<u32>,
}

/// Another place that takes part in a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Related {
    /// The place.
    pub location: Location,
    /// What stands there.
    pub note: String,
}

/// A fact that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Unknown {
    /// What would be known.
    pub fact: String,
    /// The bucket, ID, host or expression that it is about.
    pub subject: String,
    /// The kind of the cause; absent in reports of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<UnknownKind>,
    /// Why it is not.
    pub cause: String,
    /// What would make it known: a permission, a value, a retry.
    pub needs: String,
    /// Whether the verdict hangs on it.
    pub blocks: bool,
    /// The rules that could not decide for want of it; none where the candidate itself leaves it open,
    /// so that any rule may be that looks there.
    #[serde(default)]
    pub rules: Vec<String>,
    /// JSON pointers of the origins, groups and behaviors that it leaves in doubt.
    #[serde(default)]
    pub pointers: Vec<String>,
}

/// A difference to the baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// What was changed, in words, such as "origin `assets`: domain".
    pub what: String,
    /// What was changed; absent in reports of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Which part of it, such as `domain`; absent where it is the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// JSON pointer in the candidate; of what is removed, in the baseline.
    pub path: String,
    /// What it was; a renamed thing's ID.
    pub before: Option<String>,
    /// What it is now.
    pub after: Option<String>,
}

/// What something is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    /// The kind of thing.
    pub kind: SubjectKind,
    /// Its ID, name or path pattern; absent where there is only one of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// One step of the way from the baseline to the candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// `origins`, `behaviors` or `removal`.
    pub step: String,
    /// Why it is a step of its own.
    pub why: String,
    /// What it changes, one sentence each.
    pub patch: Vec<String>,
    /// The same, typed; empty in reports of earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<StepChange>,
}

/// What a step changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StepChange {
    /// What happens.
    pub kind: ChangeKind,
    /// To what.
    pub subject: Subject,
    /// To which part of it; absent where it is the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// What an invocation cost up to its report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// Calls by `service:Operation`.
    pub aws_calls: BTreeMap<String, u32>,
    /// Sequential round trips.
    pub waves: u32,
    /// Wall time, in milliseconds.
    pub milliseconds: u64,
}
