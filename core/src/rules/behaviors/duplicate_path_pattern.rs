use std::collections::hash_map::Entry;

use foldhash::{HashMap, HashMapExt};

use crate::distribution::PathPattern;
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Cache behaviors whose path pattern an earlier one has too: the very same text (an
    /// error), or the same but for the leading slash (a warning).
    ///
    /// ## Why is this bad?
    /// The first behavior that matches wins, so the later one never answers a request. CloudFront
    /// refuses the same text twice with `InvalidArgument`; `/a` and `a` may deploy quietly.
    ///
    /// ## Example
    /// ```json
    /// {"CacheBehaviors": {"Items": [{"PathPattern": "/api/*", "TargetOriginId": "api-v1"},
    ///                               {"PathPattern": "/api/*", "TargetOriginId": "api-v2"}]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"CacheBehaviors": {"Items": [{"PathPattern": "/api/*", "TargetOriginId": "api-v2"}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// CacheBehaviors:
    ///   - {PathPattern: /api/*, TargetOriginId: api-v1, ViewerProtocolPolicy: https-only}
    ///   - {PathPattern: /api/*, TargetOriginId: api-v2, ViewerProtocolPolicy: https-only}
    /// # good
    /// CacheBehaviors:
    ///   - {PathPattern: /api/*, TargetOriginId: api-v2, ViewerProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "api-v1"
    /// }
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "api-v2"
    /// }
    /// # good
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "api-v2"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Keep the behavior that is meant, often the later one, and remove the other. Don't just
    /// change its spelling: CloudFront then accepts it, and it still never matches.
    ///
    /// ## References
    /// - [Path pattern](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern)
    "duplicate-path-pattern", Behaviors, Error, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    let mut seen = HashMap::with_capacity(case.candidate.behaviors.len());
    for behavior in &case.candidate.behaviors {
        let Some(field) = &behavior.path_pattern else {
            continue;
        };
        let Some(pattern) = field.known().filter(|pattern| !pattern.as_str().is_empty()) else {
            continue;
        };
        // With and without a leading slash, a pattern matches the same paths (developer guide).
        let (first, first_pattern) = match seen.entry(pattern.normalized()) {
            Entry::Vacant(vacant) => {
                vacant.insert((behavior, pattern));
                continue;
            }
            Entry::Occupied(occupied) => *occupied.get(),
        };
        let finding = findings.add(
            &field.place,
            format!(
                "{} has the same path pattern as {}, so it never answers a request",
                behavior.name(),
                first.name()
            ),
        );
        finding
            .severity(severity(first_pattern, pattern))
            .behavior(behavior)
            .evidence("target of the first", &first.target_origin_id)
            .evidence("target of this one", &behavior.target_origin_id)
            .remedy(format!(
                "remove {} or {}, whichever is not meant, or change one PathPattern",
                first.name(),
                behavior.name()
            ));
        if let Some(first) = &first.path_pattern {
            finding.related(&first.place, "the first with this pattern");
        }
    }
}

fn severity(first: &PathPattern, second: &PathPattern) -> Severity {
    // That CloudFront refuses two patterns that differ in the slash alone was not seen.
    if first == second {
        Severity::Error
    } else {
        Severity::Warning
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;

    fn scene(patterns: &[&str]) -> Scene {
        patterns.iter().fold(Scene::s3("assets"), |scene, pattern| {
            scene.behavior(pattern, "main")
        })
    }

    #[test]
    fn fails_for_the_same_text() {
        scene(&["/api/*", "/img/*", "/api/*"]).fails(&RULE, expect![[r#"
            error at /behaviors//api/*/pattern
              cache behavior 2 `/api/*` has the same path pattern as cache behavior 0 `/api/*`, so it never answers a request
              help: remove cache behavior 0 `/api/*` or cache behavior 2 `/api/*`, whichever is not meant, or change one PathPattern
              see /behaviors//api/*/pattern: the first with this pattern
              paths: `/api/*`
        "#]]);
    }

    #[test]
    fn fails_more_softly_for_another_spelling() {
        scene(&["/a", "a"]).fails(&RULE, expect![[r#"
            warning at /behaviors/a/pattern
              cache behavior 1 `a` has the same path pattern as cache behavior 0 `/a`, so it never answers a request
              help: remove cache behavior 0 `/a` or cache behavior 1 `a`, whichever is not meant, or change one PathPattern
              see /behaviors//a/pattern: the first with this pattern
              paths: `a`
        "#]]);
    }

    #[test]
    fn fails_for_each_later_one() {
        scene(&["/a", "/a", "/a"]).fails(&RULE, expect![[r#"
            error at /behaviors//a/pattern
              cache behavior 1 `/a` has the same path pattern as cache behavior 0 `/a`, so it never answers a request
              help: remove cache behavior 0 `/a` or cache behavior 1 `/a`, whichever is not meant, or change one PathPattern
              see /behaviors//a/pattern: the first with this pattern
              paths: `/a`
            error at /behaviors//a/pattern
              cache behavior 2 `/a` has the same path pattern as cache behavior 0 `/a`, so it never answers a request
              help: remove cache behavior 0 `/a` or cache behavior 2 `/a`, whichever is not meant, or change one PathPattern
              see /behaviors//a/pattern: the first with this pattern
              paths: `/a`
        "#]]);
    }

    #[test]
    fn passes_for_patterns_of_their_own() {
        scene(&["/a", "/b", "/a/*", "/A", "//a"]).passes(&RULE);
    }

    #[test]
    fn passes_for_the_default_behavior_and_an_explicit_one_for_everything() {
        scene(&["*"]).passes(&RULE);
    }

    #[test]
    fn passes_for_empty_ones_which_another_rule_refuses() {
        scene(&["", ""]).passes(&RULE);
    }
}
