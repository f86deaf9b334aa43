//! Permissions of Lambda functions, from whatever source, as the policy that they make.

use serde_json::{Map, Value, json};

use crate::policy::Policy;

/// A permission as a source spells it: the members of Lambda's `AddPermission`
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>). An open text is `${…}`.
#[derive(Default)]
pub(super) struct Permission {
    /// Its logical ID or address, which becomes the statement's.
    pub name: String,
    pub action: String,
    pub principal: String,
    pub source_arn: Option<String>,
    pub source_account: Option<String>,
    pub principal_org_id: Option<String>,
    pub function_url_auth_type: Option<String>,
    pub event_source_token: Option<String>,
    pub invoked_via_function_url: bool,
}

/// The policy of a function with these permissions; `None` where they make none.
pub(super) fn policy(permissions: &[Permission]) -> Option<Policy> {
    let statements: Vec<Value> = permissions.iter().map(statement).collect();
    Policy::of_template(&json!({ "Statement": statements })).ok()
}

/// As Lambda writes it.
fn statement(permission: &Permission) -> Value {
    let principal = match permission.principal.as_str() {
        "*" => json!("*"),
        service if service.ends_with(".amazonaws.com") => json!({"Service": service}),
        account => json!({"AWS": account}),
    };
    let mut equals = Map::new();
    for (key, value) in [
        ("AWS:SourceAccount", &permission.source_account),
        ("aws:PrincipalOrgID", &permission.principal_org_id),
        (
            "lambda:FunctionUrlAuthType",
            &permission.function_url_auth_type,
        ),
        ("lambda:EventSourceToken", &permission.event_source_token),
    ] {
        if let Some(value) = value {
            equals.insert(key.to_owned(), json!(value));
        }
    }
    let mut condition = Map::new();
    if !equals.is_empty() {
        condition.insert("StringEquals".to_owned(), Value::Object(equals));
    }
    if let Some(arn) = &permission.source_arn {
        condition.insert("ArnLike".to_owned(), json!({"AWS:SourceArn": arn}));
    }
    if permission.invoked_via_function_url {
        condition.insert(
            "Bool".to_owned(),
            json!({"lambda:InvokedViaFunctionUrl": "true"}),
        );
    }
    json!({"Sid": permission.name, "Effect": "Allow", "Principal": principal,
        "Action": permission.action, "Resource": "*", "Condition": condition})
}
