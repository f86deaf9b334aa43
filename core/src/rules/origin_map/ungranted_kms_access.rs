use crate::distribution::AccountId;
use crate::facts::{Encryption, Fact, Unknown};
use crate::finding::{Finding, Findings};
use crate::policy::{Grant, Text};
use crate::rule::Severity;
use crate::rules::Case;

use crate::rules::shared::access::{Access, Signer};
use crate::rules::shared::bucket_region::bucket_region;
use crate::rules::shared::source::Sources;
use crate::rules::shared::statement::{Policied, Wanted};
use crate::rules::shared::unidentified::Unidentified;

rule! {
    /// ## What it does
    /// Buckets of this account that encrypt new objects with a KMS key that CloudFront may not use
    /// to decrypt.
    ///
    /// ## Why is this bad?
    /// It deploys quietly, and viewers get 403 for every object that is encrypted with the key,
    /// whatever the bucket policy grants. An origin access identity cannot read SSE-KMS objects
    /// (only a Lambda@Edge function that signs by itself gets around that), and neither can
    /// unsigned requests. The key `aws/s3` is managed by AWS, and its policy cannot be changed to
    /// allow CloudFront.
    ///
    /// ## Example
    /// A key policy with only:
    /// ```json
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}
    /// ```
    /// Add:
    /// ```json
    /// {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "kms:Decrypt",
    ///  "Resource": "*", "Condition": {"StringEquals":
    ///   {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE1GUARD"}}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// AssetsKey:
    ///   Type: AWS::KMS::Key
    ///   Properties:
    ///     KeyPolicy:
    ///       Statement:
    ///         - Effect: Allow
    ///           Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
    ///           Action: kms:*
    ///           Resource: "*"
    /// # good
    /// AssetsKey:
    ///   Type: AWS::KMS::Key
    ///   Properties:
    ///     KeyPolicy:
    ///       Statement:
    ///         - Effect: Allow
    ///           Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
    ///           Action: kms:*
    ///           Resource: "*"
    ///         - Effect: Allow
    ///           Principal: {Service: cloudfront.amazonaws.com}
    ///           Action: kms:Decrypt
    ///           Resource: "*"
    ///           Condition: # the ID itself: !Ref would be a circle through bucket and key
    ///             StringEquals:
    ///               AWS:SourceArn: !Sub arn:aws:cloudfront::${AWS::AccountId}:distribution/E2EXAMPLE1GUARD
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// statement {
    ///   actions   = ["kms:*"]
    ///   resources = ["*"]
    ///   principals {
    ///     type        = "AWS"
    ///     identifiers = ["arn:aws:iam::111122223333:root"]
    ///   }
    /// }
    /// # good
    /// # beside the statement above
    /// statement {
    ///   actions   = ["kms:Decrypt"]
    ///   resources = ["*"]
    ///   principals {
    ///     type        = "Service"
    ///     identifiers = ["cloudfront.amazonaws.com"]
    ///   }
    ///   condition {
    ///     test     = "StringEquals"
    ///     variable = "AWS:SourceArn"
    ///     values   = ["arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE1GUARD"]
    ///   }
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Use an origin access control, and add the statement that the finding prints to the policy of
    /// the key. Instead of `aws/s3` use a customer managed key, or SSE-S3, and copy the objects
    /// onto themselves: the default encryption applies only to new objects. Don't grant
    /// `kms:Decrypt` without the condition: any distribution of any account could then use the key.
    ///
    /// ## References
    /// - [Restrict access to an Amazon S3 origin: SSE-KMS](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html#oac-permission-sse-kms)
    "ungranted-kms-access", OriginMap, Error, check
}

const SIGN: &str = "read the bucket's REST endpoint with OriginAccessIdentity \"\" and an \
                    OriginAccessControlId that signs, and allow CloudFront kms:Decrypt in the \
                    policy of the key";

const ALLOW: &str = "allow CloudFront kms:Decrypt in the policy of the key";

fn check(case: &Case<'_>, findings: &mut Findings) {
    let sources = Sources::new(case);
    let mut unidentified = Unidentified::new(["key policy", "key policies"]);
    for subject in case.origins() {
        let origin = subject.origin;
        // S3 decrypts such an object for every reader.
        if let Some(access) = subject.access
            && access.encryption == Fact::Known(Encryption::S3Managed)
        {
            continue;
        }
        let Some(access) = Access::of(&sources, subject, findings) else {
            continue;
        };
        let Some(encryption) = findings.need(&origin.place, &access.known.encryption) else {
            continue;
        };
        match (encryption, access.signer) {
            (Encryption::S3Managed, _) => {}
            // The CloudFront guide: an origin access identity does not work with SSE-KMS.
            (_, Signer::Identity { .. }) => {
                let problem = format!("with KMS, which {} cannot decrypt", access.reader());
                add(case, &access, &problem, findings).remedy(SIGN);
            }
            (_, Signer::Unsigned { control, .. }) => {
                let problem = "with KMS, which requests without a signature cannot decrypt";
                let sign = access.signer.how_to_sign().filter(|_| control.is_some());
                let remedy = match sign {
                    Some(sign) => &format!("{sign}, and {ALLOW}"),
                    None => SIGN,
                };
                let finding = add(case, &access, problem, findings).remedy(remedy);
                // A function at the edge can sign.
                if case.reach().edge_decides(origin) {
                    finding.severity(Severity::Warning);
                }
            }
            (Encryption::AwsManagedKey, Signer::Control) => {
                let problem = "with the key `aws/s3`, whose policy cannot allow CloudFront";
                let remedy = "set the bucket's default encryption to SSE-S3 or to a customer \
                     managed KMS key, and copy the objects onto themselves";
                add(case, &access, problem, findings).remedy(remedy);
            }
            (Encryption::CustomerKey(key), Signer::Control) => {
                judge_key(case, &access, key, &mut unidentified, findings);
            }
        }
    }
    unidentified.report(case, findings);
}

fn judge_key<'a>(
    case: &Case<'_>,
    access: &Access<'_, '_>,
    key: &'a str,
    unidentified: &mut Unidentified<'a>,
    findings: &mut Findings,
) {
    let origin = access.origin;
    let fact = case.facts.key_policy(key);
    let Some(policy) = findings.need(&origin.place, &fact) else {
        return;
    };
    let Some(policy) = policy else {
        let problem = format!("with the KMS key `{key}`, which does not exist");
        let remedy = "name a KMS key that exists in the bucket's default encryption";
        add(case, access, &problem, findings).remedy(remedy);
        return;
    };
    let arn = key_arn(case, access, key);
    let grant = access.ask(policy, "kms:Decrypt", Text::Is(&arn));
    let problem = match grant {
        Grant::Granted => return,
        Grant::Undecided(reason) => {
            if !unidentified.takes(access, &reason, key) {
                let unknown = Unknown::undecidable("key access", key, reason.to_string());
                findings.undecided(&origin.place, unknown);
            }
            return;
        }
        Grant::Denied(reason) => {
            format!("denies {} kms:Decrypt: {reason}", access.reader())
        }
        Grant::NotGranted { nearest } => {
            let nearest = nearest.map_or(String::new(), |it| format!(": the closest is {it}"));
            format!("does not grant {} kms:Decrypt{nearest}", access.reader())
        }
    };
    let wanted = Wanted {
        sid: "AllowCloudFrontDecrypt",
        action: "kms:Decrypt",
        resource: Text::Is(&arn),
        statement_resource: "*",
    };
    let of = Policied {
        policy: format!("the policy of key `{key}`"),
        // A reference to the distribution would be a circle through bucket and key.
        is_in_document: false,
    };
    let remedy = access.steps(Some(policy), &wanted, &of);
    let problem = format!("with the KMS key `{key}`, whose policy {problem}");
    let finding = add(case, access, &problem, findings).remedy(remedy);
    // The grant needs the distribution's ARN, so it often follows in the update after the creation.
    if access.is_to_be_created() {
        finding.severity(Severity::Warning);
    }
}

fn add<'f>(
    case: &Case<'_>,
    access: &Access<'_, '_>,
    problem: &str,
    findings: &'f mut Findings,
) -> &'f mut Finding {
    let origin = access.origin;
    findings
        .add(
            &origin.domain_name.place,
            format!(
                "origin {} reads bucket `{}`, which encrypts new objects {problem}",
                origin.name(),
                access.bucket
            ),
        )
        .origin(case.reach(), origin)
}

/// The key's ARN: S3 takes a bare ID too, which is of the bucket's own region and account.
fn key_arn(case: &Case<'_>, access: &Access<'_, '_>, key: &str) -> String {
    if key.starts_with("arn:") {
        return key.to_owned();
    }
    let partition = access.partition;
    let region = bucket_region(case, access.bucket);
    let region = region.as_ref().map_or("", |region| region.as_str());
    let account = case.facts.account.as_ref().map_or("", AccountId::as_str);
    format!("arn:{partition}:kms:{region}:{account}:key/{key}")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use serde_json::{Value, json};

    use super::*;
    use crate::rules::testing::{Scene, foreign, ours};

    const ARN: &str = "arn:aws:cloudfront::111122223333:distribution/E1";
    const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/k1";

    fn scene(encryption: Encryption) -> Scene {
        let mut scene = Scene::s3("assets")
            .origin_access_control("EOAC", "s3", "always")
            .bucket("assets", ours("us-east-1"))
            .bucket_policy("assets", None)
            .encryption("assets", encryption);
        scene.candidate.id = Some("E1".into());
        scene.facts.account = AccountId::parse("111122223333");
        scene
    }

    fn keyed(statement: &Value) -> Scene {
        let root = json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "kms:*", "Resource": "*"});
        scene(Encryption::CustomerKey(KEY.to_owned())).key_policy(
            KEY,
            Some(&json!({"Version": "2012-10-17", "Statement": [root, statement]})),
        )
    }

    fn grant(arn: &str) -> Value {
        json!({"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*",
            "Condition": {"StringEquals": {"AWS:SourceArn": arn}}})
    }

    #[test]
    fn fails_for_a_key_that_does_not_let_cloudfront_in() {
        let other = json!({"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"});
        keyed(&other).fails(&RULE, expect![[r#"
            error at /assets.s3.us-east-1.amazonaws.com
              origin `main` reads bucket `assets`, which encrypts new objects with the KMS key `arn:aws:kms:us-east-1:111122223333:key/k1`, whose policy does not grant this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`, kms:Decrypt: the closest is statement `1`: Principal
              help: add to the policy of key `arn:aws:kms:us-east-1:111122223333:key/k1`: {"Sid":"AllowCloudFrontDecrypt","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_key_that_lets_another_distribution_in() {
        keyed(&grant("arn:aws:cloudfront::111122223333:distribution/E2"))
            .fails(&RULE, expect![[r#"
                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads bucket `assets`, which encrypts new objects with the KMS key `arn:aws:kms:us-east-1:111122223333:key/k1`, whose policy does not grant this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`, kms:Decrypt: the closest is statement `2`: StringEquals AWS:SourceArn arn:aws:cloudfront::111122223333:distribution/E2
                  help: add to the policy of key `arn:aws:kms:us-east-1:111122223333:key/k1`: {"Sid":"AllowCloudFrontDecrypt","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_the_key_of_aws() {
        scene(Encryption::AwsManagedKey).fails(&RULE, expect![[r#"
            error at /assets.s3.us-east-1.amazonaws.com
              origin `main` reads bucket `assets`, which encrypts new objects with the key `aws/s3`, whose policy cannot allow CloudFront
              help: set the bucket's default encryption to SSE-S3 or to a customer managed KMS key, and copy the objects onto themselves
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_an_identity_whatever_the_key() {
        keyed(&grant(ARN))
            .identity("origin-access-identity/cloudfront/E1OAI")
            .origin_access_identity("E1OAI", true)
            .fails(&RULE, expect![[r#"
                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads bucket `assets`, which encrypts new objects with KMS, which the origin access identity `E1OAI` cannot decrypt
                  help: read the bucket's REST endpoint with OriginAccessIdentity "" and an OriginAccessControlId that signs, and allow CloudFront kms:Decrypt in the policy of the key
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_a_key_that_is_gone() {
        let gone = scene(Encryption::CustomerKey("k1".to_owned())).key_policy("k1", None);
        gone.fails(&RULE, expect![[r#"
            error at /assets.s3.us-east-1.amazonaws.com
              origin `main` reads bucket `assets`, which encrypts new objects with the KMS key `k1`, which does not exist
              help: name a KMS key that exists in the bucket's default encryption
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_without_a_signature() {
        Scene::s3("assets")
            .with(|origin| origin.origin_access_control_id = None)
            .bucket("assets", ours("us-east-1"))
            .bucket_policy("assets", None)
            .encryption("assets", Encryption::AwsManagedKey)
            .fails(&RULE, expect![[r#"
                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` reads bucket `assets`, which encrypts new objects with KMS, which requests without a signature cannot decrypt
                  help: read the bucket's REST endpoint with OriginAccessIdentity "" and an OriginAccessControlId that signs, and allow CloudFront kms:Decrypt in the policy of the key
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn passes_for_a_key_that_lets_this_distribution_in() {
        keyed(&grant(ARN)).passes(&RULE);
    }

    #[test]
    fn passes_for_keys_of_s3() {
        scene(Encryption::S3Managed).passes(&RULE);
    }

    #[test]
    fn passes_for_a_bucket_of_another_account() {
        scene(Encryption::AwsManagedKey)
            .bucket("assets", foreign("us-east-1"))
            .passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_for_a_key_that_was_not_asked_for_or_is_not_decidable() {
        let unasked = scene(Encryption::CustomerKey(KEY.to_owned()));
        unasked.passes_with_unknowns(
            &RULE,
            expect![[r#"
            unknown: key policy `arn:aws:kms:us-east-1:111122223333:key/k1`, not asked for
              needs: a run with an AWS account
        "#]],
        );
        let mut open = grant(ARN);
        open["Condition"]["StringEquals"]["kms:ViaService"] = json!("s3.us-east-1.amazonaws.com");
        keyed(&open).passes_with_unknowns(&RULE, expect![[r#"
            unknown: key access `arn:aws:kms:us-east-1:111122223333:key/k1`, not decidable: statement `2`: StringEquals kms:ViaService s3.us-east-1.amazonaws.com
              needs: manual review
        "#]]);
    }
}
