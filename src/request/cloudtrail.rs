mod actor;
mod resource;

pub use actor::{Actor, Via};
pub(super) use resource::parse as of_resource;
pub use resource::{ResourceEvent, Touched};

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{RequestError, TriggerId};
use crate::distribution::{AccountId, DistributionId, ETag};
use crate::timestamp::Timestamp;

/// What EventBridge calls CloudTrail's management events.
const DETAIL_TYPE: &str = "AWS API Call via CloudTrail";

/// What the events of the stack's rule come from.
const SOURCE: &str = "aws.cloudfront";

/// A change of a distribution that CloudTrail saw, succeeded or failed.
#[derive(Debug, Clone)]
pub struct ChangeEvent {
    /// The CloudTrail event's ID: the same on every delivery.
    pub event_id: TriggerId,
    /// When it happened, where the event says that.
    pub time: Option<Timestamp>,
    /// The account that it happened in.
    pub account: Option<AccountId>,
    /// The call.
    pub operation: Operation,
    /// Present where CloudFront refused.
    pub failed: Option<FailedCall>,
    /// Who did it and how.
    pub actor: Actor,
    /// The distribution it is about; a refused create has none.
    pub distribution: Option<DistributionId>,
    /// The distribution whose config the event would carry, where it carries none: for a refused
    /// copy or promotion, the one that was to be copied.
    pub source_distribution: Option<DistributionId>,
    /// Its CloudFront domain, where the answer says it.
    pub domain_name: Option<String>,
    /// The version after the change.
    pub etag: Option<ETag>,
    /// The config in CloudTrail's spelling; absent where CloudTrail left it out.
    pub config: Option<Value>,
}

/// The calls that change a distribution's config.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `CreateDistribution`
    CreateDistribution,
    /// `CreateDistributionWithTags`
    CreateDistributionWithTags,
    /// `UpdateDistribution`
    UpdateDistribution,
    /// `UpdateDistributionWithStagingConfig`: promotes a staging distribution.
    UpdateDistributionWithStagingConfig,
    /// `CopyDistribution`: makes a staging distribution.
    CopyDistribution,
}

/// What CloudFront said when it refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedCall {
    /// The error code, without namespace and `Exception`.
    pub code: String,
    /// The message, which CloudTrail cuts at 1 KB.
    pub message: String,
}

/// The record in `detail`. `aws_lambda_events` has a type for it without `errorCode` and
/// `errorMessage`, and with `requestParameters` required, which CloudTrail leaves out above 100 KB
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>).
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(rename = "eventID", default, deserialize_with = "lenient")]
    event_id: Option<TriggerId>,
    #[serde(default, deserialize_with = "lenient")]
    event_time: Option<Timestamp>,
    event_source: String,
    event_name: String,
    #[serde(default, deserialize_with = "lenient")]
    user_identity: Option<UserIdentity>,
    #[serde(rename = "sourceIPAddress", default, deserialize_with = "lenient")]
    source_ip_address: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    user_agent: Option<String>,
    #[serde(default)]
    session_credential_from_console: Option<Value>,
    /// Of whatever kind: a call that has one was refused.
    #[serde(default)]
    error_code: Option<Value>,
    #[serde(default, deserialize_with = "lenient")]
    error_message: Option<String>,
    #[serde(default)]
    request_parameters: Option<Value>,
    #[serde(default)]
    response_elements: Option<Value>,
    #[serde(default, deserialize_with = "lenient")]
    recipient_account_id: Option<AccountId>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct UserIdentity {
    #[serde(rename = "type", default, deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    arn: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    user_name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    invoked_by: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    account_id: Option<String>,
}

/// A field of another kind than CloudTrail documents is as good as none: the others still say what
/// happened.
fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}

impl Operation {
    /// The API's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateDistribution => "CreateDistribution",
            Self::CreateDistributionWithTags => "CreateDistributionWithTags",
            Self::UpdateDistribution => "UpdateDistribution",
            Self::UpdateDistributionWithStagingConfig => "UpdateDistributionWithStagingConfig",
            Self::CopyDistribution => "CopyDistribution",
        }
    }

    /// Reads a name, also with the API version that CloudTrail used to put behind it.
    fn parse(name: &str) -> Option<Self> {
        const ALL: [Operation; 5] = [
            Operation::CreateDistribution,
            Operation::CreateDistributionWithTags,
            Operation::UpdateDistribution,
            Operation::UpdateDistributionWithStagingConfig,
            Operation::CopyDistribution,
        ];
        // Records of 2014 have `UpdateDistribution2014_01_31`; today the version is in
        // `apiVersion`.
        let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
        ALL.into_iter().find(|operation| operation.name() == bare)
    }
}

pub(super) fn parse(event: Value) -> Result<super::ChangeEvent, RequestError> {
    let event: EventBridgeEvent<Value> = serde_json::from_value(event)
        .map_err(|error| RequestError::CloudTrail(error.to_string()))?;
    if event.detail_type != DETAIL_TYPE {
        return Err(RequestError::UnknownKind(format!(
            "an EventBridge event \"{}\" from {}",
            event.detail_type, event.source
        )));
    }
    // PutEvents takes no source that begins with `aws.`
    // (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html>).
    if event.source != SOURCE {
        return Err(RequestError::UnknownKind(format!(
            "an event of CloudTrail from {}, where {SOURCE} is expected",
            event.source
        )));
    }
    let record: Record = serde_json::from_value(event.detail)
        .map_err(|error| RequestError::CloudTrail(error.to_string()))?;
    let operation = Operation::parse(&record.event_name)
        .filter(|_| record.event_source == "cloudfront.amazonaws.com")
        .ok_or_else(|| {
            RequestError::UnknownKind(format!(
                "a CloudTrail event {} of {}",
                record.event_name, record.event_source
            ))
        })?;
    let envelope_time = event
        .time
        .and_then(|time| Timestamp::parse(&time.to_rfc3339()));
    Ok(ChangeEvent {
        event_id: record
            .event_id
            .clone()
            // The record's ID is the same on every delivery and names the marker; the envelope's
            // stands in only where the record has none.
            .or(event.id.map(TriggerId::from))
            .ok_or_else(|| RequestError::CloudTrail("it has no eventID".to_owned()))?,
        time: record.event_time.or(envelope_time),
        account: match (record.recipient_account_id, event.account) {
            (Some(recipient), _) => Some(recipient),
            // Left out, it would pass for the guard's own account.
            (None, Some(account)) => Some(account_of(account)?),
            (None, None) => None,
        },
        operation,
        failed: failed(&record),
        actor: Actor::of(&record),
        // What is about the distribution; the rest of it is a filler.
        ..about(&record, operation)
    })
}

fn account_of(envelope: String) -> Result<AccountId, RequestError> {
    AccountId::try_from(envelope)
        .map_err(|error| RequestError::CloudTrail(format!("`account` cannot be used: {error}")))
}

/// What the request and the answer say about the distribution.
fn about(record: &Record, operation: Operation) -> ChangeEvent {
    let request = record.request_parameters.as_ref();
    let answer = record.response_elements.as_ref();
    let distribution = answer.and_then(|answer| answer.get("distribution"));
    let requested = request.and_then(|request| {
        request
            .get("distributionConfigWithTags")
            // CreateDistributionWithTags wraps the config once more than the others.
            .unwrap_or(request)
            .get("distributionConfig")
    });
    let text = |value: Option<&Value>, key: &str| Some(value?.get(key)?.as_str()?.to_owned());
    let id = |value, key| text(value, key).map(DistributionId::from);
    let asked = id(request, "id");
    let source_distribution = match operation {
        Operation::CopyDistribution => id(request, "primaryDistributionId"),
        Operation::UpdateDistributionWithStagingConfig => {
            // No sample of this event is public: where the staging distribution is not named so,
            // the ID that is there is used.
            id(request, "stagingDistributionId").or_else(|| asked.clone())
        }
        _ => asked.clone(),
    };
    ChangeEvent {
        distribution: id(distribution, "id").or(asked),
        source_distribution,
        domain_name: text(distribution, "domainName"),
        etag: text(answer, "eTag").map(ETag::from),
        // The answer before the request: it has the defaults that CloudFront filled in, and is what
        // is live now.
        config: distribution
            .and_then(|distribution| distribution.get("distributionConfig"))
            .or(requested)
            .filter(|config| config.is_object())
            .cloned(),
        event_id: TriggerId::from(""),
        time: None,
        account: None,
        operation,
        failed: None,
        actor: Actor {
            name: String::new(),
            arn: None,
            via: Via::Unknown,
        },
    }
}

/// The error code without a namespace (`com.amazonaws…#`) and without a trailing `Exception`: it
/// is not documented which spelling CloudTrail uses for CloudFront.
fn failed(record: &Record) -> Option<FailedCall> {
    let code = record.error_code.as_ref()?;
    let code = code
        .as_str()
        .map_or_else(|| code.to_string(), str::to_owned);
    let code = code.rsplit(['#', '.']).next().unwrap_or_default();
    Some(FailedCall {
        code: code.strip_suffix("Exception").unwrap_or(code).to_owned(),
        message: record.error_message.clone().unwrap_or_default(),
    })
}

/// CloudTrail lowers the first letter of each of the API's names (`hTTPPort`); this raises it.
#[must_use]
pub fn api_name(key: &str) -> String {
    let mut characters = key.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
#[expect(
    clippy::needless_pass_by_value,
    reason = "`json!` reads best in the call"
)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(detail: Value) -> Value {
        let mut record = json!({
            "eventID": "e-1", "eventTime": "2026-11-23T10:00:00Z",
            "eventSource": "cloudfront.amazonaws.com", "eventName": "UpdateDistribution",
            "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/Admin/alice"},
        });
        let fields = record.as_object_mut().unwrap();
        fields.extend(detail.as_object().unwrap().clone());
        json!({"version": "0", "id": "b-1", "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.cloudfront", "account": "111122223333", "time": "2026-11-23T10:00:00Z",
            "region": "us-east-1", "resources": [], "detail": record})
    }

    #[test]
    fn takes_the_old_version_suffix() {
        for name in [
            "UpdateDistribution",
            "UpdateDistribution2020_05_31",
            "UpdateDistribution2014_01_31",
        ] {
            let change = parse(event(json!({"eventName": name}))).unwrap();
            assert_eq!(change.operation, Operation::UpdateDistribution);
        }
    }

    #[test]
    fn prefers_the_answers_config_and_falls_back_to_the_requests() {
        let request =
            json!({"id": "E1", "ifMatch": "V1", "distributionConfig": {"comment": "asked"}});
        let answer = json!({"eTag": "V2", "distribution": {"id": "E1", "domainName": "d.cloudfront.net",
            "distributionConfig": {"comment": "answered"}}});
        let change = parse(event(
            json!({"requestParameters": request, "responseElements": answer}),
        ))
        .unwrap();
        assert_eq!(change.config.unwrap()["comment"], "answered");
        assert_eq!(
            (change.distribution, change.etag),
            (Some("E1".into()), Some("V2".into()))
        );
        let change = parse(event(
            json!({"requestParameters": request, "responseElements": null,
            "errorCode": "NoSuchOriginException", "errorMessage": "m"}),
        ))
        .unwrap();
        assert_eq!(change.config.unwrap()["comment"], "asked");
        assert_eq!(change.failed.unwrap().code, "NoSuchOrigin");
    }

    #[test]
    fn a_config_that_cloudtrail_left_out_is_absent() {
        let change = parse(event(
            json!({"responseElements": {"distribution": {"id": "E1"}}}),
        ))
        .unwrap();
        assert_eq!(
            (change.config, change.distribution),
            (None, Some("E1".into()))
        );
    }

    #[test]
    fn finds_the_config_of_a_create_with_tags() {
        let change = parse(event(json!({"eventName": "CreateDistributionWithTags",
            "requestParameters": {"distributionConfigWithTags": {"distributionConfig": {"comment": "x"}}}})))
        .unwrap();
        assert!(change.config.is_some());
    }

    #[test]
    fn a_refused_promotion_is_about_the_staging_config() {
        let change = parse(event(
            json!({"eventName": "UpdateDistributionWithStagingConfig",
            "requestParameters": {"id": "E1", "stagingDistributionId": "E2"}, "errorCode": "x"}),
        ))
        .unwrap();
        assert_eq!(change.source_distribution, Some("E2".into()));
    }

    #[test]
    fn says_who_and_how() {
        let via = |detail: Value| parse(event(detail)).unwrap().actor.via;
        assert_eq!(
            via(json!({"sessionCredentialFromConsole": "true"})),
            Via::Console
        );
        assert_eq!(
            via(json!({"sourceIPAddress": "cloudformation.amazonaws.com"})),
            Via::CloudFormation
        );
        assert_eq!(
            via(json!({"userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.9"})),
            Via::Terraform
        );
        assert_eq!(via(json!({"userAgent": "aws-cli/2.15"})), Via::Cli);
        assert_eq!(via(json!({"userAgent": "Boto3/1.34"})), Via::Sdk);
        assert_eq!(via(json!({})), Via::Unknown);
        assert_eq!(parse(event(json!({}))).unwrap().actor.name, "Admin/alice");
    }

    #[test]
    fn a_field_of_another_kind_takes_nothing_else_away() {
        let change = parse(event(
            json!({"userIdentity": {"userName": 5, "type": "Root"}, "userAgent": [],
            "errorCode": "NoSuchOrigin", "errorMessage": {"text": "x"}}),
        ))
        .unwrap();
        assert_eq!(change.actor.name, "Root");
        let failed = change.failed.unwrap();
        assert_eq!(
            (failed.code.as_str(), failed.message.as_str()),
            ("NoSuchOrigin", "")
        );
        let change = parse(event(json!({"userIdentity": "alice", "errorCode": 400}))).unwrap();
        assert_eq!(change.actor.name, "a caller whom the event does not name");
        assert_eq!(change.failed.unwrap().code, "400");
    }

    #[test]
    fn refuses_other_events_by_name() {
        let error = parse(event(
            json!({"eventName": "DeleteBucket", "eventSource": "s3.amazonaws.com"}),
        ))
        .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("DeleteBucket of s3.amazonaws.com")
        );
    }
}
