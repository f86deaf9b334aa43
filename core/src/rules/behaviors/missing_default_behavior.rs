use crate::distribution::Part;
use crate::finding::Findings;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Distributions without a `DefaultCacheBehavior`.
    ///
    /// ## Why is this bad?
    /// Every distribution has exactly one, for the paths that no other behavior matches. CloudFront
    /// refuses the config with `InvalidArgument`, CloudFormation with a missing required property.
    ///
    /// ## Example
    /// ```json
    /// {"Origins": {"Items": [{"Id": "site"}]},
    ///  "CacheBehaviors": {"Items": [{"PathPattern": "*", "TargetOriginId": "site"}]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Origins": {"Items": [{"Id": "site"}]},
    ///  "DefaultCacheBehavior": {"TargetOriginId": "site", "ViewerProtocolPolicy": "redirect-to-https"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// CacheBehaviors:
    ///   - {PathPattern: "*", TargetOriginId: site, ViewerProtocolPolicy: redirect-to-https}
    /// # good
    /// DefaultCacheBehavior:
    ///   TargetOriginId: site
    ///   ViewerProtocolPolicy: redirect-to-https
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// ordered_cache_behavior { # Terraform itself misses default_cache_behavior
    ///   path_pattern           = "*"
    ///   target_origin_id       = "site"
    ///   viewer_protocol_policy = "redirect-to-https"
    /// }
    /// # good
    /// default_cache_behavior {
    ///   target_origin_id       = "site"
    ///   viewer_protocol_policy = "redirect-to-https"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Add a `DefaultCacheBehavior` that targets the origin for everything else. A cache behavior
    /// with the pattern `*` does not replace it.
    ///
    /// ## References
    /// - [DefaultCacheBehavior](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DefaultCacheBehavior.html)
    "missing-default-behavior", Behaviors, Error, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    let open = case.candidate.leaves_open(&["DefaultCacheBehavior"]);
    if case.candidate.default_behavior.is_some() || open.is_some() {
        return;
    }
    let only = match case.candidate.origins.as_slice() {
        [origin] => format!(", with origin {} as its TargetOriginId", origin.name()),
        _ => " that targets the origin for all paths that no other behavior matches".to_owned(),
    };
    findings
        .add(
            &case.candidate.place,
            "the candidate has no DefaultCacheBehavior",
        )
        .about(Part::DefaultBehavior)
        .remedy(format!("add DefaultCacheBehavior{only}"));
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;

    fn without_default(mut scene: Scene) -> Scene {
        scene.candidate.default_behavior = None;
        scene
    }

    #[test]
    fn fails_without_one_and_names_the_only_origin() {
        without_default(Scene::s3("assets")).fails(
            &RULE,
            expect![[r#"
            error at the whole config
              the candidate has no DefaultCacheBehavior
              help: add DefaultCacheBehavior, with origin `main` as its TargetOriginId
        "#]],
        );
    }

    #[test]
    fn fails_although_a_behavior_matches_everything() {
        without_default(Scene::s3("assets").behavior("*", "main")).fails(
            &RULE,
            expect![[r#"
            error at the whole config
              the candidate has no DefaultCacheBehavior
              help: add DefaultCacheBehavior, with origin `main` as its TargetOriginId
        "#]],
        );
    }

    #[test]
    fn fails_without_a_guess_among_several_origins() {
        without_default(Scene::s3("assets").origin("api")).fails(&RULE, expect![[r#"
            error at the whole config
              the candidate has no DefaultCacheBehavior
              help: add DefaultCacheBehavior that targets the origin for all paths that no other behavior matches
        "#]]);
    }

    #[test]
    fn passes_with_one() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_with_one_beside_others() {
        Scene::s3("assets").behavior("/api/*", "main").passes(&RULE);
    }

    #[test]
    fn passes_whatever_it_targets() {
        Scene::s3("assets")
            .default_target("${Target}")
            .passes(&RULE);
    }
}
