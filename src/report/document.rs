//! Reading a report back, so that every other form can be made from the stored one.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::clean::Clean;
use super::v1::{Report, SCHEMA_VERSION, Verdict};
use crate::document::utf8;

/// What a report file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Document {
    /// The reports of a source that holds several distributions.
    Several(Several),
    /// One distribution's report.
    One(Box<Report>),
}

/// The reports of a source that holds several distributions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Several {
    /// `"1"`
    pub schema_version: String,
    /// The worst of the verdicts.
    pub verdict: Verdict,
    /// One for each distribution, in the order of the source.
    pub reports: Vec<Report>,
}

/// Why a file is not a report.
#[derive(Debug, thiserror::Error)]
pub enum NotAReport {
    /// Not JSON, or JSON of another shape.
    #[error("it is not a report of Origin Guard: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Of a version that this program does not know.
    #[error("its schemaVersion is {0:?}, and this program reads \"1\": use a newer origin-guard")]
    Version(String),
}

impl Document {
    /// Reads a report.
    ///
    /// # Errors
    /// If it is none, or one of a later version.
    pub fn read(content: &[u8]) -> Result<Self, NotAReport> {
        // Decided by hand: an untagged enum would not say which field is wrong.
        let value: serde_json::Value = serde_json::from_slice(&utf8(content))?;
        if let Some(version) = value
            .get("schemaVersion")
            .and_then(|version| version.as_str())
            // Before the rest: a report of a later version would otherwise fail at some field, and
            // the message would not say why.
            && version != SCHEMA_VERSION
        {
            return Err(NotAReport::Version(version.to_owned()));
        }
        let mut document = if value.get("reports").is_some() {
            Self::Several(serde_json::from_value(value)?)
        } else {
            Self::One(serde_json::from_value(value)?)
        };
        // The file may be of another program, or of a version that did not do this.
        document.clean();
        Ok(document)
    }

    /// Reports of one source, with the worst of their verdicts.
    #[must_use]
    pub fn of(mut reports: Vec<Report>, verdict: Verdict) -> Self {
        match reports.pop() {
            Some(report) if reports.is_empty() => Self::One(Box::new(report)),
            last => {
                reports.extend(last);
                Self::Several(Several {
                    schema_version: SCHEMA_VERSION.to_owned(),
                    verdict,
                    reports,
                })
            }
        }
    }

    /// Its reports, in order.
    #[must_use]
    pub fn reports(&self) -> &[Report] {
        match self {
            Self::One(report) => std::slice::from_ref(report),
            Self::Several(several) => &several.reports,
        }
    }

    /// The distribution's name, of the first where it holds several.
    #[must_use]
    pub fn name(&self) -> &str {
        let first = self.reports().first();
        first.map_or("several", |report| report.distribution.name.as_str())
    }

    /// Its summary; of several, how many of them have the worst verdict, and the first of those.
    #[must_use]
    pub fn summary(&self) -> Cow<'_, str> {
        let reports = match self {
            Self::One(report) => return Cow::Borrowed(&report.summary),
            Self::Several(several) => &several.reports,
        };
        let is_worst = |report: &&Report| report.verdict == self.verdict();
        let worst = reports.iter().filter(is_worst).count();
        let first = reports.iter().find(is_worst);
        let state = match self.verdict() {
            Verdict::Block => "must not be deployed",
            Verdict::Pass => "can be deployed",
            Verdict::Inconclusive | Verdict::Other => "could not be judged",
        };
        let first = first.map_or("", |report| report.summary.as_str());
        Cow::Owned(format!(
            "{worst} of {} distributions {state}; {first}",
            reports.len()
        ))
    }

    /// Its verdict, the worst where it holds several.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::One(report) => report.verdict,
            Self::Several(several) => several.verdict,
        }
    }
}

impl Clean for Several {
    fn each_text(&mut self, change: &dyn Fn(&mut String)) {
        self.schema_version.each_text(change);
        self.reports.each_text(change);
    }
}

impl Clean for Document {
    fn each_text(&mut self, change: &dyn Fn(&mut String)) {
        match self {
            Self::One(report) => report.each_text(change),
            Self::Several(several) => several.each_text(change),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_that_powershell_redirected_is_read() {
        let text = include_str!("../../tests/fixtures/reports/pass.json");
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        let redirected: Vec<u8> = [0xff, 0xfe].into_iter().chain(units).collect();
        let report = Document::read(text.as_bytes()).unwrap();
        assert_eq!(Document::read(&redirected).unwrap(), report);
    }

    #[test]
    fn says_what_is_wrong_with_a_file_that_is_no_report() {
        for (content, part) in [
            ("{", "EOF"),
            ("{\"schemaVersion\": \"2\"}", "newer origin-guard"),
            ("{\"schemaVersion\": \"1\"}", "missing field `verdict`"),
            ("{\"reports\": 7}", "expected a sequence"),
            ("[]", "expected struct Report"),
        ] {
            let error = Document::read(content.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(part), "{content}: {error}");
        }
    }
}
