use crate::finding::Findings;
use crate::outcome::{EdgeOutcome, EdgeResult};
use crate::rules::Case;
use crate::rules::shared::edge_answer::report;

rule! {
    /// ## What it does
    /// Paths for which S3 answers, through the deployed distribution, that the origin's bucket does
    /// not exist.
    ///
    /// ## Why is this bad?
    /// CloudFront deploys such an origin quietly, and every viewer of these paths gets 404
    /// `NoSuchBucket`. Bucket names are global: any AWS account can create the bucket and serve its
    /// content under your domain. S3 names the bucket in its answer, so this is proven whatever else
    /// the config does.
    ///
    /// ## Example
    /// ```text
    /// HTTP/2 404
    /// server: AmazonS3
    ///
    /// <Error><Code>NoSuchBucket</Code><BucketName>example-assets-old</BucketName></Error>
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets-old.s3.eu-west-1.amazonaws.com # deleted after the gate
    ///     OriginAccessControlId: !GetAtt AssetsAccess.Id
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: !GetAtt AssetsBucket.RegionalDomainName # goes and comes with the bucket
    ///     OriginAccessControlId: !GetAtt AssetsAccess.Id
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = "example-assets-old.s3.eu-west-1.amazonaws.com"
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Deploy the last config that was good, or point the origin's `DomainName` at the bucket that
    /// holds the content. Don't create an empty bucket of that name: viewers would still get errors.
    ///
    /// ## References
    /// - [List of error codes of S3](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList)
    /// - [HTTP 404 status code](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-404-not-found.html)
    "edge-bucket-gone", Edge, Error, check
}

fn check(case: &Case<'_>, results: &[EdgeResult], findings: &mut Findings) {
    report(case, results, EdgeOutcome::BucketGone, findings);
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;

    const GONE: &str = "HTTP/2 404\nserver: AmazonS3\n\n<Error><Code>NoSuchBucket</Code>\
                        <BucketName>site</BucketName><RequestId>1</RequestId></Error>";
    const OTHER: &str = "HTTP/2 404\nserver: AmazonS3\n\n<Error><Code>NoSuchBucket</Code>\
                         <BucketName>d1.cloudfront.net</BucketName><RequestId>1</RequestId></Error>";

    #[test]
    fn fails_for_the_bucket_that_s3_names() {
        let scene = Scene::s3("site").answers("/", GONE);
        scene.fails(&RULE, expect![[r#"
            error at /behaviors/default
              the default cache behavior answers GET `/origin-guard-n0123456` with 404: S3 answers that there is no bucket `site`
              help: point the origin's DomainName at the bucket that holds the content; don't create an empty one
              origin: main
              paths: `*`
        "#]]);
        let evidence = scene.one_finding(&RULE).evidence;
        assert!(
            evidence.contains(&("bucket", "site".to_owned())),
            "{evidence:?}"
        );
    }

    #[test]
    fn fails_for_each_behavior_that_reads_it() {
        Scene::s3("site")
            .behavior("/images/*", "main")
            .origin("api")
            .behavior("/api/*", "api")
            .answers("/api/", "HTTP/2 200\n\n{}")
            .answers("/", GONE)
            .fails(&RULE, expect![[r#"
                error at /behaviors//images/*
                  cache behavior 0 `/images/*` answers GET `/images/origin-guard-n0123456` with 404: S3 answers that there is no bucket `site`
                  help: point the origin's DomainName at the bucket that holds the content; don't create an empty one
                  origin: main
                  paths: `/images/*`
                error at /behaviors/default
                  the default cache behavior answers GET `/origin-guard-n0123456` with 404: S3 answers that there is no bucket `site`
                  help: point the origin's DomainName at the bucket that holds the content; don't create an empty one
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_behind_a_custom_error_page_and_against_the_contract() {
        let terms = "verify: [{path: /a.js, status: 404}]";
        Scene::s3("site")
            .error_page(404, "/index.html", 200)
            .declares(terms)
            .answers("/a.js", GONE)
            .fails(&RULE, expect![[r#"
                error at /behaviors/default
                  the default cache behavior answers GET `/a.js` with 404: S3 answers that there is no bucket `site`
                  help: point the origin's DomainName at the bucket that holds the content; don't create an empty one
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn passes_for_a_key_that_is_missing() {
        let missing = "HTTP/2 404\nserver: AmazonS3\n\n<Error><Code>NoSuchKey</Code></Error>";
        Scene::s3("site").answers("/", missing).passes(&RULE);
    }

    #[test]
    fn passes_for_a_bucket_that_the_config_does_not_name() {
        Scene::s3("site").answers("/", OTHER).passes(&RULE);
    }

    #[test]
    fn passes_for_an_api_that_words_its_errors_like_s3() {
        Scene::custom("api.example.com")
            .answers("/", GONE)
            .passes(&RULE);
    }

    #[test]
    fn passes_for_an_answer_that_a_cache_had_before() {
        let cached = GONE.replace("\n\n", "\nage: 7\n\n");
        Scene::s3("site").answers("/", &cached).passes(&RULE);
    }
}
