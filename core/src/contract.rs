//! The contract file: what a team declares about its origins, beyond what CloudFront demands.

mod init;
mod path_terms;
mod read;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::distribution::{AccountId, BucketName};

pub use init::{access_of, init};
pub use path_terms::{PathTerms, ReadMethod, Statuses};
pub use read::PROTOCOLS;

/// What a team declares. All of it is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Contract {
    /// Accounts beside the guarded one that may own origin buckets: 12-digit IDs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "cli", schemars(with = "Vec<String>"))]
    pub accounts: Vec<AccountId>,
    /// What each origin is, by its ID. Where any is declared, all must be.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub origins: BTreeMap<String, OriginTerms>,
    /// Which origin or origin group serves a path pattern, by the pattern; `*` is the default cache
    /// behavior. Other patterns may be there too.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub behaviors: BTreeMap<String, String>,
    /// Findings that a person accepts for a time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
    /// Paths that `verify` asks after a deployment, and what they must answer. Each takes the place of the
    /// one that would be made for its behavior.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verify: Vec<PathTerms>,
    /// Path patterns for which `verify` makes no path, such as `/admin/*`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skip: Vec<String>,
}

/// What one origin is declared to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OriginTerms {
    /// Its bucket's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// The region that the bucket is in, such as `eu-west-1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The account that owns the bucket: its 12-digit ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>"))]
    pub account: Option<AccountId>,
    /// Its `DomainName`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// How CloudFront shows who it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessMode>,
    /// The lowest protocol among `OriginSslProtocols`: `SSLv3`, `TLSv1`, `TLSv1.1` or `TLSv1.2`.
    #[serde(rename = "lowestTls", skip_serializing_if = "Option::is_none")]
    pub lowest_tls: Option<String>,
}

/// How CloudFront shows an origin who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum AccessMode {
    /// With an origin access control.
    Oac,
    /// With an origin access identity.
    Oai,
    /// Not at all.
    None,
}

/// A finding that a person accepts for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Waiver {
    /// The rule, such as `global-s3-endpoint`.
    pub rule: String,
    /// The origin or origin group that the finding is about; any, where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// A path pattern that the finding affects; any, where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Why it is accepted, and by whom.
    pub reason: String,
    /// The last day on which it is, such as `2027-03-31`.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub until: Day,
}

impl Contract {
    /// Every account that may own buckets here beside the guarded one: these, and the contract's.
    #[must_use]
    pub fn owners(contract: Option<&Self>, owners: &[AccountId]) -> Vec<AccountId> {
        let mut all = owners.to_vec();
        if let Some(contract) = contract {
            let of_origins = contract.origins.values().filter_map(|it| it.account);
            // Whose bucket an origin declares may own buckets here; otherwise each account would be
            // written twice.
            all.extend(contract.accounts.iter().copied().chain(of_origins));
        }
        all
    }
}

impl OriginTerms {
    /// Whether the contract declares that another account than `own` has this bucket.
    #[must_use]
    pub fn leaves_to_another(&self, bucket: &BucketName, own: Option<AccountId>) -> bool {
        // With the guard's own account S3 decides, and a declaration is not believed against its
        // answer.
        let is_theirs = self.account.is_some() && self.account != own;
        is_theirs && self.bucket.as_deref() == Some(bucket.as_str())
    }
}

impl AccessMode {
    /// The name in files and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Oac => "oac",
            Self::Oai => "oai",
            Self::None => "none",
        }
    }
}

/// The JSON Schema of a contract file, for editors.
///
/// # Errors
/// If it cannot be written as JSON.
#[cfg(feature = "cli")]
pub fn schema() -> Result<String, String> {
    let schema = schemars::schema_for!(Contract);
    serde_json::to_string_pretty(&schema)
        .map(|text| text + "\n")
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
