use std::collections::BTreeMap;

use crate::facts::OriginAccessControl;
use crate::finding::Findings;
use crate::nearest::Nearest;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins whose `OriginAccessControlId` the account does not have.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidOriginAccessControl`. The usual cause is an ID
    /// that was copied from another account, or the name of the control instead of its ID.
    ///
    /// CloudFront's model words it: `InvalidOriginAccessControl`, "The origin access control is not
    /// valid."
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "OriginAccessControlId": "example-assets-oac"}
    /// ```
    /// Use instead the ID:
    /// ```json
    /// {"Id": "assets", "OriginAccessControlId": "E2EXAMPLE1OAC"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: !GetAtt AssetsBucket.RegionalDomainName
    ///     OriginAccessControlId: example-assets-oac # its name
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: !GetAtt AssetsBucket.RegionalDomainName
    ///     OriginAccessControlId: !GetAtt AssetsAccess.Id
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id                = "assets"
    ///   domain_name              = aws_s3_bucket.assets.bucket_regional_domain_name
    ///   origin_access_control_id = aws_cloudfront_origin_access_control.assets.name
    /// }
    /// # good
    /// origin {
    ///   origin_id                = "assets"
    ///   domain_name              = aws_s3_bucket.assets.bucket_regional_domain_name
    ///   origin_access_control_id = aws_cloudfront_origin_access_control.assets.id
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Set the ID of a control of this account (`aws cloudfront list-origin-access-controls`), or
    /// create one in the same template and refer to it. Don't clear the field: without a control S3
    /// answers only for public objects.
    ///
    /// ## References
    /// - [OriginAccessControl](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControl.html)
    "unknown-origin-access-control", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let controls = controls(case);
    let mut nearest = Nearest::default();
    for known in case.origins() {
        let origin = known.origin;
        let Some((field, None)) = case.origin_access_control_of(known, findings) else {
            continue;
        };
        if case.candidate.has_variable(&field.place) {
            continue;
        }
        let remedy = match successor(&controls, field.spelling(), &mut nearest) {
            Some(id) => format!(
                "set OriginAccessControlId to `{id}`, the closest ID that \
                 exists"
            ),
            None => format!(
                "set OriginAccessControlId to the ID of a control of this account, or create the \
                 control in the same change; `{field}` may be a name, or the ID of a control in another account"
            ),
        };
        findings
            .add(
                &field.place,
                format!(
                    "origin {} names the origin access control `{field}`, which the account does not have",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .evidence("GetOriginAccessControl", "NoSuchOriginAccessControl")
            .remedy(remedy);
    }
}

/// The controls that exist, by ID.
fn controls<'a>(case: &Case<'a>) -> BTreeMap<&'a str, &'a OriginAccessControl> {
    let known = case.facts.origin_access_controls.iter();
    known
        .filter_map(|(id, fact)| Some((id.as_str(), fact.known()?.as_ref()?)))
        .collect()
}

/// A control that has this name, or an ID that is nearly this.
fn successor<'a>(
    controls: &BTreeMap<&'a str, &OriginAccessControl>,
    text: &str,
    nearest: &mut Nearest,
) -> Option<&'a str> {
    // A control's name may stand in the place of its ID, and is then the best hint.
    let named = controls.iter().find(|(_, control)| control.name == text);
    let near = || {
        nearest
            .few(text, controls.keys().copied(), 1)
            .first()
            .copied()
    };
    named.map(|(id, _)| *id).or_else(near)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, text};

    #[test]
    fn fails_for_an_id_that_does_not_exist() {
        Scene::s3("assets")
            .no_origin_access_control("EOAC")
            .fails(&RULE, expect![[r#"
                error at /EOAC
                  origin `main` names the origin access control `EOAC`, which the account does not have
                  help: set OriginAccessControlId to the ID of a control of this account, or create the control in the same change; `EOAC` may be a name, or the ID of a control in another account
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_with_the_nearest_id_that_exists() {
        let scene = Scene::s3("assets").no_origin_access_control("EOAC");
        scene
            .origin_access_control("EOAC2", "s3", "always")
            .fails(&RULE, expect![[r#"
                error at /EOAC
                  origin `main` names the origin access control `EOAC`, which the account does not have
                  help: set OriginAccessControlId to `EOAC2`, the closest ID that exists
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_a_name_and_says_its_id() {
        let scene =
            Scene::s3("assets").with(|o| o.origin_access_control_id = Some(text("E7-name")));
        let scene = scene.no_origin_access_control("E7-name");
        scene
            .origin_access_control("E7", "s3", "always")
            .fails(&RULE, expect![[r#"
                error at /E7-name
                  origin `main` names the origin access control `E7-name`, which the account does not have
                  help: set OriginAccessControlId to `E7`, the closest ID that exists
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn passes_when_the_account_has_it() {
        Scene::s3("assets")
            .origin_access_control("EOAC", "s3", "always")
            .passes(&RULE);
    }

    #[test]
    fn passes_without_one() {
        Scene::custom("api.example.com").passes(&RULE);
        Scene::s3("assets")
            .with(|o| o.origin_access_control_id = Some(text("")))
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
