//! No config with a broken contract gets published, so healthy ones are broken here, one way at a
//! time: the rule that is meant must say so at the very place, and no other may cry out with it.

#![allow(
    clippy::unnecessary_wraps,
    clippy::assigning_clones,
    reason = "all mutations have one form, and read as what they do"
)]

mod access;
mod behaviors;
mod domains;
mod grants;
mod groups;
mod harmless;
mod hosts;
mod origins;

use std::collections::BTreeMap;
use std::path::Path;

use origin_guard::finding::Finding;
use origin_guard::rule::Severity;
use serde_json::json;

use crate::corpus;
use crate::scene::{Scene, more_than_unread_grants};

/// One way to break a contract.
struct Mutation {
    name: &'static str,
    /// The rule that must find it, and how much it must weigh.
    rule: &'static str,
    weight: Severity,
    /// Rules that rightly speak up too.
    also: &'static [&'static str],
    at: Each,
}

/// What is bent, one after the other. The function gives the places in the config at which the
/// rule must find something; `None` where there is nothing to modify.
enum Each {
    Config(fn(&mut Scene) -> Option<Vec<String>>),
    Origin(Modify),
    Group(Modify),
    Behavior(Modify),
}

type Modify = fn(&mut Scene, usize) -> Option<Vec<String>>;

const fn mutation(name: &'static str, rule: &'static str, at: Each) -> Mutation {
    Mutation {
        name,
        rule,
        weight: Severity::Error,
        also: &[],
        at,
    }
}

impl Mutation {
    const fn weighs(mut self, weight: Severity) -> Self {
        self.weight = weight;
        self
    }

    const fn with(mut self, also: &'static [&'static str]) -> Self {
        self.also = also;
        self
    }

    /// Every scene that it makes of a healthy one, with the places that must be found.
    fn apply(&self, healthy: &Scene) -> Vec<(Scene, Vec<String>)> {
        let model = &healthy.healthy;
        let count = match self.at {
            Each::Config(_) => 1,
            Each::Origin(_) => model.origins.len(),
            Each::Group(_) => model.origin_groups.len(),
            Each::Behavior(_) => model.behaviors.len() + 1,
        };
        let scenes = (0..count).filter_map(|at| {
            let mut scene = healthy.clone();
            let places = match self.at {
                Each::Config(modify) => modify(&mut scene),
                Each::Origin(modify) | Each::Group(modify) | Each::Behavior(modify) => {
                    modify(&mut scene, at)
                }
            }?;
            let places: Vec<String> = places.iter().map(|place| scene.place(place)).collect();
            (!places.is_empty()).then_some((scene, places))
        });
        scenes.collect()
    }
}

/// What is wrong with what the guard says about a bent scene.
#[derive(Default)]
struct Wrong {
    missed: Vec<String>,
    noise: Vec<String>,
    /// Findings that leave open what to do about them.
    unclear: Vec<String>,
}

impl Wrong {
    fn of(mutation: &Mutation, places: &[String], before: &[Finding], after: &[Finding]) -> Self {
        let mut wrong = Self::default();
        for place in places {
            let found = after.iter().any(|it| {
                let meant = it.rule.name == mutation.rule && it.severity == mutation.weight;
                meant && it.place.pointer == *place
            });
            if !found {
                wrong.missed.push(format!("missed at {place}"));
            }
        }
        for it in after {
            let somewhere = !it.place.pointer.is_empty() && it.place.position.is_some();
            if !somewhere || it.remediation.is_empty() || it.message.ends_with('.') {
                wrong.unclear.push(format!("unclear: {it:?}"));
            }
        }
        let had = tally(before);
        for (kind, count) in tally(after) {
            let (rule, severity) = kind;
            let meant = rule == mutation.rule && severity == mutation.weight;
            let mut expected = had.get(&kind).copied().unwrap_or_default();
            if meant {
                expected += places.len();
            }
            // A copy of an origin has its weaknesses too.
            let repeats = severity != Severity::Error && expected > 0;
            if count > expected && !repeats && !mutation.also.contains(&rule) {
                let severity = severity.name();
                wrong
                    .noise
                    .push(format!("{count} of {severity} {rule}, not {expected}"));
            }
        }
        wrong
    }
}

fn tally(findings: &[Finding]) -> BTreeMap<(&'static str, Severity), usize> {
    let mut tally = BTreeMap::new();
    // What is added to a config has only what the change is about.
    let of_contract = |it: &&Finding| !crate::OF_THE_FORM.contains(&it.rule.name);
    for finding in findings.iter().filter(of_contract) {
        *tally
            .entry((finding.rule.name, finding.severity))
            .or_default() += 1;
    }
    tally
}

/// Our own configs, which must all be healthy, and those of the corpus that are.
async fn healthy() -> Vec<(Scene, Vec<Finding>)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut own = corpus::files(&fixtures.join("healthy"));
    own.push((
        "site.json".to_owned(),
        std::fs::read(fixtures.join("site.json")).unwrap(),
    ));
    let corpus = corpus::folder().map_or_else(Vec::new, |folder| corpus::configs(&folder).0);
    let ours = own.len();
    let mut scenes = Vec::new();
    for (at, (name, content)) in own.iter().chain(&corpus).enumerate() {
        let scene = Scene::read(name, content);
        if at < ours {
            assert!(scene.is_some(), "{name} is no config");
        }
        let Some(scene) = scene else { continue };
        let judgement = scene.judge().await;
        let ill = judgement
            .findings
            .iter()
            .any(|it| it.severity == Severity::Error);
        if at < ours {
            assert!(!ill, "{name}: {:#?}", judgement.findings);
            assert_eq!(more_than_unread_grants(judgement.unknowns), [], "{name}");
        }
        if !ill {
            scenes.push((scene, judgement.findings));
        }
    }
    println!("{} healthy configs, {ours} of them our own", scenes.len());
    scenes
}

fn all() -> impl Iterator<Item = &'static Mutation> {
    [
        origins::MUTATIONS,
        domains::MUTATIONS,
        access::MUTATIONS,
        grants::MUTATIONS,
        hosts::MUTATIONS,
        groups::MUTATIONS,
        behaviors::MUTATIONS,
    ]
    .into_iter()
    .flatten()
}

/// Every way to break each config is found where it was broken, and nothing else is.
#[tokio::test]
async fn every_mutation_is_found_in_its_place_and_nothing_beside() {
    let scenes = healthy().await;
    let mut wrong = Vec::new();
    println!("| mutation | rule | found | without noise |\n|---|---|---|---|");
    for mutation in all() {
        let (mut total, mut found, mut silent) = (0, 0, 0);
        for (healthy, before) in &scenes {
            for (scene, places) in mutation.apply(healthy) {
                total += 1;
                let after = scene.findings().await;
                let Wrong {
                    missed,
                    noise,
                    unclear,
                } = Wrong::of(mutation, &places, before, &after);
                found += usize::from(missed.is_empty());
                silent += usize::from(noise.is_empty());
                for problem in missed.iter().chain(&noise).chain(&unclear) {
                    wrong.push(format!("{} in {}: {problem}", mutation.name, scene.name));
                }
            }
        }
        println!(
            "| {} | {} | {found}/{total} | {silent}/{total} |",
            mutation.name, mutation.rule
        );
        if total == 0 {
            wrong.push(format!("{}: no config can be broken so", mutation.name));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of them wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Whatever else is broken, a lost behavior is found beside it, and hides none of it: both phases run to
/// their end, and all that is wrong is said at once.
#[tokio::test]
async fn a_second_error_is_found_beside_every_first() {
    let mut wrong = Vec::new();
    let mut total = 0;
    for (healthy, _) in &healthy().await {
        for mutation in all() {
            for (mut scene, mut places) in mutation.apply(healthy) {
                let lost = json!({"PathPattern": "/mutation-lost.html", "TargetOriginId": "lost"});
                scene.push("CacheBehaviors", lost);
                let at = scene.list("CacheBehaviors").len() - 1;
                let lost = scene.place(&format!("/CacheBehaviors/Items/{at}/TargetOriginId"));
                // The count that was bent is right again.
                places.retain(|place| !place.ends_with("/CacheBehaviors/Quantity"));
                let findings = scene.findings().await;
                let found = |rule: &str, place: &String| {
                    let mut of_rule = findings.iter().filter(|it| it.rule.name == rule);
                    of_rule.any(|it| it.place.pointer == *place)
                };
                total += 1;
                let first = places.iter().all(|place| found(mutation.rule, place));
                if !first || !found("unknown-target-origin", &lost) {
                    wrong.push(format!("{} in {}", mutation.name, scene.name));
                }
            }
        }
    }
    println!("{total} pairs of errors");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A change that breaks nothing changes no finding.
#[tokio::test]
async fn what_breaks_nothing_is_not_found() {
    let scenes = healthy().await;
    let mut wrong = Vec::new();
    println!("| harmless change | silent |\n|---|---|");
    for (name, modify) in harmless::CHANGES {
        let (mut total, mut silent) = (0, 0);
        for (healthy, before) in &scenes {
            let mut scene = healthy.clone();
            if !modify(&mut scene) {
                continue;
            }
            total += 1;
            let judgement = scene.judge().await;
            let more = more_than_unread_grants(judgement.unknowns.clone());
            if tally(&judgement.findings) == tally(before) && more.is_empty() {
                silent += 1;
            } else {
                wrong.push(format!("{name} in {}: {:#?}", scene.name, judgement));
            }
        }
        println!("| {name} | {silent}/{total} |");
        if total == 0 {
            wrong.push(format!("{name}: no config can be changed so"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of them wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Rules about more than one config and the world around it, and the tests that break them instead.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "unsubstituted-variable",
        "a_variable_in_a_plain_text_is_literal_and_reported_once in core/src/candidate/cloudformation/tests/variables.rs",
    ),
    (
        "swapped-bucket",
        "fails_ in src/rules/origin_map/swapped_bucket.rs",
    ),
    (
        "retargeted-behavior",
        "fails_ in src/rules/behaviors/retargeted_behavior.rs",
    ),
    (
        "removed-behavior",
        "fails_ in src/rules/behaviors/removed_behavior.rs",
    ),
    (
        "placeholder-bucket",
        "tests/it/sections.rs: it takes a baseline",
    ),
    (
        "undeclared-origin",
        "tests/it/contract.rs: it takes a contract",
    ),
    (
        "contract-mismatch",
        "tests/it/contract.rs: it takes a contract",
    ),
    (
        "behavior-contract-mismatch",
        "tests/it/contract.rs: it takes a contract",
    ),
    (
        "open-function-url",
        "fails_ in core/src/rules/origin_map/open_function_url.rs: it takes a template",
    ),
    (
        "ungranted-access-point",
        "fails_ in core/src/rules/origin_map/ungranted_access_point.rs: it takes a template",
    ),
    (
        "ungranted-function-access",
        "fails_ in core/src/rules/origin_map/ungranted_function_access.rs: it takes a template",
    ),
    (
        "edge-bucket-gone",
        "fails_ in core/src/rules/edge/edge_bucket_gone.rs: it takes an answer of the edge",
    ),
    (
        "edge-wrong-region",
        "fails_ in core/src/rules/edge/edge_wrong_region.rs: it takes an answer of the edge",
    ),
    (
        "edge-access-denied",
        "fails_ in core/src/rules/edge/edge_access_denied.rs: it takes an answer of the edge",
    ),
    (
        "edge-origin-unreachable",
        "fails_ in core/src/rules/edge/edge_origin_unreachable.rs: it takes an answer of the edge",
    ),
    (
        "edge-answer-mismatch",
        "fails_ in core/src/rules/edge/edge_answer_mismatch.rs: it takes an answer of the edge",
    ),
];

/// A mutation for every rule: a rule that no mutation is about is a rule that no test broke.
#[test]
fn every_rule_has_its_mutation() {
    let mut names: Vec<&str> = all().map(|mutation| mutation.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    for rule in origin_guard::rules::all() {
        let here = all().any(|mutation| mutation.rule == rule.name);
        let elsewhere = ELSEWHERE.iter().any(|(name, _)| *name == rule.name)
            || crate::OF_THE_FORM.contains(&rule.name);
        assert!(
            here != elsewhere,
            "{} has no mutation, or needs no exception",
            rule.name
        );
    }
}
