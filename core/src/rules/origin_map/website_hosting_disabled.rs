use crate::facts::{Bucket, Fact, Owner, Website};
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins on the website endpoint of a bucket that has no website hosting.
    ///
    /// ## Why is this bad?
    /// It deploys quietly: to CloudFront a website endpoint is a custom origin like any other. Every
    /// request is answered with 404 `NoSuchWebsiteConfiguration`, whatever the bucket holds.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "site", "DomainName": "example-site.s3-website-us-east-1.amazonaws.com",
    ///  "CustomOriginConfig": {"OriginProtocolPolicy": "http-only"}}
    /// ```
    /// where `aws s3api get-bucket-website --bucket example-site` says `NoSuchWebsiteConfiguration`.
    /// Use instead:
    /// ```json
    /// {"Id": "site", "DomainName": "example-site.s3.us-east-1.amazonaws.com",
    ///  "S3OriginConfig": {"OriginAccessIdentity": ""}, "OriginAccessControlId": "E2EXAMPLE"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// SiteBucket:
    ///   Type: AWS::S3::Bucket
    ///   Properties:
    ///     BucketName: example-site # no WebsiteConfiguration
    /// # good
    /// SiteBucket:
    ///   Type: AWS::S3::Bucket
    ///   Properties:
    ///     BucketName: example-site
    ///     WebsiteConfiguration: {IndexDocument: index.html}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin { # and no aws_s3_bucket_website_configuration for the bucket
    ///   origin_id   = "site"
    ///   domain_name = "example-site.s3-website-us-east-1.amazonaws.com"
    /// }
    /// # good
    /// resource "aws_s3_bucket_website_configuration" "site" {
    ///   bucket = aws_s3_bucket.site.id
    ///   index_document {
    ///     suffix = "index.html"
    ///   }
    /// }
    /// origin {
    ///   origin_id   = "site"
    ///   domain_name = aws_s3_bucket_website_configuration.site.website_endpoint
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Use the bucket's REST endpoint with an origin access control, unless you need the website's
    /// index documents or redirects: then turn website hosting on. Don't make the objects public
    /// only to get an answer.
    ///
    /// ## References
    /// - [Website endpoints](https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html)
    /// - [GetBucketWebsite](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html)
    "website-hosting-disabled", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for known in case.origins() {
        let origin = known.origin;
        let is_website = |endpoint: &&crate::distribution::S3Endpoint| endpoint.is_website();
        let Some(endpoint) = origin.s3_endpoint.as_ref().filter(is_website) else {
            continue;
        };
        // Other rules report a bucket that is missing or belongs to another account.
        let Some((bucket, Bucket::Exists { owner, region })) = case.bucket_of(known, findings)
        else {
            continue;
        };
        if findings.need(&origin.place, owner) != Some(&Owner::Ours) {
            continue;
        }
        let Some(fact) = case.facts.websites.get(bucket) else {
            findings.need(
                &origin.place,
                &Fact::<()>::not_asked("website hosting", bucket.as_str()),
            );
            continue;
        };
        if findings.need(&origin.place, fact) != Some(&Website::Off) {
            continue;
        }
        let region = region.as_ref().or(endpoint.region.as_ref());
        let region = region.map_or("REGION", |region| region.as_str());
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} is the website endpoint of bucket `{bucket}`, which has no website hosting",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .remedy(format!(
                "set DomainName to `{bucket}.s3.{region}.{}` with S3OriginConfig and an \
                 OriginAccessControlId, or turn website hosting of the bucket on",
                endpoint.partition.suffix()
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, foreign, ours};

    fn scene(domain: &str) -> Scene {
        Scene::custom(domain).bucket("site", ours("us-east-1"))
    }

    #[test]
    fn fails_for_the_dash_form() {
        scene("site.s3-website-us-east-1.amazonaws.com")
            .website("site", Website::Off)
            .fails(&RULE, expect![[r#"
                error at /site.s3-website-us-east-1.amazonaws.com
                  origin `main` is the website endpoint of bucket `site`, which has no website hosting
                  help: set DomainName to `site.s3.us-east-1.amazonaws.com` with S3OriginConfig and an OriginAccessControlId, or turn website hosting of the bucket on
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_the_dot_form() {
        let scene = scene("site.s3-website.eu-central-1.amazonaws.com");
        scene
            .website("site", Website::Off)
            .fails(&RULE, expect![[r#"
                error at /site.s3-website.eu-central-1.amazonaws.com
                  origin `main` is the website endpoint of bucket `site`, which has no website hosting
                  help: set DomainName to `site.s3.us-east-1.amazonaws.com` with S3OriginConfig and an OriginAccessControlId, or turn website hosting of the bucket on
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_with_the_region_where_the_bucket_is() {
        scene("site.s3-website-eu-west-1.amazonaws.com")
            .website("site", Website::Off)
            .fails(&RULE, expect![[r#"
                error at /site.s3-website-eu-west-1.amazonaws.com
                  origin `main` is the website endpoint of bucket `site`, which has no website hosting
                  help: set DomainName to `site.s3.us-east-1.amazonaws.com` with S3OriginConfig and an OriginAccessControlId, or turn website hosting of the bucket on
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn passes_for_a_website_and_for_one_that_redirects() {
        let scene = || scene("site.s3-website-us-east-1.amazonaws.com");
        scene().website("site", Website::On).passes(&RULE);
        let redirect = Website::RedirectsTo("www.example.com".to_owned());
        scene().website("site", redirect).passes(&RULE);
    }

    #[test]
    fn passes_for_the_rest_endpoint() {
        let scene = scene("site.s3.us-east-1.amazonaws.com").website("site", Website::Off);
        scene.passes(&RULE);
    }

    #[test]
    fn passes_for_a_bucket_of_another_account() {
        let scene = Scene::custom("site.s3-website-us-east-1.amazonaws.com");
        scene.bucket("site", foreign("us-east-1")).passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_when_it_could_not_be_checked() {
        scene("site.s3-website-us-east-1.amazonaws.com").passes_with_unknowns(
            &RULE,
            expect![[r#"
            unknown: website hosting `site`, not asked for
              needs: a run with an AWS account
        "#]],
        );
        let owner = Bucket::Exists {
            region: None,
            owner: Fact::not_asked("bucket owner", "site"),
        };
        let scene = Scene::custom("site.s3-website-us-east-1.amazonaws.com");
        scene.bucket("site", owner).passes_with_unknowns(
            &RULE,
            expect![[r#"
                unknown: bucket owner `site`, not asked for
                  needs: a run with an AWS account
            "#]],
        );
    }
}
