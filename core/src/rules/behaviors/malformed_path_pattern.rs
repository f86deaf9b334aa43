use crate::distribution::PathPattern;
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Cache behaviors whose path pattern is missing, empty, longer than 255 characters, or has a
    /// character that CloudFront does not accept.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidArgument`: "The parameter globPattern can only
    /// contain these characters". Regular expressions, spaces, braces and letters outside ASCII are
    /// the usual causes. For a backslash no refusal is documented or reported, so it is a warning.
    ///
    /// ## Example
    /// ```json
    /// {"PathPattern": "/images/(small|large)/*", "TargetOriginId": "images"}
    /// ```
    /// Use instead a pattern per path:
    /// ```json
    /// {"PathPattern": "/images/small/*", "TargetOriginId": "images"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// CacheBehaviors:
    ///   - {PathPattern: /images/(small|large)/*, TargetOriginId: images, ViewerProtocolPolicy: https-only}
    /// # good
    /// CacheBehaviors:
    ///   - {PathPattern: /images/small/*, TargetOriginId: images, ViewerProtocolPolicy: https-only}
    ///   - {PathPattern: /images/large/*, TargetOriginId: images, ViewerProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// ordered_cache_behavior {
    ///   path_pattern     = "/images/(small|large)/*"
    ///   target_origin_id = "images"
    /// }
    /// # good
    /// dynamic "ordered_cache_behavior" {
    ///   for_each = ["small", "large"]
    ///   content {
    ///     path_pattern     = "/images/${ordered_cache_behavior.value}/*"
    ///     target_origin_id = "images"
    ///   }
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Use letters, digits and `_-.*$/~"'@:+&`; `*` stands for any number of characters and `?` for
    /// one. There are no alternatives: write a behavior for each. Only the default cache behavior
    /// has no path pattern. Don't widen the pattern, to `/images/*` for example, without checking
    /// the behaviors after it: it takes over their paths.
    ///
    /// ## References
    /// - [Path pattern](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern)
    "malformed-path-pattern", Behaviors, Error, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    for behavior in &case.candidate.behaviors {
        let Some(field) = &behavior.path_pattern else {
            findings
                .add(
                    &behavior.place,
                    format!("{} has no PathPattern", behavior.name()),
                )
                .about(behavior)
                .key(behavior.target_origin_id.spelling())
                .evidence("target", &behavior.target_origin_id)
                .remedy("set PathPattern, such as `/api/*`; only DefaultCacheBehavior has none");
            continue;
        };
        if case.candidate.has_variable(&field.place) {
            continue;
        }
        let Some(Err(error)) = field.known().map(PathPattern::validate) else {
            continue;
        };
        // The guide's list of characters lacks the backslash, and CloudFront's own message seems to
        // have it.
        let severity = if error.is_certain() {
            Severity::Error
        } else {
            Severity::Warning
        };
        findings
            .add(&field.place, format!("the path pattern of {} is malformed: {error}", behavior.name()))
            .severity(severity)
            .behavior(behavior)
            .remedy(
                "set PathPattern to at most 255 of A-Z a-z 0-9 _ - . * ? $ / ~ \" ' @ : + &, and write \
                 a behavior per alternative",
            );
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;

    fn scene(pattern: &str) -> Scene {
        Scene::s3("assets").behavior(pattern, "main")
    }

    #[test]
    fn fails_for_a_character_and_names_it() {
        scene("/(a|b)/*").fails(&RULE, expect![[r#"
            error at /behaviors//(a|b)/*/pattern
              the path pattern of cache behavior 0 `/(a|b)/*` is malformed: it has the character '(', which CloudFront's guide does not list for path patterns
              help: set PathPattern to at most 255 of A-Z a-z 0-9 _ - . * ? $ / ~ " ' @ : + &, and write a behavior per alternative
              paths: `/(a|b)/*`
        "#]]);
    }

    #[test]
    fn fails_for_an_empty_one_and_a_long_one() {
        scene("").fails(&RULE, expect![[r#"
            error at /behaviors//pattern
              the path pattern of cache behavior 0 `` is malformed: it is empty
              help: set PathPattern to at most 255 of A-Z a-z 0-9 _ - . * ? $ / ~ " ' @ : + &, and write a behavior per alternative
              paths: ``
        "#]]);
        scene(&"a".repeat(256)).fails(&RULE, expect![[r#"
            error at /behaviors/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/pattern
              the path pattern of cache behavior 0 `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` is malformed: it has 256 characters, and CloudFront takes at most 255
              help: set PathPattern to at most 255 of A-Z a-z 0-9 _ - . * ? $ / ~ " ' @ : + &, and write a behavior per alternative
              paths: `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`
        "#]]);
    }

    #[test]
    fn fails_lightly_for_a_backslash() {
        let finding = scene(r"/a\b/*").one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Warning);
        let finding = scene(r"/a\b/(c)").one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Error);
    }

    #[test]
    fn fails_for_none() {
        scene("/a").with_behavior(|b| b.path_pattern = None).fails(
            &RULE,
            expect![[r#"
                error at /behaviors//a
                  cache behavior 0 has no PathPattern
                  help: set PathPattern, such as `/api/*`; only DefaultCacheBehavior has none
            "#]],
        );
    }

    #[test]
    fn passes_for_what_cloudfront_takes() {
        for pattern in ["*", "/api/*", "images/*.jpg", "/a?c", "/a-b_c.d$~\"'@:+&"] {
            scene(pattern).passes(&RULE);
        }
    }

    #[test]
    fn passes_for_the_default_behavior_which_has_none() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_for_one_that_only_the_deployment_knows() {
        use crate::distribution::{Expression, Value};
        let symbolic = Value::Symbolic(Expression::of_placeholders("${Path}/*"));
        scene("/a")
            .with_behavior(|b| b.path_pattern.as_mut().unwrap().value = symbolic)
            .passes(&RULE);
    }
}
