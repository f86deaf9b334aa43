//! Grants that CloudFront signs for and that no call of the guard reads.

use crate::distribution::{AwsHost, OriginKind, S3EndpointKind};
use crate::facts::{Fact, Requirement, Unknown};
use crate::rules::{Case, KnownOrigin};

/// What lets CloudFront in where it signs for something else than a bucket; `None` where it does not
/// sign, or where the grant is checked by a rule.
pub(in crate::rules) fn unchecked_grant(
    case: &Case<'_>,
    known: &KnownOrigin<'_>,
) -> Option<Unknown> {
    let origin = known.origin;
    let id = origin.origin_access_control()?;
    let control = case.facts.origin_access_controls.get(id.spelling());
    let signs = match control {
        Some(Fact::Known(control)) => control.as_ref()?.signing_behavior != "never",
        Some(Fact::Unknown(_)) | None => true,
    };
    if !signs {
        return None;
    }
    let (fact, must) = match origin.s3_endpoint.as_ref().map(|endpoint| &endpoint.kind) {
        Some(kind) => of_access_point(kind)?,
        None if origin.kind() == OriginKind::Custom => {
            of_function(AwsHost::of(&origin.domain_name)?)?
        }
        None => return None,
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
