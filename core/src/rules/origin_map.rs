//! Phase 1: is every origin and origin group whole, reachable and ours?

use super::{Case, Check, OriginMap, Rule};
use crate::finding::Findings;

pub(crate) mod ambiguous_origin_type;
pub(crate) mod contract_mismatch;
pub(crate) mod deprecated_origin_tls;
pub(crate) mod duplicate_group_member;
pub(crate) mod duplicate_origin_header;
pub(crate) mod duplicate_origin_id;
pub(crate) mod expiring_origin_certificate;
pub(crate) mod foreign_bucket;
pub(crate) mod global_s3_endpoint;
pub(crate) mod group_member_count;
pub(crate) mod group_without_failover;
pub(crate) mod inconsistent_quantity;
pub(crate) mod invalid_bucket_name;
pub(crate) mod invalid_origin_port;
pub(crate) mod legacy_origin_access_identity;
pub(crate) mod malformed_origin_domain;
pub(crate) mod malformed_origin_path;
pub(crate) mod mismatched_origin_access_control;
pub(crate) mod mismatched_signing_protocol;
pub(crate) mod missing_bucket;
pub(crate) mod mixed_origin_access;
pub(crate) mod no_origins;
pub(crate) mod non_s3_domain_as_s3_origin;
pub(crate) mod open_function_url;
pub(crate) mod open_s3_origin;
pub(crate) mod origin_group_id_clash;
pub(crate) mod origin_timeout_out_of_range;
pub(crate) mod oversized_origin_header;
pub(crate) mod oversized_origin_id;
pub(crate) mod placeholder_bucket;
pub(crate) mod private_origin_address;
pub(crate) mod refused_origin_header;
pub(crate) mod s3_endpoint_as_custom_origin;
pub(crate) mod self_referencing_origin;
pub(crate) mod swapped_bucket;
pub(crate) mod too_many_origin_groups;
pub(crate) mod too_many_origin_headers;
pub(crate) mod too_many_origins;
pub(crate) mod uncertifiable_origin_name;
pub(crate) mod undeclared_origin;
pub(crate) mod unencrypted_origin;
pub(crate) mod ungranted_access_point;
pub(crate) mod ungranted_bucket_access;
pub(crate) mod ungranted_function_access;
pub(crate) mod ungranted_kms_access;
pub(crate) mod unknown_group_member;
pub(crate) mod unknown_origin_access_control;
pub(crate) mod unknown_origin_access_identity;
pub(crate) mod unknown_origin_shield_region;
pub(crate) mod unknown_vpc_origin;
pub(crate) mod unmatched_ip_address_type;
pub(crate) mod unnamed_origin;
pub(crate) mod unreachable_origin_port;
pub(crate) mod unresolvable_origin_domain;
pub(crate) mod unsigned_access_point;
pub(crate) mod unsigned_origin_access_control;
pub(crate) mod unsubstituted_variable;
pub(crate) mod unsupported_s3_endpoint;
pub(crate) mod untrusted_origin_certificate;
pub(crate) mod website_endpoint_as_s3_origin;
pub(crate) mod website_endpoint_over_https;
pub(crate) mod website_hosting_disabled;
pub(crate) mod wrong_bucket_region;

/// The rules of this phase, in the order in which they run.
pub static RULES: &[&Rule] = &[
    &no_origins::RULE,
    &unnamed_origin::RULE,
    &oversized_origin_id::RULE,
    &duplicate_origin_id::RULE,
    &too_many_origins::RULE,
    &ambiguous_origin_type::RULE,
    &unsubstituted_variable::RULE,
    &malformed_origin_domain::RULE,
    &malformed_origin_path::RULE,
    &origin_timeout_out_of_range::RULE,
    &invalid_origin_port::RULE,
    &refused_origin_header::RULE,
    &duplicate_origin_header::RULE,
    &too_many_origin_headers::RULE,
    &oversized_origin_header::RULE,
    &unknown_origin_shield_region::RULE,
    &self_referencing_origin::RULE,
    &inconsistent_quantity::RULE,
    &invalid_bucket_name::RULE,
    &unsupported_s3_endpoint::RULE,
    &unsigned_access_point::RULE,
    &website_endpoint_as_s3_origin::RULE,
    &website_endpoint_over_https::RULE,
    &s3_endpoint_as_custom_origin::RULE,
    &non_s3_domain_as_s3_origin::RULE,
    &global_s3_endpoint::RULE,
    &missing_bucket::RULE,
    &foreign_bucket::RULE,
    &wrong_bucket_region::RULE,
    &website_hosting_disabled::RULE,
    &mixed_origin_access::RULE,
    &unknown_origin_access_control::RULE,
    &mismatched_origin_access_control::RULE,
    &mismatched_signing_protocol::RULE,
    &unsigned_origin_access_control::RULE,
    &unknown_origin_access_identity::RULE,
    &open_s3_origin::RULE,
    &open_function_url::RULE,
    &legacy_origin_access_identity::RULE,
    &unknown_vpc_origin::RULE,
    &ungranted_bucket_access::RULE,
    &ungranted_kms_access::RULE,
    &ungranted_access_point::RULE,
    &ungranted_function_access::RULE,
    &unresolvable_origin_domain::RULE,
    &unmatched_ip_address_type::RULE,
    &private_origin_address::RULE,
    &unreachable_origin_port::RULE,
    &untrusted_origin_certificate::RULE,
    &expiring_origin_certificate::RULE,
    &uncertifiable_origin_name::RULE,
    &deprecated_origin_tls::RULE,
    &unencrypted_origin::RULE,
    &unknown_group_member::RULE,
    &group_member_count::RULE,
    &duplicate_group_member::RULE,
    &origin_group_id_clash::RULE,
    &group_without_failover::RULE,
    &too_many_origin_groups::RULE,
    &swapped_bucket::RULE,
    &placeholder_bucket::RULE,
    &undeclared_origin::RULE,
    &contract_mismatch::RULE,
];

/// Runs every rule of the phase and builds the map that the behaviors are held against.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "a phase has rules")]
pub fn judge<'c, 'a>(case: &'c Case<'a>) -> (&'c OriginMap<'a>, Findings) {
    let mut findings = Findings::new(&RULES[0].info);
    for rule in RULES {
        findings.of_rule(&rule.info);
        if let Check::OriginMap(check) = rule.check {
            check(case, &mut findings);
        }
    }
    findings.end_rule();
    (case.map(), findings)
}
