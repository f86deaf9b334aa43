use crate::distribution::{HostNameError, Origin, OriginKind, S3Endpoint, S3EndpointKind};
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins whose origin access control (OAC) is for another kind of origin, or that can
    /// have none at all.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidArgument` ("Illegal configuration: The origin
    /// type and OAC origin type differ") or `InvalidDomainNameForOriginAccessControl`. Some tools
    /// hide the error and wait for a distribution that is never created. An OAC of type `s3` needs
    /// `S3OriginConfig`; `lambda`, `mediastore` and `mediapackagev2` need `CustomOriginConfig` and
    /// a host of that service. S3 website endpoints support no OAC.
    ///
    /// CloudFront's model words it: `InvalidOriginAccessControl`, "The origin access control is not
    /// valid."; `InvalidDomainNameForOriginAccessControl`, "An origin access control is associated
    /// with an origin whose domain name is not supported."
    ///
    /// ## Example
    /// An OAC of type `s3`:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.eu-west-1.amazonaws.com",
    ///  "OriginAccessControlId": "E2EXAMPLE1OAC",
    ///  "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.eu-west-1.amazonaws.com",
    ///  "OriginAccessControlId": "E2EXAMPLE1OAC", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// AssetsAccess:
    ///   Type: AWS::CloudFront::OriginAccessControl
    ///   Properties:
    ///     OriginAccessControlConfig:
    ///       Name: assets
    ///       OriginAccessControlOriginType: lambda # for an S3 origin
    ///       SigningBehavior: always
    ///       SigningProtocol: sigv4
    /// # good
    /// AssetsAccess:
    ///   Type: AWS::CloudFront::OriginAccessControl
    ///   Properties:
    ///     OriginAccessControlConfig:
    ///       Name: assets
    ///       OriginAccessControlOriginType: s3
    ///       SigningBehavior: always
    ///       SigningProtocol: sigv4
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id                = "assets"
    ///   domain_name              = aws_s3_bucket.assets.bucket_regional_domain_name
    ///   origin_access_control_id = aws_cloudfront_origin_access_control.assets.id # of type s3
    ///   custom_origin_config {
    ///     http_port              = 80
    ///     https_port             = 443
    ///     origin_protocol_policy = "https-only"
    ///     origin_ssl_protocols   = ["TLSv1.2"]
    ///   }
    /// }
    /// # good
    /// origin {
    ///   origin_id                = "assets"
    ///   domain_name              = aws_s3_bucket.assets.bucket_regional_domain_name
    ///   origin_access_control_id = aws_cloudfront_origin_access_control.assets.id
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Declare an S3 origin with `S3OriginConfig`, and set an OAC of the origin's type. For a host
    /// that CloudFront cannot sign for, clear `OriginAccessControlId` and protect the origin in
    /// another way, such as with a secret header. Don't change the type of an OAC that other
    /// origins use.
    ///
    /// ## References
    /// - [OriginAccessControlConfig](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html)
    /// - [Restrict access to an AWS origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-origin.html)
    "mismatched-origin-access-control", OriginMap, Error, check
}

/// The types whose hosts are known here; any other is left to CloudFront.
const JUDGED: [&str; 4] = ["s3", "lambda", "mediastore", "mediapackagev2"];

fn check(case: &Case<'_>, findings: &mut Findings) {
    for known in case.origins() {
        let origin = known.origin;
        let Some(field) = origin
            .origin_access_control()
            .filter(|_| case.has_origin_access_control(origin))
        else {
            continue;
        };
        let Some(fitting) = fitting_types(origin) else {
            continue;
        };
        let control = if fitting.is_empty() {
            let facts = &case.facts.origin_access_controls;
            facts
                .get(field.spelling())
                .and_then(|fact| fact.known()?.as_ref())
        } else {
            case.origin_access_control_of(known, findings)
                .and_then(|(_, control)| control)
        };
        let kind = control.map(|control| control.origin_type.as_str());
        let wrong = match kind {
            Some(kind) => JUDGED.contains(&kind) && !fitting.contains(&kind),
            None => fitting.is_empty(),
        };
        if !wrong {
            continue;
        }
        let finding = findings
            .add(
                &field.place,
                message(origin, &field.to_string(), kind, fitting),
            )
            .origin(case.reach(), origin)
            .remedy(remedy(origin, fitting));
        if let Some(kind) = kind {
            finding.evidence("OriginAccessControlOriginType", kind);
        }
    }
}

/// The types of OAC that the origin can have; `None` where that is not decided, or is left to CloudFront.
fn fitting_types(origin: &Origin) -> Option<&'static [&'static str]> {
    if origin
        .s3_endpoint
        .as_ref()
        .is_some_and(S3Endpoint::is_website)
    {
        return Some(&[]);
    }
    match (
        origin.kind(),
        &origin.s3_endpoint,
        origin.domain_name.known(),
    ) {
        (OriginKind::S3, _, _) => Some(&["s3"]),
        (OriginKind::Custom, Some(endpoint), _) => {
            let multi_region = matches!(endpoint.kind, S3EndpointKind::MultiRegionAccessPoint(_));
            (!multi_region).then_some(&[])
        }
        // Another rule reports an invalid host name; once that is fixed, the control may fit.
        (OriginKind::Custom, None, Some(domain)) if HostNameError::of(domain).is_some() => None,
        (OriginKind::Custom, None, Some(domain)) => {
            Some(types_of_host(&domain.to_ascii_lowercase()))
        }
        (OriginKind::Custom, None, None) => Some(&["lambda", "mediastore", "mediapackagev2"]),
        (OriginKind::Vpc | OriginKind::Ambiguous | OriginKind::Undecided, _, _) => None,
    }
}

fn types_of_host(host: &str) -> &'static [&'static str] {
    if host.contains(".lambda-url.") && host.ends_with(".on.aws") {
        &["lambda"]
    } else if host.contains(".data.mediastore.") {
        &["mediastore"]
    } else if host.contains(".mediapackagev2.") {
        &["mediapackagev2"]
    } else {
        &[]
    }
}

fn message(origin: &Origin, control: &str, kind: Option<&str>, fitting: &[&str]) -> String {
    let name = origin.name();
    let domain = &origin.domain_name;
    if origin
        .s3_endpoint
        .as_ref()
        .is_some_and(S3Endpoint::is_website)
    {
        return format!(
            "origin {name} has the origin access control `{control}`, and the website endpoint \
             `{domain}` supports none"
        );
    }
    let declared = if origin.s3.is_some() {
        "S3OriginConfig"
    } else {
        "CustomOriginConfig"
    };
    match kind {
        Some(kind) if !fitting.is_empty() || kind == "s3" => format!(
            "origin {name} is `{domain}` under {declared}, and its origin access control `{control}` \
             is for {kind} origins"
        ),
        _ => format!(
            "origin {name} is `{domain}` under {declared}, which supports no origin access \
             control, and has `{control}`"
        ),
    }
}

fn remedy(origin: &Origin, fitting: &[&str]) -> String {
    match (&origin.s3_endpoint, fitting) {
        (Some(endpoint), _) if endpoint.is_website() => {
            "clear OriginAccessControlId, or use the bucket's regional domain with S3OriginConfig"
                .to_owned()
        }
        (Some(_), []) => {
            "replace CustomOriginConfig with S3OriginConfig {\"OriginAccessIdentity\": \"\"}"
                .to_owned()
        }
        (None, []) => {
            "clear OriginAccessControlId: an OAC is for S3, Lambda function URLs and media origins"
                .to_owned()
        }
        (_, types) => format!(
            "set OriginAccessControlId to an OAC whose OriginAccessControlOriginType is {}",
            types.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, custom_origin, s3_origin, text};

    fn with_oac(mut origin: Origin) -> Scene {
        origin.origin_access_control_id = Some(text("EOAC"));
        Scene::of(origin)
    }

    fn custom(domain: &str) -> Scene {
        with_oac(custom_origin("main", domain))
    }

    const LAMBDA: &str = "abc123.lambda-url.eu-west-1.on.aws";

    #[test]
    fn fails_for_an_s3_type_on_a_custom_origin() {
        let scene = custom("api.example.com").origin_access_control("EOAC", "s3", "always");
        scene.fails(&RULE, expect![[r#"
            error at /EOAC
              origin `main` is `api.example.com` under CustomOriginConfig, and its origin access control `EOAC` is for s3 origins
              help: clear OriginAccessControlId: an OAC is for S3, Lambda function URLs and media origins
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_bucket_declared_as_custom() {
        let scene =
            custom("x.s3.us-east-1.amazonaws.com").origin_access_control("EOAC", "s3", "always");
        scene.fails(&RULE, expect![[r#"
            error at /EOAC
              origin `main` is `x.s3.us-east-1.amazonaws.com` under CustomOriginConfig, and its origin access control `EOAC` is for s3 origins
              help: replace CustomOriginConfig with S3OriginConfig {"OriginAccessIdentity": ""}
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_without_an_account_for_a_host_that_fits_no_type() {
        custom("example.com").fails(&RULE, expect![[r#"
            error at /EOAC
              origin `main` is `example.com` under CustomOriginConfig, which supports no origin access control, and has `EOAC`
              help: clear OriginAccessControlId: an OAC is for S3, Lambda function URLs and media origins
              origin: main
              paths: `*`
        "#]]);
        custom("x--ol-s3.s3.us-east-1.amazonaws.com").fails(&RULE, expect![[r#"
            error at /EOAC
              origin `main` is `x--ol-s3.s3.us-east-1.amazonaws.com` under CustomOriginConfig, which supports no origin access control, and has `EOAC`
              help: replace CustomOriginConfig with S3OriginConfig {"OriginAccessIdentity": ""}
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_website_endpoint_however_it_is_declared() {
        let domain = "x.s3-website-us-east-1.amazonaws.com";
        custom(domain).fails(&RULE, expect![[r#"
            error at /EOAC
              origin `main` has the origin access control `EOAC`, and the website endpoint `x.s3-website-us-east-1.amazonaws.com` supports none
              help: clear OriginAccessControlId, or use the bucket's regional domain with S3OriginConfig
              origin: main
              paths: `*`
        "#]]);
        with_oac(s3_origin("main", domain)).fails(&RULE, expect![[r#"
            error at /EOAC
              origin `main` has the origin access control `EOAC`, and the website endpoint `x.s3-website-us-east-1.amazonaws.com` supports none
              help: clear OriginAccessControlId, or use the bucket's regional domain with S3OriginConfig
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_lambda_type_on_a_bucket() {
        let scene = Scene::s3("x").origin_access_control("EOAC", "lambda", "always");
        scene.fails(&RULE, expect![[r#"
            error at /EOAC
              origin `main` is `x.s3.us-east-1.amazonaws.com` under S3OriginConfig, and its origin access control `EOAC` is for lambda origins
              help: set OriginAccessControlId to an OAC whose OriginAccessControlOriginType is s3
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_an_s3_type_on_a_function_url_or_an_undecided_custom_origin() {
        custom(LAMBDA)
            .origin_access_control("EOAC", "s3", "always")
            .fails(&RULE, expect![[r#"
                error at /EOAC
                  origin `main` is `abc123.lambda-url.eu-west-1.on.aws` under CustomOriginConfig, and its origin access control `EOAC` is for s3 origins
                  help: set OriginAccessControlId to an OAC whose OriginAccessControlOriginType is lambda
                  origin: main
                  paths: `*`
            "#]]);
        custom("${Host}")
            .origin_access_control("EOAC", "s3", "always")
            .fails(&RULE, expect![[r#"
                error at /EOAC
                  origin `main` is `${Host}` under CustomOriginConfig, and its origin access control `EOAC` is for s3 origins
                  help: set OriginAccessControlId to an OAC whose OriginAccessControlOriginType is lambda, mediastore, mediapackagev2
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn passes_when_the_type_fits() {
        Scene::s3("x")
            .origin_access_control("EOAC", "s3", "always")
            .passes(&RULE);
        for (domain, kind) in [
            (LAMBDA, "lambda"),
            ("c.data.mediastore.eu-west-1.amazonaws.com", "mediastore"),
            (
                "c.egress.a1.mediapackagev2.eu-west-1.amazonaws.com",
                "mediapackagev2",
            ),
        ] {
            custom(domain)
                .origin_access_control("EOAC", kind, "always")
                .passes(&RULE);
        }
    }

    #[test]
    fn passes_for_an_access_point_alias_as_s3_origin() {
        with_oac(s3_origin(
            "main",
            "ap-x7-s3alias.s3.us-east-1.amazonaws.com",
        ))
        .origin_access_control("EOAC", "s3", "always")
        .passes(&RULE);
    }

    #[test]
    fn passes_for_types_that_are_not_known_here() {
        custom("m1.mrap.accesspoint.s3-global.amazonaws.com").passes(&RULE);
        custom("api.example.com")
            .origin_access_control("EOAC", "apprunner", "always")
            .passes(&RULE);
    }

    #[test]
    fn passes_for_a_control_that_only_the_deployment_knows() {
        let bend = |origin: &mut Origin| origin.origin_access_control_id = Some(text("${Oac}"));
        custom("api.example.com").with(bend).passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_when_it_was_not_asked_for() {
        Scene::s3("x").passes_with_unknowns(
            &RULE,
            expect![[r#"
            unknown: origin access control `EOAC`, not asked for
              needs: a run with an AWS account
        "#]],
        );
    }

    #[test]
    fn passes_for_a_domain_that_is_malformed() {
        for domain in ["https://abc.lambda-url.eu-west-1.on.aws/", ""] {
            custom(domain)
                .origin_access_control("EOAC", "lambda", "always")
                .with(|origin| origin.origin_access_control_id = Some(text("EOAC")))
                .passes(&RULE);
        }
    }

    #[test]
    fn passes_for_a_control_that_is_gone_which_another_rule_names() {
        Scene::s3("x")
            .no_origin_access_control("EOAC")
            .passes(&RULE);
    }
}
