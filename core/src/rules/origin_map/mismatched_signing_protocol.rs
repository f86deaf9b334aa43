use crate::distribution::{AwsHost, Origin, S3EndpointKind};
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Multi-Region Access Points of S3 and global endpoints of Lambda Web Functions whose origin access
    /// control (OAC) signs with another protocol than SigV4A.
    ///
    /// ## Why is this bad?
    /// It deploys quietly. These hosts route a request to one of several Regions, so they take only
    /// signatures that are valid in all of them (`sigv4a`), and viewers get 403. That CloudFront neither
    /// refuses such a control nor signs with SigV4A by itself is not documented, so this is a warning.
    ///
    /// ## Example
    /// ```json
    /// {"OriginAccessControlConfig": {"Name": "global-assets", "OriginAccessControlOriginType": "s3",
    ///   "SigningProtocol": "sigv4", "SigningBehavior": "always"}}
    /// ```
    /// Use instead, for a Multi-Region Access Point:
    /// ```json
    /// {"OriginAccessControlConfig": {"Name": "global-assets", "OriginAccessControlOriginType": "s3",
    ///   "SigningProtocol": "sigv4a", "SigningBehavior": "always"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// GlobalAccess:
    ///   Type: AWS::CloudFront::OriginAccessControl
    ///   Properties:
    ///     OriginAccessControlConfig:
    ///       Name: global-assets
    ///       OriginAccessControlOriginType: s3
    ///       SigningBehavior: always
    ///       SigningProtocol: sigv4
    /// # good
    /// GlobalAccess:
    ///   Type: AWS::CloudFront::OriginAccessControl
    ///   Properties:
    ///     OriginAccessControlConfig:
    ///       Name: global-assets
    ///       OriginAccessControlOriginType: s3
    ///       SigningBehavior: always
    ///       SigningProtocol: sigv4a
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// resource "aws_cloudfront_origin_access_control" "global" {
    ///   name                              = "global-assets"
    ///   origin_access_control_origin_type = "s3"
    ///   signing_behavior                  = "always"
    ///   signing_protocol                  = "sigv4"
    /// }
    /// # good
    /// resource "aws_cloudfront_origin_access_control" "global" {
    ///   name                              = "global-assets"
    ///   origin_access_control_origin_type = "s3"
    ///   signing_behavior                  = "always"
    ///   signing_protocol                  = "sigv4a"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Create an origin access control whose `SigningProtocol` is `sigv4a`, and set its ID as the
    /// origin's `OriginAccessControlId`. Don't change the protocol of a control that buckets use too,
    /// and don't clear it: these hosts take no anonymous requests.
    ///
    /// ## References
    /// - [Restrict access to a Multi-Region Access Point](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3-mrap.html)
    /// - [Restrict access to a Lambda Web Function](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda-web.html)
    "mismatched-signing-protocol", OriginMap, Warning, check
}

const SIGV4A: &str = "sigv4a";

fn check(case: &Case<'_>, findings: &mut Findings) {
    for known in case.origins() {
        let origin = known.origin;
        let Some(what) = host_of_several_regions(origin) else {
            continue;
        };
        let Some((field, Some(control))) = case.origin_access_control_of(known, findings) else {
            continue;
        };
        let protocol = control.signing_protocol.as_deref();
        // A protocol that only the deployment knows may be the right one.
        let Some(protocol) = protocol.filter(|protocol| *protocol != SIGV4A) else {
            continue;
        };
        findings
            .add(
                &field.place,
                format!(
                    "origin {} is {what} (`{}`), which takes requests signed with {SIGV4A} only, and its \
                     origin access control `{field}` signs with {protocol}, so viewers get 403",
                    origin.name(),
                    origin.domain_name
                ),
            )
            .origin(case.reach(), origin)
            .evidence("SigningProtocol", protocol)
            .remedy(format!(
                "set OriginAccessControlId to an origin access control whose SigningProtocol is \
                 `{SIGV4A}`"
            ));
    }
}

/// What it is called, where one signature must be valid in several Regions.
fn host_of_several_regions(origin: &Origin) -> Option<&'static str> {
    match &origin.s3_endpoint {
        Some(endpoint) => matches!(endpoint.kind, S3EndpointKind::MultiRegionAccessPoint(_))
            .then_some("a Multi-Region Access Point"),
        None => AwsHost::of(&origin.domain_name)
            .filter(|host| *host == AwsHost::GlobalLambdaWebFunction)
            .map(AwsHost::text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Scene, custom_origin, s3_origin, text};

    const ACCESS_POINT: &str = "m1.mrap.accesspoint.s3-global.amazonaws.com";
    const FUNCTION: &str = "k1.lambda-web.global.on.aws";

    fn scene(mut origin: Origin, kind: &str) -> Scene {
        origin.origin_access_control_id = Some(text("EOAC"));
        Scene::of(origin).origin_access_control("EOAC", kind, "always")
    }

    #[test]
    fn fails_for_an_access_point_under_either_config() {
        for origin in [
            s3_origin("main", ACCESS_POINT),
            custom_origin("main", ACCESS_POINT),
        ] {
            let finding = scene(origin, "s3").one_finding(&RULE);
            assert!(finding.message.contains("`EOAC` signs with sigv4,"));
            assert_eq!(finding.place.pointer, "/EOAC");
        }
    }

    #[test]
    fn fails_for_a_global_function() {
        let finding = scene(custom_origin("main", FUNCTION), "lambda").one_finding(&RULE);
        assert!(finding.message.contains("global endpoint"));
    }

    #[test]
    fn fails_for_an_access_point_that_a_template_makes() {
        let domain = "${Mrap.Alias}.accesspoint.s3-global.amazonaws.com";
        scene(s3_origin("main", domain), "s3").one_finding(&RULE);
    }

    #[test]
    fn passes_with_sigv4a() {
        for (origin, kind) in [
            (s3_origin("main", ACCESS_POINT), "s3"),
            (custom_origin("main", FUNCTION), "lambda"),
        ] {
            scene(origin, kind)
                .signing_protocol("EOAC", Some("sigv4a"))
                .passes(&RULE);
        }
    }

    #[test]
    fn passes_for_hosts_of_one_region() {
        let bucket = s3_origin("main", "b.s3.us-east-1.amazonaws.com");
        scene(bucket, "s3").passes(&RULE);
        let function = custom_origin("main", "a1.x9y.lambda-web.us-east-1.on.aws");
        scene(function, "lambda").passes(&RULE);
    }

    #[test]
    fn passes_for_a_protocol_that_only_the_deployment_knows() {
        scene(s3_origin("main", ACCESS_POINT), "s3")
            .signing_protocol("EOAC", None)
            .passes(&RULE);
    }
}
