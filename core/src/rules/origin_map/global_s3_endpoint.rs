use crate::distribution::{BucketName, OriginKind, Partition, Region, S3EndpointKind};
use crate::facts::{Bucket, Fact};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::Case;

use crate::rules::shared::bucket_region::{bucket_region, recommended_domain};

rule! {
    /// ## What it does
    /// Origins whose `DomainName` is the global endpoint of a bucket, `bucket.s3.amazonaws.com`,
    /// without the region.
    ///
    /// ## Why is this bad?
    /// It deploys quietly. The global endpoint is routed to us-east-1 first: for up to 24 hours
    /// after a bucket is created in another region, S3 answers with 307 redirects, which viewers
    /// receive and caches keep. For regions launched since March 2019 it never works; where the
    /// bucket is known to be in one, this is an error. A bucket known to be in us-east-1 passes.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.amazonaws.com"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.eu-west-1.amazonaws.com"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.amazonaws.com # what AssetsBucket.DomainName gives
    ///     OriginAccessControlId: !GetAtt AssetsAccess.Id
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
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
    ///   domain_name = aws_s3_bucket.assets.bucket_domain_name
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Use the bucket's regional domain: `RegionalDomainName` in CloudFormation (not `DomainName`),
    /// `bucket_regional_domain_name` in Terraform (not `bucket_domain_name`). Don't keep it because
    /// the redirects end after a day: the next bucket has the same problem.
    ///
    /// ## References
    /// - [Use various origins](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html)
    /// - [Virtual hosting: legacy endpoints](https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html#VirtualHostingBackwardsCompatibility)
    "global-s3-endpoint", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(endpoint) = &origin.s3_endpoint else {
            continue;
        };
        let S3EndpointKind::Global(bucket) = &endpoint.kind else {
            continue;
        };
        let declared = matches!(origin.kind(), OriginKind::S3 | OriginKind::Custom);
        // What other rules block already needs no advice about its endpoint.
        if !declared || bucket.validate().is_err() || is_missing(case, bucket) {
            continue;
        }
        let region = bucket_region(case, bucket);
        let Some((severity, consequence)) = judge(endpoint.partition, region.as_ref()) else {
            continue;
        };
        let domain = recommended_domain(case, endpoint, bucket);
        let finding = findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} names bucket `{bucket}` by the global endpoint `{}`: {consequence}",
                    origin.name(),
                    origin.domain_name
                ),
            )
            .origin(case.reach(), origin)
            .evidence("bucket", bucket)
            .remedy(match region {
                Some(_) => format!("set DomainName to `{domain}`"),
                None => format!("set DomainName to `{domain}`, with the bucket's region"),
            })
            .severity(severity);
        if let Some(region) = &region {
            finding.evidence("region", region);
        }
    }
}

/// A bucket that does not exist has no region; its own rule says so.
fn is_missing(case: &Case<'_>, bucket: &BucketName) -> bool {
    matches!(
        case.facts.buckets.get(bucket),
        Some(Fact::Known(Bucket::Missing | Bucket::Deleted))
    )
}

fn judge(partition: Partition, region: Option<&Region>) -> Option<(Severity, String)> {
    let redirects = "answers with redirects for up to 24 hours after it was created";
    match region {
        // The global endpoint is us-east-1's own: no redirect ever.
        Some(region) if region.as_str() == "us-east-1" => None,
        // S3 answers 400 there for regions launched since 2019-03-20, so no object can be read.
        Some(region) if !region.has_global_endpoint() => Some((
            Severity::Error,
            format!("it is in {region}, which the global endpoint does not reach"),
        )),
        Some(region) => {
            let consequence = format!("it is in {region}, and S3 {redirects}");
            Some((Severity::Warning, consequence))
        }
        None if partition == Partition::Aws => {
            let consequence = format!("unless it is in us-east-1, S3 {redirects}, or always");
            Some((Severity::Warning, consequence))
        }
        None => {
            let consequence = "CloudFront's guide asks for the bucket's region in it".to_owned();
            Some((Severity::Warning, consequence))
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{self, Scene, all_fail, s3_origin};

    fn scene(domain: &str) -> Scene {
        Scene::of(s3_origin("main", domain))
    }

    #[test]
    fn fails_with_a_warning_while_the_region_is_unknown() {
        let scene = scene("assets.s3.amazonaws.com");
        let denied = scene.clone().bucket_denied("assets");
        all_fail(
            &RULE,
            [scene, denied],
            expect![[r#"
                warning at /assets.s3.amazonaws.com
                  origin `main` names bucket `assets` by the global endpoint `assets.s3.amazonaws.com`: unless it is in us-east-1, S3 answers with redirects for up to 24 hours after it was created, or always
                  help: set DomainName to `assets.s3.REGION.amazonaws.com`, with the bucket's region
                  origin: main
                  paths: `*`

                warning at /assets.s3.amazonaws.com
                  origin `main` names bucket `assets` by the global endpoint `assets.s3.amazonaws.com`: unless it is in us-east-1, S3 answers with redirects for up to 24 hours after it was created, or always
                  help: set DomainName to `assets.s3.REGION.amazonaws.com`, with the bucket's region
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_with_a_warning_for_an_older_region() {
        scene("assets.s3.amazonaws.com")
            .bucket("assets", testing::ours("eu-west-1"))
            .fails(&RULE, expect![[r#"
                warning at /assets.s3.amazonaws.com
                  origin `main` names bucket `assets` by the global endpoint `assets.s3.amazonaws.com`: it is in eu-west-1, and S3 answers with redirects for up to 24 hours after it was created
                  help: set DomainName to `assets.s3.eu-west-1.amazonaws.com`
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_a_region_that_has_no_global_endpoint() {
        scene("assets.s3.amazonaws.com")
            .bucket("assets", testing::ours("eu-south-1"))
            .fails(&RULE, expect![[r#"
                error at /assets.s3.amazonaws.com
                  origin `main` names bucket `assets` by the global endpoint `assets.s3.amazonaws.com`: it is in eu-south-1, which the global endpoint does not reach
                  help: set DomainName to `assets.s3.eu-south-1.amazonaws.com`
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_by_the_region_in_an_account_regional_name() {
        scene("assets-111122223333-eu-south-1-an.s3.amazonaws.com").fails(&RULE, expect![[r#"
            error at /assets-111122223333-eu-south-1-an.s3.amazonaws.com
              origin `main` names bucket `assets-111122223333-eu-south-1-an` by the global endpoint `assets-111122223333-eu-south-1-an.s3.amazonaws.com`: it is in eu-south-1, which the global endpoint does not reach
              help: set DomainName to `assets-111122223333-eu-south-1-an.s3.eu-south-1.amazonaws.com`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_with_a_warning_in_china_without_naming_us_east_1() {
        scene("assets.s3.amazonaws.com.cn").fails(&RULE, expect![[r#"
            warning at /assets.s3.amazonaws.com.cn
              origin `main` names bucket `assets` by the global endpoint `assets.s3.amazonaws.com.cn`: CloudFront's guide asks for the bucket's region in it
              help: set DomainName to `assets.s3.REGION.amazonaws.com.cn`, with the bucket's region
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_a_bucket_in_us_east_1() {
        let scene = scene("assets.s3.amazonaws.com");
        scene
            .bucket("assets", testing::ours("us-east-1"))
            .passes(&RULE);
    }

    #[test]
    fn passes_for_a_regional_domain() {
        Scene::s3("assets").passes(&RULE);
        scene("assets.s3-eu-west-1.amazonaws.com").passes(&RULE);
    }

    #[test]
    fn passes_for_a_missing_bucket_which_is_another_rules() {
        scene("assets.s3.amazonaws.com")
            .bucket("assets", Bucket::Missing)
            .passes(&RULE);
    }

    #[test]
    fn fails_for_a_bucket_that_a_template_names() {
        scene("${Bucket}.s3.amazonaws.com").fails(&RULE, expect![[r#"
            warning at /${Bucket}.s3.amazonaws.com
              origin `main` names bucket `${Bucket}` by the global endpoint `${Bucket}.s3.amazonaws.com`: unless it is in us-east-1, S3 answers with redirects for up to 24 hours after it was created, or always
              help: set DomainName to `${Bucket}.s3.REGION.amazonaws.com`, with the bucket's region
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_a_symbolic_domain() {
        scene("${Domain}").passes(&RULE);
        scene("${Bucket}.s3.${AWS::Region}.amazonaws.com").passes(&RULE);
    }

    #[test]
    fn passes_without_asking_for_a_fact() {
        let scene = scene("assets.s3-us-west-2.amazonaws.com").bucket_denied("assets");
        scene.passes(&RULE);
    }
}
