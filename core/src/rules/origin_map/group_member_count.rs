use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origin groups that don't have exactly two members.
    ///
    /// ## Why is this bad?
    /// A group consists of a primary and a failover origin. CloudFront refuses any other number
    /// with `InvalidArgument`.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "Members": {"Quantity": 3, "Items": [
    ///   {"OriginId": "primary"}, {"OriginId": "standby"}, {"OriginId": "archive"}]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "assets", "Members": {"Quantity": 2, "Items": [
    ///   {"OriginId": "primary"}, {"OriginId": "standby"}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// OriginGroups:
    ///   Quantity: 1
    ///   Items:
    ///     - Id: assets
    ///       FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [503]}}
    ///       Members:
    ///         Quantity: 3
    ///         Items: [{OriginId: primary}, {OriginId: standby}, {OriginId: archive}]
    /// # good
    /// OriginGroups:
    ///   Quantity: 1
    ///   Items:
    ///     - Id: assets
    ///       FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [503]}}
    ///       Members:
    ///         Quantity: 2
    ///         Items: [{OriginId: primary}, {OriginId: standby}]
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin_group {
    ///   origin_id = "assets"
    ///   failover_criteria {
    ///     status_codes = [503]
    ///   }
    ///   member {
    ///     origin_id = "primary"
    ///   }
    /// }
    /// # good
    /// origin_group {
    ///   origin_id = "assets"
    ///   failover_criteria {
    ///     status_codes = [503]
    ///   }
    ///   member {
    ///     origin_id = "primary"
    ///   }
    ///   member {
    ///     origin_id = "standby"
    ///   }
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Name the primary origin first and the failover origin second. Where there is only one
    /// origin, remove the group and let the behavior target the origin directly; don't name it
    /// twice.
    ///
    /// ## References
    /// - [OriginGroupMembers](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginGroupMembers.html)
    "group-member-count", OriginMap, Error, check
}

/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginGroupMembers.html>
const MEMBERS: usize = 2;

fn check(case: &Case<'_>, findings: &mut Findings) {
    for group in &case.candidate.origin_groups {
        let count = group.members.len();
        if count == MEMBERS || case.candidate.leaves_open(&["Members"]).is_some() {
            continue;
        }
        let named: Vec<String> = group.members.iter().map(|id| format!("`{id}`")).collect();
        let remedy = match named.as_slice() {
            [] => "name a primary and a failover origin in Members".to_owned(),
            [only] => format!("add a second origin to Members, or target {only} without a group"),
            [first, second, ..] => format!("keep two members, such as {first} and {second}"),
        };
        let s = if count == 1 { "" } else { "s" };
        findings
            .add(
                &group.place,
                format!(
                    "origin group `{}` has {count} member{s}, and CloudFront accepts exactly \
                     {MEMBERS}",
                    group.id
                ),
            )
            .group(case.reach(), group)
            .evidence("members", named.join(", "))
            .remedy(remedy);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;

    #[test]
    fn fails_for_one_member() {
        Scene::s3("assets").group("both", &["main"]).fails(
            &RULE,
            expect![[r#"
                error at /groups/both
                  origin group `both` has 1 member, and CloudFront accepts exactly 2
                  help: add a second origin to Members, or target `main` without a group
                  origin: both
            "#]],
        );
    }

    #[test]
    fn fails_for_three_members() {
        let scene = Scene::s3("assets").group("both", &["main", "b", "c"]);
        scene.fails(
            &RULE,
            expect![[r#"
                error at /groups/both
                  origin group `both` has 3 members, and CloudFront accepts exactly 2
                  help: keep two members, such as `main` and `b`
                  origin: both
            "#]],
        );
    }

    #[test]
    fn fails_for_none() {
        Scene::s3("assets").group("both", &[]).fails(
            &RULE,
            expect![[r#"
                error at /groups/both
                  origin group `both` has 0 members, and CloudFront accepts exactly 2
                  help: name a primary and a failover origin in Members
                  origin: both
            "#]],
        );
    }

    #[test]
    fn passes_for_two() {
        Scene::s3("assets")
            .group("both", &["main", "standby"])
            .passes(&RULE);
    }

    #[test]
    fn passes_without_groups() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_for_two_that_only_the_deployment_knows() {
        Scene::s3("assets")
            .group("both", &["${A}", "${B}"])
            .passes(&RULE);
    }
}
