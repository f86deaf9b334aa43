use crate::finding::Findings;
use crate::model::{Deviation, Form, Part, Problem};
use crate::rule::Severity;
use crate::rules::shared::deviations::about;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Structures that lack a member which CloudFront's model requires, such as the
    /// `ViewerProtocolPolicy` of a behavior or the `HTTPPort` of a custom origin in the API's JSON.
    ///
    /// ## Why is this bad?
    /// CloudFormation refuses the template ("required key [ViewerProtocolPolicy] not found"); the
    /// AWS CLI and the SDKs refuse the API's JSON with "Missing required parameter".
    ///
    /// A missing `CallerReference`, `Comment` or `Enabled` of the API's JSON is a warning: scripts
    /// that deploy often fill them in. A `Quantity` may be missing here for the same reason.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "api", "DomainName": "api.example.com",
    ///  "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "api", "DomainName": "api.example.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// DefaultCacheBehavior:
    ///   TargetOriginId: site
    /// # good
    /// DefaultCacheBehavior:
    ///   TargetOriginId: site
    ///   ViewerProtocolPolicy: redirect-to-https
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// default_cache_behavior { # Terraform itself misses viewer_protocol_policy
    ///   target_origin_id = "site"
    /// }
    /// # good
    /// default_cache_behavior {
    ///   target_origin_id       = "site"
    ///   viewer_protocol_policy = "redirect-to-https"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Add the member. For an update, take its value from the live config
    /// (`aws cloudfront get-distribution-config`).
    ///
    /// ## References
    /// - [DistributionConfig](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html)
    /// - [AWS::CloudFront::Distribution](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-distribution.html)
    "missing-member", Behaviors, Error, check
}

/// What other rules report, each with what it breaks.
const REPORTED_ELSEWHERE: [&str; 10] = [
    "DNSName",
    "DefaultCacheBehavior",
    "DomainName",
    "FailoverCriteria",
    "Id",
    "Members",
    "Origins",
    "PathPattern",
    "StatusCodes",
    "TargetOriginId",
];

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    for deviation in &case.candidate.deviations {
        if deviation.problem != Problem::Missing || is_reported_elsewhere(deviation) {
            continue;
        }
        let message = format!(
            "{} has no {}, which {} requires",
            deviation.owner(),
            deviation.member,
            deviation.form.refuser()
        );
        let finding = findings.add(&deviation.place, message);
        about(finding, case, deviation)
            .severity(severity(deviation))
            .remedy(format!("add {} to it", deviation.member));
    }
}

fn is_reported_elsewhere(deviation: &Deviation) -> bool {
    let is_group = matches!(deviation.part, Part::OriginGroup(_));
    (is_group || deviation.within.is_empty())
        && REPORTED_ELSEWHERE.contains(&deviation.member.as_str())
}

fn severity(deviation: &Deviation) -> Severity {
    // Tools fill in CallerReference, Comment and Enabled before they send a config, so a file may
    // lack them.
    let is_filled_in = deviation.form == Form::Api
        && deviation.part == Part::Config
        && deviation.within.is_empty();
    if is_filled_in {
        Severity::Warning
    } else {
        Severity::Error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;

    const BEHAVIOR: &str = r#"{"TargetOriginId": "api", "ViewerProtocolPolicy": "allow-all"}"#;

    fn api(custom: &str, behavior: &str) -> Scene {
        Scene::of_json(&format!(
            r#"{{"CallerReference": "1", "Comment": "", "Enabled": true,
              "Origins": {{"Items": [{{"Id": "api", "DomainName": "api.example.com", "CustomOriginConfig": {custom}}}]}},
              "DefaultCacheBehavior": {behavior}}}"#
        ))
    }

    const CUSTOM: &str =
        r#"{"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}"#;

    #[test]
    fn fails_for_an_origin_without_ports() {
        let finding = api(&CUSTOM.replace(r#""HTTPPort": 80, "#, ""), BEHAVIOR).one_finding(&RULE);
        assert_eq!(
            finding.message,
            "CustomOriginConfig of origin `api` has no HTTPPort, which CloudFront's API requires"
        );
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(finding.origin.as_deref(), Some("api"));
    }

    #[test]
    fn fails_for_a_behavior_without_a_protocol_policy() {
        let finding = api(CUSTOM, r#"{"TargetOriginId": "api"}"#).one_finding(&RULE);
        assert_eq!(finding.path_patterns, ["*"]);
    }

    #[test]
    fn fails_for_what_cloudformation_requires() {
        let finding = Scene::of_template(
            "Enabled: true\nDefaultCacheBehavior: {TargetOriginId: a, ViewerProtocolPolicy: allow-all}\nOriginGroups: {Items: []}",
        )
        .one_finding(&RULE);
        assert!(finding.message.contains("has no Quantity"));
        assert!(finding.message.contains("CloudFormation"));
    }

    #[test]
    fn warns_of_what_scripts_fill_in() {
        let scene = Scene::of_json(&format!(
            r#"{{"CallerReference": "1", "Enabled": true, "Origins": {{"Items": []}}, "DefaultCacheBehavior": {BEHAVIOR}}}"#
        ));
        let finding = scene.one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Warning);
        assert_eq!(finding.remediation, "add Comment to it");
    }

    #[test]
    fn passes_with_all_that_is_required() {
        api(CUSTOM, BEHAVIOR).passes(&RULE);
    }

    #[test]
    fn passes_for_what_another_rule_reports() {
        api(CUSTOM, r#"{"ViewerProtocolPolicy": "allow-all"}"#).passes(&RULE);
        Scene::of_template(&format!("{TEMPLATE}\nCacheBehaviors: [{BEHAVIOR}]")).passes(&RULE);
    }

    const TEMPLATE: &str =
        "Enabled: true\nDefaultCacheBehavior: {TargetOriginId: a, ViewerProtocolPolicy: allow-all}";

    #[test]
    fn passes_for_forwarded_values_that_cloudformation_ignores() {
        let beside = |policy: &str| {
            Scene::of_template(&format!(
                "Enabled: true\nDefaultCacheBehavior: {{TargetOriginId: a, ViewerProtocolPolicy: allow-all, {policy}ForwardedValues: {{Headers: [Host]}}}}"
            ))
        };
        beside("CachePolicyId: p, ").passes(&RULE);
        assert!(
            beside("")
                .one_finding(&RULE)
                .message
                .contains("has no QueryString")
        );
    }

    #[test]
    fn passes_for_lists_that_are_not_counted() {
        let aliases = r#"{"Items": ["a.example.com"]}"#;
        Scene::of_json(&format!(
            r#"{{"CallerReference": "1", "Comment": "", "Enabled": true, "Aliases": {aliases}, "Origins": {{"Items": []}}, "DefaultCacheBehavior": {BEHAVIOR}}}"#
        ))
        .passes(&RULE);
    }
}
