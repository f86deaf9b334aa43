use super::map::Map;
use crate::report::render::alike::{Run, number_of, plural, runs, unknown_runs};
use crate::report::render::edge;
use crate::report::v1::{Edge, Finding, Report, Severity, Unknown, Verdict};

/// What the template shows of one report.
pub(super) struct View<'a> {
    /// Its place among the reports, which keeps anchors apart.
    pub at: usize,
    pub report: &'a Report,
    pub summary: Prose<'a>,
    pub next_step: Prose<'a>,
    pub notes: Vec<Prose<'a>>,
    pub explanation: Prose<'a>,
    pub map: Map,
    /// How much was found.
    pub counts: String,
    pub groups: Vec<GroupView<'a>>,
    pub edge: Vec<EdgeView<'a>>,
    pub unknowns: Vec<UnknownView<'a>>,
    /// Numbers of things, in words.
    pub origins: String,
    pub behaviors: String,
    pub calls: String,
    pub waves: String,
}

/// Findings in a row: a few, or many of one rule.
pub(super) struct GroupView<'a> {
    /// What many are called; empty of a few.
    pub title: String,
    /// Whether they are shown without being asked for.
    pub is_open: bool,
    pub findings: Vec<FindingView<'a>>,
}

/// What asking the edge came to.
pub(super) struct EdgeView<'a> {
    pub edge: &'a Edge,
    pub asked: String,
    pub answer: String,
    pub declared: String,
    pub outcome: String,
    pub why: Prose<'a>,
}

/// Facts that are not known for one cause.
pub(super) struct UnknownView<'a> {
    /// Says all but what it is about.
    pub first: &'a Unknown,
    pub subjects: Vec<&'a str>,
}

pub(super) struct FindingView<'a> {
    pub number: usize,
    pub finding: &'a Finding,
    pub message: Prose<'a>,
    pub remediation: Prose<'a>,
    pub place: String,
    pub evidence: Vec<(&'a str, Prose<'a>)>,
    pub related: Vec<(String, Prose<'a>)>,
}

/// A sentence with backticked names in it.
pub(super) type Prose<'a> = Vec<Part<'a>>;

pub(super) struct Part<'a> {
    pub is_code: bool,
    pub text: &'a str,
}

impl<'a> View<'a> {
    pub(super) fn of(at: usize, report: &'a Report) -> Self {
        Self {
            at,
            report,
            summary: prose(&report.summary),
            next_step: prose(&report.next_step),
            notes: report.notes.iter().map(|note| prose(note)).collect(),
            explanation: prose(report.explanation.as_deref().unwrap_or_default()),
            map: Map::of(report),
            counts: counts(report),
            groups: groups(report),
            edge: report.edge.iter().map(edge_view).collect(),
            unknowns: unknowns(report),
            origins: plural(report.origins.len(), "origin"),
            behaviors: plural(report.behaviors.len(), "behavior"),
            waves: plural(report.cost.waves as usize, "wave"),
            calls: plural(
                report.cost.aws_calls.values().sum::<u32>() as usize,
                "AWS call",
            ),
        }
    }

    /// The verdict's mark, so that it is not shown by its color alone.
    pub(super) fn mark(&self) -> &'static str {
        match self.report.verdict {
            Verdict::Pass => "✓",
            Verdict::Block => "✗",
            Verdict::Inconclusive | Verdict::Other => "?",
        }
    }
}

fn counts(report: &Report) -> String {
    let of = |severity: Severity| {
        let findings = report.findings.iter().filter(|it| it.waived.is_none());
        findings.filter(|it| it.severity == severity).count()
    };
    let waived = report.findings.iter().filter(|it| it.waived.is_some());
    let parts = [
        (of(Severity::Error), "error"),
        (of(Severity::Warning), "warning"),
        (of(Severity::Info), "note"),
        (waived.count(), "waived finding"),
        (report.unknowns.len(), "unknown fact"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, word)| plural(count, word)).collect();
    if parts.is_empty() {
        "no findings".to_owned()
    } else {
        parts.join(", ")
    }
}

fn edge_view(answer: &Edge) -> EdgeView<'_> {
    EdgeView {
        edge: answer,
        asked: edge::asked(answer).unwrap_or_default(),
        answer: edge::answer(answer).unwrap_or_default(),
        declared: answer
            .declared
            .as_ref()
            .map(edge::declared)
            .unwrap_or_default(),
        outcome: edge::words(answer.outcome),
        why: prose(&answer.why),
    }
}

fn groups(report: &Report) -> Vec<GroupView<'_>> {
    let mut number = 0;
    runs(&report.findings)
        .map(|run| {
            let (title, is_open, findings) = match run {
                Run::Few(findings) => (String::new(), true, findings),
                Run::Many(findings) => {
                    let rule = findings.first().map_or("", |it| it.rule.as_str());
                    let title = format!("{rule}: {}", number_of(findings, report));
                    // An error is never hidden.
                    let has_errors = findings.iter().any(|it| it.severity == Severity::Error);
                    (title, has_errors, findings)
                }
            };
            let first = number;
            number += findings.len();
            let findings = findings.iter().enumerate();
            GroupView {
                title,
                is_open,
                findings: findings.map(|(at, it)| finding((first + at, it))).collect(),
            }
        })
        .collect()
}

fn unknowns(report: &Report) -> Vec<UnknownView<'_>> {
    let views = unknown_runs(&report.unknowns).filter_map(|alike| {
        Some(UnknownView {
            first: alike.first()?,
            subjects: alike.iter().map(|it| it.subject.as_str()).collect(),
        })
    });
    views.collect()
}

fn finding((at, finding): (usize, &Finding)) -> FindingView<'_> {
    FindingView {
        number: at + 1,
        finding,
        message: prose(&finding.message),
        remediation: prose(&finding.remediation),
        place: crate::report::render::text::place(&finding.location),
        evidence: finding
            .evidence
            .iter()
            .map(|(name, value)| (name.as_str(), prose(value)))
            .collect(),
        related: finding
            .related
            .iter()
            .map(|related| {
                (
                    crate::report::render::text::place(&related.location),
                    prose(&related.note),
                )
            })
            .collect(),
    }
}

/// Every second piece between backticks is a name; a backtick without its pair is plain text.
fn prose(text: &str) -> Prose<'_> {
    let pieces: Vec<&str> = text.split('`').collect();
    // An odd number of backticks pairs none for certain, so the text stays as it is.
    if pieces.len().is_multiple_of(2) {
        return vec![Part {
            is_code: false,
            text,
        }];
    }
    let parts = pieces.into_iter().enumerate();
    parts
        .map(|(at, text)| Part {
            is_code: at % 2 == 1,
            text,
        })
        .filter(|part| !part.text.is_empty())
        .collect()
}
