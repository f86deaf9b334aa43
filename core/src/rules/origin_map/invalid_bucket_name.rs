use crate::distribution::{BucketNameError, HostNameError, OriginKind, Value};
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// S3 domains whose bucket name is not valid.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidArgument`: "The parameter Origin DomainName does
    /// not refer to a valid S3 bucket." The usual cause is a placeholder that was not replaced, or
    /// an empty variable. CloudFront refuses the form of the name, whether or not a bucket exists.
    ///
    /// Buckets of us-east-1 from before March 2018 may have underscores. They are not usable as S3
    /// origins; under `CustomOriginConfig` an underscore is not reported.
    ///
    /// CloudFront's model words it: `InvalidOrigin`, "The Amazon S3 origin server specified does not
    /// refer to a valid Amazon S3 bucket."
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "DomainName": "[bucketName].s3.amazonaws.com"}
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
    ///     DomainName: "[bucketName].s3.amazonaws.com"
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: !GetAtt AssetsBucket.RegionalDomainName
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = "${var.bucket}.s3.amazonaws.com" # an empty variable: .s3.amazonaws.com
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Put the bucket's real name into `DomainName`. Don't remove characters from the name until it
    /// passes: another account may own the bucket of that name.
    ///
    /// ## References
    /// - [Bucket naming rules](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html)
    "invalid-bucket-name", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(bucket) = origin.s3_endpoint.as_ref().and_then(|e| e.bucket()) else {
            continue;
        };
        let domain = &origin.domain_name;
        let Err(error) = bucket.validate() else {
            continue;
        };
        // `unsubstituted-variable` reports it, and names the cause rather than the character.
        if case.candidate.has_variable(&domain.place) {
            continue;
        }
        // Buckets of us-east-1 from before March 2018 may have underscores, and as custom origins
        // they are served.
        let old = origin.kind() == OriginKind::Custom && error == BucketNameError::Character('_');
        let malformed = match &domain.value {
            Value::Known(domain) => HostNameError::of(domain),
            Value::Symbolic(domain) => HostNameError::of_expression(domain).map(|(error, _)| error),
        };
        if old || malformed.is_some_and(HostNameError::is_url) {
            continue;
        }
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} has the domain `{domain}`, where `{bucket}` is not a valid \
                     bucket name: {error}",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .evidence("bucket", bucket)
            .remedy(match error {
                BucketNameError::Character('[' | ']' | '<' | '>' | '{' | '}' | '$' | '%' | '*') => {
                    "replace the placeholder in DomainName with the bucket's name".to_owned()
                }
                BucketNameError::Character('_') => {
                    "set DomainName to a bucket without underscores in its name; an old bucket \
                     with an underscore works only under CustomOriginConfig"
                        .to_owned()
                }
                _ => "set DomainName to the domain of the bucket that holds the content".to_owned(),
            });
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, all_fail, s3_origin};

    #[test]
    fn fails_for_a_placeholder() {
        let scene = Scene::of(s3_origin("main", "[bucketName].s3.amazonaws.com"));
        scene.fails(&RULE, expect![[r#"
            error at /[bucketName].s3.amazonaws.com
              origin `main` has the domain `[bucketName].s3.amazonaws.com`, where `[bucketname]` is not a valid bucket name: it has the character '[', and a bucket name has only a-z, 0-9, `.` and `-`
              help: replace the placeholder in DomainName with the bucket's name
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_an_underscore_under_s3() {
        Scene::s3("my_bucket").fails(&RULE, expect![[r#"
            error at /my_bucket.s3.us-east-1.amazonaws.com
              origin `main` has the domain `my_bucket.s3.us-east-1.amazonaws.com`, where `my_bucket` is not a valid bucket name: it has the character '_', and a bucket name has only a-z, 0-9, `.` and `-`
              help: set DomainName to a bucket without underscores in its name; an old bucket with an underscore works only under CustomOriginConfig
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_other_impossible_names() {
        all_fail(
            &RULE,
            ["ab", "a..b", "-abc", "192.0.2.1", &"a".repeat(64)].map(Scene::s3),
            expect![[r#"
                error at /ab.s3.us-east-1.amazonaws.com
                  origin `main` has the domain `ab.s3.us-east-1.amazonaws.com`, where `ab` is not a valid bucket name: it has 2 characters, and a bucket name has 3 to 63
                  help: set DomainName to the domain of the bucket that holds the content
                  origin: main
                  paths: `*`

                error at /a..b.s3.us-east-1.amazonaws.com
                  origin `main` has the domain `a..b.s3.us-east-1.amazonaws.com`, where `a..b` is not a valid bucket name: it has two dots in a row
                  help: set DomainName to the domain of the bucket that holds the content
                  origin: main
                  paths: `*`

                error at /-abc.s3.us-east-1.amazonaws.com
                  origin `main` has the domain `-abc.s3.us-east-1.amazonaws.com`, where `-abc` is not a valid bucket name: it must begin and end with a letter or digit
                  help: set DomainName to the domain of the bucket that holds the content
                  origin: main
                  paths: `*`

                error at /192.0.2.1.s3.us-east-1.amazonaws.com
                  origin `main` has the domain `192.0.2.1.s3.us-east-1.amazonaws.com`, where `192.0.2.1` is not a valid bucket name: it has the form of an IP address
                  help: set DomainName to the domain of the bucket that holds the content
                  origin: main
                  paths: `*`

                error at /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.s3.us-east-1.amazonaws.com
                  origin `main` has the domain `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.s3.us-east-1.amazonaws.com`, where `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` is not a valid bucket name: it has 64 characters, and a bucket name has 3 to 63
                  help: set DomainName to the domain of the bucket that holds the content
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_website_endpoint_too() {
        Scene::custom("a!b.s3-website-us-east-1.amazonaws.com").fails(&RULE, expect![[r#"
            error at /a!b.s3-website-us-east-1.amazonaws.com
              origin `main` has the domain `a!b.s3-website-us-east-1.amazonaws.com`, where `a!b` is not a valid bucket name: it has the character '!', and a bucket name has only a-z, 0-9, `.` and `-`
              help: set DomainName to the domain of the bucket that holds the content
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_names_that_can_exist() {
        for name in ["abc", "www.example.com", "assets-111122223333-eu-west-1-an"] {
            Scene::s3(name).passes(&RULE);
        }
        Scene::custom("UPPER.s3.amazonaws.com").passes(&RULE);
    }

    #[test]
    fn passes_for_an_old_bucket_as_a_custom_origin() {
        Scene::custom("my_bucket.s3.amazonaws.com").passes(&RULE);
    }

    #[test]
    fn passes_for_urls_which_are_another_rules() {
        Scene::custom("https://assets.s3.amazonaws.com").passes(&RULE);
    }

    #[test]
    fn passes_without_a_bucket() {
        Scene::custom("api.example.com").passes(&RULE);
        Scene::custom("${bad_}.s3.amazonaws.com").passes(&RULE);
    }
}
