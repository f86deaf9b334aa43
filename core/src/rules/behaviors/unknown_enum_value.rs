use crate::finding::Findings;
use crate::model::Problem;
use crate::nearest::nearest;
use crate::rule::Severity;
use crate::rules::shared::deviations::about;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Values that are none of those which CloudFront's model lists for a member, such as
    /// `HTTPS-ONLY` or a method in lower case.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `MalformedXML`: "Member must satisfy enum value set". The
    /// values are case-sensitive. A value that differs from a listed one only in case, `_` or `-` is
    /// an error; any other is a warning, since CloudFront may take it by now: the message says which
    /// release of the model was used.
    ///
    /// ## Example
    /// ```json
    /// {"CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "HTTPS_ONLY"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// DefaultCacheBehavior:
    ///   TargetOriginId: site
    ///   ViewerProtocolPolicy: Redirect-to-HTTPS
    /// # good
    /// DefaultCacheBehavior:
    ///   TargetOriginId: site
    ///   ViewerProtocolPolicy: redirect-to-https
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// default_cache_behavior {
    ///   target_origin_id       = "site"
    ///   viewer_protocol_policy = "Redirect-to-HTTPS" # Terraform itself refuses it
    /// }
    /// # good
    /// default_cache_behavior {
    ///   target_origin_id       = "site"
    ///   viewer_protocol_policy = "redirect-to-https"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Use one of the listed values as it is spelt there.
    ///
    /// ## References
    /// - [CustomOriginConfig](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomOriginConfig.html)
    /// - [DefaultCacheBehavior](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DefaultCacheBehavior.html)
    "unknown-enum-value", Behaviors, Error, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    for deviation in &case.candidate.deviations {
        let Problem::UnknownValue {
            value,
            known,
            meant,
        } = &deviation.problem
        else {
            continue;
        };
        // A value that only differs in case or spelling from a known one is refused for certain;
        // any other may be newer than the model that this program has.
        let (severity, consequence) = match meant {
            Some(_) => (Severity::Error, "CloudFront refuses it".to_owned()),
            None => (
                Severity::Warning,
                format!(
                    "CloudFront refuses it unless it is newer than {}",
                    deviation.form.source()
                ),
            ),
        };
        let message = format!(
            "{} of {} is `{value}`, which is none of its values: {consequence}",
            deviation.member,
            deviation.owner()
        );
        let remedy = match meant.or_else(|| nearest(value, known.iter().copied())) {
            Some(near) => format!("set it to `{near}`"),
            None => format!("set it to one of {}", known.join(", ")),
        };
        let finding = findings.add(&deviation.place, message);
        about(finding, case, deviation)
            .severity(severity)
            .evidence("values", known.join(", "))
            .remedy(remedy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;

    fn api(policy: &str, methods: &str) -> Scene {
        Scene::of_json(&format!(
            r#"{{"Origins": {{"Items": [{{"Id": "api", "DomainName": "api.example.com",
                "CustomOriginConfig": {{"OriginProtocolPolicy": "{policy}"}}}}]}},
              "DefaultCacheBehavior": {{"TargetOriginId": "api", "AllowedMethods": {{"Items": [{methods}]}}}}}}"#
        ))
    }

    #[test]
    fn fails_for_another_case() {
        let finding = api("HTTPS-ONLY", r#""GET""#).one_finding(&RULE);
        assert_eq!(
            finding.message,
            "OriginProtocolPolicy of CustomOriginConfig of origin `api` is `HTTPS-ONLY`, which is none \
             of its values: CloudFront refuses it"
        );
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(finding.remediation, "set it to `https-only`");
    }

    #[test]
    fn fails_for_a_method_in_lower_case() {
        let finding = api("https-only", r#""GET", "post""#).one_finding(&RULE);
        assert_eq!(finding.remediation, "set it to `POST`");
        assert_eq!(
            finding.place.pointer,
            "/DefaultCacheBehavior/AllowedMethods/Items/1"
        );
    }

    #[test]
    fn fails_in_a_template() {
        let finding =
            Scene::of_template("Enabled: true\nPriceClass: priceclass_all").one_finding(&RULE);
        assert_eq!(finding.remediation, "set it to `PriceClass_All`");
    }

    #[test]
    fn warns_of_a_value_that_may_be_newer() {
        let finding = Scene::of_template("Enabled: true\nHttpVersion: http4").one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Warning);
    }

    #[test]
    fn passes_for_listed_values() {
        api("match-viewer", r#""GET", "HEAD""#).passes(&RULE);
    }

    #[test]
    fn passes_for_a_parameter() {
        Scene::of_template("Enabled: true\nPriceClass: !Ref Class").passes(&RULE);
    }

    #[test]
    fn passes_for_numbers_that_are_listed_as_texts() {
        Scene::of_template("Enabled: true\nCustomErrorResponses: [{ErrorCode: 404, ResponseCode: 200, ResponsePagePath: /a}]")
            .passes(&RULE);
    }
}
