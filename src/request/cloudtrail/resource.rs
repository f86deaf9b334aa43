//! Calls that change what distributions use: buckets, access controls, VPC origins, keys and function URLs.

use serde_json::Value;

use super::{Actor, DETAIL_TYPE, Record, account_of, failed};
use crate::distribution::{AccountId, BucketName, S3Endpoint};
use crate::request::{RequestError, TriggerId};
use crate::timestamp::Timestamp;
use crate::uses::{Question, Subject};

/// A call on something that a distribution may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceEvent {
    /// The CloudTrail event's ID: the same on every delivery.
    pub event_id: TriggerId,
    /// When it happened, where the event says that.
    pub time: Option<Timestamp>,
    /// The account that it happened in.
    pub account: Option<AccountId>,
    /// The API's name.
    pub call: &'static str,
    /// What it did, for sentences: "deleted".
    pub verb: &'static str,
    /// On what.
    pub touched: Touched,
    /// Who did it and how.
    pub actor: Actor,
    /// Whether the service refused it, so that nothing was changed.
    pub is_refused: bool,
}

/// What a call was on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// One thing that distributions use.
    One(Subject),
    /// All buckets of the account.
    AllBuckets,
}

impl Touched {
    /// For sentences.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::One(subject) => subject.to_string(),
            Self::AllBuckets => "all buckets of the account".to_owned(),
        }
    }
}

/// What a call names.
#[derive(Debug, Clone, Copy)]
enum Names {
    Bucket,
    Account,
    Control,
    VpcOrigin,
    Key,
    FunctionUrl,
}

/// The service, the call without the API version that CloudTrail puts behind some, what it did, and to what.
type Call = (&'static str, &'static str, &'static str, Names);

/// The calls after which a distribution may no longer be served. Of buckets those that CloudTrail records as
/// management events
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html>).
const CALLS: &[Call] = &[
    ("s3", "DeleteBucket", "deleted", Names::Bucket),
    (
        "s3",
        "PutBucketPolicy",
        "changed the policy of",
        Names::Bucket,
    ),
    (
        "s3",
        "DeleteBucketPolicy",
        "deleted the policy of",
        Names::Bucket,
    ),
    (
        "s3",
        "PutBucketPublicAccessBlock",
        "changed the public access block of",
        Names::Bucket,
    ),
    (
        "s3",
        "DeleteBucketPublicAccessBlock",
        "deleted the public access block of",
        Names::Bucket,
    ),
    (
        "s3",
        "PutBucketOwnershipControls",
        "changed the object ownership of",
        Names::Bucket,
    ),
    (
        "s3",
        "DeleteBucketOwnershipControls",
        "deleted the object ownership of",
        Names::Bucket,
    ),
    (
        "s3",
        "PutBucketEncryption",
        "changed the encryption of",
        Names::Bucket,
    ),
    (
        "s3",
        "DeleteBucketEncryption",
        "reset the encryption of",
        Names::Bucket,
    ),
    (
        "s3",
        "PutBucketWebsite",
        "changed the website hosting of",
        Names::Bucket,
    ),
    (
        "s3",
        "DeleteBucketWebsite",
        "deleted the website hosting of",
        Names::Bucket,
    ),
    (
        "s3",
        "PutAccountPublicAccessBlock",
        "changed the public access block of",
        Names::Account,
    ),
    (
        "cloudfront",
        "UpdateOriginAccessControl",
        "changed",
        Names::Control,
    ),
    (
        "cloudfront",
        "DeleteOriginAccessControl",
        "deleted",
        Names::Control,
    ),
    ("cloudfront", "UpdateVpcOrigin", "changed", Names::VpcOrigin),
    ("cloudfront", "DeleteVpcOrigin", "deleted", Names::VpcOrigin),
    ("kms", "PutKeyPolicy", "changed the policy of", Names::Key),
    ("kms", "DisableKey", "disabled", Names::Key),
    (
        "kms",
        "ScheduleKeyDeletion",
        "scheduled the deletion of",
        Names::Key,
    ),
    (
        "lambda",
        "UpdateFunctionUrlConfig",
        "changed the function URL",
        Names::FunctionUrl,
    ),
];

/// Reads an event of one of these calls; `None` for any other.
pub(in super::super) fn parse(event: &Value) -> Option<Result<ResourceEvent, RequestError>> {
    let text = |value: &Value, key: &str| Some(value.get(key)?.as_str()?.to_owned());
    let detail = event.get("detail")?;
    let service = text(detail, "eventSource")?;
    let service = service.strip_suffix(".amazonaws.com")?;
    // PutEvents takes no source that begins with `aws.`, so this says that AWS sent it.
    let is_recorded = text(event, "detail-type")? == DETAIL_TYPE
        && text(event, "source")? == format!("aws.{service}");
    let name = text(detail, "eventName").filter(|_| is_recorded)?;
    let name = bare(&name);
    let (_, call, verb, names) = CALLS.iter().find(|it| it.0 == service && it.1 == name)?;
    let record: Record = match serde_json::from_value(detail.clone()) {
        Ok(record) => record,
        Err(error) => return Some(Err(RequestError::CloudTrail(error.to_string()))),
    };
    let of_envelope = || text(event, "id").map(TriggerId::from);
    let event_id = record.event_id.clone().or_else(of_envelope);
    let Some(event_id) = event_id else {
        let problem = "it has no eventID".to_owned();
        return Some(Err(RequestError::CloudTrail(problem)));
    };
    // Left out, it would pass for the guard's own account.
    let of_envelope = || text(event, "account").map(account_of).transpose();
    let account = match record.recipient_account_id {
        Some(account) => Ok(Some(account)),
        None => of_envelope(),
    };
    let account = match account {
        Ok(account) => account,
        Err(error) => return Some(Err(error)),
    };
    let Some(touched) = touched(*names, &record, detail) else {
        let problem = format!("{call} does not say what it was on");
        return Some(Err(RequestError::CloudTrail(problem)));
    };
    Some(Ok(ResourceEvent {
        event_id,
        time: record.event_time,
        account,
        call,
        verb,
        touched,
        actor: Actor::of(&record),
        is_refused: failed(&record).is_some(),
    }))
}

/// A name without the API version behind it, such as `UpdateFunctionUrlConfig20150331`, `…2020_05_31` or
/// `…20150331v2`.
fn bare(name: &str) -> &str {
    let is_version = |c: char| c.is_ascii_digit() || c == '_';
    let name = match name.rsplit_once('v') {
        Some((before, version)) if version.bytes().all(|it| it.is_ascii_digit()) => before,
        _ => name,
    };
    name.trim_end_matches(is_version)
}

fn touched(names: Names, record: &Record, detail: &Value) -> Option<Touched> {
    let request = record.request_parameters.as_ref();
    let answer = record.response_elements.as_ref();
    let text = |value: Option<&Value>, key: &str| Some(value?.get(key)?.as_str()?.to_owned());
    let subject = match names {
        Names::Account => return Some(Touched::AllBuckets),
        Names::Bucket => Subject::Bucket(BucketName::new(text(request, "bucketName")?)),
        Names::Control => Subject::OriginAccessControl(text(request, "id")?.into()),
        Names::VpcOrigin => Subject::VpcOrigin(text(request, "id")?.into()),
        Names::Key => {
            // The request may have the bare ID; the answer and `resources` have the ARN.
            let of_resources = || {
                let resources = detail.get("resources")?.as_array()?.iter();
                let arns = resources.filter_map(|it| it.get("ARN")?.as_str());
                arns.into_iter()
                    .find(|arn| arn.contains(":key/"))
                    .map(str::to_owned)
            };
            let key = text(answer, "keyId")
                .filter(|key| key.starts_with("arn:"))
                .or_else(of_resources)
                .or_else(|| text(request, "keyId"))?;
            Subject::Key(key.into())
        }
        Names::FunctionUrl => {
            let url = text(answer, "functionUrl")?;
            match Question::parse(&url).ok()? {
                Question::Domain(host) if S3Endpoint::parse(&host).is_none() => {
                    Subject::Host(host.into())
                }
                _ => return None,
            }
        }
    };
    Some(Touched::One(subject))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::request::Via;

    fn event(service: &str, detail: &Value) -> Value {
        let mut record = json!({
            "eventID": "e-1", "eventTime": "2026-11-23T10:00:00Z", "recipientAccountId": "111122223333",
            "eventSource": format!("{service}.amazonaws.com"), "userAgent": "aws-cli/2.15",
            "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/Admin/alice"},
        });
        let fields = record.as_object_mut().unwrap();
        fields.extend(detail.as_object().unwrap().clone());
        json!({"version": "0", "id": "b-1", "source": format!("aws.{service}"),
            "detail-type": "AWS API Call via CloudTrail", "account": "111122223333",
            "time": "2026-11-23T10:00:01Z", "region": "us-east-1", "resources": [], "detail": record})
    }

    fn parsed(service: &str, detail: &Value) -> ResourceEvent {
        parse(&event(service, detail)).unwrap().unwrap()
    }

    #[test]
    fn each_call_is_on_what_its_record_names() {
        const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k1";
        let host = "abc.lambda-url.eu-west-1.on.aws";
        let cases = [
            (
                "s3",
                json!({"eventName": "DeleteBucket", "requestParameters": {"bucketName": "media",
                "Host": ["media.s3.amazonaws.com"]}}),
                Subject::Bucket(BucketName::new("media")),
            ),
            (
                "cloudfront",
                json!({"eventName": "DeleteOriginAccessControl2020_05_31",
                "requestParameters": {"id": "EOAC"}}),
                Subject::OriginAccessControl("EOAC".into()),
            ),
            (
                "cloudfront",
                json!({"eventName": "UpdateVpcOrigin", "requestParameters": {"id": "vo_1"}}),
                Subject::VpcOrigin("vo_1".into()),
            ),
            (
                "kms",
                json!({"eventName": "ScheduleKeyDeletion", "requestParameters": {"keyId": "k1"},
                "responseElements": {"keyId": KEY}}),
                Subject::Key(KEY.into()),
            ),
            (
                "kms",
                json!({"eventName": "DisableKey", "requestParameters": {"keyId": "k1"},
                "responseElements": null, "resources": [{"ARN": KEY, "type": "AWS::KMS::Key"}]}),
                Subject::Key(KEY.into()),
            ),
            (
                "kms",
                json!({"eventName": "PutKeyPolicy", "requestParameters": {"keyId": "k1"}}),
                Subject::Key("k1".into()),
            ),
            (
                "lambda",
                json!({"eventName": "UpdateFunctionUrlConfig20150331v2",
                "responseElements": {"functionUrl": format!("https://{host}/")}}),
                Subject::Host(host.into()),
            ),
        ];
        for (service, detail, subject) in cases {
            let event = parsed(service, &detail);
            assert_eq!(event.touched, Touched::One(subject), "{detail}");
            assert_eq!(
                (event.actor.name.as_str(), event.actor.via, event.is_refused),
                ("Admin/alice", Via::Cli, false)
            );
        }
        let account = parsed("s3", &json!({"eventName": "PutAccountPublicAccessBlock"}));
        assert_eq!(account.touched, Touched::AllBuckets);
    }

    #[test]
    fn other_calls_and_other_senders_are_none_of_these() {
        let other =
            json!({"eventName": "GetBucketPolicy", "requestParameters": {"bucketName": "a"}});
        assert!(parse(&event("s3", &other)).is_none());
        let detail = json!({"eventName": "DeleteBucket", "requestParameters": {"bucketName": "a"}});
        let mut forged = event("s3", &detail);
        forged["source"] = "custom.s3".into();
        assert!(parse(&forged).is_none());
    }

    #[test]
    fn a_refused_call_has_changed_nothing_and_one_without_a_name_is_an_error() {
        let refused = parsed(
            "s3",
            &json!({"eventName": "DeleteBucket", "errorCode": "BucketNotEmpty",
                "requestParameters": {"bucketName": "a"}}),
        );
        assert!(refused.is_refused);
        let nameless = event("s3", &json!({"eventName": "DeleteBucket"}));
        assert!(parse(&nameless).unwrap().is_err());
    }
}
