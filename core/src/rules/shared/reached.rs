use foldhash::{HashSet, HashSetExt};

use crate::distribution::{Distribution, EdgeEvent};

/// The IDs that behaviors target. `None` where that is not decided: a target is symbolic, or code
/// that runs on viewer requests may select any origin by its ID
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html>).
pub(in crate::rules) fn targeted_ids(distribution: &Distribution) -> Option<HashSet<&str>> {
    let open = [
        "CacheBehaviors",
        "DefaultCacheBehavior",
        "OriginGroups",
        "Members",
        "FunctionAssociations",
        "LambdaFunctionAssociations",
    ];
    if distribution.leaves_open(&open).is_some() {
        return None;
    }
    let mut ids = HashSet::with_capacity(distribution.behaviors.len() + 1);
    for behavior in distribution.all_behaviors() {
        // A CloudFront function on viewer requests may choose an origin by its ID, so none is
        // proven unused.
        if behavior.edge_events.contains(&EdgeEvent::ViewerRequest) {
            return None;
        }
        ids.insert(behavior.target_origin_id.known()?.as_str());
    }
    Some(ids)
}
