use crate::distribution::OriginProtocolPolicy;
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Custom origins that allow SSLv3, TLSv1 or TLSv1.1 between CloudFront and the origin.
    ///
    /// ## Why is this bad?
    /// It deploys quietly. These versions are broken or deprecated (RFC 7568, RFC 8996). CloudFront
    /// uses the newest version that the origin supports, so listing them helps only origins that
    /// support nothing newer, and attackers on the path who can force a handshake to fall back. The
    /// guard does not support them and cannot check a certificate where no other version is listed.
    ///
    /// ## Example
    /// ```json
    /// {"OriginProtocolPolicy": "https-only",
    ///  "OriginSslProtocols": {"Quantity": 3, "Items": ["TLSv1", "TLSv1.1", "TLSv1.2"]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"OriginProtocolPolicy": "https-only",
    ///  "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig:
    ///       OriginProtocolPolicy: https-only
    ///       OriginSSLProtocols: [TLSv1, TLSv1.1, TLSv1.2]
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig:
    ///       OriginProtocolPolicy: https-only
    ///       OriginSSLProtocols: [TLSv1.2]
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// custom_origin_config {
    ///   http_port              = 80
    ///   https_port             = 443
    ///   origin_protocol_policy = "https-only"
    ///   origin_ssl_protocols   = ["TLSv1", "TLSv1.1", "TLSv1.2"]
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
    /// List `TLSv1.2` alone, after making sure that the origin supports it: every AWS load balancer
    /// and API does.
    ///
    /// ## References
    /// - [Minimum origin SSL protocol](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html)
    /// - [Security Hub: CloudFront.10](https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-10)
    "deprecated-origin-tls", OriginMap, Warning, check
}

const DEPRECATED: [&str; 3] = ["SSLv3", "TLSv1", "TLSv1.1"];

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(custom) = &origin.custom else {
            continue;
        };
        // Without HTTPS the list is never used.
        if custom.protocol_policy() == Some(OriginProtocolPolicy::HttpOnly) {
            continue;
        }
        let listed = custom.origin_ssl_protocols.iter();
        let deprecated: Vec<_> = listed
            .filter(|version| DEPRECATED.iter().any(|old| version.is(old)))
            .collect();
        let Some(first) = deprecated.first() else {
            continue;
        };
        let versions: Vec<String> = deprecated.iter().map(|each| format!("`{each}`")).collect();
        findings
            .add(
                &first.place,
                format!(
                    "origin {} allows CloudFront to connect with {}, deprecated as insecure",
                    origin.name(),
                    versions.join(", ")
                ),
            )
            .origin(case.reach(), origin)
            .evidence("OriginSslProtocols", versions.join(", "))
            .remedy(format!(
                "list only `TLSv1.2` in OriginSslProtocols of origin {}",
                origin.name()
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, text};

    fn scene(versions: &[&str]) -> Scene {
        Scene::custom("api.example.com").with(|o| {
            let versions = versions.iter().map(|version| text(version));
            o.custom.as_mut().unwrap().origin_ssl_protocols = versions.collect();
        })
    }

    #[test]
    fn fails_for_old_versions_beside_a_good_one() {
        scene(&["TLSv1.2", "TLSv1", "TLSv1.1"]).fails(&RULE, expect![[r#"
            warning at /TLSv1
              origin `main` allows CloudFront to connect with `TLSv1`, `TLSv1.1`, deprecated as insecure
              help: list only `TLSv1.2` in OriginSslProtocols of origin `main`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_old_versions_alone() {
        scene(&["SSLv3"]).fails(
            &RULE,
            expect![[r#"
            warning at /SSLv3
              origin `main` allows CloudFront to connect with `SSLv3`, deprecated as insecure
              help: list only `TLSv1.2` in OriginSslProtocols of origin `main`
              origin: main
              paths: `*`
        "#]],
        );
    }

    #[test]
    fn fails_for_match_viewer() {
        scene(&["TLSv1"])
            .with(|o| {
                let custom = o.custom.as_mut().unwrap();
                custom.origin_protocol_policy = Some(text("match-viewer"));
            })
            .fails(
                &RULE,
                expect![[r#"
                warning at /TLSv1
                  origin `main` allows CloudFront to connect with `TLSv1`, deprecated as insecure
                  help: list only `TLSv1.2` in OriginSslProtocols of origin `main`
                  origin: main
                  paths: `*`
            "#]],
            );
    }

    #[test]
    fn passes_for_tls_1_2() {
        scene(&["TLSv1.2"]).passes(&RULE);
    }

    #[test]
    fn passes_where_https_is_not_spoken() {
        scene(&["TLSv1"])
            .with(|o| o.custom.as_mut().unwrap().origin_protocol_policy = Some(text("http-only")))
            .passes(&RULE);
    }

    #[test]
    fn passes_for_no_list_and_for_what_the_deployment_decides() {
        scene(&[]).passes(&RULE);
        scene(&["${Version}"]).passes(&RULE);
        Scene::s3("assets").passes(&RULE);
    }
}
