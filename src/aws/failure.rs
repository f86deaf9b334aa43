use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use http_body_util::LengthLimitError;

use super::bodies::TooLarge;
use crate::error::GuardError;
use crate::facts::ProbeFailure;
use crate::ports::DeliveryError;

/// Why a call failed, in the terms in which the guard acts on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The subject does not exist.
    NotFound(String),
    /// IAM or a policy refused.
    Denied(String),
    /// The credentials are over: no grant would help.
    Expired(String),
    /// AWS asked to slow down, to the end of the retries.
    Throttled,
    /// No answer in time.
    TimedOut,
    /// No connection, or a broken one.
    Unreachable(String),
    /// It was not sent at all.
    NotSent(String),
    /// Any other error of the service: its code and message.
    Service {
        /// The HTTP status, 0 where there was none.
        status: u16,
        /// The error code, or an empty text.
        code: String,
        /// What AWS said.
        message: String,
    },
}

/// What S3 passes on about the key that an object is encrypted with begins so, as in
/// `KMS.NotFoundException`: the object itself is there.
const OF_KEY: &str = "KMS.";

impl Failure {
    /// Reads an error of any operation.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::TimeoutError(_) => Self::TimedOut,
            SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
                // A time-out while connecting is a time-out for the reader too: "could not be
                // reached" would send them to look for a wrong endpoint.
                Some(connector) if connector.is_timeout() => Self::TimedOut,
                _ => Self::Unreachable(root_cause(error)),
            },
            SdkError::ServiceError(service) => {
                let status = service.raw().status().as_u16();
                Self::of_service(status, service.err())
            }
            // A proxy or a captive portal answers HTML with a good status; the body is not quoted,
            // since it is not AWS's and may hold anything.
            SdkError::ResponseError(response) => Self::Service {
                status: response.raw().status().as_u16(),
                code: String::new(),
                message: match too_large(error) {
                    Some(too_large) => too_large.to_string(),
                    None => "the answer is not what the service answers".to_owned(),
                },
            },
            SdkError::ConstructionFailure(_) => Self::NotSent(root_cause(error)),
            _ => Self::Unreachable(root_cause(error)),
        }
    }

    fn of_service(status: u16, error: &impl ProvideErrorMetadata) -> Self {
        let code = error.code().unwrap_or_default();
        let message = error.message().unwrap_or(code).to_owned();
        let is = |words: &[&str]| words.iter().any(|word| code.contains(word));
        // Before the statuses: AWS throttles with 400 (CloudFront's `Throttling`), 429 and 503
        // (S3's `SlowDown`).
        if is(&[
            "Throttl",
            "SlowDown",
            "TooManyRequests",
            "RequestLimitExceeded",
        ]) || status == 429
        {
            Self::Throttled
        // Before "denied": a missing permission would be the wrong cause to name where no grant
        // helps.
        } else if is(&["ExpiredToken"]) {
            Self::Expired(message)
        // The codes differ by service (`AccessDeniedException`, `UnauthorizedOperation`), and
        // answers to HEAD have none at all, so the status counts as well.
        } else if is(&["AccessDenied", "Unauthorized", "Forbidden", "InvalidToken"])
            || matches!(status, 401 | 403)
        {
            Self::Denied(message)
        // The names cover `NoSuchBucket`, `NoSuchDistribution`, `NotFoundException` and their like.
        } else if (is(&["NoSuch", "NotFound"]) || status == 404) && !code.starts_with(OF_KEY) {
            Self::NotFound(message)
        } else {
            Self::Service {
                status,
                code: code.to_owned(),
                message,
            }
        }
    }

    /// Why a probe failed, where `permission` is what the call needs. [`Self::NotFound`]
    /// is an answer, and for the caller to read first.
    pub(super) fn probe_failed(self, permission: &'static str) -> ProbeFailure {
        match self {
            Self::Denied(_) => ProbeFailure::Denied { permission },
            Self::Throttled => ProbeFailure::Throttled,
            Self::TimedOut => ProbeFailure::TimedOut,
            Self::Unreachable(detail) => ProbeFailure::Unreachable(detail),
            // A caller that has not read "not found" as an answer has no fact of it, and must not
            // pass it as one.
            Self::NotFound(detail) => ProbeFailure::Failed(detail),
            other @ (Self::Expired(_) | Self::NotSent(_) | Self::Service { .. }) => {
                ProbeFailure::Failed(other.to_string())
            }
        }
    }

    /// The error of a call that delivers something, where `permission` is what it needs.
    pub(super) fn undelivered(self, permission: &str, what: String) -> DeliveryError {
        let why = match self {
            Self::Denied(detail) => format!("{permission} is refused to the guard ({detail})"),
            other => other.to_string(),
        };
        DeliveryError { what, why }
    }

    /// The error of a call that judging cannot do without.
    pub(super) fn into_error(
        self,
        permission: &'static str,
        subject: &str,
        principal: &'static str,
    ) -> GuardError {
        match self {
            Self::Denied(detail) => GuardError::Permission {
                permission,
                subject: subject.to_owned(),
                principal,
                detail,
            },
            // A key that is disabled or scheduled for deletion stays so until somebody acts; KMS's
            // own outages (5xx) pass, and belong to the last arm.
            Self::Service { status, code, .. } if code.starts_with(OF_KEY) && status < 500 => {
                GuardError::configuration(
                    format!("{subject} cannot be decrypted, S3 answers {code}"),
                    "Restore or enable the KMS key that it was encrypted with, or have it made \
                     again with another one",
                )
            }
            other => GuardError::Unavailable {
                subject: format!("{permission} on {subject}"),
                problem: other.to_string(),
            },
        }
    }
}

/// Whether an answer was not read, or not to its end, for its size.
fn too_large(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    let mut causes =
        causes.filter(|cause| cause.is::<TooLarge>() || cause.is::<LengthLimitError>());
    causes
        .next()
        .map(|_| "the answer is larger than any answer of this call")
}

fn root_cause<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: Error + 'static,
{
    let mut cause: &dyn Error = error;
    // The SDK's outer errors only say "dispatch failure"; the innermost one names the host or the
    // certificate.
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let text = cause.to_string();
    if text.is_empty() {
        DisplayErrorContext(error).to_string()
    } else {
        text
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(message) => write!(f, "it does not exist ({message})"),
            Self::Denied(message) => write!(f, "refused ({message})"),
            Self::Expired(message) => write!(f, "the credentials have expired ({message})"),
            Self::Throttled => f.write_str("AWS throttled the call"),
            Self::TimedOut => f.write_str("AWS did not answer in time"),
            Self::NotSent(detail) => write!(f, "the request was not sent: {detail}"),
            Self::Unreachable(detail) => write!(f, "AWS could not be reached ({detail})"),
            Self::Service {
                status,
                code,
                message,
            } => match code.as_str() {
                "" if message.is_empty() => write!(f, "AWS answered {status}"),
                "" => write!(f, "AWS answered {status} ({message})"),
                code if code == message => write!(f, "AWS answered {code}"),
                code => write!(f, "AWS answered {code} ({message})"),
            },
        }
    }
}
