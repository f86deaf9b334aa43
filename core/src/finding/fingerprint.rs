use foldhash::{HashMap, HashMapExt};
use sha2::{Digest, Sha256};

use super::Finding;
use crate::digest::hex;

/// What a finding is known by from one report to the next, in the order of the findings: made of the
/// rule, the distribution (see [`Candidate::identity`](crate::candidate::Candidate::identity)), the
/// subject and the rule's key. The same defect keeps it on another day, at another address, in other
/// words and in a reformatted document.
///
/// Two findings never share one: where names do not distinguish two, such as two origins of one ID,
/// their order in the document does.
#[must_use]
pub fn fingerprints(distribution: &str, findings: &[Finding]) -> Vec<String> {
    let occurrences = occurrences(findings);
    let all = findings.iter().zip(occurrences);
    all.map(|(finding, occurrence)| fingerprint(distribution, finding, occurrence))
        .collect()
}

fn fingerprint(distribution: &str, finding: &Finding, occurrence: usize) -> String {
    let mut hash = Sha256::new();
    let occurrence = occurrence.to_string();
    for part in [
        finding.rule.name,
        distribution,
        finding.subject.kind(),
        finding.subject.name(),
        &finding.key,
        &occurrence,
    ] {
        // With its length, so that no text runs over into the next.
        hash.update(part.len().to_string());
        hash.update([b':']);
        hash.update(part);
    }
    let mut text = hex(&hash.finalize());
    // 64 bits distinguish millions of findings.
    text.truncate(16);
    text
}

/// How many findings of the same rule, subject and key come before each in the document.
fn occurrences(findings: &[Finding]) -> Vec<usize> {
    let mut ordered: Vec<(usize, &Finding)> = findings.iter().enumerate().collect();
    // By the document and not by the report's order, which changes with severities and waivers.
    ordered.sort_by_key(|(_, finding)| (finding.place.position, &finding.place.pointer));
    let mut seen: HashMap<_, usize> = HashMap::with_capacity(findings.len());
    let mut occurrences: Vec<(usize, usize)> = Vec::with_capacity(findings.len());
    for (at, finding) in ordered {
        let identity = (finding.rule.name, &finding.subject, finding.key.as_str());
        let count = seen.entry(identity).or_default();
        occurrences.push((at, *count));
        *count += 1;
    }
    occurrences.sort_unstable();
    occurrences.into_iter().map(|(_, nth)| nth).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::candidate::{Source, read_document};
    use crate::distribution::Place;
    use crate::facts::{Facts, Resolution, Trust};
    use crate::rules::testing::Scene;
    use crate::rules::{Case, Limits, judge};

    fn of_scene(scene: &Scene) -> BTreeSet<String> {
        let case = Case::new(&scene.candidate, &scene.facts, &scene.limits);
        distinct(&judge(&case.with_baseline(scene.baseline.as_ref())).findings)
    }

    fn of_document(text: &str) -> BTreeSet<String> {
        let candidate = read_document(Source::File, "d.json", text.as_bytes()).unwrap();
        let (facts, limits) = (Facts::default(), Limits::default());
        distinct(&judge(&Case::new(&candidate.distribution, &facts, &limits)).findings)
    }

    #[track_caller]
    fn distinct(findings: &[Finding]) -> BTreeSet<String> {
        let all = fingerprints("E1", findings);
        let distinct: BTreeSet<String> = all.iter().cloned().collect();
        assert_eq!(distinct.len(), findings.len(), "{findings:#?}");
        assert!(!distinct.is_empty());
        distinct
    }

    const BROKEN: &str = r#"{
        "Origins": {"Quantity": 5, "Items": [
            {"Id": "api", "DomainName": "https://api.example.com", "OriginPath": "x/",
             "CustomOriginConfig": {"HTTPPort": 1, "HTTPSPort": 2, "OriginProtocolPolicy": "https-only"},
             "CustomHeaders": {"Items": [{"HeaderName": "Host", "HeaderValue": "a"},
                {"HeaderName": "Via", "HeaderValue": "b"}, {"HeaderName": "via", "HeaderValue": "c"}]}},
            {"Id": "twin", "DomainName": "a.example.com", "CustomOriginConfig": {"HTTPPort": 1}},
            {"Id": "twin", "DomainName": "b.example.com", "CustomOriginConfig": {"HTTPPort": 1}}]},
        "OriginGroups": {"Items": [{"Id": "g", "Members": {"Items":
            [{"OriginId": "ghost"}, {"OriginId": "ghoul"}]}}]},
        "CacheBehaviors": {"Items": [{"PathPattern": "/a", "TargetOriginId": "nope"},
            {"PathPattern": "/a", "TargetOriginId": "nope"}, {"PathPattern": "/b", "TargetOriginId": "nope"}]},
        "DefaultCacheBehavior": {"TargetOriginId": "nope"}}"#;

    #[test]
    fn no_two_defects_of_a_config_share_one() {
        let all = of_document(BROKEN);
        assert!(all.len() > 15, "{}", all.len());
    }

    #[test]
    fn a_reformatted_document_keeps_them() {
        let value: serde_json::Value = serde_json::from_str(BROKEN).unwrap();
        assert_eq!(of_document(&value.to_string()), of_document(BROKEN));
        let mut moved = value.clone();
        moved["OriginGroups"]["Items"][0]["Members"]["Items"]
            .as_array_mut()
            .unwrap()
            .reverse();
        moved["CacheBehaviors"]["Items"]
            .as_array_mut()
            .unwrap()
            .rotate_left(2);
        moved["Origins"]["Items"]
            .as_array_mut()
            .unwrap()
            .rotate_left(1);
        assert_eq!(of_document(&moved.to_string()), of_document(BROKEN));
    }

    #[test]
    fn another_day_keeps_them() {
        let on = |days| of_scene(&Scene::custom("a.example.com").certificate(Trust::Trusted, days));
        assert_eq!(on(13), on(5));
    }

    #[test]
    fn another_address_keeps_them() {
        let at = |address: &str| {
            of_scene(
                &Scene::custom("a.example.com").resolves_to(Resolution::Addresses {
                    public: Vec::new(),
                    private: vec![address.parse().unwrap()],
                    aliases: Vec::new(),
                }),
            )
        };
        assert_eq!(at("10.0.0.1"), at("192.168.7.7"));
    }

    #[test]
    fn other_words_at_another_place_keep_them() {
        let scene = Scene::custom("a.example.com").behavior("/x", "nope");
        let case = Case::new(&scene.candidate, &scene.facts, &scene.limits);
        let mut findings = judge(&case).findings;
        let before = fingerprints("E1", &findings);
        for finding in &mut findings {
            finding.message = "in other words".to_owned();
            finding.remediation.clear();
            finding.evidence.clear();
            finding.place = Place::at("/elsewhere");
        }
        assert_eq!(fingerprints("E1", &findings), before);
        assert_ne!(fingerprints("E2", &findings), before);
    }

    #[test]
    fn a_waiver_changes_none() {
        let scene = Scene::custom("a.example.com")
            .behavior("/x", "nope")
            .behavior("/x", "nope");
        let case = Case::new(&scene.candidate, &scene.facts, &scene.limits);
        let mut findings = judge(&case).findings;
        let before: BTreeSet<String> = fingerprints("E1", &findings).into_iter().collect();
        // A verdict lists what is waived last.
        findings.reverse();
        assert_eq!(before, fingerprints("E1", &findings).into_iter().collect());
    }
}
