//! In whose name CloudFront asks a bucket of ours for which objects.

use crate::distribution::{
    AccountId, BucketName, CustomOriginConfig, Origin, OriginAccessIdentity, OriginKind,
    OriginProtocolPolicy, Partition, Region, S3Endpoint,
};
use crate::facts::{Bucket, BucketAccess, Fact, Owner, Unknown, Website};
use crate::finding::Findings;
use crate::policy::{Asker, Grant, Policy, Question, Text, Via};
use crate::rules::{Case, KnownOrigin};

use super::source::{PARTITIONS, Source, Sources};
use super::statement::{Policied, Reader, Wanted};

/// A bucket of ours and who reads it for an origin.
pub(in crate::rules) struct Access<'s, 'a> {
    pub bucket: &'a BucketName,
    pub known: &'a BucketAccess,
    pub signer: Signer<'a>,
    source: &'s Source,
    account: Option<&'a str>,
    pub partition: &'static str,
    pub origin: &'a Origin,
}

/// Who signs.
#[derive(Clone, Copy)]
pub(in crate::rules) enum Signer<'a> {
    /// CloudFront's service principal, through an origin access control.
    Control,
    /// An origin access identity.
    Identity {
        id: &'a str,
        canonical_user: Option<&'a str>,
    },
    /// An unsigned request: S3 answers as it answers everyone.
    Unsigned {
        /// Whether CloudFront asks over TLS, at least for viewers that do.
        tls: bool,
        /// The origin access control that never signs.
        control: Option<Unsigning<'a>>,
    },
}

/// An origin access control whose `SigningBehavior` is `never`.
#[derive(Clone, Copy)]
pub(in crate::rules) struct Unsigning<'a> {
    pub id: &'a str,
    pub name: &'a str,
}

impl<'s, 'a> Access<'s, 'a> {
    /// Where CloudFront reads objects of a bucket that is ours, and what is needed to judge is
    /// known. Anything else is for the rules about buckets, controls, identities and websites.
    pub(crate) fn of(
        sources: &'s Sources<'_, 'a>,
        subject: &KnownOrigin<'a>,
        findings: &mut Findings,
    ) -> Option<Self> {
        let case = sources.case;
        let place = &subject.origin.place;
        let endpoint = subject.origin.s3_endpoint.as_ref()?;
        let bucket = subject.bucket?;
        // Its policy decides too, and its alias is no bucket.
        if case.facts.access_point(endpoint).is_some() {
            return None;
        }
        let signer = signer(case, subject, endpoint, findings)?;
        let Some(fact) = subject.bucket_fact else {
            findings.undecided(place, not_asked(bucket));
            return None;
        };
        let Bucket::Exists { owner, region } = findings.need(place, fact)? else {
            return None;
        };
        // Only the owner can read a bucket's policy, and `foreign-bucket` reports the others.
        if findings.need(place, owner)? != &Owner::Ours {
            return None;
        }
        let Some(known) = subject.access else {
            findings.undecided(place, not_asked(bucket));
            return None;
        };
        let of_name = || Some(bucket.account_regional()?.region);
        let region = region.clone().or_else(of_name);
        let region = region.as_ref().map_or("", Region::as_str);
        let partition = partition(endpoint.partition, region)?;
        let account = case.facts.account.as_ref().map(AccountId::as_str);
        Some(Self {
            bucket,
            known,
            signer,
            source: sources.of(partition),
            account,
            partition,
            origin: subject.origin,
        })
    }

    /// The ARN of everything below the origin path.
    pub(crate) fn objects(&self) -> String {
        let (bucket, folder) = (self.bucket.as_str(), folder(self.origin));
        let slash = if folder.is_empty() { "" } else { "/" };
        ["arn:", self.partition, ":s3:::", bucket, "/", folder, slash].concat()
    }

    /// What a policy says to this reader.
    pub(crate) fn ask<'p>(
        &self,
        policy: &'p Policy,
        action: &str,
        resource: Text<'_>,
    ) -> Grant<'p> {
        let asker = match self.signer {
            Signer::Control => self.source.asker(),
            Signer::Identity { id, canonical_user } => Asker::Identity { id, canonical_user },
            Signer::Unsigned { tls, .. } => Asker::Anonymous { tls },
        };
        policy.grants(&self.question(asker, action, resource))
    }

    fn question<'q>(
        &'q self,
        asker: Asker<'q>,
        action: &'q str,
        resource: Text<'q>,
    ) -> Question<'q> {
        Question {
            asker,
            action,
            resource,
            resource_account: self.account,
            via: Via::Directly,
        }
    }

    /// Whether the distribution is still to be created: what lets it in may come with it.
    pub(crate) fn is_to_be_created(&self) -> bool {
        matches!(self.signer, Signer::Control) && self.source.is_to_be_created()
    }

    /// Whether it is not known which distribution asks.
    pub(crate) fn is_unidentified(&self) -> bool {
        self.source.is_to_be_created()
    }

    /// The reader in messages.
    pub(crate) fn reader(&self) -> String {
        match self.signer {
            Signer::Identity { id, .. } => format!("the origin access identity `{id}`"),
            Signer::Unsigned { .. } => "an unsigned request".to_owned(),
            Signer::Control => self.source.in_words(),
        }
    }

    /// What to change in a policy so that it lets this reader do what is wanted; where CloudFront does
    /// not sign, so that it lets the distribution do it once it does.
    pub(crate) fn steps(
        &self,
        policy: Option<&Policy>,
        wanted: &Wanted<'_>,
        of: &Policied,
    ) -> String {
        let (asker, reader) = match self.signer {
            Signer::Identity { id, canonical_user } => (
                Asker::Identity { id, canonical_user },
                Reader::Identity {
                    id,
                    partition: self.partition,
                },
            ),
            Signer::Control | Signer::Unsigned { .. } => (
                self.source.asker(),
                Reader::Distribution(self.source.arn(of.is_in_document)),
            ),
        };
        let question = self.question(asker, wanted.action, wanted.resource);
        reader.steps(policy, &question, wanted, of)
    }
}

impl Signer<'_> {
    /// How to make CloudFront sign; nothing where it does.
    pub(crate) fn how_to_sign(self) -> Option<String> {
        match self {
            Signer::Control | Signer::Identity { .. } => None,
            Signer::Unsigned {
                control: Some(Unsigning { id, name }),
                ..
            } => Some(format!("set SigningBehavior of `{id}` ({name}) to always")),
            Signer::Unsigned { control: None, .. } => Some(
                "read the bucket's REST endpoint with S3OriginConfig and an OriginAccessControlId"
                    .to_owned(),
            ),
        }
    }
}

/// Who signs, where objects are read at all; an origin with both is for mixed-origin-access.
fn signer<'a>(
    case: &Case<'a>,
    subject: &KnownOrigin<'a>,
    endpoint: &S3Endpoint,
    findings: &mut Findings,
) -> Option<Signer<'a>> {
    let origin = subject.origin;
    let place = &origin.place;
    let serves = match origin.kind() {
        OriginKind::S3 => !endpoint.is_website(),
        // A website that redirects or is off reads no object, so no grant is missing.
        OriginKind::Custom => !endpoint.is_website() || serves_objects(case, endpoint),
        OriginKind::Vpc | OriginKind::Ambiguous | OriginKind::Undecided => false,
    };
    if !serves {
        return None;
    }
    match (
        origin.origin_access_control(),
        origin.origin_access_identity(),
    ) {
        (None, None) => {
            let custom = origin.custom.as_ref();
            let policy = custom.and_then(CustomOriginConfig::protocol_policy);
            // A policy may deny requests without TLS (`aws:SecureTransport`); website endpoints
            // have none.
            let tls = !endpoint.is_website() && policy != Some(OriginProtocolPolicy::HttpOnly);
            let control = None;
            Some(Signer::Unsigned { tls, control })
        }
        // A control or identity on a custom origin with an S3 host is reported by another rule.
        _ if origin.kind() == OriginKind::Custom => None,
        (Some(_), None) => {
            let (id, control) = case.origin_access_control_of(subject, findings)?;
            // A control of another type is `mismatched-origin-access-control`'s: who would sign is
            // not known then.
            let control = control.filter(|control| control.origin_type == "s3")?;
            if control.signing_behavior != "never" {
                return Some(Signer::Control);
            }
            let (id, name) = (id.spelling(), control.name.as_str());
            Some(Signer::Unsigned {
                tls: true,
                control: Some(Unsigning { id, name }),
            })
        }
        (None, Some(OriginAccessIdentity::Id(id))) => {
            let Some(fact) = case.facts.origin_access_identities.get(id) else {
                findings.need(place, &case.facts.origin_access_identity(id));
                return None;
            };
            let user = findings
                .need(place, fact)?
                .as_ref()?
                .canonical_user
                .as_str();
            let canonical_user = Some(user).filter(|user| !user.is_empty());
            Some(Signer::Identity { id, canonical_user })
        }
        _ => None,
    }
}

/// Whether a website endpoint is known to answer with objects, and nothing else.
fn serves_objects(case: &Case<'_>, endpoint: &S3Endpoint) -> bool {
    let website = endpoint
        .bucket()
        .and_then(|bucket| case.facts.websites.get(bucket));
    matches!(website, Some(Fact::Known(Website::On)))
}

fn not_asked(bucket: &BucketName) -> Unknown {
    if bucket.is_symbolic() {
        return Unknown::not_decided("bucket access", bucket.as_str());
    }
    match Fact::<()>::not_asked("bucket access", bucket.as_str()) {
        Fact::Unknown(unknown) => unknown,
        Fact::Known(()) => Unknown::undecidable("bucket access", bucket.as_str(), "not asked"),
    }
}

/// The name in ARNs; of the isolated partitions there are none to judge.
fn partition(partition: Partition, region: &str) -> Option<&'static str> {
    let [commercial, gov_cloud, china, sovereign] = PARTITIONS;
    match partition {
        Partition::Aws if region.starts_with("us-gov-") => Some(gov_cloud),
        Partition::Aws => Some(commercial),
        Partition::China => Some(china),
        Partition::EuropeanSovereign => Some(sovereign),
        Partition::Isolated(_) => None,
    }
}

/// The origin path as the beginning of keys, without its slash. Up to an escape or a query: what that
/// stands for is S3's to read, and a wider question cannot raise a false alarm.
pub(in crate::rules) fn folder(origin: &Origin) -> &str {
    let path = origin.origin_path.as_ref().and_then(|path| path.known());
    let path = path.map_or("", String::as_str).trim_matches('/');
    match path.split_once(['%', '?']) {
        // What is encoded becomes another text in the key, so only the folders before it are
        // certain.
        Some((before, _)) => before.rsplit_once('/').map_or("", |(folder, _)| folder),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::rule::Severity;
    use crate::rules::origin_map::ungranted_bucket_access::RULE;
    use crate::rules::testing::{Scene, ours};

    /// A distribution that a template makes, and the bucket policy, as the template has it.
    fn scene(account: &str, policy: Option<&Value>) -> Scene {
        let mut scene = Scene::s3("assets")
            .origin_access_control("EOAC", "s3", "always")
            .bucket("assets", ours("us-east-1"))
            .bucket_policy("assets", None);
        scene.candidate.arn = Some(arn(account, "${Cdn}"));
        let policy = policy.map(|policy| Policy::of_template(policy).unwrap());
        let access = scene.facts.bucket_access.values_mut().next().unwrap();
        access.policy = Fact::Known(policy);
        scene
    }

    fn arn(account: &str, id: &str) -> String {
        format!("arn:aws:cloudfront::{account}:distribution/{id}")
    }

    const ACCOUNTS: [&str; 2] = ["111122223333", "${AWS::AccountId}"];

    #[test]
    fn what_a_template_makes_is_still_to_be_created() {
        for (account, reader) in [
            (ACCOUNTS[0], "a new distribution of account 111122223333"),
            (ACCOUNTS[1], "this distribution"),
        ] {
            let condition = format!(r#""AWS:SourceArn":"{}""#, arn(account, "DISTRIBUTION_ID"));
            let condition = condition.replace("${AWS::AccountId}", "ACCOUNT_ID");
            let finding = scene(account, None).one_finding(&RULE);
            assert_eq!(finding.severity, Severity::Warning);
            let expected = format!("so that {reader} gets 403 for them");
            assert!(finding.message.ends_with(&expected), "{}", finding.message);
            assert!(
                finding.remediation.contains(&condition),
                "{}",
                finding.remediation
            );
        }
    }

    #[test]
    fn what_a_template_makes_is_let_in_by_its_own_name() {
        for account in ACCOUNTS {
            for condition in [
                json!({"StringEquals": {"AWS:SourceArn": arn(account, "${Cdn}")}}),
                json!({"StringEquals": {"AWS:SourceAccount": account}}),
            ] {
                let statement = json!({"Effect": "Allow", "Principal": {"Service": Asker::CLOUDFRONT},
                    "Action": "s3:GetObject", "Resource": "arn:aws:s3:::assets/*", "Condition": condition});
                let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
                let scene = scene(account, Some(&policy));
                scene.passes(&RULE);
            }
        }
    }
}
