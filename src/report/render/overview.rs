//! All distributions of a sweep as one HTML file, in the style of the report.

use askama::Template as _;

use super::html::STYLE;
use crate::report::v1::{Sweep, SweptDistribution, Verdict};

#[derive(askama::Template)]
#[template(path = "overview.html")]
struct Page<'a> {
    style: &'static str,
    sweep: &'a Sweep,
    rows: Vec<Row<'a>>,
}

struct Row<'a> {
    of: &'a SweptDistribution,
    /// Where people can open its report.
    page: Option<String>,
}

impl Page<'_> {
    fn mark(&self) -> &'static str {
        mark(self.sweep.verdict)
    }
}

impl Row<'_> {
    fn mark(&self) -> &'static str {
        mark(self.of.verdict)
    }

    fn state(&self) -> &'static str {
        match self.of.verdict {
            Verdict::Pass => "passes",
            Verdict::Block => "broken",
            Verdict::Inconclusive | Verdict::Other => "not known",
        }
    }

    /// Errors, warnings and unknowns, where there are any.
    fn counts(&self) -> String {
        let counts = [
            (self.of.errors, "error"),
            (self.of.warnings, "warning"),
            (self.of.unknowns, "unknown"),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let counts = counts.map(|(count, word)| crate::report::sweep::plural(count, word));
        counts.collect::<Vec<_>>().join(", ")
    }
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Block => "✗",
        Verdict::Inconclusive | Verdict::Other => "?",
    }
}

/// A sweep as one page; `page` gives the address at which people open a report, by its own.
#[must_use]
pub fn overview(sweep: &Sweep, page: impl Fn(&str) -> Option<String>) -> String {
    let rows = sweep.distributions.iter().map(|of| Row {
        of,
        page: of.report.as_deref().and_then(&page),
    });
    let page = Page {
        style: STYLE,
        sweep,
        rows: rows.collect(),
    };
    // Writing to a text cannot fail; were it to, the page says so.
    page.render()
        .unwrap_or_else(|error| format!("<!doctype html><title>{error}</title>\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::v1::{Cost, FindingState, Severity, SweepFinding};

    fn row(n: usize) -> SweptDistribution {
        SweptDistribution {
            id: format!("E{n:013}"),
            name: format!("www-{n}.some-longer-name.example.com"),
            verdict: Verdict::Block,
            errors: 3,
            warnings: 12,
            unknowns: 1,
            rules: [
                "ungranted-bucket-access",
                "expiring-origin-certificate",
                "missing-bucket",
                "drift",
            ]
            .map(str::to_owned)
            .to_vec(),
            report: Some(format!(
                "s3://reports/reports/E{n:013}/2026-11-28T10-00-00Z-11112222.json"
            )),
        }
    }

    fn sweep(distributions: Vec<SweptDistribution>, findings: usize) -> Sweep {
        let finding = |n: usize| SweepFinding {
            state: FindingState::New,
            distribution: format!("E{n:013}"),
            name: "<script>alert(0)</script>".to_owned(),
            rule: "missing-bucket".to_owned(),
            severity: Severity::Error,
            message: "m".repeat(200),
            remediation: "r".repeat(200),
            fingerprint: "0123456789abcdef".to_owned(),
        };
        Sweep {
            schema_version: "1".to_owned(),
            mode: "sweep".to_owned(),
            run: "run".to_owned(),
            depth: "full".to_owned(),
            account: None,
            began: "2026-11-28T10:00:00Z".to_owned(),
            ended: "2026-11-28T10:01:00Z".to_owned(),
            verdict: Verdict::Block,
            summary: "summary".to_owned(),
            complete: true,
            compared: true,
            notes: vec!["a note".to_owned()],
            findings: (0..findings).map(finding).collect(),
            stays: 7,
            distributions,
            cost: Cost::default(),
        }
    }

    fn console(address: &str) -> String {
        let console = "https://eu-central-1.console.aws.amazon.com/s3/object/x";
        format!("{console}?region=eu-central-1&prefix={address}")
    }

    fn page(sweep: &Sweep) -> String {
        overview(sweep, |address| Some(console(address)))
    }

    #[test]
    fn a_page_of_a_thousand_distributions_that_are_all_broken_is_less_than_a_megabyte() {
        let page = page(&sweep((0..1_000).map(row).collect(), 1_000));
        assert!(page.len() < 1_000_000, "{}", page.len());
        assert_eq!(page.matches("console.aws.amazon.com").count(), 1_000);
    }

    #[test]
    fn nothing_of_an_account_is_markup() {
        let page = page(&sweep(vec![row(1)], 1));
        assert!(
            !page.contains("<script") && page.contains("&#60;script"),
            "{page}"
        );
    }

    #[test]
    fn a_row_links_its_report_where_people_can_open_that() {
        let mut none = row(2);
        none.report = None;
        let page = page(&sweep(vec![row(1), none], 0));
        assert_eq!(page.matches("<a href").count(), 1);
        assert!(
            overview(&sweep(vec![row(1)], 0), |_| None)
                .matches("<a href")
                .count()
                == 0
        );
    }
}
