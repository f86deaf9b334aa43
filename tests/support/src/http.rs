//! One request and one answer, as plain values between the server and the services.

use bytes::Bytes;
use hyper::{HeaderMap, Method};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

use crate::edge::EdgeAnswer;
use crate::sigv4::Signature;
use crate::xml;

/// A request that was read completely.
pub(crate) struct Call {
    pub method: Method,
    /// The path as it came, still percent-encoded.
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub signature: Option<Signature>,
}

impl Call {
    /// The value of a query parameter; a sub-resource such as `?policy` has the empty one.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The access key that signed the request, or `anonymous`.
    pub fn principal(&self) -> &str {
        self.signature
            .as_ref()
            .map_or("anonymous", |signature| &signature.access_key)
    }
}

/// An answer before it is written to the wire.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl Reply {
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    pub fn xml(status: u16, body: &str) -> Self {
        let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
        Self::empty(status)
            .with("content-type", "text/xml")
            .body(body)
    }

    pub fn json(status: u16, content_type: &str, body: &serde_json::Value) -> Self {
        Self::empty(status)
            .with("content-type", content_type)
            .body(body.to_string())
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }
}

/// A refusal by a service, before it has that service's form.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub status: u16,
    pub code: String,
    pub message: String,
    /// Further elements of an S3 error, such as `Endpoint`.
    pub details: Vec<(&'static str, String)>,
    pub headers: Vec<(String, String)>,
}

impl Refusal {
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            details: Vec::new(),
            headers: Vec::new(),
        }
    }

    pub fn detail(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// What a service answers.
pub(crate) type Outcome = Result<Reply, Refusal>;

/// The services of the double, by the name in the scope of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    S3,
    CloudFormation,
    CloudFront,
    CodePipeline,
    Sns,
    Events,
    Kms,
    Lambda,
    Sts,
    /// CloudFront's edge, which takes requests of viewers.
    Edge,
}

impl Service {
    /// The service by its signing name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "s3" => Self::S3,
            "cloudformation" => Self::CloudFormation,
            "cloudfront" => Self::CloudFront,
            "codepipeline" => Self::CodePipeline,
            "sns" => Self::Sns,
            "events" => Self::Events,
            "kms" => Self::Kms,
            "lambda" => Self::Lambda,
            "sts" => Self::Sts,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::CloudFormation => "cloudformation",
            Self::CloudFront => "cloudfront",
            Self::CodePipeline => "codepipeline",
            Self::Sns => "sns",
            Self::Events => "events",
            Self::Kms => "kms",
            Self::Lambda => "lambda",
            Self::Sts => "sts",
            Self::Edge => "edge",
        }
    }

    /// The refusal as this service writes it: restXml for S3 (unwrapped) and CloudFront, awsJson1.1, or awsQuery.
    pub fn refuse(self, refusal: &Refusal, request_id: &str) -> Reply {
        let mut reply = match self {
            Self::S3 => s3_error(refusal, request_id),
            Self::CodePipeline | Self::Events | Self::Kms => json_error(refusal),
            Self::Lambda => rest_json_error(refusal),
            Self::Edge => EdgeAnswer::generated(refusal.status, &refusal.message).reply(),
            Self::CloudFront => wrapped_error(
                refusal,
                "http://cloudfront.amazonaws.com/doc/2020-05-31/",
                request_id,
            ),
            Self::CloudFormation => wrapped_error(
                refusal,
                "http://cloudformation.amazonaws.com/doc/2010-05-15/",
                request_id,
            ),
            Self::Sns => wrapped_error(
                refusal,
                "http://sns.amazonaws.com/doc/2010-03-31/",
                request_id,
            ),
            Self::Sts => wrapped_error(
                refusal,
                "https://sts.amazonaws.com/doc/2011-06-15/",
                request_id,
            ),
        };
        reply.headers.extend(refusal.headers.iter().cloned());
        reply
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
fn s3_error(refusal: &Refusal, request_id: &str) -> Reply {
    let mut body = xml::tag("Code", &refusal.code) + &xml::tag("Message", &refusal.message);
    for (name, value) in &refusal.details {
        body += &xml::tag(name, value);
    }
    body += &xml::tag("RequestId", request_id);
    body += &xml::tag("HostId", "double");
    Reply::xml(refusal.status, &format!("<Error>{body}</Error>"))
        .with("content-type", "application/xml")
}

/// <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization>
fn json_error(refusal: &Refusal) -> Reply {
    let body = serde_json::json!({"__type": refusal.code, "message": refusal.message});
    Reply::json(refusal.status, "application/x-amz-json-1.1", &body)
}

/// <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization>
fn rest_json_error(refusal: &Refusal) -> Reply {
    let body = serde_json::json!({"Message": refusal.message});
    Reply::json(refusal.status, "application/json", &body).with("x-amzn-errortype", &refusal.code)
}

/// <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#operation-error-serialization>
fn wrapped_error(refusal: &Refusal, namespace: &str, request_id: &str) -> Reply {
    let kind = if refusal.status < 500 {
        "Sender"
    } else {
        "Receiver"
    };
    let error = xml::tag("Type", kind)
        + &xml::tag("Code", &refusal.code)
        + &xml::tag("Message", &refusal.message);
    let id = xml::tag("RequestId", request_id);
    Reply::xml(
        refusal.status,
        &format!("<ErrorResponse xmlns=\"{namespace}\"><Error>{error}</Error>{id}</ErrorResponse>"),
    )
}

const HTTP_DATE: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);
const ISO_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// `Last-Modified` and the like, RFC 9110.
pub(crate) fn http_date(at: OffsetDateTime) -> String {
    at.format(HTTP_DATE)
        .expect("a UTC time has every component of the format")
}

/// A `timestamp` of restXml, RFC 3339 in UTC.
pub(crate) fn iso_date(at: OffsetDateTime) -> String {
    at.format(ISO_DATE)
        .expect("a UTC time has every component of the format")
}

/// Undoes percent-encoding; what is not UTF-8 afterwards is replaced.
pub(crate) fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}
