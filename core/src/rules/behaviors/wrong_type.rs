use crate::finding::Findings;
use crate::model::{Form, Problem};
use crate::rules::shared::deviations::about;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Values of another type than CloudFront's model has: a string where the API takes a
    /// number, a plain list where it takes `Quantity` and `Items`, or the other way round in a template.
    ///
    /// ## Why is this bad?
    /// CloudFormation refuses the template ("expected type: JSONArray, found: JSONObject"); the AWS
    /// CLI and the SDKs refuse the API's JSON with "Invalid type for parameter". CloudFormation makes
    /// numbers and flags of strings, so `"80"` and `"true"` are right in a template.
    ///
    /// ## Example
    /// ```json
    /// {"PathPattern": "/files/*", "TargetOriginId": "files", "Compress": "true"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"PathPattern": "/files/*", "TargetOriginId": "files", "Compress": true}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// CustomErrorResponses:
    ///   Quantity: 1
    ///   Items: [{ErrorCode: 404, ErrorCachingMinTTL: 60}]
    /// # good
    /// CustomErrorResponses:
    ///   - {ErrorCode: 404, ErrorCachingMinTTL: 60}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// custom_error_response = [404] # Terraform itself expects a block
    /// # good
    /// custom_error_response {
    ///   error_code            = 404
    ///   error_caching_min_ttl = 60
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Write the value in the form that the reference of the format shows. The two formats differ most
    /// in lists: the API counts each one, CloudFormation counts only those within `OriginGroups`.
    ///
    /// ## References
    /// - [DistributionConfig](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html)
    /// - [AWS::CloudFront::Distribution](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-distribution.html)
    "wrong-type", Behaviors, Error, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    for deviation in &case.candidate.deviations {
        let Problem::WrongType { found, expected } = deviation.problem else {
            continue;
        };
        let message = format!(
            "{} of {} is {found}, where {} takes {expected}",
            deviation.member,
            deviation.owner(),
            deviation.form.refuser()
        );
        let counted = match deviation.form {
            // The API's counted list, pasted into a template.
            Form::Template if found == "an object" && expected == "a list" => {
                ": the items alone, without Quantity"
            }
            _ => "",
        };
        let finding = findings.add(&deviation.place, message);
        about(finding, case, deviation).remedy(format!("write it as {expected}{counted}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;

    fn api(member: &str) -> Scene {
        Scene::of_json(&format!(
            r#"{{"Origins": {{"Items": []}}, "DefaultCacheBehavior": {{"TargetOriginId": "api", {member}}}}}"#
        ))
    }

    fn template(config: &str) -> Scene {
        Scene::of_template(&format!(
            "Enabled: 'true'\nDefaultCacheBehavior: {{TargetOriginId: api, ViewerProtocolPolicy: allow-all, MinTTL: '0'}}\n{config}"
        ))
    }

    #[test]
    fn fails_for_a_string_in_the_place_of_a_flag() {
        let finding = api(r#""Compress": "true""#).one_finding(&RULE);
        assert_eq!(
            finding.message,
            "Compress of the default cache behavior is a string, where CloudFront's API takes true or false"
        );
    }

    #[test]
    fn fails_for_a_plain_list_in_the_apis_json() {
        let finding = api(r#""TrustedKeyGroups": ["a"]"#).one_finding(&RULE);
        assert!(finding.remediation.contains("Quantity and Items"));
    }

    #[test]
    fn fails_for_a_counted_list_in_a_template() {
        let finding = template("Aliases: {Quantity: 1, Items: [a.example.com]}").one_finding(&RULE);
        assert!(finding.remediation.ends_with("without Quantity"));
    }

    #[test]
    fn passes_for_strings_that_cloudformation_converts() {
        template("IPV6Enabled: 'false'\nComment: 5").passes(&RULE);
    }

    #[test]
    fn passes_for_values_of_the_right_type() {
        api(r#""Compress": true, "TrustedKeyGroups": {"Enabled": true, "Quantity": 1, "Items": ["a"]}"#)
            .passes(&RULE);
    }

    #[test]
    fn passes_for_what_is_decided_by_the_deployment() {
        template("Aliases: !Ref Names\nIPV6Enabled: !Ref IPv6").passes(&RULE);
    }
}
