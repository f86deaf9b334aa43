use crate::distribution::OriginAccessIdentity;
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins with both an origin access control (OAC) and an origin access identity (OAI).
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `IllegalOriginAccessConfiguration`: "Cannot use both
    /// Origin Access Control and Origin Access Identity on an origin". It happens during a
    /// migration, and when a construct adds one where the other is already configured.
    ///
    /// CloudFront's model words it: `IllegalOriginAccessConfiguration`, "An origin cannot contain
    /// both an origin access control (OAC) and an origin access identity (OAI)."
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "OriginAccessControlId": "E2EXAMPLE1OAC",
    ///  "S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E1EXAMPLEOAI"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "assets", "OriginAccessControlId": "E2EXAMPLE1OAC",
    ///  "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     OriginAccessControlId: E2EXAMPLE1OAC
    ///     S3OriginConfig: {OriginAccessIdentity: origin-access-identity/cloudfront/E1EXAMPLEOAI}
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     OriginAccessControlId: E2EXAMPLE1OAC
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id                = "assets"
    ///   domain_name              = aws_s3_bucket.assets.bucket_regional_domain_name
    ///   origin_access_control_id = aws_cloudfront_origin_access_control.assets.id
    ///   s3_origin_config {
    ///     origin_access_identity = aws_cloudfront_origin_access_identity.assets.cloudfront_access_identity_path
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
    /// Keep the OAC and set `OriginAccessIdentity` to the empty string; don't remove
    /// `S3OriginConfig`. While the change deploys, let the bucket's policy grant both the identity
    /// and the distribution.
    ///
    /// ## References
    /// - [Migrate from OAI to OAC](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html#migrate-from-oai-to-oac)
    "mixed-origin-access", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let (Some(control), Some(identity)) = (
            origin.origin_access_control(),
            origin.origin_access_identity_field(),
        ) else {
            continue;
        };
        let is_identity = identity.known().is_some()
            || matches!(
                origin.origin_access_identity(),
                Some(OriginAccessIdentity::Id(_))
            );
        // An expression may come to an empty text, which is none.
        if !case.has_origin_access_control(origin) || !is_identity {
            continue;
        }
        findings
            .add(
                &identity.place,
                format!(
                    "origin {} has both the origin access control `{control}` and the origin \
                     access identity `{identity}`, and CloudFront accepts only one",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .related(&control.place, "the origin access control")
            .remedy(format!(
                "set S3OriginConfig.OriginAccessIdentity to \"\" and keep OriginAccessControlId `{control}`"
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, text};

    const IDENTITY: &str = "origin-access-identity/cloudfront/E1";

    fn both(control: &str, identity: &str) -> Scene {
        Scene::s3("assets")
            .identity(identity)
            .with(|o| o.origin_access_control_id = Some(text(control)))
    }

    #[test]
    fn fails_for_both() {
        both("EOAC", IDENTITY).fails(&RULE, expect![[r#"
            error at /origin-access-identity/cloudfront/E1
              origin `main` has both the origin access control `EOAC` and the origin access identity `origin-access-identity/cloudfront/E1`, and CloudFront accepts only one
              help: set S3OriginConfig.OriginAccessIdentity to "" and keep OriginAccessControlId `EOAC`
              see /EOAC: the origin access control
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_at_the_identity_and_names_the_control() {
        both("EOAC", IDENTITY).fails(&RULE, expect![[r#"
            error at /origin-access-identity/cloudfront/E1
              origin `main` has both the origin access control `EOAC` and the origin access identity `origin-access-identity/cloudfront/E1`, and CloudFront accepts only one
              help: set S3OriginConfig.OriginAccessIdentity to "" and keep OriginAccessControlId `EOAC`
              see /EOAC: the origin access control
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_malformed_identity_too() {
        both("EOAC", "E1").fails(&RULE, expect![[r#"
            error at /E1
              origin `main` has both the origin access control `EOAC` and the origin access identity `E1`, and CloudFront accepts only one
              help: set S3OriginConfig.OriginAccessIdentity to "" and keep OriginAccessControlId `EOAC`
              see /EOAC: the origin access control
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_with_one_of_them() {
        Scene::s3("assets").passes(&RULE);
        both("", IDENTITY).passes(&RULE);
    }

    #[test]
    fn passes_with_none() {
        both("", "").passes(&RULE);
    }

    #[test]
    fn passes_where_the_deployment_may_leave_one_empty() {
        both("EOAC", "${Identity}").passes(&RULE);
        both("${Control}", IDENTITY).passes(&RULE);
    }
}
