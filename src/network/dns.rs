use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join;
use hickory_resolver::config::ResolveHosts;
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::{ResolverBuilder, TokioResolver};

use super::addresses::{is_on_the_internet, is_translated};
use crate::facts::{ProbeFailure, Vantage};

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
    fn resolve(&self, name: &str) -> impl Future<Output = Result<Answer, ProbeFailure>> + Send;

    /// Whose view of DNS the answers are.
    fn vantage(&self) -> Vantage;
}

/// The system's DNS servers. Its list of hosts is left out, since CloudFront does not have it.
#[derive(Clone)]
pub struct Dns {
    resolver: Result<TokioResolver, String>,
    vantage: Vantage,
}

/// How long one try may take, and how many there are.
const TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 2;
/// CNAMEs that are followed where a name has no address; CloudFront and resolvers give up as well.
const ALIASES: usize = 8;

impl Dns {
    /// Reads the system's configuration. No public server stands in where there is none: whose
    /// origins these are is not for others to learn.
    #[must_use]
    pub fn system() -> Self {
        let system = hickory_resolver::system_conf::read_system_conf();
        // Without a readable configuration nothing is known about the servers' zones, so the
        // cautious view is assumed: an answer from inside a network proves no absence.
        let vantage = system.as_ref().map_or(Vantage::Inside, |(config, _)| {
            vantage_of(config.name_servers().iter().map(|server| server.ip))
        });
        let dns = Self::build(TokioResolver::builder_tokio());
        Self { vantage, ..dns }
    }

    /// The same servers, whose answers are those of public DNS.
    #[must_use]
    pub fn as_public(self) -> Self {
        Self {
            vantage: Vantage::Internet,
            ..self
        }
    }

    fn build(builder: Result<ResolverBuilder<TokioRuntimeProvider>, NetError>) -> Self {
        let resolver = builder.and_then(|mut builder| {
            let options = builder.options_mut();
            options.timeout = TIMEOUT;
            options.attempts = ATTEMPTS;
            options.use_hosts_file = ResolveHosts::Never;
            // The CNAMEs are evidence: where a chain ends at nothing, its last name says which
            // service was deleted.
            options.preserve_intermediates = true;
            builder.build()
        });
        Self {
            resolver: resolver.map_err(|error| error.to_string()),
            vantage: Vantage::Inside,
        }
    }
}

impl std::fmt::Debug for Dns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dns").finish_non_exhaustive()
    }
}

impl Resolve for Dns {
    async fn resolve(&self, name: &str) -> Result<Answer, ProbeFailure> {
        let resolver = self
            .resolver
            .as_ref()
            .map_err(|problem| ProbeFailure::Unreachable(format!("DNS: {problem}")))?;
        // With the dot at its end it is not searched for under the machine's own domains.
        let name = Name::from_ascii(format!("{name}."))
            .map_err(|error| ProbeFailure::Failed(format!("DNS: {error}")))?;
        let (v4, v6) = join(
            // Both families at once: one after the other would double the wait of each host without
            // IPv6.
            resolver.lookup(name.clone(), RecordType::A),
            resolver.lookup(name.clone(), RecordType::AAAA),
        )
        .await;
        let found: Vec<&Lookup> = [&v4, &v6].into_iter().flatten().collect();
        let mut addresses: Vec<IpAddr> = found.iter().flat_map(|each| ips(each)).collect();
        if addresses.iter().any(IpAddr::is_ipv4) {
            // A translated address is the same IPv4 host seen through the local network's NAT64.
            addresses.retain(|&address| !is_translated(address));
        }
        if !addresses.is_empty() {
            let with_ips = found.into_iter().find(|each| ips(each).next().is_some());
            let aliases = with_ips.map_or_else(Vec::new, |each| chain(&name, each));
            return Ok(Answer::Addresses { addresses, aliases });
        }
        let errors: Vec<NetError> = [v4, v6].into_iter().filter_map(Result::err).collect();
        // NXDOMAIN is about the name, not the record type: either family's answer is proof for
        // both.
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

    fn vantage(&self) -> Vantage {
        self.vantage
    }
}

/// A server at an address inside a network may have zones that public DNS lacks, and any of the
/// servers may answer. One at this machine passes on what another says.
fn vantage_of(mut servers: impl Iterator<Item = IpAddr>) -> Vantage {
    if servers.all(is_on_the_internet) {
        Vantage::Internet
    } else {
        Vantage::Inside
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

fn why(error: &NetError) -> ProbeFailure {
    match error {
        NetError::Timeout => ProbeFailure::TimedOut,
        NetError::Io(_) | NetError::NoConnections => {
            ProbeFailure::Unreachable(format!("DNS: {error}"))
        }
        // SERVFAIL is the servers' failure (a broken delegation or DNSSEC), and not proof that the
        // name does not exist.
        NetError::Dns(DnsError::ResponseCode(ResponseCode::ServFail)) => {
            ProbeFailure::Failed("DNS: the servers of the name fail (SERVFAIL)".to_owned())
        }
        _ => ProbeFailure::Failed(format!("DNS: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
    use hickory_resolver::proto::op::{Message, MessageType};
    use hickory_resolver::proto::rr::Record;
    use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME, SOA};
    use tokio::net::UdpSocket;

    use super::*;

    fn name(text: &str) -> Name {
        Name::from_ascii(format!("{text}.")).unwrap()
    }

    /// What the server below has: `x.` something, of one of these kinds.
    fn data(asked: &Name, kind: RecordType) -> Option<RData> {
        let alias = |to: &str| Some(RData::CNAME(CNAME(name(to))));
        match (text(asked).as_str(), kind) {
            ("host.example.com", RecordType::A) => Some(RData::A(A::new(198, 51, 100, 7))),
            ("host.example.com", RecordType::AAAA) => {
                Some(RData::AAAA("64:ff9b::c633:6407".parse::<AAAA>().unwrap()))
            }
            ("www.example.com", _) => alias("middle.example.com"),
            ("middle.example.com", _) => alias("host.example.com"),
            ("dangling.example.com", _) => alias("gone.elb.amazonaws.com"),
            ("circle.example.com", _) => alias("circle.example.com"),
            _ => None,
        }
    }

    fn reply(query: &Message) -> Option<Message> {
        let question = query.queries[0].clone();
        let (mut at, kind) = (question.name().clone(), question.query_type());
        if text(&at) == "silent.example.com" {
            return None;
        }
        let mut reply = Message::response(query.metadata.id, query.metadata.op_code);
        reply.metadata.message_type = MessageType::Response;
        reply.metadata.recursion_available = true;
        for _ in 0..4 {
            let Some(found) = data(&at, kind) else { break };
            reply.add_answer(Record::from_rdata(at.clone(), 60, found.clone()));
            match found {
                RData::CNAME(target) if kind != RecordType::CNAME => at = target.0,
                _ => break,
            }
        }
        let ends = text(&at);
        if ends.starts_with("gone") {
            reply.metadata.response_code = ResponseCode::NXDomain;
        } else if ends.starts_with("broken") {
            reply.metadata.response_code = ResponseCode::ServFail;
        }
        let soa = SOA::new(name("ns.example"), name("hand.example"), 1, 1, 1, 1, 60);
        reply.add_authority(Record::from_rdata(name("example"), 60, RData::SOA(soa)));
        reply.add_query(question);
        Some(reply)
    }

    async fn dns() -> Dns {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 1500];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let query = Message::from_vec(&buffer[..length]).unwrap();
                if let Some(reply) = reply(&query) {
                    socket
                        .send_to(&reply.to_vec().unwrap(), from)
                        .await
                        .unwrap();
                }
            }
        });
        let mut udp = ConnectionConfig::udp();
        udp.port = address.port();
        let server = NameServerConfig::new(address.ip(), true, vec![udp]);
        let config = ResolverConfig::from_name_servers(vec![server]);
        let provider = TokioRuntimeProvider::default();
        Dns::build(Ok(TokioResolver::builder_with_config(config, provider)))
    }

    #[tokio::test]
    async fn servers_that_answer_as_public_dns_speak_for_it_wherever_they_are() {
        let dns = dns().await;
        assert_eq!(dns.vantage(), Vantage::Inside);
        assert_eq!(dns.as_public().vantage(), Vantage::Internet);
    }

    #[test]
    fn only_servers_on_the_internet_speak_for_public_dns() {
        for (servers, vantage) in [
            (&["1.1.1.1", "2606:4700:4700::1111"][..], Vantage::Internet),
            (&["127.0.0.53"], Vantage::Inside),
            (&["169.254.169.253"], Vantage::Inside),
            (&["1.1.1.1", "10.0.0.2"], Vantage::Inside),
        ] {
            let servers = servers.iter().map(|server| server.parse().unwrap());
            assert_eq!(vantage_of(servers), vantage);
        }
    }

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[tokio::test]
    async fn gives_addresses_without_translated_ones_and_the_way_there() {
        let addresses = vec!["198.51.100.7".parse().unwrap()];
        assert_eq!(
            dns().await.resolve("www.example.com").await,
            Ok(Answer::Addresses {
                addresses,
                aliases: strings(&["middle.example.com", "host.example.com"])
            })
        );
    }

    #[tokio::test]
    async fn says_that_a_name_does_not_exist() {
        let aliases = Vec::new();
        assert_eq!(
            dns().await.resolve("gone.example.com").await,
            Ok(Answer::NoSuchName { aliases })
        );
    }

    #[tokio::test]
    async fn says_which_alias_dangles() {
        assert_eq!(
            dns().await.resolve("dangling.example.com").await,
            Ok(Answer::NoSuchName {
                aliases: strings(&["gone.elb.amazonaws.com"])
            })
        );
    }

    #[tokio::test]
    async fn tells_a_name_without_addresses() {
        let aliases = Vec::new();
        assert_eq!(
            dns().await.resolve("mail.example.com").await,
            Ok(Answer::NoAddress { aliases })
        );
    }

    #[tokio::test]
    async fn a_server_that_fails_says_nothing_about_the_name() {
        let answer = dns().await.resolve("broken.example.com").await;
        assert!(
            matches!(&answer, Err(ProbeFailure::Failed(detail)) if detail.contains("SERVFAIL")),
            "{answer:?}"
        );
    }

    #[tokio::test]
    async fn neither_a_circle_nor_silence_hangs() {
        let dns = dns().await;
        let circle = dns.resolve("circle.example.com").await;
        assert!(
            !matches!(circle, Ok(Answer::Addresses { .. })),
            "{circle:?}"
        );
        let silent = dns.resolve("silent.example.com").await;
        assert_eq!(silent, Err(ProbeFailure::TimedOut));
    }
}
