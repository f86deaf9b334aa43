use crate::finding::Findings;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Distributions with more cache behaviors than the quota allows, not counting the default one.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the whole update with `TooManyCacheBehaviors`. The default quota is 75, and
    /// AWS raises it on request: above it, the finding is a warning, and an error only above the
    /// account's own quota in `ORIGIN_GUARD_MAX_BEHAVIORS`. A candidate with no more behaviors than
    /// its baseline has is not reported.
    ///
    /// CloudFront's model words it: `TooManyCacheBehaviors`, "You cannot create more cache behaviors
    /// for the distribution."
    ///
    /// ## Example
    /// ```json
    /// {"CacheBehaviors": {"Quantity": 76, "Items": [
    ///   {"PathPattern": "/a/*.css", "TargetOriginId": "site"},
    ///   {"PathPattern": "/a/*.js", "TargetOriginId": "site"}]}}
    /// ```
    /// Use instead one behavior for paths with one target and one set of policies:
    /// ```json
    /// {"CacheBehaviors": {"Quantity": 1, "Items": [{"PathPattern": "/a/*", "TargetOriginId": "site"}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// CacheBehaviors:
    ///   - {PathPattern: /a/*.css, TargetOriginId: site, ViewerProtocolPolicy: redirect-to-https}
    ///   - {PathPattern: /a/*.js, TargetOriginId: site, ViewerProtocolPolicy: redirect-to-https}
    ///   # … 74 more
    /// # good
    /// CacheBehaviors:
    ///   - {PathPattern: /a/*, TargetOriginId: site, ViewerProtocolPolicy: redirect-to-https}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// dynamic "ordered_cache_behavior" {
    ///   for_each = var.extensions # 76 of them
    ///   content {
    ///     path_pattern     = "/a/*.${ordered_cache_behavior.value}"
    ///     target_origin_id = "site"
    ///   }
    /// }
    /// # good
    /// ordered_cache_behavior {
    ///   path_pattern     = "/a/*"
    ///   target_origin_id = "site"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Merge behaviors that differ only in the pattern, remove those that do what the default one
    /// does, split the distribution, or ask AWS for a higher quota before this deployment.
    ///
    /// ## References
    /// - [Quotas](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html)
    "too-many-behaviors", Behaviors, Warning, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    let quota = case.limits.behaviors;
    let behaviors = &case.candidate.behaviors;
    let before = case.baseline().map(|baseline| baseline.behaviors.len());
    let (Some(severity), Some(beyond)) = (
        quota.exceeded(behaviors.len(), before),
        behaviors.get(quota.most()),
    ) else {
        return;
    };
    findings
        .add(
            &beyond.place,
            format!(
                "the candidate has {} cache behaviors, and {}",
                behaviors.len(),
                quota.text()
            ),
        )
        .severity(severity)
        .evidence("cache behaviors", behaviors.len())
        .evidence("quota", quota.most())
        .remedy(format!(
            "remove or merge {} of the CacheBehaviors, or have AWS raise the quota \"Cache behaviors \
             per distribution\" first and set ORIGIN_GUARD_MAX_BEHAVIORS to it",
            behaviors.len() - quota.most()
        ));
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::Quota;
    use crate::rules::testing::Scene;

    fn scene(behaviors: usize) -> Scene {
        (0..behaviors).fold(Scene::s3("assets"), |scene, n| {
            scene.behavior(&format!("/{n}"), "main")
        })
    }

    #[test]
    fn fails_for_seventy_six() {
        scene(76).fails(&RULE, expect![[r#"
            warning at /behaviors//75
              the candidate has 76 cache behaviors, and the default quota is 75
              help: remove or merge 1 of the CacheBehaviors, or have AWS raise the quota "Cache behaviors per distribution" first and set ORIGIN_GUARD_MAX_BEHAVIORS to it
        "#]]);
    }

    #[test]
    fn fails_once_for_many() {
        scene(80).fails(&RULE, expect![[r#"
            warning at /behaviors//75
              the candidate has 80 cache behaviors, and the default quota is 75
              help: remove or merge 5 of the CacheBehaviors, or have AWS raise the quota "Cache behaviors per distribution" first and set ORIGIN_GUARD_MAX_BEHAVIORS to it
        "#]]);
    }

    #[test]
    fn fails_for_the_quota_of_the_account() {
        let mut scene = scene(2);
        scene.limits.behaviors = Quota::OfAccount(1);
        scene.fails(&RULE, expect![[r#"
            error at /behaviors//1
              the candidate has 2 cache behaviors, and the account's quota is 1
              help: remove or merge 1 of the CacheBehaviors, or have AWS raise the quota "Cache behaviors per distribution" first and set ORIGIN_GUARD_MAX_BEHAVIORS to it
        "#]]);
    }

    #[test]
    fn passes_for_seventy_five_and_the_default_one() {
        scene(75).passes(&RULE);
    }

    #[test]
    fn passes_without_any() {
        scene(0).passes(&RULE);
    }

    #[test]
    fn passes_where_the_baseline_has_as_many() {
        let baseline = scene(76).candidate;
        scene(76).baseline(baseline).passes(&RULE);
    }

    #[test]
    fn passes_under_a_raised_quota() {
        let mut scene = scene(76);
        scene.limits.behaviors = Quota::OfAccount(100);
        scene.passes(&RULE);
    }
}
