//! Which operation of which service a request is for.

use hyper::Method;
use serde_json::Value;

use crate::edge;
use crate::http::{Call, Service, decode};

/// The operation that was recognised; [`Route::UNKNOWN`] where none was.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub service: Service,
    pub operation: String,
    /// The bucket, distribution, job or topic.
    pub subject: Option<String>,
    /// The object key.
    pub key: Option<String>,
    /// Query parameters, or the scalar members of the body.
    pub params: Vec<(String, String)>,
}

impl Route {
    pub const UNKNOWN: &str = "Unknown";

    /// `s3:HeadBucket`
    pub fn name(&self) -> String {
        format!("{}:{}", self.service.name(), self.operation)
    }

    /// The IAM action that the operation needs, where it is not its own name.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>
    pub fn action(&self) -> String {
        let action = match (self.service, self.operation.as_str()) {
            (Service::S3, "HeadBucket" | "ListObjectsV2") => "ListBucket",
            (Service::S3, "ListBuckets") => "ListAllMyBuckets",
            (Service::S3, "GetPublicAccessBlock") => "GetBucketPublicAccessBlock",
            (Service::S3, "GetBucketEncryption") => "GetEncryptionConfiguration",
            (_, operation) => operation,
        };
        format!("{}:{action}", self.service.name())
    }
}

/// Reads the service from the signature's scope, and the operation from where that service's protocol has it.
pub(crate) fn route(call: &Call) -> Option<Route> {
    if let Some(host) = edge::host(call) {
        return Some(edge::route(call, host));
    }
    let service = match &call.signature {
        Some(signature) => Service::named(&signature.service)?,
        None => unsigned_service(call),
    };
    Some(match service {
        // It has no signature.
        Service::Edge => return None,
        Service::S3 => s3(call),
        Service::CloudFront => cloudfront(call),
        Service::CodePipeline => json(call, service, "CodePipeline_20150709.", |body| {
            body.get("jobId")
        }),
        Service::Kms => json(call, service, "TrentService.", |body| body.get("KeyId")),
        Service::Events => json(call, service, "AWSEvents.", |body| {
            body.pointer("/Entries/0/EventBusName")
        }),
        Service::Lambda => lambda(call),
        Service::CloudFormation | Service::Sns | Service::Sts => query(call, service),
    })
}

/// Without a signature the form of the request is the only hint.
fn unsigned_service(call: &Call) -> Service {
    match call.header("x-amz-target") {
        Some(target) if target.starts_with("AWSEvents.") => Service::Events,
        Some(_) => Service::CodePipeline,
        None if call.path.starts_with("/2020-05-31/") => Service::CloudFront,
        None if call
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) =>
        {
            Service::Sns
        }
        None => Service::S3,
    }
}

/// Bucket and key, in path style or by virtual host.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
fn s3_address(call: &Call) -> (Option<String>, Option<String>) {
    let path = call.path.trim_start_matches('/');
    let host = call.header("host").unwrap_or_default();
    let virtual_bucket = [".s3.", ".s3-"]
        .iter()
        .find_map(|marker| host.rfind(marker))
        .map(|at| &host[..at]);
    let (bucket, key) = match virtual_bucket {
        Some(bucket) => (bucket, path),
        None => path.split_once('/').unwrap_or((path, "")),
    };
    let some = |text: &str| (!text.is_empty()).then(|| decode(text));
    (some(bucket), some(key))
}

fn s3(call: &Call) -> Route {
    let (bucket, key) = s3_address(call);
    let operation = match (&bucket, &key) {
        (None, _) if call.method == Method::GET => "ListBuckets",
        (Some(_), None) => bucket_operation(call),
        (Some(_), Some(_)) => object_operation(call),
        _ => Route::UNKNOWN,
    };
    Route {
        service: Service::S3,
        operation: operation.to_owned(),
        subject: bucket,
        key,
        params: call.query.clone(),
    }
}

fn bucket_operation(call: &Call) -> &'static str {
    const READS: [(&str, &str); 5] = [
        ("policy", "GetBucketPolicy"),
        ("publicAccessBlock", "GetPublicAccessBlock"),
        ("ownershipControls", "GetBucketOwnershipControls"),
        ("website", "GetBucketWebsite"),
        ("encryption", "GetBucketEncryption"),
    ];
    if call.method == Method::HEAD {
        return "HeadBucket";
    }
    if call.method != Method::GET {
        return Route::UNKNOWN;
    }
    if call.param("list-type") == Some("2") {
        return "ListObjectsV2";
    }
    READS
        .iter()
        .find(|(name, _)| call.param(name).is_some())
        .map_or(Route::UNKNOWN, |(_, operation)| operation)
}

fn object_operation(call: &Call) -> &'static str {
    let other = [
        "acl",
        "tagging",
        "uploads",
        "uploadId",
        "attributes",
        "retention",
        "torrent",
        "select",
    ];
    let has = |name: &&str| call.header(name).is_some();
    // To answer as if they were not there would be wrong.
    let reads = ["range", "if-match", "if-none-match"];
    if other.iter().any(|name| call.param(name).is_some())
        || has(&"x-amz-copy-source")
        || (call.method == Method::GET && reads.iter().any(has))
    {
        return Route::UNKNOWN;
    }
    match call.method {
        Method::GET => "GetObject",
        Method::PUT => "PutObject",
        _ => Route::UNKNOWN,
    }
}

/// The URIs of the CloudFront model of 2020-05-31.
fn cloudfront(call: &Call) -> Route {
    let segments: Vec<String> = call
        .path
        .trim_matches('/')
        .split('/')
        .skip(1)
        .map(decode)
        .collect();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (operation, subject) = match (call.method.as_str(), parts.as_slice()) {
        ("GET", ["distribution"]) => ("ListDistributions", None),
        ("POST", ["distribution"]) => ("CreateDistribution", None),
        ("GET", ["distribution", id]) => ("GetDistribution", Some(*id)),
        ("PUT", ["distribution", id, "config"]) => ("UpdateDistribution", Some(*id)),
        ("GET", ["origin-access-control", id]) => ("GetOriginAccessControl", Some(*id)),
        ("GET", ["origin-access-identity", "cloudfront", id]) => {
            ("GetCloudFrontOriginAccessIdentity", Some(*id))
        }
        ("GET", ["vpc-origin", id]) => ("GetVpcOrigin", Some(*id)),
        _ => (Route::UNKNOWN, None),
    };
    Route {
        service: Service::CloudFront,
        operation: operation.to_owned(),
        subject: subject.map(str::to_owned),
        key: None,
        params: call.query.clone(),
    }
}

/// The URIs of the Lambda model of 2015-03-31.
fn lambda(call: &Call) -> Route {
    let parts: Vec<&str> = call.path.trim_matches('/').split('/').collect();
    let (operation, subject) = match (call.method.as_str(), parts.as_slice()) {
        // By its IAM action, `lambda:InvokeFunction`.
        ("POST", ["2015-03-31", "functions", name, "invocations"]) => {
            ("InvokeFunction", Some(decode(name)))
        }
        _ => (Route::UNKNOWN, None),
    };
    Route {
        service: Service::Lambda,
        operation: operation.to_owned(),
        subject,
        key: None,
        params: call.query.clone(),
    }
}

/// awsJson1.1 has the operation in `X-Amz-Target`.
fn json(
    call: &Call,
    service: Service,
    prefix: &str,
    subject: fn(&Value) -> Option<&Value>,
) -> Route {
    let target = call
        .header("x-amz-target")
        .and_then(|target| target.strip_prefix(prefix));
    let typed = call
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-amz-json-1.1"));
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let scalar = |(name, value): (&String, &Value)| match value {
        Value::String(text) => Some((name.clone(), text.clone())),
        Value::Number(_) | Value::Bool(_) => Some((name.clone(), value.to_string())),
        _ => None,
    };
    Route {
        service,
        operation: target
            .filter(|_| typed)
            .unwrap_or(Route::UNKNOWN)
            .to_owned(),
        subject: subject(&body).and_then(Value::as_str).map(str::to_owned),
        key: None,
        params: body
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(scalar)
            .collect(),
    }
}

/// awsQuery has the operation in the member `Action` of the form.
fn query(call: &Call, service: Service) -> Route {
    let params: Vec<(String, String)> = form_urlencoded::parse(&call.body).into_owned().collect();
    let member = |name: &str| {
        params
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    };
    Route {
        service,
        operation: member("Action").unwrap_or_else(|| Route::UNKNOWN.to_owned()),
        subject: member("TopicArn")
            .or_else(|| member("TargetArn"))
            .or_else(|| member("ChangeSetName"))
            .or_else(|| member("StackName")),
        key: None,
        params,
    }
}
