use crate::distribution::{Origin, OriginKind, S3EndpointKind};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::Case;
use crate::rules::shared::unchecked_grant::Signing;

rule! {
    /// ## What it does
    /// S3 origins that are the alias of an access point, of an Object Lambda access point or of a
    /// Multi-Region Access Point, without an origin access control. One whose `SigningBehavior` is
    /// `never` counts as none. Where code at the edge may sign, this is a warning.
    ///
    /// ## Why is this bad?
    /// CloudFront's guide says that these need an origin access control. Without one that signs it
    /// deploys quietly, the requests reach S3 unsigned, and the viewers get 403. An origin access
    /// identity does not sign for them.
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
    for subject in case.origins() {
        let origin = subject.origin;
        let Some(what) = access_point(origin).filter(|_| origin.kind() == OriginKind::S3) else {
            continue;
        };
        // CloudFront's guide: access points need an origin access control; an identity does not
        // work there.
        let (without, remedy) = match Signing::of(case, subject, "s3", findings) {
            Some(Signing::Never(None)) => (
                "without an origin access control".to_owned(),
                "set OriginAccessControlId to an origin access control that signs always",
            ),
            Some(Signing::Never(Some(control))) => (
                format!("with the origin access control `{control}`, which never signs"),
                "set SigningBehavior of that control to always",
            ),
            Some(Signing::Always) | None => continue,
        };
        let identity = match origin.origin_access_identity_field() {
            Some(_) => ", remove its OriginAccessIdentity,",
            None => "",
        };
        let field = origin.origin_access_control_id.as_ref();
        let finding = findings
            .add(
                field.map_or(&origin.place, |field| &field.place),
                format!(
                    "origin {} is {what} (`{}`) {without}, so S3 gets unsigned requests and viewers \
                     get 403",
                    origin.name(),
                    origin.domain_name
                ),
            )
            .origin(case.reach(), origin)
            .evidence("DomainName", &origin.domain_name)
            .remedy(format!(
                "{remedy}{identity} and allow the distribution in the access point's policy"
            ));
        // A function at the edge can sign, as people did for Multi-Region Access Points before there
        // was a control for them.
        if case.reach().edge_decides(origin) {
            finding.severity(Severity::Warning);
        }
    }
}

/// What kind of access point an origin is.
pub(super) fn access_point(origin: &Origin) -> Option<&'static str> {
    use S3EndpointKind as K;
    match &origin.s3_endpoint.as_ref()?.kind {
        K::AccessPointAlias(_) => Some("an access point"),
        K::ObjectLambdaAlias(_) => Some("an Object Lambda access point"),
        K::MultiRegionAccessPoint(_) => Some("a multi-region access point"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::EdgeEvent;
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

    /// With a control of this signing behavior.
    fn controlled(behavior: &str) -> Scene {
        Scene::of(s3_origin("main", ALIAS))
            .with(|o| o.origin_access_control_id = Some(text("EOAC")))
            .origin_access_control("EOAC", "s3", behavior)
    }

    #[test]
    fn fails_with_a_control_that_never_signs() {
        controlled("never").fails(&RULE, expect![[r#"
            error at /EOAC
              origin `main` is an access point (`ap-x-s3alias.s3.us-east-1.amazonaws.com`) with the origin access control `EOAC`, which never signs, so S3 gets unsigned requests and viewers get 403
              help: set SigningBehavior of that control to always and allow the distribution in the access point's policy
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_with_a_warning_where_code_at_the_edge_may_sign() {
        let scene = Scene::of(s3_origin("main", ALIAS))
            .with_behavior(|b| b.edge_events = vec![EdgeEvent::OriginRequest]);
        assert_eq!(scene.one_finding(&RULE).severity, Severity::Warning);
    }

    #[test]
    fn passes_with_an_origin_access_control_that_signs() {
        for behavior in ["always", "no-override"] {
            controlled(behavior).passes(&RULE);
        }
    }

    #[test]
    fn passes_with_a_control_that_is_not_known() {
        let scene = Scene::of(s3_origin("main", ALIAS));
        scene
            .with(|o| o.origin_access_control_id = Some(text("${Control}")))
            .passes_with_unknowns(&RULE, expect![[r#"
                unknown: origin access control `${Control}`, origin access control `${Control}` is known only after the deployment
            "#]]);
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
