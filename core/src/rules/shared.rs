//! What several rules ask in the same way; a rule's own folder holds rules only.

pub(super) mod access;
pub(super) mod bucket_region;
pub(super) mod deviations;
pub(super) mod edge_answer;
pub(super) mod open_target;
pub(super) mod reached;
pub(super) mod reads;
pub(super) mod source;
pub(super) mod statement;
pub(super) mod tenant_parameters;
pub(super) mod unchecked_grant;
pub(super) mod unidentified;
pub(super) mod viewer_host;
