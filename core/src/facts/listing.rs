//! The facts behind a verdict, origin by origin, for people who ask why.

use std::fmt::Write as _;

use super::{
    Acls, Bucket, BucketAccess, Connection, Contents, Door, Encryption, Fact, Facts, Handshake,
    Host, OriginHost, Owner, Resolution, Subject as _, Trust, Vantage, Website, WebsiteOf,
};
use crate::distribution::{
    BucketName, Distribution, KeyId, OacId, OaiId, Origin, OriginAccessIdentity, VpcOriginId,
};
use crate::plain::plain;

/// What was asked about each origin, by which call, and what was answered. `planned` is what the
/// candidate's own source makes, about which no call was made.
#[must_use]
pub fn listing(distribution: &Distribution, facts: &Facts, planned: &Facts) -> String {
    let facts = facts.with_planned(planned);
    let hosts = OriginHost::all(distribution);
    let mut text = String::from("facts:\n");
    for origin in &distribution.origins {
        let mut of = OfOrigin {
            text: &mut text,
            facts: &facts,
            planned,
            asked: false,
        };
        of.write(origin, &hosts);
    }
    if distribution.origins.is_empty() {
        text.push_str("  no origin, so nothing was asked\n");
    }
    distribution.hidden.hide_words(&text).into_owned()
}

struct OfOrigin<'a> {
    text: &'a mut String,
    facts: &'a Facts,
    planned: &'a Facts,
    asked: bool,
}

impl OfOrigin<'_> {
    fn write(&mut self, origin: &Origin, hosts: &[OriginHost<'_>]) {
        let head = format!("  origin `{}` ({})", origin.id, origin.domain_name);
        let _ = writeln!(self.text, "{}", plain(&head));
        let endpoint = origin.s3_endpoint.as_ref();
        if let Some(bucket) = endpoint.and_then(|endpoint| endpoint.bucket()) {
            self.bucket(bucket);
            if endpoint.is_some_and(crate::distribution::S3Endpoint::is_website) {
                self.website(bucket);
            }
        }
        if let Some(id) = origin.origin_access_control() {
            let id = id.to_string();
            let made = self
                .planned
                .origin_access_controls
                .contains_key(id.as_str());
            let answer = answer(&self.facts.origin_access_control(&id), |control| {
                control.as_ref().map_or_else(missing, |control| {
                    let (kind, signs) = (&control.origin_type, &control.signing_behavior);
                    let name = match control.name.as_str() {
                        "" => String::new(),
                        name => format!("`{name}`, "),
                    };
                    let by = control.signing_protocol.as_ref();
                    let by = by.map_or_else(String::new, |by| format!(" with {by}"));
                    format!("{name}of type {kind}, signs: {signs}{by}")
                })
            });
            let what = format!("origin access control `{id}`");
            self.line(&what, OacId::ASKS, made, &answer);
        }
        if let Some(OriginAccessIdentity::Id(id)) = origin.origin_access_identity() {
            let made = self.planned.origin_access_identities.contains_key(id);
            let answer = answer(&self.facts.origin_access_identity(id), |identity| {
                let there = identity.as_ref().map(|_| "there".to_owned());
                there.unwrap_or_else(missing)
            });
            let what = format!("origin access identity `{id}`");
            let call = OaiId::ASKS;
            self.line(&what, call, made, &answer);
        }
        if let Some(id) = origin.vpc.as_ref().and_then(|vpc| vpc.id()) {
            let id = id.to_string();
            let made = self.planned.vpc_origins.contains_key(id.as_str());
            let answer = answer(&self.facts.vpc_origin(&id), |found| {
                found.as_ref().map_or_else(missing, |found| {
                    let owner = found.account.as_ref();
                    let owner = owner.map_or_else(String::new, |owner| format!(", of {owner}"));
                    format!("{}{owner}", found.status)
                })
            });
            self.line(
                &format!("VPC origin `{id}`"),
                VpcOriginId::ASKS,
                made,
                &answer,
            );
        }
        // By address: IDs may stand twice in a config.
        if let Some(host) = hosts.iter().find(|host| std::ptr::eq(host.origin, origin)) {
            self.host(host);
        }
        // An empty paragraph would read as if something were missing.
        if !self.asked {
            self.text.push_str(
                "    nothing was asked: its form says all, or the deployment decides it\n",
            );
        }
    }

    fn bucket(&mut self, name: &BucketName) {
        let made = self.planned.buckets.contains_key(name);
        let found = answer(&self.facts.bucket(name), bucket);
        let what = format!("bucket `{name}`");
        self.line(&what, BucketName::ASKS, made, &found);
        let Some(access) = self.facts.bucket_access.get(name) else {
            return;
        };
        let BucketAccess {
            policy,
            encryption,
            public_access_block,
            acls,
            contents,
        } = access;
        let made = self.planned.bucket_access.contains_key(name);
        let there = |policy: &Option<_>| match policy {
            Some(_) => "there is one".to_owned(),
            None => "there is none".to_owned(),
        };
        let answered = answer(policy, there);
        let put = made || self.planned.bucket_policies.contains_key(name);
        self.line("its policy", "s3:GetBucketPolicy", put, &answered);
        let answered = answer(encryption, |encryption| match encryption {
            Encryption::S3Managed => "SSE-S3".to_owned(),
            Encryption::AwsManagedKey => "SSE-KMS with the key `aws/s3`".to_owned(),
            Encryption::CustomerKey(key) => format!("SSE-KMS with `{key}`"),
        });
        self.line("its encryption", "s3:GetBucketEncryption", made, &answered);
        if let Fact::Known(Encryption::CustomerKey(key)) = encryption {
            let made = self.planned.key_policies.contains_key(key.as_str());
            let answered = answer(&self.facts.key_policy(key), there);
            self.line("its key's policy", KeyId::ASKS, made, &answered);
        }
        if is_asked(public_access_block) {
            let answered = answer(public_access_block, |block| {
                match (block.ignore_public_acls, block.restrict_public_buckets) {
                    (false, false) => "lets the public in where a policy or an ACL does",
                    (true, false) => "ignores public ACLs",
                    (false, true) => "restricts public policies",
                    (true, true) => "ignores public ACLs and restricts public policies",
                }
                .to_owned()
            });
            let what = "its public access block";
            self.line(what, "s3:GetPublicAccessBlock", made, &answered);
        }
        if is_asked(acls) {
            let answered = answer(acls, |acls| match acls {
                Acls::Off => "ACLs are off".to_owned(),
                Acls::On => "the ACL of each object counts".to_owned(),
            });
            let call = "s3:GetBucketOwnershipControls";
            self.line("its object ownership", call, made, &answered);
        }
        if is_asked(contents) {
            let answered = answer(contents, |contents| match contents {
                Contents::Nothing => "empty".to_owned(),
                Contents::Objects => "holds objects".to_owned(),
            });
            self.line("its contents", "s3:ListObjectsV2", made, &answered);
        }
    }

    fn website(&mut self, name: &BucketName) {
        let Some(website) = self.facts.websites.get(name) else {
            return;
        };
        let made = self.planned.websites.contains_key(name);
        let answered = answer(website, |website| match website {
            Website::Off => "off".to_owned(),
            Website::On => "on".to_owned(),
            Website::Routes => "on, with routing rules".to_owned(),
            Website::RedirectsTo(host) => format!("redirects all to `{host}`"),
        });
        self.line("its website hosting", WebsiteOf::ASKS, made, &answered);
    }

    fn host(&mut self, host: &OriginHost<'_>) {
        let fact = self.facts.host(&host.name);
        let answered = answer(&fact, |found| resolution(&found.resolution));
        let call = match &*fact {
            Fact::Known(Host {
                vantage: Vantage::Inside,
                ..
            }) => "DNS servers inside a network",
            _ => "DNS",
        };
        self.line(&format!("host `{}`", host.name), call, false, &answered);
        let connection = match &*fact {
            Fact::Known(Host { connections, .. }) => host
                .door
                .as_ref()
                .and_then(|door| Some((door, connections.get(door)?))),
            Fact::Unknown(_) => None,
        };
        if let Some((door, found)) = connection {
            let (what, call) = match door {
                Door::Http { port } => (format!("its port {port}"), "a TCP connection"),
                Door::Https { port, .. } => (format!("its port {port}"), "a TLS handshake"),
            };
            self.line(&what, call, false, &self::connection(found));
        }
    }

    fn line(&mut self, what: &str, call: &str, made: bool, answer: &str) {
        self.asked = true;
        let by = if made {
            "made by the same source"
        } else {
            call
        };
        let line = format!("    {what} ({by}): {answer}");
        let _ = writeln!(self.text, "{}", plain(&line));
    }
}

fn is_asked<T>(fact: &Fact<T>) -> bool {
    match fact {
        Fact::Known(_) => true,
        // What was tried and failed is shown; what was not wanted would only be noise.
        Fact::Unknown(unknown) => unknown.blocks(),
    }
}

fn answer<T>(fact: &Fact<T>, say: impl FnOnce(&T) -> String) -> String {
    match fact {
        Fact::Known(value) => say(value),
        Fact::Unknown(unknown) => format!("not known, {}", unknown.cause_and_need()),
    }
}

fn missing() -> String {
    "the account has none of this ID".to_owned()
}

fn bucket(bucket: &Bucket) -> String {
    let (region, owner) = match bucket {
        Bucket::Exists { region, owner } => (region, owner),
        Bucket::Missing => return "no account has one of this name".to_owned(),
        Bucket::Deleted => return "deleted by it".to_owned(),
    };
    let region = region.as_ref();
    let region = region.map_or_else(String::new, |region| format!(" in {region}"));
    let owner = answer(owner, |owner| match owner {
        Owner::Ours => "this account's".to_owned(),
        Owner::Allowed(account) => format!("of {account}, which is allowed"),
        Owner::Foreign => "of an account that is not allowed".to_owned(),
        Owner::NotOurs(why) => format!("another account, {}", why.cause_and_need()),
    });
    format!("there{region}; owner: {owner}")
}

fn resolution(resolution: &Resolution) -> String {
    let through = |aliases: &[String]| match aliases {
        [] => String::new(),
        aliases => format!(", through {}", aliases.join(", ")),
    };
    match resolution {
        Resolution::Addresses {
            public,
            private,
            aliases,
        } => {
            let list = |addresses: &[std::net::IpAddr]| {
                let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                texts.join(", ")
            };
            let inside = match private.as_slice() {
                [] => String::new(),
                private => format!(" and inside a network {}", list(private)),
            };
            format!("{}{inside}{}", list(public), through(aliases))
        }
        Resolution::NoSuchName { aliases } => format!("no such name{}", through(aliases)),
        Resolution::NoAddress { aliases } => format!("no address{}", through(aliases)),
    }
}

fn connection(connection: &Connection) -> String {
    match connection {
        Connection::Open => "open".to_owned(),
        Connection::Refused => "refused".to_owned(),
        Connection::TimedOut => "no answer in time".to_owned(),
        Connection::Failed(why) => format!("no connection: {why}"),
        Connection::Tls(Handshake::NoCommonVersion) => "no TLS 1.2 or later".to_owned(),
        Connection::Tls(Handshake::NotJudged) => "open, TLS not judged".to_owned(),
        Connection::Tls(Handshake::Broken(why)) => format!("no TLS: {why}"),
        Connection::Tls(Handshake::Certificate(certificate)) => {
            let trust = match &certificate.trust {
                Trust::Trusted => "trusted".to_owned(),
                Trust::UntrustedChain => "no chain to a root that is trusted".to_owned(),
                Trust::Expired => "expired".to_owned(),
                Trust::NotYetValid => "not valid yet".to_owned(),
                Trust::WrongNames(names) => format!("for other names: {}", names.join(", ")),
                Trust::Doubtful(why) => format!("doubtful: {why}"),
            };
            let days = certificate.days_left;
            let days = days.map_or_else(String::new, |days| format!(", {days} days left"));
            format!("its certificate is {trust}{days}")
        }
    }
}
