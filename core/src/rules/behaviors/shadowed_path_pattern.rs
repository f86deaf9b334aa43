use foldhash::{HashMap, HashMapExt};

use crate::distribution::{At, Behavior, PathPattern};
use crate::facts::Unknown;
use crate::finding::Findings;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Cache behaviors that no request reaches, since an earlier path pattern matches all of
    /// their paths.
    ///
    /// ## Why is this bad?
    /// It deploys quietly. CloudFront takes the first behavior that matches, in the order in which
    /// they are listed, not the most specific one: the later behavior is never used, and its paths
    /// get the earlier one's origin, cache and methods.
    ///
    /// ## Example
    /// ```json
    /// {"CacheBehaviors": {"Items": [{"PathPattern": "/api/*", "TargetOriginId": "api"},
    ///                               {"PathPattern": "/api/files/*", "TargetOriginId": "files"}]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"CacheBehaviors": {"Items": [{"PathPattern": "/api/files/*", "TargetOriginId": "files"},
    ///                               {"PathPattern": "/api/*", "TargetOriginId": "api"}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// CacheBehaviors:
    ///   - {PathPattern: /api/*, TargetOriginId: api, ViewerProtocolPolicy: https-only}
    ///   - {PathPattern: /api/files/*, TargetOriginId: files, ViewerProtocolPolicy: https-only}
    /// # good
    /// CacheBehaviors:
    ///   - {PathPattern: /api/files/*, TargetOriginId: files, ViewerProtocolPolicy: https-only}
    ///   - {PathPattern: /api/*, TargetOriginId: api, ViewerProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "api"
    /// }
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/files/*"
    ///   target_origin_id = "files"
    /// }
    /// # good
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/files/*"
    ///   target_origin_id = "files"
    /// }
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "api"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Put the narrower pattern first, or remove it if it is not needed. Check which behavior
    /// serves those paths today before you reorder: viewers may rely on it.
    ///
    /// ## References
    /// - [Path pattern](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern)
    "shadowed-path-pattern", Behaviors, Warning, check
}

/// A behavior with its known pattern, that without a leading slash, and what every path of it begins and ends with.
struct Entry<'a> {
    behavior: &'a Behavior,
    field: &'a At<PathPattern>,
    pattern: &'a PathPattern,
    text: &'a str,
    prefix: &'a str,
    suffix: &'a str,
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    let entries: Vec<Entry<'_>> = case.candidate.behaviors.iter().filter_map(entry).collect();
    let mut left = PathPattern::MOST_STEPS;
    let shadowed = shadowed_by(&entries, &mut left);
    if left == 0 {
        findings.undecided(&case.candidate.place, not_compared());
    }
    for (entry, earlier) in entries.iter().zip(shadowed) {
        let Some(earlier) = earlier.and_then(|at| entries.get(at)) else {
            continue;
        };
        findings
            .add(
                &entry.field.place,
                format!(
                    "{} is never used: {} matches all of its paths first",
                    entry.behavior.name(),
                    earlier.behavior.name()
                ),
            )
            .behavior(entry.behavior)
            .related(&earlier.field.place, "matches first")
            .evidence("target that answers", &earlier.behavior.target_origin_id)
            .evidence("target that never does", &entry.behavior.target_origin_id)
            .remedy(format!(
                "list `{}` before `{}` in CacheBehaviors, or remove it",
                entry.pattern, earlier.pattern
            ));
    }
}

/// For each entry the first earlier one that covers it.
///
/// Only a pattern with a wildcard covers others, and these begin as it does: earlier ones are looked
/// up by their literal beginnings, of which a config has few lengths, and not compared in pairs.
/// Where many begin alike, comparing ends when no steps are left.
#[expect(
    clippy::indexing_slicing,
    reason = "the places are those of `entries`, which both lists are as long as"
)]
fn shadowed_by(entries: &[Entry<'_>], left: &mut usize) -> Vec<Option<usize>> {
    let mut lengths: Vec<usize> = Vec::new();
    let mut newest: HashMap<&[u8], usize> = HashMap::with_capacity(entries.len());
    // What has the same beginning as the entry, and comes before it.
    let mut older = vec![None; entries.len()];
    let mut first = vec![None; entries.len()];
    for (at, entry) in entries.iter().enumerate() {
        let text = entry.text.as_bytes();
        // Only an earlier pattern whose literal beginning is also this one's can cover it: found by
        // length, few pairs are compared.
        for beginning in lengths.iter().filter_map(|length| text.get(..*length)) {
            let mut next = newest.get(beginning).copied();
            while let Some(earlier) = next {
                if first[at].is_none_or(|first| earlier < first) {
                    match covers(&entries[earlier], entry, left) {
                        Some(true) => first[at] = next,
                        Some(false) => {}
                        None => return first,
                    }
                }
                next = older[earlier];
            }
        }
        if entry.prefix.len() < text.len() {
            older[at] = newest.insert(entry.prefix.as_bytes(), at);
            if let Err(place) = lengths.binary_search(&entry.prefix.len()) {
                lengths.insert(place, entry.prefix.len());
            }
        }
    }
    first
}

fn entry(behavior: &Behavior) -> Option<Entry<'_>> {
    let field = behavior.path_pattern.as_ref()?;
    // Another rule reports patterns that are too long for CloudFront; comparing them takes too long.
    let is_compared = |pattern: &&PathPattern| pattern.validate_length().is_ok();
    let pattern = field.known().filter(is_compared)?;
    Some(Entry {
        behavior,
        field,
        pattern,
        text: pattern.normalized(),
        prefix: pattern.literal_prefix(),
        suffix: pattern.literal_suffix(),
    })
}

/// Whether the earlier pattern covers the later one. Equal patterns are another rule's.
fn covers(earlier: &Entry<'_>, later: &Entry<'_>, left: &mut usize) -> Option<bool> {
    *left = left.checked_sub(1)?;
    // An equal pattern is `duplicate-path-pattern`'s.
    if !later.text.ends_with(earlier.suffix) || earlier.text == later.text {
        return Some(false);
    }
    earlier.pattern.covers_within(left, later.pattern)
}

/// What is listed where not all patterns could be compared.
pub(super) fn not_compared() -> Unknown {
    let on = "comparing path patterns that are so many and so long takes too much time";
    Unknown::undecidable("path patterns", "CacheBehaviors", on)
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
    fn fails_for_a_narrower_pattern_behind_a_wider_one() {
        scene(&["/api/*", "/api/files/*"]).fails(&RULE, expect![[r#"
            warning at /behaviors//api/files/*/pattern
              cache behavior 1 `/api/files/*` is never used: cache behavior 0 `/api/*` matches all of its paths first
              help: list `/api/files/*` before `/api/*` in CacheBehaviors, or remove it
              see /behaviors//api/*/pattern: matches first
              paths: `/api/files/*`
        "#]]);
    }

    #[test]
    fn fails_for_everything_behind_a_pattern_that_matches_everything() {
        scene(&["*", "/a", "b/*.png"]).fails(&RULE, expect![[r#"
            warning at /behaviors//a/pattern
              cache behavior 1 `/a` is never used: cache behavior 0 `*` matches all of its paths first
              help: list `/a` before `*` in CacheBehaviors, or remove it
              see /behaviors/*/pattern: matches first
              paths: `/a`
            warning at /behaviors/b/*.png/pattern
              cache behavior 2 `b/*.png` is never used: cache behavior 0 `*` matches all of its paths first
              help: list `b/*.png` before `*` in CacheBehaviors, or remove it
              see /behaviors/*/pattern: matches first
              paths: `b/*.png`
        "#]]);
        scene(&["/*", "/a"]).fails(&RULE, expect![[r#"
            warning at /behaviors//a/pattern
              cache behavior 1 `/a` is never used: cache behavior 0 `/*` matches all of its paths first
              help: list `/a` before `/*` in CacheBehaviors, or remove it
              see /behaviors//*/pattern: matches first
              paths: `/a`
        "#]]);
    }

    #[test]
    fn fails_with_the_first_that_shadows() {
        scene(&["/b", "*.png", "/a/*", "/a/b.png"]).fails(&RULE, expect![[r#"
            warning at /behaviors//a/b.png/pattern
              cache behavior 3 `/a/b.png` is never used: cache behavior 1 `*.png` matches all of its paths first
              help: list `/a/b.png` before `*.png` in CacheBehaviors, or remove it
              see /behaviors/*.png/pattern: matches first
              paths: `/a/b.png`
        "#]]);
    }

    #[test]
    fn fails_whatever_the_slash() {
        scene(&["api/*", "/api/v1"]).fails(&RULE, expect![[r#"
            warning at /behaviors//api/v1/pattern
              cache behavior 1 `/api/v1` is never used: cache behavior 0 `api/*` matches all of its paths first
              help: list `/api/v1` before `api/*` in CacheBehaviors, or remove it
              see /behaviors/api/*/pattern: matches first
              paths: `/api/v1`
        "#]]);
    }

    /// Each pair takes many steps, and none covers the other.
    #[test]
    fn passes_with_an_unknown_where_comparing_takes_too_long() {
        let pattern = |at| format!("*{}{at:04}{}*", "a".repeat(100), "a".repeat(140));
        let patterns: Vec<String> = (0..600).map(pattern).collect();
        let mut all: Vec<&str> = patterns.iter().map(String::as_str).collect();
        scene(&all).passes_with_unknowns(&RULE, expect![[r#"
            unknown: path patterns `CacheBehaviors`, not decidable: comparing path patterns that are so many and so long takes too much time
              needs: manual review
        "#]]);
        all.truncate(75);
        scene(&all).passes(&RULE);
    }

    #[test]
    fn passes_for_the_narrower_pattern_first() {
        scene(&["/api/files/*", "/api/*", "*"]).passes(&RULE);
    }

    #[test]
    fn passes_where_only_some_paths_are_shared() {
        scene(&["*.png", "/images/*", "/a?c", "/a*c"]).passes(&RULE);
    }

    #[test]
    fn passes_for_a_pattern_that_is_too_long_which_another_rule_finds() {
        scene(&["/a*", &"/a".repeat(128)]).passes(&RULE);
    }

    #[test]
    fn passes_for_equal_patterns_which_another_rule_finds() {
        scene(&["/a/*", "a/*"]).passes(&RULE);
    }
}
