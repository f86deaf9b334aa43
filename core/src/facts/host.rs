use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use foldhash::HashSet;

use super::{Fact, Need, Probes, Subject};
use crate::distribution::{
    At, CustomOriginConfig, Distribution, HostNameError, Origin, OriginGroup, OriginHostName,
    OriginProtocolPolicy, S3Endpoint, S3EndpointKind as K,
};

/// The name of this fact in reports.
pub const ORIGIN_HOST: &str = "origin host";

/// Where an origin is, while its domain is an expression.
pub const ORIGIN_DOMAIN: &str = "origin domain";

/// Whether an origin takes connections; its subject is `host:port`.
pub const ORIGIN_PORT: &str = "origin port";

/// What an origin shows, where the guard saw none.
pub const ORIGIN_CERTIFICATE: &str = "origin certificate";

/// Which origin or group a behavior or group means, while that is an expression.
pub const TARGET_ORIGIN: &str = "target origin";

/// What must be known about one host, however many origins name it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HostNeed {
    /// The host, in small letters.
    pub name: String,
    /// How CloudFront will connect to it; empty where only its addresses are of interest.
    pub doors: BTreeSet<Door>,
}

impl Need for HostNeed {
    fn add(&mut self, other: Self) {
        self.name = other.name;
        self.doors.extend(other.doors);
    }
}

impl Subject for OriginHostName {
    type Answer = Host;
    type Need = HostNeed;
    const FACT: &'static str = ORIGIN_HOST;
    const ASKS: &'static str = "DNS and TLS";

    fn name(&self) -> &str {
        self.as_str()
    }

    async fn ask<P: Probes>(&self, probes: &P, need: &HostNeed) -> Fact<Host> {
        probes.host(need).await
    }
}

/// How CloudFront connects to an origin.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Door {
    /// Plain HTTP.
    Http {
        /// 80, 443, or 1024 to 65535.
        port: u16,
    },
    /// HTTPS.
    Https {
        /// 80, 443, or 1024 to 65535.
        port: u16,
        /// What `OriginSslProtocols` lets CloudFront offer.
        offer: TlsOffer,
        /// Names that the certificate may have: the origin's domain, and the aliases where the
        /// viewer's `Host` may reach the origin.
        names: Vec<String>,
    },
}

/// The versions of TLS in `OriginSslProtocols`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsOffer {
    /// TLS 1.2 or later alone.
    Modern,
    /// Also what the guard does not speak, or what only the deployment or CloudFront decides.
    Mixed,
    /// Nothing that the guard speaks.
    Outdated,
}

/// What DNS and TLS say about a custom origin's host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// What DNS says.
    pub resolution: Resolution,
    /// Whose view of DNS that is.
    pub vantage: Vantage,
    /// What came of connecting; nothing where there was no address to connect to.
    pub connections: BTreeMap<Door, Connection>,
}

/// Whose view of DNS an answer is. CloudFront asks public DNS, whatever other networks resolve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vantage {
    /// That of DNS servers on the internet.
    Internet,
    /// That of DNS servers inside a network: of a VPC, in which the public hosts of API Gateway have
    /// private addresses behind an interface endpoint, and an instance has its private address
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html>); or of a company, with
    /// zones of its own. What they say proves nothing about CloudFront.
    Inside,
}

/// What DNS says about a name. `aliases` are the CNAMEs followed, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// It has addresses.
    Addresses {
        /// Those on the internet, sorted.
        public: Vec<IpAddr>,
        /// Those that CloudFront cannot reach, which the guard never connects to; sorted.
        private: Vec<IpAddr>,
        /// The CNAMEs.
        aliases: Vec<String>,
    },
    /// The name, or the last of its CNAMEs, does not exist.
    NoSuchName {
        /// The CNAMEs, the last of which dangles.
        aliases: Vec<String>,
    },
    /// The name exists and has neither A nor AAAA records.
    NoAddress {
        /// The CNAMEs.
        aliases: Vec<String>,
    },
}

/// What came of connecting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// TCP connected; no more was asked.
    Open,
    /// TCP connected, and TLS gave this.
    Tls(Handshake),
    /// TCP was refused.
    Refused,
    /// Nothing answered in time.
    TimedOut,
    /// No connection for another reason.
    Failed(String),
}

/// What TLS gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handshake {
    /// The origin showed this certificate.
    Certificate(Certificate),
    /// The origin has no version of TLS 1.2 or later.
    NoCommonVersion,
    /// Only versions that the guard does not speak are configured.
    NotJudged,
    /// It broke before a certificate was seen: no TLS there, or a cipher that is not ours.
    Broken(String),
}

/// A certificate, judged when it was seen: rules have no clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Whether CloudFront would trust it.
    pub trust: Trust,
    /// Whole days from then to its end, negative past it; `None` where it cannot be read.
    pub days_left: Option<i64>,
}

/// Whether a certificate is trusted, by Mozilla's roots as CloudFront does
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// It is.
    Trusted,
    /// No chain to a root: self-signed, a private authority, or intermediates not sent.
    UntrustedChain,
    /// Past its end.
    Expired,
    /// Before its start.
    NotYetValid,
    /// Trusted, for these names and not ours.
    WrongNames(Vec<String>),
    /// Refused by the guard's TLS for a reason that CloudFront may not share.
    Doubtful(String),
}

/// A custom origin, its host, and how CloudFront connects to it.
#[derive(Debug, Clone)]
pub struct OriginHost<'a> {
    /// The origin.
    pub origin: &'a Origin,
    /// The host, in small letters.
    pub name: String,
    /// How; `None` where the origin leaves that open.
    pub door: Option<Door>,
}

impl<'a> OriginHost<'a> {
    /// The hosts of a distribution's custom origins. Left out are names that are symbolic or no
    /// host names, and S3's own endpoints, about which S3 is asked (website endpoints are custom
    /// origins like others).
    #[must_use]
    pub fn all(distribution: &'a Distribution) -> Vec<Self> {
        let forwarding = Forwarding::of(distribution);
        let of = |origin| Self::of(origin, &forwarding, distribution);
        distribution.origins.iter().filter_map(of).collect()
    }

    fn of(
        origin: &'a Origin,
        forwarding: &Forwarding<'_>,
        distribution: &Distribution,
    ) -> Option<Self> {
        let custom = origin.custom.as_ref()?;
        let endpoint = origin.s3_endpoint.as_ref();
        // That there is no host for a website of the wrong form is known without DNS.
        let bucket_endpoint =
            endpoint.is_some_and(|it| !it.is_website() || matches!(it.kind, K::UnknownWebsite(_)));
        // An origin with two configs is ambiguous, and other rules report it; a VPC origin is not
        // reached over the internet.
        if origin.s3.is_some() || origin.vpc.is_some() || bucket_endpoint {
            return None;
        }
        let domain = origin.domain_name.known()?;
        // `malformed-origin-domain` reports it; a lookup could only add a second, weaker message.
        if HostNameError::of(domain).is_some() {
            return None;
        }
        // DNS ignores case: two spellings of one host are asked about once.
        let name = domain.to_ascii_lowercase();
        // With the viewer's Host forwarded, CloudFront accepts a certificate for that name in the
        // place of the origin's domain
        // (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html).
        let aliases = if forwarding.reaches(origin) {
            distribution.aliases.as_slice()
        } else {
            &[]
        };
        let door = Door::of(origin, custom, &name, aliases);
        Some(Self { origin, name, door })
    }
}

/// The origins that the viewer's `Host` may reach.
struct Forwarding<'a>(HashSet<&'a str>);

impl<'a> Forwarding<'a> {
    fn of(distribution: &'a Distribution) -> Self {
        let behaviors = distribution.all_behaviors();
        let mut ids: HashSet<&str> = behaviors
            .filter(|behavior| behavior.may_forward_host())
            .filter_map(|behavior| Some(behavior.target_origin_id.known()?.as_str()))
            .collect();
        let reached = |group: &&OriginGroup| group.id.known().is_some_and(|id| ids.contains(&**id));
        let groups = distribution.origin_groups.iter().filter(reached);
        // A group passes its behavior's Host on to both members.
        let members: Vec<&str> = groups
            .flat_map(|group| &group.members)
            .filter_map(|member| Some(member.known()?.as_str()))
            .collect();
        ids.extend(members);
        Self(ids)
    }

    fn reaches(&self, origin: &Origin) -> bool {
        origin.id.known().is_some_and(|id| self.0.contains(&**id))
    }
}

impl Door {
    fn of(
        origin: &Origin,
        custom: &CustomOriginConfig,
        name: &str,
        aliases: &[At<String>],
    ) -> Option<Self> {
        match custom.protocol_policy()? {
            OriginProtocolPolicy::HttpOnly => Some(Self::Http {
                port: port(custom.http_port.as_ref(), 80)?,
            }),
            // A website endpoint has no HTTPS, which `website-endpoint-over-https` says.
            _ if origin
                .s3_endpoint
                .as_ref()
                .is_some_and(S3Endpoint::is_website) =>
            {
                None
            }
            // Of `match-viewer` the HTTPS door: HTTPS viewers are the ones whose requests a
            // certificate can break.
            OriginProtocolPolicy::HttpsOnly | OriginProtocolPolicy::MatchViewer => {
                Some(Self::Https {
                    port: port(custom.https_port.as_ref(), 443)?,
                    offer: TlsOffer::of(&custom.origin_ssl_protocols),
                    names: names(name, aliases),
                })
            }
        }
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        match self {
            Self::Http { port } | Self::Https { port, .. } => *port,
        }
    }
}

/// The port, where CloudFront would take it
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html>).
fn port(field: Option<&At<i64>>, default: u16) -> Option<u16> {
    let Some(field) = field else {
        return Some(default);
    };
    let port = u16::try_from(*field.known()?).ok()?;
    // Not only CloudFront's rule: no candidate can make the guard try SSH or SMTP of a host.
    matches!(port, 80 | 443 | 1024..).then_some(port)
}

fn names(name: &str, aliases: &[At<String>]) -> Vec<String> {
    // Enough to find the one that fits; each may cost a handshake's check.
    const MOST: usize = 10;
    let mut names = vec![name.to_owned()];
    for alias in aliases.iter().filter_map(At::known) {
        // Any viewer's host under a wildcard is as good as another.
        let host = match alias.strip_prefix("*.") {
            Some(parent) => format!("www.{parent}"),
            None => alias.clone(),
        };
        let host = host.to_ascii_lowercase();
        if HostNameError::of(&host).is_none() && !names.contains(&host) && names.len() < MOST {
            names.push(host);
        }
    }
    names
}

impl TlsOffer {
    fn of(protocols: &[At<String>]) -> Self {
        let modern = |each: &At<String>| each.is("TLSv1.2") || each.is("TLSv1.3");
        // Nothing is known of the offer, so a handshake that fails may succeed with what CloudFront
        // offers.
        if protocols.is_empty() || protocols.iter().any(|each| each.symbolic().is_some()) {
            Self::Mixed
        } else if protocols.iter().all(modern) {
            Self::Modern
        } else if protocols.iter().any(modern) {
            Self::Mixed
        } else {
            Self::Outdated
        }
    }
}

impl Resolution {
    /// The CNAMEs followed, in order.
    #[must_use]
    pub fn aliases(&self) -> &[String] {
        match self {
            Self::Addresses { aliases, .. }
            | Self::NoSuchName { aliases }
            | Self::NoAddress { aliases } => aliases,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::EdgeEvent;
    use crate::facts::Needs;
    use crate::rules::testing::{Scene, custom_origin, number, text};

    fn https(port: u16, names: &[&str]) -> Door {
        Door::Https {
            port,
            offer: TlsOffer::Modern,
            names: names.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    fn needs(scene: &Scene) -> Vec<HostNeed> {
        Needs::of(&scene.candidate)
            .hosts
            .values()
            .cloned()
            .collect()
    }

    #[test]
    fn asks_about_each_host_once_and_each_door() {
        let mut other = custom_origin("other", "api.example.com");
        other.custom.as_mut().unwrap().https_port = Some(number(8443));
        let scene = Scene::custom("API.example.com")
            .add(custom_origin("same", "api.example.com"))
            .add(other);
        let needs = needs(&scene);
        assert_eq!(needs.len(), 1);
        assert_eq!(needs[0].name, "api.example.com");
        let name = ["api.example.com"];
        assert_eq!(
            needs[0].doors,
            BTreeSet::from([https(443, &name), https(8443, &name)])
        );
    }

    #[test]
    fn asks_nothing_about_what_is_not_a_custom_host() {
        assert_eq!(needs(&Scene::s3("assets")), []);
        assert_eq!(
            needs(&Scene::custom("assets.s3.us-east-1.amazonaws.com")),
            []
        );
        assert_eq!(needs(&Scene::custom("${Api}.example.com")), []);
        assert_eq!(needs(&Scene::custom("169.254.169.254")), []);
    }

    #[test]
    fn opens_no_door_that_cloudfront_would_not_take() {
        for port in [22, 25, 0, -1, 70000] {
            let scene = Scene::custom("api.example.com")
                .with(|o| o.custom.as_mut().unwrap().https_port = Some(number(port)));
            assert_eq!(needs(&scene)[0].doors, BTreeSet::new(), "{port}");
        }
    }

    #[test]
    fn asks_for_plain_http_where_cloudfront_does() {
        let scene = Scene::custom("site.s3-website-us-east-1.amazonaws.com")
            .with(|o| o.custom.as_mut().unwrap().origin_protocol_policy = Some(text("http-only")));
        assert_eq!(
            needs(&scene)[0].doors,
            BTreeSet::from([Door::Http { port: 80 }])
        );
    }

    #[test]
    fn takes_the_aliases_where_the_host_header_may_be_forwarded() {
        let aliased = |scene: Scene| {
            let mut scene = scene;
            scene.candidate.aliases = vec![text("www.example.com"), text("*.example.org")];
            needs(&scene).remove(0).doors
        };
        let scene = Scene::custom("api.example.com");
        assert_eq!(
            aliased(scene.clone()),
            BTreeSet::from([https(443, &["api.example.com"])])
        );
        let all = ["api.example.com", "www.example.com", "www.example.org"];
        let all = BTreeSet::from([https(443, &all)]);
        let forwarding = scene
            .clone()
            .with_behavior(|b| b.forwarded_headers = vec![text("host")]);
        assert_eq!(aliased(forwarding), all);
        let own = scene
            .clone()
            .with_behavior(|b| b.origin_request_policy_id = Some(text("our-own")));
        assert_eq!(aliased(own), all);
        let edge = scene.with_behavior(|b| b.edge_events = vec![EdgeEvent::OriginRequest]);
        assert_eq!(aliased(edge), all);
    }
}
