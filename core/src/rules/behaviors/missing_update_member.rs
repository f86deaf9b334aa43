use crate::finding::Findings;
use crate::model::{Deviation, Problem};
use crate::rule::Severity;
use crate::rules::shared::deviations::about;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Members that UpdateDistribution requires and CreateDistribution does not, where the
    /// candidate in the API's JSON replaces a distribution: it has an `Id`, an `IfMatch` or an `ETag`,
    /// or is compared with a baseline.
    ///
    /// ## Why is this bad?
    /// An update replaces the whole config, and CloudFront refuses one that leaves these members out
    /// with `IllegalUpdate`: "OriginReadTimeout is required for updates." The same file has passed
    /// CreateDistribution, which fills in defaults.
    ///
    /// CloudFront's model words it: `IllegalUpdate`, "The update contains modifications that are not
    /// allowed."
    ///
    /// An error where that refusal was seen and the candidate names the distribution or its version:
    /// `CustomHeaders` of an origin, and `OriginReadTimeout`, `OriginKeepaliveTimeout` and
    /// `OriginSslProtocols` of a custom origin. The others, which the developer guide lists, are a
    /// warning, since no refusal without one of them was found. CloudFormation and Terraform fill all
    /// of them in.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "E2EXAMPLE1GUARD", "IfMatch": "E2EXAMPLEETAG02", "DistributionConfig": {"Origins": {"Items": [
    ///   {"Id": "api", "DomainName": "api.example.com",
    ///    "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}]}}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "E2EXAMPLE1GUARD", "IfMatch": "E2EXAMPLEETAG02", "DistributionConfig": {"Origins": {"Items": [
    ///   {"Id": "api", "DomainName": "api.example.com", "CustomHeaders": {"Quantity": 0},
    ///    "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only",
    ///      "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
    ///      "OriginReadTimeout": 30, "OriginKeepaliveTimeout": 5}}]}}}
    /// ```
    ///
    /// ## How to fix
    /// Start from the live config, which has all members (`aws cloudfront get-distribution-config`),
    /// change in it what is to change, and rename `ETag` to `IfMatch`.
    ///
    /// ## References
    /// - [Required fields for creating and updating distributions](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-overview-required-fields.html)
    /// - [UpdateDistribution](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html)
    "missing-update-member", Behaviors, Warning, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    let candidate = case.candidate;
    // Only a baseline: it may be another distribution's.
    let is_certain = candidate.id.is_some() || candidate.etag.is_some();
    if !is_certain && case.baseline().is_none() {
        return;
    }
    // What one object lacks stands together, at the object's line.
    let lacking = candidate.deviations.iter();
    let lacking: Vec<&Deviation> = lacking
        .filter(|it| matches!(it.problem, Problem::MissingInUpdate { .. }))
        .collect();
    // One finding for each object: a config in the form of CreateDistribution lacks many at once.
    for members in lacking.chunk_by(|one, other| one.place == other.place) {
        for seen in [true, false] {
            let severity = if seen && is_certain {
                Severity::Error
            } else {
                Severity::Warning
            };
            report(case, members, (seen, severity), findings);
        }
    }
}

fn report(
    case: &Case<'_>,
    members: &[&Deviation],
    (seen, severity): (bool, Severity),
    findings: &mut Findings,
) {
    let these = members
        .iter()
        .filter(|it| it.problem == Problem::MissingInUpdate { seen });
    let names: Vec<&str> = these.map(|it| it.member.as_str()).collect();
    let (Some(first), false) = (members.first(), names.is_empty()) else {
        return;
    };
    let names = names.join(", ");
    let consequence = if seen {
        "without which CloudFront refuses updates"
    } else {
        "which CloudFront documents as required for updates"
    };
    let message = format!("{} has no {names}, {consequence}", first.owner());
    let finding = findings.add(&first.place, message);
    about(finding, case, first)
        .key(format!("{}, seen: {seen}", first.within))
        .severity(severity)
        .remedy(format!(
            "add {names} with the values that the live config has (`aws cloudfront get-distribution-config`)"
        ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::Distribution;
    use crate::rules::testing::Scene;

    const SSL: &str = r#""OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]}, "#;

    fn config(custom: &str) -> String {
        format!(
            r#"{{"Aliases": {{"Quantity": 0}}, "DefaultRootObject": "", "CacheBehaviors": {{"Quantity": 0}},
              "CustomErrorResponses": {{"Quantity": 0}}, "Logging": {{}}, "PriceClass": "None", "ViewerCertificate": {{}},
              "Restrictions": {{}}, "WebACLId": "", "HttpVersion": "http2",
              "Origins": {{"Items": [{{"Id": "web", "DomainName": "www.example.com", "CustomHeaders": {{"Quantity": 0}},
                "CustomOriginConfig": {{{custom}}}}}]}}}}"#
        )
    }

    fn update(custom: &str) -> Scene {
        let config = config(custom);
        Scene::of_json(&format!(
            r#"{{"Id": "E2EXAMPLE", "IfMatch": "E1", "DistributionConfig": {config}}}"#
        ))
    }

    #[test]
    fn fails_without_the_timeouts_of_a_custom_origin() {
        let finding = update(&format!(r#"{SSL} "HTTPPort": 80"#)).one_finding(&RULE);
        assert_eq!(
            finding.message,
            "CustomOriginConfig of origin `web` has no OriginReadTimeout, OriginKeepaliveTimeout, \
             without which CloudFront refuses updates"
        );
        assert_eq!(finding.severity, Severity::Error);
        let pointer = "/DistributionConfig/Origins/Items/0/CustomOriginConfig";
        assert_eq!(finding.place.pointer, pointer);
    }

    #[test]
    fn fails_as_a_warning_for_what_is_only_documented() {
        let all = format!(r#"{SSL} "OriginReadTimeout": 30, "OriginKeepaliveTimeout": 5"#);
        let mut scene = update(&all);
        assert!(scene.findings(&RULE).is_empty());
        let short = config(&all).replace(r#""PriceClass": "None","#, "");
        scene = Scene::of_json(&format!(
            r#"{{"ETag": "E1", "DistributionConfig": {short}}}"#
        ));
        let finding = scene.one_finding(&RULE);
        assert!(finding.message.starts_with("the config has no PriceClass"));
        assert_eq!(finding.severity, Severity::Warning);
    }

    #[test]
    fn warns_where_there_is_only_a_baseline() {
        let mut scene = Scene::of_json(&config(SSL.trim_end_matches(", ")));
        scene = scene.baseline(Distribution::default());
        assert_eq!(scene.one_finding(&RULE).severity, Severity::Warning);
    }

    #[test]
    fn fails_for_a_behavior() {
        let text = r#"{"Id": "E2EXAMPLE", "DistributionConfig": {"DefaultCacheBehavior": {"TargetOriginId": "a"}}}"#;
        let findings = Scene::of_json(text).findings(&RULE);
        assert!(findings.iter().any(|it| {
            it.message
                .starts_with("the default cache behavior has no AllowedMethods")
        }));
    }

    #[test]
    fn passes_for_a_config_that_is_created() {
        let config = config("");
        Scene::of_json(&format!(r#"{{"DistributionConfig": {config}}}"#)).passes(&RULE);
    }

    #[test]
    fn passes_with_all_members() {
        update(&format!(
            r#"{SSL} "OriginReadTimeout": 30, "OriginKeepaliveTimeout": 5"#
        ))
        .passes(&RULE);
    }

    #[test]
    fn passes_for_templates() {
        let mut scene = Scene::of_template("Enabled: true");
        scene.candidate.id = Some("E2EXAMPLE".into());
        scene.passes(&RULE);
    }
}
