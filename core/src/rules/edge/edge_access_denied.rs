use crate::finding::Findings;
use crate::outcome::{EdgeOutcome, EdgeResult};
use crate::rules::Case;
use crate::rules::shared::edge_answer::{Lacking, note_unknowns, report};

rule! {
    /// ## What it does
    /// Paths that the origin denies to the deployed distribution, where the statement that is missing
    /// is known.
    ///
    /// ## Why is this bad?
    /// CloudFront deploys an origin that it may not read quietly, and every viewer gets 403. S3's 403
    /// alone proves nothing: it is also the answer for a key that is missing, where CloudFront may not
    /// list the bucket. So this is an error only where the bucket policy, or the key's, was read and
    /// lacks the statement; where it grants the read, the key is missing and the bucket was reached.
    /// What a policy for some keys says about a made path, and what could not be read, is listed.
    ///
    /// ## Example
    /// ```text
    /// HTTP/2 403
    /// server: AmazonS3
    ///
    /// <Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// AssetsPolicy:
    ///   Type: AWS::S3::BucketPolicy
    ///   Properties:
    ///     Bucket: !Ref AssetsBucket
    ///     PolicyDocument:
    ///       Statement:
    ///         - Effect: Allow
    ///           Principal: {Service: cloudfront.amazonaws.com}
    ///           Action: s3:GetObject
    ///           Resource: !Sub "${AssetsBucket.Arn}/*"
    ///           Condition: {StringEquals: {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E1OLD"}}
    /// # good
    /// AssetsPolicy:
    ///   Type: AWS::S3::BucketPolicy
    ///   Properties:
    ///     Bucket: !Ref AssetsBucket
    ///     PolicyDocument:
    ///       Statement:
    ///         - Effect: Allow
    ///           Principal: {Service: cloudfront.amazonaws.com}
    ///           Action: s3:GetObject
    ///           Resource: !Sub "${AssetsBucket.Arn}/*"
    ///           Condition: {StringEquals: {"AWS:SourceArn": !Sub "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}"}}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// condition {
    ///   test     = "StringEquals"
    ///   variable = "AWS:SourceArn"
    ///   values   = ["arn:aws:cloudfront::111122223333:distribution/E1OLD"]
    /// }
    /// # good
    /// condition {
    ///   test     = "StringEquals"
    ///   variable = "AWS:SourceArn"
    ///   values   = [aws_cloudfront_distribution.site.arn]
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Add the statement that the finding prints, in the template that owns the policy. Don't make the
    /// bucket public. If S3 answers 403 only since keys are missing, `s3:ListBucket` for CloudFront
    /// turns that into 404.
    ///
    /// ## References
    /// - [Restrict access to an Amazon S3 origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html)
    /// - [GetObject: permissions](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html)
    "edge-access-denied", Edge, Error, check
}

fn check(case: &Case<'_>, results: &[EdgeResult], findings: &mut Findings) {
    report(case, results, EdgeOutcome::DeniedByOrigin, findings);
    note_unknowns(results, Lacking::Denied, findings);
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::facts::{Fact, ProbeFailure, Unknown};
    use crate::rules::testing::{granted, text};

    const DENIED: &str = "HTTP/2 403\nserver: AmazonS3\n\n<Error><Code>AccessDenied</Code>\
                          <RequestId>1</RequestId></Error>";

    #[test]
    fn fails_where_no_statement_lets_the_distribution_read() {
        granted(&[]).answers("/", DENIED).fails(&RULE, expect![[r#"
            error at /behaviors/default
              the default cache behavior answers GET `/origin-guard-n0123456` with 403: S3 answers AccessDenied: origin `main` reads `arn:aws:s3:::site/*`, and the policy of bucket `site` allows nothing to this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`
              help: add to the policy of bucket `site`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_declared_key_that_the_policy_does_not_grant() {
        granted(&[("s3:GetObject", "/public/*")])
            .declares("verify: [{path: /private/a.js, status: 200}]")
            .answers("/private/a.js", DENIED)
            .fails(&RULE, expect![[r#"
                error at /behaviors/default
                  the default cache behavior answers GET `/private/a.js` with 403: s3:GetObject is not granted: the bucket policy does not allow s3:GetObject: the closest is statement `Read`: Resource
                  help: let CloudFront read `private/a.js` in the bucket policy
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_behind_a_custom_error_page_where_the_statement_is_missing() {
        granted(&[])
            .error_page(403, "/index.html", 200)
            .answers("/", DENIED)
            .fails(&RULE, expect![[r#"
                error at /behaviors/default
                  the default cache behavior answers GET `/origin-guard-n0123456` with 403: S3 answers AccessDenied: origin `main` reads `arn:aws:s3:::site/*`, and the policy of bucket `site` allows nothing to this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`
                  help: add to the policy of bucket `site`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_a_signature_that_s3_does_not_take() {
        let refused = "HTTP/2 403\nserver: AmazonS3\n\n<Error><Code>SignatureDoesNotMatch</Code>\
                       <RequestId>1</RequestId></Error>";
        let all = [("s3:GetObject", "/*")];
        granted(&all).answers("/", refused).fails(&RULE, expect![[r#"
            error at /behaviors/default
              the default cache behavior answers GET `/origin-guard-n0123456` with 403: S3 answers SignatureDoesNotMatch
              help: let the origin answer requests of CloudFront
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_where_the_key_is_missing_and_the_bucket_may_not_be_listed() {
        let scene = granted(&[("s3:GetObject", "/*")]);
        scene.answers("/", DENIED).passes(&RULE);
    }

    #[test]
    fn passes_where_the_contract_declares_the_denial() {
        granted(&[])
            .declares("verify: [{path: /private, status: 403}]")
            .answers("/private", DENIED)
            .passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_for_a_made_key_where_others_are_granted() {
        granted(&[("s3:GetObject", "/public/*")])
            .answers("/", DENIED)
            .passes_with_unknowns(&RULE, expect![[r#"
                unknown: edge answer `/origin-guard-n0123456`, not decidable: S3 answers AccessDenied for a key that is made, and the bucket policy grants others
                  needs: a path that `*` serves, in `verify` of the contract: {path: /…, status: 200}
            "#]]);
    }

    #[test]
    fn passes_with_an_unknown_where_the_policy_could_not_be_read() {
        let denied = ProbeFailure::Denied {
            permission: "s3:GetBucketPolicy",
        };
        let mut scene = granted(&[]).answers("/", DENIED);
        for access in scene.facts.bucket_access.values_mut() {
            let unknown = Unknown::probe_failed("bucket policy", "site", denied.clone());
            access.policy = Fact::Unknown(unknown);
        }
        scene.passes_with_unknowns(&RULE, expect![[r#"
            blocking unknown: edge answer `/origin-guard-n0123456`, failed: S3 answers AccessDenied, for a key that is missing or for a denial: the bucket policy: denied: the guard has no s3:GetBucketPolicy for it
              needs: a retry
        "#]]);
    }

    #[test]
    fn passes_with_an_unknown_where_both_reads_are_granted() {
        granted(&[("s3:GetObject", "/*"), ("s3:ListBucket", "")])
            .answers("/", DENIED)
            .passes_with_unknowns(&RULE, expect![[r#"
                blocking unknown: edge answer `/origin-guard-n0123456`, failed: S3 answers AccessDenied, for a key that is missing or for a denial: the bucket policy grants both reads, so that the key policy of KMS, an organization's policy or another config denies it
                  needs: a retry
            "#]]);
    }

    #[test]
    fn passes_with_an_unknown_where_a_web_acl_may_block() {
        let page = "HTTP/2 403\nserver: CloudFront\n\n<HTML>Generated by cloudfront</HTML>";
        let mut scene = granted(&[]).answers("/", page);
        scene.candidate.serving.web_acl = Some(text("acl-1"));
        scene.passes_with_unknowns(&RULE, expect![[r#"
            unknown: edge answer `/origin-guard-n0123456`, not decidable: CloudFront answers 403 itself, so the origin was not asked: web ACL `acl-1` may answer 403, or what its rules say: not known
              needs: a path that `*` serves, in `verify` of the contract: {path: /…, status: 200}
        "#]]);
    }
}
