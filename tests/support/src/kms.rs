//! `GetKeyPolicy` of KMS: <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html>

use serde_json::json;

use crate::action::Action;
use crate::http::{Outcome, Refusal, Reply};

/// Takes an ID or ARN of a key of the caller's account, in the region that was asked; no alias.
pub(crate) fn run(action: &mut Action<'_>) -> Outcome {
    if action.route.operation != "GetKeyPolicy" {
        return Err(action.unknown());
    }
    let key = action.subject().to_owned();
    if key.starts_with("alias/") || key.contains(":alias/") {
        let message = format!("Invalid keyId {key}");
        return Err(action.broken(400, "InvalidArnException", message));
    }
    let region = action
        .call
        .signature
        .as_ref()
        .map(|signature| signature.region.clone())
        .unwrap_or_default();
    let account = action.account();
    let arn = if key.starts_with("arn:") {
        key.clone()
    } else {
        format!("arn:aws:kms:{region}:{account}:key/{key}")
    };
    let mut parts = arn.split(':').skip(3);
    if parts.next() != Some(region.as_str()) {
        return Err(not_found(format!("Invalid arn {region}")));
    }
    if parts.next() != Some(account.as_str()) {
        let denial = action.denial("kms:GetKeyPolicy", &arn);
        return Err(denial);
    }
    let policy = action.world.key_policies.get(&arn);
    let policy = policy.ok_or_else(|| not_found(format!("Key '{arn}' does not exist")))?;
    let answer = json!({"Policy": policy.to_string(), "PolicyName": "default"});
    Ok(Reply::json(200, "application/x-amz-json-1.1", &answer))
}

fn not_found(message: String) -> Refusal {
    Refusal::new(400, "NotFoundException", message)
}
