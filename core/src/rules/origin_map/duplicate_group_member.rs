use foldhash::{HashMap, HashMapExt};

use crate::distribution::At;
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origin groups that name the same origin twice.
    ///
    /// ## Why is this bad?
    /// The origin that failed would be its own replacement, so nothing ever fails over. At best the
    /// config deploys quietly without failover. CloudFront may also refuse it with `InvalidArgument`;
    /// no such refusal is documented or reported, so this is a warning.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "Members": {"Quantity": 2, "Items": [
    ///   {"OriginId": "primary"}, {"OriginId": "primary"}]}}
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
    ///       Members: {Quantity: 2, Items: [{OriginId: primary}, {OriginId: primary}]}
    /// # good
    /// OriginGroups:
    ///   Quantity: 1
    ///   Items:
    ///     - Id: assets
    ///       FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [503]}}
    ///       Members: {Quantity: 2, Items: [{OriginId: primary}, {OriginId: standby}]}
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
    /// Name the failover origin as the second member. If there is none, let the behavior target the
    /// origin itself. Don't copy the origin under a second ID: that fails over to the same bucket
    /// or host.
    ///
    /// ## References
    /// - [Origin failover](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html)
    "duplicate-group-member", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for group in &case.candidate.origin_groups {
        let mut seen: HashMap<(bool, &str), &At<String>> = HashMap::new();
        for member in &group.members {
            // The spelling of an expression may equal a literal ID without meaning it.
            let value = (member.known().is_some(), member.spelling());
            let Some(earlier) = seen.get(&value) else {
                seen.insert(value, member);
                continue;
            };
            findings
                .add(
                    &member.place,
                    format!(
                        "origin group `{}` has the member `{member}` twice, so nothing fails \
                         over",
                        group.id
                    ),
                )
                .group(case.reach(), group)
                .key(member.spelling())
                .related(&earlier.place, "the first time")
                .remedy(format!(
                    "name another origin here, or remove the group and target `{member}` directly"
                ));
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;

    #[test]
    fn fails_for_the_same_origin_twice() {
        let scene = Scene::s3("assets")
            .group("both", &["main", "main"])
            .default_target("both");
        scene.fails(
            &RULE,
            expect![[r#"
                warning at /main
                  origin group `both` has the member `main` twice, so nothing fails over
                  help: name another origin here, or remove the group and target `main` directly
                  see /main: the first time
                  origin: both
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_among_three() {
        Scene::s3("assets")
            .group("both", &["main", "b", "main"])
            .fails(
                &RULE,
                expect![[r#"
                    warning at /main
                      origin group `both` has the member `main` twice, so nothing fails over
                      help: name another origin here, or remove the group and target `main` directly
                      see /main: the first time
                      origin: both
                "#]],
            );
    }

    #[test]
    fn fails_for_the_same_expression_twice() {
        Scene::s3("assets").group("both", &["${A}", "${A}"]).fails(
            &RULE,
            expect![[r#"
                warning at /${A}
                  origin group `both` has the member `${A}` twice, so nothing fails over
                  help: name another origin here, or remove the group and target `${A}` directly
                  see /${A}: the first time
                  origin: both
            "#]],
        );
    }

    #[test]
    fn passes_for_two_origins() {
        Scene::s3("assets")
            .group("both", &["main", "standby"])
            .passes(&RULE);
    }

    #[test]
    fn passes_for_one_origin_in_two_groups() {
        Scene::s3("assets")
            .group("a", &["main", "b"])
            .group("c", &["main", "b"])
            .passes(&RULE);
    }

    #[test]
    fn passes_for_different_expressions() {
        Scene::s3("assets")
            .group("both", &["${A}", "${B}"])
            .passes(&RULE);
    }
}
