//! The report as one HTML file: no script, nothing from elsewhere, everything escaped.

mod map;
mod view;

use askama::Template as _;

use crate::report::v1::Report;

/// The digest of `templates/report.css`, which the content security policy allows and nothing else.
pub(super) const STYLE: &str = "sha256-YKm5KDCFcEyX9xyhvCpQih/ZUBujxd9/Cdddu8iy74c=";

#[derive(askama::Template)]
#[template(path = "report.html")]
struct Page<'a> {
    title: String,
    style: &'static str,
    reports: &'a [Report],
}

impl Page<'_> {
    /// One report's view at a time.
    fn views(&self) -> impl Iterator<Item = view::View<'_>> {
        let reports = self.reports.iter().enumerate();
        reports.map(|(at, report)| view::View::of(at, report))
    }
}

/// Reports as one page. The candidate's texts are escaped by the template: none is declared safe.
#[must_use]
pub fn html(reports: &[Report]) -> String {
    let title = match reports {
        [report] => format!("{}: {}", report.distribution.name, report.verdict),
        _ => format!("{} distributions", reports.len()),
    };
    let page = Page {
        title,
        style: STYLE,
        reports,
    };
    // Writing to a text cannot fail; were it to, the page says so.
    page.render()
        .unwrap_or_else(|error| format!("<!doctype html><title>{error}</title>\n"))
}

#[cfg(test)]
mod tests;
