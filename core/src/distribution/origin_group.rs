use super::{At, Members, Place};

/// One origin group. Follows
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginGroup.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginGroup {
    /// Where the group stands.
    pub place: Place,
    /// Its ID, in the same namespace as the origins' IDs; empty where the source has none.
    pub id: At<String>,
    /// The IDs of its members, the primary first.
    pub members: Vec<At<String>>,
    /// The HTTP status codes that make CloudFront try the second member.
    pub status_codes: Vec<At<i64>>,
    /// Its other members.
    pub other_members: Members,
}
