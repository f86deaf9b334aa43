use crate::distribution::{HostNameError, OriginProtocolPolicy, S3Endpoint};
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Custom origins that CloudFront connects to over plain HTTP. S3 website endpoints, which
    /// support nothing else, are not reported.
    ///
    /// ## Why is this bad?
    /// Viewers see HTTPS while their cookies and forms cross the internet unencrypted behind
    /// CloudFront, where they can be read and changed. It works, and for public content it may be
    /// intended, so it is information only.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "api", "DomainName": "api.example.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"}}
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
    ///     CustomOriginConfig: {OriginProtocolPolicy: http-only}
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// custom_origin_config {
    ///   http_port              = 80
    ///   https_port             = 443
    ///   origin_protocol_policy = "http-only"
    ///   origin_ssl_protocols   = ["TLSv1.2"]
    /// }
    /// # good
    /// custom_origin_config {
    ///   http_port              = 80
    ///   https_port             = 443
    ///   origin_protocol_policy = "https-only"
    ///   origin_ssl_protocols   = ["TLSv1.2"]
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Give the origin a certificate of a public authority with its domain as a name, then set
    /// `OriginProtocolPolicy` to `https-only`; or use a VPC origin for a load balancer.
    ///
    /// ## References
    /// - [Requiring HTTPS to a custom origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html)
    /// - [Security Hub: CloudFront.9](https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-9)
    "unencrypted-origin", OriginMap, Info, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let endpoint = origin.s3_endpoint.as_ref();
        if endpoint.is_some_and(S3Endpoint::is_website) {
            continue;
        }
        let Some(custom) = &origin.custom else {
            continue;
        };
        let Some(field) = &custom.origin_protocol_policy else {
            continue;
        };
        if custom.protocol_policy() != Some(OriginProtocolPolicy::HttpOnly) {
            continue;
        }
        // An invalid host name may be a misspelt website endpoint.
        let domain = origin.domain_name.known();
        if domain.is_some_and(|domain| HostNameError::of(domain).is_some()) {
            continue;
        }
        findings
            .add(
                &field.place,
                format!(
                    "origin {} at `{}` is used over plain HTTP",
                    origin.name(),
                    origin.domain_name
                ),
            )
            .origin(case.reach(), origin)
            .evidence("OriginProtocolPolicy", field)
            .remedy(format!(
                "give `{}` a certificate and set OriginProtocolPolicy to `https-only`, unless \
                 everything that it serves is public",
                origin.domain_name
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, text};

    fn scene(domain: &str, policy: &str) -> Scene {
        Scene::custom(domain)
            .with(|o| o.custom.as_mut().unwrap().origin_protocol_policy = Some(text(policy)))
    }

    #[test]
    fn fails_for_http_only() {
        scene("api.example.com", "http-only").fails(&RULE, expect![[r#"
            info at /http-only
              origin `main` at `api.example.com` is used over plain HTTP
              help: give `api.example.com` a certificate and set OriginProtocolPolicy to `https-only`, unless everything that it serves is public
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_load_balancer() {
        scene("web-1.eu-west-1.elb.amazonaws.com", "http-only").fails(&RULE, expect![[r#"
            info at /http-only
              origin `main` at `web-1.eu-west-1.elb.amazonaws.com` is used over plain HTTP
              help: give `web-1.eu-west-1.elb.amazonaws.com` a certificate and set OriginProtocolPolicy to `https-only`, unless everything that it serves is public
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_whatever_the_domain_will_be() {
        scene("${Api}", "http-only").fails(&RULE, expect![[r#"
            info at /http-only
              origin `main` at `${Api}` is used over plain HTTP
              help: give `${Api}` a certificate and set OriginProtocolPolicy to `https-only`, unless everything that it serves is public
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_over_https() {
        scene("api.example.com", "https-only").passes(&RULE);
        scene("api.example.com", "match-viewer").passes(&RULE);
    }

    #[test]
    fn passes_for_a_website_endpoint() {
        scene("site.s3-website-us-east-1.amazonaws.com", "http-only").passes(&RULE);
    }

    #[test]
    fn passes_for_a_domain_that_is_malformed() {
        scene(
            "http://site.s3-website-us-east-1.amazonaws.com",
            "http-only",
        )
        .passes(&RULE);
    }

    #[test]
    fn passes_for_a_policy_that_only_the_deployment_knows() {
        scene("api.example.com", "${Policy}").passes(&RULE);
    }
}
