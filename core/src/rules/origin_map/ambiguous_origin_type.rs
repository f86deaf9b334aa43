use crate::distribution::{Origin, OriginKind, Place, S3Endpoint};
use crate::finding::Findings;
use crate::model::Form;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins that have none, or more than one, of `S3OriginConfig`, `CustomOriginConfig` and
    /// `VpcOriginConfig`.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config. With several: `InvalidOrigin`, "You must specify either a
    /// CustomOrigin or an S3Origin. You cannot specify both." With none: `InvalidOrigin`, "The
    /// specified origin server does not exist or is not valid", or `InvalidArgument`, "The
    /// parameter Origin DomainName does not refer to a valid S3 bucket", both of which read as if
    /// the server were gone. Through CloudFormation: "Exactly one of CustomOriginConfig and
    /// S3OriginConfig must be specified".
    ///
    /// CloudFront's model words it: `InvalidOrigin`, "The Amazon S3 origin server specified does not
    /// refer to a valid Amazon S3 bucket."
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.eu-west-1.amazonaws.com",
    ///  "OriginAccessControlId": "E2EXAMPLE"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.eu-west-1.amazonaws.com",
    ///  "OriginAccessControlId": "E2EXAMPLE", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     OriginAccessControlId: !GetAtt AssetsAccess.Id
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets.s3.eu-west-1.amazonaws.com
    ///     OriginAccessControlId: !GetAtt AssetsAccess.Id
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
    ///   s3_origin_config {
    ///     origin_access_identity = aws_cloudfront_origin_access_identity.assets.cloudfront_access_identity_path
    ///   }
    ///   custom_origin_config {
    ///     http_port              = 80
    ///     https_port             = 443
    ///     origin_protocol_policy = "https-only"
    ///     origin_ssl_protocols   = ["TLSv1.2"]
    ///   }
    /// }
    /// # good
    /// origin { # without either block, Terraform sends an S3 origin
    ///   origin_id                = "assets"
    ///   domain_name              = aws_s3_bucket.assets.bucket_regional_domain_name
    ///   origin_access_control_id = aws_cloudfront_origin_access_control.assets.id
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Keep one. A bucket needs `S3OriginConfig`, with an empty `OriginAccessIdentity`, also where an
    /// origin access control signs the requests. A website endpoint of S3 and every other host need
    /// `CustomOriginConfig`; a server in a private subnet needs `VpcOriginConfig`. Don't create or
    /// rename buckets because of the wording of the error.
    ///
    /// ## References
    /// - [Origin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html)
    /// - [S3OriginConfig](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_S3OriginConfig.html)
    "ambiguous-origin-type", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let is_of_a_plan = case.candidate.form == Some(Form::Values);
    for origin in &case.candidate.origins {
        // A type that only the deployment decides is not ambiguous: it has a kind of its own.
        if origin.kind() != OriginKind::Ambiguous {
            continue;
        }
        let configs = configs(origin);
        let has = match configs.as_slice() {
            [] => "none of S3OriginConfig, CustomOriginConfig and VpcOriginConfig".to_owned(),
            [first, second] => format!("both {} and {}", first.0, second.0),
            _ => "S3OriginConfig, CustomOriginConfig and VpcOriginConfig at once".to_owned(),
        };
        // The domain says best what was meant: which config to keep follows from it.
        let meant = Meant::by_domain(origin);
        let wrong = configs.iter().find(|(name, _)| *name != meant.config());
        findings
            .add(
                wrong.map_or(&origin.place, |(_, place)| place),
                format!(
                    "origin {} (`{}`) has {has}, and CloudFront accepts exactly one",
                    origin.name(),
                    origin.domain_name
                ),
            )
            .origin(case.reach(), origin)
            .evidence("DomainName", &origin.domain_name)
            .remedy(match meant {
                // A plan of a multi-tenant distribution cannot add the block: before 6.29.0 the
                // provider sends none.
                Meant::Bucket if configs.is_empty() && is_of_a_plan => {
                    "require hashicorp/aws `>= 6.29.0` in Terraform, which sends S3OriginConfig for a bucket"
                        .to_owned()
                }
                _ => meant.remedy(&configs),
            });
    }
}

/// The configs that the origin has, by name.
fn configs(origin: &Origin) -> Vec<(&'static str, &Place)> {
    let s3 = origin
        .s3
        .as_ref()
        .map(|config| ("S3OriginConfig", &config.place));
    let custom = origin
        .custom
        .as_ref()
        .map(|config| ("CustomOriginConfig", &config.place));
    let vpc = origin
        .vpc
        .as_ref()
        .map(|config| ("VpcOriginConfig", &config.place));
    s3.into_iter().chain(custom).chain(vpc).collect()
}

/// Whether the deployment may still make the domain an S3 host.
fn may_be_s3(origin: &Origin) -> bool {
    let expression = origin.domain_name.symbolic();
    expression.is_some_and(|expression| !S3Endpoint::is_never(expression))
}

/// What the domain says the origin is.
#[derive(Clone, Copy)]
enum Meant {
    Bucket,
    Website,
    Vpc,
    Host,
    Undecided,
}

impl Meant {
    fn by_domain(origin: &Origin) -> Self {
        match &origin.s3_endpoint {
            // Before buckets: a website endpoint names a bucket as well, but takes no
            // S3OriginConfig.
            Some(endpoint) if endpoint.is_website() => Self::Website,
            Some(_) => Self::Bucket,
            None if may_be_s3(origin) => Self::Undecided,
            None if origin.vpc.is_some() => Self::Vpc,
            None => Self::Host,
        }
    }

    fn config(self) -> &'static str {
        match self {
            Self::Bucket => "S3OriginConfig",
            Self::Website | Self::Host => "CustomOriginConfig",
            Self::Vpc => "VpcOriginConfig",
            Self::Undecided => "",
        }
    }

    fn remedy(self, configs: &[(&'static str, &Place)]) -> String {
        let config = self.config();
        let kind = match self {
            Self::Bucket => "the domain is an S3 bucket's",
            Self::Website => {
                "the domain is an S3 website endpoint, which supports no origin access control"
            }
            Self::Vpc => "the server is in a VPC",
            Self::Host => "the domain is not an S3 bucket's",
            Self::Undecided if configs.is_empty() => {
                return "add S3OriginConfig for a bucket, or CustomOriginConfig for any other host"
                    .to_owned();
            }
            Self::Undecided => {
                return "keep S3OriginConfig for a bucket, or CustomOriginConfig for any other \
                        host, and remove the other"
                    .to_owned();
            }
        };
        let others: Vec<&str> = configs
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| *name != config)
            .collect();
        if !others.is_empty() {
            return format!("remove {} and keep {config}: {kind}", others.join(" and "));
        }
        let content = match self {
            Self::Bucket => {
                " `{\"OriginAccessIdentity\": \"\"}`, also beside an origin access control"
            }
            Self::Website => " with OriginProtocolPolicy `http-only` and HTTPPort 80",
            _ => " with HTTPPort, HTTPSPort and OriginProtocolPolicy",
        };
        format!("add {config}{content}: {kind}")
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, bare_origin, custom_origin, s3_origin};

    const BUCKET: &str = "b.s3.us-east-1.amazonaws.com";

    #[test]
    fn fails_for_a_bucket_with_both_and_keeps_the_s3_one() {
        let mut origin = s3_origin("main", BUCKET);
        origin.custom = custom_origin("main", BUCKET).custom;
        Scene::of(origin).fails(&RULE, expect![[r#"
            error at /origins/main/custom
              origin `main` (`b.s3.us-east-1.amazonaws.com`) has both S3OriginConfig and CustomOriginConfig, and CloudFront accepts exactly one
              help: remove CustomOriginConfig and keep S3OriginConfig: the domain is an S3 bucket's
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_bucket_with_none() {
        Scene::of(bare_origin("main", BUCKET)).fails(&RULE, expect![[r#"
            error at /origins/main
              origin `main` (`b.s3.us-east-1.amazonaws.com`) has none of S3OriginConfig, CustomOriginConfig and VpcOriginConfig, and CloudFront accepts exactly one
              help: add S3OriginConfig `{"OriginAccessIdentity": ""}`, also beside an origin access control: the domain is an S3 bucket's
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_another_host_with_none() {
        Scene::of(bare_origin("main", "api.example.com")).fails(&RULE, expect![[r#"
            error at /origins/main
              origin `main` (`api.example.com`) has none of S3OriginConfig, CustomOriginConfig and VpcOriginConfig, and CloudFront accepts exactly one
              help: add CustomOriginConfig with HTTPPort, HTTPSPort and OriginProtocolPolicy: the domain is not an S3 bucket's
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_website_endpoint_with_none() {
        let website = "b.s3-website-us-east-1.amazonaws.com";
        Scene::of(bare_origin("main", website)).fails(&RULE, expect![[r#"
            error at /origins/main
              origin `main` (`b.s3-website-us-east-1.amazonaws.com`) has none of S3OriginConfig, CustomOriginConfig and VpcOriginConfig, and CloudFront accepts exactly one
              help: add CustomOriginConfig with OriginProtocolPolicy `http-only` and HTTPPort 80: the domain is an S3 website endpoint, which supports no origin access control
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_symbolic_domain_without_guessing() {
        Scene::of(bare_origin("main", "${Host}")).fails(&RULE, expect![[r#"
            error at /origins/main
              origin `main` (`${Host}`) has none of S3OriginConfig, CustomOriginConfig and VpcOriginConfig, and CloudFront accepts exactly one
              help: add S3OriginConfig for a bucket, or CustomOriginConfig for any other host
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_s3() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_for_custom() {
        Scene::custom("api.example.com").passes(&RULE);
    }

    #[test]
    fn passes_for_an_s3_config_without_content() {
        let scene = Scene::s3("assets");
        scene
            .with(|o| o.s3.as_mut().unwrap().origin_access_identity = None)
            .passes(&RULE);
    }
}
