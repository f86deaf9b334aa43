//! How much was found, in one line for the end of a run.

use std::collections::BTreeSet;
use std::fmt;

use super::document::Document;
use super::v1::{Severity, Source};

/// Counts over the reports of a run; what is waived counts nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    errors: usize,
    warnings: usize,
    /// Facts that a verdict hangs on.
    unknowns: usize,
    /// How many documents have any of these.
    affected: usize,
    documents: usize,
    /// What a document is called.
    noun: &'static str,
}

impl Tally {
    /// Counts what reports hold.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let mut tally = Self {
            errors: 0,
            warnings: 0,
            unknowns: 0,
            affected: 0,
            documents: 0,
            noun: "file",
        };
        let (mut documents, mut affected) = (BTreeSet::new(), BTreeSet::new());
        for report in document.reports() {
            let name = report.candidate.document.as_str();
            let count = |severity| {
                let findings = report.findings.iter().filter(|it| it.waived.is_none());
                findings.filter(|it| it.severity == severity).count()
            };
            let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
            let unknowns = report.unknowns.iter().filter(|it| it.blocks).count();
            tally.errors += errors;
            tally.warnings += warnings;
            tally.unknowns += unknowns;
            // By name: a template with several distributions is one file.
            documents.insert(name);
            if errors + warnings + unknowns > 0 {
                affected.insert(name);
            }
            if !matches!(report.candidate.source, Source::File | Source::Artifact) {
                tally.noun = "distribution";
            }
        }
        tally.documents = documents.len();
        tally.affected = affected.len();
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = [
            (self.errors, "error", "errors"),
            (self.warnings, "warning", "warnings"),
            (
                self.unknowns,
                "fact that could not be checked",
                "facts that could not be checked",
            ),
        ]
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, several)| format!("{count} {}", if count == 1 { one } else { several }))
        .collect();
        let (noun, documents) = (self.noun, self.documents);
        let s = if documents == 1 { "" } else { "s" };
        if parts.is_empty() {
            return write!(f, "no errors or warnings in {documents} {noun}{s}");
        }
        write!(f, "{} in ", parts.join(", "))?;
        if documents > 1 {
            write!(f, "{} of ", self.affected)?;
        }
        write!(f, "{documents} {noun}{s}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_in_the_right_number() {
        let none = Tally {
            errors: 0,
            warnings: 0,
            unknowns: 0,
            affected: 0,
            documents: 1,
            noun: "file",
        };
        let several = Tally {
            errors: 9,
            warnings: 1,
            unknowns: 2,
            affected: 1,
            documents: 3,
            noun: "distribution",
        };
        let one = Tally {
            errors: 1,
            affected: 1,
            ..none.clone()
        };
        for (tally, text) in [
            (none, "no errors or warnings in 1 file"),
            (one, "1 error in 1 file"),
            (
                several,
                "9 errors, 1 warning, 2 facts that could not be checked in 1 of 3 distributions",
            ),
        ] {
            assert_eq!(tally.to_string(), text);
        }
    }
}
