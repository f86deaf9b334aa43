use crate::distribution::AccountId;
use crate::facts::{Bucket, Owner};
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins whose S3 bucket belongs to an account that is neither this one nor allowed.
    ///
    /// ## Why is this bad?
    /// CloudFront does not check the owner: the update deploys quietly, and viewers get what
    /// another account puts into the bucket, under your domain. Bucket names are global, so a
    /// deleted bucket, a typo or a name copied from an example can belong to another account.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets-old.s3.eu-west-1.amazonaws.com"}
    /// ```
    /// Use instead a bucket of your own:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.eu-west-1.amazonaws.com"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: assets
    ///     DomainName: example-assets-old.s3.eu-west-1.amazonaws.com
    ///     OriginAccessControlId: !GetAtt AssetsAccess.Id
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
    ///   origin_id   = "assets"
    ///   domain_name = "example-assets-old.s3.eu-west-1.amazonaws.com"
    /// }
    /// # good
    /// data "aws_s3_bucket" "assets" {
    ///   bucket = "example-assets"
    /// }
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = data.aws_s3_bucket.assets.bucket_regional_domain_name
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Point `DomainName` at your own bucket. If a bucket of a partner or of another account of
    /// yours is intended, add its owner's 12-digit account ID to the setting
    /// `ORIGIN_GUARD_BUCKET_OWNERS`. S3 confirms the owner only to principals that the bucket
    /// policy allows: until the policy grants the guard `s3:ListBucket`, the owner is not known,
    /// and the verdict cannot be a pass. Add the statement that the report prints, or declare the
    /// origin's `bucket` and `account` in the contract: then the unknown owner is only listed.
    /// Don't wait until the other account deletes the bucket.
    ///
    /// ## References
    /// - [Bucket owner condition](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html)
    /// - [Security Hub: CloudFront.12](https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-12)
    "foreign-bucket", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for known in case.origins() {
        let origin = known.origin;
        let Some((bucket, Bucket::Exists { owner, .. })) = case.bucket_of(known, findings) else {
            continue;
        };
        match findings.need(&origin.place, owner) {
            Some(Owner::Foreign) => {}
            Some(Owner::NotOurs(why)) => {
                findings.undecided(&origin.place, case.undecided_owner(origin, bucket, why));
                continue;
            }
            // Accounts of ORIGIN_GUARD_BUCKET_OWNERS and of the contract are the team's decision.
            Some(Owner::Ours | Owner::Allowed(_)) | None => continue,
        }
        // S3 never says which other account owns a bucket; only such a name does.
        let account = bucket.account_regional().map(|name| name.account);
        let account = account.as_ref();
        let whose = account.map_or_else(
            || "another account".to_owned(),
            |id| format!("account {id}"),
        );
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} points at bucket `{bucket}`, which {whose} owns, so that \
                     account decides what viewers get",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .evidence("bucket", bucket)
            .evidence(
                "owner",
                account.map_or("neither this account nor an allowed one", AccountId::as_str),
            )
            .remedy(format!(
                "point DomainName at a bucket of your own, or, if `{bucket}` is intended, add \
                 {} to \
                 ORIGIN_GUARD_BUCKET_OWNERS",
                account.map_or("its owner's account ID", AccountId::as_str)
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::contract::{Contract, OriginTerms};
    use crate::distribution::Region;
    use crate::facts::Fact;
    use crate::rules::testing::{self, Scene, all_pass_with_unknowns};

    fn owned_by(owner: Fact<Owner>) -> Scene {
        let region = Region::parse("us-east-1");
        Scene::s3("assets").bucket("assets", Bucket::Exists { region, owner })
    }

    #[test]
    fn fails_for_a_bucket_of_another_account() {
        owned_by(Fact::Known(Owner::Foreign)).fails(&RULE, expect![[r#"
            error at /assets.s3.us-east-1.amazonaws.com
              origin `main` points at bucket `assets`, which another account owns, so that account decides what viewers get
              help: point DomainName at a bucket of your own, or, if `assets` is intended, add its owner's account ID to ORIGIN_GUARD_BUCKET_OWNERS
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_website_endpoint() {
        Scene::custom("x.s3-website-us-east-1.amazonaws.com")
            .bucket("x", testing::foreign("us-east-1"))
            .fails(&RULE, expect![[r#"
                error at /x.s3-website-us-east-1.amazonaws.com
                  origin `main` points at bucket `x`, which another account owns, so that account decides what viewers get
                  help: point DomainName at a bucket of your own, or, if `x` is intended, add its owner's account ID to ORIGIN_GUARD_BUCKET_OWNERS
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_with_the_account_that_the_name_carries() {
        let name = "assets-111122223333-us-east-1-an";
        Scene::s3(name)
            .bucket(name, testing::foreign("us-east-1"))
            .fails(&RULE, expect![[r#"
                error at /assets-111122223333-us-east-1-an.s3.us-east-1.amazonaws.com
                  origin `main` points at bucket `assets-111122223333-us-east-1-an`, which account 111122223333 owns, so that account decides what viewers get
                  help: point DomainName at a bucket of your own, or, if `assets-111122223333-us-east-1-an` is intended, add 111122223333 to ORIGIN_GUARD_BUCKET_OWNERS
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn passes_for_our_own_and_an_allowed_accounts() {
        owned_by(Fact::Known(Owner::Ours)).passes(&RULE);
        owned_by(Fact::Known(Owner::Allowed(
            AccountId::parse("111122223333").unwrap(),
        )))
        .passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_for_an_owner_that_s3_does_not_report() {
        let closed = || owned_by(Fact::Known(Owner::NotOurs(testing::closed("assets"))));
        let declared = |bucket: &str, owner: &str| {
            let terms = OriginTerms {
                bucket: Some(bucket.to_owned()),
                account: AccountId::parse(owner),
                ..OriginTerms::default()
            };
            let mut contract = Contract::default();
            contract.origins.insert("main".to_owned(), terms);
            let mut scene = closed().contract(contract);
            scene.facts.account = AccountId::parse("111122223333");
            scene
        };
        let scenes = [
            closed(),
            declared("assets", "444455556666"),
            declared("another", "444455556666"),
            declared("assets", "111122223333"),
        ];
        all_pass_with_unknowns(
            &RULE,
            scenes,
            expect![[r#"
            blocking unknown: bucket owner `assets`, closed: it is another account's
              needs: a grant

            unknown: bucket owner `assets`, not decidable: it is another account's
              needs: a grant

            blocking unknown: bucket owner `assets`, closed: it is another account's
              needs: a grant

            blocking unknown: bucket owner `assets`, closed: it is another account's
              needs: a grant
        "#]],
        );
    }

    #[test]
    fn passes_for_a_missing_bucket_which_another_rule_names() {
        Scene::s3("gone")
            .bucket("gone", Bucket::Missing)
            .passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_when_the_owner_is_unknown() {
        owned_by(Fact::not_asked("bucket owner", "assets")).passes_with_unknowns(
            &RULE,
            expect![[r#"
                unknown: bucket owner `assets`, not asked for
                  needs: a run with an AWS account
            "#]],
        );
    }

    #[test]
    fn passes_with_an_unknown_when_it_could_not_be_checked() {
        Scene::s3("assets")
            .bucket_denied("assets")
            .passes_with_unknowns(
                &RULE,
                expect![[r#"
                blocking unknown: bucket `assets`, denied: the guard has no s3:ListBucket for it
                  needs: s3:ListBucket
            "#]],
            );
        Scene::s3("assets").passes_with_unknowns(
            &RULE,
            expect![[r#"
            unknown: bucket `assets`, not asked for
              needs: a run with an AWS account
        "#]],
        );
    }
}
