//! What a trace needs beyond the origin contract.

use super::cursor::Cursor;
use crate::distribution::{At, BehaviorServing, EdgeFunction, ErrorPage, Serving, Value};

/// Reads it off a config. What is malformed or open is left out: no verdict depends on it.
pub(crate) fn of_config(config: &Cursor<'_>) -> Serving {
    let notes = config.quiet_notes();
    let config = config.with_notes(&notes);
    let named = |key: &str| config.text(key).filter(|text| !text.is_empty());
    let geo = config
        .get("Restrictions")
        .and_then(|restrictions| restrictions.get("GeoRestriction"))
        .and_then(|geo| geo.text("RestrictionType"));
    Serving {
        default_root_object: named("DefaultRootObject"),
        error_pages: config
            .items("CustomErrorResponses")
            .iter()
            .filter_map(error_page)
            .collect(),
        web_acl: named("WebACLId"),
        geo_restriction: geo.filter(|kind| !kind.is("none") && !kind.is_empty()),
        viewer_mtls: config
            .get("ViewerMtlsConfig")
            .and_then(|mtls| mtls.text("Mode")),
        continuous_deployment: named("ContinuousDeploymentPolicyId"),
    }
}

fn error_page(page: &Cursor<'_>) -> Option<ErrorPage> {
    // Terraform's provider writes 0 where there is none.
    let response_code = page.integer("ResponseCode");
    Some(ErrorPage {
        error_code: page.integer("ErrorCode")?,
        page_path: page.text("ResponsePagePath").filter(|it| !it.is_empty()),
        response_code: response_code.filter(|code| code.value != Value::Known(0)),
    })
}

/// Reads it off a cache behavior.
pub(crate) fn of_behavior(behavior: &Cursor<'_>) -> BehaviorServing {
    let notes = behavior.quiet_notes();
    let behavior = behavior.with_notes(&notes);
    let forwarded = behavior.get("ForwardedValues");
    let cookies = forwarded
        .as_ref()
        .and_then(|forwarded| forwarded.get("Cookies"));
    let lambdas = functions(&behavior, EdgeCode::Lambda);
    let own = functions(&behavior, EdgeCode::CloudFront);
    BehaviorServing {
        viewer_protocol_policy: behavior.text("ViewerProtocolPolicy"),
        is_signed: ["TrustedKeyGroups", "TrustedSigners"]
            .iter()
            .any(|key| !behavior.items(key).is_empty()),
        forwards_query: forwarded.is_some_and(|it| it.flag("QueryString") == Some(true)),
        forwarded_cookies: cookies.as_ref().and_then(|cookies| cookies.text("Forward")),
        cookie_names: cookies.map_or_else(Vec::new, |cookies| texts(&cookies, "WhitelistedNames")),
        functions: lambdas.chain(own).collect(),
    }
}

/// What runs at the edge: Lambda@Edge, or a function of CloudFront's own.
#[derive(Clone, Copy, PartialEq)]
enum EdgeCode {
    Lambda,
    CloudFront,
}

fn functions<'c>(
    behavior: &'c Cursor<'_>,
    code: EdgeCode,
) -> impl Iterator<Item = EdgeFunction> + use<'c> {
    let (list, arn) = match code {
        EdgeCode::Lambda => ("LambdaFunctionAssociations", "LambdaFunctionARN"),
        EdgeCode::CloudFront => ("FunctionAssociations", "FunctionARN"),
    };
    let associations = behavior.items(list).into_iter();
    associations.filter_map(move |association| {
        Some(EdgeFunction {
            is_lambda: code == EdgeCode::Lambda,
            event: association.text("EventType")?,
            arn: association.text(arn),
        })
    })
}

fn texts(owner: &Cursor<'_>, key: &str) -> Vec<At<String>> {
    let items = owner.items(key);
    items.iter().filter_map(Cursor::as_text).collect()
}
