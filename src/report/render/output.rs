use super::concise::concise;
use super::github::github;
use super::gitlab::gitlab;
use super::junit::junit;
use super::markdown::markdown_of_all;
use super::sarif::sarif;
use super::{html, text};
use crate::report::document::Document;
use crate::report::v1::Report;

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// For terminals and logs
    Text,
    /// The report itself
    Json,
    /// For pull requests
    Markdown,
    /// One self-contained page
    Html,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for test reports
    Junit,
    /// One line for each finding
    Concise,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab's code quality report
    Gitlab,
}

impl Output {
    /// What the names of such files end with.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Json => "json",
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Sarif => "sarif",
            Self::Junit => "xml",
            Self::Concise => "concise.txt",
            Self::Github => "github.txt",
            Self::Gitlab => "gitlab.json",
        }
    }
}

/// A report in one of its forms.
///
/// # Errors
/// If it cannot be written as that.
pub fn render(document: &Document, output: Output) -> Result<String, String> {
    Ok(match output {
        Output::Text => each(document, text),
        Output::Json => json(document)?,
        Output::Markdown => markdown_of_all(document.reports()),
        Output::Html => html(document.reports()),
        Output::Sarif => json(&sarif(document.reports()))?,
        Output::Junit => junit(document.reports())?,
        Output::Concise => document.reports().iter().map(concise).collect(),
        Output::Github => document.reports().iter().map(github).collect(),
        Output::Gitlab => json(&gitlab(document.reports()))?,
    })
}

fn each(document: &Document, form: fn(&Report) -> String) -> String {
    let forms: Vec<String> = document.reports().iter().map(form).collect();
    forms.join("\n")
}

/// The JSON Schema of the report.
///
/// # Errors
/// If it cannot be written.
pub fn schema() -> Result<String, String> {
    json(&schemars::schema_for!(Document))
}

fn json(document: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(document)
        .map(|text| text + "\n")
        .map_err(|error| error.to_string())
}
