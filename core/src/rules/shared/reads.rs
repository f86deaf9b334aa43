//! What the access rules find of the reads of one object, for what is no verdict.

use serde::Serialize;

use crate::distribution::Origin;
use crate::facts::{Acls, Fact};
use crate::finding::Findings;
use crate::policy::{Grant, Text};
use crate::rules::origin_map::ungranted_bucket_access::RULE;
use crate::rules::shared::access::{Access, Signer};
use crate::rules::shared::source::Sources;
use crate::rules::shared::unchecked_grant::unchecked_grant;
use crate::rules::{Case, KnownOrigin};

/// Whether an origin's requests are let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "allowed", content = "why", rename_all = "kebab-case")]
pub enum Allowed {
    /// They are.
    Yes,
    /// They are not, for this reason.
    No(String),
    /// It could not be checked, for this cause.
    Unknown(String),
}

/// What an origin may read of its bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reads {
    /// `s3:GetObject` on the object.
    pub object: Allowed,
    /// `s3:ListBucket` on the bucket, without which S3 answers 403 where a key is missing.
    pub listing: Allowed,
    /// Whether what is unknown of these could not be read, so that a retry or a permission may show it.
    #[serde(skip)]
    pub is_retried: bool,
}

/// What an origin may read of its bucket, asking for a key.
#[must_use]
pub(crate) fn reads<'a>(case: &Case<'a>, origin: &'a Origin, key: &str) -> Reads {
    let subject = case.known(origin);
    let unknown = |why: String, is_retried: bool| Reads {
        object: Allowed::Unknown(why.clone()),
        listing: Allowed::Unknown(why),
        is_retried,
    };
    // An access point has a policy of its own, beside which the bucket's proves nothing.
    if let Some(unchecked) = unchecked_grant(case, &subject) {
        return unknown(unchecked.cause_text(), unchecked.blocks());
    }
    let sources = Sources::new(case);
    // Only its unknowns are read: a trace reports no finding.
    let mut findings = Findings::new(&RULE.info);
    let Some(access) = Access::of(&sources, &subject, &mut findings) else {
        let is_retried = findings.unknowns.iter().any(|it| it.unknown.blocks());
        return unknown(why_unknown(&findings, &subject), is_retried);
    };
    let policy = match &access.known.policy {
        Fact::Unknown(why) => {
            let text = format!("the bucket policy: {}", why.cause_text());
            return unknown(text, why.blocks());
        }
        Fact::Known(policy) => policy.as_ref(),
    };
    // A policy that the source itself puts on the bucket will not be another one.
    let may_come =
        access.is_to_be_created() && !case.facts.bucket_policies.contains_key(access.bucket);
    let bucket = format!("arn:{}:s3:::{}", access.partition, access.bucket);
    let ask = |action: &str, resource: &str| {
        let missing = Grant::NotGranted { nearest: None };
        let grant = policy.map_or(missing, |it| access.ask(it, action, Text::Is(resource)));
        allowed(&access, may_come, action, &grant)
    };
    Reads {
        object: ask("s3:GetObject", &format!("{bucket}/{key}")),
        listing: ask("s3:ListBucket", &bucket),
        is_retried: access.known.public_access_block.is_retried() || access.known.acls.is_retried(),
    }
}

fn why_unknown(findings: &Findings, subject: &KnownOrigin<'_>) -> String {
    let first = findings.unknowns.first();
    let cause = first.map(|needed| {
        let unknown = &needed.unknown;
        format!("{}: {}", unknown.fact, unknown.cause_text())
    });
    cause.unwrap_or_else(|| match subject.bucket_fact {
        Some(Fact::Known(_)) => "its bucket is not this account's".to_owned(),
        _ => "it is not checked for this kind of origin".to_owned(),
    })
}

fn allowed(access: &Access<'_, '_>, may_come: bool, action: &str, grant: &Grant<'_>) -> Allowed {
    let block = access.known.public_access_block.known();
    let is_public = matches!(access.signer, Signer::Unsigned { .. });
    match grant {
        // RestrictPublicBuckets limits a public policy to AWS services and the bucket's own
        // account.
        Grant::Granted if is_public => match block {
            Some(block) if block.restrict_public_buckets => Allowed::No(
                "its public access block overrides the policy (RestrictPublicBuckets)".to_owned(),
            ),
            Some(_) => Allowed::Yes,
            None => Allowed::Unknown("its public access block is not known".to_owned()),
        },
        Grant::Granted => Allowed::Yes,
        Grant::Denied(reason) => Allowed::No(format!("{reason} denies it")),
        Grant::Undecided(reason) => Allowed::Unknown(format!("it depends on {reason}")),
        Grant::NotGranted { nearest } => {
            // With ACLs off, or public ones ignored, the policy alone decides.
            let acls = access.known.acls.known() == Some(&Acls::Off)
                || is_public && block.is_some_and(|block| block.ignore_public_acls);
            match nearest {
                _ if !acls && !matches!(access.signer, Signer::Control) => {
                    Allowed::Unknown("the ACL may allow it".to_owned())
                }
                _ if may_come => Allowed::Unknown(
                    "the distribution is not created, and its grant may come after it".to_owned(),
                ),
                Some(reason) => Allowed::No(format!(
                    "the bucket policy does not allow {action}: the closest is {reason}"
                )),
                None => Allowed::No(format!("no bucket policy allows {action}")),
            }
        }
    }
}
