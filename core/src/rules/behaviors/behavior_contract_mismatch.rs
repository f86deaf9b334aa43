use foldhash::{HashMap, HashMapExt};

use crate::distribution::{At, Part};
use crate::finding::Findings;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Path patterns that another origin serves than the contract file declares. Each path pattern
    /// of its `behaviors` is checked against the `TargetOriginId` in the candidate; `*` is the
    /// default cache behavior.
    ///
    /// ## Why is this bad?
    /// CloudFront deploys it quietly: each ID may exist and each bucket be right, and requests
    /// still go to the wrong one.
    ///
    /// ## Example
    /// The contract says `{"behaviors": {"/api/*": "api"}}`:
    /// ```json
    /// {"PathPattern": "/api/*", "TargetOriginId": "assets"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"PathPattern": "/api/*", "TargetOriginId": "api"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// CacheBehaviors: # the contract declares api
    ///   - {PathPattern: /api/*, TargetOriginId: assets, ViewerProtocolPolicy: https-only}
    /// # good
    /// CacheBehaviors:
    ///   - {PathPattern: /api/*, TargetOriginId: api, ViewerProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// ordered_cache_behavior { # the contract declares api
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
    /// Set the target to what is declared. If the declaration is out of date, change it in a
    /// separate review.
    ///
    /// ## References
    /// - [CacheBehavior](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html)
    "behavior-contract-mismatch", Behaviors, Error, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    let Some(contract) = case.contract else {
        return;
    };
    let candidate = case.candidate;
    let mut behaviors = HashMap::new();
    let mut undecided = false;
    for behavior in candidate.all_behaviors() {
        let pattern = behavior.path_pattern.as_ref().map(At::known);
        match pattern {
            Some(None) => undecided = true,
            Some(Some(pattern)) => {
                behaviors.entry(pattern.as_str()).or_insert(behavior);
            }
            None => {
                // The default behavior matches as `*` does, and has no pattern of its own.
                behaviors.entry("*").or_insert(behavior);
            }
        }
    }
    for (pattern, declared) in &contract.behaviors {
        let Some(behavior) = behaviors.get(pattern.as_str()) else {
            let open = ["CacheBehaviors", "DefaultCacheBehavior"];
            if candidate.leaves_open(&open).is_some() || undecided {
                continue;
            }
            findings
                .add(
                    &candidate.place,
                    format!(
                        "the contract declares path pattern `{pattern}`, and no behavior has it"
                    ),
                )
                .about(Part::Behavior(pattern.clone()))
                .paths(vec![pattern.clone()])
                .evidence("declared", declared)
                .remedy(format!(
                    "add a cache behavior for `{pattern}` with TargetOriginId `{declared}`, or \
                     remove it from the contract if it is retired"
                ));
            continue;
        };
        let target = &behavior.target_origin_id;
        if target.known().is_none_or(|target| target == declared) {
            continue;
        }
        findings
            .add(
                &target.place,
                format!(
                    "{} targets `{target}`, and the contract declares `{declared}` for `{pattern}`",
                    behavior.name()
                ),
            )
            .target(case.reach(), target.spelling())
            .behavior(behavior)
            .evidence("declared", declared)
            .remedy(format!(
                "set TargetOriginId to `{declared}`, or change the contract if that is out of date"
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::contract::Contract;
    use crate::rules::testing::Scene;

    fn declaring(pattern: &str, target: &str) -> Contract {
        Contract {
            behaviors: [(pattern.to_owned(), target.to_owned())].into(),
            ..Contract::default()
        }
    }

    fn site() -> Scene {
        Scene::s3("assets").origin("api").behavior("/api/*", "api")
    }

    #[test]
    fn fails_for_another_target() {
        site()
            .contract(declaring("/api/*", "main"))
            .fails(&RULE, expect![[r#"
                error at /api
                  cache behavior 0 `/api/*` targets `api`, and the contract declares `main` for `/api/*`
                  help: set TargetOriginId to `main`, or change the contract if that is out of date
                  origin: api
                  paths: `/api/*`
            "#]]);
    }

    #[test]
    fn fails_for_the_default_behavior() {
        site().contract(declaring("*", "api")).fails(
            &RULE,
            expect![[r#"
                error at /main
                  the default cache behavior targets `main`, and the contract declares `api` for `*`
                  help: set TargetOriginId to `api`, or change the contract if that is out of date
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_pattern_that_no_behavior_has() {
        site()
            .contract(declaring("/img/*", "main"))
            .fails(&RULE, expect![[r#"
                error at the whole config
                  the contract declares path pattern `/img/*`, and no behavior has it
                  help: add a cache behavior for `/img/*` with TargetOriginId `main`, or remove it from the contract if it is retired
                  paths: `/img/*`
            "#]]);
    }

    #[test]
    fn passes_for_what_is_declared() {
        site().contract(declaring("/api/*", "api")).passes(&RULE);
        site().contract(declaring("*", "main")).passes(&RULE);
    }

    #[test]
    fn passes_without_a_contract() {
        site().passes(&RULE);
    }

    #[test]
    fn passes_for_a_target_that_is_not_decided() {
        let scene = site().behavior("/x", "${Target}");
        scene.contract(declaring("/x", "main")).passes(&RULE);
    }
}
