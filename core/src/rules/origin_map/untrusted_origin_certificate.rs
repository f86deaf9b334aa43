use crate::distribution::{CustomOriginConfig, Origin, OriginProtocolPolicy, Reach};
use crate::facts::{Connection, Door, Handshake, Trust};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::{Case, KnownHost};

rule! {
    /// ## What it does
    /// Custom origins whose certificate CloudFront refuses: self-signed or without its intermediate
    /// certificates, expired, not valid yet, or for other names.
    ///
    /// ## Why is this bad?
    /// It deploys quietly, and viewers get 502. The certificate must chain to a root that Mozilla
    /// trusts and must have the origin's domain, or the `Host` header where that is forwarded,
    /// among its names. A load balancer's own name is never in the certificate of your domain. With
    /// `match-viewer` only viewers on HTTPS are affected, and code at the edge may choose another
    /// origin, so both are warnings.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "web", "DomainName": "web-1.eu-west-1.elb.amazonaws.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// Use instead a name that is in the certificate and points at the load balancer:
    /// ```json
    /// {"Id": "web", "DomainName": "web.example.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: web
    ///     DomainName: !GetAtt LoadBalancer.DNSName
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// # good
    /// Origins:
    ///   - Id: web
    ///     DomainName: !Ref WebRecord # web.example.com, which is in the certificate
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "web"
    ///   domain_name = aws_lb.web.dns_name
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "web"
    ///   domain_name = aws_route53_record.web.fqdn # web.example.com, which is in the certificate
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Use a `DomainName` that the certificate has, renew the certificate, or have the server send
    /// the whole chain. Don't fall back to `http-only`: requests to the origin could be read on the
    /// way.
    ///
    /// ## References
    /// - [Requiring HTTPS to a custom origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html)
    /// - [HTTP 502 status code](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html)
    "untrusted-origin-certificate", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for KnownHost { origin, door, fact } in case.hosts() {
        let (Some(host), Some(door)) = (findings.need(&origin.place, fact), door) else {
            continue;
        };
        // Ports that gave no certificate are `unreachable-origin-port`'s, and what is not known of it
        // lists `expiring-origin-certificate`.
        let Some(Connection::Tls(Handshake::Certificate(certificate))) = host.connections.get(door)
        else {
            continue;
        };
        let Some((problem, remedy)) = problem(&certificate.trust, door) else {
            continue;
        };
        let finding = findings.add(
            &origin.domain_name.place,
            format!(
                "origin {} at `{}` port {} presents a certificate that {problem}",
                origin.name(),
                origin.domain_name,
                door.port()
            ),
        );
        finding
            .origin(case.reach(), origin)
            .severity(severity(&certificate.trust, case.reach(), origin))
            .remedy(remedy);
        if let Some(days) = certificate.days_left {
            finding.evidence("days left", days);
        }
    }
}

fn severity(trust: &Trust, reach: &Reach<'_>, origin: &Origin) -> Severity {
    let policy = origin
        .custom
        .as_ref()
        .and_then(CustomOriginConfig::protocol_policy);
    let doubtful = matches!(trust, Trust::Doubtful(_));
    // With `match-viewer`, viewers on HTTP never meet the certificate.
    if doubtful || policy != Some(OriginProtocolPolicy::HttpsOnly) || reach.edge_decides(origin) {
        Severity::Warning
    } else {
        Severity::Error
    }
}

fn problem(trust: &Trust, door: &Door) -> Option<(String, String)> {
    let wanted = match door {
        Door::Https { names, .. } => names.as_slice(),
        Door::Http { .. } => &[],
    };
    Some(match trust {
        Trust::Trusted => return None,
        Trust::UntrustedChain => (
            "does not chain to a root that CloudFront trusts, so viewers get 502".to_owned(),
            "use a certificate of a public authority, and have the server send its intermediate \
             certificates with it"
                .to_owned(),
        ),
        Trust::Expired => (
            "has expired, so viewers get 502".to_owned(),
            "renew the origin's certificate".to_owned(),
        ),
        Trust::NotYetValid => (
            "is not valid yet, so viewers get 502".to_owned(),
            "use a certificate that is valid now".to_owned(),
        ),
        Trust::WrongNames(names) => (
            format!(
                "is for {}, not for {}, so viewers get 502",
                list(names, "no name"),
                list(wanted, "it")
            ),
            format!(
                "use a DomainName that the certificate has, or install a certificate for {}",
                list(wanted, "it")
            ),
        ),
        Trust::Doubtful(why) => (
            format!("the guard cannot verify ({why}), so CloudFront may not either"),
            "check the certificate, and use one of a public authority".to_owned(),
        ),
    })
}

fn list(names: &[String], none: &str) -> String {
    if names.is_empty() {
        return none.to_owned();
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(" or ")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::EdgeEvent;
    use crate::rules::testing::{Scene, all_fail, text};

    fn scene(trust: Trust) -> Scene {
        Scene::custom("web-1.eu-west-1.elb.amazonaws.com").certificate(trust, 60)
    }

    #[test]
    fn fails_for_the_name_of_a_load_balancer() {
        let names = vec!["example.com".to_owned(), "*.example.com".to_owned()];
        scene(Trust::WrongNames(names)).fails(&RULE, expect![[r#"
            error at /web-1.eu-west-1.elb.amazonaws.com
              origin `main` at `web-1.eu-west-1.elb.amazonaws.com` port 443 presents a certificate that is for `example.com` or `*.example.com`, not for `web-1.eu-west-1.elb.amazonaws.com`, so viewers get 502
              help: use a DomainName that the certificate has, or install a certificate for `web-1.eu-west-1.elb.amazonaws.com`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_chain_to_no_root() {
        scene(Trust::UntrustedChain).fails(&RULE, expect![[r#"
            error at /web-1.eu-west-1.elb.amazonaws.com
              origin `main` at `web-1.eu-west-1.elb.amazonaws.com` port 443 presents a certificate that does not chain to a root that CloudFront trusts, so viewers get 502
              help: use a certificate of a public authority, and have the server send its intermediate certificates with it
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_out_of_its_time() {
        all_fail(
            &RULE,
            [scene(Trust::Expired), scene(Trust::NotYetValid)],
            expect![[r#"
                error at /web-1.eu-west-1.elb.amazonaws.com
                  origin `main` at `web-1.eu-west-1.elb.amazonaws.com` port 443 presents a certificate that has expired, so viewers get 502
                  help: renew the origin's certificate
                  origin: main
                  paths: `*`

                error at /web-1.eu-west-1.elb.amazonaws.com
                  origin `main` at `web-1.eu-west-1.elb.amazonaws.com` port 443 presents a certificate that is not valid yet, so viewers get 502
                  help: use a certificate that is valid now
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_with_a_warning_where_not_all_viewers_are_hit_or_it_is_not_proven() {
        let light = [
            Scene::custom("api.example.com")
                .with(|o| {
                    let custom = o.custom.as_mut().unwrap();
                    custom.origin_protocol_policy = Some(text("match-viewer"));
                })
                .certificate(Trust::Expired, -1),
            Scene::custom("api.example.com")
                .with_behavior(|b| b.edge_events = vec![EdgeEvent::OriginRequest])
                .certificate(Trust::Expired, -1),
            scene(Trust::Doubtful("UnsupportedCertVersion".to_owned())),
        ];
        all_fail(
            &RULE,
            light.map(|scene| scene),
            expect![[r#"
                warning at /api.example.com
                  origin `main` at `api.example.com` port 443 presents a certificate that has expired, so viewers get 502
                  help: renew the origin's certificate
                  origin: main
                  paths: `*`

                warning at /api.example.com
                  origin `main` at `api.example.com` port 443 presents a certificate that has expired, so viewers get 502
                  help: renew the origin's certificate
                  origin: main
                  paths: `*`

                warning at /web-1.eu-west-1.elb.amazonaws.com
                  origin `main` at `web-1.eu-west-1.elb.amazonaws.com` port 443 presents a certificate that the guard cannot verify (UnsupportedCertVersion), so CloudFront may not either
                  help: check the certificate, and use one of a public authority
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn passes_for_a_trusted_certificate() {
        scene(Trust::Trusted).passes(&RULE);
    }

    #[test]
    fn passes_for_plain_http() {
        Scene::custom("api.example.com")
            .with(|o| o.custom.as_mut().unwrap().origin_protocol_policy = Some(text("http-only")))
            .connection(Connection::Open)
            .passes(&RULE);
    }

    #[test]
    fn passes_where_no_certificate_was_seen() {
        for connection in [
            Connection::Refused,
            Connection::TimedOut,
            Connection::Tls(Handshake::NotJudged),
        ] {
            let scene = Scene::custom("api.example.com").connection(connection);
            scene.passes(&RULE);
        }
    }
}
