use super::unsigned_access_point::access_point;
use crate::distribution::OriginKind;
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins whose origin access control never signs requests.
    ///
    /// ## Why is this bad?
    /// It deploys quietly. With the signing behavior `never` the control has no effect: the bucket
    /// policy's grant to CloudFront is never used, and S3 answers only for public objects.
    ///
    /// ## Example
    /// ```json
    /// {"OriginAccessControlConfig": {"Name": "assets", "OriginAccessControlOriginType": "s3",
    ///   "SigningProtocol": "sigv4", "SigningBehavior": "never"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"OriginAccessControlConfig": {"Name": "assets", "OriginAccessControlOriginType": "s3",
    ///   "SigningProtocol": "sigv4", "SigningBehavior": "always"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// AssetsAccess:
    ///   Type: AWS::CloudFront::OriginAccessControl
    ///   Properties:
    ///     OriginAccessControlConfig:
    ///       Name: assets
    ///       OriginAccessControlOriginType: s3
    ///       SigningBehavior: never
    ///       SigningProtocol: sigv4
    /// # good
    /// AssetsAccess:
    ///   Type: AWS::CloudFront::OriginAccessControl
    ///   Properties:
    ///     OriginAccessControlConfig:
    ///       Name: assets
    ///       OriginAccessControlOriginType: s3
    ///       SigningBehavior: always
    ///       SigningProtocol: sigv4
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// resource "aws_cloudfront_origin_access_control" "assets" {
    ///   name                              = "assets"
    ///   origin_access_control_origin_type = "s3"
    ///   signing_behavior                  = "never"
    ///   signing_protocol                  = "sigv4"
    /// }
    /// # good
    /// resource "aws_cloudfront_origin_access_control" "assets" {
    ///   name                              = "assets"
    ///   origin_access_control_origin_type = "s3"
    ///   signing_behavior                  = "always"
    ///   signing_protocol                  = "sigv4"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Set the control's `SigningBehavior` to `always`; every origin with this control then signs.
    /// Where one of them must stay unsigned, give the others a control of their own. Don't make the
    /// bucket public instead.
    ///
    /// ## References
    /// - [Advanced settings for origin access control](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html#oac-advanced-settings-s3)
    "unsigned-origin-access-control", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for known in case.origins() {
        let origin = known.origin;
        let Some((field, Some(control))) = case.origin_access_control_of(known, findings) else {
            continue;
        };
        // `no-override` signs unless the viewer sent Authorization, so it is no error here.
        if control.signing_behavior != "never" {
            continue;
        }
        // An access point has no public content for CloudFront: `unsigned-access-point` says more.
        if origin.kind() == OriginKind::S3 && access_point(origin).is_some() {
            continue;
        }
        findings
            .add(
                &field.place,
                format!(
                    "origin {} has the origin access control `{field}`, which never signs, so only \
                     public content reaches viewers",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .evidence("SigningBehavior", &control.signing_behavior)
            .remedy(format!(
                "set SigningBehavior of `{field}` ({}) to always, or OriginAccessControlId to a \
                 control that signs",
                control.name
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, s3_origin, text};

    #[test]
    fn fails_when_it_never_signs() {
        let scene = Scene::s3("assets").origin_access_control("EOAC", "s3", "never");
        scene.fails(&RULE, expect![[r#"
            warning at /EOAC
              origin `main` has the origin access control `EOAC`, which never signs, so only public content reaches viewers
              help: set SigningBehavior of `EOAC` (EOAC-name) to always, or OriginAccessControlId to a control that signs
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_at_the_field_that_names_the_control() {
        let scene = Scene::s3("assets").origin_access_control("EOAC", "s3", "never");
        scene.fails(&RULE, expect![[r#"
            warning at /EOAC
              origin `main` has the origin access control `EOAC`, which never signs, so only public content reaches viewers
              help: set SigningBehavior of `EOAC` (EOAC-name) to always, or OriginAccessControlId to a control that signs
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_each_origin_that_has_it() {
        let mut other = s3_origin("media", "media.s3.us-east-1.amazonaws.com");
        other.origin_access_control_id = Some(text("EOAC"));
        let scene = Scene::s3("assets")
            .add(other)
            .origin_access_control("EOAC", "s3", "never");
        scene.fails(&RULE, expect![[r#"
            warning at /EOAC
              origin `main` has the origin access control `EOAC`, which never signs, so only public content reaches viewers
              help: set SigningBehavior of `EOAC` (EOAC-name) to always, or OriginAccessControlId to a control that signs
              origin: main
              paths: `*`
            warning at /EOAC
              origin `media` has the origin access control `EOAC`, which never signs, so only public content reaches viewers
              help: set SigningBehavior of `EOAC` (EOAC-name) to always, or OriginAccessControlId to a control that signs
              origin: media
        "#]]);
    }

    #[test]
    fn passes_when_it_signs() {
        for behavior in ["always", "no-override", "always-amz-auth"] {
            Scene::s3("assets")
                .origin_access_control("EOAC", "s3", behavior)
                .passes(&RULE);
        }
    }

    #[test]
    fn passes_without_one() {
        Scene::custom("api.example.com").passes(&RULE);
    }

    #[test]
    fn passes_for_one_that_the_account_has_not() {
        Scene::s3("assets")
            .no_origin_access_control("EOAC")
            .passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_when_it_was_not_asked_for() {
        Scene::s3("assets").passes_with_unknowns(
            &RULE,
            expect![[r#"
            unknown: origin access control `EOAC`, not asked for
              needs: a run with an AWS account
        "#]],
        );
    }
}
