use serde_json::Value;

use super::Record;

/// Who made a change, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user or role, as short as it is still clear, such as `Admin/alice`.
    pub name: String,
    /// The ARN, where there is one.
    pub arn: Option<String>,
    /// By which way.
    pub via: Via,
}

/// The ways in which changes are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// The AWS console.
    Console,
    /// A CloudFormation stack (CDK and SAM too).
    CloudFormation,
    /// Terraform or OpenTofu.
    Terraform,
    /// The AWS CLI.
    Cli,
    /// An SDK.
    Sdk,
    /// Another AWS service, by its principal.
    Service(String),
    /// The event does not say.
    Unknown,
}

impl Via {
    /// The name in reports.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Console => "console",
            Self::CloudFormation => "cloudformation",
            Self::Terraform => "terraform",
            Self::Cli => "cli",
            Self::Sdk => "sdk",
            Self::Service(principal) => principal,
            Self::Unknown => "unknown",
        }
    }
}

impl Actor {
    /// As the record names it.
    pub(super) fn of(record: &Record) -> Self {
        let identity = record.user_identity.as_ref();
        let arn = identity.and_then(|identity| identity.arn.clone());
        let name = arn
            .as_deref()
            // The sixth part of an ARN is the resource, and may itself hold colons.
            .and_then(|arn| arn.splitn(6, ':').nth(5))
            .map(|resource| {
                let resource = resource.strip_prefix("assumed-role/").unwrap_or(resource);
                resource
                    .strip_prefix("user/")
                    .unwrap_or(resource)
                    .to_owned()
            })
            .or_else(|| identity?.user_name.clone())
            .or_else(|| identity?.invoked_by.clone())
            .or_else(|| identity?.kind.clone())
            .unwrap_or_else(|| "a caller whom the event does not name".to_owned());
        Self {
            name,
            via: via(record),
            arn,
        }
    }
}

fn via(record: &Record) -> Via {
    let agent = record.user_agent.as_deref().unwrap_or_default();
    let invoked_by = record
        .user_identity
        .as_ref()
        .and_then(|identity| identity.invoked_by.as_deref());
    let address = record.source_ip_address.as_deref().unwrap_or_default();
    let from_console = matches!(
        &record.session_credential_from_console,
        // CloudTrail writes the string "true", and only for sessions of the console.
        Some(Value::Bool(true))
    ) || record
        .session_credential_from_console
        .as_ref()
        .and_then(Value::as_str)
        == Some("true");
    let agent_lower = agent.to_ascii_lowercase();
    // Before Terraform and the SDKs: CDK and SAM deploy through CloudFormation, whose own call this
    // is.
    if [invoked_by, Some(address), Some(agent)].contains(&Some("cloudformation.amazonaws.com")) {
        Via::CloudFormation
    } else if agent_lower.contains("terraform") || agent_lower.contains("opentofu") {
        Via::Terraform
    // After Terraform, whose user agent is its own whichever session its credentials are from.
    } else if from_console || agent_lower.contains("console.amazonaws.com") {
        Via::Console
    } else if agent_lower.starts_with("aws-cli") {
        Via::Cli
    } else if let Some(service) = invoked_by {
        Via::Service(service.to_owned())
    } else if ["aws-sdk", "boto", "aws-internal", "botocore"]
        .iter()
        .any(|sdk| agent_lower.contains(sdk))
    {
        Via::Sdk
    } else {
        Via::Unknown
    }
}
