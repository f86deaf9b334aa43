use crate::distribution::{Lacks, Origin, OriginKind, S3Endpoint, S3EndpointKind as K};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::Case;

use crate::rules::shared::bucket_region::recommended_domain;

rule! {
    /// ## What it does
    /// S3 domains of a form that CloudFront does not accept or S3 does not have, those that lack a
    /// part, and forms that CloudFront's documentation does not confirm.
    ///
    /// ## Why is this bad?
    /// CloudFront's guide says not to use path style (`s3.amazonaws.com`, the bucket in the path) and
    /// transfer acceleration. Under `S3OriginConfig` these are errors: CloudFront refuses the config
    /// with `InvalidArgument`, "The parameter Origin DomainName does not refer to a valid S3 bucket",
    /// or deploys quietly and the viewers get errors. Under `CustomOriginConfig` they can be reached,
    /// and are a warning.
    ///
    /// `s3-website.REGION.amazonaws.com` without a bucket redirects every request to a page about S3,
    /// and a website endpoint with a dash (`s3-website-REGION`) exists in the nine oldest Regions only;
    /// the form with a dot exists in all. These are errors, as is an S3 host without its end
    /// `.amazonaws.com`. Other hosts that lack a part are an error under `S3OriginConfig` and otherwise
    /// a warning.
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
    /// - [S3 website endpoints](https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints)
    /// - [Virtual hosting of buckets](https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html)
    "unsupported-s3-endpoint", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(endpoint) = &origin.s3_endpoint else {
            continue;
        };
        let Some(Unsupported { form, consequence }) = Unsupported::of(origin.kind(), endpoint)
        else {
            continue;
        };
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} has the DomainName `{}`, {form}, {}",
                    origin.name(),
                    origin.domain_name,
                    consequence.in_words()
                ),
            )
            .origin(case.reach(), origin)
            .evidence("DomainName", &origin.domain_name)
            .remedy(remedy(case, origin, endpoint))
            .severity(consequence.severity());
    }
}

/// A form that is not a supported one.
struct Unsupported {
    /// What it is called.
    form: &'static str,
    consequence: Consequence,
}

/// What comes of a form; only what is documented or was seen is an error.
#[derive(Clone, Copy)]
enum Consequence {
    Refused,
    NoSuchHost,
    Redirects,
    /// Neither documented nor seen refused: no proof, so no error.
    Unconfirmed,
    Discouraged,
    NoBucket,
}

impl Consequence {
    fn in_words(self) -> &'static str {
        match self {
            Self::Refused => "which CloudFront does not accept",
            Self::NoSuchHost => "so there is no such host",
            Self::Redirects => "which redirects every request to a page about S3",
            Self::Unconfirmed => "a form that CloudFront's documentation does not confirm",
            Self::Discouraged => "which CloudFront's guide says not to use",
            Self::NoBucket => "so it names no bucket",
        }
    }

    fn severity(self) -> Severity {
        match self {
            Self::Refused | Self::NoSuchHost | Self::Redirects => Severity::Error,
            Self::Unconfirmed | Self::Discouraged | Self::NoBucket => Severity::Warning,
        }
    }
}

impl Unsupported {
    fn of(kind: OriginKind, endpoint: &S3Endpoint) -> Option<Self> {
        match kind {
            OriginKind::S3 => Self::as_s3(endpoint),
            OriginKind::Custom => Self::as_custom(endpoint),
            OriginKind::Vpc | OriginKind::Ambiguous | OriginKind::Undecided => None,
        }
    }

    fn as_s3(endpoint: &S3Endpoint) -> Option<Self> {
        let refused = match &endpoint.kind {
            K::PathStyle => Some("path-style S3"),
            K::Accelerate(_) => Some("S3 transfer acceleration"),
            K::Incomplete(lacks) => Some(incomplete(*lacks)),
            // `website-endpoint-as-s3-origin` reports these.
            K::Website(_) | K::UnknownWebsite(_) => return None,
            _ => None,
        };
        if let Some(form) = refused {
            let consequence = Consequence::Refused;
            return Some(Self { form, consequence });
        }
        let form = match &endpoint.kind {
            K::AccessPoint { .. } => "an access point's host",
            K::ObjectLambda { .. } => "an Object Lambda access point's host",
            K::DirectoryBucket(_) => "a directory bucket's host",
            K::Outposts(_) => "an Outposts host",
            K::External1(_) => "the legacy `s3-external-1` form",
            _ if endpoint.dual_stack => "a dual-stack host",
            _ if endpoint.fips => "a FIPS host",
            _ => return None,
        };
        let consequence = Consequence::Unconfirmed;
        Some(Self { form, consequence })
    }

    fn as_custom(endpoint: &S3Endpoint) -> Option<Self> {
        let (form, consequence) = match &endpoint.kind {
            K::PathStyle => ("path-style S3", Consequence::Discouraged),
            K::Accelerate(_) => ("S3 transfer acceleration", Consequence::Discouraged),
            K::UnknownWebsite(_) => (
                "a website endpoint with a dash in a Region that has only the form with a dot",
                Consequence::NoSuchHost,
            ),
            K::Incomplete(lacks) => (
                incomplete(*lacks),
                match lacks {
                    Lacks::WebsiteBucket => Consequence::Redirects,
                    Lacks::Suffix => Consequence::NoSuchHost,
                    _ => Consequence::NoBucket,
                },
            ),
            _ => return None,
        };
        Some(Self { form, consequence })
    }
}

fn incomplete(lacks: Lacks) -> &'static str {
    match lacks {
        Lacks::WebsiteBucket => "the S3 website endpoint of a Region, without a bucket",
        Lacks::Bucket => "the host of S3 transfer acceleration, without a bucket",
        Lacks::Region => "an S3 website endpoint without its Region",
        Lacks::AccessPoint => "a host of S3 access points that names no access point",
        Lacks::Suffix => "an S3 host without its end `.amazonaws.com`",
    }
}

fn remedy(case: &Case<'_>, origin: &Origin, endpoint: &S3Endpoint) -> String {
    if let (K::UnknownWebsite(bucket), Some(region)) = (&endpoint.kind, &endpoint.region) {
        let suffix = endpoint.partition.suffix();
        return format!("set DomainName to `{bucket}.s3-website.{region}.{suffix}`");
    }
    if let Some(bucket) = endpoint.bucket() {
        let domain = recommended_domain(case, endpoint, bucket);
        return format!("set DomainName to `{domain}`");
    }
    match &endpoint.kind {
        K::PathStyle => {
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
        K::AccessPoint { .. } | K::ObjectLambda { .. } => {
            "set DomainName to the access point's alias, `ALIAS.s3.REGION.amazonaws.com`".to_owned()
        }
        K::AccessPointAlias(alias) | K::ObjectLambdaAlias(alias) => {
            format!("set DomainName to `{alias}.s3.REGION.amazonaws.com`, with its region")
        }
        K::Incomplete(lacks) => complete(*lacks, origin),
        _ => "set DomainName to a general purpose bucket's, `BUCKET.s3.REGION.amazonaws.com`"
            .to_owned(),
    }
}

fn complete(lacks: Lacks, origin: &Origin) -> String {
    let domain = &origin.domain_name;
    let text = domain.spelling();
    match lacks {
        // A Terraform attribute `website_domain` stands beside `website_endpoint`.
        Lacks::WebsiteBucket => format!(
            "set DomainName to `BUCKET.{domain}`, with the bucket's name; in Terraform that is \
             `website_endpoint`, not `website_domain`"
        ),
        Lacks::Bucket => "set DomainName to `BUCKET.s3.REGION.amazonaws.com`".to_owned(),
        Lacks::Region => {
            let bucket = text.split(".s3-website").next().unwrap_or_default();
            format!("set DomainName to `{bucket}.s3-website.REGION.amazonaws.com`")
        }
        Lacks::AccessPoint => "set DomainName to the access point's alias and its host, such as \
                               `ALIAS.s3.REGION.amazonaws.com`, or \
                               `ALIAS.mrap.accesspoint.s3-global.amazonaws.com` for a Multi-Region \
                               Access Point"
            .to_owned(),
        Lacks::Suffix => {
            let host = text.strip_suffix(".amazonaws").unwrap_or(text);
            format!("set DomainName to `{host}.amazonaws.com`")
        }
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
    fn fails_for_a_website_without_a_bucket() {
        let hosts = [
            "s3-website.eu-central-1.amazonaws.com",
            "s3-website-us-east-1.amazonaws.com",
        ];
        let scenes = hosts.map(|host| [Scene::custom(host), s3(host)]);
        all_fail(
            &RULE,
            scenes.into_iter().flatten(),
            expect![[r#"
            error at /s3-website.eu-central-1.amazonaws.com
              origin `main` has the DomainName `s3-website.eu-central-1.amazonaws.com`, the S3 website endpoint of a Region, without a bucket, which redirects every request to a page about S3
              help: set DomainName to `BUCKET.s3-website.eu-central-1.amazonaws.com`, with the bucket's name; in Terraform that is `website_endpoint`, not `website_domain`
              origin: main
              paths: `*`

            error at /s3-website.eu-central-1.amazonaws.com
              origin `main` has the DomainName `s3-website.eu-central-1.amazonaws.com`, the S3 website endpoint of a Region, without a bucket, which CloudFront does not accept
              help: set DomainName to `BUCKET.s3-website.eu-central-1.amazonaws.com`, with the bucket's name; in Terraform that is `website_endpoint`, not `website_domain`
              origin: main
              paths: `*`

            error at /s3-website-us-east-1.amazonaws.com
              origin `main` has the DomainName `s3-website-us-east-1.amazonaws.com`, the S3 website endpoint of a Region, without a bucket, which redirects every request to a page about S3
              help: set DomainName to `BUCKET.s3-website-us-east-1.amazonaws.com`, with the bucket's name; in Terraform that is `website_endpoint`, not `website_domain`
              origin: main
              paths: `*`

            error at /s3-website-us-east-1.amazonaws.com
              origin `main` has the DomainName `s3-website-us-east-1.amazonaws.com`, the S3 website endpoint of a Region, without a bucket, which CloudFront does not accept
              help: set DomainName to `BUCKET.s3-website-us-east-1.amazonaws.com`, with the bucket's name; in Terraform that is `website_endpoint`, not `website_domain`
              origin: main
              paths: `*`
        "#]],
        );
    }

    #[test]
    fn fails_for_a_website_with_a_dash_where_there_is_none() {
        let scene = Scene::custom("site.s3-website-eu-central-1.amazonaws.com");
        scene.fails(&RULE, expect![[r#"
            error at /site.s3-website-eu-central-1.amazonaws.com
              origin `main` has the DomainName `site.s3-website-eu-central-1.amazonaws.com`, a website endpoint with a dash in a Region that has only the form with a dot, so there is no such host
              help: set DomainName to `site.s3-website.eu-central-1.amazonaws.com`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_hosts_that_lack_a_part() {
        let hosts = [
            "b.s3.eu-west-1",
            "b.s3.eu-west-1.amazonaws",
            "s3-accelerate.amazonaws.com",
            "accesspoint.s3-global.amazonaws.com",
            "b.s3-website.amazonaws.com",
        ];
        let scenes = hosts.map(|host| [Scene::custom(host), s3(host)]);
        all_fail(
            &RULE,
            scenes.into_iter().flatten(),
            expect![[r#"
            error at /b.s3.eu-west-1
              origin `main` has the DomainName `b.s3.eu-west-1`, an S3 host without its end `.amazonaws.com`, so there is no such host
              help: set DomainName to `b.s3.eu-west-1.amazonaws.com`
              origin: main
              paths: `*`

            error at /b.s3.eu-west-1
              origin `main` has the DomainName `b.s3.eu-west-1`, an S3 host without its end `.amazonaws.com`, which CloudFront does not accept
              help: set DomainName to `b.s3.eu-west-1.amazonaws.com`
              origin: main
              paths: `*`

            error at /b.s3.eu-west-1.amazonaws
              origin `main` has the DomainName `b.s3.eu-west-1.amazonaws`, an S3 host without its end `.amazonaws.com`, so there is no such host
              help: set DomainName to `b.s3.eu-west-1.amazonaws.com`
              origin: main
              paths: `*`

            error at /b.s3.eu-west-1.amazonaws
              origin `main` has the DomainName `b.s3.eu-west-1.amazonaws`, an S3 host without its end `.amazonaws.com`, which CloudFront does not accept
              help: set DomainName to `b.s3.eu-west-1.amazonaws.com`
              origin: main
              paths: `*`

            warning at /s3-accelerate.amazonaws.com
              origin `main` has the DomainName `s3-accelerate.amazonaws.com`, the host of S3 transfer acceleration, without a bucket, so it names no bucket
              help: set DomainName to `BUCKET.s3.REGION.amazonaws.com`
              origin: main
              paths: `*`

            error at /s3-accelerate.amazonaws.com
              origin `main` has the DomainName `s3-accelerate.amazonaws.com`, the host of S3 transfer acceleration, without a bucket, which CloudFront does not accept
              help: set DomainName to `BUCKET.s3.REGION.amazonaws.com`
              origin: main
              paths: `*`

            warning at /accesspoint.s3-global.amazonaws.com
              origin `main` has the DomainName `accesspoint.s3-global.amazonaws.com`, a host of S3 access points that names no access point, so it names no bucket
              help: set DomainName to the access point's alias and its host, such as `ALIAS.s3.REGION.amazonaws.com`, or `ALIAS.mrap.accesspoint.s3-global.amazonaws.com` for a Multi-Region Access Point
              origin: main
              paths: `*`

            error at /accesspoint.s3-global.amazonaws.com
              origin `main` has the DomainName `accesspoint.s3-global.amazonaws.com`, a host of S3 access points that names no access point, which CloudFront does not accept
              help: set DomainName to the access point's alias and its host, such as `ALIAS.s3.REGION.amazonaws.com`, or `ALIAS.mrap.accesspoint.s3-global.amazonaws.com` for a Multi-Region Access Point
              origin: main
              paths: `*`

            warning at /b.s3-website.amazonaws.com
              origin `main` has the DomainName `b.s3-website.amazonaws.com`, an S3 website endpoint without its Region, so it names no bucket
              help: set DomainName to `b.s3-website.REGION.amazonaws.com`
              origin: main
              paths: `*`

            error at /b.s3-website.amazonaws.com
              origin `main` has the DomainName `b.s3-website.amazonaws.com`, an S3 website endpoint without its Region, which CloudFront does not accept
              help: set DomainName to `b.s3-website.REGION.amazonaws.com`
              origin: main
              paths: `*`
        "#]],
        );
    }

    #[test]
    fn passes_for_website_endpoints_of_both_forms() {
        for domain in [
            "b.s3-website-us-east-1.amazonaws.com",
            "b.s3-website.us-east-1.amazonaws.com",
            "b.s3-website.eu-central-1.amazonaws.com",
            "b.s3-website-${AWS::Region}.amazonaws.com",
        ] {
            Scene::custom(domain).passes(&RULE);
        }
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
