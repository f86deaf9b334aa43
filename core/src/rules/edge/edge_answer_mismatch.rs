use crate::finding::Findings;
use crate::outcome::{EdgeOutcome, EdgeResult};
use crate::rules::Case;
use crate::rules::shared::edge_answer::{Lacking, note_unknowns, report};

rule! {
    /// ## What it does
    /// Paths that answer otherwise than the contract file's `verify` declares.
    ///
    /// ## Why is this bad?
    /// A deployment that works for CloudFront may still serve the wrong thing: a behavior that goes to
    /// another origin, a bucket without the page, an API of another version. CloudFront deploys it
    /// quietly. What the contract declares is what the team knows its site must answer.
    ///
    /// ## Example
    /// ```text
    /// verify:
    ///   - {path: /api/health, status: 200, header: {x-app: v2}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// CacheBehaviors:
    ///   - {PathPattern: /api/*, TargetOriginId: site, ViewerProtocolPolicy: https-only} # the bucket answers
    /// # good
    /// CacheBehaviors:
    ///   - {PathPattern: /api/*, TargetOriginId: api, ViewerProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "site" # the bucket answers
    /// }
    /// # good
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "api"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// `origin-guard trace ID PATH` shows which behavior, origin and key the path reaches; fix what it
    /// shows, or invalidate the path where the answer was in a cache. If the new answer is right,
    /// change `verify` of the contract.
    ///
    /// ## References
    /// - [Cache behavior settings](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html)
    /// - [Invalidating files](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html)
    "edge-answer-mismatch", Edge, Error, check
}

fn check(case: &Case<'_>, results: &[EdgeResult], findings: &mut Findings) {
    report(case, results, EdgeOutcome::NotAsDeclared, findings);
    note_unknowns(results, Lacking::Declared, findings);
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::edge::EdgeFailure;
    use crate::rules::testing::Scene;

    fn api(terms: &str) -> Scene {
        Scene::custom("api.example.com").declares(terms)
    }

    #[test]
    fn fails_for_another_status() {
        api("verify: [{path: /health, status: [200, 401]}]")
            .answers("/health", "HTTP/2 404\nserver: nginx\n\n")
            .fails(&RULE, expect![[r#"
                error at /behaviors/default
                  the default cache behavior answers GET `/health` with 404: the contract declares status 200 or 401, and the answer has status 404; the origin answered 404
                  help: make `/health` answer as the contract declares, or change `verify` of the contract
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_a_header_that_is_missing_or_another_one() {
        api("verify: [{path: /health, header: {X-App: v2, x-region: eu}}]")
            .answers("/health", "HTTP/2 200\nx-app: V2\n\n")
            .fails(&RULE, expect![[r#"
                error at /behaviors/default
                  the default cache behavior answers GET `/health` with 200: the contract declares header `X-App: v2` and header `x-region: eu`, and the answer has header `X-App: V2` and the answer has no header `x-region`; the origin answered 200
                  help: make `/health` answer as the contract declares, or change `verify` of the contract
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_each_path_that_is_declared() {
        api("verify: [{path: /a, status: 200}, {path: /b, status: 200, method: HEAD}]")
            .answers("/", "HTTP/2 301\nlocation: /c\n\n")
            .fails(&RULE, expect![[r#"
                error at /behaviors/default
                  the default cache behavior answers GET `/a` with 301: the contract declares status 200, and the answer has status 301; the origin answered 301
                  help: make `/a` answer as the contract declares, or change `verify` of the contract
                  paths: `*`
                error at /behaviors/default
                  the default cache behavior answers HEAD `/b` with 301: the contract declares status 200, and the answer has status 301; the origin answered 301
                  help: make `/b` answer as the contract declares, or change `verify` of the contract
                  paths: `*`
            "#]]);
    }

    #[test]
    fn passes_for_the_answer_that_is_declared() {
        api("verify: [{path: /health, status: [200, 401], header: {X-App: v2}}]")
            .answers("/health", "HTTP/2 401\nx-app: v1\nx-app: v2\n\n")
            .passes(&RULE);
    }

    #[test]
    fn passes_for_a_custom_error_page_with_the_status_that_is_declared() {
        Scene::s3("site")
            .error_page(404, "/index.html", 200)
            .declares("verify: [{path: /app/users, status: 200}]")
            .answers("/app/users", "HTTP/2 200\nserver: AmazonS3\n\n<html>")
            .passes(&RULE);
    }

    #[test]
    fn passes_where_only_the_path_is_declared() {
        api("verify: [{path: /health}]")
            .answers("/health", "HTTP/2 500\nserver: nginx\n\n")
            .passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_where_nothing_answers() {
        api("verify: [{path: /health, status: 200}]")
            .answered("/health", Err(EdgeFailure::Cut("end of stream".to_owned())))
            .passes_with_unknowns(
                &RULE,
                expect![[r#"
                blocking unknown: edge answer `/health`, unreachable: end of stream
                  needs: a retry
            "#]],
            );
    }
}
