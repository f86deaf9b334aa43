//! Why CloudFront refused a call, for the person who reads the message at night.

mod message;

use crate::distribution::Distribution;
use crate::finding::Finding;
use crate::request::FailedCall;

/// What a refusal comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Whose side the cause is on.
    pub about: About,
    /// What happened, in a sentence or two.
    pub text: String,
    /// What to do next.
    pub next_step: String,
}

/// What an error code is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The origin contract: origins, groups, access, targets.
    OriginContract,
    /// Certificates and aliases of the viewer side.
    ViewerSide,
    /// The version that the caller had in hand.
    Version,
    /// The caller's permissions.
    Permission,
    /// Something else in the config, or the account.
    Elsewhere,
}

/// The codes of CloudFront's model that are about the origin contract, each with the rules that
/// foresee it, the likeliest first
/// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html>).
const ORIGIN_CODES: &[(&str, &[&str])] = &[
    (
        "NoSuchOrigin",
        &[
            "unknown-target-origin",
            "unknown-group-member",
            "no-origins",
        ],
    ),
    (
        "InvalidOrigin",
        &[
            "ambiguous-origin-type",
            "missing-bucket",
            "invalid-bucket-name",
            "non-s3-domain-as-s3-origin",
        ],
    ),
    (
        // CloudFront uses it for most refusals that have no code of their own, so nearly every rule
        // that foresees one is listed, the likeliest first.
        "InvalidArgument",
        &[
            "malformed-origin-domain",
            "duplicate-origin-id",
            "website-endpoint-as-s3-origin",
            "non-s3-domain-as-s3-origin",
            "ambiguous-origin-type",
            "mismatched-origin-access-control",
            "group-with-write-methods",
            "duplicate-path-pattern",
            "malformed-path-pattern",
            "malformed-origin-path",
            "refused-origin-header",
            "oversized-origin-header",
            "unknown-origin-shield-region",
            "invalid-origin-port",
            "origin-timeout-out-of-range",
            "group-member-count",
            "duplicate-group-member",
            "origin-group-id-clash",
            "group-without-failover",
            "unnamed-origin",
            "unsupported-s3-endpoint",
            "invalid-bucket-name",
            "missing-default-behavior",
            "oversized-origin-id",
            "unsupported-method-set",
            "mixed-cache-settings",
            "missing-cache-policy",
        ],
    ),
    ("IllegalUpdate", &["missing-update-member"]),
    ("IllegalOriginAccessConfiguration", &["mixed-origin-access"]),
    (
        "InvalidOriginAccessControl",
        &[
            "unknown-origin-access-control",
            "mismatched-origin-access-control",
        ],
    ),
    (
        "InvalidDomainNameForOriginAccessControl",
        &["mismatched-origin-access-control"],
    ),
    (
        "InvalidOriginAccessIdentity",
        &["unknown-origin-access-identity"],
    ),
    ("InvalidOriginReadTimeout", &["origin-timeout-out-of-range"]),
    (
        "InvalidOriginKeepaliveTimeout",
        &["origin-timeout-out-of-range"],
    ),
    ("InvalidRelativePath", &["malformed-origin-path"]),
    ("InvalidHeadersForS3Origin", &["viewer-host-to-s3"]),
    ("InconsistentQuantities", &["inconsistent-quantity"]),
    ("EntityNotFound", &["unknown-vpc-origin"]),
    ("TooManyOriginCustomHeaders", &["too-many-origin-headers"]),
    ("TooManyOrigins", &["too-many-origins"]),
    (
        "TooManyOriginGroupsPerDistribution",
        &["too-many-origin-groups"],
    ),
    ("TooManyCacheBehaviors", &["too-many-behaviors"]),
];

const VIEWER_CODES: &[&str] = &[
    "InvalidViewerCertificate",
    "CNAMEAlreadyExists",
    "InvalidMinimumProtocolVersion",
    "InvalidProtocolSettings",
    "TooManyDistributionCNAMEs",
    "TooManyCertificates",
];

/// Explains a refused call, given what the rules found in the config that was refused, and that
/// config, where CloudTrail has it.
#[must_use]
pub fn explain(
    failed: &FailedCall,
    findings: &[Finding],
    sent: Option<&Distribution>,
) -> Explanation {
    // The message before the code: `InvalidArgument` stands for most mistakes, and only its text
    // says which.
    if let Some(known) = message::read(&failed.message, sent) {
        // A finding names the very origin or behavior; the message mostly does not.
        let (text, next_step) = cause(known.rules, findings)
            .map_or((known.text, known.next_step), |finding| {
                broken_link(finding)
            });
        return Explanation {
            about: About::OriginContract,
            text,
            next_step,
        };
    }
    let about = about(&failed.code);
    let (text, next_step) = match about {
        About::OriginContract => origin_contract(failed, findings),
        About::ViewerSide => (
            "This code is about the viewer side (the certificate or the alternate domain names), \
             not about the origin contract"
                .to_owned(),
            viewer_next_step(&failed.code).to_owned(),
        ),
        About::Version => (
            "The caller sent a version that is no longer live: another caller changed the \
             distribution in between"
                .to_owned(),
            "Read the config again, apply the change to it, and send it with the new ETag as IfMatch"
                .to_owned(),
        ),
        About::Permission => (
            "IAM refused the caller; the config was not checked".to_owned(),
            "Grant the caller the CloudFront action, or make the change through the role that has it"
                .to_owned(),
        ),
        About::Elsewhere => (
            format!("`{}` is not about the origin contract", failed.code),
            "Follow CloudFront's own message".to_owned(),
        ),
    };
    Explanation {
        about,
        text,
        next_step,
    }
}

/// The rules that foresee an error of CloudFront, the likeliest first; none where it is not about
/// the origin contract.
#[must_use]
pub fn rules_behind(code: &str) -> &'static [&'static str] {
    ORIGIN_CODES
        .iter()
        .find(|(known, _)| *known == code)
        .map_or(&[], |(_, rules)| rules)
}

fn about(code: &str) -> About {
    if ORIGIN_CODES.iter().any(|(known, _)| *known == code) {
        About::OriginContract
    } else if VIEWER_CODES.contains(&code) {
        About::ViewerSide
    } else {
        match code {
            // 412 for a stale ETag, 400 for one that is missing or malformed.
            "PreconditionFailed" | "InvalidIfMatchVersion" => About::Version,
            "AccessDenied" | "UnauthorizedOperation" => About::Permission,
            _ => About::Elsewhere,
        }
    }
}

fn origin_contract(failed: &FailedCall, findings: &[Finding]) -> (String, String) {
    let rules = rules_behind(&failed.code);
    match cause(rules, findings) {
        Some(finding) => broken_link(finding),
        // The argument may be one that no rule covers, which is no reason to search the origins for
        // it.
        None if failed.code == "InvalidArgument" => (
            "CloudFront names an argument in its message, and the guard finds no broken origin, \
             group or target in the config that was sent"
                .to_owned(),
            "Follow CloudFront's message, which no rule foresees".to_owned(),
        ),
        None => (
            format!(
                "The code is about the origin contract, but the guard finds nothing in the config \
                 that explains it (it checked {})",
                rules.join(", ")
            ),
            "Compare the config that was sent with the live one, origin by origin".to_owned(),
        ),
    }
}

/// The first finding of the likeliest rule.
fn cause<'f>(rules: &[&str], findings: &'f [Finding]) -> Option<&'f Finding> {
    let of = |rule: &&str| findings.iter().find(|finding| finding.rule.name == *rule);
    rules.iter().find_map(of)
}

fn broken_link(finding: &Finding) -> (String, String) {
    (
        format!("The broken link: {}", finding.message),
        capitalize(&finding.remediation),
    )
}

fn viewer_next_step(code: &str) -> &'static str {
    match code {
        "CNAMEAlreadyExists" => {
            "Find the other distribution that has the alias (aws cloudfront list-conflicting-aliases), \
             and move it with associate-alias"
        }
        "InvalidViewerCertificate" => {
            "Check the certificate in ACM: it must be in us-east-1, issued, unexpired, with its chain, \
             and cover every alias"
        }
        _ => "Check ViewerCertificate and Aliases",
    }
}

fn capitalize(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidate::{Source, read_document};
    use crate::facts::Facts;
    use crate::rules::{self, Case, Limits};

    fn failed(code: &str) -> FailedCall {
        FailedCall {
            code: code.to_owned(),
            message: "m".to_owned(),
        }
    }

    #[test]
    fn names_the_broken_link_behind_a_code() {
        let config = br#"{"Origins": {"Items": [{"Id": "b", "DomainName": "b.example.com"}]},
            "CacheBehaviors": {"Items": [{"PathPattern": "/api/*", "TargetOriginId": "gone"}]}}"#;
        let candidate = read_document(Source::File, "c.json", config).unwrap();
        let (facts, limits) = (Facts::default(), Limits::default());
        let case = Case::new(&candidate.distribution, &facts, &limits);
        let findings = rules::judge(&case).findings;
        let explanation = explain(&failed("NoSuchOrigin"), &findings, None);
        assert_eq!(explanation.about, About::OriginContract);
        assert!(explanation.text.contains("`/api/*` targets origin `gone`"));
    }

    #[test]
    fn admits_when_nothing_explains_it() {
        let explanation = explain(&failed("NoSuchOrigin"), &[], None);
        assert!(explanation.text.contains("finds nothing"));
        assert!(
            explain(&failed("InvalidArgument"), &[], None)
                .text
                .contains("names an argument")
        );
    }

    #[test]
    fn reads_the_message_before_the_code() {
        let refused = FailedCall {
            code: "IllegalUpdate".to_owned(),
            message: "OriginReadTimeout is required for updates.".to_owned(),
        };
        let explanation = explain(&refused, &[], None);
        assert_eq!(explanation.about, About::OriginContract);
        assert!(explanation.text.contains("OriginReadTimeout"));
    }

    /// P74 to P77: the guard must not claim what is not its own.
    #[test]
    fn sends_readers_of_viewer_side_errors_the_other_way() {
        for code in VIEWER_CODES {
            let explanation = explain(&failed(code), &[], None);
            assert_eq!(explanation.about, About::ViewerSide);
            assert!(explanation.text.contains("not about the origin contract"));
        }
        assert!(
            explain(&failed("CNAMEAlreadyExists"), &[], None)
                .next_step
                .contains("list-conflicting-aliases")
        );
    }

    #[test]
    fn tells_the_other_causes_apart() {
        assert_eq!(
            explain(&failed("PreconditionFailed"), &[], None).about,
            About::Version
        );
        assert_eq!(
            explain(&failed("AccessDenied"), &[], None).about,
            About::Permission
        );
        assert_eq!(
            explain(&failed("NoSuchCachePolicy"), &[], None).about,
            About::Elsewhere
        );
    }

    #[test]
    fn every_rule_behind_a_code_exists() {
        for (code, names) in ORIGIN_CODES {
            for name in *names {
                assert!(rules::find(name).is_some(), "{code}: {name}");
            }
        }
    }
}
