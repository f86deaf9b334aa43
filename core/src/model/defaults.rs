//! What CloudFront takes for a member that a config leaves out.

use super::{Kind, Member};

/// Structure, member, default. Of the API reference
/// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html> and its
/// structures); a member with a default that is documented nowhere is not here, so that leaving it out
/// is a difference.
const DEFAULTS: [(&str, &str, &str); 15] = [
    ("CookiePreference", "Forward", "none"),
    ("CustomErrorResponse", "ErrorCachingMinTTL", "10"),
    ("CustomOriginConfig", "IpAddressType", "ipv4"),
    ("CustomOriginConfig", "OriginHttpVersion", "http1.1"),
    ("CustomOriginConfig", "OriginKeepaliveTimeout", "5"),
    ("DistributionConfig", "ConnectionMode", "direct"),
    ("DistributionConfig", "PriceClass", "PriceClass_All"),
    ("GeoRestriction", "RestrictionType", "none"),
    ("OriginGroup", "SelectionCriteria", "default"),
    ("ViewerCertificate", "MinimumProtocolVersion", "TLSv1"),
    ("VpcOriginConfig", "OriginHttpVersion", "http1.1"),
    ("VpcOriginConfig", "OriginKeepaliveTimeout", "5"),
    ("MinTTL", "", "0"),
    ("DefaultTTL", "", "86400"),
    ("MaxTTL", "", "31536000"),
];

/// What a member is that is left out; a text is empty, a flag is off. None where CloudFront has no
/// default, or documents none.
#[must_use]
pub fn default_of(structure: &str, member: &Member) -> Option<&'static str> {
    if (structure, member.name) == ("DistributionConfig", "Enabled") {
        return None;
    }
    let listed = DEFAULTS.iter().find(|(owner, name, _)| {
        (*owner, *name) == (structure, member.name) || (*owner, *name) == (member.name, "")
    });
    match (listed, member.kind) {
        (Some((_, _, default)), _) => Some(default),
        (None, Kind::Text(..)) => Some(""),
        (None, Kind::Flag) => Some("false"),
        _ => None,
    }
}
