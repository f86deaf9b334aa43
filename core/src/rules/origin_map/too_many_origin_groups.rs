use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Distributions with more origin groups than the quota allows.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the whole update with `TooManyOriginGroupsPerDistribution`. The default quota
    /// is 10, and AWS raises it on request: above it, the finding is a warning, and an error only above
    /// the account's own quota in `ORIGIN_GUARD_MAX_ORIGIN_GROUPS`. A candidate with no more groups than
    /// its baseline has is not reported.
    ///
    /// CloudFront's model words it: `TooManyOriginGroupsPerDistribution`, "Processing your request
    /// would cause you to exceed the maximum number of origin groups allowed."
    ///
    /// ## Example
    /// ```json
    /// {"OriginGroups": {"Quantity": 11, "Items": [{"Id": "tenant-1"}, {"Id": "tenant-2"}]}}
    /// ```
    /// Use instead one group for what shares a pair of origins:
    /// ```json
    /// {"OriginGroups": {"Quantity": 1, "Items": [{"Id": "tenants"}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// OriginGroups:
    ///   Quantity: 11
    ///   Items:
    ///     - Id: tenant-1
    ///       FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [503]}}
    ///       Members: {Quantity: 2, Items: [{OriginId: primary}, {OriginId: standby}]}
    ///     # … 10 more with the same members
    /// # good
    /// OriginGroups:
    ///   Quantity: 1
    ///   Items:
    ///     - Id: tenants
    ///       FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [503]}}
    ///       Members: {Quantity: 2, Items: [{OriginId: primary}, {OriginId: standby}]}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// dynamic "origin_group" {
    ///   for_each = var.tenants # 11 tenants
    ///   content {
    ///     origin_id = origin_group.key
    ///     # … the same members
    ///   }
    /// }
    /// # good
    /// origin_group {
    ///   origin_id = "tenants"
    ///   # … the members
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Let behaviors with the same pair of origins share a group and remove groups that nothing
    /// targets, split the distribution, or ask AWS for a higher quota before this deployment.
    ///
    /// ## References
    /// - [Quotas](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html)
    "too-many-origin-groups", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let quota = case.limits.origin_groups;
    let groups = &case.candidate.origin_groups;
    let before = case.baseline().map(|baseline| baseline.origin_groups.len());
    let (Some(severity), Some(beyond)) = (
        quota.exceeded(groups.len(), before),
        groups.get(quota.most()),
    ) else {
        return;
    };
    findings
        .add(
            &beyond.place,
            format!(
                "the candidate has {} origin groups, and {}",
                groups.len(),
                quota.text()
            ),
        )
        .severity(severity)
        .evidence("origin groups", groups.len())
        .evidence("quota", quota.most())
        .remedy(format!(
            "remove or merge {} of the OriginGroups, or have AWS raise the quota \"Origin groups \
             per distribution\" first and set ORIGIN_GUARD_MAX_ORIGIN_GROUPS to it",
            groups.len() - quota.most()
        ));
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::Quota;
    use crate::rules::testing::Scene;

    fn scene(groups: usize) -> Scene {
        (0..groups).fold(Scene::s3("assets"), |scene, n| {
            scene.group(&format!("g{n}"), &["main", "b"])
        })
    }

    #[test]
    fn fails_for_eleven() {
        scene(11).fails(&RULE, expect![[r#"
            warning at /groups/g10
              the candidate has 11 origin groups, and the default quota is 10
              help: remove or merge 1 of the OriginGroups, or have AWS raise the quota "Origin groups per distribution" first and set ORIGIN_GUARD_MAX_ORIGIN_GROUPS to it
        "#]]);
    }

    #[test]
    fn fails_once_for_many() {
        scene(14).fails(&RULE, expect![[r#"
            warning at /groups/g10
              the candidate has 14 origin groups, and the default quota is 10
              help: remove or merge 4 of the OriginGroups, or have AWS raise the quota "Origin groups per distribution" first and set ORIGIN_GUARD_MAX_ORIGIN_GROUPS to it
        "#]]);
    }

    #[test]
    fn fails_for_the_quota_of_the_account() {
        let mut scene = scene(2);
        scene.limits.origin_groups = Quota::OfAccount(1);
        scene.fails(&RULE, expect![[r#"
            error at /groups/g1
              the candidate has 2 origin groups, and the account's quota is 1
              help: remove or merge 1 of the OriginGroups, or have AWS raise the quota "Origin groups per distribution" first and set ORIGIN_GUARD_MAX_ORIGIN_GROUPS to it
        "#]]);
    }

    #[test]
    fn passes_for_ten() {
        scene(10).passes(&RULE);
    }

    #[test]
    fn passes_without_groups() {
        scene(0).passes(&RULE);
    }

    #[test]
    fn passes_where_the_baseline_has_as_many() {
        let baseline = scene(11).candidate;
        scene(11).baseline(baseline).passes(&RULE);
    }

    #[test]
    fn passes_under_a_raised_quota() {
        let mut scene = scene(11);
        scene.limits.origin_groups = Quota::OfAccount(20);
        scene.passes(&RULE);
    }
}
