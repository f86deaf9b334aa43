use crate::distribution::{
    At, AwsHost, HostNameError, Origin, OriginKind, S3Endpoint, S3EndpointKind,
};
use crate::facts::{OriginAccessControl, Unknown};
use crate::finding::{Finding, Findings};
use crate::rule::Severity;
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
    /// `S3OriginConfig`, or the host of a Multi-Region Access Point; `lambda`, `mediastore` and
    /// `mediapackagev2` need `CustomOriginConfig` and a host of that service, for `lambda` a function
    /// URL or a Lambda Web Function. S3 website endpoints support no OAC.
    ///
    /// For API Gateway, load balancers and EC2 instances it is a warning: AWS documents no OAC for
    /// them. A host of another AWS service is listed as not known, since CloudFront may sign for it.
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
    /// Declare an S3 origin with `S3OriginConfig`, and set an OAC of the origin's type. A server of
    /// your own that CloudFront cannot sign for needs another protection first, such as a secret
    /// header; only then clear `OriginAccessControlId`. Don't change the type of an OAC that other
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
        match Takes::of(origin) {
            Takes::Undecided => {}
            Takes::NotKnown => findings.undecided(&origin.place, not_known(origin)),
            Takes::None(severity) => {
                let facts = &case.facts.origin_access_controls;
                let control = facts.get(field.spelling());
                let control = control.and_then(|fact| fact.known()?.as_ref());
                // A type that is newer than this program may be for just such hosts.
                if control.is_none_or(|control| JUDGED.contains(&control.origin_type.as_str())) {
                    add(case, findings, origin, field, control, &[]).severity(severity);
                }
            }
            Takes::Types(types) => {
                let control = case.origin_access_control_of(known, findings);
                let Some((_, Some(control))) = control else {
                    continue;
                };
                let kind = control.origin_type.as_str();
                if JUDGED.contains(&kind) && !types.contains(&kind) {
                    add(case, findings, origin, field, Some(control), types);
                }
            }
        }
    }
}

/// Which controls an origin takes, by their type.
enum Takes {
    /// One of these types.
    Types(&'static [&'static str]),
    /// None, and how certain that is.
    None(Severity),
    /// It is a host of AWS that no rule knows: what CloudFront signs for grows.
    NotKnown,
    /// The deployment decides, or it is for another rule to say.
    Undecided,
}

impl Takes {
    fn of(origin: &Origin) -> Self {
        let endpoint = origin.s3_endpoint.as_ref();
        if endpoint.is_some_and(S3Endpoint::is_website) {
            return Self::None(Severity::Error);
        }
        match (origin.kind(), endpoint, origin.domain_name.known()) {
            (OriginKind::Vpc | OriginKind::Ambiguous | OriginKind::Undecided, _, _) => {
                Self::Undecided
            }
            (OriginKind::S3, _, _) => Self::Types(&["s3"]),
            (OriginKind::Custom, Some(endpoint), _) => match endpoint.kind {
                // The S3 guide has it as a custom origin.
                S3EndpointKind::MultiRegionAccessPoint(_) => Self::Types(&["s3"]),
                // `unsupported-s3-endpoint` reports the host; what it becomes decides about the
                // control.
                S3EndpointKind::Incomplete(_) => Self::Undecided,
                _ => Self::None(Severity::Error),
            },
            // What is no host name has a rule of its own; once that is fixed, the control may fit.
            (OriginKind::Custom, None, Some(domain)) if HostNameError::of(domain).is_some() => {
                Self::Undecided
            }
            (OriginKind::Custom, None, domain) => match AwsHost::of(&origin.domain_name) {
                Some(host) => Self::of_host(host),
                None if domain.is_some() => Self::None(Severity::Error),
                // An expression may be any host, and none that takes a control is of S3 here.
                None => Self::Types(&["lambda", "mediastore", "mediapackagev2"]),
            },
        }
    }

    fn of_host(host: AwsHost) -> Self {
        use AwsHost as H;
        match host {
            H::LambdaFunctionUrl | H::LambdaWebFunction | H::GlobalLambdaWebFunction => {
                Self::Types(&["lambda"])
            }
            H::MediaStore => Self::Types(&["mediastore"]),
            H::MediaPackageV2 => Self::Types(&["mediapackagev2"]),
            // The guide names no control for them; what it does not name yet may come.
            H::ApiGateway
            | H::ApiGatewayDomain
            | H::LoadBalancer
            | H::InternalLoadBalancer
            | H::Instance => Self::None(Severity::Warning),
            // A service of AWS that no rule knows: CloudFront may sign for it, so it is listed and
            // not refused.
            H::Other => Self::NotKnown,
        }
    }
}

fn not_known(origin: &Origin) -> Unknown {
    let domain = origin.domain_name.spelling();
    let on = format!("no rule knows whether CloudFront signs requests to `{domain}`");
    Unknown::undecidable("origin access control support", domain, on)
}

fn add<'f>(
    case: &Case<'_>,
    findings: &'f mut Findings,
    origin: &Origin,
    field: &At<String>,
    control: Option<&OriginAccessControl>,
    fitting: &[&str],
) -> &'f mut Finding {
    let kind = control.map(|control| control.origin_type.as_str());
    let finding = findings
        .add(&field.place, message(origin, field, kind, fitting))
        .origin(case.reach(), origin)
        .remedy(remedy(origin, fitting));
    match kind {
        Some(kind) => finding.evidence("OriginAccessControlOriginType", kind),
        None => finding,
    }
}

fn message(origin: &Origin, control: &At<String>, kind: Option<&str>, fitting: &[&str]) -> String {
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

/// The protection is never what is to go first.
fn remedy(origin: &Origin, fitting: &[&str]) -> String {
    match (&origin.s3_endpoint, fitting) {
        (Some(endpoint), _) if endpoint.is_website() => {
            "use the bucket's regional domain with S3OriginConfig; or, if all that the website serves \
             is public, clear OriginAccessControlId"
                .to_owned()
        }
        (Some(_), []) => {
            "replace CustomOriginConfig with S3OriginConfig {\"OriginAccessIdentity\": \"\"}"
                .to_owned()
        }
        (None, []) => format!(
            "set DomainName to the AWS host that the control is for, if `{}` leads to one; otherwise \
             protect the origin by a secret header or a VPC origin, then clear OriginAccessControlId",
            origin.domain_name
        ),
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
    use crate::rules::testing::{Scene, all_pass_with_unknowns, custom_origin, s3_origin, text};

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
              help: set DomainName to the AWS host that the control is for, if `api.example.com` leads to one; otherwise protect the origin by a secret header or a VPC origin, then clear OriginAccessControlId
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
              help: set DomainName to the AWS host that the control is for, if `example.com` leads to one; otherwise protect the origin by a secret header or a VPC origin, then clear OriginAccessControlId
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
              help: use the bucket's regional domain with S3OriginConfig; or, if all that the website serves is public, clear OriginAccessControlId
              origin: main
              paths: `*`
        "#]]);
        with_oac(s3_origin("main", domain)).fails(&RULE, expect![[r#"
            error at /EOAC
              origin `main` has the origin access control `EOAC`, and the website endpoint `x.s3-website-us-east-1.amazonaws.com` supports none
              help: use the bucket's regional domain with S3OriginConfig; or, if all that the website serves is public, clear OriginAccessControlId
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
    fn fails_lightly_for_services_that_the_guide_names_no_control_for() {
        for domain in [
            "a1b2.execute-api.eu-west-1.amazonaws.com",
            "web-1.eu-west-1.elb.amazonaws.com",
        ] {
            let finding = custom(domain).one_finding(&RULE);
            assert_eq!(finding.severity, Severity::Warning, "{domain}");
        }
    }

    #[test]
    fn passes_for_a_web_function() {
        for domain in [
            "a1.x9y.lambda-web.us-east-1.on.aws",
            "k1.lambda-web.global.on.aws",
        ] {
            custom(domain)
                .origin_access_control("EOAC", "lambda", "always-amz-auth")
                .passes(&RULE);
            custom(domain)
                .origin_access_control("EOAC", "s3", "always")
                .one_finding(&RULE);
        }
    }

    #[test]
    fn passes_with_an_unknown_for_a_service_that_no_rule_knows() {
        let hosts = [
            "x.new-service.eu-west-1.on.aws",
            "x.eu-west-1.awsapprunner.com",
            "x.appsync-api.eu-west-1.amazonaws.com",
        ];
        let scenes = hosts.map(|host| custom(host).origin_access_control("EOAC", "s3", "always"));
        all_pass_with_unknowns(
            &RULE,
            scenes,
            expect![[r#"
            unknown: origin access control support `x.new-service.eu-west-1.on.aws`, not decidable: no rule knows whether CloudFront signs requests to `x.new-service.eu-west-1.on.aws`
              needs: manual review

            unknown: origin access control support `x.eu-west-1.awsapprunner.com`, not decidable: no rule knows whether CloudFront signs requests to `x.eu-west-1.awsapprunner.com`
              needs: manual review

            unknown: origin access control support `x.appsync-api.eu-west-1.amazonaws.com`, not decidable: no rule knows whether CloudFront signs requests to `x.appsync-api.eu-west-1.amazonaws.com`
              needs: manual review
        "#]],
        );
    }

    #[test]
    fn passes_for_a_multi_region_access_point_under_either_config() {
        let domain = "m1.mrap.accesspoint.s3-global.amazonaws.com";
        for scene in [custom(domain), with_oac(s3_origin("main", domain))] {
            let fits = scene.clone().origin_access_control("EOAC", "s3", "always");
            fits.passes(&RULE);
            let other = scene.origin_access_control("EOAC", "lambda", "always");
            other.one_finding(&RULE);
        }
    }

    #[test]
    fn passes_for_types_that_are_not_known_here() {
        custom("api.example.com")
            .origin_access_control("EOAC", "apprunner", "always")
            .passes(&RULE);
    }

    #[test]
    fn passes_for_a_control_that_only_the_deployment_knows() {
        let modify = |origin: &mut Origin| origin.origin_access_control_id = Some(text("${Oac}"));
        custom("api.example.com").with(modify).passes(&RULE);
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
