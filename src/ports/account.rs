//! Where configs are read from, as the guard needs it.

use std::future::Future;

use crate::candidate::{ChangeSet, LastGood, Live, Stack};
use crate::error::GuardError;
use crate::report::v1;
use crate::request::{ArtifactCredentials, ArtifactLocation};

/// The calls that read configs.
pub trait Sources: Sync {
    /// Reads a pipeline's artifact with the job's own credentials; `limit` is in bytes.
    fn artifact(
        &self,
        location: &ArtifactLocation,
        credentials: &ArtifactCredentials,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<u8>, GuardError>> + Send;

    /// Reads what CloudFront runs now.
    fn live(&self, id: &str) -> impl Future<Output = Result<Live, GuardError>> + Send;

    /// The ID of the distribution that has an alias; `None` if none has.
    fn find_by_alias(
        &self,
        alias: &str,
    ) -> impl Future<Output = Result<Option<String>, GuardError>> + Send;

    /// The ID of the one distribution that was last modified at `time` (RFC 3339), give or take a
    /// few seconds; `None` if there is none, or more than one.
    fn find_by_change(
        &self,
        time: &str,
    ) -> impl Future<Output = Result<Option<String>, GuardError>> + Send;

    /// Reads a file of the guard's own by its URL, `s3://bucket/key`; `limit` is in bytes.
    fn file(
        &self,
        url: &str,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<u8>, GuardError>> + Send;

    /// Reads what is deployed of a stack, by its name or ARN; `None` if there is no such stack.
    fn stack(&self, name: &str) -> impl Future<Output = Result<Option<Stack>, GuardError>> + Send;

    /// Reads a change set by its ARN, or by its name and its stack's.
    fn change_set(
        &self,
        name: &str,
        stack: Option<&str>,
    ) -> impl Future<Output = Result<ChangeSet, GuardError>> + Send;

    /// Reads the last known good config; `None` where none is stored.
    fn last_good(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<LastGood>, GuardError>> + Send;

    /// Who made a version of a distribution, where the audit saw it and did not let it pass.
    fn changed_by(&self, id: &str, etag: &str) -> impl Future<Output = Option<v1::Trigger>> + Send;
}
