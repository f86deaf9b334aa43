//! What a template makes, as facts: after the deployment it is there.

use foldhash::{HashSet, HashSetExt};

use super::evaluate::{Evaluator, kind_of, spelling};
use super::template::{Resource, Template};
use super::{DISTRIBUTION, TemplateError, access_points, function_urls};
use crate::distribution::{AccountId, BucketName, Region};
use crate::document::{Expression, Node, NodeKind};
use crate::facts::{
    Acls, Bucket, BucketAccess, Encryption, Fact, Facts, Identity, OriginAccessControl, Owner,
    PublicAccessBlock, Unknown, VpcOrigin, Website,
};
use crate::policy::Policy;

/// What the template's resources say.
pub(super) fn of(evaluator: &Evaluator<'_>) -> Result<Facts, TemplateError> {
    let mut facts = Facts::default();
    // A custom resource that is given the key may add the very grant that the template lacks.
    let touched = touched_by_code(evaluator.template);
    let of_all = condition_of_all(evaluator)?;
    for resource in evaluator.template.resources() {
        let made = resource.kind.starts_with("AWS::S3::")
            || resource.kind.starts_with("AWS::CloudFront::")
            || resource.kind == "AWS::KMS::Key";
        // What the condition leaves out is not made, so it is no fact.
        if !made || evaluator.is_left_out(&resource)? {
            continue;
        }
        let reader = Reader {
            evaluator,
            resource,
            of_all,
        };
        let own = format!("${{{}}}", resource.id);
        let own = evaluator
            .physical_id(resource.id)
            .map_or(own, str::to_owned);
        match resource.kind {
            "AWS::S3::Bucket" => reader.bucket(&mut facts)?,
            "AWS::S3::BucketPolicy" => reader.bucket_policy(&mut facts)?,
            "AWS::CloudFront::OriginAccessControl" => {
                let control = reader.origin_access_control()?;
                facts.origin_access_controls.insert(own, control);
            }
            "AWS::CloudFront::CloudFrontOriginAccessIdentity" => {
                let identity = Identity {
                    canonical_user: format!("${{{}.S3CanonicalUserId}}", resource.id),
                };
                let identity = Fact::Known(Some(identity));
                facts.origin_access_identities.insert(own, identity);
            }
            "AWS::CloudFront::VpcOrigin" => {
                let origin = VpcOrigin {
                    account: evaluator
                        .pseudo("AWS::AccountId")
                        .as_deref()
                        .and_then(AccountId::parse),
                    status: "Deployed".to_owned(),
                };
                facts.vpc_origins.insert(own, Fact::Known(Some(origin)));
            }
            "AWS::KMS::Key" => {
                let policy = if touched.contains(resource.id) {
                    Fact::Unknown(Unknown::known_later(
                        "policy",
                        resource.id,
                        &format!("the policy of key `{}`", resource.id),
                        "a custom resource may change it",
                    ))
                } else {
                    reader.policy("KeyPolicy")?
                };
                let arn = format!("${{{}.Arn}}", resource.id);
                // A bucket names its key by `Ref` or by `Fn::GetAtt … Arn`; both mean this one.
                for key in [own, arn] {
                    facts.key_policies.insert(key, policy.clone());
                }
            }
            _ => {}
        }
    }
    facts.function_urls = function_urls::of(evaluator, of_all)?;
    facts.access_points = access_points::of(evaluator, of_all)?;
    Ok(facts)
}

/// The condition that every distribution has: what has it too is made whenever one of them is.
fn condition_of_all<'t>(evaluator: &Evaluator<'t>) -> Result<Option<&'t str>, TemplateError> {
    let mut of_all = None;
    for resource in evaluator.template.resources() {
        if resource.kind != DISTRIBUTION || evaluator.is_left_out(&resource)? {
            continue;
        }
        let own = resource.condition();
        // With two conditions, or with none on one of them, a distribution may be made without the
        // bucket.
        if own.is_none() || of_all.is_some_and(|other| Some(other) != own) {
            return Ok(None);
        }
        of_all = own;
    }
    Ok(of_all)
}

/// What custom resources are given, and so may change: code that no reader of the template sees.
fn touched_by_code<'t>(template: &'t Template<'_>) -> HashSet<&'t str> {
    given_to(template, is_code)
}

/// What is given to code or to other templates, which may give permissions for it.
pub(super) fn handed_on<'t>(template: &'t Template<'_>) -> HashSet<&'t str> {
    given_to(template, |kind| {
        is_code(kind) || kind == "AWS::CloudFormation::Stack" || kind.ends_with("::MODULE")
    })
}

fn is_code(kind: &str) -> bool {
    kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource"
}

fn given_to<'t>(template: &'t Template<'_>, takes: impl Fn(&str) -> bool) -> HashSet<&'t str> {
    let mut given = HashSet::new();
    for resource in template.resources().filter(|it| takes(it.kind)) {
        named(resource.node, &mut given);
    }
    given
}

fn named<'t>(node: &'t Node, names: &mut HashSet<&'t str>) {
    match &node.kind {
        NodeKind::Map(entries) => {
            for (key, value) in entries {
                let target = match (key.as_str(), &value.kind) {
                    ("Ref" | "Fn::GetAtt", NodeKind::Text(text)) => Some(text.as_str()),
                    ("Fn::GetAtt", NodeKind::List(parts)) => parts.first().and_then(Node::text),
                    _ => None,
                };
                names.extend(target.map(|name| name.split('.').next().unwrap_or(name)));
                named(value, names);
            }
        }
        NodeKind::List(items) => items.iter().for_each(|item| named(item, names)),
        _ => {}
    }
}

/// Reads one of the template's resources.
#[derive(Clone, Copy)]
pub(super) struct Reader<'e, 't> {
    pub evaluator: &'e Evaluator<'t>,
    pub resource: Resource<'t>,
    /// The condition that every distribution has.
    pub of_all: Option<&'e str>,
}

impl Reader<'_, '_> {
    pub(super) fn property(&self, name: &str) -> Result<Option<Node>, TemplateError> {
        self.evaluator.property(&self.resource, name)
    }

    fn bucket(&self, facts: &mut Facts) -> Result<(), TemplateError> {
        let id = self.resource.id;
        let kind = self.evaluator.of_resource(id)?;
        let Some(name) = spelling(&kind.into()) else {
            return Ok(());
        };
        let name = BucketName::new(name);
        // Whether it is there then, and of which account, is decided elsewhere.
        if let Some(open) = self.made_or_not("bucket", name.as_str())? {
            facts.buckets.insert(name.clone(), open);
            let website = self.made_or_not("website hosting", name.as_str())?;
            if let Some(open) = website {
                facts.websites.insert(name, open);
            }
            return Ok(());
        }
        let region = self.evaluator.pseudo("AWS::Region");
        let bucket = Bucket::Exists {
            region: region.as_deref().and_then(Region::parse),
            owner: Fact::Known(Owner::Ours),
        };
        facts.buckets.insert(name.clone(), Fact::Known(bucket));
        let website = website(self.property("WebsiteConfiguration")?.as_ref(), &name);
        facts.websites.insert(name.clone(), website);
        let block = self.property("PublicAccessBlockConfiguration")?;
        let ownership = self.property("OwnershipControls")?;
        let access = BucketAccess {
            // A bucket has its policy from a resource of its own, which may be in another stack.
            policy: not_said("bucket policy", &name),
            encryption: encryption(self.property("BucketEncryption")?.as_ref(), &name),
            public_access_block: block.map_or_else(
                || not_said("public access block", &name),
                |block| public_access_block(&block, &name),
            ),
            acls: acls(ownership.as_ref(), &name),
            ..BucketAccess::not_asked(name.as_str())
        };
        facts.bucket_access.insert(name, access);
        Ok(())
    }

    fn bucket_policy(&self, facts: &mut Facts) -> Result<(), TemplateError> {
        let Some(bucket) = self.property("Bucket")?.as_ref().and_then(spelling) else {
            return Ok(());
        };
        let bucket = BucketName::new(bucket);
        let policy = match self.made_or_not("bucket policy", bucket.as_str())? {
            Some(open) => open,
            None => self.policy("PolicyDocument")?,
        };
        facts.put_bucket_policy(bucket, policy);
        Ok(())
    }

    /// What a resource says of something is open while its condition is.
    pub(super) fn made_or_not<T>(
        &self,
        fact: &'static str,
        subject: &str,
    ) -> Result<Option<Fact<T>>, TemplateError> {
        let Some(condition) = self.resource.condition() else {
            return Ok(None);
        };
        if self.of_all == Some(condition) || self.evaluator.condition(condition)?.is_some() {
            return Ok(None);
        }
        let why = format!(
            "`{}` is made if the condition `{condition}` holds",
            self.resource.id
        );
        let what = format!("the {fact} of `{subject}`");
        Ok(Some(Fact::Unknown(Unknown::known_later(
            fact, subject, &what, &why,
        ))))
    }

    pub(super) fn policy(&self, property: &str) -> Result<Fact<Option<Policy>>, TemplateError> {
        let undecided = |what: &str| Fact::Unknown(Unknown::not_decided("policy", what));
        let Some(document) = self.property(property)? else {
            return Ok(undecided(&format!("${{{}}}", self.resource.id)));
        };
        if let NodeKind::Symbolic(expression) = &document.kind {
            return Ok(undecided(expression.spelling()));
        }
        // The policy, its bucket and its reader are in one partition, whichever that is.
        let document = in_partition(document, "aws");
        Ok(match Policy::of_template(&document.to_value()) {
            Ok(policy) => Fact::Known(Some(policy)),
            // A policy that cannot be read may still grant what is needed; CloudFormation or S3
            // refuses it if not.
            Err(_) => undecided(&format!("${{{}.{property}}}", self.resource.id)),
        })
    }

    fn origin_access_control(&self) -> Result<Fact<Option<OriginAccessControl>>, TemplateError> {
        let config = self.property("OriginAccessControlConfig")?;
        let text = |key: &str| {
            let node = config.as_ref()?.get(key)?;
            node.text().map(str::to_owned)
        };
        let fields = (
            text("OriginAccessControlOriginType"),
            text("SigningBehavior"),
        );
        let (Some(origin_type), Some(signing_behavior)) = fields else {
            let expression = format!("${{{}}}", self.resource.id);
            return Ok(Fact::Unknown(Unknown::not_decided(
                "origin access control",
                &expression,
            )));
        };
        Ok(Fact::Known(Some(OriginAccessControl {
            name: text("Name").unwrap_or_default(),
            origin_type,
            signing_behavior,
            signing_protocol: text("SigningProtocol"),
        })))
    }
}

pub(super) fn in_partition(node: Node, partition: &str) -> Node {
    let kind = match node.kind {
        NodeKind::Symbolic(text) => kind_of(text.with("${AWS::Partition}", partition)),
        NodeKind::List(items) => {
            let items = items.into_iter();
            NodeKind::List(items.map(|item| in_partition(item, partition)).collect())
        }
        NodeKind::Map(entries) => {
            let entries = entries.into_iter();
            NodeKind::Map(
                entries
                    .map(|(key, value)| (key, in_partition(value, partition)))
                    .collect(),
            )
        }
        other => other,
    };
    Node { kind, ..node }
}

/// The template does not say it, and the bucket may have it from elsewhere.
fn not_said<T>(fact: &'static str, bucket: &BucketName) -> Fact<T> {
    let what = format!("the {fact} of `{bucket}`");
    let why = "the template does not say";
    Fact::Unknown(Unknown::known_later(fact, bucket.as_str(), &what, why))
}

fn not_decided<T>(fact: &'static str, expression: &str) -> Fact<T> {
    Fact::Unknown(Unknown::not_decided(fact, expression))
}

fn website(config: Option<&Node>, bucket: &BucketName) -> Fact<Website> {
    let Some(config) = config else {
        return Fact::Known(Website::Off);
    };
    match &config.kind {
        NodeKind::Symbolic(expression) => not_decided("website hosting", expression.spelling()),
        _ => match config.get("RedirectAllRequestsTo") {
            Some(redirect) => match redirect.get("HostName").and_then(spelling) {
                Some(host) => Fact::Known(Website::RedirectsTo(host.to_string())),
                None => not_said("website hosting", bucket),
            },
            None if config.get("RoutingRules").is_some() => Fact::Known(Website::Routes),
            None => Fact::Known(Website::On),
        },
    }
}

fn public_access_block(block: &Node, bucket: &BucketName) -> Fact<PublicAccessBlock> {
    let flag = |key: &str| match block.get(key).map(|node| &node.kind) {
        // A flag that is left out of a block that is there is off.
        None => Some(false),
        Some(NodeKind::Bool(flag)) => Some(*flag),
        Some(NodeKind::Text(text)) => text.to_ascii_lowercase().parse().ok(),
        Some(_) => None,
    };
    let is_open = matches!(block.kind, NodeKind::Symbolic(_));
    match (flag("IgnorePublicAcls"), flag("RestrictPublicBuckets")) {
        (Some(ignore_public_acls), Some(restrict_public_buckets)) if !is_open => {
            Fact::Known(PublicAccessBlock {
                ignore_public_acls,
                restrict_public_buckets,
            })
        }
        _ => not_said("public access block", bucket),
    }
}

fn acls(ownership: Option<&Node>, bucket: &BucketName) -> Fact<Acls> {
    let rules = ownership.and_then(|node| node.get("Rules"));
    let first = rules.and_then(|rules| match &rules.kind {
        NodeKind::List(rules) => rules.first()?.get("ObjectOwnership")?.text(),
        _ => None,
    });
    match first.and_then(Acls::of_ownership) {
        Some(acls) => Fact::Known(acls),
        None => not_said("object ownership", bucket),
    }
}

fn encryption(config: Option<&Node>, bucket: &BucketName) -> Fact<Encryption> {
    let Some(config) = config else {
        // S3 encrypts every new object with SSE-S3 where nothing else is set
        // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html).
        return Fact::Known(Encryption::S3Managed);
    };
    let rule = config
        .get("ServerSideEncryptionConfiguration")
        .and_then(|rules| match &rules.kind {
            NodeKind::List(rules) => rules.first()?.get("ServerSideEncryptionByDefault"),
            _ => None,
        });
    let Some(rule) = rule else {
        return not_said("bucket encryption", bucket);
    };
    let algorithm = rule.get("SSEAlgorithm").and_then(Node::text);
    let key = rule.get("KMSMasterKeyID").and_then(spelling);
    let key = key.as_ref().map(Expression::spelling);
    match algorithm {
        Some(algorithm) => Fact::Known(Encryption::of(algorithm, key)),
        None => not_said("bucket encryption", bucket),
    }
}
