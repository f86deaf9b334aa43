use crate::distribution::{CustomOriginConfig, OriginProtocolPolicy, S3Endpoint};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// S3 website endpoints that CloudFront connects to over HTTPS.
    ///
    /// ## Why is this bad?
    /// Website endpoints answer only HTTP on port 80. It deploys quietly, and the viewers get 504
    /// (`https-only`, an error here); with `match-viewer` only the viewers on HTTPS do (a warning:
    /// all may be on HTTP).
    ///
    /// ## Example
    /// ```json
    /// {"DomainName": "example-site.s3-website-eu-west-1.amazonaws.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443,
    ///   "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"DomainName": "example-site.s3-website-eu-west-1.amazonaws.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443,
    ///   "OriginProtocolPolicy": "http-only"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: site
    ///     DomainName: example-site.s3-website-eu-west-1.amazonaws.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// # good
    /// Origins:
    ///   - Id: site
    ///     DomainName: example-site.s3-website-eu-west-1.amazonaws.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: http-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "site"
    ///   domain_name = aws_s3_bucket_website_configuration.site.website_endpoint
    ///   custom_origin_config {
    ///     http_port              = 80
    ///     https_port             = 443
    ///     origin_protocol_policy = "https-only"
    ///     origin_ssl_protocols   = ["TLSv1.2"]
    ///   }
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "site"
    ///   domain_name = aws_s3_bucket_website_configuration.site.website_endpoint
    ///   custom_origin_config {
    ///     http_port              = 80
    ///     https_port             = 443
    ///     origin_protocol_policy = "http-only"
    ///     origin_ssl_protocols   = ["TLSv1.2"]
    ///   }
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Set `OriginProtocolPolicy` to `http-only`; the viewers still use HTTPS. Where the connection
    /// to the origin must be encrypted, use the bucket's own domain with `S3OriginConfig` and an
    /// origin access control. Don't change to `match-viewer`: it only moves the 504 to the viewers
    /// on HTTPS.
    ///
    /// ## References
    /// - [Website endpoints](https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html)
    /// - [Protocol (custom origins only)](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html)
    "website-endpoint-over-https", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        if !origin
            .s3_endpoint
            .as_ref()
            .is_some_and(S3Endpoint::is_website)
        {
            continue;
        }
        let custom = origin.custom.as_ref();
        let Some(field) = custom.and_then(|custom| custom.origin_protocol_policy.as_ref()) else {
            continue;
        };
        let (severity, viewers) = match custom.and_then(CustomOriginConfig::protocol_policy) {
            Some(OriginProtocolPolicy::HttpsOnly) => (Severity::Error, "viewers"),
            // Viewers on HTTP are served, so it may be what is wanted.
            Some(OriginProtocolPolicy::MatchViewer) => (Severity::Warning, "viewers on HTTPS"),
            _ => continue,
        };
        findings
            .add(
                &field.place,
                format!(
                    "origin {} is the website endpoint `{}` with OriginProtocolPolicy `{field}`; it \
                     answers only HTTP, so {viewers} get 504",
                    origin.name(),
                    origin.domain_name
                ),
            )
            .origin(case.reach(), origin)
            .evidence("OriginProtocolPolicy", field)
            .remedy("set OriginProtocolPolicy to `http-only`")
            .severity(severity);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, text};

    const WEBSITE: &str = "site.s3-website-us-east-1.amazonaws.com";

    fn scene(domain: &str, policy: &str) -> Scene {
        Scene::custom(domain)
            .with(|o| o.custom.as_mut().unwrap().origin_protocol_policy = Some(text(policy)))
    }

    #[test]
    fn fails_for_https_only() {
        scene(WEBSITE, "https-only").fails(&RULE, expect![[r#"
            error at /https-only
              origin `main` is the website endpoint `site.s3-website-us-east-1.amazonaws.com` with OriginProtocolPolicy `https-only`; it answers only HTTP, so viewers get 504
              help: set OriginProtocolPolicy to `http-only`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_with_a_warning_for_match_viewer() {
        scene(WEBSITE, "match-viewer").fails(&RULE, expect![[r#"
            warning at /match-viewer
              origin `main` is the website endpoint `site.s3-website-us-east-1.amazonaws.com` with OriginProtocolPolicy `match-viewer`; it answers only HTTP, so viewers on HTTPS get 504
              help: set OriginProtocolPolicy to `http-only`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_the_form_with_a_dot() {
        scene("site.s3-website.eu-central-1.amazonaws.com", "https-only")
            .fails(&RULE, expect![[r#"
                error at /https-only
                  origin `main` is the website endpoint `site.s3-website.eu-central-1.amazonaws.com` with OriginProtocolPolicy `https-only`; it answers only HTTP, so viewers get 504
                  help: set OriginProtocolPolicy to `http-only`
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn passes_for_http_only() {
        scene(WEBSITE, "http-only").passes(&RULE);
    }

    #[test]
    fn passes_for_another_host() {
        scene("api.example.com", "https-only").passes(&RULE);
        scene("site.s3.us-east-1.amazonaws.com", "https-only").passes(&RULE);
    }

    #[test]
    fn passes_for_a_policy_that_only_the_deployment_knows() {
        scene(WEBSITE, "${Policy}").passes(&RULE);
    }
}
