use crate::distribution::At;
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Custom origins whose `HTTPPort` or `HTTPSPort` is not 80, 443, or from 1024 to 65535.
    ///
    /// ## Why is this bad?
    /// CloudFront connects to no other port and refuses the config with `InvalidArgument`. Both
    /// fields are checked, as CloudFront does, even where `OriginProtocolPolicy` uses only one.
    ///
    /// ## Example
    /// ```json
    /// {"CustomOriginConfig": {"HTTPPort": 81, "HTTPSPort": 443,
    ///   "OriginProtocolPolicy": "http-only"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"CustomOriginConfig": {"HTTPPort": 8081, "HTTPSPort": 443,
    ///   "OriginProtocolPolicy": "http-only"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: http-only, HTTPPort: 81}
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: http-only, HTTPPort: 8081}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// custom_origin_config {
    ///   http_port              = 81
    ///   https_port             = 443
    ///   origin_protocol_policy = "http-only"
    ///   origin_ssl_protocols   = ["TLSv1.2"]
    /// }
    /// # good
    /// custom_origin_config {
    ///   http_port              = 8081
    ///   https_port             = 443
    ///   origin_protocol_policy = "http-only"
    ///   origin_ssl_protocols   = ["TLSv1.2"]
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Have the origin listen on a port that CloudFront accepts, and set that port. The port that
    /// the protocol policy does not use can stay at 80 or 443. Don't set 80 only because it passes:
    /// CloudFront connects to the service that listens there.
    ///
    /// ## References
    /// - [HTTP port, HTTPS port](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html#DownloadDistValuesHTTPPort)
    /// - [CustomOriginConfig](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomOriginConfig.html)
    "invalid-origin-port", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(custom) = &origin.custom else {
            continue;
        };
        let ports = [
            ("HTTPPort", &custom.http_port, 80),
            ("HTTPSPort", &custom.https_port, 443),
        ];
        for (name, field, usual) in ports {
            let Some((field, port)) = field.as_ref().and_then(wrong_port) else {
                continue;
            };
            findings
                .add(
                    &field.place,
                    format!(
                        "origin {} has {name} {port}, and CloudFront connects only to 80, 443 and \
                         1024 to 65535",
                        origin.name()
                    ),
                )
                .origin(case.reach(), origin)
                .key(name)
                .evidence(name, port)
                .remedy(format!(
                    "set {name} to {usual}, or to the port from 1024 to 65535 that the origin \
                     listens on"
                ));
        }
    }
}

fn wrong_port(field: &At<i64>) -> Option<(&At<i64>, i64)> {
    let port = *field.known()?;
    (!matches!(port, 80 | 443 | 1024..=65535)).then_some((field, port))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, number};

    fn scene(http: i64, https: i64) -> Scene {
        Scene::custom("api.example.com").with(|origin| {
            let custom = origin.custom.as_mut().unwrap();
            custom.http_port = Some(number(http));
            custom.https_port = Some(number(https));
        })
    }

    #[test]
    fn fails_for_port_22() {
        scene(22, 443).fails(&RULE, expect![[r#"
            error at /22
              origin `main` has HTTPPort 22, and CloudFront connects only to 80, 443 and 1024 to 65535
              help: set HTTPPort to 80, or to the port from 1024 to 65535 that the origin listens on
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_the_https_port_too() {
        scene(80, 1023).fails(&RULE, expect![[r#"
            error at /1023
              origin `main` has HTTPSPort 1023, and CloudFront connects only to 80, 443 and 1024 to 65535
              help: set HTTPSPort to 443, or to the port from 1024 to 65535 that the origin listens on
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_an_invalid_port() {
        scene(0, 65536).fails(&RULE, expect![[r#"
            error at /0
              origin `main` has HTTPPort 0, and CloudFront connects only to 80, 443 and 1024 to 65535
              help: set HTTPPort to 80, or to the port from 1024 to 65535 that the origin listens on
              origin: main
              paths: `*`
            error at /65536
              origin `main` has HTTPSPort 65536, and CloudFront connects only to 80, 443 and 1024 to 65535
              help: set HTTPSPort to 443, or to the port from 1024 to 65535 that the origin listens on
              origin: main
              paths: `*`
        "#]]);
        scene(-1, i64::MAX).fails(&RULE, expect![[r#"
            error at /-1
              origin `main` has HTTPPort -1, and CloudFront connects only to 80, 443 and 1024 to 65535
              help: set HTTPPort to 80, or to the port from 1024 to 65535 that the origin listens on
              origin: main
              paths: `*`
            error at /9223372036854775807
              origin `main` has HTTPSPort 9223372036854775807, and CloudFront connects only to 80, 443 and 1024 to 65535
              help: set HTTPSPort to 443, or to the port from 1024 to 65535 that the origin listens on
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_the_usual_ports() {
        scene(80, 443).passes(&RULE);
        scene(443, 80).passes(&RULE);
    }

    #[test]
    fn passes_from_1024_on() {
        scene(1024, 65535).passes(&RULE);
    }

    #[test]
    fn passes_without_ports_and_for_s3() {
        let scene = Scene::custom("api.example.com");
        scene
            .with(|o| o.custom.as_mut().unwrap().http_port = None)
            .passes(&RULE);
        Scene::s3("assets").passes(&RULE);
    }
}
