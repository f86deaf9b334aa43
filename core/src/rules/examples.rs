//! The pages' examples hold what the pages say: the bad form is found, the good one is not.

use std::fmt::Write as _;

use super::{Case, all, judge};
use crate::candidate::{ReadOptions, Source, read_documents};
use crate::facts::Facts;
use crate::rule::RuleInfo;
use crate::rules::Limits;

/// Pages without a template, since no template writes what they are about.
const NO_TEMPLATE: [(&str, &str); 5] = [
    (
        "expiring-origin-certificate",
        "the certificate is the server's",
    ),
    (
        "inconsistent-quantity",
        "CloudFormation and Terraform count by themselves",
    ),
    ("mixed-cache-settings", "CloudFormation ignores one of them"),
    (
        "missing-update-member",
        "CloudFormation and Terraform fill them in",
    ),
    (
        "unsubstituted-variable",
        "it is about a template's own text",
    ),
];

/// Examples whose bad form is not bad by itself.
const NOT_ALONE: [(&str, &str); 34] = [
    ("too-many-origins", "101 origins are cut short"),
    ("too-many-origin-headers", "31 headers are cut short"),
    ("oversized-origin-header", "a value is a parameter's"),
    ("too-many-origin-groups", "11 groups are cut short"),
    ("too-many-behaviors", "76 behaviors are cut short"),
    ("missing-bucket", "S3 says so"),
    ("foreign-bucket", "S3 says so"),
    ("wrong-bucket-region", "S3 says so"),
    ("website-hosting-disabled", "S3 says so"),
    ("ungranted-bucket-access", "the policy says so"),
    ("ungranted-kms-access", "the key's policy says so"),
    ("open-function-url", "the function URL says so"),
    ("ungranted-access-point", "the policies say so"),
    ("ungranted-function-access", "the permissions say so"),
    ("unknown-origin-access-control", "CloudFront says so"),
    ("mismatched-origin-access-control", "the control says so"),
    ("mismatched-signing-protocol", "the control says so"),
    ("unsigned-origin-access-control", "the control says so"),
    ("unknown-vpc-origin", "CloudFront says so"),
    ("unresolvable-origin-domain", "DNS says so"),
    ("private-origin-address", "DNS says so"),
    ("unreachable-origin-port", "the origin says so"),
    ("untrusted-origin-certificate", "the origin says so"),
    ("swapped-bucket", "the baseline says so"),
    ("placeholder-bucket", "the baseline and S3 say so"),
    ("unmatched-ip-address-type", "DNS says so"),
    ("undeclared-origin", "the contract says so"),
    ("contract-mismatch", "the contract says so"),
    ("behavior-contract-mismatch", "the contract says so"),
    ("edge-access-denied", "the edge says so"),
    ("edge-bucket-gone", "the edge says so"),
    ("edge-wrong-region", "the edge says so"),
    ("edge-origin-unreachable", "the edge says so"),
    ("edge-answer-mismatch", "the edge says so"),
];
const AGAINST_BASELINE: [&str; 2] = ["retargeted-behavior", "removed-behavior"];

/// What the examples leave out: targets of their behaviors and members of their groups.
const ORIGINS: [&str; 10] = [
    "site", "primary", "standby", "archive", "api", "api-v1", "api-v2", "images", "files", "assets",
];

/// The bad and the good form in a language.
fn forms(rule: &RuleInfo, language: &str) -> Option<(String, String)> {
    let page = rule.page().markdown();
    let (_, rest) = page.split_once(&format!("```{language}\n# bad\n"))?;
    let (both, _) = rest.split_once("\n```")?;
    let (bad, good) = both.split_once("\n# good\n")?;
    Some((bad.to_owned(), good.to_owned()))
}

fn template(rule: &RuleInfo, form: &str) -> String {
    let mut config = form.to_owned();
    if !form.contains("Origins:") {
        config.push_str("\nOrigins:");
        for id in ORIGINS {
            let _ = write!(
                config,
                "\n  - {{Id: {id}, DomainName: {id}.example.com, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}"
            );
        }
    }
    if !form.contains("DefaultCacheBehavior:") && rule.name != "missing-default-behavior" {
        let first = form
            .split_once("Origins:")
            .and_then(|(_, origins)| origins.split_once("Id: "))
            .map_or("site", |(_, rest)| {
                rest.split([',', '\n']).next().unwrap_or_default()
            });
        let _ = write!(
            config,
            "\nDefaultCacheBehavior: {{TargetOriginId: {first}, ViewerProtocolPolicy: https-only}}"
        );
    }
    config.push_str("\nEnabled: true");
    let indented = config.replace('\n', "\n        ");
    format!(
        "Resources:\n{}  Site:\n    Type: AWS::CloudFront::Distribution\n    Properties:\n      DistributionConfig:\n        {indented}\n",
        resources(form)
    )
}

/// The resources that a form refers to.
fn resources(form: &str) -> String {
    let mut names = std::collections::BTreeSet::new();
    for mark in ["!GetAtt ", "!Ref ", "${"] {
        for (_, rest) in form
            .match_indices(mark)
            .map(|(at, _)| form[at..].split_at(mark.len()))
        {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
            names.insert(&rest[..end.unwrap_or(rest.len())]);
        }
    }
    names.remove("AWS");
    let stub = |name| format!("  {name}: {{Type: 'Custom::Stub'}}\n");
    names.into_iter().map(stub).collect()
}

/// The rules that find something in a form.
fn found(rule: &RuleInfo, form: &str) -> Vec<&'static str> {
    let template = template(rule, form);
    let candidates = read_documents(
        Source::File,
        "template.yaml",
        template.as_bytes(),
        &ReadOptions::default(),
    )
    .unwrap_or_else(|error| panic!("{}: {error}\n{template}", rule.name));
    let (facts, limits) = (Facts::default(), Limits::default());
    let candidate = &candidates[0].distribution;
    let findings = judge(&Case::new(candidate, &facts, &limits)).findings;
    findings.iter().map(|finding| finding.rule.name).collect()
}

#[test]
fn every_page_has_both_forms_in_cloudformation_and_terraform() {
    for rule in all() {
        let excused = NO_TEMPLATE.iter().any(|(name, _)| *name == rule.name);
        for language in ["yaml", "hcl"] {
            let forms = forms(rule, language);
            assert_eq!(forms.is_none(), excused, "{}: {language}", rule.name);
            let Some((bad, good)) = forms else { continue };
            assert_ne!(bad, good, "{}: {language}", rule.name);
            for form in [bad, good] {
                let opened = form.matches(['{', '[', '(']).count();
                let closed = form.matches(['}', ']', ')']).count();
                assert_eq!(opened, closed, "{}: {language}\n{form}", rule.name);
            }
        }
    }
}

#[test]
fn every_page_says_what_cloudfront_does() {
    let says = [
        "refuses",
        "quietly",
        "It works",
        "does not resolve the name",
    ];
    for rule in all() {
        let why = rule.page().section("Why is this bad?").unwrap_or_default();
        let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            says.iter().any(|words| why.contains(words)),
            "{}",
            rule.name
        );
    }
}

#[test]
fn every_bad_form_is_found_and_no_good_one_is() {
    let mut judged = 0;
    for rule in all() {
        let Some((bad, good)) = forms(rule, "yaml") else {
            continue;
        };
        let is_config = !bad.contains("Type: AWS::") && !bad.contains("OriginCustomHeaders:\n  -");
        if is_config {
            let found = found(rule, &good);
            assert!(!found.contains(&rule.name), "{}: good\n{good}", rule.name);
        }
        let is_alone = !NOT_ALONE.iter().any(|(name, _)| *name == rule.name);
        if is_alone && !AGAINST_BASELINE.contains(&rule.name) {
            let found = found(rule, &bad);
            assert!(
                found.contains(&rule.name),
                "{}: bad, found {found:?}\n{bad}",
                rule.name
            );
            judged += 1;
        }
    }
    let excused = NO_TEMPLATE.len() + NOT_ALONE.len() + AGAINST_BASELINE.len();
    assert_eq!(judged, all().count() - excused);
}
