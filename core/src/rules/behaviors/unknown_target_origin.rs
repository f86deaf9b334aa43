use std::borrow::Cow;
use std::cell::{LazyCell, OnceCell};

use foldhash::{HashMap, HashMapExt};

use crate::distribution::{At, Behavior, BucketName, Distribution, Origin};
use crate::finding::Findings;
use crate::nearest::Nearest;
use crate::rules::shared::open_target::{open_target, why_impossible};
use crate::rules::{Case, OriginMap, Resolution, Target};

rule! {
    /// ## What it does
    /// Behaviors whose `TargetOriginId` is neither an origin nor an origin group of the
    /// candidate.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `NoSuchOrigin`: "One or more of your origins or origin
    /// groups do not exist" (through CloudFormation: "One or more of your cache behavior target
    /// origins or origin groups do not exist"). The error does not name the behavior. The usual
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
    // Made only for the first finding: nearly every config has none.
    let known = LazyCell::new(|| Known::of(map));
    let successors = LazyCell::new(|| Successors::of(case.candidate));
    let mut nearest = Nearest::default();
    for behavior in case.candidate.all_behaviors() {
        match map.resolve(&behavior.target_origin_id) {
            Resolution::Found(_) => continue,
            Resolution::Undecided => {
                let unknown = open_target(map, &behavior.target_origin_id);
                findings.undecided(&behavior.place, unknown);
                continue;
            }
            Resolution::Missing => {}
        }
        let target = behavior.target_origin_id.to_string();
        let removed = removed(case, &behavior.target_origin_id);
        findings
            .add(
                &behavior.target_origin_id.place,
                message(behavior, &target, removed) + &why_impossible(&behavior.target_origin_id),
            )
            .behavior(behavior)
            .evidence(
                "known IDs",
                Some(known.text())
                    .filter(|ids| !ids.is_empty())
                    .unwrap_or("none"),
            )
            .remedy(match removed {
                Some(origin) => successors.remedy(&target, origin),
                None => suggestion(&known, &target, &mut nearest),
            });
    }
}

/// The origin that the baseline has under an ID.
fn removed<'a>(case: &Case<'a>, id: &At<String>) -> Option<&'a Origin> {
    match case.sides.as_ref()?.baseline_map().resolve(id) {
        Resolution::Found(Target::Origin(origin)) => Some(origin),
        _ => None,
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

/// The candidate's origins by what they are, so that one under a new ID is found.
struct Successors<'a> {
    by_domain: HashMap<(bool, &'a str), &'a Origin>,
    by_bucket: HashMap<&'a BucketName, &'a Origin>,
}

impl<'a> Successors<'a> {
    fn of(candidate: &'a Distribution) -> Self {
        let mut all = Self {
            by_domain: HashMap::new(),
            by_bucket: HashMap::new(),
        };
        for origin in &candidate.origins {
            if origin.id.known().is_none() {
                continue;
            }
            all.by_domain.entry(domain(origin)).or_insert(origin);
            if let Some(bucket) = bucket(origin) {
                all.by_bucket.entry(bucket).or_insert(origin);
            }
        }
        all
    }

    /// What to do about an origin that this change removes.
    fn remedy(&self, target: &str, removed: &Origin) -> String {
        let by_domain = self.by_domain.get(&domain(removed));
        let by_bucket = || Some((self.by_bucket.get(bucket(removed)?)?, "bucket"));
        // The same domain first: another endpoint of the same bucket may need other access.
        match by_domain.map(|other| (other, "domain")).or_else(by_bucket) {
            Some((other, what)) => format!(
                "point it at `{}`, which has the same {what}, or add origin `{target}` back",
                other.id
            ),
            None => format!(
                "add origin `{target}` (`{}`) back, or decide which origin the path should reach",
                removed.domain_name
            ),
        }
    }
}

fn domain(origin: &Origin) -> (bool, &str) {
    let domain = &origin.domain_name;
    (domain.known().is_some(), domain.spelling())
}

fn bucket(origin: &Origin) -> Option<&BucketName> {
    origin.s3_endpoint.as_ref()?.bucket()
}

/// What to do about an ID that neither the candidate nor the baseline has.
fn suggestion(known: &Known<'_>, target: &str, nearest: &mut Nearest) -> String {
    let near = nearest.few(target, known.ids.iter().copied(), 3);
    if known.ids.is_empty() {
        return format!("add origin `{target}`: there is none yet");
    }
    if near.is_empty() {
        return match known.text() {
            "" => format!("add origin `{target}`"),
            ids => format!("target one of {ids}, or add the missing origin"),
        };
    }
    let near: Vec<String> = near.iter().map(|id| format!("`{id}`")).collect();
    format!(
        "did you mean {}? Otherwise add origin `{target}`",
        near.join(" or ")
    )
}

/// The IDs that exist, sorted.
struct Known<'a> {
    ids: Vec<&'a str>,
    text: OnceCell<String>,
}

impl<'a> Known<'a> {
    fn of(map: &OriginMap<'a>) -> Self {
        let mut ids: Vec<&str> = map.ids().collect();
        ids.sort_unstable();
        Self {
            ids,
            text: OnceCell::new(),
        }
    }

    /// In words; a long list is cut, and a long ID.
    fn text(&self) -> &str {
        const SHOWN: usize = 12;
        self.text.get_or_init(|| {
            let shown = self.ids.iter().take(SHOWN);
            let mut shown: Vec<String> = shown.map(|id| format!("`{}`", shortened(id))).collect();
            let more = self.ids.len().saturating_sub(SHOWN);
            if more > 0 {
                shown.push(format!("{more} more"));
            }
            shown.join(", ")
        })
    }
}

/// An ID, or its beginning where it is longer than any that CloudFront takes.
fn shortened(id: &str) -> Cow<'_, str> {
    const LONGEST: usize = 128;
    match id.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &id[..end]).into(),
        None => id.into(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::{Expression, Place};
    use crate::document::{Nature, Referent, Symbol};
    use crate::rules::testing::{Scene, all_pass_with_unknowns};

    #[test]
    fn fails_for_an_origin_under_a_new_id_and_another_form_of_its_domain() {
        let mut scene = Scene::s3("assets").baseline(Scene::s3("assets").candidate);
        let origin = &mut scene.candidate.origins[0];
        origin.id = crate::rules::testing::text("assets-v2");
        origin.domain_name = crate::rules::testing::text("assets.s3.amazonaws.com");
        origin.s3_endpoint = crate::distribution::S3Endpoint::of(&origin.domain_name);
        scene.fails(&RULE, expect![[r#"
            error at /main
              the default cache behavior targets origin `main`, which the candidate does not define: this change removes it (it was `assets.s3.us-east-1.amazonaws.com`)
              help: point it at `assets-v2`, which has the same bucket, or add origin `main` back
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_typo_and_names_the_nearest_id() {
        let scene = Scene::s3("assets").behavior("/api/*", "mian");
        scene.fails(
            &RULE,
            expect![[r#"
                error at /mian
                  cache behavior 0 `/api/*` targets origin `mian`, which the candidate does not define
                  help: did you mean `main`? Otherwise add origin `mian`
                  paths: `/api/*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_parameter_none_of_whose_values_is_an_id() {
        let target = |allowed: &[&str]| {
            let symbol = Symbol {
                referent: Referent::Choice {
                    parameter: "Target".to_owned(),
                    allowed: allowed.iter().map(|it| (*it).to_owned()).collect(),
                },
                nature: Nature::Any,
            };
            At::of(Expression::of("${Target}", symbol), Place::default())
        };
        let scene = |target: At<String>| {
            let mut scene = Scene::s3("assets");
            let default = scene.candidate.default_behavior.as_mut().unwrap();
            default.target_origin_id = target;
            scene
        };
        scene(target(&["mian", "other"])).fails(&RULE, expect![[r#"
            error at the whole config
              the default cache behavior targets origin `${Target}`, which the candidate does not define; the parameter `Target` takes only `mian`, `other`
              help: target one of `main`, or add the missing origin
              paths: `*`
        "#]]);
        let open = scene(target(&["other", "main"]));
        open.passes_with_unknowns(&RULE, expect![[r#"
            unknown: target origin `${Target}`, the Id of a target origin is known only after the deployment: it is the parameter `Target`, which has no value here
        "#]]);
    }

    #[test]
    fn fails_for_the_default_behavior() {
        let scene = Scene::s3("assets").default_target("elsewhere");
        scene.fails(&RULE, expect![[r#"
            error at /elsewhere
              the default cache behavior targets origin `elsewhere`, which the candidate does not define
              help: target one of `main`, or add the missing origin
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_an_origin_removed_in_this_change_and_says_what_it_was() {
        let baseline = Scene::s3("assets").origin("api-v1").candidate;
        let scene = Scene::s3("assets")
            .behavior("/api/*", "api-v1")
            .baseline(baseline);
        scene.fails(&RULE, expect![[r#"
            error at /api-v1
              cache behavior 0 `/api/*` targets origin `api-v1`, which the candidate does not define: this change removes it (it was `api-v1.example.com`)
              help: add origin `api-v1` (`api-v1.example.com`) back, or decide which origin the path should reach
              paths: `/api/*`
        "#]]);
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
        scene.fails(&RULE, expect![[r#"
            error at /old
              cache behavior 0 `/x` targets origin `old`, which the candidate does not define: this change removes it (it was `old.example.com`)
              help: point it at `new`, which has the same domain, or add origin `old` back
              paths: `/x`
        "#]]);
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
            .fails(
                &RULE,
                expect![[r#"
                    error at /both
                      cache behavior 0 `/x` targets origin `both`, which the candidate does not define
                      help: target one of `main`, or add the missing origin
                      paths: `/x`
                "#]],
            );
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
        scene.passes_with_unknowns(&RULE, expect![[r#"
            unknown: target origin `${Target}`, the Id of a target origin is known only after the deployment: it is the placeholder `${Target}`
        "#]]);
        let scene = Scene::s3("assets").origin("${Api}").behavior("/a", "api");
        scene.passes_with_unknowns(
            &RULE,
            expect![[r#"
                unknown: target origin `${Api}`, the Id of an origin or origin group is known only after the deployment: it is the placeholder `${Api}`
            "#]],
        );
    }

    #[test]
    fn passes_for_equal_expressions() {
        Scene::s3("assets")
            .origin("${Api}")
            .behavior("/a", "${Api}")
            .passes(&RULE);
    }

    #[test]
    fn a_target_that_no_expression_may_be_is_missing() {
        let scene = Scene::s3("assets")
            .origin("${AWS::StackName}-assets")
            .behavior("/x", "nope");
        let finding = scene.one_finding(&RULE);
        assert!(finding.message.contains("targets origin `nope`"));
        let (_, ids) = &finding.evidence[0];
        assert!(ids.contains("`${AWS::StackName}-assets`"), "{ids}");
    }

    #[test]
    fn a_target_that_an_expression_may_be_is_undecided() {
        let scene = Scene::s3("assets")
            .origin("${A}-api")
            .origin("${B}-assets")
            .behavior("/x", "prod-assets");
        let open = Scene::s3("assets").origin("${A}").behavior("/x", "nope");
        all_pass_with_unknowns(
            &RULE,
            [scene, open],
            expect![[r#"
                unknown: target origin `${B}-assets`, the Id of an origin or origin group is known only after the deployment: it holds the placeholder `${B}`

                unknown: target origin `${A}`, the Id of an origin or origin group is known only after the deployment: it is the placeholder `${A}`
            "#]],
        );
    }

    #[test]
    fn texts_are_held_against_no_more_expressions_than_there_can_be_origins() {
        let ids = (0..=OriginMap::MOST_COMPARED).map(|at| format!("${{A}}-{at}"));
        let scene = ids.fold(Scene::s3("assets"), |scene, id| scene.origin(&id));
        scene
            .behavior("/x", "nope")
            .passes_with_unknowns(&RULE, expect![[r#"
                unknown: target origin `${A}-0`, the Id of an origin or origin group is known only after the deployment: it holds the placeholder `${A}`
            "#]]);
    }
}
