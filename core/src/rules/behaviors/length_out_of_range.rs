use crate::finding::Findings;
use crate::model::Problem;
use crate::rules::shared::deviations::about;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Texts that are shorter or longer than CloudFront's model states, such as a tenant
    /// parameter's default of more than 256 characters.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config: "Member must have length less than or equal to …". Most
    /// members have no such bound in the model; for the IDs of origins and groups, see
    /// [oversized-origin-id](#oversized-origin-id).
    ///
    /// ## Example
    /// ```json
    /// {"ConnectionFunctionAssociation": {"Id": ""}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"ConnectionFunctionAssociation": {"Id": "cf-1234567890"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// ConnectionFunctionAssociation: {Id: ""}
    /// # good
    /// ConnectionFunctionAssociation: {Id: !GetAtt CheckClient.Id}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// connection_function_association {
    ///   id = ""
    /// }
    /// # good
    /// connection_function_association {
    ///   id = aws_cloudfront_connection_function.check_client.id
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Give a value within the range, or remove the member if nothing is to be set.
    ///
    /// ## References
    /// - [DistributionConfig](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html)
    "length-out-of-range", Behaviors, Error, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    for deviation in &case.candidate.deviations {
        let Problem::Length {
            characters,
            least,
            most,
        } = deviation.problem
        else {
            continue;
        };
        let message = format!(
            "{} of {} has {characters} characters, where {} takes {least} to {most}",
            deviation.member,
            deviation.owner(),
            deviation.form.refuser()
        );
        let finding = findings.add(&deviation.place, message);
        about(finding, case, deviation).remedy(format!("give it {least} to {most} characters"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;

    fn id(id: &str) -> Scene {
        Scene::of_template(&format!("ConnectionFunctionAssociation: {{Id: {id}}}"))
    }

    #[test]
    fn fails_for_an_empty_text() {
        let finding = id("''").one_finding(&RULE);
        assert_eq!(
            finding.message,
            "Id of ConnectionFunctionAssociation of the config has 0 characters, where CloudFormation takes 1 to 64"
        );
    }

    #[test]
    fn fails_for_a_text_that_is_too_long() {
        id(&"x".repeat(65)).one_finding(&RULE);
    }

    #[test]
    fn fails_in_the_apis_json() {
        let long = "x".repeat(33);
        Scene::of_json(&format!(
            r#"{{"Origins": {{"Items": []}}, "ViewerCertificate": {{"IAMCertificateId": "{long}"}}}}"#
        ))
        .one_finding(&RULE);
    }

    #[test]
    fn passes_at_the_bounds() {
        id("x").passes(&RULE);
        id(&"x".repeat(64)).passes(&RULE);
    }

    #[test]
    fn passes_for_an_expression() {
        id("!Ref Function").passes(&RULE);
    }

    #[test]
    fn passes_where_the_model_has_no_bound() {
        Scene::of_template(&format!("Comment: {}", "x".repeat(129))).passes(&RULE);
    }
}
