use crate::distribution::CustomHeader;
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Custom headers of origins that have no name, or a name that CloudFront does not accept.
    ///
    /// ## Why is this bad?
    /// CloudFront sets these headers itself or keeps them for AWS, and refuses the config with
    /// `InvalidArgument`. Names are compared without regard to upper and lower case. The guard
    /// never reads the value of a header.
    ///
    /// ## Example
    /// ```json
    /// {"CustomHeaders": {"Quantity": 1, "Items": [
    ///   {"HeaderName": "X-Amz-Secret", "HeaderValue": "…"}]}}
    /// ```
    /// Use instead a name of your own:
    /// ```json
    /// {"CustomHeaders": {"Quantity": 1, "Items": [
    ///   {"HeaderName": "X-Origin-Secret", "HeaderValue": "…"}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    ///     OriginCustomHeaders:
    ///       - HeaderName: X-Amz-Secret
    ///         HeaderValue: !Ref OriginSecret
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    ///     OriginCustomHeaders:
    ///       - HeaderName: X-Origin-Secret
    ///         HeaderValue: !Ref OriginSecret
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// custom_header {
    ///   name  = "X-Amz-Secret"
    ///   value = var.origin_secret
    /// }
    /// # good
    /// custom_header {
    ///   name  = "X-Origin-Secret"
    ///   value = var.origin_secret
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Give the header another name, and have the origin read that one. Where the origin needs the
    /// viewer's own header (such as `Cookie` or `Host`), remove it here and forward it with an
    /// origin request policy; never forward `Host` to S3.
    ///
    /// ## References
    /// - [Custom headers that CloudFront can't add](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html#add-origin-custom-headers-denylist)
    "refused-origin-header", OriginMap, Error, check
}

const REFUSED: [&str; 23] = [
    "cache-control",
    "connection",
    "content-length",
    "cookie",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "pragma",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "request-range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-real-ip",
];

const REFUSED_PREFIXES: [&str; 2] = ["x-amz-", "x-edge-"];

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        for header in &origin.custom_headers {
            let Some((what, remedy)) = refusal(header) else {
                continue;
            };
            findings
                .add(
                    &header.place,
                    format!("origin {} has a custom header {what}", origin.name()),
                )
                .origin(case.reach(), origin)
                .key(header.name.spelling().to_ascii_lowercase())
                .remedy(remedy);
        }
    }
}

fn refusal(header: &CustomHeader) -> Option<(String, String)> {
    let name = header.name.known()?;
    if name.is_empty() {
        return Some((
            "without a name, which CloudFront refuses".to_owned(),
            "set HeaderName, or remove the header from CustomHeaders".to_owned(),
        ));
    }
    let small = name.to_ascii_lowercase();
    let refused = REFUSED.contains(&small.as_str())
        || REFUSED_PREFIXES
            .iter()
            .any(|prefix| small.starts_with(prefix));
    refused.then(|| {
        (
            format!("`{name}`, which CloudFront does not accept"),
            format!(
                "rename `{name}` in CustomHeaders, and have the origin read the new name; or \
                 remove it"
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::{At, Expression, Value};
    use crate::rules::testing::{Scene, all_fail};

    fn scene(name: &str) -> Scene {
        Scene::custom("api.example.com").header(name, 10)
    }

    #[test]
    fn fails_for_host() {
        scene("Host").fails(&RULE, expect![[r#"
            error at /headers/Host
              origin `main` has a custom header `Host`, which CloudFront does not accept
              help: rename `Host` in CustomHeaders, and have the origin read the new name; or remove it
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_what_is_kept_for_aws_in_any_case() {
        all_fail(
            &RULE,
            ["X-Amz-Secret", "x-edge-key", "X-REAL-IP"].map(scene),
            expect![[r#"
                error at /headers/X-Amz-Secret
                  origin `main` has a custom header `X-Amz-Secret`, which CloudFront does not accept
                  help: rename `X-Amz-Secret` in CustomHeaders, and have the origin read the new name; or remove it
                  origin: main
                  paths: `*`

                error at /headers/x-edge-key
                  origin `main` has a custom header `x-edge-key`, which CloudFront does not accept
                  help: rename `x-edge-key` in CustomHeaders, and have the origin read the new name; or remove it
                  origin: main
                  paths: `*`

                error at /headers/X-REAL-IP
                  origin `main` has a custom header `X-REAL-IP`, which CloudFront does not accept
                  help: rename `X-REAL-IP` in CustomHeaders, and have the origin read the new name; or remove it
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_no_name() {
        scene("").fails(
            &RULE,
            expect![[r#"
                error at /headers/
                  origin `main` has a custom header without a name, which CloudFront refuses
                  help: set HeaderName, or remove the header from CustomHeaders
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_each_one() {
        let scene = scene("Via").header("TE", 1).header("X-Key", 1);
        scene.fails(&RULE, expect![[r#"
            error at /headers/Via
              origin `main` has a custom header `Via`, which CloudFront does not accept
              help: rename `Via` in CustomHeaders, and have the origin read the new name; or remove it
              origin: main
              paths: `*`
            error at /headers/TE
              origin `main` has a custom header `TE`, which CloudFront does not accept
              help: rename `TE` in CustomHeaders, and have the origin read the new name; or remove it
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_a_name_of_ones_own() {
        for name in ["X-Origin-Secret", "X-Amzn", "If-Custom", "Proxy-Key"] {
            scene(name).passes(&RULE);
        }
    }

    /// CloudFront replaces what the viewer sent, which is how people keep viewers out.
    #[test]
    fn passes_for_authorization_and_forwarding_headers() {
        for name in ["Authorization", "X-Forwarded-Host", "Origin", "User-Agent"] {
            scene(name).passes(&RULE);
        }
    }

    #[test]
    fn passes_for_a_name_that_the_deployment_decides() {
        let expression = Expression::open("${HeaderName}");
        scene("Host")
            .with(|origin| {
                let place = origin.custom_headers[0].place.clone();
                origin.custom_headers[0].name = At {
                    value: Value::Symbolic(expression),
                    place,
                };
            })
            .passes(&RULE);
    }
}
