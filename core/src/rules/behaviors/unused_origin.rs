use foldhash::{HashSet, HashSetExt};

use crate::distribution::OriginGroup;
use crate::finding::Findings;
use crate::rules::shared::reached::targeted_ids;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Origins that no behavior reaches, neither directly nor through an origin group.
    ///
    /// ## Why is this bad?
    /// It deploys quietly and does no harm by itself. But it is often left over from a refactor, or
    /// the sign of a behavior that targets the wrong origin; and an unused bucket that is deleted
    /// later stays in the config.
    ///
    /// ## Example
    /// ```json
    /// {"Origins": {"Items": [{"Id": "site"}, {"Id": "api"}]},
    ///  "DefaultCacheBehavior": {"TargetOriginId": "site"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Origins": {"Items": [{"Id": "site"}, {"Id": "api"}]},
    ///  "DefaultCacheBehavior": {"TargetOriginId": "site"},
    ///  "CacheBehaviors": {"Items": [{"PathPattern": "/api/*", "TargetOriginId": "api"}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - {Id: site, DomainName: site.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    ///   - {Id: api, DomainName: api.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    /// DefaultCacheBehavior: {TargetOriginId: site, ViewerProtocolPolicy: https-only}
    /// # good
    /// Origins:
    ///   - {Id: site, DomainName: site.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    ///   - {Id: api, DomainName: api.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    /// DefaultCacheBehavior: {TargetOriginId: site, ViewerProtocolPolicy: https-only}
    /// CacheBehaviors:
    ///   - {PathPattern: /api/*, TargetOriginId: api, ViewerProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin { # and no behavior targets it
    ///   origin_id   = "api"
    ///   domain_name = "api.example.com"
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "api"
    ///   domain_name = "api.example.com"
    /// }
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "api"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Target it from the behavior that should reach it, or remove it. Keep it where the next
    /// deployment will need it: adding the origin first and the behavior second is a safe order.
    ///
    /// ## References
    /// - [Origin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html)
    "unused-origin", Behaviors, Info, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    // Where code at the edge or the deployment chooses, no origin is proven unused.
    let Some(targeted) = targeted_ids(case.candidate) else {
        return;
    };
    let mut members = HashSet::new();
    let is_targeted = |group: &&OriginGroup| {
        group
            .id
            .known()
            .is_none_or(|id| targeted.contains(id.as_str()))
    };
    for group in case.candidate.origin_groups.iter().filter(is_targeted) {
        for member in &group.members {
            let Some(member) = member.known() else {
                return;
            };
            members.insert(member.as_str());
        }
    }
    for origin in &case.candidate.origins {
        let is_reached = |id: &String| {
            id.is_empty() || targeted.contains(id.as_str()) || members.contains(&id.as_str())
        };
        if origin.id.known().is_none_or(is_reached) {
            continue;
        }
        findings
            .add(
                &origin.id.place,
                format!("no behavior reaches origin {} (`{}`)", origin.name(), origin.domain_name),
            )
            .origin(case.reach(), origin)
            .remedy(format!(
                "set TargetOriginId of the behavior that should reach it to {}, or remove the origin",
                origin.name()
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::EdgeEvent;
    use crate::rules::testing::Scene;

    #[test]
    fn fails_for_an_origin_that_nothing_targets() {
        Scene::s3("assets")
            .origin("api")
            .fails(&RULE, expect![[r#"
                info at /api
                  no behavior reaches origin `api` (`api.example.com`)
                  help: set TargetOriginId of the behavior that should reach it to `api`, or remove the origin
                  origin: api
            "#]]);
    }

    #[test]
    fn fails_for_the_members_of_a_group_that_nothing_targets() {
        let scene = Scene::s3("assets")
            .origin("b")
            .group("both", &["main", "b"]);
        scene.fails(&RULE, expect![[r#"
            info at /b
              no behavior reaches origin `b` (`b.example.com`)
              help: set TargetOriginId of the behavior that should reach it to `b`, or remove the origin
              origin: b
        "#]]);
    }

    #[test]
    fn fails_for_each() {
        Scene::s3("assets")
            .origin("a")
            .origin("b")
            .fails(&RULE, expect![[r#"
                info at /a
                  no behavior reaches origin `a` (`a.example.com`)
                  help: set TargetOriginId of the behavior that should reach it to `a`, or remove the origin
                  origin: a
                info at /b
                  no behavior reaches origin `b` (`b.example.com`)
                  help: set TargetOriginId of the behavior that should reach it to `b`, or remove the origin
                  origin: b
            "#]]);
    }

    #[test]
    fn passes_when_a_behavior_targets_it() {
        Scene::s3("assets")
            .origin("api")
            .behavior("/api/*", "api")
            .passes(&RULE);
    }

    #[test]
    fn passes_when_a_group_that_is_targeted_has_it() {
        let scene = Scene::s3("assets")
            .origin("b")
            .group("both", &["main", "b"]);
        scene.default_target("both").passes(&RULE);
    }

    #[test]
    fn passes_while_a_target_or_member_is_not_decided() {
        Scene::s3("assets")
            .origin("api")
            .default_target("${Target}")
            .passes(&RULE);
        let scene = Scene::s3("assets")
            .origin("b")
            .group("both", &["main", "${Standby}"]);
        scene.default_target("both").passes(&RULE);
    }

    #[test]
    fn passes_where_code_may_select_an_origin_by_its_id() {
        let scene = Scene::s3("assets").origin("api");
        scene
            .with_behavior(|b| b.edge_events = vec![EdgeEvent::ViewerRequest])
            .passes(&RULE);
    }
}
