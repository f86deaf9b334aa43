//! Custom origins on the network: DNS, ports, TLS.

use origin_guard::distribution::{Behavior, OriginProtocolPolicy, Reach};
use origin_guard::facts::{Connection, Handshake, Resolution, Trust};
use origin_guard::rule::Severity;

use super::{Each, Mutation, mutation};
use crate::scene::Scene;
use crate::world::{Host, certificate};

pub(super) static MUTATIONS: &[Mutation] = &[
    mutation(
        "a name gone from DNS",
        "unresolvable-origin-domain",
        Each::Origin(|scene, at| {
            modify(scene, at, false, |host| {
                host.resolution = Resolution::NoSuchName {
                    aliases: Vec::new(),
                }
            })
        }),
    ),
    mutation(
        "an alias of a name that is gone",
        "unresolvable-origin-domain",
        Each::Origin(|scene, at| {
            modify(scene, at, false, |host| {
                let aliases =
                    vec!["old-app-env.eba-abcdefgh.eu-west-1.elasticbeanstalk.com".to_owned()];
                host.resolution = Resolution::NoSuchName { aliases };
            })
        }),
    ),
    mutation(
        "a name without addresses",
        "unresolvable-origin-domain",
        Each::Origin(|scene, at| {
            modify(scene, at, false, |host| {
                host.resolution = Resolution::NoAddress {
                    aliases: Vec::new(),
                }
            })
        }),
    ),
    mutation(
        "a name of an internal address",
        "private-origin-address",
        Each::Origin(|scene, at| {
            modify(scene, at, false, |host| {
                host.resolution = Resolution::Addresses {
                    public: Vec::new(),
                    private: vec!["10.0.3.7".parse().unwrap()],
                    aliases: Vec::new(),
                };
            })
        }),
    ),
    mutation(
        "a name that also has an internal address",
        "private-origin-address",
        Each::Origin(|scene, at| {
            modify(scene, at, false, |host| {
                host.resolution = Resolution::Addresses {
                    public: vec!["52.95.110.1".parse().unwrap()],
                    private: vec!["192.168.0.9".parse().unwrap()],
                    aliases: Vec::new(),
                };
            })
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a host that has IPv6 addresses only",
        "unmatched-ip-address-type",
        Each::Origin(|scene, at| {
            modify(scene, at, false, |host| {
                host.resolution = Resolution::Addresses {
                    public: vec!["2600:9000::7".parse().unwrap()],
                    private: Vec::new(),
                    aliases: Vec::new(),
                };
            })
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a certificate that has expired",
        "untrusted-origin-certificate",
        Each::Origin(|scene, at| {
            modify(scene, at, true, |host| {
                host.https = certificate(Trust::Expired, -3);
            })
        }),
    ),
    mutation(
        "a certificate that is not valid yet",
        "untrusted-origin-certificate",
        Each::Origin(|scene, at| {
            modify(scene, at, true, |host| {
                host.https = certificate(Trust::NotYetValid, 400);
            })
        }),
    ),
    mutation(
        "a certificate that signs itself",
        "untrusted-origin-certificate",
        Each::Origin(|scene, at| {
            modify(scene, at, true, |host| {
                host.https = certificate(Trust::UntrustedChain, 90);
            })
        }),
    ),
    mutation(
        "a certificate for another name",
        "untrusted-origin-certificate",
        Each::Origin(|scene, at| {
            let names = vec!["other.example.net".to_owned()];
            modify(scene, at, true, |host| {
                host.https = certificate(Trust::WrongNames(names.clone()), 90);
            })
        }),
    ),
    mutation(
        "a certificate that soon ends",
        "expiring-origin-certificate",
        Each::Origin(|scene, at| {
            modify(scene, at, true, |host| {
                host.https = certificate(Trust::Trusted, 5);
            })
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a server with old TLS alone",
        "unreachable-origin-port",
        Each::Origin(|scene, at| {
            modify(scene, at, true, |host| {
                host.https = Connection::Tls(Handshake::NoCommonVersion);
            })
        }),
    ),
    mutation(
        "a port that is closed",
        "unreachable-origin-port",
        Each::Origin(|scene, at| modify(scene, at, true, |host| host.https = Connection::Refused)),
    )
    .weighs(Severity::Warning),
    mutation(
        "a port that never answers",
        "unreachable-origin-port",
        Each::Origin(|scene, at| modify(scene, at, true, |host| host.https = Connection::TimedOut)),
    )
    .weighs(Severity::Warning),
    mutation(
        "a port without TLS",
        "unreachable-origin-port",
        Each::Origin(|scene, at| {
            let why = "it answered in plain HTTP".to_owned();
            modify(scene, at, true, |host| {
                host.https = Connection::Tls(Handshake::Broken(why.clone()));
            })
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a load balancer's own name over HTTPS",
        "uncertifiable-origin-name",
        Each::Origin(|scene, at| {
            scene
                .host(at)
                .filter(|_| https_only(scene, at) && !scene.has_control(at))?;
            let id = scene.id(at);
            let behaviors: Vec<&Behavior> = Reach::of(&scene.healthy).behaviors_to(&id).collect();
            if behaviors.is_empty() || behaviors.iter().any(|it| it.may_forward_host()) {
                return None;
            }
            scene.world.offline = true;
            scene.origin(at)["DomainName"] = "app-123.eu-west-1.elb.amazonaws.com".into();
            Some(vec![format!("/Origins/Items/{at}/DomainName")])
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "TLS 1.0 offered to a server",
        "deprecated-origin-tls",
        Each::Origin(|scene, at| {
            https_only(scene, at).then_some(())?;
            scene.origin(at)["CustomOriginConfig"]["OriginSslProtocols"] =
                serde_json::json!({"Quantity": 2, "Items": ["TLSv1.2", "TLSv1"]});
            Some(vec![format!(
                "/Origins/Items/{at}/CustomOriginConfig/OriginSslProtocols/Items/1"
            )])
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a server asked over plain HTTP",
        "unencrypted-origin",
        Each::Origin(|scene, at| {
            https_only(scene, at).then_some(())?;
            scene.origin(at)["CustomOriginConfig"]["OriginProtocolPolicy"] = "http-only".into();
            Some(vec![format!(
                "/Origins/Items/{at}/CustomOriginConfig/OriginProtocolPolicy"
            )])
        }),
    )
    .weighs(Severity::Info),
];

/// Whether it is asked over HTTPS by all viewers, by TLS 1.2 alone, without code that may choose
/// another origin: then a broken handshake is proof.
fn https_only(scene: &Scene, at: usize) -> bool {
    let origin = scene.origin_was(at);
    origin.custom.as_ref().is_some_and(|custom| {
        custom.protocol_policy() == Some(OriginProtocolPolicy::HttpsOnly)
            && !custom.origin_ssl_protocols.is_empty()
            && custom
                .origin_ssl_protocols
                .iter()
                .all(|version| version.is("TLSv1.2"))
            && !origin
                .s3_endpoint
                .as_ref()
                .is_some_and(origin_guard::distribution::S3Endpoint::is_website)
    })
}

/// Modifies an origin's host, which it may share with others.
fn modify(
    scene: &mut Scene,
    at: usize,
    https: bool,
    how: impl Fn(&mut Host),
) -> Option<Vec<String>> {
    let name = scene.host(at)?;
    let sharing: Vec<usize> = (0..scene.healthy.origins.len())
        .filter(|at| scene.host(*at).as_deref() == Some(&name))
        .collect();
    // Where code or the viewer's protocol decides, the guard only warns.
    let reach = Reach::of(&scene.healthy);
    let proven = sharing
        .iter()
        .all(|at| !reach.edge_decides(scene.origin_was(*at)) && (!https || https_only(scene, *at)));
    if !proven {
        return None;
    }
    how(scene.world.hosts.get_mut(&name)?);
    Some(scene.origins_where("DomainName", |at| sharing.contains(&at)))
}
