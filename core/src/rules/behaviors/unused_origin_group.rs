use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::shared::reached::targeted_ids;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Origin groups that no behavior targets. It is a warning where a behavior targets one of the
    /// members directly, and information otherwise.
    ///
    /// ## Why is this bad?
    /// It deploys quietly, and nothing fails over: the group only works for behaviors whose
    /// `TargetOriginId` is the group's own ID. Some generators point the behavior at the primary
    /// member instead, which goes unnoticed until that origin is down.
    ///
    /// ## Example
    /// ```json
    /// {"OriginGroups": {"Items": [{"Id": "site", "Members": {"Items": [
    ///    {"OriginId": "primary"}, {"OriginId": "standby"}]}}]},
    ///  "DefaultCacheBehavior": {"TargetOriginId": "primary"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"OriginGroups": {"Items": [{"Id": "site", "Members": {"Items": [
    ///    {"OriginId": "primary"}, {"OriginId": "standby"}]}}]},
    ///  "DefaultCacheBehavior": {"TargetOriginId": "site"}}
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
    ///     - Id: site
    ///       FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [503]}}
    ///       Members: {Quantity: 2, Items: [{OriginId: primary}, {OriginId: standby}]}
    /// DefaultCacheBehavior: {TargetOriginId: primary, ViewerProtocolPolicy: https-only}
    /// # good
    /// Origins:
    ///   - {Id: primary, DomainName: a.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    ///   - {Id: standby, DomainName: b.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    /// OriginGroups:
    ///   Quantity: 1
    ///   Items:
    ///     - Id: site
    ///       FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [503]}}
    ///       Members: {Quantity: 2, Items: [{OriginId: primary}, {OriginId: standby}]}
    /// DefaultCacheBehavior: {TargetOriginId: site, ViewerProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// default_cache_behavior {
    ///   target_origin_id       = "primary" # a member of the origin_group "site"
    ///   viewer_protocol_policy = "https-only"
    /// }
    /// # good
    /// default_cache_behavior {
    ///   target_origin_id       = "site"
    ///   viewer_protocol_policy = "https-only"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Set `TargetOriginId` to the group's ID, or remove the group. A behavior that allows POST,
    /// PUT, PATCH or DELETE must keep an origin as its target.
    ///
    /// ## References
    /// - [Origin failover](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html)
    "unused-origin-group", Behaviors, Info, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    if case.candidate.origin_groups.is_empty() {
        return;
    }
    let Some(targeted) = targeted_ids(case.candidate) else {
        return;
    };
    for group in &case.candidate.origin_groups {
        let Some(id) = group
            .id
            .known()
            .filter(|id| !targeted.contains(id.as_str()))
        else {
            continue;
        };
        // The first behavior that goes around the group to one of its members.
        let members = group.members.iter().filter_map(|member| member.known());
        let around = case.reach().first_to(members);
        let (severity, why) = match around {
            // A behavior that targets a member beside the group was probably meant for the group.
            Some(behavior) => (
                Severity::Warning,
                format!(
                    ": {} targets its member `{}` directly, so nothing fails over",
                    behavior.name(),
                    behavior.target_origin_id
                ),
            ),
            None => (Severity::Info, String::new()),
        };
        let finding = findings.add(
            &group.id.place,
            format!("origin group `{id}` is never targeted{why}"),
        );
        finding.severity(severity).group(case.reach(), group).remedy(format!(
            "set TargetOriginId of the behavior that should fail over to `{id}`, or remove the group"
        ));
        if let Some(behavior) = around {
            finding.paths(vec![behavior.pattern_text()]).related(
                &behavior.target_origin_id.place,
                "targets the member, not the group",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;

    fn scene() -> Scene {
        Scene::s3("assets")
            .origin("b")
            .group("both", &["main", "b"])
    }

    #[test]
    fn fails_when_a_behavior_targets_a_member_instead() {
        scene().fails(&RULE, expect![[r#"
            warning at /both
              origin group `both` is never targeted: the default cache behavior targets its member `main` directly, so nothing fails over
              help: set TargetOriginId of the behavior that should fail over to `both`, or remove the group
              see /main: targets the member, not the group
              origin: both
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_as_information_where_nothing_goes_around_it() {
        let scene = scene().origin("api").default_target("api");
        scene.fails(&RULE, expect![[r#"
            info at /both
              origin group `both` is never targeted
              help: set TargetOriginId of the behavior that should fail over to `both`, or remove the group
              origin: both
        "#]]);
    }

    #[test]
    fn fails_only_for_the_group_that_is_not_targeted() {
        let scene = scene()
            .group("other", &["b", "main"])
            .default_target("both");
        scene.fails(&RULE, expect![[r#"
            info at /other
              origin group `other` is never targeted
              help: set TargetOriginId of the behavior that should fail over to `other`, or remove the group
              origin: other
        "#]]);
    }

    #[test]
    fn passes_when_a_behavior_targets_it() {
        scene().behavior("/a/*", "both").passes(&RULE);
    }

    #[test]
    fn passes_without_groups() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_while_a_target_is_not_decided() {
        scene().default_target("${Target}").passes(&RULE);
    }
}
