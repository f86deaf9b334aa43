use crate::distribution::{AwsHost, Behavior, Origin, OriginKind};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::shared::viewer_host::{may_be_rewritten, sender};
use crate::rules::{Case, OriginMap, Resolution};

rule! {
    /// ## What it does
    /// Behaviors that send the viewer's `Host` header to API Gateway, a Lambda function URL or a Lambda
    /// Web Function, by `ForwardedValues` or by a managed policy that includes it.
    ///
    /// ## Why is this bad?
    /// It deploys quietly. These services find the API or the function by `Host`, as S3 finds a bucket.
    /// With the viewer's, they know no such host, and viewers get 403 for every request. Of API Gateway
    /// it is a warning, since an API may have a custom domain of the viewer's name; so it is where code
    /// at the edge may set the header right.
    ///
    /// The host that a custom domain of API Gateway has (`d-….execute-api.…`) needs the viewer's
    /// `Host`, and is left alone. S3 is checked by `viewer-host-to-s3`.
    ///
    /// ## Example
    /// ```json
    /// {"PathPattern": "/api/*", "TargetOriginId": "api",
    ///  "OriginRequestPolicyId": "216adef6-5c7f-47e4-b989-5492eafa07d3"}
    /// ```
    /// Use instead `AllViewerExceptHostHeader`:
    /// ```json
    /// {"PathPattern": "/api/*", "TargetOriginId": "api",
    ///  "OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: api
    ///     DomainName: !Sub "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// CacheBehaviors:
    ///   - PathPattern: /api/*
    ///     TargetOriginId: api
    ///     ViewerProtocolPolicy: https-only
    ///     OriginRequestPolicyId: 216adef6-5c7f-47e4-b989-5492eafa07d3 # AllViewer
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: !Sub "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// CacheBehaviors:
    ///   - PathPattern: /api/*
    ///     TargetOriginId: api
    ///     ViewerProtocolPolicy: https-only
    ///     OriginRequestPolicyId: b689b0a8-53d0-40ab-baf2-68738e2966ac # AllViewerExceptHostHeader
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// data "aws_cloudfront_origin_request_policy" "api" {
    ///   name = "Managed-AllViewer"
    /// }
    /// # good
    /// data "aws_cloudfront_origin_request_policy" "api" {
    ///   name = "Managed-AllViewerExceptHostHeader"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Use `AllViewerExceptHostHeader`, which AWS made for these origins. If the application needs the
    /// viewer's host, copy it into another header by a CloudFront function. Don't make the function or
    /// the API public to end the 403: the wrong host is still wrong.
    ///
    /// ## References
    /// - [Managed origin request policies](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html)
    /// - [Restrict access to a Lambda function URL](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html)
    "viewer-host-to-aws-service", Behaviors, Error, check
}

fn check(case: &Case<'_>, map: &OriginMap<'_>, findings: &mut Findings) {
    for behavior in case.candidate.all_behaviors() {
        let Some((place, sender)) = sender(behavior) else {
            continue;
        };
        let Resolution::Found(target) = map.resolve(&behavior.target_origin_id) else {
            continue;
        };
        let mut origins = target.origins(map);
        let Some((origin, host)) =
            origins.find_map(|origin| Some((origin, refusing_host(origin)?)))
        else {
            continue;
        };
        findings
            .add(
                place,
                format!(
                    "{} sends the viewer's Host header to origin {} ({}), which is {} and knows only \
                     its own host: viewers get 403",
                    behavior.name(),
                    origin.name(),
                    sender.text(),
                    host.text()
                ),
            )
            .severity(severity(behavior, host))
            .origin(case.reach(), origin)
            .paths(vec![behavior.pattern_text()])
            .related(
                &origin.domain_name.place,
                format!("`{}` is {}", origin.domain_name, host.text()),
            )
            .remedy(sender.remedy());
    }
}

/// The service, where it answers to its own host alone.
fn refusing_host(origin: &Origin) -> Option<AwsHost> {
    if origin.kind() != OriginKind::Custom {
        return None;
    }
    AwsHost::of(&origin.domain_name).filter(|host| {
        matches!(
            host,
            AwsHost::ApiGateway
                | AwsHost::LambdaFunctionUrl
                | AwsHost::LambdaWebFunction
                | AwsHost::GlobalLambdaWebFunction
        )
    })
}

fn severity(behavior: &Behavior, host: AwsHost) -> Severity {
    // An API may have a custom domain of the viewer's name, and a function may set another Host.
    if host == AwsHost::ApiGateway || may_be_rewritten(behavior) {
        Severity::Warning
    } else {
        Severity::Error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::EdgeEvent;
    use crate::rules::testing::{Scene, custom_origin, s3_origin, text};

    const ALL_VIEWER: &str = "216adef6-5c7f-47e4-b989-5492eafa07d3";
    const API: &str = "a1b2.execute-api.eu-west-1.amazonaws.com";
    const FUNCTION: &str = "abc.lambda-url.eu-west-1.on.aws";

    fn all_viewer(scene: Scene) -> Scene {
        scene.with_behavior(|b| b.origin_request_policy_id = Some(text(ALL_VIEWER)))
    }

    #[test]
    fn fails_for_a_function() {
        for host in [
            FUNCTION,
            "a1.x9y.lambda-web.us-east-1.on.aws",
            "k1.lambda-web.global.on.aws",
        ] {
            let finding = all_viewer(Scene::custom(host)).one_finding(&RULE);
            assert_eq!(finding.severity, Severity::Error, "{host}");
            assert!(finding.remediation.contains("AllViewerExceptHostHeader"));
        }
    }

    #[test]
    fn fails_lightly_for_an_api_which_may_have_a_domain_of_that_name() {
        for host in [API, "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"] {
            let finding = all_viewer(Scene::custom(host)).one_finding(&RULE);
            assert_eq!(finding.severity, Severity::Warning, "{host}");
            assert!(
                finding
                    .message
                    .contains("(origin request policy AllViewer), which is API Gateway"),
                "{}",
                finding.message
            );
        }
    }

    #[test]
    fn fails_lightly_where_code_at_the_edge_may_set_the_header() {
        let scene = all_viewer(Scene::custom(FUNCTION))
            .with_behavior(|b| b.edge_events = vec![EdgeEvent::OriginRequest]);
        assert_eq!(scene.one_finding(&RULE).severity, Severity::Warning);
    }

    #[test]
    fn fails_for_a_forwarded_header_and_through_a_group() {
        let scene = Scene::custom("api.example.com")
            .add(custom_origin("fn", FUNCTION))
            .group("both", &["main", "fn"])
            .behavior("/fn/*", "both")
            .with_behavior(|b| b.forwarded_headers = vec![text("host")]);
        let finding = scene.one_finding(&RULE);
        assert_eq!(finding.origin.as_deref(), Some("fn"));
        assert_eq!(finding.path_patterns, ["/fn/*"]);
    }

    #[test]
    fn passes_without_host() {
        Scene::custom(FUNCTION).passes(&RULE);
        let except_host = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
        Scene::custom(FUNCTION)
            .with_behavior(|b| b.origin_request_policy_id = Some(text(except_host)))
            .passes(&RULE);
    }

    #[test]
    fn passes_for_a_custom_domain_and_services_that_take_any_host() {
        for host in [
            "d-abc123.execute-api.eu-west-1.amazonaws.com",
            "web-1.eu-west-1.elb.amazonaws.com",
            "api.example.com",
            "x.new-service.eu-west-1.on.aws",
        ] {
            all_viewer(Scene::custom(host)).passes(&RULE);
        }
    }

    #[test]
    fn passes_for_s3_which_another_rule_names() {
        let bucket = s3_origin("main", "assets.s3.us-east-1.amazonaws.com");
        all_viewer(Scene::of(bucket)).passes(&RULE);
    }
}
