//! Which of a template's literal variables concern a distribution.

use crate::distribution::LiteralVariable;

/// The parts of a config that decide where requests go.
const JUDGED: [&str; 6] = [
    "CacheBehaviors",
    "CustomOrigin",
    "DefaultCacheBehavior",
    "OriginGroups",
    "Origins",
    "S3Origin",
];

/// Those in the origins, groups and behaviors of a distribution, and in other resources that it refers
/// to, each once.
pub(super) fn of(logical_id: &str, variables: &[LiteralVariable]) -> Vec<LiteralVariable> {
    let own = format!("/Resources/{logical_id}/Properties/DistributionConfig/");
    let concerns = |literal: &LiteralVariable| {
        let pointer = literal.place.pointer.as_str();
        match pointer.strip_prefix(&own) {
            Some(way) => JUDGED.contains(&way.split('/').next().unwrap_or_default()),
            // Other resources count, since an origin may refer to a bucket whose name has such a
            // variable; other distributions have findings of their own.
            None => pointer.starts_with("/Resources/") && !pointer.contains("/DistributionConfig/"),
        }
    };
    let mut all: Vec<LiteralVariable> = Vec::new();
    for literal in variables.iter().filter(|literal| concerns(literal)) {
        if !all.contains(literal) {
            all.push(literal.clone());
        }
    }
    all
}
