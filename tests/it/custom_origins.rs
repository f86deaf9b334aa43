//! Hosts of custom origins, from the network to the report. Nothing here leaves this machine.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use origin_guard::candidate::{Candidate, Source, read_document};
use origin_guard::facts::{Fact, Probes, gather};
use origin_guard::facts::{Facts, Host, HostNeed, Needs, ProbeFailure, Vantage};
use origin_guard::network::{Answer, Network, Resolve, Roots, is_on_the_internet};
use origin_guard::rules::{Case, Limits, origin_map};
use serde_json::{Value, json};

use crate::command_line::{account, err, origin_guard, out};
use crate::stage::site;

/// DNS with a few names in it.
#[derive(Debug)]
struct Zone;

impl Resolve for Zone {
    async fn resolve(&self, name: &str) -> Result<Answer, ProbeFailure> {
        let aliases = Vec::new();
        let addresses = |texts: &[&str]| -> Vec<IpAddr> {
            texts.iter().map(|ip| ip.parse().unwrap()).collect()
        };
        match name {
            "metadata.example.com" => Ok(Answer::Addresses {
                addresses: addresses(&["169.254.169.254", "fd00:ec2::254", "127.0.0.1"]),
                aliases,
            }),
            "shop.example.com" => Ok(Answer::NoSuchName {
                aliases: vec!["shop.azurewebsites.net".to_owned()],
            }),
            "slow.example.com" => std::future::pending().await,
            _ => Err(ProbeFailure::Failed("SERVFAIL".to_owned())),
        }
    }

    fn vantage(&self) -> Vantage {
        Vantage::Internet
    }
}

/// Probes of the network alone.
struct NetworkOnly(Network<Zone>);

impl Probes for NetworkOnly {
    async fn host(&self, need: &HostNeed) -> Fact<Host> {
        self.0.probe(need).await
    }
}

/// A config whose only origin is this host.
fn config(domain: &str) -> Value {
    json!({
        "CallerReference": "one", "Comment": "", "Enabled": true,
        "Origins": {"Quantity": 1, "Items": [{"Id": "web", "DomainName": domain,
            "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443,
                "OriginProtocolPolicy": "https-only",
                "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]}}}]},
        "DefaultCacheBehavior": {"TargetOriginId": "web", "ViewerProtocolPolicy": "https-only",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}
    })
}

async fn facts(candidate: &Candidate) -> Facts {
    let network = Network::new(Zone, is_on_the_internet, Roots::Mozilla);
    gather(&NetworkOnly(network), &Needs::of(&candidate.distribution)).await
}

/// The rules that find something, and how many facts stood in the way of a verdict.
async fn judged(domain: &str) -> (Vec<&'static str>, usize) {
    let text = config(domain).to_string();
    let candidate = read_document(Source::File, "site.json", text.as_bytes()).unwrap();
    let facts = facts(&candidate).await;
    let limits = Limits::default();
    let case = Case::new(&candidate.distribution, &facts, &limits);
    let (_, findings) = origin_map::judge(&case);
    let rules = findings.findings.iter().map(|each| each.rule.name);
    let blocking = findings.unknowns.iter().filter(|each| each.blocks());
    (rules.collect(), blocking.count())
}

#[tokio::test]
async fn a_candidate_cannot_aim_the_guard_at_the_inside() {
    let (rules, unknown) = judged("metadata.example.com").await;
    assert_eq!(rules, ["private-origin-address"]);
    assert_eq!(unknown, 0);
}

#[tokio::test]
async fn a_dangling_alias_is_found() {
    let (rules, unknown) = judged("shop.example.com").await;
    assert_eq!(rules, ["unresolvable-origin-domain"]);
    assert_eq!(unknown, 0);
}

#[tokio::test]
async fn dns_that_fails_is_no_finding_and_no_pass() {
    let (rules, unknown) = judged("elsewhere.example.com").await;
    assert_eq!(rules, Vec::<&str>::new());
    assert!(unknown > 0);
}

#[tokio::test]
async fn dns_that_hangs_is_given_up() {
    let begun = Instant::now();
    let (rules, unknown) = judged("slow.example.com").await;
    assert_eq!(rules, Vec::<&str>::new());
    assert!(unknown > 0);
    assert!(begun.elapsed() < Duration::from_secs(10));
}

/// `.invalid` never exists (RFC 6761): without a network it is unknown, with one it is a finding.
#[tokio::test]
async fn the_command_line_asks_dns_unless_it_is_switched_off() {
    let double = aws_double::Double::start().await;
    crate::stage::furnish(&double);
    let input = config("api.origin-guard.invalid").to_string();
    let environment = account(&double);
    let run = move |network: &str| {
        let environment: Vec<(&str, &str)> = environment
            .iter()
            .map(|(name, value)| match name.as_str() {
                "ORIGIN_GUARD_NETWORK" => (name.as_str(), network),
                _ => (name.as_str(), value.as_str()),
            })
            .collect();
        origin_guard(&["check", "-"], &environment, &input)
    };
    let all = move || (run(""), run("public-dns"), run("off"));
    let (on, public, off) = tokio::task::spawn_blocking(all).await.unwrap();
    // Where there is no DNS server at all, it is unknown.
    assert_ne!(public.status.code(), Some(0), "{}", out(&public));
    assert!(
        !out(&public).contains("DNS servers inside a network"),
        "{}",
        out(&public)
    );
    let text = out(&on);
    match on.status.code() {
        Some(3) => assert!(
            text.contains("origin host `api.origin-guard.invalid`"),
            "{text}"
        ),
        Some(1) => assert!(text.contains("error[unresolvable-origin-domain]"), "{text}"),
        // The machine's DNS servers are inside a network.
        Some(0) => assert!(
            text.contains("warning[unresolvable-origin-domain]"),
            "{text}"
        ),
        other => panic!("{other:?}: {text}{}", err(&on)),
    }
    assert_eq!(off.status.code(), Some(0), "{}{}", out(&off), err(&off));
    assert!(
        out(&off).contains("not asked for; needs a run with ORIGIN_GUARD_NETWORK=on"),
        "{}",
        out(&off)
    );
}

#[test]
fn offline_makes_no_call() {
    let begun = Instant::now();
    let output = origin_guard(&["check", "--offline", "-"], &[], &site().to_string());
    assert_eq!(output.status.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(2));
}
