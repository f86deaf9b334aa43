use super::map::Map;
use crate::report::v1::{Finding, Report, Verdict};

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
    pub findings: Vec<FindingView<'a>>,
    pub calls: u32,
}

pub(super) struct FindingView<'a> {
    pub number: usize,
    pub finding: &'a Finding,
    pub message: Prose<'a>,
    pub remediation: Prose<'a>,
    pub place: String,
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
            findings: report.findings.iter().enumerate().map(finding).collect(),
            calls: report.cost.aws_calls.values().sum(),
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

fn finding((at, finding): (usize, &Finding)) -> FindingView<'_> {
    FindingView {
        number: at + 1,
        finding,
        message: prose(&finding.message),
        remediation: prose(&finding.remediation),
        place: crate::report::render::text::place(&finding.location),
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
