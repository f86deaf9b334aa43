//! An account and an internet in memory, in which everything that a config names is well.

use std::collections::{BTreeMap, BTreeSet};
use std::future::ready;

use origin_guard::distribution::{
    AccountId, BucketName, Distribution, OriginAccessIdentity, OriginKind, Region,
};
use origin_guard::facts::{
    self, Acls, BucketAccess, BucketNeed, Certificate, Connection, Door, Encryption, Fact,
    Handshake, HostNeed, Identity, OriginAccessControl, OriginHost, Owner, Probes,
    PublicAccessBlock, Resolution, Trust, Vantage, VpcOrigin, Website,
};
use origin_guard::policy::Policy;
use serde_json::{Value, json};

pub(crate) const ACCOUNT: &str = "111122223333";

/// What is not here does not exist: a bucket is missing, a host is not in DNS.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub buckets: BTreeMap<String, Bucket>,
    pub controls: BTreeMap<String, OriginAccessControl>,
    pub identities: BTreeSet<String>,
    pub vpc_origins: BTreeMap<String, VpcOrigin>,
    /// The statements of the keys' policies.
    pub keys: BTreeMap<String, Vec<Value>>,
    pub hosts: BTreeMap<String, Host>,
    /// Hosts are not probed, as where the network is switched off.
    pub offline: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    pub region: String,
    pub owner: Owner,
    /// The statements of the policy; there is none where there is no statement.
    pub policy: Vec<Value>,
    pub encryption: Encryption,
    pub website: Website,
    pub public_access_block: PublicAccessBlock,
    pub acls: Acls,
}

#[derive(Debug, Clone)]
pub(crate) struct Host {
    pub resolution: Resolution,
    pub http: Connection,
    pub https: Connection,
}

impl World {
    /// Where all is well with this distribution. Buckets with `-kms` in their names are encrypted
    /// with a key of the account.
    pub(crate) fn of(distribution: &Distribution) -> Self {
        let mut world = Self::default();
        let arn = arn(distribution);
        for origin in &distribution.origins {
            let endpoint = origin.s3_endpoint.as_ref();
            let control = origin.origin_access_control().and_then(|id| id.known());
            let identity = match origin.origin_access_identity() {
                Some(OriginAccessIdentity::Id(id)) => Some(id),
                _ => None,
            };
            if let Some(id) = control {
                let domain = origin.domain_name.to_string();
                world.put_control(id, kind_of_control(origin.kind(), &domain));
            }
            world.identities.extend(identity.map(str::to_owned));
            if let Some(bucket) = endpoint.and_then(|endpoint| endpoint.bucket()) {
                let region = endpoint.and_then(|endpoint| endpoint.region.as_ref());
                let region = region.map_or("us-east-1", |region| region.as_str());
                let website =
                    endpoint.is_some_and(origin_guard::distribution::S3Endpoint::is_website);
                let bucket = world.put_bucket(bucket.as_str(), region);
                if website {
                    bucket.website = Website::On;
                }
                let statements = [
                    control.map(|_| let_in(&arn, "s3:GetObject")),
                    identity.map(let_identity_in),
                    (control.is_none() && identity.is_none()).then(let_everybody_in),
                ];
                for statement in statements.into_iter().flatten() {
                    if !bucket.policy.contains(&statement) {
                        bucket.policy.push(statement);
                    }
                }
            }
            if let Some(id) = origin.vpc.as_ref().and_then(|vpc| vpc.id()?.known()) {
                let deployed = VpcOrigin {
                    account: AccountId::parse(ACCOUNT),
                    status: "Deployed".to_owned(),
                };
                world.vpc_origins.insert(id.clone(), deployed);
            }
        }
        for host in OriginHost::all(distribution) {
            world.put_host(&host.name);
        }
        for (name, bucket) in &mut world.buckets {
            if name.contains("-kms") {
                let key = format!("arn:aws:kms:{}:{ACCOUNT}:key/of-{name}", bucket.region);
                bucket.encryption = Encryption::CustomerKey(key.clone());
                world.keys.insert(key, vec![let_in(&arn, "kms:Decrypt")]);
            }
        }
        world
    }

    /// A bucket of the account, there already or new.
    pub(crate) fn put_bucket(&mut self, name: &str, region: &str) -> &mut Bucket {
        self.buckets
            .entry(name.to_owned())
            .or_insert_with(|| Bucket {
                region: region.to_owned(),
                owner: Owner::Ours,
                policy: Vec::new(),
                encryption: Encryption::S3Managed,
                website: Website::Off,
                public_access_block: PublicAccessBlock::default(),
                acls: Acls::On,
            })
    }

    pub(crate) fn put_control(&mut self, id: &str, kind: &str) {
        let control = OriginAccessControl {
            name: format!("{id}-name"),
            origin_type: kind.to_owned(),
            signing_behavior: "always".to_owned(),
            signing_protocol: Some("sigv4".to_owned()),
        };
        self.controls.insert(id.to_owned(), control);
    }

    /// A host on the internet with a certificate that CloudFront trusts.
    pub(crate) fn put_host(&mut self, name: &str) -> &mut Host {
        self.hosts.entry(name.to_owned()).or_insert_with(|| Host {
            resolution: Resolution::Addresses {
                public: vec!["52.95.110.1".parse().unwrap()],
                private: Vec::new(),
                aliases: Vec::new(),
            },
            http: Connection::Open,
            https: certificate(Trust::Trusted, 90),
        })
    }
}

/// A connection that shows a certificate.
pub(crate) fn certificate(trust: Trust, days_left: i64) -> Connection {
    Connection::Tls(Handshake::Certificate(Certificate {
        trust,
        days_left: Some(days_left),
    }))
}

/// The distribution's ARN; every config here has an ID.
pub(crate) fn arn(distribution: &Distribution) -> String {
    let id = distribution.id.as_ref().unwrap();
    let made = format!("arn:aws:cloudfront::{ACCOUNT}:distribution/{id}");
    distribution.arn.clone().unwrap_or(made)
}

/// A statement that lets a distribution in, through an origin access control.
pub(crate) fn let_in(arn: &str, action: &str) -> Value {
    json!({"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": action, "Resource": "*", "Condition": {"StringEquals": {"AWS:SourceArn": arn}}})
}

fn let_identity_in(id: &str) -> Value {
    let user = format!("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {id}");
    json!({"Effect": "Allow", "Principal": {"AWS": user}, "Action": "s3:GetObject", "Resource": "*"})
}

fn let_everybody_in() -> Value {
    json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"})
}

fn kind_of_control(kind: OriginKind, domain: &str) -> &'static str {
    if kind == OriginKind::S3 {
        "s3"
    } else if domain.contains(".lambda-url.") {
        "lambda"
    } else if domain.contains(".mediapackagev2.") {
        "mediapackagev2"
    } else {
        "mediastore"
    }
}

fn policy(statements: &[Value]) -> Option<Policy> {
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    (!statements.is_empty()).then(|| Policy::parse(&document.to_string()).unwrap())
}

impl Probes for World {
    fn account(&self) -> Option<AccountId> {
        AccountId::parse(ACCOUNT)
    }

    fn bucket(
        &self,
        name: &BucketName,
        _need: &BucketNeed,
    ) -> impl Future<Output = (Fact<facts::Bucket>, BucketAccess)> + Send {
        let found = self.buckets.get(name.as_str());
        let bucket = found.map_or(facts::Bucket::Missing, |it| facts::Bucket::Exists {
            region: Region::parse(&it.region),
            owner: Fact::Known(it.owner.clone()),
        });
        let encryption = found.map_or(Encryption::S3Managed, |it| it.encryption.clone());
        let block = found.map(|it| it.public_access_block).unwrap_or_default();
        let access = BucketAccess {
            policy: Fact::Known(found.and_then(|it| policy(&it.policy))),
            encryption: Fact::Known(encryption),
            public_access_block: Fact::Known(block),
            acls: Fact::Known(found.map_or(Acls::On, |it| it.acls)),
            contents: Fact::not_asked("bucket contents", ""),
        };
        ready((Fact::Known(bucket), access))
    }

    fn website(
        &self,
        name: &BucketName,
        _need: &BucketNeed,
    ) -> impl Future<Output = Fact<Website>> + Send {
        let found = self.buckets.get(name.as_str());
        ready(Fact::Known(
            found.map_or(Website::Off, |it| it.website.clone()),
        ))
    }

    fn key_policy(
        &self,
        key: &str,
        _hint: Option<&Region>,
    ) -> impl Future<Output = Fact<Option<Policy>>> + Send {
        ready(Fact::Known(self.keys.get(key).and_then(|it| policy(it))))
    }

    fn origin_access_control(
        &self,
        id: &str,
    ) -> impl Future<Output = Fact<Option<OriginAccessControl>>> + Send {
        ready(Fact::Known(self.controls.get(id).cloned()))
    }

    fn origin_access_identity(
        &self,
        id: &str,
    ) -> impl Future<Output = Fact<Option<Identity>>> + Send {
        ready(Fact::Known(self.identities.contains(id).then(|| {
            Identity {
                canonical_user: format!("canonical-{id}"),
            }
        })))
    }

    fn vpc_origin(&self, id: &str) -> impl Future<Output = Fact<Option<VpcOrigin>>> + Send {
        ready(Fact::Known(self.vpc_origins.get(id).cloned()))
    }

    fn host(&self, need: &HostNeed) -> impl Future<Output = Fact<facts::Host>> + Send {
        if self.offline {
            return ready(Fact::not_asked(facts::ORIGIN_HOST, &need.name));
        }
        let nowhere = || facts::Host {
            resolution: Resolution::NoSuchName {
                aliases: Vec::new(),
            },
            vantage: Vantage::Internet,
            connections: BTreeMap::new(),
        };
        let mut anywhere = Self::default();
        let found = match self.hosts.get(&need.name) {
            // S3 answers for websites of every name.
            None if need.name.contains(".s3-website") => Some(&*anywhere.put_host(&need.name)),
            found => found,
        };
        ready(Fact::Known(found.map_or_else(nowhere, |it| {
            let is_there = matches!(&it.resolution, Resolution::Addresses { public, .. } if !public.is_empty());
            let through = |door: &Door| match door {
                Door::Http { .. } => (door.clone(), it.http.clone()),
                Door::Https { .. } => (door.clone(), it.https.clone()),
            };
            facts::Host {
                resolution: it.resolution.clone(),
                vantage: Vantage::Internet,
                connections: need.doors.iter().filter(|_| is_there).map(through).collect(),
            }
        })))
    }
}
