use std::net::IpAddr;

use crate::facts::Resolution;
use crate::finding::Findings;
use crate::rules::{Case, KnownHost};

rule! {
    /// ## What it does
    /// Custom origins whose domain has no address of the type that CloudFront connects to.
    /// `IpAddressType` (`ipv4` where it is left out, `ipv6`, or `dualstack`) is compared with the A
    /// and AAAA records in DNS.
    ///
    /// ## Why is this bad?
    /// CloudFront finds no address to connect to, and viewers get 502. CloudFront deploys the config quietly.
    ///
    /// ## Example
    /// A host with A records only:
    /// ```json
    /// {"DomainName": "api.example.com", "CustomOriginConfig": {"IpAddressType": "ipv6"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"DomainName": "api.example.com", "CustomOriginConfig": {"IpAddressType": "ipv4"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins: # the host has A records only
    ///   - {Id: api, DomainName: api.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only, IpAddressType: ipv6}}
    /// # good
    /// Origins:
    ///   - {Id: api, DomainName: api.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only, IpAddressType: ipv4}}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// custom_origin_config { # the host has A records only
    ///   ip_address_type = "ipv6"
    /// }
    /// # good
    /// custom_origin_config {
    ///   ip_address_type = "ipv4"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Set `IpAddressType` to the type of address that the host has, or to `dualstack`; or add the
    /// missing records.
    ///
    /// ## References
    /// - [CustomOriginConfig](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomOriginConfig.html)
    "unmatched-ip-address-type", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for KnownHost { origin, fact, .. } in case.hosts() {
        let field = origin
            .custom
            .as_ref()
            .and_then(|it| it.ip_address_type.as_ref());
        let (wanted, record, other): (fn(&IpAddr) -> bool, _, _) = match field {
            // CloudFront's default is `ipv4`.
            None => (IpAddr::is_ipv4, "A", "ipv6"),
            Some(field) if field.is("ipv4") => (IpAddr::is_ipv4, "A", "ipv6"),
            Some(field) if field.is("ipv6") => (IpAddr::is_ipv6, "AAAA", "ipv4"),
            Some(_) => continue,
        };
        let Some(host) = findings.need(&origin.place, fact) else {
            continue;
        };
        let Resolution::Addresses {
            public, private, ..
        } = &host.resolution
        else {
            continue;
        };
        // A private address of the family counts too: which kind of record there is does not depend
        // on it.
        if public.iter().chain(private).any(wanted) {
            continue;
        }
        let place = field.map_or(&origin.domain_name.place, |field| &field.place);
        let kind = field.map_or("ipv4", |field| field.spelling());
        findings
            .add(
                place,
                format!(
                    "CloudFront connects to origin {} over {kind}, and `{}` has no {record} \
                     record",
                    origin.name(),
                    origin.domain_name
                ),
            )
            .origin(case.reach(), origin)
            .evidence("IpAddressType", kind)
            .remedy(format!(
                "set IpAddressType of origin {} to `{other}` or `dualstack`, or add an {record} record",
                origin.name()
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, text};

    fn scene(kind: Option<&str>, addresses: &[&str]) -> Scene {
        Scene::custom("api.example.com")
            .with(|origin| {
                if let Some(custom) = &mut origin.custom {
                    custom.ip_address_type = kind.map(text);
                }
            })
            .resolves_to(Resolution::Addresses {
                public: addresses.iter().map(|ip| ip.parse().unwrap()).collect(),
                private: Vec::new(),
                aliases: Vec::new(),
            })
    }

    const V4: &str = "52.95.110.1";
    const V6: &str = "2600:9000::1";

    #[test]
    fn fails_for_ipv6_to_a_host_of_ipv4() {
        scene(Some("ipv6"), &[V4]).fails(&RULE, expect![[r#"
            warning at /ipv6
              CloudFront connects to origin `main` over ipv6, and `api.example.com` has no AAAA record
              help: set IpAddressType of origin `main` to `ipv4` or `dualstack`, or add an AAAA record
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_ipv4_to_a_host_of_ipv6() {
        scene(Some("ipv4"), &[V6]).fails(
            &RULE,
            expect![[r#"
                warning at /ipv4
                  CloudFront connects to origin `main` over ipv4, and `api.example.com` has no A record
                  help: set IpAddressType of origin `main` to `ipv6` or `dualstack`, or add an A record
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_the_default_to_a_host_of_ipv6() {
        scene(None, &[V6]).fails(
            &RULE,
            expect![[r#"
                warning at /api.example.com
                  CloudFront connects to origin `main` over ipv4, and `api.example.com` has no A record
                  help: set IpAddressType of origin `main` to `ipv6` or `dualstack`, or add an A record
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn passes_for_what_the_host_has() {
        scene(Some("ipv6"), &[V4, V6]).passes(&RULE);
        scene(None, &[V4]).passes(&RULE);
    }

    #[test]
    fn passes_for_dualstack() {
        scene(Some("dualstack"), &[V6]).passes(&RULE);
    }

    #[test]
    fn passes_for_what_is_not_decided() {
        scene(Some("${Kind}"), &[V6]).passes(&RULE);
    }
}
