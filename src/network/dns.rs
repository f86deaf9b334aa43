use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::ResolveHosts;
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};

use super::addresses::is_translated;
use crate::facts::CouldNotLook;

/// What a resolver says about a name. `aliases` are the CNAMEs followed, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Its addresses, at least one, in no order.
    Addresses {
        /// IPv4 and IPv6.
        addresses: Vec<IpAddr>,
        /// The CNAMEs.
        aliases: Vec<String>,
    },
    /// No such name.
    NoSuchName {
        /// The CNAMEs.
        aliases: Vec<String>,
    },
    /// A name without addresses.
    NoAddress {
        /// The CNAMEs.
        aliases: Vec<String>,
    },
}

/// Asks for a name's addresses.
pub trait Resolve: Send + Sync {
    /// Asks about a full name without a dot at its end.
    fn resolve(&self, name: &str) -> impl Future<Output = Result<Answer, CouldNotLook>> + Send;
}

/// The system's DNS servers. Its list of hosts is left out, since CloudFront does not have it.
#[derive(Clone)]
pub struct Dns {
    resolver: Result<TokioResolver, String>,
}

/// How long one try may take, and how many there are.
const TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 2;
/// CNAMEs that are followed where a name has no address; CloudFront and resolvers give up as well.
const ALIASES: usize = 8;

impl Dns {
    /// Reads the system's configuration. No public server stands in where there is none: whose
    /// origins these are is nobody else's business.
    #[must_use]
    pub fn system() -> Self {
        let build = || {
            let mut builder = TokioResolver::builder_tokio()?;
            let options = builder.options_mut();
            options.timeout = TIMEOUT;
            options.attempts = ATTEMPTS;
            options.use_hosts_file = ResolveHosts::Never;
            options.preserve_intermediates = true;
            builder.build()
        };
        Self {
            resolver: build().map_err(|error: NetError| error.to_string()),
        }
    }
}

impl std::fmt::Debug for Dns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dns").finish_non_exhaustive()
    }
}

impl Resolve for Dns {
    async fn resolve(&self, name: &str) -> Result<Answer, CouldNotLook> {
        let resolver = self
            .resolver
            .as_ref()
            .map_err(|problem| CouldNotLook::Unreachable(format!("DNS: {problem}")))?;
        // With the dot at its end it is not searched for under the machine's own domains.
        let name = Name::from_ascii(format!("{name}."))
            .map_err(|error| CouldNotLook::Failed(format!("DNS: {error}")))?;
        let (v4, v6) = join(
            resolver.lookup(name.clone(), RecordType::A),
            resolver.lookup(name.clone(), RecordType::AAAA),
        )
        .await;
        let found: Vec<&Lookup> = [&v4, &v6].into_iter().flatten().collect();
        let mut addresses: Vec<IpAddr> = found.iter().flat_map(|each| ips(each)).collect();
        if addresses.iter().any(IpAddr::is_ipv4) {
            addresses.retain(|&address| !is_translated(address));
        }
        if !addresses.is_empty() {
            let with_ips = found.into_iter().find(|each| ips(each).next().is_some());
            let aliases = with_ips.map_or_else(Vec::new, |each| chain(&name, each));
            return Ok(Answer::Addresses { addresses, aliases });
        }
        let errors: Vec<NetError> = [v4, v6].into_iter().filter_map(Result::err).collect();
        if errors.iter().any(NetError::is_nx_domain) {
            let aliases = follow(resolver, name).await;
            return Ok(Answer::NoSuchName { aliases });
        }
        // One family that could not be asked about may be the one that has the addresses.
        match errors.iter().find(|error| !error.is_no_records_found()) {
            Some(error) => Err(why(error)),
            None => Ok(Answer::NoAddress {
                aliases: follow(resolver, name).await,
            }),
        }
    }
}

fn ips(lookup: &Lookup) -> impl Iterator<Item = IpAddr> {
    lookup
        .answers()
        .iter()
        .filter_map(|record| match record.data {
            RData::A(address) => Some(IpAddr::V4(*address)),
            RData::AAAA(address) => Some(IpAddr::V6(*address)),
            _ => None,
        })
}

/// The CNAMEs of an answer, from the name on.
fn chain(name: &Name, lookup: &Lookup) -> Vec<String> {
    let mut at = name.clone();
    let mut aliases = Vec::new();
    while aliases.len() < ALIASES
        && let Some(next) = target(&at, lookup)
    {
        aliases.push(text(&next));
        at = next;
    }
    aliases
}

fn target(name: &Name, lookup: &Lookup) -> Option<Name> {
    lookup
        .answers()
        .iter()
        .find_map(|record| match &record.data {
            RData::CNAME(target) if record.name == *name => Some(target.0.clone()),
            _ => None,
        })
}

/// The CNAMEs that lead nowhere: an answer without addresses does not hold them.
async fn follow(resolver: &TokioResolver, name: Name) -> Vec<String> {
    let mut at = name;
    let mut aliases = Vec::new();
    while aliases.len() < ALIASES
        && let Ok(lookup) = resolver.lookup(at.clone(), RecordType::CNAME).await
        && let Some(next) = target(&at, &lookup)
    {
        aliases.push(text(&next));
        at = next;
    }
    aliases
}

fn text(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_ascii_lowercase()
}

fn why(error: &NetError) -> CouldNotLook {
    match error {
        NetError::Timeout => CouldNotLook::TimedOut,
        NetError::Io(_) | NetError::NoConnections => {
            CouldNotLook::Unreachable(format!("DNS: {error}"))
        }
        NetError::Dns(DnsError::ResponseCode(ResponseCode::ServFail)) => {
            CouldNotLook::Failed("DNS: the servers of the name fail (SERVFAIL)".to_owned())
        }
        _ => CouldNotLook::Failed(format!("DNS: {error}")),
    }
}
