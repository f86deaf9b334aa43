use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Distributions with more origins than the quota of the account.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `TooManyOrigins`. The default quota is 100 origins for each
    /// distribution, and AWS raises it on request: above it, the finding is a warning, and an error
    /// only above the account's own quota in `ORIGIN_GUARD_MAX_ORIGINS`. A candidate with no more
    /// origins than its baseline has is not reported.
    ///
    /// CloudFront's model words it: `TooManyOrigins`, "You cannot create more origins for the
    /// distribution."
    ///
    /// ## Example
    /// ```json
    /// {"Origins": {"Quantity": 101, "Items": ["… 101 origins …"]}}
    /// ```
    /// Use instead the origins that behaviors and groups target, and no more:
    /// ```json
    /// {"Origins": {"Quantity": 98, "Items": ["… 98 origins …"]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   Fn::ForEach::Tenants: # 101 tenants
    ///     - Tenant
    ///     - !Ref Tenants
    ///     - - Id: !Sub tenant-${Tenant}
    ///         DomainName: !Sub ${Tenant}.example.com
    /// # good
    /// Origins: # one for all, which finds the tenant by the path
    ///   - Id: tenants
    ///     DomainName: tenants.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// dynamic "origin" {
    ///   for_each = var.tenants # 101 tenants
    ///   content {
    ///     origin_id   = origin.key
    ///     domain_name = "${origin.key}.example.com"
    ///   }
    /// }
    /// # good
    /// origin { # one for all, which finds the tenant by the path
    ///   origin_id   = "tenants"
    ///   domain_name = "tenants.example.com"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Remove origins that no behavior and no group targets. If all are needed, ask AWS for a higher
    /// quota, and set `ORIGIN_GUARD_MAX_ORIGINS` to it.
    ///
    /// ## References
    /// - [CloudFront quotas](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html)
    "too-many-origins", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let quota = case.limits.origins;
    let origins = &case.candidate.origins;
    // What the live config has already, the account's quota allows.
    let before = case.baseline().map(|baseline| baseline.origins.len());
    let most = quota.most();
    if let Some(severity) = quota.exceeded(origins.len(), before)
        && let Some(first_over) = origins.get(most)
    {
        findings
            .add(
                &first_over.place,
                format!(
                    "the candidate has {} origins, and {}; {} is the first beyond it",
                    origins.len(),
                    quota.text(),
                    first_over.name()
                ),
            )
            .severity(severity)
            .evidence("origins", origins.len())
            .evidence("quota", most)
            .remedy(format!(
                "remove {} of the origins; or have AWS raise the quota and set \
                 ORIGIN_GUARD_MAX_ORIGINS to it",
                origins.len() - most
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;
    use crate::rules::{Limits, Quota};

    fn scene(origins: usize, quota: usize) -> Scene {
        let mut scene = Scene::s3("assets");
        scene.limits.origins = Quota::OfAccount(quota);
        (1..origins).fold(scene, |scene, number| scene.origin(&format!("o{number}")))
    }

    #[test]
    fn fails_above_the_default_quota() {
        let mut scene = scene(101, 100);
        scene.limits = Limits::default();
        scene.fails(&RULE, expect![[r#"
            warning at /origins/o100
              the candidate has 101 origins, and the default quota is 100; `o100` is the first beyond it
              help: remove 1 of the origins; or have AWS raise the quota and set ORIGIN_GUARD_MAX_ORIGINS to it
        "#]]);
    }

    #[test]
    fn fails_above_a_quota_that_was_set() {
        scene(6, 3).fails(&RULE, expect![[r#"
            error at /origins/o3
              the candidate has 6 origins, and the account's quota is 3; `o3` is the first beyond it
              help: remove 3 of the origins; or have AWS raise the quota and set ORIGIN_GUARD_MAX_ORIGINS to it
        "#]]);
    }

    #[test]
    fn fails_at_the_first_origin_beyond_the_quota() {
        let scene = scene(4, 2);
        scene.fails(&RULE, expect![[r#"
            error at /origins/o2
              the candidate has 4 origins, and the account's quota is 2; `o2` is the first beyond it
              help: remove 2 of the origins; or have AWS raise the quota and set ORIGIN_GUARD_MAX_ORIGINS to it
        "#]]);
    }

    #[test]
    fn passes_at_the_quota() {
        scene(100, 100).passes(&RULE);
    }

    #[test]
    fn passes_above_the_default_where_the_quota_was_raised() {
        scene(130, 250).passes(&RULE);
    }

    #[test]
    fn fails_above_what_the_baseline_has() {
        let baseline = scene(101, 100).candidate;
        scene(102, 100).baseline(baseline).one_finding(&RULE);
    }

    #[test]
    fn passes_where_the_baseline_has_as_many() {
        let baseline = scene(102, 100).candidate;
        scene(102, 100).baseline(baseline).passes(&RULE);
    }

    #[test]
    fn passes_with_one_origin() {
        Scene::s3("assets").passes(&RULE);
    }
}
