use crate::distribution::{Origin, OriginAccessIdentity};
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins whose `OriginAccessIdentity` has the wrong form, or names an identity that the
    /// account does not have.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidOriginAccessIdentity` ("The specified origin
    /// access identity does not exist or is not valid") and names neither the origin nor the
    /// identity. The usual cause is the bare ID, or the name of a resource, instead of the whole
    /// path.
    ///
    /// CloudFront's model words it: `InvalidOriginAccessIdentity`, "The origin access identity is not
    /// valid or doesn't exist."
    ///
    /// ## Example
    /// ```json
    /// {"S3OriginConfig": {"OriginAccessIdentity": "E1EXAMPLEOAI"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E1EXAMPLEOAI"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     S3OriginConfig: {OriginAccessIdentity: E1EXAMPLEOAI} # what !Ref AssetsIdentity gives
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     S3OriginConfig:
    ///       OriginAccessIdentity: !Sub origin-access-identity/cloudfront/${AssetsIdentity}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// s3_origin_config {
    ///   origin_access_identity = aws_cloudfront_origin_access_identity.assets.id
    /// }
    /// # good
    /// s3_origin_config {
    ///   origin_access_identity = aws_cloudfront_origin_access_identity.assets.cloudfront_access_identity_path
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Write the whole path with the ID of an identity of this account. Better: clear the field and
    /// set `OriginAccessControlId`. Don't only clear it: the bucket then answers only for public
    /// objects.
    ///
    /// ## References
    /// - [S3OriginConfig](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_S3OriginConfig.html)
    "unknown-origin-access-identity", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(field) = origin.origin_access_identity_field() else {
            continue;
        };
        if case.candidate.has_variable(&field.place) {
            continue;
        }
        let (problem, remedy) = match origin.origin_access_identity() {
            Some(OriginAccessIdentity::Malformed(text)) => (
                "which is not of the form origin-access-identity/cloudfront/ID",
                remedy(text),
            ),
            Some(OriginAccessIdentity::Id(id)) if is_gone(case, origin, id, findings) => (
                "which the account does not have",
                "name an identity of this account, or set OriginAccessIdentity to \"\" and \
                 OriginAccessControlId to an origin access control of type s3"
                    .to_owned(),
            ),
            _ => continue,
        };
        findings
            .add(
                &field.place,
                format!(
                    "origin {} has the origin access identity `{field}`, {problem}",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .remedy(remedy);
    }
}

fn is_gone(case: &Case<'_>, origin: &Origin, id: &str, findings: &mut Findings) -> bool {
    findings.need(&origin.place, &case.facts.origin_access_identity(id)) == Some(&None)
}

/// A text in the form of an ID gets its whole path; of any other the ID is not known.
fn remedy(text: &str) -> String {
    // The bare ID, or an ARN that ends with it, may be given in its place.
    let last = text.rsplit('/').next().unwrap_or(text);
    let is_id = last.starts_with('E')
        && last.len() > 1
        && last
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let id = if is_id { last } else { "ID" };
    format!(
        "set OriginAccessIdentity to `origin-access-identity/cloudfront/{id}`, or to \"\" with an \
         OriginAccessControlId"
    )
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;

    const PATH: &str = "origin-access-identity/cloudfront/E1";

    #[test]
    fn fails_for_the_bare_id_and_adds_the_path() {
        Scene::s3("assets")
            .identity("E1")
            .fails(&RULE, expect![[r#"
                error at /E1
                  origin `main` has the origin access identity `E1`, which is not of the form origin-access-identity/cloudfront/ID
                  help: set OriginAccessIdentity to `origin-access-identity/cloudfront/E1`, or to "" with an OriginAccessControlId
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_the_name_of_a_resource() {
        Scene::s3("assets")
            .identity("s3_bucket_one")
            .fails(&RULE, expect![[r#"
                error at /s3_bucket_one
                  origin `main` has the origin access identity `s3_bucket_one`, which is not of the form origin-access-identity/cloudfront/ID
                  help: set OriginAccessIdentity to `origin-access-identity/cloudfront/ID`, or to "" with an OriginAccessControlId
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_an_identity_that_is_gone() {
        let scene = Scene::s3("assets")
            .identity(PATH)
            .origin_access_identity("E1", false);
        scene.fails(&RULE, expect![[r#"
            error at /origin-access-identity/cloudfront/E1
              origin `main` has the origin access identity `origin-access-identity/cloudfront/E1`, which the account does not have
              help: name an identity of this account, or set OriginAccessIdentity to "" and OriginAccessControlId to an origin access control of type s3
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_one_that_exists() {
        Scene::s3("assets")
            .identity(PATH)
            .origin_access_identity("E1", true)
            .passes(&RULE);
    }

    #[test]
    fn passes_for_an_empty_text() {
        Scene::s3("assets").identity("").passes(&RULE);
    }

    #[test]
    fn passes_for_one_that_only_the_deployment_knows() {
        Scene::s3("assets")
            .identity("origin-access-identity/cloudfront/${Oai}")
            .passes_with_unknowns(&RULE, expect![[r#"
                unknown: origin access identity `${Oai}`, origin access identity `${Oai}` is known only after the deployment
            "#]]);
    }

    #[test]
    fn passes_with_an_unknown_when_it_was_not_asked_for() {
        Scene::s3("assets").identity(PATH).passes_with_unknowns(
            &RULE,
            expect![[r#"
                unknown: origin access identity `E1`, not asked for
                  needs: a run with an AWS account
            "#]],
        );
    }
}
