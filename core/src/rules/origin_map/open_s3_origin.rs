use crate::distribution::{Origin, OriginKind};
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// S3 origins that have neither an origin access control nor an origin access identity.
    ///
    /// ## Why is this bad?
    /// It deploys quietly. CloudFront then sends unsigned requests, and S3 answers only for public
    /// objects: either viewers get 403, or the bucket is public and can be read without CloudFront,
    /// its WAF and its signed URLs.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.eu-west-1.amazonaws.com",
    ///  "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.eu-west-1.amazonaws.com",
    ///  "OriginAccessControlId": "E2EXAMPLE1OAC", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     OriginAccessControlId: !GetAtt AssetsAccess.Id
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
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
    /// Set `OriginAccessControlId` to an origin access control of type `s3` and let the bucket's
    /// policy grant `s3:GetObject` to `cloudfront.amazonaws.com` for this distribution's ARN. Don't
    /// make the bucket public to get rid of the 403.
    ///
    /// ## References
    /// - [Restrict access to an S3 origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html)
    "open-s3-origin", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in
        case.candidate.origins.iter().filter(|origin| {
            is_open(origin) && !case.candidate.has_variable(&origin.domain_name.place)
        })
    {
        let Some(bucket) = origin
            .s3_endpoint
            .as_ref()
            .and_then(|endpoint| endpoint.bucket())
        else {
            continue;
        };
        findings
            .add(
                &origin.place,
                format!(
                    "origin {} reads bucket `{bucket}` without an origin access control, so only \
                     public objects reach viewers",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .evidence("bucket", bucket)
            .remedy(format!(
                "set OriginAccessControlId to an origin access control of type s3 and grant this \
                 distribution s3:GetObject in the policy of `{bucket}`; don't make the bucket public"
            ));
    }
}

/// Declared as S3, with a domain that fits, and with nothing to sign requests.
fn is_open(origin: &Origin) -> bool {
    origin.kind() == OriginKind::S3
        && origin
            .s3_endpoint
            .as_ref()
            .is_some_and(|endpoint| !endpoint.is_website())
        && origin.origin_access_control().is_none()
        && origin.origin_access_identity_field().is_none()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, s3_origin, text};

    fn open(domain: &str) -> Scene {
        Scene::of(s3_origin("main", domain))
    }

    #[test]
    fn fails_without_control_and_identity() {
        open("assets.s3.us-east-1.amazonaws.com").fails(&RULE, expect![[r#"
            warning at /origins/main
              origin `main` reads bucket `assets` without an origin access control, so only public objects reach viewers
              help: set OriginAccessControlId to an origin access control of type s3 and grant this distribution s3:GetObject in the policy of `assets`; don't make the bucket public
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_the_global_form() {
        open("assets.s3.amazonaws.com").fails(&RULE, expect![[r#"
            warning at /origins/main
              origin `main` reads bucket `assets` without an origin access control, so only public objects reach viewers
              help: set OriginAccessControlId to an origin access control of type s3 and grant this distribution s3:GetObject in the policy of `assets`; don't make the bucket public
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_an_empty_access_control() {
        let scene = Scene::s3("assets").with(|o| o.origin_access_control_id = Some(text("")));
        scene.fails(&RULE, expect![[r#"
            warning at /origins/main
              origin `main` reads bucket `assets` without an origin access control, so only public objects reach viewers
              help: set OriginAccessControlId to an origin access control of type s3 and grant this distribution s3:GetObject in the policy of `assets`; don't make the bucket public
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_with_an_access_control_known_or_not() {
        Scene::s3("assets").passes(&RULE);
        Scene::s3("assets")
            .with(|o| o.origin_access_control_id = Some(text("${Oac}")))
            .passes(&RULE);
    }

    #[test]
    fn passes_with_an_identity() {
        Scene::s3("assets")
            .identity("origin-access-identity/cloudfront/E1")
            .passes(&RULE);
    }

    #[test]
    fn passes_for_a_custom_origin() {
        Scene::custom("x.s3-website-us-east-1.amazonaws.com").passes(&RULE);
    }

    #[test]
    fn passes_for_a_website_endpoint_which_another_rule_refuses() {
        open("x.s3-website-us-east-1.amazonaws.com").passes(&RULE);
    }
}
