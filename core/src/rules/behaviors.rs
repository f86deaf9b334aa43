//! Phase 2: does every behavior reach an origin of the map, as its author meant it?

use super::{Case, Check, OriginMap, Rule};
use crate::finding::Findings;

pub(crate) mod behavior_contract_mismatch;
pub(crate) mod duplicate_path_pattern;
pub(crate) mod group_with_write_methods;
pub(crate) mod length_out_of_range;
pub(crate) mod malformed_path_pattern;
pub(crate) mod missing_cache_policy;
pub(crate) mod missing_default_behavior;
pub(crate) mod missing_member;
pub(crate) mod missing_update_member;
pub(crate) mod mixed_cache_settings;
pub(crate) mod removed_behavior;
pub(crate) mod retargeted_behavior;
pub(crate) mod shadowed_path_pattern;
pub(crate) mod too_many_behaviors;
pub(crate) mod unknown_enum_value;
pub(crate) mod unknown_member;
pub(crate) mod unknown_target_origin;
pub(crate) mod unsupported_grpc;
pub(crate) mod unsupported_method_set;
pub(crate) mod unused_origin;
pub(crate) mod unused_origin_group;
pub(crate) mod viewer_host_to_aws_service;
pub(crate) mod viewer_host_to_s3;
pub(crate) mod wrong_type;

/// The rules of this phase, in the order in which they run.
pub static RULES: &[&Rule] = &[
    &missing_default_behavior::RULE,
    &too_many_behaviors::RULE,
    &unknown_target_origin::RULE,
    &group_with_write_methods::RULE,
    &duplicate_path_pattern::RULE,
    &malformed_path_pattern::RULE,
    &shadowed_path_pattern::RULE,
    &viewer_host_to_s3::RULE,
    &unsupported_method_set::RULE,
    &mixed_cache_settings::RULE,
    &missing_cache_policy::RULE,
    &unsupported_grpc::RULE,
    &viewer_host_to_aws_service::RULE,
    &unused_origin::RULE,
    &unused_origin_group::RULE,
    &retargeted_behavior::RULE,
    &removed_behavior::RULE,
    &behavior_contract_mismatch::RULE,
    // The whole document, when all is said of origins and behaviors.
    &unknown_member::RULE,
    &missing_member::RULE,
    &wrong_type::RULE,
    &unknown_enum_value::RULE,
    &length_out_of_range::RULE,
    &missing_update_member::RULE,
];

/// Runs every rule of the phase against the map that phase 1 built.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "a phase has rules")]
pub fn judge<'a>(case: &Case<'a>, map: &OriginMap<'a>) -> Findings {
    let mut findings = Findings::new(&RULES[0].info);
    for rule in RULES {
        // One collection for all rules: its bounds hold for each rule, its order is the rules'.
        findings.of_rule(&rule.info);
        if let Check::Behaviors(check) = rule.check {
            check(case, map, &mut findings);
        }
    }
    findings.end_rule();
    findings
}
