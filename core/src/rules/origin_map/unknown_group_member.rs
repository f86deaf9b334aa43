use crate::change::Sides;
use crate::finding::Findings;
use crate::nearest::Nearest;
use crate::rules::shared::open_target::{open_target, why_impossible};
use crate::rules::{Case, OriginMap, Resolution, Target};

rule! {
    /// ## What it does
    /// Members of origin groups that are not an origin of the candidate.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `NoSuchOrigin` ("One or more of your origins or origin
    /// groups do not exist") without naming it. A group cannot be a member of a group.
    ///
    /// CloudFront's model words it: `NoSuchOrigin`, "No origin exists with the specified Origin Id."
    ///
    /// ## Example
    /// ```json
    /// {"Origins": {"Items": [{"Id": "primary"}, {"Id": "standby"}]},
    ///  "OriginGroups": {"Items": [{"Id": "assets",
    ///    "Members": {"Items": [{"OriginId": "primary"}, {"OriginId": "standby-eu"}]}}]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Members": {"Items": [{"OriginId": "primary"}, {"OriginId": "standby"}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - {Id: primary, DomainName: a.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    ///   - {Id: standby, DomainName: b.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    /// OriginGroups:
    ///   Quantity: 1
    ///   Items:
    ///     - Id: assets
    ///       FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [503]}}
    ///       Members: {Quantity: 2, Items: [{OriginId: primary}, {OriginId: standby-eu}]}
    /// # good
    /// Origins:
    ///   - {Id: primary, DomainName: a.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    ///   - {Id: standby, DomainName: b.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
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
    ///     origin_id = "standby-eu" # the origin's ID is standby
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
    /// Name an origin that the candidate defines, or add the missing origin in the same change.
    /// Don't name the primary twice: nothing would fail over.
    ///
    /// ## References
    /// - [OriginGroupMember](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginGroupMember.html)
    "unknown-group-member", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let map = case.map();
    let mut nearest = Nearest::default();
    for group in &case.candidate.origin_groups {
        for member in &group.members {
            if matches!(map.resolve(member), Resolution::Undecided) {
                findings.undecided(&group.place, open_target(map, member));
            }
            let Some(problem) = problem(map, member) else {
                continue;
            };
            let baseline = case.sides.as_ref().map(Sides::baseline_map);
            let removed = match baseline.map(|baseline| baseline.resolve(member)) {
                Some(Resolution::Found(Target::Origin(origin))) => {
                    format!(": this change removes it (it was `{}`)", origin.domain_name)
                }
                _ => String::new(),
            };
            let origins = case.candidate.origins.iter();
            let ids = origins.filter_map(|origin| origin.id.known().map(String::as_str));
            let remedy = match nearest.few(member.spelling(), ids, 1).first() {
                Some(id) => {
                    format!("name origin `{id}` instead of `{member}`, or add origin `{member}`")
                }
                None => format!("name one of the candidate's origins, or add origin `{member}`"),
            };
            findings
                .add(
                    &member.place,
                    format!(
                        "origin group `{}` has the member `{member}`, {problem}{removed}{}",
                        group.id,
                        why_impossible(member)
                    ),
                )
                .group(case.reach(), group)
                .key(member.spelling())
                .remedy(remedy);
        }
    }
}

fn problem(map: &OriginMap<'_>, member: &crate::distribution::At<String>) -> Option<&'static str> {
    match map.resolve(member) {
        Resolution::Missing => Some("which the candidate does not define"),
        // A member is an OriginId; the model has no group of groups.
        Resolution::Found(Target::Group(_)) => Some("which is itself an origin group"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;

    #[test]
    fn fails_for_a_member_that_this_change_removes_and_says_what_it_was() {
        let baseline = Scene::s3("assets").origin("old").candidate;
        Scene::s3("assets")
            .group("both", &["main", "old"])
            .baseline(baseline)
            .fails(&RULE, expect![[r#"
                error at /old
                  origin group `both` has the member `old`, which the candidate does not define: this change removes it (it was `old.example.com`)
                  help: name one of the candidate's origins, or add origin `old`
                  origin: both
            "#]]);
    }

    #[test]
    fn fails_for_a_member_that_is_no_origin() {
        let scene = Scene::s3("assets")
            .origin("standby")
            .group("both", &["main", "standbye"]);
        scene.fails(
            &RULE,
            expect![[r#"
            error at /standbye
              origin group `both` has the member `standbye`, which the candidate does not define
              help: name origin `standby` instead of `standbye`, or add origin `standbye`
              origin: both
        "#]],
        );
    }

    #[test]
    fn fails_for_a_group_in_a_group() {
        let scene = Scene::s3("assets")
            .origin("standby")
            .group("inner", &["main", "standby"])
            .group("outer", &["main", "inner"]);
        scene.fails(
            &RULE,
            expect![[r#"
            error at /inner
              origin group `outer` has the member `inner`, which is itself an origin group
              help: name one of the candidate's origins, or add origin `inner`
              origin: outer
        "#]],
        );
    }

    #[test]
    fn fails_for_a_member_that_is_not_defined() {
        Scene::s3("assets").group("both", &["main", "ghost"]).fails(
            &RULE,
            expect![[r#"
                error at /ghost
                  origin group `both` has the member `ghost`, which the candidate does not define
                  help: name one of the candidate's origins, or add origin `ghost`
                  origin: both
            "#]],
        );
    }

    #[test]
    fn passes_when_both_members_are_origins() {
        Scene::s3("assets")
            .origin("standby")
            .group("both", &["main", "standby"])
            .passes(&RULE);
    }

    #[test]
    fn passes_without_groups() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_for_a_member_that_only_the_deployment_knows() {
        Scene::s3("assets")
            .group("both", &["main", "${Standby}"])
            .passes_with_unknowns(&RULE, expect![[r#"
                unknown: target origin `${Standby}`, the Id of a target origin is known only after the deployment: it is the placeholder `${Standby}`
            "#]]);
    }
}
