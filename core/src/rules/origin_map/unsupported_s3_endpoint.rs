use crate::distribution::{Origin, OriginKind, S3Endpoint, S3EndpointKind};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::Case;

use crate::rules::shared::bucket_region::recommended_domain;

rule! {
    /// ## What it does
    /// S3 domains of a form that CloudFront does not accept, or that its documentation does not
    /// confirm.
    ///
    /// ## Why is this bad?
    /// CloudFront's guide says not to use path style (`s3.amazonaws.com`, the bucket in the path) and
    /// transfer acceleration. Under `S3OriginConfig` these are errors: CloudFront refuses the config
    /// with `InvalidArgument`, "The parameter Origin DomainName does not refer to a valid S3 bucket",
    /// or deploys quietly and the viewers get errors. Under `CustomOriginConfig` they can be reached,
    /// and are a warning.
    ///
    /// Hosts of access points and Object Lambda access points (not their aliases), directory buckets,
    /// Outposts, dual-stack and FIPS hosts, and `s3-external-1` under `S3OriginConfig` are a warning:
    /// the documentation does not confirm them.
    ///
    /// ## Example
    /// ```json
    /// {"DomainName": "example-assets.s3-accelerate.amazonaws.com",
    ///  "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"DomainName": "example-assets.s3.eu-west-1.amazonaws.com",
    ///  "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3-accelerate.amazonaws.com
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: !GetAtt AssetsBucket.RegionalDomainName
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = "${aws_s3_bucket.assets.bucket}.s3-accelerate.amazonaws.com"
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Use `bucket.s3.region.amazonaws.com`. For an access point, use its alias and an origin
    /// access control. Transfer acceleration has no benefit: CloudFront already connects from its
    /// edge. Don't make it a custom origin to work around it: no access control signs for S3 there.
    ///
    /// ## References
    /// - [Use various origins](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html)
    /// - [Virtual hosting of buckets](https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html)
    "unsupported-s3-endpoint", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(endpoint) = &origin.s3_endpoint else {
            continue;
        };
        let Some((form, severity)) = form(origin.kind(), endpoint) else {
            continue;
        };
        let consequence = match severity {
            Severity::Error => "which CloudFront does not accept",
            _ if origin.kind() == OriginKind::Custom => "which CloudFront's guide says not to use",
            _ => "a form that CloudFront's documentation does not confirm",
        };
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} has the DomainName `{}`, {form}, {consequence}",
                    origin.name(),
                    origin.domain_name
                ),
            )
            .origin(case.reach(), origin)
            .evidence("DomainName", &origin.domain_name)
            .remedy(remedy(case, origin, endpoint))
            .severity(severity);
    }
}

/// What the form is called, and how much it weighs, where it is not a supported one.
fn form(kind: OriginKind, endpoint: &S3Endpoint) -> Option<(&'static str, Severity)> {
    use S3EndpointKind as K;
    let refused = match &endpoint.kind {
        K::PathStyle => Some("path-style S3"),
        K::Accelerate(_) => Some("S3 transfer acceleration"),
        _ => None,
    };
    match kind {
        OriginKind::S3 => {}
        OriginKind::Custom => return refused.map(|form| (form, Severity::Warning)),
        OriginKind::Vpc | OriginKind::Ambiguous | OriginKind::Undecided => return None,
    }
    if let Some(form) = refused {
        return Some((form, Severity::Error));
    }
    let form = match &endpoint.kind {
        K::Website(_) => return None,
        K::AccessPoint { .. } => "an access point's host",
        K::ObjectLambda { .. } => "an Object Lambda access point's host",
        K::DirectoryBucket(_) => "a directory bucket's host",
        K::Outposts(_) => "an Outposts host",
        K::External1(_) => "the legacy `s3-external-1` form",
        _ if endpoint.dual_stack => "a dual-stack host",
        _ if endpoint.fips => "a FIPS host",
        _ => return None,
    };
    Some((form, Severity::Warning))
}

fn remedy(case: &Case<'_>, origin: &Origin, endpoint: &S3Endpoint) -> String {
    if let Some(bucket) = endpoint.bucket() {
        let domain = recommended_domain(case, endpoint, bucket);
        return format!("set DomainName to `{domain}`");
    }
    match &endpoint.kind {
        S3EndpointKind::PathStyle => {
            let region = endpoint
                .region
                .as_ref()
                .map_or("REGION", |region| region.as_str());
            let suffix = endpoint.partition.suffix();
            let path = match origin.origin_path.as_ref().filter(|path| !path.is_empty()) {
                Some(path) => format!(", and remove the bucket from OriginPath `{path}`"),
                None => String::new(),
            };
            format!("set DomainName to `BUCKET.s3.{region}.{suffix}`, with the bucket's name{path}")
        }
        S3EndpointKind::AccessPoint { .. } | S3EndpointKind::ObjectLambda { .. } => {
            "set DomainName to the access point's alias, `ALIAS.s3.REGION.amazonaws.com`".to_owned()
        }
        S3EndpointKind::AccessPointAlias(alias) | S3EndpointKind::ObjectLambdaAlias(alias) => {
            format!("set DomainName to `{alias}.s3.REGION.amazonaws.com`, with its region")
        }
        _ => "set DomainName to a general purpose bucket's, `BUCKET.s3.REGION.amazonaws.com`"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{self, Scene, all_fail, s3_origin, text};

    fn s3(domain: &str) -> Scene {
        Scene::of(s3_origin("main", domain))
    }

    #[test]
    fn fails_for_path_style() {
        s3("s3.eu-west-1.amazonaws.com")
            .with(|o| o.origin_path = Some(text("/assets")))
            .fails(&RULE, expect![[r#"
                error at /s3.eu-west-1.amazonaws.com
                  origin `main` has the DomainName `s3.eu-west-1.amazonaws.com`, path-style S3, which CloudFront does not accept
                  help: set DomainName to `BUCKET.s3.eu-west-1.amazonaws.com`, with the bucket's name, and remove the bucket from OriginPath `/assets`
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_acceleration_and_names_the_region_that_is_known() {
        let scene = s3("assets.s3-accelerate.amazonaws.com");
        let known = scene.clone().bucket("assets", testing::ours("eu-west-1"));
        all_fail(
            &RULE,
            [scene, known],
            expect![[r#"
                error at /assets.s3-accelerate.amazonaws.com
                  origin `main` has the DomainName `assets.s3-accelerate.amazonaws.com`, S3 transfer acceleration, which CloudFront does not accept
                  help: set DomainName to `assets.s3.REGION.amazonaws.com`
                  origin: main
                  paths: `*`

                error at /assets.s3-accelerate.amazonaws.com
                  origin `main` has the DomainName `assets.s3-accelerate.amazonaws.com`, S3 transfer acceleration, which CloudFront does not accept
                  help: set DomainName to `assets.s3.eu-west-1.amazonaws.com`
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_with_a_warning_for_forms_that_the_guide_does_not_confirm() {
        let domains = [
            "ap-111122223333.s3-accesspoint.us-east-1.amazonaws.com",
            "ap-111122223333.s3-object-lambda.us-east-1.amazonaws.com",
            "b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com",
            "ap-1.op-01.s3-outposts.us-east-1.amazonaws.com",
            "b.s3.dualstack.us-east-1.amazonaws.com",
            "b.s3-fips.us-east-1.amazonaws.com",
            "b.s3-external-1.amazonaws.com",
            "ap-x-s3alias.s3.dualstack.us-east-1.amazonaws.com",
        ];
        all_fail(
            &RULE,
            domains.map(s3),
            expect![[r#"
                warning at /ap-111122223333.s3-accesspoint.us-east-1.amazonaws.com
                  origin `main` has the DomainName `ap-111122223333.s3-accesspoint.us-east-1.amazonaws.com`, an access point's host, a form that CloudFront's documentation does not confirm
                  help: set DomainName to the access point's alias, `ALIAS.s3.REGION.amazonaws.com`
                  origin: main
                  paths: `*`

                warning at /ap-111122223333.s3-object-lambda.us-east-1.amazonaws.com
                  origin `main` has the DomainName `ap-111122223333.s3-object-lambda.us-east-1.amazonaws.com`, an Object Lambda access point's host, a form that CloudFront's documentation does not confirm
                  help: set DomainName to the access point's alias, `ALIAS.s3.REGION.amazonaws.com`
                  origin: main
                  paths: `*`

                warning at /b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com
                  origin `main` has the DomainName `b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com`, a directory bucket's host, a form that CloudFront's documentation does not confirm
                  help: set DomainName to a general purpose bucket's, `BUCKET.s3.REGION.amazonaws.com`
                  origin: main
                  paths: `*`

                warning at /ap-1.op-01.s3-outposts.us-east-1.amazonaws.com
                  origin `main` has the DomainName `ap-1.op-01.s3-outposts.us-east-1.amazonaws.com`, an Outposts host, a form that CloudFront's documentation does not confirm
                  help: set DomainName to a general purpose bucket's, `BUCKET.s3.REGION.amazonaws.com`
                  origin: main
                  paths: `*`

                warning at /b.s3.dualstack.us-east-1.amazonaws.com
                  origin `main` has the DomainName `b.s3.dualstack.us-east-1.amazonaws.com`, a dual-stack host, a form that CloudFront's documentation does not confirm
                  help: set DomainName to `b.s3.us-east-1.amazonaws.com`
                  origin: main
                  paths: `*`

                warning at /b.s3-fips.us-east-1.amazonaws.com
                  origin `main` has the DomainName `b.s3-fips.us-east-1.amazonaws.com`, a FIPS host, a form that CloudFront's documentation does not confirm
                  help: set DomainName to `b.s3.us-east-1.amazonaws.com`
                  origin: main
                  paths: `*`

                warning at /b.s3-external-1.amazonaws.com
                  origin `main` has the DomainName `b.s3-external-1.amazonaws.com`, the legacy `s3-external-1` form, a form that CloudFront's documentation does not confirm
                  help: set DomainName to `b.s3.us-east-1.amazonaws.com`
                  origin: main
                  paths: `*`

                warning at /ap-x-s3alias.s3.dualstack.us-east-1.amazonaws.com
                  origin `main` has the DomainName `ap-x-s3alias.s3.dualstack.us-east-1.amazonaws.com`, a dual-stack host, a form that CloudFront's documentation does not confirm
                  help: set DomainName to `ap-x-s3alias.s3.REGION.amazonaws.com`, with its region
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_with_a_warning_as_custom_origins() {
        let domains = ["s3.amazonaws.com", "b.s3-accelerate.amazonaws.com"];
        all_fail(
            &RULE,
            domains.map(Scene::custom),
            expect![[r#"
                warning at /s3.amazonaws.com
                  origin `main` has the DomainName `s3.amazonaws.com`, path-style S3, which CloudFront's guide says not to use
                  help: set DomainName to `BUCKET.s3.REGION.amazonaws.com`, with the bucket's name
                  origin: main
                  paths: `*`

                warning at /b.s3-accelerate.amazonaws.com
                  origin `main` has the DomainName `b.s3-accelerate.amazonaws.com`, S3 transfer acceleration, which CloudFront's guide says not to use
                  help: set DomainName to `b.s3.REGION.amazonaws.com`
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn passes_for_the_forms_of_a_bucket() {
        Scene::s3("assets").passes(&RULE);
        for domain in ["b.s3.amazonaws.com", "b.s3-eu-west-1.amazonaws.com"] {
            s3(domain).passes(&RULE);
        }
    }

    #[test]
    fn passes_for_aliases() {
        for domain in [
            "ap-x-s3alias.s3.us-east-1.amazonaws.com",
            "ap-x--ol-s3.s3.us-east-1.amazonaws.com",
            "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com",
        ] {
            s3(domain).passes(&RULE);
        }
    }

    #[test]
    fn passes_for_dual_stack_and_fips_as_custom_origins() {
        Scene::custom("b.s3.dualstack.us-east-1.amazonaws.com").passes(&RULE);
        Scene::custom("b.s3-fips.us-east-1.amazonaws.com").passes(&RULE);
    }

    #[test]
    fn passes_for_other_hosts() {
        Scene::custom("proxy.s3.example.com").passes(&RULE);
        s3("b.s3-website-us-east-1.amazonaws.com").passes(&RULE);
    }
}
