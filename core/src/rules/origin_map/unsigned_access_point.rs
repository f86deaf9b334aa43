use crate::distribution::{OriginKind, S3EndpointKind};
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// S3 origins that are the alias of an access point, of an Object Lambda access point or of a
    /// Multi-Region Access Point, without an origin access control.
    ///
    /// ## Why is this bad?
    /// CloudFront's guide says that these need an origin access control. Without one it deploys
    /// quietly, the requests reach S3 unsigned, and the viewers get 403. An origin access identity
    /// does not sign for them.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "DomainName": "assets-ab12cd-s3alias.s3.eu-west-1.amazonaws.com",
    ///  "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "assets", "DomainName": "assets-ab12cd-s3alias.s3.eu-west-1.amazonaws.com",
    ///  "OriginAccessControlId": "E2EXAMPLE", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: assets-ab12cd-s3alias.s3.eu-west-1.amazonaws.com
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: !Sub ${AssetsAccessPoint.Alias}.s3.${AWS::Region}.amazonaws.com
    ///     OriginAccessControlId: !GetAtt AssetsAccess.Id
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = "${aws_s3_access_point.assets.alias}.s3.eu-west-1.amazonaws.com"
    /// }
    /// # good
    /// origin {
    ///   origin_id                = "assets"
    ///   domain_name              = "${aws_s3_access_point.assets.alias}.s3.eu-west-1.amazonaws.com"
    ///   origin_access_control_id = aws_cloudfront_origin_access_control.assets.id
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Create an origin access control of type `s3` that signs always, set its ID as the origin's
    /// `OriginAccessControlId`, and let the access point's policy allow the distribution. Don't open
    /// the access point or its bucket to the public instead.
    ///
    /// ## References
    /// - [Restrict access to an Amazon S3 origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html)
    /// - [Use various origins](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html)
    "unsigned-access-point", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    use S3EndpointKind as K;
    for origin in &case.candidate.origins {
        let what = match origin.s3_endpoint.as_ref().map(|endpoint| &endpoint.kind) {
            Some(K::AccessPointAlias(_)) => "an access point",
            Some(K::ObjectLambdaAlias(_)) => "an Object Lambda access point",
            Some(K::MultiRegionAccessPoint(_)) => "a multi-region access point",
            _ => continue,
        };
        // CloudFront's guide: access points need an origin access control; an identity does not
        // work there.
        if origin.kind() != OriginKind::S3 || origin.origin_access_control().is_some() {
            continue;
        }
        let field = origin.origin_access_control_id.as_ref();
        let identity = match origin.origin_access_identity_field() {
            Some(_) => ", remove its OriginAccessIdentity,",
            None => "",
        };
        findings
            .add(
                field.map_or(&origin.place, |field| &field.place),
                format!(
                    "origin {} is {what} (`{}`) without an origin access control, so S3 gets \
                     unsigned requests and viewers get 403",
                    origin.name(),
                    origin.domain_name
                ),
            )
            .origin(case.reach(), origin)
            .evidence("DomainName", &origin.domain_name)
            .remedy(format!(
                "set OriginAccessControlId to an origin access control that signs always{identity} \
                 and allow the distribution in the access point's policy"
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, custom_origin, s3_origin, text};

    const ALIAS: &str = "ap-x-s3alias.s3.us-east-1.amazonaws.com";

    #[test]
    fn fails_for_an_alias_without_origin_access_control() {
        Scene::of(s3_origin("main", ALIAS)).fails(&RULE, expect![[r#"
            error at /origins/main
              origin `main` is an access point (`ap-x-s3alias.s3.us-east-1.amazonaws.com`) without an origin access control, so S3 gets unsigned requests and viewers get 403
              help: set OriginAccessControlId to an origin access control that signs always and allow the distribution in the access point's policy
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_an_empty_id_at_that_field() {
        let origin = s3_origin("main", "ap-x--ol-s3.s3.us-east-1.amazonaws.com");
        let scene = Scene::of(origin).with(|o| o.origin_access_control_id = Some(text("")));
        scene.fails(&RULE, expect![[r#"
            error at /
              origin `main` is an Object Lambda access point (`ap-x--ol-s3.s3.us-east-1.amazonaws.com`) without an origin access control, so S3 gets unsigned requests and viewers get 403
              help: set OriginAccessControlId to an origin access control that signs always and allow the distribution in the access point's policy
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_with_an_origin_access_identity() {
        let domain = "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com";
        let scene = Scene::of(s3_origin("main", domain)).with(|origin| {
            let identity = text("origin-access-identity/cloudfront/E1");
            origin.s3.as_mut().unwrap().origin_access_identity = Some(identity);
        });
        scene.fails(&RULE, expect![[r#"
            error at /origins/main
              origin `main` is a multi-region access point (`mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com`) without an origin access control, so S3 gets unsigned requests and viewers get 403
              help: set OriginAccessControlId to an origin access control that signs always, remove its OriginAccessIdentity, and allow the distribution in the access point's policy
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_with_an_origin_access_control() {
        for id in ["EOAC", "${Control}"] {
            let scene = Scene::of(s3_origin("main", ALIAS));
            scene
                .with(|o| o.origin_access_control_id = Some(text(id)))
                .passes(&RULE);
        }
    }

    #[test]
    fn passes_for_a_bucket() {
        Scene::of(s3_origin("main", "b.s3.us-east-1.amazonaws.com")).passes(&RULE);
    }

    #[test]
    fn passes_for_a_custom_origin_which_is_another_rules() {
        Scene::of(custom_origin("main", ALIAS)).passes(&RULE);
    }
}
