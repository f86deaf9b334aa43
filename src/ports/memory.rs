//! The guard's own memory: objects in its report bucket, and files that it is given in S3. What the
//! objects hold is written and read in `memory`.

use crate::error::GuardError;
use crate::ports::DeliveryError;

/// An object, and its version for [`Memory::replace`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its content.
    pub body: Vec<u8>,
    /// Its `ETag`.
    pub version: String,
}

/// The objects that the guard keeps, by key.
pub trait Memory: Sync {
    /// The bucket that they are in; `None` where nothing is kept.
    fn bucket(&self) -> Option<&str>;

    /// Reads an object; `None` if there is none.
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<Object>, GuardError>> + Send;

    /// Writes an object, whatever is there.
    fn put(
        &self,
        key: &str,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> impl Future<Output = Result<(), DeliveryError>> + Send;

    /// Writes a JSON object if it still has the version that was read; `None` is no object. `false`
    /// if it is another by now.
    fn replace(
        &self,
        key: &str,
        body: Vec<u8>,
        version: Option<&str>,
    ) -> impl Future<Output = Result<bool, DeliveryError>> + Send;

    /// Reads a file in any bucket by its URL, `s3://bucket/key`; `limit` is in bytes.
    fn file(
        &self,
        url: &str,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<u8>, GuardError>> + Send;
}
