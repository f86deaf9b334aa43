use crate::finding::Findings;
use crate::rules::{Case, Resolution, Target};

rule! {
    /// ## What it does
    /// Origin groups whose ID an origin or another group has too.
    ///
    /// ## Why is this bad?
    /// `TargetOriginId` names origins and groups alike, so a behavior cannot say which of the two it
    /// means, and it may deploy quietly. CloudFront may also refuse the config with `InvalidArgument`, as it does for two origins of
    /// one ID ("The parameter origin ID must be unique"); for a group no such refusal is documented or
    /// reported, so this is a warning.
    ///
    /// ## Example
    /// ```json
    /// {"Origins": {"Items": [{"Id": "assets"}, {"Id": "standby"}]},
    ///  "OriginGroups": {"Items": [{"Id": "assets"}]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Origins": {"Items": [{"Id": "assets"}, {"Id": "standby"}]},
    ///  "OriginGroups": {"Items": [{"Id": "assets-with-standby"}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - {Id: assets, DomainName: a.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    ///   - {Id: standby, DomainName: b.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    /// OriginGroups:
    ///   Quantity: 1
    ///   Items:
    ///     - Id: assets
    ///       FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [503]}}
    ///       Members: {Quantity: 2, Items: [{OriginId: assets}, {OriginId: standby}]}
    /// # good
    /// Origins:
    ///   - {Id: assets, DomainName: a.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    ///   - {Id: standby, DomainName: b.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    /// OriginGroups:
    ///   Quantity: 1
    ///   Items:
    ///     - Id: assets-with-standby
    ///       FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [503]}}
    ///       Members: {Quantity: 2, Items: [{OriginId: assets}, {OriginId: standby}]}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = "a.example.com"
    /// }
    /// origin_group {
    ///   origin_id = "assets"
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = "a.example.com"
    /// }
    /// origin_group {
    ///   origin_id = "assets-with-standby"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Give the group a unique ID, and set it in every behavior that should use the group.
    /// Behaviors that keep the old ID reach the origin without failover.
    ///
    /// ## References
    /// - [OriginGroup](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginGroup.html)
    "origin-group-id-clash", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for group in &case.candidate.origin_groups {
        let Some(id) = group.id.known() else {
            continue;
        };
        // The map has the first of those with one ID; two origins of one are another rule's.
        let (other, place) = match case.map().resolve(&group.id) {
            Resolution::Found(Target::Origin(origin)) => ("an origin", &origin.id.place),
            Resolution::Found(Target::Group(first)) if !std::ptr::eq(first, group) => {
                ("another group", &first.id.place)
            }
            _ => continue,
        };
        findings
            .add(
                &group.id.place,
                format!(
                    "origin group `{id}` has the same ID as {other}, so the target of a \
                     behavior is ambiguous"
                ),
            )
            .group(case.reach(), group)
            .related(place, format!("{other} `{id}`"))
            .remedy(format!(
                "give the group a unique ID, such as `{id}-group`, and use that in the \
                 TargetOriginId of the behaviors that should use the group"
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;

    #[test]
    fn fails_for_the_id_of_an_origin() {
        Scene::s3("assets")
            .group("main", &["a", "b"])
            .fails(&RULE, expect![[r#"
                warning at /main
                  origin group `main` has the same ID as an origin, so the target of a behavior is ambiguous
                  help: give the group a unique ID, such as `main-group`, and use that in the TargetOriginId of the behaviors that should use the group
                  see /main: an origin `main`
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_once_for_two_groups_of_one_id() {
        let scene = Scene::s3("assets")
            .group("both", &["a", "b"])
            .group("both", &["c", "d"]);
        scene.fails(&RULE, expect![[r#"
            warning at /both
              origin group `both` has the same ID as another group, so the target of a behavior is ambiguous
              help: give the group a unique ID, such as `both-group`, and use that in the TargetOriginId of the behaviors that should use the group
              see /both: another group `both`
              origin: both
        "#]]);
    }

    #[test]
    fn fails_with_the_behaviors_that_cannot_say_which() {
        let scene = Scene::s3("assets").origin("api").behavior("/api/*", "api");
        scene
            .group("api", &["main", "api"])
            .fails(&RULE, expect![[r#"
                warning at /api
                  origin group `api` has the same ID as an origin, so the target of a behavior is ambiguous
                  help: give the group a unique ID, such as `api-group`, and use that in the TargetOriginId of the behaviors that should use the group
                  see /api: an origin `api`
                  origin: api
                  paths: `/api/*`
            "#]]);
    }

    #[test]
    fn passes_for_ids_of_their_own() {
        Scene::s3("assets")
            .group("both", &["main", "b"])
            .passes(&RULE);
    }

    #[test]
    fn passes_for_ids_that_differ_in_case() {
        Scene::s3("assets")
            .group("Main", &["main", "b"])
            .passes(&RULE);
    }

    #[test]
    fn passes_for_an_id_that_only_the_deployment_knows() {
        Scene::s3("assets")
            .group("${Id}", &["a", "b"])
            .group("${Id}", &["a", "b"])
            .passes(&RULE);
    }
}
