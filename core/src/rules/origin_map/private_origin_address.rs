use std::net::IpAddr;

use crate::distribution::{At, AwsHost};
use crate::facts::{ORIGIN_HOST, Requirement, Resolution, Unknown, Vantage};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::{Case, KnownHost};

rule! {
    /// ## What it does
    /// Custom origins whose domain resolves to addresses that are not on the internet: private,
    /// loopback, link-local, shared or reserved ones.
    ///
    /// ## Why is this bad?
    /// It deploys quietly. CloudFront connects to custom origins over the internet. It cannot
    /// connect to a private address, and viewers get 502 or 504; an internal load balancer is the
    /// usual cause. Where only some of the addresses are private, some requests fail, which is a
    /// warning. It is a warning too where code at the edge chooses the origin. The guard reports
    /// such addresses and never connects to them.
    ///
    /// DNS servers inside a network prove nothing about CloudFront, which asks public DNS: where they
    /// gave the address, it is a warning. Of a host that AWS gave, such as `….execute-api.…` in a VPC
    /// with an endpoint for API Gateway, it is listed as not known, except of load balancers whose
    /// name begins with `internal-`.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "api", "DomainName": "internal-api-1.eu-west-1.elb.amazonaws.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// Use instead a VPC origin:
    /// ```json
    /// {"Id": "api", "DomainName": "internal-api-1.eu-west-1.elb.amazonaws.com",
    ///  "VpcOriginConfig": {"VpcOriginId": "vo_EXAMPLE"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: api
    ///     DomainName: !GetAtt InternalLoadBalancer.DNSName
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: !GetAtt InternalLoadBalancer.DNSName
    ///     VpcOriginConfig: {VpcOriginId: !GetAtt InternalOrigin.Id}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "api"
    ///   domain_name = aws_lb.internal.dns_name
    ///   custom_origin_config {
    ///     http_port              = 80
    ///     https_port             = 443
    ///     origin_protocol_policy = "https-only"
    ///     origin_ssl_protocols   = ["TLSv1.2"]
    ///   }
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "api"
    ///   domain_name = aws_lb.internal.dns_name
    ///   vpc_origin_config {
    ///     vpc_origin_id = aws_cloudfront_vpc_origin.internal.id
    ///   }
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Use a VPC origin for a server inside a VPC, or set a host on the internet. Where the guard
    /// runs in a network whose own DNS answers differently from public DNS, run it outside that
    /// network or set `ORIGIN_GUARD_NETWORK` to `off`. Don't open the load balancer to the internet
    /// to work around it.
    ///
    /// ## References
    /// - [VPC origins](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html)
    /// - [Origin domain name](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html)
    "private-origin-address", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for KnownHost { origin, fact, .. } in case.hosts() {
        let Some(host) = findings.need(&origin.place, fact) else {
            continue;
        };
        let Resolution::Addresses {
            public, private, ..
        } = &host.resolution
        else {
            continue;
        };
        let Some(first) = private.first() else {
            continue;
        };
        let service = AwsHost::of(&origin.domain_name);
        // AWS names such load balancers `internal-…`, and resolves them to private addresses
        // everywhere.
        let is_internal = service == Some(AwsHost::InternalLoadBalancer);
        let is_proof = host.vantage == Vantage::Internet || is_internal;
        // Inside a VPC, hosts of AWS services have private addresses behind interface endpoints,
        // and instances their private ones, while public DNS has public addresses.
        if !is_proof && service.is_some() {
            findings.undecided(&origin.place, hidden(&origin.domain_name, *first));
            continue;
        }
        let (extent, consequence) = match (public.is_empty(), is_proof) {
            (true, true) => ("", "so CloudFront cannot connect to it"),
            (false, true) => ("also ", "so some of CloudFront's connections fail"),
            (_, false) => (
                "",
                "as DNS servers inside a network say, and CloudFront cannot connect to it if public DNS \
                 says so too",
            ),
        };
        let finding = findings.add(
            &origin.domain_name.place,
            format!(
                "origin {} points at `{}`, which {extent}resolves to {first}, an address that is not \
                 on the internet, {consequence}",
                origin.name(),
                origin.domain_name
            ),
        );
        finding
            .origin(case.reach(), origin)
            .evidence("addresses", list(private))
            .remedy(format!(
                "connect to origin {} through a VPC origin (VpcOriginConfig), or set a \
                 DomainName whose addresses are on the internet",
                origin.name()
            ));
        // With a public address beside it some connections succeed; code at the edge may never use
        // this origin.
        if !is_proof || !public.is_empty() || case.reach().edge_decides(origin) {
            finding.severity(Severity::Warning);
        }
    }
}

/// A host of AWS that has an address on the internet by its kind: in a VPC with an endpoint for the
/// service, or in that of the instance, the same name has a private one.
fn hidden(domain: &At<String>, address: IpAddr) -> Unknown {
    let on = format!(
        "DNS servers inside a network say {address}, which may be what a VPC alone sees of this host"
    );
    Unknown::without(
        ORIGIN_HOST,
        domain.spelling(),
        on,
        Requirement::OutsideNetwork,
    )
}

fn list(addresses: &[IpAddr]) -> String {
    const MOST: usize = 8;
    let addresses = addresses.iter().take(MOST).map(ToString::to_string);
    addresses.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::EdgeEvent;
    use crate::rules::testing::{Scene, all_pass_with_unknowns};

    fn on(domain: &str, private: &[&str]) -> Scene {
        Scene::custom(domain).resolves_to(Resolution::Addresses {
            public: Vec::new(),
            private: private.iter().map(|ip| ip.parse().unwrap()).collect(),
            aliases: Vec::new(),
        })
    }

    fn scene(public: &[&str], private: &[&str]) -> Scene {
        let ips = |texts: &[&str]| texts.iter().map(|ip| ip.parse().unwrap()).collect();
        Scene::custom("api.example.com").resolves_to(Resolution::Addresses {
            public: ips(public),
            private: ips(private),
            aliases: Vec::new(),
        })
    }

    #[test]
    fn fails_for_a_host_inside_a_network() {
        let scene = scene(&[], &["10.0.1.7", "10.0.2.7"]);
        scene.fails(&RULE, expect![[r#"
            error at /api.example.com
              origin `main` points at `api.example.com`, which resolves to 10.0.1.7, an address that is not on the internet, so CloudFront cannot connect to it
              help: connect to origin `main` through a VPC origin (VpcOriginConfig), or set a DomainName whose addresses are on the internet
              origin: main
              paths: `*`
        "#]]);
        assert_eq!(scene.one_finding(&RULE).evidence[0].1, "10.0.1.7, 10.0.2.7");
    }

    #[test]
    fn fails_for_the_metadata_service() {
        scene(&[], &["169.254.169.254"]).fails(&RULE, expect![[r#"
            error at /api.example.com
              origin `main` points at `api.example.com`, which resolves to 169.254.169.254, an address that is not on the internet, so CloudFront cannot connect to it
              help: connect to origin `main` through a VPC origin (VpcOriginConfig), or set a DomainName whose addresses are on the internet
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_with_a_warning_for_some_of_the_addresses() {
        scene(&["52.95.110.1"], &["192.168.0.1"]).fails(&RULE, expect![[r#"
            warning at /api.example.com
              origin `main` points at `api.example.com`, which also resolves to 192.168.0.1, an address that is not on the internet, so some of CloudFront's connections fail
              help: connect to origin `main` through a VPC origin (VpcOriginConfig), or set a DomainName whose addresses are on the internet
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_with_a_warning_where_code_at_the_edge_decides() {
        scene(&[], &["10.0.1.7"])
            .with_behavior(|b| b.edge_events = vec![EdgeEvent::ViewerRequest])
            .fails(&RULE, expect![[r#"
                warning at /api.example.com
                  origin `main` points at `api.example.com`, which resolves to 10.0.1.7, an address that is not on the internet, so CloudFront cannot connect to it
                  help: connect to origin `main` through a VPC origin (VpcOriginConfig), or set a DomainName whose addresses are on the internet
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_lightly_where_servers_inside_a_network_say_it() {
        let finding = scene(&[], &["10.0.1.7"])
            .seen_from_inside()
            .one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Warning);
        assert!(finding.message.contains("DNS servers inside a network"));
    }

    #[test]
    fn fails_in_full_for_an_internal_load_balancer_wherever_it_is_seen_from() {
        let scene = on("internal-web-1.eu-west-1.elb.amazonaws.com", &["10.0.1.7"]);
        let finding = scene.seen_from_inside().one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Error);
    }

    #[test]
    fn passes_with_an_unknown_for_public_hosts_of_aws_seen_from_inside() {
        let hosts = [
            "a1b2.execute-api.eu-west-1.amazonaws.com",
            "web-1.eu-west-1.elb.amazonaws.com",
            "ec2-203-0-113-25.compute-1.amazonaws.com",
        ];
        for host in hosts {
            on(host, &["10.0.1.7"]).one_finding(&RULE);
        }
        let inside = hosts.map(|host| on(host, &["10.0.1.7"]).seen_from_inside());
        all_pass_with_unknowns(
            &RULE,
            inside,
            expect![[r#"
            unknown: origin host `a1b2.execute-api.eu-west-1.amazonaws.com`, not decidable: DNS servers inside a network say 10.0.1.7, which may be what a VPC alone sees of this host
              needs: a run outside that network

            unknown: origin host `web-1.eu-west-1.elb.amazonaws.com`, not decidable: DNS servers inside a network say 10.0.1.7, which may be what a VPC alone sees of this host
              needs: a run outside that network

            unknown: origin host `ec2-203-0-113-25.compute-1.amazonaws.com`, not decidable: DNS servers inside a network say 10.0.1.7, which may be what a VPC alone sees of this host
              needs: a run outside that network
        "#]],
        );
    }

    #[test]
    fn passes_on_the_internet() {
        scene(&["52.95.110.1", "2600:9000::1"], &[]).passes(&RULE);
    }

    #[test]
    fn passes_for_a_name_that_does_not_exist() {
        let aliases = Vec::new();
        Scene::custom("api.example.com")
            .resolves_to(Resolution::NoSuchName { aliases })
            .passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_when_it_was_not_asked_for() {
        scene(&[], &[]).passes(&RULE);
        Scene::custom("api.example.com").passes_with_unknowns(
            &RULE,
            expect![[r#"
            unknown: origin host `api.example.com`, not asked for
              needs: a run with ORIGIN_GUARD_NETWORK=on
        "#]],
        );
    }
}
