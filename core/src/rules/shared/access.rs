//! In whose name CloudFront asks a bucket of ours for which objects.

use std::cell::OnceCell;

use serde_json::{Value, json};

use crate::distribution::{
    BucketName, CustomOriginConfig, Origin, OriginAccessIdentity, OriginKind, OriginProtocolPolicy,
    Partition, S3Endpoint, is_open,
};
use crate::facts::{Bucket, BucketAccess, Fact, Owner, Unknown, Website};
use crate::finding::Findings;
use crate::policy::{Asker, Element, Grant, Policy, Question, Text};
use crate::rules::{Case, KnownOrigin};

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

/// Which distribution asks, spelt once for each partition.
pub(in crate::rules) struct Sources<'c, 'a> {
    case: &'c Case<'a>,
    by_partition: [(&'static str, OnceCell<Source>); 4],
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
    /// Nobody: S3 answers what it would answer everybody.
    Nobody {
        /// Whether CloudFront asks over TLS, at least for viewers that do.
        tls: bool,
    },
}

/// Which distribution asks.
struct Source {
    id: SourceId,
    account: Option<String>,
}

enum SourceId {
    /// The one of this ARN.
    Arn(String),
    /// One that is not created, by the ARN that a template spells for it.
    New(String),
    /// One of this account that is not created: what the ARNs there begin with.
    Account(String),
    Unknown,
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
        let signer = signer(case, subject, endpoint, findings)?;
        let Some(fact) = subject.bucket_fact else {
            findings.undecided(place, not_asked(bucket));
            return None;
        };
        let Bucket::Exists { owner, region } = findings.need(place, fact)? else {
            return None;
        };
        if findings.need(place, owner)? != &Owner::Ours {
            return None;
        }
        let Some(known) = subject.access else {
            findings.undecided(place, not_asked(bucket));
            return None;
        };
        let region = match region {
            Some(region) => region.as_str(),
            None => bucket.account_regional().map_or("", |name| name.region),
        };
        let partition = partition(endpoint.partition, region)?;
        let account = case.facts.account.as_deref();
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
            Signer::Control => Asker::CloudFront {
                source_arn: self.source.text(),
                source_account: self.source.account(),
            },
            Signer::Identity { id, canonical_user } => Asker::Identity { id, canonical_user },
            Signer::Nobody { tls } => Asker::Anonymous { tls },
        };
        policy.grants(&Question {
            asker,
            action,
            resource,
            resource_account: self.account,
        })
    }

    /// Whether the distribution is still to be created: what lets it in may come with it.
    pub(crate) fn is_to_be_created(&self) -> bool {
        matches!(self.signer, Signer::Control) && !matches!(self.source.id, SourceId::Arn(_))
    }

    /// The reader in messages.
    pub(crate) fn reader(&self) -> String {
        match (self.signer, &self.source.id) {
            (Signer::Identity { id, .. }, _) => format!("the origin access identity `{id}`"),
            (Signer::Nobody { .. }, _) => "everybody".to_owned(),
            (_, SourceId::Arn(arn)) => format!("this distribution, `{arn}`,"),
            (_, SourceId::New(_) | SourceId::Account(_)) if self.source.has_account() => format!(
                "a new distribution of account {}",
                self.source.account().unwrap_or_default()
            ),
            _ => "this distribution".to_owned(),
        }
    }

    /// The statement to add to a policy.
    pub(crate) fn statement(&self, sid: &str, action: &str, resource: &str) -> Value {
        self.statement_for(self.signer, sid, action, resource)
    }

    /// The statement that lets CloudFront in once it signs.
    pub(crate) fn statement_if_signed(&self, sid: &str, action: &str, resource: &str) -> Value {
        self.statement_for(Signer::Control, sid, action, resource)
    }

    fn statement_for(&self, signer: Signer<'_>, sid: &str, action: &str, resource: &str) -> Value {
        let principal = match signer {
            Signer::Identity { id, .. } => {
                let partition = self.partition;
                json!({"AWS": format!(
                    "arn:{partition}:iam::cloudfront:user/CloudFront Origin Access Identity {id}"
                )})
            }
            Signer::Nobody { .. } => json!("*"),
            Signer::Control => json!({"Service": Asker::CLOUDFRONT}),
        };
        let condition = match (signer, &self.source.id) {
            (Signer::Identity { .. } | Signer::Nobody { .. }, _) => None,
            (_, SourceId::New(_) | SourceId::Account(_)) if self.source.has_account() => {
                Some(json!({"AWS:SourceAccount": self.source.account()}))
            }
            (_, SourceId::Arn(arn) | SourceId::New(arn)) => Some(json!({"AWS:SourceArn": arn})),
            (_, SourceId::Account(_) | SourceId::Unknown) => None,
        };
        let mut statement = json!({
            "Sid": sid, "Effect": "Allow", "Principal": principal,
            "Action": action, "Resource": resource,
        });
        if let (Some(condition), Some(elements)) = (condition, statement.as_object_mut()) {
            elements.insert("Condition".to_owned(), json!({"StringEquals": condition}));
        }
        statement
    }

    /// How to get around a statement that denies.
    pub(crate) fn exception(&self, statement: &str, element: Element<'_>) -> String {
        match (self.signer, element) {
            (Signer::Control, Element::Condition { key, .. })
                if !key.to_ascii_lowercase().starts_with("aws:source")
                    || key.to_ascii_lowercase().starts_with("aws:sourcevpc")
                    || key.eq_ignore_ascii_case("aws:SourceIp") =>
            {
                format!(
                    "except AWS services from statement `{statement}`: add \
                     {{\"Bool\": {{\"aws:PrincipalIsAWSService\": \"false\"}}}} to its Condition"
                )
            }
            (Signer::Control, Element::Condition { operator, key, .. }) => {
                let own = match &self.source.id {
                    SourceId::Arn(arn) => arn.as_str(),
                    _ => "this distribution",
                };
                format!("add {own} to {operator} {key} of statement `{statement}`")
            }
            _ => format!(
                "remove {} from statement `{statement}`",
                self.reader().trim_end_matches(',')
            ),
        }
    }
}

impl<'c, 'a> Sources<'c, 'a> {
    pub(crate) fn new(case: &'c Case<'a>) -> Self {
        let each = |partition| (partition, OnceCell::new());
        Self {
            case,
            by_partition: PARTITIONS.map(each),
        }
    }

    fn of(&self, partition: &'static str) -> &Source {
        let known = self.by_partition.iter().find(|(it, _)| *it == partition);
        let (_, source) = known.unwrap_or(&self.by_partition[0]);
        source.get_or_init(|| Source::of(self.case, partition))
    }
}

impl Source {
    fn of(case: &Case<'_>, bucket_partition: &str) -> Self {
        // GovCloud has no CloudFront of its own.
        let partition = match bucket_partition {
            "aws-us-gov" => "aws",
            other => other,
        };
        let candidate = case.candidate;
        let id = match (&candidate.arn, &candidate.id, &case.facts.account) {
            (Some(arn), _, _) if is_open(arn) => SourceId::New(arn.clone()),
            (Some(arn), _, _) => SourceId::Arn(arn.clone()),
            (None, Some(id), Some(account)) => SourceId::Arn(format!(
                "arn:{partition}:cloudfront::{account}:distribution/{id}"
            )),
            (None, None, Some(account)) => SourceId::Account(format!(
                "arn:{partition}:cloudfront::{account}:distribution/"
            )),
            _ => SourceId::Unknown,
        };
        let account = match &id {
            SourceId::Arn(arn) | SourceId::New(arn) | SourceId::Account(arn) => account_of(arn),
            SourceId::Unknown => None,
        };
        Self {
            account: account.map(str::to_owned),
            id,
        }
    }

    fn text(&self) -> Option<Text<'_>> {
        match &self.id {
            SourceId::Arn(arn) | SourceId::New(arn) => Some(Text::Is(arn)),
            SourceId::Account(prefix) => Some(Text::Below(prefix)),
            SourceId::Unknown => None,
        }
    }

    fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// Whether its account is known, and not only spelt.
    fn has_account(&self) -> bool {
        self.account().is_some_and(|account| !is_open(account))
    }
}

/// The account in a distribution's ARN; where a template leaves that open, it has colons itself.
fn account_of(arn: &str) -> Option<&str> {
    let (_, rest) = arn.split_once(":cloudfront::")?;
    let (account, _) = rest.split_once(":distribution/")?;
    Some(account)
}

/// Who signs, where objects are read at all; a control that never does is for
/// unsigned-origin-access-control, and an origin with both for mixed-origin-access.
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
            let tls = !endpoint.is_website() && policy != Some(OriginProtocolPolicy::HttpOnly);
            Some(Signer::Nobody { tls })
        }
        _ if origin.kind() == OriginKind::Custom => None,
        (Some(_), None) => {
            let (_, control) = case.origin_access_control_of(subject, findings)?;
            let control = control?;
            let signs = control.origin_type == "s3" && control.signing_behavior != "never";
            signs.then_some(Signer::Control)
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

const PARTITIONS: [&str; 4] = ["aws", "aws-us-gov", "aws-cn", "aws-eusc"];

/// The origin path as the beginning of keys, without its slash. Up to an escape or a query: what that
/// stands for is S3's to read, and a wider question cannot raise a false alarm.
fn folder(origin: &Origin) -> &str {
    let path = origin.origin_path.as_ref().and_then(|path| path.known());
    let path = path.map_or("", String::as_str).trim_matches('/');
    match path.split_once(['%', '?']) {
        Some((before, _)) => before.rsplit_once('/').map_or("", |(folder, _)| folder),
        None => path,
    }
}

#[cfg(test)]
mod tests {
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
        for (account, reader, condition) in [
            (
                ACCOUNTS[0],
                "a new distribution of account 111122223333",
                r#""AWS:SourceAccount":"111122223333""#.to_owned(),
            ),
            (
                ACCOUNTS[1],
                "this distribution",
                format!(r#""AWS:SourceArn":"{}""#, arn(ACCOUNTS[1], "${Cdn}")),
            ),
        ] {
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
