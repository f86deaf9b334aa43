use crate::distribution::{Origin, OriginKind, S3Endpoint, S3EndpointKind};
use crate::finding::Findings;
use crate::rules::Case;

use crate::rules::shared::bucket_region::recommended_domain;

rule! {
    /// ## What it does
    /// S3 buckets and access points (not website endpoints) that are declared as custom origins.
    ///
    /// ## Why is this bad?
    /// It deploys quietly. But neither an origin access control of type `s3` nor an origin access
    /// identity works on a custom origin, so CloudFront's requests are not signed: viewers get 403
    /// unless the bucket is public, and a public bucket can be read without CloudFront.
    ///
    /// Dual-stack and FIPS hosts are not reported, since they are used as custom origins, and neither
    /// is a Multi-Region Access Point with an origin access control. Where code at the edge signs the
    /// requests, waive the finding.
    ///
    /// ## Example
    /// ```json
    /// {"DomainName": "example-assets.s3.eu-west-1.amazonaws.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443,
    ///   "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"DomainName": "example-assets.s3.eu-west-1.amazonaws.com",
    ///  "OriginAccessControlId": "E2EXAMPLE", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: !GetAtt AssetsBucket.RegionalDomainName
    ///     OriginAccessControlId: !GetAtt AssetsAccess.Id
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
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
    /// Replace `CustomOriginConfig` by `S3OriginConfig`, sign with an origin access control, and let
    /// the bucket policy allow the distribution. Don't make the bucket public to end the 403.
    ///
    /// ## References
    /// - [Restrict access to an Amazon S3 origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html)
    "s3-endpoint-as-custom-origin", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(endpoint) = &origin.s3_endpoint else {
            continue;
        };
        let (Some(custom), OriginKind::Custom) = (&origin.custom, origin.kind()) else {
            continue;
        };
        // The S3 guide has a Multi-Region Access Point as a custom origin with a control.
        let is_multi_region = matches!(endpoint.kind, S3EndpointKind::MultiRegionAccessPoint(_));
        let is_signed = is_multi_region && origin.origin_access_control().is_some();
        if !could_be_s3_origin(endpoint) || is_signed {
            continue;
        }
        findings
            .add(
                &custom.place,
                format!(
                    "origin {} has CustomOriginConfig with the S3 domain `{}`, so CloudFront cannot \
                     sign its requests, and viewers get 403 unless it is public",
                    origin.name(),
                    origin.domain_name
                ),
            )
            .origin(case.reach(), origin)
            .evidence("DomainName", &origin.domain_name)
            .remedy(remedy(case, origin, endpoint));
    }
}

fn could_be_s3_origin(endpoint: &S3Endpoint) -> bool {
    use S3EndpointKind as K;
    let form = matches!(
        endpoint.kind,
        K::Regional(_)
            | K::Global(_)
            | K::Dash(_)
            | K::External1(_)
            | K::AccessPointAlias(_)
            | K::ObjectLambdaAlias(_)
            | K::MultiRegionAccessPoint(_)
    );
    // Whether CloudFront accepts these hosts under S3OriginConfig is documented nowhere, so it is
    // not advised.
    form && !endpoint.dual_stack && !endpoint.fips
}

fn remedy(case: &Case<'_>, origin: &Origin, endpoint: &S3Endpoint) -> String {
    if matches!(endpoint.kind, S3EndpointKind::MultiRegionAccessPoint(_)) {
        return "set OriginAccessControlId to an origin access control of type `s3` whose \
                SigningProtocol is `sigv4a`, unless code at the edge signs the requests"
            .to_owned();
    }
    let domain = match endpoint.bucket() {
        Some(bucket) if bucket.validate().is_ok() => recommended_domain(case, endpoint, bucket),
        _ => origin.domain_name.to_string(),
    };
    let control = match origin.origin_access_control() {
        Some(control) => format!("keep OriginAccessControlId `{control}`"),
        None => "set OriginAccessControlId".to_owned(),
    };
    format!(
        "replace CustomOriginConfig with S3OriginConfig `{{\"OriginAccessIdentity\": \"\"}}` \
         with the \
         DomainName `{domain}`, and {control}"
    )
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{self, Scene, text};

    #[test]
    fn fails_for_a_bucket() {
        Scene::custom("b.s3.us-east-1.amazonaws.com").fails(&RULE, expect![[r#"
            warning at /origins/main/custom
              origin `main` has CustomOriginConfig with the S3 domain `b.s3.us-east-1.amazonaws.com`, so CloudFront cannot sign its requests, and viewers get 403 unless it is public
              help: replace CustomOriginConfig with S3OriginConfig `{"OriginAccessIdentity": ""}` with the DomainName `b.s3.us-east-1.amazonaws.com`, and set OriginAccessControlId
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_older_forms_and_says_the_recommended_one() {
        let scene = Scene::custom("abc.s3.amazonaws.com").bucket("abc", testing::ours("eu-west-1"));
        scene.fails(&RULE, expect![[r#"
            warning at /origins/main/custom
              origin `main` has CustomOriginConfig with the S3 domain `abc.s3.amazonaws.com`, so CloudFront cannot sign its requests, and viewers get 403 unless it is public
              help: replace CustomOriginConfig with S3OriginConfig `{"OriginAccessIdentity": ""}` with the DomainName `abc.s3.eu-west-1.amazonaws.com`, and set OriginAccessControlId
              origin: main
              paths: `*`
        "#]]);
        Scene::custom("abc.s3-eu-west-1.amazonaws.com").fails(&RULE, expect![[r#"
            warning at /origins/main/custom
              origin `main` has CustomOriginConfig with the S3 domain `abc.s3-eu-west-1.amazonaws.com`, so CloudFront cannot sign its requests, and viewers get 403 unless it is public
              help: replace CustomOriginConfig with S3OriginConfig `{"OriginAccessIdentity": ""}` with the DomainName `abc.s3.eu-west-1.amazonaws.com`, and set OriginAccessControlId
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_an_access_point_alias_with_an_origin_access_control() {
        let scene = Scene::custom("ap-x--ol-s3.s3.us-east-1.amazonaws.com")
            .with(|origin| origin.origin_access_control_id = Some(text("EOAC")));
        scene.fails(&RULE, expect![[r#"
            warning at /origins/main/custom
              origin `main` has CustomOriginConfig with the S3 domain `ap-x--ol-s3.s3.us-east-1.amazonaws.com`, so CloudFront cannot sign its requests, and viewers get 403 unless it is public
              help: replace CustomOriginConfig with S3OriginConfig `{"OriginAccessIdentity": ""}` with the DomainName `ap-x--ol-s3.s3.us-east-1.amazonaws.com`, and keep OriginAccessControlId `EOAC`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_multi_region_access_point_that_nothing_signs_for() {
        let domain = "m1.mrap.accesspoint.s3-global.amazonaws.com";
        let finding = Scene::custom(domain).one_finding(&RULE);
        assert!(finding.remediation.contains("`sigv4a`"));
    }

    #[test]
    fn passes_for_a_multi_region_access_point_with_a_control() {
        Scene::custom("m1.mrap.accesspoint.s3-global.amazonaws.com")
            .with(|origin| origin.origin_access_control_id = Some(text("EOAC")))
            .passes(&RULE);
    }

    #[test]
    fn passes_for_an_s3_origin() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_for_a_website_endpoint() {
        Scene::custom("site.s3-website-us-east-1.amazonaws.com").passes(&RULE);
    }

    #[test]
    fn passes_for_dual_stack_and_fips() {
        Scene::custom("b.s3.dualstack.us-east-1.amazonaws.com").passes(&RULE);
        Scene::custom("b.s3-fips.us-east-1.amazonaws.com").passes(&RULE);
    }

    #[test]
    fn passes_for_a_host_that_only_resembles_s3() {
        Scene::custom("proxy.s3.example.com").passes(&RULE);
    }
}
