use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Known, State};
use crate::distribution::DistributionId;

/// The version that is written, and the only one that is read.
const VERSION: &str = "1";

/// Why the state of an earlier sweep cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is of another version of the guard.
    #[error("its schemaVersion is `{0}`, and this version of Origin Guard reads `{VERSION}`")]
    Version(String),
    /// It is damaged.
    #[error("it cannot be read: {0}")]
    Damaged(String),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: String,
    distributions: BTreeMap<String, Known>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    schema_version: String,
}

impl State {
    /// Reads what [`State::to_json`] wrote.
    ///
    /// # Errors
    /// If it is damaged, or of another version.
    pub fn from_json(content: &[u8]) -> Result<Self, Unreadable> {
        let damaged = |error: serde_json::Error| Unreadable::Damaged(error.to_string());
        // First by itself: a later version may have another form altogether.
        let Version { schema_version } = serde_json::from_slice(content).map_err(damaged)?;
        if schema_version != VERSION {
            return Err(Unreadable::Version(
                schema_version.chars().take(40).collect(),
            ));
        }
        let document: Document = serde_json::from_slice(content).map_err(damaged)?;
        let distributions = document.distributions.into_iter();
        Ok(Self {
            distributions: distributions
                .map(|(id, known)| (DistributionId::from(id), known))
                .collect(),
        })
    }

    /// As it is kept.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let distributions = self.distributions.iter();
        let document = Document {
            schema_version: VERSION.to_owned(),
            distributions: distributions
                .map(|(id, known)| (id.as_str().to_owned(), known.clone()))
                .collect(),
        };
        // Texts and maps with texts as keys: there is nothing that JSON cannot hold.
        serde_json::to_vec(&document).unwrap_or_default()
    }
}
