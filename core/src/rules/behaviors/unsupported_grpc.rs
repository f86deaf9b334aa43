use crate::distribution::{Behavior, Origin, OriginProtocolPolicy, Place};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::{Case, OriginMap, Resolution, Target};

rule! {
    /// ## What it does
    /// Behaviors with gRPC that do not allow POST, whose origin is reached over plain HTTP, or
    /// whose distribution does not speak HTTP/2 with viewers.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses gRPC without POST: "The parameter gRPC only supports the POST method." gRPC
    /// needs HTTPS to the origin and HTTP/2 with the viewer; without them the update was not seen to be
    /// refused, and gRPC requests fail, so these are warnings.
    ///
    /// ## Example
    /// ```json
    /// {"TargetOriginId": "api", "GrpcConfig": {"Enabled": true},
    ///  "AllowedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"TargetOriginId": "api", "GrpcConfig": {"Enabled": true},
    ///  "AllowedMethods": {"Quantity": 7, "Items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// DefaultCacheBehavior:
    ///   TargetOriginId: api
    ///   ViewerProtocolPolicy: https-only
    ///   GrpcConfig: {Enabled: true}
    /// # good
    /// DefaultCacheBehavior:
    ///   TargetOriginId: api
    ///   ViewerProtocolPolicy: https-only
    ///   GrpcConfig: {Enabled: true}
    ///   AllowedMethods: [GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]
    /// HttpVersion: http2
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// default_cache_behavior {
    ///   target_origin_id = "api"
    ///   allowed_methods  = ["GET", "HEAD"]
    ///   grpc_config {
    ///     enabled = true
    ///   }
    /// }
    /// # good
    /// default_cache_behavior {
    ///   target_origin_id = "api"
    ///   allowed_methods  = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    ///   grpc_config {
    ///     enabled = true
    ///   }
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Allow all methods, set `OriginProtocolPolicy` to `https-only` and `HttpVersion` to `http2` or
    /// `http2and3`; or switch `GrpcConfig` off where no gRPC is served.
    ///
    /// ## References
    /// - [Using gRPC with CloudFront distributions](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-using-grpc.html)
    "unsupported-grpc", Behaviors, Error, check
}

fn check(case: &Case<'_>, map: &OriginMap<'_>, findings: &mut Findings) {
    for behavior in case.candidate.all_behaviors() {
        let Some(grpc) = &behavior.grpc else { continue };
        judge_methods(behavior, grpc, findings);
        // CloudFront has no origin failover with gRPC (developer guide), so only an origin is
        // judged here.
        if let Resolution::Found(Target::Origin(origin)) = map.resolve(&behavior.target_origin_id) {
            judge_origin(case, behavior, origin, findings);
        }
        judge_version(case, behavior, grpc, findings);
    }
}

fn judge_methods(behavior: &Behavior, grpc: &Place, findings: &mut Findings) {
    let methods = &behavior.methods;
    let mut allowed = methods.allowed.iter();
    if methods.is_open || allowed.any(|method| method.eq_ignore_ascii_case("POST")) {
        return;
    }
    findings
        .add(
            methods.place.as_ref().unwrap_or(grpc),
            format!(
                "{} has gRPC and does not allow POST, which CloudFront refuses",
                behavior.name()
            ),
        )
        .behavior(behavior)
        .key("AllowedMethods")
        .related(grpc, "gRPC is switched on here")
        .remedy("set AllowedMethods to GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE");
}

fn judge_origin(case: &Case<'_>, behavior: &Behavior, origin: &Origin, findings: &mut Findings) {
    let Some(custom) = &origin.custom else { return };
    let is_plain = custom.protocol_policy() == Some(OriginProtocolPolicy::HttpOnly);
    let Some(policy) = custom.origin_protocol_policy.as_ref().filter(|_| is_plain) else {
        return;
    };
    findings
        .add(
            &policy.place,
            format!(
                "{} has gRPC and targets origin {}, which is reached over plain HTTP: gRPC requests fail",
                behavior.name(),
                origin.name()
            ),
        )
        .origin(case.reach(), origin)
        .behavior(behavior)
        .key("OriginProtocolPolicy")
        .severity(Severity::Warning)
        .remedy("set OriginProtocolPolicy to `https-only`");
}

fn judge_version(case: &Case<'_>, behavior: &Behavior, grpc: &Place, findings: &mut Findings) {
    let version = case.candidate.http_version.as_ref();
    let Some(version) = version.filter(|it| it.is("http1.1") || it.is("http3")) else {
        return;
    };
    findings
        .add(
            &version.place,
            format!(
                "{} has gRPC, and HttpVersion is `{version}`: gRPC needs HTTP/2 with viewers",
                behavior.name()
            ),
        )
        .behavior(behavior)
        .key("HttpVersion")
        .related(grpc, "gRPC is switched on here")
        .severity(Severity::Warning)
        .remedy("set HttpVersion to `http2` or `http2and3`");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Scene, text};

    fn scene(methods: &[&str]) -> Scene {
        Scene::custom("grpc.example.com").with_behavior(|behavior| {
            behavior.grpc = Some(Place::at("/grpc"));
            behavior.methods.place = Some(Place::at("/methods"));
            behavior.methods.allowed = methods.iter().map(ToString::to_string).collect();
        })
    }

    const ALL: [&str; 7] = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

    #[test]
    fn fails_without_post() {
        let finding = scene(&["GET", "HEAD"]).one_finding(&RULE);
        assert_eq!(
            finding.message,
            "the default cache behavior has gRPC and does not allow POST, which CloudFront refuses"
        );
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(finding.place.pointer, "/methods");
    }

    #[test]
    fn fails_where_methods_are_left_to_cloudfront() {
        let scene = scene(&[]).with_behavior(|behavior| behavior.methods.place = None);
        assert_eq!(scene.one_finding(&RULE).place.pointer, "/grpc");
    }

    #[test]
    fn fails_over_plain_http_as_a_warning() {
        let scene = scene(&ALL).with(|origin| {
            origin.custom.as_mut().unwrap().origin_protocol_policy = Some(text("http-only"));
        });
        let finding = scene.one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Warning);
        assert_eq!(finding.origin.as_deref(), Some("main"));
    }

    #[test]
    fn fails_without_http2_as_a_warning() {
        let mut scene = scene(&ALL);
        scene.candidate.http_version = Some(text("http1.1"));
        assert_eq!(scene.one_finding(&RULE).severity, Severity::Warning);
    }

    #[test]
    fn passes_with_post_over_https() {
        let mut scene = scene(&ALL);
        scene.candidate.http_version = Some(text("http2and3"));
        scene.passes(&RULE);
    }

    #[test]
    fn passes_without_grpc() {
        scene(&["GET", "HEAD"])
            .with_behavior(|behavior| behavior.grpc = None)
            .passes(&RULE);
    }

    #[test]
    fn passes_for_methods_that_the_deployment_decides() {
        scene(&[])
            .with_behavior(|behavior| behavior.methods.is_open = true)
            .passes(&RULE);
    }
}
