use crate::distribution::{HostNameError, Origin, OriginKind, S3Endpoint, Value};
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// S3 origins whose `DomainName` is not an S3 host.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidArgument`: "The parameter Origin DomainName does
    /// not refer to a valid S3 bucket." It checks only the form of the name, so the message sounds
    /// as if a bucket were missing where none was intended.
    ///
    /// CloudFront's model words it: `InvalidOrigin`, "The Amazon S3 origin server specified does not
    /// refer to a valid Amazon S3 bucket."
    ///
    /// ## Example
    /// ```json
    /// {"Id": "api", "DomainName": "api.example.com",
    ///  "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "api", "DomainName": "api.example.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443,
    ///   "OriginProtocolPolicy": "https-only", "OriginSslProtocols": {"Quantity": 1,
    ///    "Items": ["TLSv1.2"]}}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only, OriginSSLProtocols: [TLSv1.2]}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin { # no custom_origin_config: Terraform sends an S3 origin
    ///   origin_id   = "api"
    ///   domain_name = "api.example.com"
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "api"
    ///   domain_name = "api.example.com"
    ///   custom_origin_config {
    ///     http_port              = 80
    ///     https_port             = 443
    ///     origin_protocol_policy = "https-only"
    ///     origin_ssl_protocols   = ["TLSv1.2"]
    ///   }
    /// }
    /// ```
    ///
    /// ## How to fix
    /// For a server, an API, a load balancer, MediaStore or a Lambda function URL, replace
    /// `S3OriginConfig` by `CustomOriginConfig`; Terraform sends `S3OriginConfig` where
    /// `custom_origin_config` is absent. For a bucket, use its own domain,
    /// `bucket.s3.region.amazonaws.com`, not a DNS name of yours that points to it. Don't create a
    /// bucket of that name.
    ///
    /// ## References
    /// - [Use various origins](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html)
    /// - [S3OriginConfig](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_S3OriginConfig.html)
    "non-s3-domain-as-s3-origin", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        if origin.s3_endpoint.is_some() || origin.kind() != OriginKind::S3 {
            continue;
        }
        let Some(is_not) = never_s3(origin) else {
            continue;
        };
        // `unsubstituted-variable` reports it with its cause.
        if case.candidate.has_variable(&origin.domain_name.place) {
            continue;
        }
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} has S3OriginConfig, and its DomainName {is_not}; CloudFront refuses it",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .evidence("DomainName", &origin.domain_name)
            .remedy(
                "replace S3OriginConfig with CustomOriginConfig; or, if a bucket is intended, \
                 set \
                 DomainName to `BUCKET.s3.REGION.amazonaws.com`",
            );
    }
}

/// The predicate that says that a domain is no S3 host. One that is no host at all is another rule's.
fn never_s3(origin: &Origin) -> Option<String> {
    let expression = match &origin.domain_name.value {
        Value::Known(domain) => {
            let is_host = HostNameError::of(domain).is_none();
            return is_host.then(|| format!("`{domain}` is not an S3 host"));
        }
        Value::Symbolic(expression) => expression,
    };
    let is_host = HostNameError::of_expression(expression).is_none();
    if !is_host || !S3Endpoint::is_never(expression) {
        return None;
    }
    Some(match expression.only_symbol() {
        Some(open) => format!("is {}, which is never an S3 host", open.in_words()),
        None => format!("`{expression}` is not an S3 host whatever the deployment fills in"),
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, s3_origin};

    fn scene(domain: &str) -> Scene {
        Scene::of(s3_origin("main", domain))
    }

    #[test]
    fn fails_for_a_host_of_ones_own() {
        scene("example.com").fails(&RULE, expect![[r#"
            error at /example.com
              origin `main` has S3OriginConfig, and its DomainName `example.com` is not an S3 host; CloudFront refuses it
              help: replace S3OriginConfig with CustomOriginConfig; or, if a bucket is intended, set DomainName to `BUCKET.s3.REGION.amazonaws.com`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_an_api() {
        scene("abc.execute-api.us-east-1.amazonaws.com").fails(&RULE, expect![[r#"
            error at /abc.execute-api.us-east-1.amazonaws.com
              origin `main` has S3OriginConfig, and its DomainName `abc.execute-api.us-east-1.amazonaws.com` is not an S3 host; CloudFront refuses it
              help: replace S3OriginConfig with CustomOriginConfig; or, if a bucket is intended, set DomainName to `BUCKET.s3.REGION.amazonaws.com`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_host_that_only_resembles_s3() {
        scene("proxy.s3.example.com").fails(&RULE, expect![[r#"
            error at /proxy.s3.example.com
              origin `main` has S3OriginConfig, and its DomainName `proxy.s3.example.com` is not an S3 host; CloudFront refuses it
              help: replace S3OriginConfig with CustomOriginConfig; or, if a bucket is intended, set DomainName to `BUCKET.s3.REGION.amazonaws.com`
              origin: main
              paths: `*`
        "#]]);
        scene("x.data.mediastore.us-east-1.amazonaws.com").fails(&RULE, expect![[r#"
            error at /x.data.mediastore.us-east-1.amazonaws.com
              origin `main` has S3OriginConfig, and its DomainName `x.data.mediastore.us-east-1.amazonaws.com` is not an S3 host; CloudFront refuses it
              help: replace S3OriginConfig with CustomOriginConfig; or, if a bucket is intended, set DomainName to `BUCKET.s3.REGION.amazonaws.com`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_a_bucket() {
        Scene::s3("assets").passes(&RULE);
        scene("assets.s3.amazonaws.com.cn").passes(&RULE);
    }

    #[test]
    fn passes_for_a_custom_origin() {
        Scene::custom("example.com").passes(&RULE);
    }

    #[test]
    fn passes_for_a_malformed_domain_which_is_another_rules() {
        scene("https://example.com").passes(&RULE);
        scene("assets").passes(&RULE);
    }

    #[test]
    fn fails_for_a_symbolic_domain_that_ends_otherwise() {
        let finding = scene("${Stage}.example.com").one_finding(&RULE);
        assert!(finding.message.contains("whatever the deployment fills in"));
        scene("${Api}.execute-api.eu-west-1.amazonaws.com").one_finding(&RULE);
    }

    #[test]
    fn passes_for_a_symbolic_domain() {
        scene("${Host}").passes(&RULE);
        scene("${Bucket}.s3.${Region}.amazonaws.com").passes(&RULE);
    }
}
