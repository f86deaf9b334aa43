//! Whether CloudFront signs for an origin, and the grants for it that no call of the guard reads.

use crate::distribution::{AwsHost, OriginKind, S3EndpointKind};
use crate::facts::{Fact, Requirement, Unknown};
use crate::finding::Findings;
use crate::rules::{Case, KnownOrigin};

/// Whether CloudFront signs the requests for an origin.
#[derive(Clone, Copy)]
pub(in crate::rules) enum Signing<'a> {
    /// At least those without a signature of the viewer.
    Always,
    /// None: because of this control, or because there is none.
    Never(Option<&'a str>),
}

impl<'a> Signing<'a> {
    /// Whether it does through a control of this type; `None` where that is not known, which is noted,
    /// and where the control is another rule's to report.
    pub(crate) fn of(
        case: &Case<'a>,
        subject: &KnownOrigin<'a>,
        origin_type: &str,
        findings: &mut Findings,
    ) -> Option<Self> {
        if subject.origin.origin_access_control().is_none() {
            return Some(Self::Never(None));
        }
        let (id, control) = case.origin_access_control_of(subject, findings)?;
        let control = control.filter(|control| control.origin_type == origin_type)?;
        Some(match control.signing_behavior.as_str() {
            // `no-override` signs unless the viewer sent Authorization, so it counts as signing.
            "never" => Self::Never(Some(id.spelling())),
            _ => Self::Always,
        })
    }
}

/// What lets CloudFront in where it signs for something else than a bucket; `None` where it does not
/// sign, or where a rule checks the grant.
pub(in crate::rules) fn unchecked_grant(
    case: &Case<'_>,
    known: &KnownOrigin<'_>,
) -> Option<Unknown> {
    let origin = known.origin;
    let id = origin.origin_access_control()?;
    let control = case.facts.origin_access_controls.get(id.spelling());
    let signs = match control {
        Some(Fact::Known(control)) => control.as_ref()?.signing_behavior != "never",
        // Without the control it may sign, so the grant may be needed.
        Some(Fact::Unknown(_)) | None => true,
    };
    if !signs {
        return None;
    }
    let (fact, must) = match &origin.s3_endpoint {
        // Where the probe has the access point, a rule checks its policy and nothing is left to a
        // person.
        Some(endpoint) if case.facts.access_point(endpoint).is_none() => {
            of_access_point(&endpoint.kind)?
        }
        None if origin.kind() == OriginKind::Custom
            && case.facts.function_url(&origin.domain_name).is_none() =>
        {
            of_function(AwsHost::of(&origin.domain_name)?)?
        }
        _ => return None,
    };
    Some(Unknown::without(
        fact,
        origin.domain_name.spelling(),
        "no call of the guard reads it",
        Requirement::ReviewOf(format!(
            "{must} to cloudfront.amazonaws.com for this distribution"
        )),
    ))
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>,
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3-mrap.html>
fn of_access_point(kind: &S3EndpointKind) -> Option<(&'static str, &'static str)> {
    use S3EndpointKind as K;
    Some(match kind {
        K::AccessPointAlias(_) | K::AccessPoint { .. } => (
            "access point policy",
            "the policies of the access point and of its bucket must allow s3:GetObject",
        ),
        K::ObjectLambdaAlias(_) | K::ObjectLambda { .. } => (
            "Object Lambda access point policy",
            "the policies of the Object Lambda access point, of its access point and of its function \
             must allow the request",
        ),
        K::MultiRegionAccessPoint(_) => (
            "Multi-Region Access Point policy",
            "none of its buckets may be in an opt-in Region, and its policy and those of its buckets \
             must allow s3:GetObject",
        ),
        _ => return None,
    })
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html>,
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda-web.html>
fn of_function(host: AwsHost) -> Option<(&'static str, &'static str)> {
    match host {
        AwsHost::LambdaFunctionUrl => Some((
            "function URL permission",
            "the function must allow lambda:InvokeFunctionUrl and lambda:InvokeFunction",
        )),
        AwsHost::LambdaWebFunction | AwsHost::GlobalLambdaWebFunction => Some((
            "Web Function permission",
            "the endpoint's AuthType must be `IamAuth`, and the function must allow \
             lambda:InvokeWebFunctionEndpoint",
        )),
        _ => None,
    }
}
