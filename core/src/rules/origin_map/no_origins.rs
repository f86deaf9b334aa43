use crate::distribution::Behavior;
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Distributions without an origin.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config: `Origins` must hold at least one item, and every behavior
    /// would fail with `NoSuchOrigin`. The usual cause is a template whose list of origins is built
    /// from an empty variable.
    ///
    /// CloudFront's model words it: `NoSuchOrigin`, "No origin exists with the specified Origin Id."
    ///
    /// ## Example
    /// ```json
    /// {"Origins": {"Quantity": 0}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Origins": {"Quantity": 1, "Items": [{"Id": "assets",
    ///   "DomainName": "example-assets.s3.eu-west-1.amazonaws.com",
    ///   "S3OriginConfig": {"OriginAccessIdentity": ""}}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins: !Ref AWS::NoValue
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
    /// dynamic "origin" {
    ///   for_each = var.origins # an empty map
    ///   content {
    ///     origin_id   = origin.key
    ///     domain_name = origin.value
    ///   }
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
    /// Add the origins that the behaviors target. Don't add a dummy origin just to pass: viewers
    /// would get what it answers.
    ///
    /// ## References
    /// - [Origins](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origins.html)
    "no-origins", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    if !case.candidate.origins.is_empty() || case.candidate.leaves_open(&["Origins"]).is_some() {
        return;
    }
    let before = case.baseline().map_or(0, |baseline| baseline.origins.len());
    findings
        .add(
            &case.candidate.place,
            "the candidate has no origin, so no behavior can be served",
        )
        .paths(
            case.candidate
                .all_behaviors()
                .map(Behavior::pattern_text)
                .collect(),
        )
        .remedy(match before {
            0 => "add to Origins the origins that the behaviors target".to_owned(),
            _ => format!("add back to Origins the {before} that this change removes"),
        });
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::Distribution;
    use crate::rules::testing::Scene;

    fn without_origins(mut scene: Scene) -> Scene {
        scene.candidate.origins.clear();
        scene
    }

    #[test]
    fn fails_without_origins() {
        without_origins(Scene::s3("assets")).fails(
            &RULE,
            expect![[r#"
                error at the whole config
                  the candidate has no origin, so no behavior can be served
                  help: add to Origins the origins that the behaviors target
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_and_says_how_many_this_change_removes() {
        let baseline = Scene::s3("assets").origin("api").candidate;
        let scene = without_origins(Scene::s3("assets")).baseline(baseline);
        scene.fails(
            &RULE,
            expect![[r#"
                error at the whole config
                  the candidate has no origin, so no behavior can be served
                  help: add back to Origins the 2 that this change removes
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_an_empty_config() {
        let mut scene = Scene::s3("assets");
        scene.candidate = Distribution::default();
        scene.fails(
            &RULE,
            expect![[r#"
            error at the whole config
              the candidate has no origin, so no behavior can be served
              help: add to Origins the origins that the behaviors target
        "#]],
        );
    }

    #[test]
    fn passes_with_one_origin() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_with_several_origins() {
        Scene::s3("assets").origin("api").passes(&RULE);
    }

    #[test]
    fn passes_with_an_origin_that_only_the_deployment_knows() {
        Scene::custom("${Host}").passes(&RULE);
    }
}
