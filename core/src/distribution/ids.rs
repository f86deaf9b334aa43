//! IDs and names that AWS gives: each a type of its own, since one is no use in another's place.

use serde::{Deserialize, Serialize};

use crate::ids;

ids! {
    /// The ID of a distribution, such as `E2EXAMPLE1GUARD`. CloudFront documents no form for it.
    #[derive(Deserialize, Serialize)]
    #[serde(transparent)]
    DistributionId
    /// The version of a distribution's config: what an update names as `IfMatch`.
    #[derive(Deserialize, Serialize)]
    #[serde(transparent)]
    ETag
    /// The ID of an origin access control, such as `E1PA6795UKMFR9`.
    OacId
    /// The ID of an origin access identity, such as `E74FTE3EXAMPLE`.
    OaiId
    /// The ID of a VPC origin, such as `vo_1a2b3c`.
    VpcOriginId
    /// A KMS key as a bucket names it: by its ID or ARN.
    KeyId
    /// The host of a custom origin, in small letters.
    OriginHostName
}
