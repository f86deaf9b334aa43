use crate::distribution::Origin;
use crate::facts::{Acls, BucketAccess, Unknown};
use crate::finding::Findings;
use crate::policy::{Element, Grant, Policy, Reason, Text};
use crate::rule::Severity;
use crate::rules::{Case, KnownOrigin};

use crate::rules::shared::access::{Access, Signer, Unsigning};
use crate::rules::shared::source::Sources;
use crate::rules::shared::statement::{Policied, Wanted};
use crate::rules::shared::unidentified::Unidentified;

rule! {
    /// ## What it does
    /// Buckets of this account whose policy does not let CloudFront read the objects of an origin:
    /// as this distribution (through an origin access control), as the origin access identity, or,
    /// at a website endpoint and wherever else CloudFront does not sign, as an anonymous reader.
    ///
    /// ## Why is this bad?
    /// It deploys quietly, and viewers get 403 for every object. The usual causes: a new bucket
    /// without a policy, a stack that replaced the policy with the grant, and a policy that names
    /// the `AWS:SourceArn` of another distribution, such as the primary's for a staging one, which
    /// has an ARN of its own. An origin access control whose `SigningBehavior` is `never` signs
    /// nothing, so that S3 answers as it answers anybody. A statement that denies requests from outside a VPC or a network
    /// denies CloudFront too. For a distribution that is still to be created it is a warning: a
    /// policy that names its ARN can only come after it. It is a warning too for an origin access
    /// identity where ACLs are enabled, since the ACL of each object may allow it. New buckets
    /// block public access and ignore ACLs, so that a website endpoint answers 403 until their
    /// policy allows public reads and the block is lifted (the block of the account is not
    /// checked). What depends on condition keys whose values no call reports is listed as not
    /// decidable. A website endpoint supports only plain HTTP, so a statement that denies plain
    /// HTTP denies every request.
    ///
    /// ## Example
    /// ```json
    /// {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
    ///  "Resource": "arn:aws:s3:::example-assets/*", "Condition": {"StringEquals":
    ///   {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E1ANOTHERONE"}}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
    ///  "Resource": "arn:aws:s3:::example-assets/*", "Condition": {"StringEquals":
    ///   {"AWS:SourceArn": ["arn:aws:cloudfront::111122223333:distribution/E1ANOTHERONE",
    ///                      "arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE1GUARD"]}}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// AssetsPolicy:
    ///   Type: AWS::S3::BucketPolicy
    ///   Properties:
    ///     Bucket: !Ref AssetsBucket
    ///     PolicyDocument:
    ///       Statement:
    ///         - Effect: Allow
    ///           Principal: {Service: cloudfront.amazonaws.com}
    ///           Action: s3:GetObject
    ///           Resource: !GetAtt AssetsBucket.Arn # the bucket, not its objects
    /// # good
    /// AssetsPolicy:
    ///   Type: AWS::S3::BucketPolicy
    ///   Properties:
    ///     Bucket: !Ref AssetsBucket
    ///     PolicyDocument:
    ///       Statement:
    ///         - Effect: Allow
    ///           Principal: {Service: cloudfront.amazonaws.com}
    ///           Action: s3:GetObject
    ///           Resource: !Sub ${AssetsBucket.Arn}/*
    ///           Condition:
    ///             StringEquals:
    ///               AWS:SourceArn: !Sub arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Site}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// statement {
    ///   actions   = ["s3:GetObject"]
    ///   resources = [aws_s3_bucket.assets.arn] # the bucket, not its objects
    ///   principals {
    ///     type        = "Service"
    ///     identifiers = ["cloudfront.amazonaws.com"]
    ///   }
    /// }
    /// # good
    /// statement {
    ///   actions   = ["s3:GetObject"]
    ///   resources = ["${aws_s3_bucket.assets.arn}/*"]
    ///   principals {
    ///     type        = "Service"
    ///     identifiers = ["cloudfront.amazonaws.com"]
    ///   }
    ///   condition {
    ///     test     = "StringEquals"
    ///     variable = "AWS:SourceArn"
    ///     values   = [aws_cloudfront_distribution.site.arn]
    ///   }
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Add the statement that the finding prints to the bucket policy, in the template that owns
    /// the policy: otherwise its next deployment removes the grant again. It is for this
    /// distribution alone; of one that is not created yet, put the ID in once there is one. Except
    /// the distribution from a statement that denies it by the condition that the finding prints:
    /// all conditions of a statement must hold, so that it takes nothing from the others. Set the
    /// `SigningBehavior` of a control that never signs to `always`. Don't make the bucket public.
    ///
    /// ## References
    /// - [Restrict access to an Amazon S3 origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html)
    /// - [IAM condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
    "ungranted-bucket-access", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let sources = Sources::new(case);
    let mut unidentified = Unidentified::new(["bucket policy", "bucket policies"]);
    for subject in case.origins() {
        let origin = subject.origin;
        let Some(access) = Access::of(&sources, subject, findings) else {
            continue;
        };
        let Some(policy) = findings.need(&origin.place, &access.known.policy) else {
            continue;
        };
        let grant = match policy {
            // All objects below the origin path, not the bucket: a grant on the folder that is
            // served is enough.
            Some(policy) => access.ask(policy, "s3:GetObject", Text::Below(&access.objects())),
            // Without a policy CloudFront's service principal has no access: it is in no account.
            None => Grant::NotGranted { nearest: None },
        };
        match &grant {
            Grant::Granted => {
                // RestrictPublicBuckets limits a public policy to AWS services and the bucket's own
                // account, and an unsigned request is neither
                // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html).
                if is_restricted(&access, findings) {
                    let problem = "allows public reads, which its public access block \
                         overrides (RestrictPublicBuckets)";
                    add(case, &access, policy.as_ref(), &grant, problem, findings);
                }
                viewers_may_sign(case, subject, &access, findings);
            }
            Grant::Undecided(reason) => {
                if !unidentified.takes(&access, reason, access.bucket.as_str()) {
                    undecided(&access, reason.to_string(), findings);
                }
            }
            Grant::Denied(reason) => {
                let problem = format!(
                    "denies this to {}: {reason}",
                    access.reader().trim_end_matches(',')
                );
                add(case, &access, policy.as_ref(), &grant, &problem, findings);
            }
            Grant::NotGranted { nearest } => match (acls_count(&access, findings), access.signer) {
                // Each object may be public by its ACL, which no call on the bucket shows.
                (Some(true), Signer::Unsigned { .. }) => {
                    undecided(&access, "the ACL of each object".to_owned(), findings);
                }
                (None, Signer::Unsigned { .. }) => {}
                _ => {
                    let problem = missing(&access, policy.is_some(), nearest.as_ref());
                    add(case, &access, policy.as_ref(), &grant, &problem, findings);
                }
            },
        }
    }
    unidentified.report(case, findings);
}

fn undecided(access: &Access<'_, '_>, on: String, findings: &mut Findings) {
    let origin = access.origin;
    let bucket = access.bucket.as_str();
    findings.undecided(
        &origin.place,
        Unknown::undecidable("bucket access", bucket, on),
    );
}

/// Under `no-override` a request with an `Authorization` header of its viewer is not signed by
/// CloudFront, so that what the policy says to CloudFront decides only the others.
fn viewers_may_sign<'a>(
    case: &Case<'a>,
    subject: &KnownOrigin<'a>,
    access: &Access<'_, '_>,
    findings: &mut Findings,
) {
    let control = case.origin_access_control_of(subject, findings);
    if let Some((id, Some(control))) = control
        && control.signing_behavior == "no-override"
    {
        let on = format!(
            "SigningBehavior of `{id}` is no-override, so that S3 answers a request with an \
             Authorization header of the viewer by that header"
        );
        undecided(access, on, findings);
    }
}

/// Whether the public access block overrides a policy that allows public reads.
fn is_restricted(access: &Access<'_, '_>, findings: &mut Findings) -> bool {
    matches!(access.signer, Signer::Unsigned { .. })
        && findings
            .need(&access.origin.place, &access.known.public_access_block)
            .is_some_and(|block| block.restrict_public_buckets)
}

/// Whether the ACL of an object may allow the reader where the policy does not.
fn acls_count(access: &Access<'_, '_>, findings: &mut Findings) -> Option<bool> {
    let BucketAccess {
        public_access_block: block,
        acls,
        ..
    } = access.known;
    let ignored = block.known().is_some_and(|block| block.ignore_public_acls);
    match access.signer {
        // An ACL can name canonical users and groups, and no service principal.
        Signer::Control => Some(false),
        Signer::Unsigned { .. } if ignored => Some(false),
        _ if acls.known() == Some(&Acls::Off) => Some(false),
        Signer::Unsigned { .. } => findings
            .need(&access.origin.place, block)
            .and(findings.need(&access.origin.place, acls))
            .map(|_| true),
        Signer::Identity { .. } => findings.need(&access.origin.place, acls).map(|_| true),
    }
}

fn add(
    case: &Case<'_>,
    access: &Access<'_, '_>,
    policy: Option<&Policy>,
    grant: &Grant<'_>,
    problem: &str,
    findings: &mut Findings,
) {
    let (origin, bucket) = (access.origin, access.bucket);
    let unsigned = match access.signer {
        Signer::Unsigned {
            control: Some(Unsigning { id, .. }),
            ..
        } => format!(" without a signature, since `{id}` never signs,"),
        _ => ",".to_owned(),
    };
    let finding = findings
        .add(
            &origin.domain_name.place,
            format!(
                "origin {} reads `{}*`{unsigned} and the policy of bucket `{bucket}` {problem}",
                origin.name(),
                access.objects()
            ),
        )
        .origin(case.reach(), origin)
        .remedy(remedy(case, access, policy));
    match grant {
        Grant::Denied(reason) => {
            finding.evidence("statement", reason.statement);
        }
        Grant::NotGranted {
            nearest: Some(reason),
        } => {
            finding.evidence("nearest statement", reason);
        }
        _ => {}
    }
    // Where something that is not read may let the reader in, the refusal is not proven.
    if may_work(case, origin, access, grant) {
        finding.severity(Severity::Warning);
    }
}

fn remedy(case: &Case<'_>, access: &Access<'_, '_>, policy: Option<&Policy>) -> String {
    let (bucket, below) = (access.bucket, access.objects());
    let wanted = Wanted {
        sid: "AllowCloudFrontRead",
        action: "s3:GetObject",
        resource: Text::Below(&below),
        statement_resource: &format!("{below}*"),
    };
    let of = Policied {
        policy: format!("the policy of bucket `{bucket}`"),
        is_in_document: bucket.is_symbolic() || case.facts.bucket_policies.contains_key(bucket),
    };
    let steps = access.steps(policy, &wanted, &of);
    match access.signer.how_to_sign() {
        Some(sign) if steps.is_empty() => sign,
        Some(sign) => format!("{sign}, and {steps}"),
        None => steps,
    }
}

/// Whether objects may be read all the same, in a way that no call reports.
fn may_work(case: &Case<'_>, origin: &Origin, access: &Access<'_, '_>, grant: &Grant<'_>) -> bool {
    match (grant, access.signer) {
        // A function at the edge can sign.
        (_, Signer::Unsigned { .. }) => case.reach().edge_decides(origin),
        // Nothing outweighs an explicit deny.
        (Grant::Denied(_), _) => false,
        // The ACLs of objects may allow an identity.
        (_, Signer::Identity { .. }) => access.known.acls.known() != Some(&Acls::Off),
        // A policy that comes with the distribution will not be another one.
        (_, Signer::Control) => {
            access.is_to_be_created() && !case.facts.bucket_policies.contains_key(access.bucket)
        }
    }
}

fn missing(access: &Access<'_, '_>, has_policy: bool, nearest: Option<&Reason<'_>>) -> String {
    let reader = access.reader();
    match nearest {
        None if has_policy => format!("allows nothing to {}", reader.trim_end_matches(',')),
        None => format!("is missing, so that {reader} gets 403 for them"),
        Some(Reason {
            element: Element::Condition { key, expected, .. },
            statement,
        }) if key.eq_ignore_ascii_case("aws:SourceArn")
            && matches!(access.signer, Signer::Control) =>
        {
            format!(
                "does not allow {}: statement `{statement}` is for `{expected}`",
                reader.trim_end_matches(',')
            )
        }
        Some(reason) => format!(
            "does not allow {}: the closest is {reason}",
            reader.trim_end_matches(',')
        ),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use serde_json::{Value, json};

    use super::*;
    use crate::distribution::{AccountId, EdgeEvent, S3Endpoint};
    use crate::facts::{Bucket, Fact, PublicAccessBlock, Website};
    use crate::rules::testing::{Scene, all_fail, custom_origin, foreign, ours, text};

    const ARN: &str = "arn:aws:cloudfront::111122223333:distribution/E1";
    const OTHER: &str = "arn:aws:cloudfront::111122223333:distribution/E2";

    #[expect(clippy::needless_pass_by_value, reason = "tables are read more easily")]
    fn grant(condition: Value) -> Value {
        json!({"Sid": "Read", "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::assets/*", "Condition": condition})
    }

    fn scene(statements: &[Value]) -> Scene {
        let mut scene = Scene::s3("assets")
            .origin_access_control("EOAC", "s3", "always")
            .bucket("assets", ours("us-east-1"))
            .bucket_policy(
                "assets",
                Some(&json!({"Version": "2012-10-17", "Statement": statements})),
            );
        scene.candidate.id = Some("E1".into());
        scene.facts.account = AccountId::parse("111122223333");
        scene
    }

    fn identity(user: &str) -> Scene {
        let arn = format!("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {user}");
        let mut statement = grant(json!({}));
        statement["Principal"] = json!({"AWS": arn});
        scene(&[statement])
            .identity("origin-access-identity/cloudfront/E1OAI")
            .origin_access_identity("E1OAI", true)
    }

    #[test]
    fn fails_for_a_policy_that_names_another_distribution_with_both_arns() {
        scene(&[grant(json!({"StringEquals": {"AWS:SourceArn": OTHER}}))])
            .fails(&RULE, expect![[r#"
                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` does not allow this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`: statement `Read` is for `arn:aws:cloudfront::111122223333:distribution/E2`
                  help: add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_with_a_warning_for_an_identity_that_the_acls_of_objects_may_let_in() {
        identity("E2OTHER").fails(&RULE, expect![[r#"
            warning at /assets.s3.us-east-1.amazonaws.com
              origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` does not allow the origin access identity `E1OAI`: the closest is statement `Read`: Principal
              help: add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1OAI"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*"}
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_without_a_policy() {
        scene(&[])
            .bucket_policy("assets", None)
            .fails(&RULE, expect![[r#"
                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` is missing, so that this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`, gets 403 for them
                  help: add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_a_policy_that_lets_only_another_principal_or_folder() {
        let mut role = grant(json!({}));
        role["Principal"] = json!({"AWS": "arn:aws:iam::111122223333:role/admin"});
        scene(&[role]).fails(&RULE, expect![[r#"
            error at /assets.s3.us-east-1.amazonaws.com
              origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` does not allow this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`: the closest is statement `Read`: Principal
              help: add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
              origin: main
              paths: `*`
        "#]]);
        let mut folder = grant(json!({}));
        folder["Resource"] = json!("arn:aws:s3:::assets/site/*");
        scene(&[folder])
            .with(|origin| origin.origin_path = Some(text("/other")))
            .fails(&RULE, expect![[r#"
                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/other/*`, and the policy of bucket `assets` does not allow this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`: the closest is statement `Read`: Resource
                  help: add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/other/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_a_denial_outside_a_vpc() {
        let deny = json!({"Sid": "OnlyVpc", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": "arn:aws:s3:::assets/*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}});
        scene(&[grant(json!({})), deny]).fails(&RULE, expect![[r#"
            error at /assets.s3.us-east-1.amazonaws.com
              origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` denies this to this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`: statement `OnlyVpc`: StringNotEquals aws:SourceVpce vpce-1
              help: except this distribution: add {"StringNotEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}} to the Condition of statement `OnlyVpc` of the policy of bucket `assets`
              origin: main
              paths: `*`
        "#]]);
    }

    fn deny(condition: &Value) -> Value {
        json!({"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": ["arn:aws:s3:::assets", "arn:aws:s3:::assets/*"], "Condition": condition})
    }

    #[test]
    fn fails_for_a_denial_of_other_accounts_or_distributions_with_an_exception_for_this_one() {
        all_fail(
            &RULE,
            [
                json!({"StringNotEquals": {"aws:SourceAccount": "444455556666"}}),
                json!({"StringNotEquals": {"AWS:SourceArn": OTHER}}),
                json!({"StringNotEquals": {"AWS:SourceArn": OTHER, "aws:SourceVpce": "vpce-1"}}),
                json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}),
            ]
            .map(|condition| scene(&[grant(json!({})), deny(&condition)])),
            expect![[r#"
                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` denies this to this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`: statement `No`: StringNotEquals aws:SourceAccount 444455556666
                  help: except this distribution: add {"StringNotEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}} to the Condition of statement `No` of the policy of bucket `assets`
                  origin: main
                  paths: `*`

                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` denies this to this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`: statement `No`: StringNotEquals AWS:SourceArn arn:aws:cloudfront::111122223333:distribution/E2
                  help: add `arn:aws:cloudfront::111122223333:distribution/E1` to StringNotEquals AWS:SourceArn of statement `No` of the policy of bucket `assets`
                  origin: main
                  paths: `*`

                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` denies this to this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`: statement `No`: StringNotEquals AWS:SourceArn arn:aws:cloudfront::111122223333:distribution/E2
                  help: add `arn:aws:cloudfront::111122223333:distribution/E1` to StringNotEquals AWS:SourceArn of statement `No` of the policy of bucket `assets`
                  origin: main
                  paths: `*`

                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` denies this to this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`: statement `No`: StringEquals aws:SourceAccount 111122223333
                  help: except this distribution: add {"StringNotEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}} to the Condition of statement `No` of the policy of bucket `assets`
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_with_both_steps_where_one_statement_denies_and_none_allows() {
        let denial = deny(&json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}));
        let other =
            json!({"StringEquals": {"AWS:SourceArn": OTHER, "aws:SourceAccount": "111122223333"}});
        scene(&[grant(other), denial]).fails(&RULE, expect![[r#"
            error at /assets.s3.us-east-1.amazonaws.com
              origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` denies this to this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`: statement `No`: StringNotEquals aws:PrincipalOrgID o-1
              help: except this distribution: add {"StringNotEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}} to the Condition of statement `No` of the policy of bucket `assets`; then add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_another_account_with_a_statement_for_this_distribution_alone() {
        let account = json!({"StringEquals": {"AWS:SourceAccount": "444455556666"}});
        scene(&[grant(account)]).fails(&RULE, expect![[r#"
            error at /assets.s3.us-east-1.amazonaws.com
              origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` does not allow this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`: the closest is statement `Read`: StringEquals AWS:SourceAccount 444455556666
              help: add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_distribution_without_an_id_with_a_placeholder_and_no_wider_condition() {
        let mut unknown = scene(&[]);
        unknown.candidate.id = None;
        unknown.facts.account = None;
        unknown.fails(&RULE, expect![[r#"
            warning at /assets.s3.us-east-1.amazonaws.com
              origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` allows nothing to this distribution
              help: add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::ACCOUNT_ID:distribution/DISTRIBUTION_ID"}}}, with the distribution's account and, once it is created, its ID in the places of ACCOUNT_ID and DISTRIBUTION_ID
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_private_bucket_behind_a_control_that_never_signs() {
        all_fail(
            &RULE,
            [
                scene(&[grant(json!({"StringEquals": {"AWS:SourceArn": ARN}}))]),
                scene(&[]),
                scene(&[]).bucket_policy("assets", None),
            ]
            .map(|scene| {
                scene
                    .origin_access_control("EOAC", "s3", "never")
                    .public_access("assets", BLOCKED, Acls::Off)
            }),
            expect![[r#"
                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/*` without a signature, since `EOAC` never signs, and the policy of bucket `assets` does not allow an unsigned request: the closest is statement `Read`: StringEquals AWS:SourceArn arn:aws:cloudfront::111122223333:distribution/E1
                  help: set SigningBehavior of `EOAC` (EOAC-name) to always
                  origin: main
                  paths: `*`

                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/*` without a signature, since `EOAC` never signs, and the policy of bucket `assets` allows nothing to an unsigned request
                  help: set SigningBehavior of `EOAC` (EOAC-name) to always, and add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
                  origin: main
                  paths: `*`

                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/*` without a signature, since `EOAC` never signs, and the policy of bucket `assets` is missing, so that an unsigned request gets 403 for them
                  help: set SigningBehavior of `EOAC` (EOAC-name) to always, and add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn passes_for_a_public_bucket_behind_a_control_that_never_signs() {
        let public = |scene: Scene| scene.origin_access_control("EOAC", "s3", "never");
        public(scene(&[public_read()])).passes(&RULE);
        // The ACL of each object may allow it.
        public(scene(&[])).passes_with_unknowns(
            &RULE,
            expect![[r#"
            unknown: bucket access `assets`, not decidable: the ACL of each object
              needs: manual review
        "#]],
        );
    }

    #[test]
    fn passes_with_an_unknown_for_a_control_that_leaves_signatures_of_viewers() {
        let own = grant(json!({"StringEquals": {"AWS:SourceArn": ARN}}));
        scene(&[own])
            .origin_access_control("EOAC", "s3", "no-override")
            .passes_with_unknowns(&RULE, expect![[r#"
                unknown: bucket access `assets`, not decidable: SigningBehavior of `EOAC` is no-override, so that S3 answers a request with an Authorization header of the viewer by that header
                  needs: manual review
            "#]]);
    }

    #[test]
    fn fails_for_another_identity() {
        identity("E2OAI").fails(&RULE, expect![[r#"
            warning at /assets.s3.us-east-1.amazonaws.com
              origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` does not allow the origin access identity `E1OAI`: the closest is statement `Read`: Principal
              help: add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1OAI"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*"}
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_with_an_error_for_an_identity_where_acls_do_not_count() {
        identity("E2OTHER")
            .public_access("assets", PublicAccessBlock::default(), Acls::Off)
            .fails(&RULE, expect![[r#"
                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` does not allow the origin access identity `E1OAI`: the closest is statement `Read`: Principal
                  help: add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1OAI"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*"}
                  origin: main
                  paths: `*`
            "#]]);
    }

    const BLOCKED: PublicAccessBlock = PublicAccessBlock {
        ignore_public_acls: true,
        restrict_public_buckets: true,
    };

    fn website(statements: &[Value]) -> Scene {
        let mut site = scene(statements).website("assets", Website::On);
        let origin = custom_origin("main", "assets.s3-website-us-east-1.amazonaws.com");
        site.candidate.origins = vec![origin];
        site
    }

    fn public_read() -> Value {
        json!({"Sid": "Public", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::assets/*"})
    }

    #[test]
    fn fails_for_a_website_that_is_not_public() {
        website(&[])
            .public_access("assets", BLOCKED, Acls::Off)
            .fails(&RULE, expect![[r#"
                error at /assets.s3-website-us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` allows nothing to an unsigned request
                  help: read the bucket's REST endpoint with S3OriginConfig and an OriginAccessControlId, and add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_a_public_policy_behind_a_public_access_block() {
        all_fail(
            &RULE,
            [
                website(&[public_read()]),
                scene(&[public_read()]).with(|origin| origin.origin_access_control_id = None),
            ]
            .map(|scene| scene.public_access("assets", BLOCKED, Acls::Off)),
            expect![[r#"
                error at /assets.s3-website-us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` allows public reads, which its public access block overrides (RestrictPublicBuckets)
                  help: read the bucket's REST endpoint with S3OriginConfig and an OriginAccessControlId
                  origin: main
                  paths: `*`

                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` allows public reads, which its public access block overrides (RestrictPublicBuckets)
                  help: read the bucket's REST endpoint with S3OriginConfig and an OriginAccessControlId
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_website_whose_policy_denies_plain_http() {
        let deny = json!({"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}});
        website(&[public_read(), deny.clone()]).fails(&RULE, expect![[r#"
            error at /assets.s3-website-us-east-1.amazonaws.com
              origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` denies this to an unsigned request: statement `Tls`: Bool aws:SecureTransport false
              help: read the bucket's REST endpoint with S3OriginConfig and an OriginAccessControlId
              origin: main
              paths: `*`
        "#]]);
        scene(&[public_read(), deny])
            .with(|origin| origin.origin_access_control_id = None)
            .passes(&RULE);
    }

    #[test]
    fn fails_with_a_warning_where_a_function_may_sign() {
        let scene = scene(&[])
            .with(|origin| origin.origin_access_control_id = None)
            .with_behavior(|b| b.edge_events = vec![EdgeEvent::OriginRequest])
            .public_access("assets", BLOCKED, Acls::Off);
        scene.fails(&RULE, expect![[r#"
            warning at /assets.s3.us-east-1.amazonaws.com
              origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` allows nothing to an unsigned request
              help: read the bucket's REST endpoint with S3OriginConfig and an OriginAccessControlId, and add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_a_public_website_and_for_one_that_only_redirects() {
        website(&[public_read()]).passes(&RULE);
        for website_fact in [Website::RedirectsTo("b".to_owned()), Website::Routes] {
            website(&[])
                .website("assets", website_fact)
                .public_access("assets", BLOCKED, Acls::Off)
                .passes(&RULE);
        }
    }

    #[test]
    fn passes_with_an_unknown_where_the_acl_of_each_object_may_allow_public_reads() {
        website(&[]).passes_with_unknowns(
            &RULE,
            expect![[r#"
            unknown: bucket access `assets`, not decidable: the ACL of each object
              needs: manual review
        "#]],
        );
    }

    #[test]
    fn fails_as_a_warning_for_a_distribution_to_be_created() {
        let mut scene = scene(&[]);
        scene.candidate.id = None;
        scene.fails(&RULE, expect![[r#"
            warning at /assets.s3.us-east-1.amazonaws.com
              origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` allows nothing to a new distribution of account 111122223333
              help: add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/DISTRIBUTION_ID"}}}, with the distribution's ID, once it is created, in the place of DISTRIBUTION_ID
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_the_arn_of_the_primary_where_a_staging_distribution_reads() {
        let mut scene = scene(&[grant(json!({"StringEquals": {"AWS:SourceArn": OTHER}}))]);
        scene.candidate.staging = true;
        scene.fails(&RULE, expect![[r#"
            error at /assets.s3.us-east-1.amazonaws.com
              origin `main` reads `arn:aws:s3:::assets/*`, and the policy of bucket `assets` does not allow this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`: statement `Read` is for `arn:aws:cloudfront::111122223333:distribution/E2`
              help: add to the policy of bucket `assets`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_this_distribution() {
        scene(&[grant(
            json!({"StringEquals": {"AWS:SourceArn": [OTHER, ARN]}}),
        )])
        .passes(&RULE);
        scene(&[grant(
            json!({"StringEquals": {"AWS:SourceAccount": "111122223333"}}),
        )])
        .passes(&RULE);
    }

    #[test]
    fn passes_for_a_folder_that_holds_the_origin_path() {
        let mut folder = grant(json!({}));
        folder["Resource"] = json!("arn:aws:s3:::assets/site/*");
        scene(&[folder])
            .with(|origin| origin.origin_path = Some(text("/site/v1")))
            .passes(&RULE);
    }

    #[test]
    fn passes_for_the_identity() {
        identity("E1OAI").passes(&RULE);
        let mut statement = grant(json!({}));
        statement["Principal"] = json!({"CanonicalUser": "canonical-E1OAI"});
        let policy = json!({"Statement": [statement]});
        identity("E1OAI")
            .bucket_policy("assets", Some(&policy))
            .passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_for_a_condition_that_no_call_reports() {
        let referer = grant(json!({"StringLike": {"aws:Referer": "https://example.com/*"}}));
        scene(&[referer]).passes_with_unknowns(&RULE, expect![[r#"
            unknown: bucket access `assets`, not decidable: statement `Read`: StringLike aws:Referer (value not shown)
              needs: manual review
        "#]]);
    }

    #[test]
    fn passes_with_an_unknown_for_a_new_distribution_where_one_is_named() {
        let mut scene = scene(&[grant(json!({"StringEquals": {"AWS:SourceArn": OTHER}}))]);
        scene.candidate.id = None;
        scene.passes_with_unknowns(&RULE, expect![[r#"
            unknown: bucket policy `E2`, not decidable: the bucket policy of `assets` allows only distribution E2
              needs: `--distribution` (`distribution` in UserParameters), which names it
        "#]]);
    }

    #[test]
    fn passes_with_one_unknown_for_all_policies_of_a_distribution_that_is_not_known_to_be_another()
    {
        let named = grant(json!({"StringEquals": {"AWS:SourceArn": OTHER}}));
        let mut scene = scene(std::slice::from_ref(&named));
        for bucket in ["b1", "b2"] {
            let mut origin = scene.candidate.origins[0].clone();
            origin.id = text(bucket);
            origin.domain_name = text(&format!("{bucket}.s3.us-east-1.amazonaws.com"));
            origin.s3_endpoint = S3Endpoint::of(&origin.domain_name);
            let mut named = named.clone();
            named["Resource"] = json!(format!("arn:aws:s3:::{bucket}/*"));
            scene = scene
                .add(origin)
                .bucket(bucket, ours("us-east-1"))
                .bucket_policy(bucket, Some(&json!({"Statement": [named]})));
        }
        scene.candidate.id = None;
        scene.candidate.etag = Some("E1ETAG".into());
        scene.passes_with_unknowns(&RULE, expect![[r#"
            blocking unknown: bucket policy `E2`, the candidate does not say which distribution it is: 3 bucket policies allow only distribution E2
              needs: `--distribution` (`distribution` in UserParameters), which names it
        "#]]);
    }

    #[test]
    fn passes_for_what_other_rules_are_about() {
        scene(&[])
            .bucket("assets", foreign("us-east-1"))
            .passes(&RULE);
        scene(&[]).no_origin_access_control("EOAC").passes(&RULE);
        Scene::custom("api.example.com").passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_when_the_bucket_could_not_be_checked() {
        let scene = Scene::s3("assets").origin_access_control("EOAC", "s3", "always");
        let denied = scene.clone().bucket_denied("assets");
        denied.passes_with_unknowns(
            &RULE,
            expect![[r#"
            blocking unknown: bucket `assets`, denied: the guard has no s3:ListBucket for it
              needs: s3:ListBucket
        "#]],
        );
        let owner = Bucket::Exists {
            region: None,
            owner: Fact::not_asked("bucket owner", "assets"),
        };
        let unowned = scene.bucket("assets", owner);
        unowned.passes_with_unknowns(
            &RULE,
            expect![[r#"
            unknown: bucket owner `assets`, not asked for
              needs: a run with an AWS account
        "#]],
        );
    }

    #[test]
    fn passes_with_an_unknown_when_it_was_not_asked_for() {
        let scene = Scene::s3("assets").origin_access_control("EOAC", "s3", "always");
        scene.passes_with_unknowns(
            &RULE,
            expect![[r#"
            unknown: bucket access `assets`, not asked for
              needs: a run with an AWS account
        "#]],
        );
    }
}
