use crate::finding::Findings;
use crate::model::{Deviation, Form, Meant, Problem};
use crate::rule::Severity;
use crate::rules::shared::deviations::about;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Members that CloudFront's model does not have: a name with a slip, another format's name,
    /// or one that stands in the wrong structure.
    ///
    /// ## Why is this bad?
    /// CloudFormation refuses the template ("Encountered unsupported properties", "extraneous key
    /// [HttpsPort] is not permitted"). CloudFront's API takes no such JSON: the AWS CLI and the SDKs
    /// refuse it with "Unknown parameter in input".
    ///
    /// An error is what cannot be a name newer than the model: another spelling of a member, another
    /// format's name for it, one that belongs to a structure around or within this one, and a single
    /// wrong letter where the member itself is missing. Anything else is a warning, since CloudFront
    /// may have it by now: the message says which release of the model was used. So is a name that
    /// differs in case only in a template: CloudFormation documents names as case-sensitive, and yet
    /// AWS publishes a template with `HttpPort` that needs it to work.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "api", "DomainName": "api.example.com",
    ///  "CustomOriginConfig": {"HttpPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "api", "DomainName": "api.example.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     HTTPSPort: 8443
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only, HTTPSPort: 8443}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin { # Terraform itself refuses an argument that it does not know
    ///   origin_id   = "api"
    ///   domain_name = "api.example.com"
    ///   https_port  = 8443
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "api"
    ///   domain_name = "api.example.com"
    ///   custom_origin_config {
    ///     http_port              = 80
    ///     https_port             = 8443
    ///     origin_protocol_policy = "https-only"
    ///     origin_ssl_protocols   = ["TLSv1.2"]
    ///   }
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Use the name and the place that the reference of the format gives. If the member is newer than
    /// the model, update Origin Guard, or waive the finding. Don't delete an access control because its
    /// name is misspelt: correct the name.
    ///
    /// ## References
    /// - [DistributionConfig](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html)
    /// - [AWS::CloudFront::Distribution](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-distribution.html)
    "unknown-member", Behaviors, Error, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    for deviation in &case.candidate.deviations {
        let Problem::Unknown(meant) = &deviation.problem else {
            continue;
        };
        let (severity, why, remedy) = describe(deviation, *meant);
        let message = format!("{} has `{}`, {why}", deviation.owner(), deviation.member);
        let finding = findings.add(&deviation.place, message);
        about(finding, case, deviation)
            .severity(severity)
            .remedy(remedy);
    }
}

fn describe(deviation: &Deviation, meant: Meant) -> (Severity, String, String) {
    use Severity::{Error, Warning};
    let refuser = deviation.form.refuser();
    let source = deviation.form.source();
    let severity = |certain| if certain { Error } else { Warning };
    let consequence = |certain: bool| {
        if certain {
            format!("and {refuser} refuses the config")
        } else {
            format!("unless it is newer than {source}")
        }
    };
    match meant {
        Meant::Case(name) if deviation.form == Form::Template => (
            Warning,
            format!("which CloudFormation spells `{name}`: its names are case-sensitive"),
            format!("rename it to `{name}`"),
        ),
        Meant::Case(name) | Meant::Spelling(name) => (
            Error,
            format!("which {refuser} calls `{name}`: it refuses the config"),
            format!("rename it to `{name}`"),
        ),
        Meant::Near { name, certain } => (
            severity(certain),
            format!("which is not one of its members, {}", consequence(certain)),
            format!("rename it, if you mean `{name}`"),
        ),
        Meant::Elsewhere { structure, certain } => (
            severity(certain),
            format!("which belongs to {structure}, {}", consequence(certain)),
            format!("move it to {structure}"),
        ),
        Meant::OnlyInApi => (
            Warning,
            format!("which CloudFront's API has and CloudFormation's schema ({source}) does not"),
            "set it through the API or another tool, or update Origin Guard if CloudFormation has it by now"
                .to_owned(),
        ),
        Meant::Nothing => (
            Warning,
            format!("which is not one of its members, {}", consequence(false)),
            "remove it, or update Origin Guard if CloudFront has it by now".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;

    const ORIGIN: &str = r#""CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}"#;

    fn api(origin: &str) -> Scene {
        Scene::of_json(&format!(
            r#"{{"Origins": {{"Items": [{{"Id": "api", "DomainName": "api.example.com", {origin}}}]}},
              "DefaultCacheBehavior": {{"TargetOriginId": "api"}}}}"#
        ))
    }

    fn template(config: &str) -> Scene {
        Scene::of_template(&format!(
            "Enabled: true\nDefaultCacheBehavior: {{TargetOriginId: api, ViewerProtocolPolicy: allow-all}}\n{config}"
        ))
    }

    #[test]
    fn fails_for_another_case() {
        let finding = api(&ORIGIN.replace("HTTPPort", "HttpPort")).one_finding(&RULE);
        assert_eq!(
            finding.message,
            "CustomOriginConfig of origin `api` has `HttpPort`, which CloudFront's API calls \
             `HTTPPort`: it refuses the config"
        );
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(finding.phase, crate::rule::Phase::OriginMap);
        assert_eq!(finding.origin.as_deref(), Some("api"));
        let pointer = "/Origins/Items/0/CustomOriginConfig/HttpPort";
        assert_eq!(finding.place.pointer, pointer);
    }

    #[test]
    fn fails_for_the_name_of_another_format() {
        let finding = template("IsIPV6Enabled: true").one_finding(&RULE);
        assert_eq!(finding.remediation, "rename it to `IPV6Enabled`");
        let finding = api(&format!(r#"{ORIGIN}, "OriginCustomHeaders": []"#)).one_finding(&RULE);
        assert_eq!(finding.remediation, "rename it to `CustomHeaders`");
        let finding = api(&format!(r#"{ORIGIN}, "origin_path": "/a""#)).one_finding(&RULE);
        assert_eq!(finding.remediation, "rename it to `OriginPath`");
    }

    #[test]
    fn fails_for_the_wrong_level() {
        for (member, structure) in [
            (r#""HTTPPort": 80"#, "CustomOriginConfig"),
            (r#""PriceClass": "None""#, "DistributionConfig"),
        ] {
            let finding = api(&format!("{ORIGIN}, {member}")).one_finding(&RULE);
            assert_eq!(finding.remediation, format!("move it to {structure}"));
            assert_eq!(finding.severity, Severity::Error);
        }
    }

    #[test]
    fn fails_for_one_wrong_letter() {
        let finding = api(&format!(r#"{ORIGIN}, "OriginPaht": "/a""#)).one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Error);
        assert!(finding.remediation.contains("`OriginPath`"));
    }

    #[test]
    fn warns_of_what_may_be_newer_than_the_model() {
        for member in [
            r#""OriginSendTimeout": 5"#,
            r#""OriginPath": "/a", "OriginPaths": "/a""#,
            r#""Comment": "mine""#,
        ] {
            let finding = api(&format!("{ORIGIN}, {member}")).one_finding(&RULE);
            assert_eq!(finding.severity, Severity::Warning, "{}", finding.message);
        }
        let finding = template("HTTPVersion: http2").one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Warning);
        let config = "{Id: api, DomainName: a.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only, OriginHttpVersion: http2}}";
        let finding = template(&format!("Origins: [{config}]")).one_finding(&RULE);
        assert!(finding.message.contains("API has"), "{}", finding.message);
        assert_eq!(finding.severity, Severity::Warning);
    }

    #[test]
    fn passes_for_the_models_own_names() {
        api(ORIGIN).passes(&RULE);
        template("IPV6Enabled: true\nCNAMEs: [a.example.com]").passes(&RULE);
    }

    #[test]
    fn passes_for_a_function_in_the_place_of_a_key() {
        template("\"Fn::Transform\": {Name: AWS::Include}").passes(&RULE);
    }

    #[test]
    fn passes_for_null() {
        api(&format!(r#"{ORIGIN}, "OriginPaths": null"#)).passes(&RULE);
    }
}
