use foldhash::{HashSet, HashSetExt};

use crate::distribution::{Behavior, Distribution, Origin, OriginKind, S3Endpoint};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::shared::viewer_host::{Sender, may_be_rewritten, sender};
use crate::rules::{Case, OriginMap, Resolution};

rule! {
    /// ## What it does
    /// Behaviors that send the viewer's `Host` header to an S3 origin, by `ForwardedValues` or
    /// by a managed policy that includes it.
    ///
    /// ## Why is this bad?
    /// S3 finds the bucket by `Host`. With the viewer's header it selects a bucket named like your
    /// domain, and the signature of a signed request no longer matches: viewers get 403
    /// `SignatureDoesNotMatch` or 404 `NoSuchBucket`. It deploys quietly, except `*` in
    /// `ForwardedValues.Headers` under `S3OriginConfig`, for which CloudFront has
    /// `InvalidHeadersForS3Origin`. Code at the edge may correct the header, so with such code on
    /// the behavior this is a warning.
    ///
    /// CloudFront's model words it: `InvalidHeadersForS3Origin`, "The headers specified are not valid
    /// for an Amazon S3 origin."
    ///
    /// ## Example
    /// ```json
    /// {"PathPattern": "/static/*", "TargetOriginId": "assets",
    ///  "OriginRequestPolicyId": "216adef6-5c7f-47e4-b989-5492eafa07d3"}
    /// ```
    /// Use instead `AllViewerExceptHostHeader`, or no origin request policy:
    /// ```json
    /// {"PathPattern": "/static/*", "TargetOriginId": "assets",
    ///  "OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     OriginAccessControlId: !GetAtt AssetsAccess.Id
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// CacheBehaviors:
    ///   - PathPattern: /static/*
    ///     TargetOriginId: assets
    ///     ViewerProtocolPolicy: redirect-to-https
    ///     OriginRequestPolicyId: 216adef6-5c7f-47e4-b989-5492eafa07d3 # AllViewer
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     OriginAccessControlId: !GetAtt AssetsAccess.Id
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// CacheBehaviors:
    ///   - PathPattern: /static/*
    ///     TargetOriginId: assets
    ///     ViewerProtocolPolicy: redirect-to-https
    ///     OriginRequestPolicyId: b689b0a8-53d0-40ab-baf2-68738e2966ac # AllViewerExceptHostHeader
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// data "aws_cloudfront_origin_request_policy" "static" {
    ///   name = "Managed-AllViewer"
    /// }
    /// # good
    /// data "aws_cloudfront_origin_request_policy" "static" {
    ///   name = "Managed-AllViewerExceptHostHeader"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Use a policy without `Host`; S3 seldom needs more than `CORS-S3Origin`. Don't make the
    /// bucket public: the wrong host is still wrong. A bucket named like an alias, read without
    /// signature, matches the viewer's host and is not reported. Other services of AWS that find
    /// their resource by `Host` are checked by `viewer-host-to-aws-service`.
    ///
    /// ## References
    /// - [Managed origin request policies](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html)
    /// - [Managed cache policies](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html)
    "viewer-host-to-s3", Behaviors, Error, check
}

fn check(case: &Case<'_>, map: &OriginMap<'_>, findings: &mut Findings) {
    // Behaviors and groups may lead to an origin many times.
    let mut well: HashSet<&str> = HashSet::new();
    for behavior in case.candidate.all_behaviors() {
        let Some((place, sender)) = sender(behavior) else {
            continue;
        };
        let Resolution::Found(target) = map.resolve(&behavior.target_origin_id) else {
            continue;
        };
        let mut origins = target.origins(map);
        let Some(origin) = origins.find(|origin| {
            let id = origin.id.spelling();
            let is_well = well.contains(id) || !misses_host(origin, case.candidate);
            if is_well {
                well.insert(id);
            }
            !is_well
        }) else {
            continue;
        };
        findings
            .add(
                place,
                format!(
                    "{} sends the viewer's Host header to S3 origin {} ({}), which then \
                     selects a bucket by that name",
                    behavior.name(),
                    origin.name(),
                    sender.text()
                ),
            )
            .severity(severity(behavior, &sender, origin))
            .origin(case.reach(), origin)
            .behavior(behavior)
            .related(
                &origin.domain_name.place,
                format!("S3 origin {}", origin.name()),
            )
            .remedy(sender.remedy());
    }
}

/// Whether it is S3, and its bucket is not the one that the viewer's host names.
fn misses_host(origin: &Origin, candidate: &Distribution) -> bool {
    // Another host under S3OriginConfig is a server that was declared wrongly.
    let undecided = origin.domain_name.known().is_none();
    let is_s3 = origin.s3_endpoint.is_some() || undecided && origin.kind() == OriginKind::S3;
    let signed =
        origin.origin_access_control().is_some() || origin.origin_access_identity_field().is_some();
    // A signed request covers the Host, so another one breaks the signature; unsigned, S3 finds the
    // bucket that is named like the viewer's host, which may be this very one.
    is_s3 && (signed || !is_named_like_alias(origin, candidate))
}

fn is_named_like_alias(origin: &Origin, candidate: &Distribution) -> bool {
    let endpoint = origin.s3_endpoint.as_ref();
    let bucket = endpoint
        .and_then(S3Endpoint::bucket)
        // Other names are not valid for a bucket, and comparing them may take long.
        .filter(|bucket| bucket.is_symbolic() || bucket.validate().is_ok());
    bucket.is_some_and(|bucket| {
        candidate.aliases.iter().any(|alias| match alias.known() {
            None => true,
            Some(_) if bucket.is_symbolic() => true,
            Some(alias) => match alias.strip_prefix('*') {
                Some(domain) => bucket.as_str().ends_with(domain),
                None => alias.eq_ignore_ascii_case(bucket.as_str()),
            },
        })
    })
}

fn severity(behavior: &Behavior, sender: &Sender<'_>, origin: &Origin) -> Severity {
    // CloudFront refuses to forward all headers to S3 (InvalidHeadersForS3Origin), whatever runs at
    // the edge.
    let refused = matches!(sender, Sender::ForwardedHeader("*")) && origin.s3.is_some();
    if may_be_rewritten(behavior) && !refused {
        Severity::Warning
    } else {
        Severity::Error
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::EdgeEvent;
    use crate::rules::testing::{Scene, all_fail, s3_origin, text};

    const ALL_VIEWER: &str = "216adef6-5c7f-47e4-b989-5492eafa07d3";

    fn policy(scene: Scene, id: &str) -> Scene {
        scene.with_behavior(|b| b.origin_request_policy_id = Some(text(id)))
    }

    fn header(scene: Scene, name: &str) -> Scene {
        scene.with_behavior(|b| b.forwarded_headers = vec![text("Origin"), text(name)])
    }

    #[test]
    fn fails_for_all_viewer() {
        policy(Scene::s3("assets"), ALL_VIEWER).fails(&RULE, expect![[r#"
            error at /216adef6-5c7f-47e4-b989-5492eafa07d3
              the default cache behavior sends the viewer's Host header to S3 origin `main` (origin request policy AllViewer), which then selects a bucket by that name
              help: set OriginRequestPolicyId to b689b0a8-53d0-40ab-baf2-68738e2966ac (AllViewerExceptHostHeader), or remove it
              see /assets.s3.us-east-1.amazonaws.com: S3 origin `main`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_every_managed_origin_request_policy_with_host() {
        let and_cloudfront_headers = "33f36d7e-f396-46d9-90e0-52428a34d9dc";
        let host_header_only = "bf0718e1-ba1e-49d1-88b1-f726733018ae";
        let ids = [ALL_VIEWER, and_cloudfront_headers, host_header_only];
        all_fail(
            &RULE,
            ids.map(|id| policy(Scene::s3("assets"), id)),
            expect![[r#"
                error at /216adef6-5c7f-47e4-b989-5492eafa07d3
                  the default cache behavior sends the viewer's Host header to S3 origin `main` (origin request policy AllViewer), which then selects a bucket by that name
                  help: set OriginRequestPolicyId to b689b0a8-53d0-40ab-baf2-68738e2966ac (AllViewerExceptHostHeader), or remove it
                  see /assets.s3.us-east-1.amazonaws.com: S3 origin `main`
                  origin: main
                  paths: `*`

                error at /33f36d7e-f396-46d9-90e0-52428a34d9dc
                  the default cache behavior sends the viewer's Host header to S3 origin `main` (origin request policy AllViewerAndCloudFrontHeaders-2022-06), which then selects a bucket by that name
                  help: set OriginRequestPolicyId to b689b0a8-53d0-40ab-baf2-68738e2966ac (AllViewerExceptHostHeader), or remove it
                  see /assets.s3.us-east-1.amazonaws.com: S3 origin `main`
                  origin: main
                  paths: `*`

                error at /bf0718e1-ba1e-49d1-88b1-f726733018ae
                  the default cache behavior sends the viewer's Host header to S3 origin `main` (origin request policy HostHeaderOnly), which then selects a bucket by that name
                  help: set OriginRequestPolicyId to b689b0a8-53d0-40ab-baf2-68738e2966ac (AllViewerExceptHostHeader), or remove it
                  see /assets.s3.us-east-1.amazonaws.com: S3 origin `main`
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_every_managed_cache_policy_with_host_in_its_key() {
        let use_origin_cache_control_headers = "83da9c7e-98b4-4e11-a168-04f0df8e2c65";
        let and_query_strings = "4cc15a8a-d715-48a4-82b8-cc0b614638fe";
        let amplify = "2e54312d-136d-493c-8eb9-b001f22f67d2";
        let ids = [use_origin_cache_control_headers, and_query_strings, amplify];
        let with_policy =
            |id| Scene::s3("assets").with_behavior(|b| b.cache_policy_id = Some(text(id)));
        all_fail(
            &RULE,
            ids.map(with_policy),
            expect![[r#"
                error at /83da9c7e-98b4-4e11-a168-04f0df8e2c65
                  the default cache behavior sends the viewer's Host header to S3 origin `main` (cache policy UseOriginCacheControlHeaders), which then selects a bucket by that name
                  help: set CachePolicyId to a policy without Host, such as 658327ea-f89d-4fab-a63d-7e88639e58f6 (CachingOptimized)
                  see /assets.s3.us-east-1.amazonaws.com: S3 origin `main`
                  origin: main
                  paths: `*`

                error at /4cc15a8a-d715-48a4-82b8-cc0b614638fe
                  the default cache behavior sends the viewer's Host header to S3 origin `main` (cache policy UseOriginCacheControlHeaders-QueryStrings), which then selects a bucket by that name
                  help: set CachePolicyId to a policy without Host, such as 658327ea-f89d-4fab-a63d-7e88639e58f6 (CachingOptimized)
                  see /assets.s3.us-east-1.amazonaws.com: S3 origin `main`
                  origin: main
                  paths: `*`

                error at /2e54312d-136d-493c-8eb9-b001f22f67d2
                  the default cache behavior sends the viewer's Host header to S3 origin `main` (cache policy Amplify), which then selects a bucket by that name
                  help: set CachePolicyId to a policy without Host, such as 658327ea-f89d-4fab-a63d-7e88639e58f6 (CachingOptimized)
                  see /assets.s3.us-east-1.amazonaws.com: S3 origin `main`
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_forwarded_header_in_any_case() {
        header(Scene::s3("assets"), "hOST").fails(&RULE, expect![[r#"
            error at /hOST
              the default cache behavior sends the viewer's Host header to S3 origin `main` (`hOST` in ForwardedValues.Headers), which then selects a bucket by that name
              help: remove Host from ForwardedValues.Headers
              see /assets.s3.us-east-1.amazonaws.com: S3 origin `main`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_through_a_group() {
        let scene = Scene::custom("api.example.com")
            .add(s3_origin("standby", "assets.s3.us-east-1.amazonaws.com"))
            .group("both", &["main", "standby"])
            .behavior("/static/*", "both");
        policy(scene, ALL_VIEWER).fails(&RULE, expect![[r#"
            error at /216adef6-5c7f-47e4-b989-5492eafa07d3
              cache behavior 0 `/static/*` sends the viewer's Host header to S3 origin `standby` (origin request policy AllViewer), which then selects a bucket by that name
              help: set OriginRequestPolicyId to b689b0a8-53d0-40ab-baf2-68738e2966ac (AllViewerExceptHostHeader), or remove it
              see /assets.s3.us-east-1.amazonaws.com: S3 origin `standby`
              origin: standby
              paths: `/static/*`
        "#]]);
    }

    #[test]
    fn fails_for_a_website_named_otherwise() {
        policy(
            Scene::custom("x.s3-website-us-east-1.amazonaws.com"),
            ALL_VIEWER,
        )
        .fails(&RULE, expect![[r#"
            error at /216adef6-5c7f-47e4-b989-5492eafa07d3
              the default cache behavior sends the viewer's Host header to S3 origin `main` (origin request policy AllViewer), which then selects a bucket by that name
              help: set OriginRequestPolicyId to b689b0a8-53d0-40ab-baf2-68738e2966ac (AllViewerExceptHostHeader), or remove it
              see /x.s3-website-us-east-1.amazonaws.com: S3 origin `main`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_more_softly_where_code_at_the_edge_may_set_it() {
        let code = |b: &mut Behavior| b.edge_events = vec![EdgeEvent::OriginRequest];
        let scene = policy(Scene::s3("assets"), ALL_VIEWER).with_behavior(code);
        scene.fails(&RULE, expect![[r#"
            warning at /216adef6-5c7f-47e4-b989-5492eafa07d3
              the default cache behavior sends the viewer's Host header to S3 origin `main` (origin request policy AllViewer), which then selects a bucket by that name
              help: set OriginRequestPolicyId to b689b0a8-53d0-40ab-baf2-68738e2966ac (AllViewerExceptHostHeader), or remove it
              see /assets.s3.us-east-1.amazonaws.com: S3 origin `main`
              origin: main
              paths: `*`
        "#]]);
        let refused = header(Scene::s3("assets"), "*").with_behavior(code);
        refused.fails(&RULE, expect![[r#"
            error at /*
              the default cache behavior sends the viewer's Host header to S3 origin `main` (`*` in ForwardedValues.Headers), which then selects a bucket by that name
              help: list in ForwardedValues.Headers only the headers that the origin needs, such as Origin, instead of `*`
              see /assets.s3.us-east-1.amazonaws.com: S3 origin `main`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_without_host() {
        Scene::s3("assets").passes(&RULE);
        for id in [
            "b689b0a8-53d0-40ab-baf2-68738e2966ac", // AllViewerExceptHostHeader
            "59781a5b-3903-41f3-afcb-af62929ccde1", // CORS-CustomOrigin
            "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", // CORS-S3Origin
            "775133bc-15f2-49f9-abea-afb2e0bf67d2", // Elemental-MediaTailor-PersonalizedManifests
            "acba4595-bd28-49b8-b9fe-13317c0390fa", // UserAgentRefererHeaders
        ] {
            policy(Scene::s3("assets"), id).passes(&RULE);
        }
        header(Scene::s3("assets"), "Access-Control-Request-Method").passes(&RULE);
    }

    #[test]
    fn passes_for_a_custom_origin() {
        policy(Scene::custom("api.example.com"), ALL_VIEWER).passes(&RULE);
    }

    #[test]
    fn passes_for_a_server_that_is_declared_as_s3() {
        let scene = Scene::of(crate::rules::testing::s3_origin("main", "api.example.com"));
        policy(scene, ALL_VIEWER).passes(&RULE);
    }

    #[test]
    fn passes_for_a_website_whose_bucket_is_named_like_an_alias() {
        let domain = "www.example.com.s3-website-us-east-1.amazonaws.com";
        for alias in ["www.example.com", "*.example.com", "${Alias}"] {
            let mut scene = policy(Scene::custom(domain), ALL_VIEWER);
            scene.candidate.aliases = vec![text(alias)];
            scene.passes(&RULE);
        }
    }

    #[test]
    fn passes_for_a_policy_or_target_that_only_the_deployment_knows() {
        policy(Scene::s3("assets"), "${Policy}").passes(&RULE);
        policy(Scene::s3("assets").behavior("/a", "${Target}"), ALL_VIEWER).passes(&RULE);
    }
}
