use crate::distribution::OriginAccessIdentity;
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins that still use an origin access identity (OAI).
    ///
    /// ## Why is this bad?
    /// It works, and AWS calls it legacy: an OAI does not reach buckets in opt-in regions launched
    /// after December 2022, objects encrypted with SSE-KMS, or anything by PUT, POST or DELETE. A
    /// 403 for a missing object is not caused by the OAI: S3 answers 403 without `s3:ListBucket`.
    ///
    /// ## Example
    /// ```json
    /// {"S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E1EXAMPLEOAI"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"OriginAccessControlId": "E2EXAMPLE1OAC", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     S3OriginConfig: {OriginAccessIdentity: origin-access-identity/cloudfront/E1EXAMPLEOAI}
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
    /// Let the bucket's policy grant the distribution beside the identity, set
    /// `OriginAccessControlId` and clear `OriginAccessIdentity` in one update, and remove the
    /// identity's grant once that is deployed. Don't remove the grant first.
    ///
    /// ## References
    /// - [Migrate from OAI to OAC](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html#migrate-from-oai-to-oac)
    "legacy-origin-access-identity", OriginMap, Info, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(OriginAccessIdentity::Id(id)) = origin.origin_access_identity() else {
            continue;
        };
        let place = origin
            .origin_access_identity_field()
            .map_or(&origin.place, |field| &field.place);
        findings
            .add(
                place,
                format!(
                    "origin {} uses the origin access identity `{id}`, which AWS calls legacy",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .remedy(
                "grant the distribution in the bucket's policy, then set OriginAccessControlId and \
                 set OriginAccessIdentity to \"\" in one update",
            );
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, s3_origin};

    const PATH: &str = "origin-access-identity/cloudfront/E1";

    #[test]
    fn fails_for_an_identity_as_information() {
        Scene::s3("assets")
            .identity(PATH)
            .fails(&RULE, expect![[r#"
                info at /origin-access-identity/cloudfront/E1
                  origin `main` uses the origin access identity `E1`, which AWS calls legacy
                  help: grant the distribution in the bucket's policy, then set OriginAccessControlId and set OriginAccessIdentity to "" in one update
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_at_the_field() {
        Scene::s3("assets")
            .identity(PATH)
            .fails(&RULE, expect![[r#"
                info at /origin-access-identity/cloudfront/E1
                  origin `main` uses the origin access identity `E1`, which AWS calls legacy
                  help: grant the distribution in the bucket's policy, then set OriginAccessControlId and set OriginAccessIdentity to "" in one update
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_only_for_the_origin_that_has_one() {
        let other = s3_origin("media", "media.s3.us-east-1.amazonaws.com");
        Scene::s3("assets")
            .identity(PATH)
            .add(other)
            .fails(&RULE, expect![[r#"
                info at /origin-access-identity/cloudfront/E1
                  origin `main` uses the origin access identity `E1`, which AWS calls legacy
                  help: grant the distribution in the bucket's policy, then set OriginAccessControlId and set OriginAccessIdentity to "" in one update
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn passes_with_an_access_control() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_for_a_malformed_one_which_another_rule_refuses() {
        Scene::s3("assets").identity("E1").passes(&RULE);
    }

    #[test]
    fn passes_for_one_that_only_the_deployment_knows() {
        Scene::s3("assets").identity("${Oai}").passes(&RULE);
    }
}
