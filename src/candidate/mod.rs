//! Sources → [`Distribution`]: where a config comes from, and how it is read.

mod api_json;
mod artifact;
mod cursor;
mod document;
mod sources;
mod yaml;

pub use api_json::Envelope;
pub use artifact::{Artifact, ArtifactError, ArtifactFile, ArtifactLimits};
pub use document::{DocumentError, Node, NodeKind};
pub use sources::{LastGood, Live, Sources};

use sha2::{Digest, Sha256};

use crate::distribution::{Distribution, Position};
use crate::error::GuardError;

/// A config that is to be judged, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The model.
    pub distribution: Distribution,
    /// Where it came from.
    pub origin: Provenance,
}

/// Where a config came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// What kind of place.
    pub source: Source,
    /// The document's name: a path, or what stands for one.
    pub document: String,
    /// SHA-256 of its bytes, in hexadecimal; absent where there are no bytes.
    pub sha256: Option<String>,
}

/// The kinds of places that configs come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A file of a pipeline's input artifact.
    Artifact,
    /// A file named at the command line.
    File,
    /// What CloudFront runs now.
    Live,
    /// The request or answer that CloudTrail recorded.
    Event,
    /// What was stored after the last pass.
    LastGood,
}

impl Source {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Artifact => "artifact",
            Self::File => "file",
            Self::Live => "live",
            Self::Event => "event",
            Self::LastGood => "last-good",
        }
    }
}

/// Reads a document that is a config in any form of CloudFront's API.
///
/// # Errors
/// [`GuardError::Configuration`]: what it is instead, or what is wrong at which line.
pub fn read_document(
    source: Source,
    document: &str,
    content: &[u8],
) -> Result<Candidate, GuardError> {
    let node = Node::from_json(content).map_err(|error| {
        let place = error.position.map_or_else(String::new, position_suffix);
        GuardError::configuration(
            format!("the candidate `{document}`{place} cannot be read: {error}"),
            "Give a DistributionConfig as JSON, as `aws cloudfront get-distribution-config` prints it",
        )
    })?;
    let sha256 = Sha256::digest(content);
    Ok(Candidate {
        distribution: read_node(document, &node)?,
        origin: Provenance {
            source,
            document: document.to_owned(),
            sha256: Some(hex(&sha256)),
        },
    })
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads a config out of a document that is parsed already.
///
/// # Errors
/// As [`read_document`].
pub fn read_node(document: &str, node: &Node) -> Result<Distribution, GuardError> {
    api_json::read(node).map_err(|error| match error {
        api_json::NotAConfig::Other(looks_like) => GuardError::configuration(
            format!("`{document}` is not a CloudFront config: it looks like {looks_like}"),
            "Give a DistributionConfig, the output of get-distribution(-config), or the input of \
             create-distribution or update-distribution",
        ),
        api_json::NotAConfig::Malformed(problems) => GuardError::configuration(
            format!(
                "`{document}` does not have the form of a CloudFront config: {}",
                list(&problems)
            ),
            "Write these values as CloudFront's API takes them",
        ),
    })
}

fn list(problems: &[cursor::Problem]) -> String {
    const SHOWN: usize = 5;
    let mut texts: Vec<String> = problems
        .iter()
        .take(SHOWN)
        .map(|problem| {
            let place = problem
                .place
                .position
                .map_or_else(String::new, position_suffix);
            format!("{}{place}", problem.text)
        })
        .collect();
    if problems.len() > SHOWN {
        texts.push(format!("and {} more", problems.len() - SHOWN));
    }
    texts.join("; ")
}

fn position_suffix(position: Position) -> String {
    format!(" (line {}, column {})", position.line, position.column)
}
