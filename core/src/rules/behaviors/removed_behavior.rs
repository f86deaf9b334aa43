use crate::change::{Renames, first_origin};
use crate::distribution::{Behavior, Distribution, PathPattern};
use crate::finding::Findings;
use crate::rules::behaviors::shadowed_path_pattern::not_compared;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Path patterns of the baseline that the candidate drops, so that their requests go to another
    /// origin.
    ///
    /// ## Why is this bad?
    /// CloudFront deploys it quietly. Requests for these paths go to the next behavior that
    /// matches, and finally to the default one, whose origin may not have them: viewers get its 403
    /// or 404, or its index page with status 200.
    ///
    /// ## Example
    /// ```json
    /// {"CacheBehaviors": {"Quantity": 0},
    ///  "DefaultCacheBehavior": {"TargetOriginId": "site"}}
    /// ```
    /// where the baseline sends `/api/*` to `api`. Use instead:
    /// ```json
    /// {"CacheBehaviors": {"Quantity": 1, "Items": [{"PathPattern": "/api/*", "TargetOriginId": "api"}]},
    ///  "DefaultCacheBehavior": {"TargetOriginId": "site"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// CacheBehaviors: [] # the baseline sends /api/* to api
    /// DefaultCacheBehavior: {TargetOriginId: site, ViewerProtocolPolicy: https-only}
    /// # good
    /// CacheBehaviors:
    ///   - {PathPattern: /api/*, TargetOriginId: api, ViewerProtocolPolicy: https-only}
    /// DefaultCacheBehavior: {TargetOriginId: site, ViewerProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// default_cache_behavior { # and no ordered_cache_behavior for /api/*, which the baseline has
    ///   target_origin_id       = "site"
    ///   viewer_protocol_policy = "https-only"
    /// }
    /// # good
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "api"
    /// }
    /// default_cache_behavior {
    ///   target_origin_id       = "site"
    ///   viewer_protocol_policy = "https-only"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// If the path is retired, no change is needed, and its origin can be removed in the same
    /// update. Otherwise add the behavior back at its precedence.
    ///
    /// ## References
    /// - [CacheBehavior](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html)
    "removed-behavior", Behaviors, Warning, check
}

fn check(case: &Case<'_>, map: &OriginMap<'_>, findings: &mut Findings) {
    let Some(sides) = &case.sides else {
        return;
    };
    if case.candidate.leaves_open(&["CacheBehaviors"]).is_some() {
        return;
    }
    let removed = sides.removed_behaviors();
    if removed.is_empty() {
        return;
    }
    let renames = Renames::between(sides.baseline, case.candidate);
    let mut left = PathPattern::MOST_STEPS;
    for behavior in removed {
        let Some(next) = successor(case.candidate, behavior, &mut left) else {
            if left == 0 {
                findings.undecided(&case.candidate.place, not_compared());
            }
            continue;
        };
        let was = first_origin(sides.baseline_map(), behavior);
        let is = first_origin(map, next);
        let (Some(was), Some(is)) = (was, is) else {
            continue;
        };
        // Where the requests still reach the same origin, dropping the pattern is only tidying up.
        let stays = was.id.known().is_some_and(|id| is.id.is(renames.now(id)));
        if stays || was.domain_name.value == is.domain_name.value {
            continue;
        }
        let pattern = behavior.pattern_text();
        findings
            .add(
                &next.place,
                format!(
                    "the candidate drops the path pattern `{pattern}`, which reached origin {} \
                     (`{}`); its requests go to {} and origin {}",
                    was.name(),
                    was.domain_name,
                    next.name(),
                    is.name()
                ),
            )
            .target(case.reach(), &is.id.to_string())
            .about(behavior)
            .paths(vec![pattern.clone()])
            .evidence("target before", &behavior.target_origin_id)
            .remedy(format!(
                "if `{pattern}` is retired, no change is needed; otherwise add its cache \
                 behavior back, with TargetOriginId `{}`",
                behavior.target_origin_id
            ));
    }
}

/// The behavior that answers for every path of a dropped one; the default one at last. None where no
/// steps are left to find out.
fn successor<'a>(
    candidate: &'a Distribution,
    dropped: &Behavior,
    left: &mut usize,
) -> Option<&'a Behavior> {
    let pattern = dropped.path_pattern.as_ref()?.known()?;
    for behavior in &candidate.behaviors {
        let own = behavior.path_pattern.as_ref().and_then(|own| own.known());
        if let Some(own) = own
            // The first behavior that covers all of the dropped pattern; one that covers a part
            // leaves the rest to others, and nothing is claimed about those.
            && own.covers_within(left, pattern)?
        {
            return Some(behavior);
        }
    }
    candidate.default_behavior.as_ref()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;

    fn site() -> Scene {
        Scene::s3("assets").origin("api")
    }

    #[test]
    fn fails_for_a_path_that_falls_to_the_default_behavior() {
        site()
            .baseline(site().behavior("/api/*", "api").candidate)
            .fails(&RULE, expect![[r#"
                warning at /behaviors/default
                  the candidate drops the path pattern `/api/*`, which reached origin `api` (`api.example.com`); its requests go to the default cache behavior and origin `main`
                  help: if `/api/*` is retired, no change is needed; otherwise add its cache behavior back, with TargetOriginId `api`
                  origin: main
                  paths: `/api/*`
            "#]]);
    }

    #[test]
    fn fails_for_a_path_that_falls_to_a_wider_one() {
        let baseline = site()
            .behavior("/a/b/*", "api")
            .behavior("/a/*", "main")
            .candidate;
        site()
            .behavior("/a/*", "main")
            .baseline(baseline)
            .fails(&RULE, expect![[r#"
                warning at /behaviors//a/*
                  the candidate drops the path pattern `/a/b/*`, which reached origin `api` (`api.example.com`); its requests go to cache behavior 0 `/a/*` and origin `main`
                  help: if `/a/b/*` is retired, no change is needed; otherwise add its cache behavior back, with TargetOriginId `api`
                  origin: main
                  paths: `/a/b/*`
            "#]]);
    }

    #[test]
    fn fails_though_the_origin_is_removed_with_it() {
        Scene::s3("assets")
            .baseline(site().behavior("/api/*", "api").candidate)
            .fails(&RULE, expect![[r#"
                warning at /behaviors/default
                  the candidate drops the path pattern `/api/*`, which reached origin `api` (`api.example.com`); its requests go to the default cache behavior and origin `main`
                  help: if `/api/*` is retired, no change is needed; otherwise add its cache behavior back, with TargetOriginId `api`
                  origin: main
                  paths: `/api/*`
            "#]]);
    }

    #[test]
    fn passes_with_an_unknown_where_comparing_takes_too_long() {
        let pattern = |at| format!("*{}{at}{}*", "a".repeat(1_000), "a".repeat(2_000));
        let new = (0..10).fold(site(), |scene, at| scene.behavior(&pattern(at), "main"));
        let old = (20..30).fold(site(), |scene, at| scene.behavior(&pattern(at), "main"));
        new.baseline(old.candidate)
            .passes_with_unknowns(&RULE, expect![[r#"
                unknown: path patterns `CacheBehaviors`, not decidable: comparing path patterns that are so many and so long takes too much time
                  needs: manual review
            "#]]);
    }

    #[test]
    fn passes_where_the_next_behavior_reaches_the_same_origin() {
        site()
            .baseline(site().behavior("/img/*", "main").candidate)
            .passes(&RULE);
    }

    #[test]
    fn passes_where_only_the_slash_is_gone() {
        site()
            .behavior("api/*", "api")
            .baseline(site().behavior("/api/*", "api").candidate)
            .passes(&RULE);
    }

    #[test]
    fn passes_without_a_baseline_and_while_a_pattern_is_undecided() {
        site().passes(&RULE);
        let mut scene = site().behavior("/x", "main");
        let at = scene.candidate.behaviors[0].path_pattern.as_mut().unwrap();
        at.value =
            crate::distribution::Value::Symbolic(crate::distribution::Expression::open("${Path}"));
        scene
            .baseline(site().behavior("/api/*", "api").candidate)
            .passes(&RULE);
    }
}
