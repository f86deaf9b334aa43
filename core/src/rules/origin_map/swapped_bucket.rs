use crate::change::Swap;
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins that keep their ID but have another bucket than in the baseline.
    ///
    /// ## Why is this bad?
    /// CloudFront deploys it quietly. Every behavior that targets the ID serves from the other
    /// bucket from then on, although no behavior has changed: objects that are not there yet return
    /// 403 or 404, and cached objects hide it until they expire. Bucket policy, encryption and
    /// access control must match the new bucket too.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "DomainName": "assets-v2.s3.us-east-1.amazonaws.com"}
    /// ```
    /// where the baseline has `assets-v1.s3.us-east-1.amazonaws.com`. Use instead:
    /// ```json
    /// {"Id": "assets", "DomainName": "assets-v1.s3.us-east-1.amazonaws.com"},
    /// {"Id": "assets-v2", "DomainName": "assets-v2.s3.us-east-1.amazonaws.com"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins: # the baseline has AssetsV1
    ///   - Id: assets
    ///     DomainName: !GetAtt AssetsV2.RegionalDomainName
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// # good
    /// Origins:
    ///   - Id: assets
    ///     DomainName: !GetAtt AssetsV1.RegionalDomainName
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    ///   - Id: assets-v2
    ///     DomainName: !GetAtt AssetsV2.RegionalDomainName
    ///     S3OriginConfig: {OriginAccessIdentity: ""}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin { # the baseline has assets_v1
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets_v2.bucket_regional_domain_name
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets_v1.bucket_regional_domain_name
    /// }
    /// origin {
    ///   origin_id   = "assets-v2"
    ///   domain_name = aws_s3_bucket.assets_v2.bucket_regional_domain_name
    /// }
    /// ```
    ///
    /// ## How to fix
    /// If it is intended, make sure that the objects are in the new bucket. A new ID beside the old
    /// one lets you move path by path, and back. Otherwise set the old bucket's domain again; don't
    /// create or fill a bucket only because the config names it.
    ///
    /// ## References
    /// - [Origin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html)
    "swapped-bucket", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(sides) = &case.sides else {
        return;
    };
    for Swap { origin, was, is } in sides.swapped_buckets() {
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} changes its bucket from `{was}` to `{is}`",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .evidence("bucket before", was)
            .evidence("bucket after", is)
            .remedy(format!(
                "if this is intended, make sure that `{is}` has the objects that viewers \
                 request; otherwise set DomainName back to bucket `{was}`"
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, custom_origin, text};

    fn now(bucket: &str) -> Scene {
        Scene::s3(bucket).baseline(Scene::s3("assets-v1").candidate)
    }

    #[test]
    fn fails_for_another_bucket_under_the_same_id() {
        now("assets-v2")
            .behavior("/a", "main")
            .fails(&RULE, expect![[r#"
                warning at /assets-v2.s3.us-east-1.amazonaws.com
                  origin `main` changes its bucket from `assets-v1` to `assets-v2`
                  help: if this is intended, make sure that `assets-v2` has the objects that viewers request; otherwise set DomainName back to bucket `assets-v1`
                  origin: main
                  paths: `/a`, `*`
            "#]]);
    }

    #[test]
    fn fails_for_another_bucket_behind_a_website_endpoint() {
        let website = "assets-v2.s3-website-us-east-1.amazonaws.com";
        Scene::of(custom_origin("main", website))
            .baseline(Scene::s3("assets-v1").candidate)
            .fails(&RULE, expect![[r#"
                warning at /assets-v2.s3-website-us-east-1.amazonaws.com
                  origin `main` changes its bucket from `assets-v1` to `assets-v2`
                  help: if this is intended, make sure that `assets-v2` has the objects that viewers request; otherwise set DomainName back to bucket `assets-v1`
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_each_origin_that_swaps() {
        let scene = Scene::s3("b").origin("api");
        let baseline = Scene::s3("a").origin("api").candidate;
        scene.baseline(baseline).fails(&RULE, expect![[r#"
            warning at /b.s3.us-east-1.amazonaws.com
              origin `main` changes its bucket from `a` to `b`
              help: if this is intended, make sure that `b` has the objects that viewers request; otherwise set DomainName back to bucket `a`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_another_endpoint_of_the_same_bucket() {
        Scene::custom("assets-v1.s3.amazonaws.com")
            .baseline(Scene::s3("assets-v1").candidate)
            .passes(&RULE);
        let mut scene = now("assets-v1");
        scene.candidate.origins[0].id = text("other");
        scene.passes(&RULE);
    }

    #[test]
    fn passes_without_a_baseline_and_for_a_new_origin() {
        Scene::s3("assets-v2").passes(&RULE);
        let new = crate::rules::testing::s3_origin("new", "new.s3.us-east-1.amazonaws.com");
        now("assets-v1").add(new).passes(&RULE);
    }

    #[test]
    fn passes_while_the_deployment_decides() {
        Scene::custom("${Bucket.RegionalDomainName}")
            .baseline(Scene::s3("assets-v1").candidate)
            .passes(&RULE);
    }
}
