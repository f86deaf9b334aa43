use crate::finding::Findings;
use crate::plain::without_query;
use crate::rule::Severity;
use crate::rules::Case;
use crate::rules::shared::tenant_parameters::undefined_parameters;

/// Characters of an `OriginPath`
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html>).
const LONGEST: usize = 255;

rule! {
    /// ## What it does
    /// Origins whose `OriginPath` does not begin with `/`, ends with `/`, has more than 255
    /// characters, or has characters that must be encoded in a URL.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidRelativePath` or `InvalidArgument`. It prepends
    /// the path to the viewer's path, which already begins with `/`.
    ///
    /// The limit of 255 characters is documented; a refusal of longer paths is not reported, so there
    /// this is a warning.
    ///
    /// CloudFront's model words it: `InvalidRelativePath`, "The relative path is too big, is not
    /// URL-encoded, or does not begin with a slash (/)."
    ///
    /// In a multi-tenant distribution, a tenant parameter that `TenantConfig` does not define is a
    /// warning: no tenant can give it a value.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "OriginPath": "production/"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "assets", "OriginPath": "/production"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     OriginPath: production/
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     OriginPath: /production
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
    ///   origin_path = "production/"
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
    ///   origin_path = "/production"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Begin with `/` and end without one; leave `OriginPath` empty for the root. Encode what is
    /// not allowed in a URL's path, and configure a query string in the origin request policy.
    /// Don't write `/` for the root: it ends with a slash.
    ///
    /// ## References
    /// - [Origin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html)
    /// - [Origin path](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html)
    "malformed-origin-path", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(field) = &origin.origin_path else {
            continue;
        };
        undefined_parameters(case, origin, "OriginPath", field, findings);
        let Some(path) = field.known().filter(|path| !path.is_empty()) else {
            continue;
        };
        if case.candidate.has_variable(&field.place) {
            continue;
        }
        let refused = refused(path);
        let (severity, consequence) = match refused {
            Some(_) => (Severity::Error, "CloudFront refuses it"),
            // CloudFront's message says "too big" and no number; 255 is the guide's, and its
            // refusal was not seen.
            None => (Severity::Warning, "CloudFront may refuse it"),
        };
        let Some((problem, remedy)) = refused.or_else(|| too_long(path)) else {
            continue;
        };
        let shown = without_query(path);
        findings
            .add(
                &field.place,
                format!(
                    "origin {} has the OriginPath `{shown}`, which {problem}; {consequence}",
                    origin.name()
                ),
            )
            .severity(severity)
            .origin(case.reach(), origin)
            .evidence("OriginPath", shown)
            .remedy(remedy);
    }
}

/// What CloudFront is known to refuse, and what to change.
fn refused(path: &str) -> Option<(String, String)> {
    let unencoded = |c: char| matches!(c, '?' | '#') || !c.is_ascii_graphic();
    let set = || match path.trim_matches('/') {
        "" => "set OriginPath to an empty string for the root".to_owned(),
        whole if whole.contains('*') => {
            "set OriginPath to a folder, or to an empty string for the root: wildcards are not \
             supported"
                .to_owned()
        }
        whole => format!("set OriginPath to `/{whole}`"),
    };
    if !path.starts_with('/') && path.contains("://") {
        let path_only = "set OriginPath to the path alone; the host belongs in DomainName";
        Some(("is a URL".to_owned(), path_only.to_owned()))
    // InvalidRelativePath: "too big, is not URL-encoded, or does not begin with a slash".
    } else if let Some(c) = path.chars().find(|c| unencoded(*c)) {
        let remedy = match c {
            '?' | '#' => format!("end OriginPath before the {c:?}"),
            _ => format!("encode {c:?} as in a URL, or remove it"),
        };
        Some((format!("has the character {c:?}"), remedy))
    } else if !path.starts_with('/') {
        Some(("does not begin with `/`".to_owned(), set()))
    } else if path.ends_with('/') {
        Some(("ends with `/`".to_owned(), set()))
    } else {
        None
    }
}

fn too_long(path: &str) -> Option<(String, String)> {
    let length = path.chars().count();
    (length > LONGEST).then(|| {
        let problem = format!("has {length} characters, more than {LONGEST}");
        (problem, "set OriginPath to a shorter path".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, all_fail, text};

    fn scene(path: &str) -> Scene {
        Scene::s3("assets").with(|origin| origin.origin_path = Some(text(path)))
    }

    #[test]
    fn fails_for_a_tenant_parameter_that_nothing_defines() {
        let mut scene = scene("/{{shop}}/files");
        scene.candidate.multi_tenant = true;
        scene.candidate.tenant_parameters = Some(vec!["store".to_owned()]);
        let finding = scene.one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Warning);
        assert!(
            finding
                .message
                .contains("the OriginPath of origin `main` holds the tenant parameter `{{shop}}`")
        );
        scene.candidate.tenant_parameters = Some(vec!["shop".to_owned()]);
        scene.passes(&RULE);
        scene.candidate.tenant_parameters = None;
        scene.passes(&RULE);
    }

    #[test]
    fn fails_for_a_query_and_does_not_print_it() {
        let finding = scene("/v1?token=s3cret").one_finding(&RULE);
        assert!(finding.message.contains("`/v1?…`"), "{}", finding.message);
        let rest = format!("{} {:?}", finding.remediation, finding.evidence);
        assert!(!rest.contains("s3cret"), "{rest}");
    }

    #[test]
    fn fails_without_a_slash_in_front() {
        scene("prod/v1").fails(&RULE, expect![[r#"
            error at /prod/v1
              origin `main` has the OriginPath `prod/v1`, which does not begin with `/`; CloudFront refuses it
              help: set OriginPath to `/prod/v1`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_with_a_slash_at_the_end() {
        scene("/foo/").fails(
            &RULE,
            expect![[r#"
                error at //foo/
                  origin `main` has the OriginPath `/foo/`, which ends with `/`; CloudFront refuses it
                  help: set OriginPath to `/foo`
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_pattern_without_proposing_one() {
        scene("*").fails(&RULE, expect![[r#"
            error at /*
              origin `main` has the OriginPath `*`, which does not begin with `/`; CloudFront refuses it
              help: set OriginPath to a folder, or to an empty string for the root: wildcards are not supported
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_the_root_and_says_how_it_is_written() {
        scene("/").fails(
            &RULE,
            expect![[r#"
                error at //
                  origin `main` has the OriginPath `/`, which ends with `/`; CloudFront refuses it
                  help: set OriginPath to an empty string for the root
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_what_a_path_cannot_have() {
        let paths = ["/a?b=c", "/a#b", "/a b", "/ä", "https://x.example.com/a"];
        all_fail(
            &RULE,
            paths.map(scene),
            expect![[r#"
                error at //a?b=c
                  origin `main` has the OriginPath `/a?…`, which has the character '?'; CloudFront refuses it
                  help: end OriginPath before the '?'
                  origin: main
                  paths: `*`

                error at //a#b
                  origin `main` has the OriginPath `/a#b`, which has the character '#'; CloudFront refuses it
                  help: end OriginPath before the '#'
                  origin: main
                  paths: `*`

                error at //a b
                  origin `main` has the OriginPath `/a b`, which has the character ' '; CloudFront refuses it
                  help: encode ' ' as in a URL, or remove it
                  origin: main
                  paths: `*`

                error at //ä
                  origin `main` has the OriginPath `/ä`, which has the character 'ä'; CloudFront refuses it
                  help: encode 'ä' as in a URL, or remove it
                  origin: main
                  paths: `*`

                error at /https://x.example.com/a
                  origin `main` has the OriginPath `https://x.example.com/a`, which is a URL; CloudFront refuses it
                  help: set OriginPath to the path alone; the host belongs in DomainName
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_when_it_is_too_long() {
        scene(&format!("/{}", "a".repeat(255))).fails(&RULE, expect![[r#"
            warning at //aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
              origin `main` has the OriginPath `/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`, which has 256 characters, more than 255; CloudFront may refuse it
              help: set OriginPath to a shorter path
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_in_full_when_it_is_too_long_and_malformed() {
        let path = format!("/{}/", "a".repeat(255));
        assert_eq!(scene(&path).one_finding(&RULE).severity, Severity::Error);
    }

    #[test]
    fn passes_without_one() {
        Scene::s3("assets").passes(&RULE);
        scene("").passes(&RULE);
    }

    #[test]
    fn passes_for_paths() {
        for path in ["/prod", "/a/b", "/a%20b", "/~user/$latest/@v1", "/*"] {
            scene(path).passes(&RULE);
        }
        scene(&format!("/{}", "a".repeat(254))).passes(&RULE);
    }

    #[test]
    fn passes_for_a_path_that_only_the_deployment_knows() {
        scene("${Stage}/").passes(&RULE);
    }
}
