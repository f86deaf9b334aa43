use crate::facts::{Bucket, ORIGIN_DOMAIN, Unknown};
use crate::finding::Findings;
use crate::rules::{Case, KnownOrigin};

rule! {
    /// ## What it does
    /// Origins whose S3 bucket does not exist, or is deleted by the change that is checked.
    ///
    /// ## Why is this bad?
    /// CloudFront apparently does not check that an origin's bucket exists: the update deploys
    /// quietly, and viewers get errors. Worse, bucket names are global: any AWS account can create
    /// a bucket of that name and serve its content under your domain.
    ///
    /// `CreateDistribution` has an error `InvalidOrigin`, "The Amazon S3 origin server specified
    /// does not refer to a valid Amazon S3 bucket." It is about the form of the domain: no report
    /// is known in which it was returned for a missing bucket.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets-old.s3.eu-west-1.amazonaws.com",
    ///  "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// Use instead the bucket that exists:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.eu-west-1.amazonaws.com",
    ///  "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets-old.s3.eu-west-1.amazonaws.com
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
    ///   domain_name = aws_s3_bucket.assets.bucket_regional_domain_name # goes and comes with the bucket
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Point the origin's `DomainName` at the bucket that holds the content, or remove the origin
    /// together with every behavior and group that uses it. Don't create an empty bucket of that
    /// name just to make the pipeline pass: viewers would still get errors, and the mistake that
    /// dropped the real bucket would remain.
    ///
    /// ## References
    /// - [Security Hub: CloudFront.12](https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-12)
    /// - [HeadBucket](https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html)
    "missing-bucket", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for known in case.origins() {
        let origin = known.origin;
        if let Some(expression) = origin.domain_name.symbolic().filter(|_| is_open(known)) {
            let what = format!("the DomainName of origin {}", origin.name());
            findings.undecided(
                &origin.place,
                Unknown::known_later(
                    ORIGIN_DOMAIN,
                    expression.spelling(),
                    &what,
                    &expression.in_words(),
                ),
            );
        }
        let Some((bucket, found)) = case.bucket_of(known, findings) else {
            continue;
        };
        let claim = match bucket.account_regional() {
            // A name in the account-regional namespace ends with its account's ID.
            Some(_) => "no other account can create it",
            // Bucket names are free again once the bucket is gone: the account that creates it next
            // answers the viewers.
            None => "anyone could create it and serve from it",
        };
        let (problem, proof) = match found {
            Bucket::Exists { .. } => continue,
            Bucket::Missing => (
                format!("does not exist ({claim})"),
                ("S3", "404, no bucket of this name"),
            ),
            Bucket::Deleted => (
                format!("this change deletes ({claim} then)"),
                ("change", "deletes the bucket"),
            ),
        };
        let name = origin.name();
        findings
            .add(
                &origin.domain_name.place,
                format!("origin {name} points at bucket `{bucket}`, which {problem}"),
            )
            .origin(case.reach(), origin)
            .evidence("bucket", bucket)
            .evidence(proof.0, proof.1)
            .remedy(format!(
                "point the origin's DomainName at the bucket that holds the content, or remove \
                 origin {name} and what uses it; don't create an empty `{bucket}` just to pass"
            ));
    }
}

/// Whether a domain that is an expression leaves something to be judged: its bucket is listed where that is
/// open, and of one that the source makes in its own region all is known.
fn is_open(known: &KnownOrigin<'_>) -> bool {
    let endpoint = known.origin.s3_endpoint.as_ref();
    let Some((endpoint, bucket)) = endpoint.and_then(|it| Some((it, it.bucket()?))) else {
        return true;
    };
    if bucket.is_symbolic() || endpoint.region.is_some() {
        return false;
    }
    let fact = known.bucket_fact.and_then(|fact| fact.known());
    !matches!(fact, Some(Bucket::Exists { region: None, .. }))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{self, Scene};

    #[test]
    fn fails_when_s3_knows_no_such_bucket() {
        let scene = Scene::s3("gone").bucket("gone", Bucket::Missing);
        scene.fails(&RULE, expect![[r#"
            error at /gone.s3.us-east-1.amazonaws.com
              origin `main` points at bucket `gone`, which does not exist (anyone could create it and serve from it)
              help: point the origin's DomainName at the bucket that holds the content, or remove origin `main` and what uses it; don't create an empty `gone` just to pass
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_website_endpoint_too() {
        Scene::custom("gone.s3-website-us-east-1.amazonaws.com")
            .bucket("gone", Bucket::Missing)
            .fails(&RULE, expect![[r#"
                error at /gone.s3-website-us-east-1.amazonaws.com
                  origin `main` points at bucket `gone`, which does not exist (anyone could create it and serve from it)
                  help: point the origin's DomainName at the bucket that holds the content, or remove origin `main` and what uses it; don't create an empty `gone` just to pass
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_without_the_claim_where_only_this_account_can_have_the_name() {
        let name = "assets-111122223333-eu-west-1-an";
        let scene = Scene::s3(name).bucket(name, Bucket::Missing);
        scene.fails(&RULE, expect![[r#"
            error at /assets-111122223333-eu-west-1-an.s3.us-east-1.amazonaws.com
              origin `main` points at bucket `assets-111122223333-eu-west-1-an`, which does not exist (no other account can create it)
              help: point the origin's DomainName at the bucket that holds the content, or remove origin `main` and what uses it; don't create an empty `assets-111122223333-eu-west-1-an` just to pass
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_when_the_change_itself_deletes_the_bucket() {
        let scene = Scene::s3("assets").bucket("assets", Bucket::Deleted);
        scene.fails(&RULE, expect![[r#"
            error at /assets.s3.us-east-1.amazonaws.com
              origin `main` points at bucket `assets`, which this change deletes (anyone could create it and serve from it then)
              help: point the origin's DomainName at the bucket that holds the content, or remove origin `main` and what uses it; don't create an empty `assets` just to pass
              origin: main
              paths: `*`
        "#]]);
        let evidence = scene.one_finding(&RULE).evidence;
        assert!(evidence.iter().all(|(name, _)| *name != "S3"));
    }

    #[test]
    fn passes_when_the_bucket_is_there() {
        Scene::s3("assets")
            .bucket("assets", testing::ours("us-east-1"))
            .passes(&RULE);
    }

    #[test]
    fn passes_for_a_host_that_only_resembles_s3() {
        Scene::custom("proxy.s3.example.com").passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_when_the_deployment_decides() {
        Scene::s3("${Bucket}").passes_with_unknowns(
            &RULE,
            expect![[r#"
                unknown: bucket `${Bucket}`, bucket `${Bucket}` is known only after the deployment
            "#]],
        );
    }

    #[test]
    fn passes_with_an_unknown_when_it_could_not_be_checked() {
        let scene = Scene::s3("assets").bucket_denied("assets");
        scene.passes_with_unknowns(
            &RULE,
            expect![[r#"
            blocking unknown: bucket `assets`, denied: the guard has no s3:ListBucket for it
              needs: s3:ListBucket
        "#]],
        );
    }
}
