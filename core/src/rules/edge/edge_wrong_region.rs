use crate::finding::Findings;
use crate::outcome::{EdgeOutcome, EdgeResult};
use crate::rules::Case;
use crate::rules::shared::edge_answer::report;

rule! {
    /// ## What it does
    /// Paths for which S3 answers, through the deployed distribution, that the origin's bucket is in
    /// another Region than its domain names.
    ///
    /// ## Why is this bad?
    /// CloudFront deploys such an origin quietly. A request that is signed for one Region is refused
    /// in another one with 400 `AuthorizationHeaderMalformed`, and one that is not signed is
    /// redirected past CloudFront. S3 says so itself, so this is proven.
    ///
    /// ## Example
    /// ```text
    /// HTTP/2 400
    /// server: AmazonS3
    ///
    /// <Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed;
    /// the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message></Error>
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.us-east-1.amazonaws.com # the bucket is in eu-west-1
    ///     OriginAccessControlId: !GetAtt AssetsAccess.Id
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
    ///   domain_name = "example-assets.s3.us-east-1.amazonaws.com" # the bucket is in eu-west-1
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Name the bucket's own Region in the origin's `DomainName`, best by the bucket's attribute. If
    /// the bucket was just created or moved, S3 may need up to an hour until every name leads to it.
    ///
    /// ## References
    /// - [List of error codes of S3](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList)
    /// - [Using an Amazon S3 bucket](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html#concept_S3Origin)
    "edge-wrong-region", Edge, Error, check
}

fn check(case: &Case<'_>, results: &[EdgeResult], findings: &mut Findings) {
    report(case, results, EdgeOutcome::WrongRegion, findings);
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, s3_origin, text};

    const REGION: &str = "HTTP/2 400\nserver: AmazonS3\n\n<Error><Code>AuthorizationHeaderMalformed</Code>\
                          <Message>the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message></Error>";
    const MOVED: &str =
        "HTTP/2 301\nserver: AmazonS3\n\n<Error><Code>PermanentRedirect</Code></Error>";

    #[test]
    fn fails_where_a_signature_is_for_another_region() {
        Scene::s3("site").answers("/", REGION).fails(&RULE, expect![[r#"
            error at /behaviors/default
              the default cache behavior answers GET `/origin-guard-n0123456` with 400: S3 was asked in Region us-east-1, and the bucket is in eu-west-1
              help: name the bucket's own Region in the origin's DomainName
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_where_s3_redirects_to_the_buckets_own_endpoint() {
        Scene::of(s3_origin("main", "site.s3.us-east-1.amazonaws.com"))
            .behavior("/img/*", "main")
            .answers("/img/", MOVED)
            .answers("/", "HTTP/2 200\nserver: AmazonS3\n\n")
            .fails(&RULE, expect![[r#"
                error at /behaviors//img/*
                  cache behavior 0 `/img/*` answers GET `/img/origin-guard-n0123456` with 301: S3 answers PermanentRedirect: the bucket is in another Region than the origin's domain names
                  help: name the bucket's own Region in the origin's DomainName
                  origin: main
                  paths: `/img/*`
            "#]]);
    }

    #[test]
    fn fails_whatever_the_contract_declares() {
        Scene::s3("site")
            .declares("verify: [{path: /a, status: 400}]")
            .answers("/a", REGION)
            .fails(&RULE, expect![[r#"
                error at /behaviors/default
                  the default cache behavior answers GET `/a` with 400: S3 was asked in Region us-east-1, and the bucket is in eu-west-1
                  help: name the bucket's own Region in the origin's DomainName
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn passes_for_a_bad_request_of_another_kind() {
        let other = "HTTP/2 400\nserver: AmazonS3\n\n<Error><Code>InvalidRequest</Code></Error>";
        Scene::s3("site").answers("/", other).passes(&RULE);
    }

    #[test]
    fn passes_where_a_function_may_have_chosen_another_origin() {
        Scene::s3("site")
            .runs_at_edge("origin-request")
            .answers("/", REGION)
            .passes(&RULE);
    }

    #[test]
    fn passes_where_the_staging_distribution_may_have_answered() {
        let mut scene = Scene::s3("site").answers("/", REGION);
        scene.candidate.serving.continuous_deployment = Some(text("policy"));
        scene.passes(&RULE);
    }

    #[test]
    fn passes_for_an_origin_that_is_no_bucket() {
        Scene::custom("api.example.com")
            .answers("/", REGION)
            .passes(&RULE);
    }
}
