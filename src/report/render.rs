//! Every form of a report, made from the report alone: a stored one gives the same bytes.

use super::document::Document;
use super::v1::Report;
use super::{html, markdown, text};

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
        Output::Json => serde_json::to_string_pretty(document).map_err(|e| e.to_string())? + "\n",
        Output::Markdown => each(document, markdown),
        Output::Html => html(document.reports()),
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
    let schema = schemars::schema_for!(Document);
    serde_json::to_string_pretty(&schema)
        .map(|text| text + "\n")
        .map_err(|error| error.to_string())
}
