use crate::distribution::{Behavior, Distribution, Origin};
use crate::finding::Findings;
use crate::nearest::nearest_few;
use crate::rules::{Case, OriginMap, Resolution};

rule! {
    /// ## What it does
    /// Finds behaviors whose `TargetOriginId` is neither an origin nor an origin group of the
    /// candidate.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `NoSuchOrigin`: "One or more of your origins or origin
    /// groups do not exist" (through CloudFormation: "One or more of your cache behavior target
    /// origins or origin groups do not exist"). It does not say which behavior it means. The usual
    /// cause is a refactor that renamed or removed an origin and left a behavior behind.
    ///
    /// CloudFront's model words it: `NoSuchOrigin`, "No origin exists with the specified Origin Id."
    ///
    /// ## Example
    /// ```json
    /// {"Origins": {"Items": [{"Id": "api-v1"}]},
    ///  "CacheBehaviors": {"Items": [{"PathPattern": "/api/*", "TargetOriginId": "api-v2"}]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Origins": {"Items": [{"Id": "api-v1"}]},
    ///  "CacheBehaviors": {"Items": [{"PathPattern": "/api/*", "TargetOriginId": "api-v1"}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - {Id: api-v1, DomainName: api.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    /// CacheBehaviors:
    ///   - {PathPattern: /api/*, TargetOriginId: api-v2, ViewerProtocolPolicy: redirect-to-https}
    /// # good
    /// Origins:
    ///   - {Id: api-v1, DomainName: api.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
    /// CacheBehaviors:
    ///   - {PathPattern: /api/*, TargetOriginId: api-v1, ViewerProtocolPolicy: redirect-to-https}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "api-v1"
    ///   domain_name = "api.example.com"
    /// }
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "api-v2"
    /// }
    /// # good
    /// locals {
    ///   api = "api-v1" # one name for both
    /// }
    /// origin {
    ///   origin_id   = local.api
    ///   domain_name = "api.example.com"
    /// }
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = local.api
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Decide what the path should reach. Point the behavior at the origin that now holds it, or
    /// add the removed origin back in the same change. Don't change the behavior alone to the first
    /// ID that passes: the viewers of that path get what that origin answers.
    ///
    /// ## References
    /// - [CacheBehavior](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html)
    /// - [UpdateDistribution: NoSuchOrigin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html)
    "unknown-target-origin", Behaviors, Error, check
}

fn check(case: &Case<'_>, map: &OriginMap<'_>, findings: &mut Findings) {
    for behavior in case.candidate.all_behaviors() {
        match map.resolve(&behavior.target_origin_id) {
            Resolution::Found(_) => continue,
            Resolution::Undecided => {
                findings.undecided(map.undecided(&behavior.target_origin_id));
                continue;
            }
            Resolution::Missing => {}
        }
        let target = behavior.target_origin_id.to_string();
        let removed = case
            .baseline()
            .and_then(|baseline| baseline.origin(&target));
        findings
            .add(
                &behavior.target_origin_id.place,
                message(behavior, &target, removed),
            )
            .paths(vec![behavior.pattern_text()])
            .evidence("known IDs", known_ids(map))
            .remedy(remedy(case.candidate, map, &target, removed));
    }
}

fn message(behavior: &Behavior, target: &str, removed: Option<&Origin>) -> String {
    let name = behavior.name();
    if target.is_empty() {
        return format!("{name} has no TargetOriginId");
    }
    let defined = format!("{name} targets origin `{target}`, which the candidate does not define");
    match removed {
        Some(origin) => format!(
            "{defined}: this change removes it (it was `{}`)",
            origin.domain_name
        ),
        None => defined,
    }
}

fn remedy(
    candidate: &Distribution,
    map: &OriginMap<'_>,
    target: &str,
    removed: Option<&Origin>,
) -> String {
    if let Some(origin) = removed {
        let bucket = |origin: &'_ Origin| {
            let endpoint = origin.s3_endpoint.as_ref()?;
            endpoint.bucket().cloned()
        };
        let own = bucket(origin);
        let named = || {
            candidate
                .origins
                .iter()
                .filter(|other| other.id.known().is_some())
        };
        let domain = named().find(|other| other.domain_name.value == origin.domain_name.value);
        let successor = domain.map(|other| (other, "domain")).or_else(|| {
            let same = named().find(|other| own.is_some() && bucket(other) == own);
            same.map(|other| (other, "bucket"))
        });
        return match successor {
            Some((other, what)) => format!(
                "point it at `{}`, which has the same {what}, or add origin `{target}` back",
                other.id
            ),
            None => format!(
                "add origin `{target}` (`{}`) back, or decide which origin the path should reach",
                origin.domain_name
            ),
        };
    }
    let near = nearest_few(target, map.ids(), 3);
    if near.is_empty() {
        return format!(
            "target one of {}, or add the missing origin",
            known_ids(map)
        );
    }
    let near: Vec<String> = near.iter().map(|id| format!("`{id}`")).collect();
    format!(
        "did you mean {}? Otherwise add origin `{target}`",
        near.join(" or ")
    )
}

/// The IDs that exist, sorted; a long list is cut.
fn known_ids(map: &OriginMap<'_>) -> String {
    const SHOWN: usize = 12;
    let mut ids: Vec<&str> = map.ids().collect();
    ids.sort_unstable();
    let more = ids.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = ids.iter().take(SHOWN).map(|id| format!("`{id}`")).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    if shown.is_empty() {
        return "no ID at all".to_owned();
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;

    #[test]
    fn fails_for_an_origin_under_a_new_id_and_another_form_of_its_domain() {
        let mut scene = Scene::s3("assets").baseline(Scene::s3("assets").candidate);
        let origin = &mut scene.candidate.origins[0];
        origin.id = crate::rules::testing::text("assets-v2");
        origin.domain_name = crate::rules::testing::text("assets.s3.amazonaws.com");
        origin.s3_endpoint = crate::distribution::S3Endpoint::of(&origin.domain_name);
        let finding = scene.one_finding(&RULE);
        assert!(
            finding
                .remediation
                .starts_with("point it at `assets-v2`, which has the same bucket"),
            "{}",
            finding.remediation
        );
    }

    #[test]
    fn fails_for_a_typo_and_names_the_nearest_id() {
        let scene = Scene::s3("assets").behavior("/api/*", "mian");
        let finding = scene.one_finding(&RULE);
        assert_eq!(
            finding.message,
            "cache behavior 0 `/api/*` targets origin `mian`, which the candidate does not define"
        );
        assert!(finding.remediation.contains("did you mean `main`?"));
        assert_eq!(finding.path_patterns, ["/api/*"]);
    }

    #[test]
    fn fails_for_the_default_behavior() {
        let scene = Scene::s3("assets").default_target("elsewhere");
        assert!(
            scene
                .one_finding(&RULE)
                .message
                .starts_with("the default cache behavior targets")
        );
    }

    #[test]
    fn fails_for_an_origin_removed_in_this_change_and_says_what_it_was() {
        let baseline = Scene::s3("assets").origin("api-v1").candidate;
        let scene = Scene::s3("assets")
            .behavior("/api/*", "api-v1")
            .baseline(baseline);
        let finding = scene.one_finding(&RULE);
        assert!(
            finding
                .message
                .contains("this change removes it (it was `api-v1.example.com`)")
        );
        assert!(finding.remediation.contains("add origin `api-v1`"));
    }

    #[test]
    fn fails_with_the_successor_that_has_the_same_domain() {
        let baseline = Scene::s3("assets").origin("old").candidate;
        let mut scene = Scene::s3("assets")
            .origin("old")
            .behavior("/x", "old")
            .baseline(baseline);
        scene.candidate.origins[1].id =
            crate::distribution::At::text("new", scene.candidate.origins[1].id.place.clone());
        assert!(
            scene
                .one_finding(&RULE)
                .remediation
                .starts_with("point it at `new`, which has the same domain")
        );
    }

    #[test]
    fn fails_for_a_group_that_only_the_live_config_has() {
        let baseline = Scene::s3("assets")
            .origin("b")
            .group("both", &["main", "b"])
            .candidate;
        Scene::s3("assets")
            .behavior("/x", "both")
            .baseline(baseline)
            .one_finding(&RULE);
    }

    #[test]
    fn passes_for_an_origin_and_for_a_group() {
        Scene::s3("assets")
            .origin("standby")
            .group("both", &["main", "standby"])
            .behavior("/a", "both")
            .behavior("/b", "standby")
            .passes(&RULE);
    }

    #[test]
    fn passes_while_the_deployment_decides() {
        let scene = Scene::s3("assets").behavior("/a", "${Target}");
        assert_eq!(scene.unknowns(&RULE)[0].subject, "${Target}");
        let scene = Scene::s3("assets").origin("${Api}").behavior("/a", "api");
        assert_eq!(scene.unknowns(&RULE)[0].subject, "${Api}");
    }

    #[test]
    fn passes_for_equal_expressions() {
        Scene::s3("assets")
            .origin("${Api}")
            .behavior("/a", "${Api}")
            .passes(&RULE);
    }
}
