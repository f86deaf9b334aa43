use crate::distribution::{Origin, Region, S3Endpoint};
use crate::facts::Bucket;
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins whose domain names another region than the bucket is in.
    ///
    /// ## Why is this bad?
    /// The update deploys quietly. Then S3 answers each request with a redirect
    /// (`PermanentRedirect`: "The bucket you are attempting to access must be addressed using the
    /// specified endpoint") or, in regions that an account has to opt in to, with
    /// `IllegalLocationConstraintException`, and CloudFront passes that on to viewers. The usual
    /// cause is a template that puts its own region into the domain of a bucket in another region.
    ///
    /// ## Example
    /// The bucket is in ap-southeast-2:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.us-east-1.amazonaws.com"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.ap-southeast-2.amazonaws.com"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins: # the stack is in us-east-1, the bucket in ap-southeast-2
    ///   - Id: assets
    ///     DomainName: !Sub example-assets.s3.${AWS::Region}.amazonaws.com
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.ap-southeast-2.amazonaws.com
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin { # the provider is in us-east-1, the bucket in ap-southeast-2
    ///   origin_id   = "assets"
    ///   domain_name = "example-assets.s3.${data.aws_region.current.name}.amazonaws.com"
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = data.aws_s3_bucket.assets.bucket_regional_domain_name
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Put the bucket's region into `DomainName`; in a template, use the bucket's own attribute
    /// (`RegionalDomainName`, `bucket_regional_domain_name`) and state the region where the bucket is
    /// imported. Don't fall back to `bucket.s3.amazonaws.com`: that does not resolve to every region.
    ///
    /// ## References
    /// - [Amazon S3 origins](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html)
    /// - [Request redirection](https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html)
    "wrong-bucket-region", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for known in case.origins() {
        let origin = known.origin;
        let Some(endpoint) = &origin.s3_endpoint else {
            continue;
        };
        let (Some(bucket), Some(named)) = (endpoint.bucket(), &endpoint.region) else {
            continue;
        };
        let actual = match bucket.account_regional() {
            // The region is in the name, so it is proven offline too.
            Some(name) => Some(name.region),
            None => match case.bucket_of(known, findings) {
                Some((
                    _,
                    Bucket::Exists {
                        region: Some(region),
                        ..
                    },
                )) if region != named => Some(region.clone()),
                _ => None,
            },
        };
        let Some(actual) = actual.filter(|actual| actual != named) else {
            continue;
        };
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "DomainName of origin {} names {named}, but bucket `{bucket}` is in {actual}",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .evidence("bucket", bucket)
            .evidence("region of the bucket", &actual)
            .remedy(match domain_in(origin, endpoint, named, &actual) {
                Some(domain) => format!("set DomainName to `{domain}`"),
                None => format!("set DomainName to the endpoint in {actual}"),
            });
    }
}

/// The domain that reaches the bucket where it is; a website endpoint stays one, dash or dot.
fn domain_in(
    origin: &Origin,
    endpoint: &S3Endpoint,
    named: &Region,
    actual: &Region,
) -> Option<String> {
    if !endpoint.is_website() {
        return Some(S3Endpoint::regional_domain(
            endpoint.bucket()?,
            actual,
            endpoint.partition,
        ));
    }
    let domain = origin.domain_name.known()?.to_ascii_lowercase();
    // From the right: the bucket's name may hold a region as well.
    let (before, after) = domain.rsplit_once(named.as_str())?;
    Some(format!("{before}{actual}{after}"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::S3EndpointKind;
    use crate::facts::{Fact, Owner};
    use crate::rules::testing::{self, Scene, all_fail};

    #[test]
    fn fails_for_the_region_of_the_template_and_names_the_right_domain() {
        let scene = Scene::s3("x").bucket("x", testing::ours("ap-southeast-2"));
        scene.fails(
            &RULE,
            expect![[r#"
                error at /x.s3.us-east-1.amazonaws.com
                  DomainName of origin `main` names us-east-1, but bucket `x` is in ap-southeast-2
                  help: set DomainName to `x.s3.ap-southeast-2.amazonaws.com`
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_website_endpoint_and_keeps_its_style() {
        let domains = [
            "x.s3-website-us-east-1.amazonaws.com",
            "x.s3-website.us-east-1.amazonaws.com",
        ];
        let there = |domain| Scene::custom(domain).bucket("x", testing::ours("eu-west-1"));
        all_fail(
            &RULE,
            domains.map(there),
            expect![[r#"
                error at /x.s3-website-us-east-1.amazonaws.com
                  DomainName of origin `main` names us-east-1, but bucket `x` is in eu-west-1
                  help: set DomainName to `x.s3-website-eu-west-1.amazonaws.com`
                  origin: main
                  paths: `*`

                error at /x.s3-website.us-east-1.amazonaws.com
                  DomainName of origin `main` names us-east-1, but bucket `x` is in eu-west-1
                  help: set DomainName to `x.s3-website.eu-west-1.amazonaws.com`
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_legacy_form_and_recommends_the_regional_one() {
        let scene =
            Scene::custom("x.s3-us-west-2.amazonaws.com").bucket("x", testing::ours("eu-west-1"));
        assert!(matches!(
            scene.candidate.origins[0].s3_endpoint,
            Some(S3Endpoint {
                kind: S3EndpointKind::Dash(_),
                ..
            })
        ));
        scene.fails(
            &RULE,
            expect![[r#"
                error at /x.s3-us-west-2.amazonaws.com
                  DomainName of origin `main` names us-west-2, but bucket `x` is in eu-west-1
                  help: set DomainName to `x.s3.eu-west-1.amazonaws.com`
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_without_an_account_where_the_name_carries_the_region() {
        Scene::s3("assets-111122223333-eu-west-1-an").fails(&RULE, expect![[r#"
            error at /assets-111122223333-eu-west-1-an.s3.us-east-1.amazonaws.com
              DomainName of origin `main` names us-east-1, but bucket `assets-111122223333-eu-west-1-an` is in eu-west-1
              help: set DomainName to `assets-111122223333-eu-west-1-an.s3.eu-west-1.amazonaws.com`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_where_the_bucket_is() {
        Scene::s3("x")
            .bucket("x", testing::ours("us-east-1"))
            .passes(&RULE);
    }

    #[test]
    fn passes_for_a_global_domain_which_names_no_region() {
        let scene = Scene::custom("x.s3.amazonaws.com").bucket("x", testing::ours("eu-west-1"));
        scene.passes(&RULE);
    }

    #[test]
    fn passes_for_a_missing_bucket_and_one_whose_region_s3_did_not_say() {
        Scene::s3("x").bucket("x", Bucket::Missing).passes(&RULE);
        let owner = Fact::Known(Owner::Ours);
        Scene::s3("x")
            .bucket(
                "x",
                Bucket::Exists {
                    region: None,
                    owner,
                },
            )
            .passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_when_it_could_not_be_checked() {
        Scene::s3("x").bucket_denied("x").passes_with_unknowns(
            &RULE,
            expect![[r#"
                blocking unknown: bucket `x`, denied: the guard has no s3:ListBucket for it
                  needs: s3:ListBucket
            "#]],
        );
    }
}
