use crate::change::Swap;
use crate::facts::{Bucket, Contents, Owner};
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins that move from their bucket in the baseline to a bucket that is empty. S3 is asked
    /// for a single object of the new bucket.
    ///
    /// ## Why is this bad?
    /// A bucket that was created only so that the deployment passes is the wrong fix: CloudFront
    /// deploys it quietly, and every viewer gets 403 or 404 instead of what the old bucket served.
    ///
    /// ## Example
    /// `example-assets-v2` was made for this change and is empty:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets-v2.s3.eu-west-1.amazonaws.com"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.eu-west-1.amazonaws.com"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins: # AssetsV2 is empty
    ///   - {Id: assets, DomainName: !GetAtt AssetsV2.RegionalDomainName, S3OriginConfig: {OriginAccessIdentity: ""}}
    /// # good
    /// Origins: # until the content is copied
    ///   - {Id: assets, DomainName: !GetAtt Assets.RegionalDomainName, S3OriginConfig: {OriginAccessIdentity: ""}}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin { # assets_v2 is empty
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets_v2.bucket_regional_domain_name
    /// }
    /// # good
    /// origin { # until the content is copied
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Copy the objects and the grants first, then move the origin; or set the origin back to the
    /// old bucket.
    ///
    /// ## References
    /// - [ListObjectsV2](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html)
    "placeholder-bucket", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(sides) = &case.sides else {
        return;
    };
    for Swap { origin, was, is } in sides.swapped_buckets() {
        // Other rules report a bucket that is missing or belongs to another account.
        let Some((_, Bucket::Exists { owner, .. })) = case.bucket_of(&case.known(origin), findings)
        else {
            continue;
        };
        if findings.need(&origin.place, owner) != Some(&Owner::Ours) {
            continue;
        }
        let Some(access) = case.facts.bucket_access.get(is) else {
            continue;
        };
        // One object is enough to end the rule: which ones viewers need is not known to it.
        if findings.need(&origin.place, &access.contents) != Some(&Contents::Nothing) {
            continue;
        }
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} moves from bucket `{was}` to `{is}`, which is empty",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .evidence("bucket before", was)
            .evidence("bucket after", is)
            .remedy(format!(
                "copy the objects that viewers request to `{is}` first, or set DomainName back \
                 to bucket `{was}`; an empty bucket only makes the deployment pass"
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::facts::{BucketAccess, Fact, ProbeFailure, Unknown};
    use crate::rules::testing::{Scene, all_pass_with_unknowns, foreign, ours};

    fn moved(contents: Fact<Contents>) -> Scene {
        let mut scene = Scene::s3("assets-v2")
            .baseline(Scene::s3("assets-v1").candidate)
            .bucket("assets-v2", ours("us-east-1"));
        let access = BucketAccess {
            contents,
            ..BucketAccess::not_asked("assets-v2")
        };
        let name = crate::distribution::BucketName::new("assets-v2");
        scene.facts.bucket_access.insert(name, access);
        scene
    }

    #[test]
    fn fails_for_a_bucket_with_nothing_in_it() {
        moved(Fact::Known(Contents::Nothing)).fails(&RULE, expect![[r#"
            warning at /assets-v2.s3.us-east-1.amazonaws.com
              origin `main` moves from bucket `assets-v1` to `assets-v2`, which is empty
              help: copy the objects that viewers request to `assets-v2` first, or set DomainName back to bucket `assets-v1`; an empty bucket only makes the deployment pass
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_with_every_path_that_it_serves() {
        let scene = moved(Fact::Known(Contents::Nothing)).behavior("/img/*", "main");
        scene.fails(&RULE, expect![[r#"
            warning at /assets-v2.s3.us-east-1.amazonaws.com
              origin `main` moves from bucket `assets-v1` to `assets-v2`, which is empty
              help: copy the objects that viewers request to `assets-v2` first, or set DomainName back to bucket `assets-v1`; an empty bucket only makes the deployment pass
              origin: main
              paths: `/img/*`, `*`
        "#]]);
    }

    #[test]
    fn fails_for_each_origin_that_moves() {
        let mut scene = moved(Fact::Known(Contents::Nothing));
        let second = crate::rules::testing::text("second");
        for config in [Some(&mut scene.candidate), scene.baseline.as_mut()]
            .into_iter()
            .flatten()
        {
            let mut origin = config.origins[0].clone();
            origin.id = second.clone();
            config.origins.push(origin);
        }
        scene.fails(&RULE, expect![[r#"
            warning at /assets-v2.s3.us-east-1.amazonaws.com
              origin `main` moves from bucket `assets-v1` to `assets-v2`, which is empty
              help: copy the objects that viewers request to `assets-v2` first, or set DomainName back to bucket `assets-v1`; an empty bucket only makes the deployment pass
              origin: main
              paths: `*`
            warning at /assets-v2.s3.us-east-1.amazonaws.com
              origin `second` moves from bucket `assets-v1` to `assets-v2`, which is empty
              help: copy the objects that viewers request to `assets-v2` first, or set DomainName back to bucket `assets-v1`; an empty bucket only makes the deployment pass
              origin: second
        "#]]);
    }

    #[test]
    fn passes_for_a_bucket_with_objects() {
        moved(Fact::Known(Contents::Objects)).passes(&RULE);
    }

    #[test]
    fn passes_for_a_bucket_of_another_account() {
        let scene = moved(Fact::Known(Contents::Nothing));
        scene
            .bucket("assets-v2", foreign("us-east-1"))
            .passes(&RULE);
    }

    #[test]
    fn passes_without_a_baseline_and_for_the_same_bucket() {
        let mut scene = moved(Fact::Known(Contents::Nothing));
        scene.baseline = None;
        scene.passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_for_a_bucket_that_could_not_be_read() {
        let why = ProbeFailure::Denied {
            permission: "s3:ListBucket",
        };
        let unknown = Unknown::probe_failed("bucket contents", "assets-v2", why);
        let contents = moved(Fact::Unknown(unknown));
        let bucket = moved(Fact::Known(Contents::Nothing)).bucket_denied("assets-v2");
        all_pass_with_unknowns(
            &RULE,
            [contents, bucket],
            expect![[r#"
            unknown: bucket contents `assets-v2`, denied: the guard has no s3:ListBucket for it
              needs: s3:ListBucket

            unknown: bucket `assets-v2`, denied: the guard has no s3:ListBucket for it
              needs: s3:ListBucket
        "#]],
        );
    }
}
