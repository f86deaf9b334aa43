//! The guard's own memory: objects in its report bucket, and files that it is given in S3. What the
//! objects hold is written and read in `memory`.

use origin_guard_core::ids;

use crate::error::GuardError;
use crate::ports::DeliveryError;

ids! {
    /// Where an object lies in the bucket. `memory` makes it, so that nothing in it needs encoding.
    ObjectKey
    /// The version of an object's content: its `ETag`.
    #[derive(Default)]
    ObjectVersion
}

/// An object, and its version for [`Memory::replace`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its content.
    pub body: Vec<u8>,
    /// Its version.
    pub version: ObjectVersion,
}

/// The objects that the guard keeps, by key.
pub trait Memory: Sync {
    /// The bucket that they are in; `None` where nothing is kept.
    fn bucket(&self) -> Option<&str>;

    /// Reads an object; `None` if there is none.
    fn get(
        &self,
        key: &ObjectKey,
    ) -> impl Future<Output = Result<Option<Object>, GuardError>> + Send;

    /// Writes an object, whatever is there.
    fn put(
        &self,
        key: &ObjectKey,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> impl Future<Output = Result<(), DeliveryError>> + Send;

    /// Writes a JSON object if it still has the version that was read; `None` is no object. `false`
    /// if it is another by now.
    fn replace(
        &self,
        key: &ObjectKey,
        body: Vec<u8>,
        version: Option<&ObjectVersion>,
    ) -> impl Future<Output = Result<bool, DeliveryError>> + Send;

    /// Reads a file in any bucket by its URL, `s3://bucket/key`; `limit` is in bytes.
    fn file(
        &self,
        url: &str,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<u8>, GuardError>> + Send;
}
