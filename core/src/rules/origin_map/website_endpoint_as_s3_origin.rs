use crate::distribution::{Origin, OriginKind, S3EndpointKind};
use crate::finding::Findings;
use crate::rules::Case;

use crate::rules::shared::bucket_region::recommended_domain;

rule! {
    /// ## What it does
    /// S3 website endpoints that are declared as S3 origins.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidArgument`: "The parameter Origin DomainName does
    /// not refer to a valid S3 bucket", although the bucket is there. A website endpoint is a web
    /// server that supports only plain HTTP and no signatures: neither an origin access control nor
    /// an origin access identity works there.
    ///
    /// ## Example
    /// ```json
    /// {"DomainName": "example-site.s3-website-eu-west-1.amazonaws.com",
    ///  "OriginAccessControlId": "E2EXAMPLE", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// Use instead the bucket, which can stay private:
    /// ```json
    /// {"DomainName": "example-site.s3.eu-west-1.amazonaws.com",
    ///  "OriginAccessControlId": "E2EXAMPLE", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: site
    ///     DomainName: example-site.s3-website-eu-west-1.amazonaws.com
    ///     OriginAccessControlId: !GetAtt SiteAccess.Id
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// # good
    /// Origins:
    ///   - Id: site
    ///     DomainName: !GetAtt SiteBucket.RegionalDomainName
    ///     OriginAccessControlId: !GetAtt SiteAccess.Id
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id                = "site"
    ///   domain_name              = aws_s3_bucket_website_configuration.site.website_endpoint
    ///   origin_access_control_id = aws_cloudfront_origin_access_control.site.id
    /// }
    /// # good
    /// origin {
    ///   origin_id                = "site"
    ///   domain_name              = aws_s3_bucket.site.bucket_regional_domain_name
    ///   origin_access_control_id = aws_cloudfront_origin_access_control.site.id
    /// }
    /// ```
    ///
    /// ## How to fix
    /// There are two ways. With the bucket's own domain, `bucket.s3.region.amazonaws.com`, it can stay
    /// private, but S3 no longer answers index documents below the root and redirect rules. With
    /// `CustomOriginConfig`, `http-only`, port 80, and neither access control nor identity, the website
    /// features stay, and the bucket must be public. Don't create another bucket: this one is fine.
    ///
    /// ## References
    /// - [Use various origins](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html)
    /// - [Website endpoints](https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html)
    "website-endpoint-as-s3-origin", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(endpoint) = &origin.s3_endpoint else {
            continue;
        };
        let (S3EndpointKind::Website(bucket) | S3EndpointKind::UnknownWebsite(bucket)) =
            &endpoint.kind
        else {
            continue;
        };
        if origin.kind() != OriginKind::S3 {
            continue;
        }
        let regional = recommended_domain(case, endpoint, bucket);
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} has S3OriginConfig with the website endpoint `{}`, which \
                     CloudFront does not accept as a bucket{}",
                    origin.name(),
                    origin.domain_name,
                    signing(origin)
                ),
            )
            .origin(case.reach(), origin)
            .evidence("bucket", bucket)
            .remedy(format!(
                "set DomainName to `{regional}`; or, to keep index documents and redirects, \
                 replace S3OriginConfig with CustomOriginConfig with OriginProtocolPolicy \
                 `http-only` and \
                 HTTPPort 80, without origin access control or identity"
            ));
    }
}

/// What the access mode adds to the message.
fn signing(origin: &Origin) -> &'static str {
    if origin.origin_access_control().is_some() {
        ", and its origin access control cannot work there"
    } else if origin.origin_access_identity_field().is_some() {
        ", and its origin access identity cannot work there"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{self, Scene, bare_origin, s3_origin, text};

    const WEBSITE: &str = "site.s3-website-us-east-1.amazonaws.com";

    #[test]
    fn fails_with_an_origin_access_control() {
        let scene = Scene::of(s3_origin("main", WEBSITE));
        let scene = scene.with(|o| o.origin_access_control_id = Some(text("EOAC")));
        scene.fails(&RULE, expect![[r#"
            error at /site.s3-website-us-east-1.amazonaws.com
              origin `main` has S3OriginConfig with the website endpoint `site.s3-website-us-east-1.amazonaws.com`, which CloudFront does not accept as a bucket, and its origin access control cannot work there
              help: set DomainName to `site.s3.us-east-1.amazonaws.com`; or, to keep index documents and redirects, replace S3OriginConfig with CustomOriginConfig with OriginProtocolPolicy `http-only` and HTTPPort 80, without origin access control or identity
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_without_signing() {
        Scene::of(s3_origin("main", WEBSITE)).fails(&RULE, expect![[r#"
            error at /site.s3-website-us-east-1.amazonaws.com
              origin `main` has S3OriginConfig with the website endpoint `site.s3-website-us-east-1.amazonaws.com`, which CloudFront does not accept as a bucket
              help: set DomainName to `site.s3.us-east-1.amazonaws.com`; or, to keep index documents and redirects, replace S3OriginConfig with CustomOriginConfig with OriginProtocolPolicy `http-only` and HTTPPort 80, without origin access control or identity
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_the_form_with_a_dot_and_names_where_the_bucket_is() {
        let domain = "site.s3-website.eu-central-1.amazonaws.com";
        let scene = Scene::of(s3_origin("main", domain)).bucket("site", testing::ours("eu-west-1"));
        scene.fails(&RULE, expect![[r#"
            error at /site.s3-website.eu-central-1.amazonaws.com
              origin `main` has S3OriginConfig with the website endpoint `site.s3-website.eu-central-1.amazonaws.com`, which CloudFront does not accept as a bucket
              help: set DomainName to `site.s3.eu-west-1.amazonaws.com`; or, to keep index documents and redirects, replace S3OriginConfig with CustomOriginConfig with OriginProtocolPolicy `http-only` and HTTPPort 80, without origin access control or identity
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_as_a_custom_origin() {
        Scene::custom(WEBSITE).passes(&RULE);
    }

    #[test]
    fn passes_for_the_bucket_itself() {
        Scene::s3("site").passes(&RULE);
    }

    #[test]
    fn passes_without_a_config_which_is_another_rules() {
        Scene::of(bare_origin("main", WEBSITE)).passes(&RULE);
    }
}
