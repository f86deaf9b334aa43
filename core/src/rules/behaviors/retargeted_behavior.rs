use crate::change::Retarget;
use crate::finding::Findings;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Behaviors that send their requests to another origin than in the baseline.
    ///
    /// ## Why is this bad?
    /// CloudFront deploys it quietly, and a typo that happens to be another origin's ID cannot be
    /// distinguished from an intended move. The viewers of that path get what the other origin
    /// answers. A new ID of the same origin is not reported, nor is a group that is added for
    /// failover.
    ///
    /// ## Example
    /// ```json
    /// {"PathPattern": "/api/*", "TargetOriginId": "assets"}
    /// ```
    /// where the baseline has `api`. Use instead:
    /// ```json
    /// {"PathPattern": "/api/*", "TargetOriginId": "api"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// CacheBehaviors: # the baseline has api
    ///   - {PathPattern: /api/*, TargetOriginId: assets, ViewerProtocolPolicy: https-only}
    /// # good
    /// CacheBehaviors:
    ///   - {PathPattern: /api/*, TargetOriginId: api, ViewerProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// ordered_cache_behavior { # the baseline has api
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "assets"
    /// }
    /// # good
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "api"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// If it is intended, make sure that the other origin serves this path, and invalidate the path
    /// if the answers differ. Otherwise set `TargetOriginId` back.
    ///
    /// ## References
    /// - [CacheBehavior](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html)
    "retargeted-behavior", Behaviors, Warning, check
}

fn check<'a>(case: &Case<'a>, map: &OriginMap<'a>, findings: &mut Findings) {
    let Some(sides) = &case.sides else {
        return;
    };
    for Retarget {
        before,
        was,
        after,
        is,
    } in sides.retargeted_behaviors(map)
    {
        findings
            .add(
                &after.target_origin_id.place,
                format!(
                    "{} moves from origin {} (`{}`) to origin {} (`{}`)",
                    after.name(),
                    was.name(),
                    was.domain_name,
                    is.name(),
                    is.domain_name
                ),
            )
            .target(case.reach(), &after.target_origin_id.to_string())
            .behavior(after)
            .evidence("target before", &before.target_origin_id)
            .evidence("target after", &after.target_origin_id)
            .remedy(format!(
                "if this is intended, make sure that origin {} serves `{}`; otherwise set \
                 TargetOriginId back to `{}`",
                is.name(),
                after.pattern_text(),
                before.target_origin_id
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, custom_origin};

    fn site() -> Scene {
        Scene::s3("assets").origin("api").origin("standby")
    }

    #[test]
    fn fails_for_a_path_that_goes_elsewhere() {
        site()
            .behavior("/api/*", "main")
            .baseline(site().behavior("/api/*", "api").candidate)
            .fails(&RULE, expect![[r#"
                warning at /main
                  cache behavior 0 `/api/*` moves from origin `api` (`api.example.com`) to origin `main` (`assets.s3.us-east-1.amazonaws.com`)
                  help: if this is intended, make sure that origin `main` serves `/api/*`; otherwise set TargetOriginId back to `api`
                  origin: main
                  paths: `/api/*`
            "#]]);
    }

    #[test]
    fn fails_for_the_default_behavior() {
        site()
            .default_target("standby")
            .baseline(site().candidate)
            .fails(&RULE, expect![[r#"
                warning at /standby
                  the default cache behavior moves from origin `main` (`assets.s3.us-east-1.amazonaws.com`) to origin `standby` (`standby.example.com`)
                  help: if this is intended, make sure that origin `standby` serves `*`; otherwise set TargetOriginId back to `main`
                  origin: standby
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_a_group_whose_primary_is_another_origin() {
        let scene = |first, second| {
            site()
                .group("both", &[first, second])
                .behavior("/x", "both")
        };
        scene("standby", "api")
            .baseline(scene("api", "standby").candidate)
            .fails(&RULE, expect![[r#"
                warning at /both
                  cache behavior 0 `/x` moves from origin `api` (`api.example.com`) to origin `standby` (`standby.example.com`)
                  help: if this is intended, make sure that origin `standby` serves `/x`; otherwise set TargetOriginId back to `both`
                  origin: both
                  paths: `/x`
            "#]]);
    }

    #[test]
    fn passes_for_a_group_that_adds_failover() {
        site()
            .group("both", &["api", "standby"])
            .behavior("/x", "both")
            .baseline(site().behavior("/x", "api").candidate)
            .passes(&RULE);
    }

    #[test]
    fn passes_for_a_new_id_of_the_same_origin() {
        Scene::s3("assets")
            .add(custom_origin("new", "old.example.com"))
            .behavior("/x", "new")
            .baseline(
                Scene::s3("assets")
                    .add(custom_origin("old", "old.example.com"))
                    .behavior("/x", "old")
                    .candidate,
            )
            .passes(&RULE);
    }

    #[test]
    fn passes_for_a_missing_or_symbolic_target_and_for_a_new_path() {
        for target in ["nope", "${Api}"] {
            site()
                .behavior("/x", target)
                .baseline(site().behavior("/x", "api").candidate)
                .passes(&RULE);
        }
        site()
            .behavior("/new", "api")
            .baseline(site().candidate)
            .passes(&RULE);
    }
}
