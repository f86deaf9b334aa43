use crate::distribution::{CustomOriginConfig, Origin, OriginProtocolPolicy};
use crate::facts::{Connection, Door, Handshake, ORIGIN_PORT, ProbeFailure, TlsOffer, Unknown};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::{Case, KnownHost};

rule! {
    /// ## What it does
    /// Custom origins whose port refuses connections, does not answer, or does not support the TLS
    /// versions that CloudFront uses.
    ///
    /// ## Why is this bad?
    /// It deploys quietly, and viewers get 502 or 504. It is a warning, since the guard connects
    /// from other addresses: many origins rightly allow only CloudFront's. It is an error only
    /// where the origin answered and supports none of the TLS versions in `OriginSslProtocols`.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "api", "DomainName": "api.example.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 80, "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// Use instead the port that the origin listens at:
    /// ```json
    /// {"Id": "api", "DomainName": "api.example.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only, HTTPSPort: 80}
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only, HTTPSPort: 443}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// custom_origin_config {
    ///   http_port              = 80
    ///   https_port             = 80
    ///   origin_protocol_policy = "https-only"
    ///   origin_ssl_protocols   = ["TLSv1.2"]
    /// }
    /// # good
    /// custom_origin_config {
    ///   http_port              = 80
    ///   https_port             = 443
    ///   origin_protocol_policy = "https-only"
    ///   origin_ssl_protocols   = ["TLSv1.2"]
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Compare `HTTPPort`, `HTTPSPort` and `OriginProtocolPolicy` with the port and the protocol of
    /// the origin. If it is open only to CloudFront, no change is needed: don't open it for the
    /// guard.
    ///
    /// ## References
    /// - [HTTP 502 status code](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html)
    /// - [Addresses of CloudFront's servers](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html)
    "unreachable-origin-port", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for KnownHost { origin, door, fact } in case.hosts() {
        let (Some(host), Some(door)) = (findings.need(&origin.place, fact), door) else {
            continue;
        };
        let place = &origin.domain_name.place;
        let at = format!("`{}` port {}", origin.domain_name, door.port());
        let what = match host.connections.get(door) {
            Some(Connection::Refused) => "refuses connections from the guard".to_owned(),
            Some(Connection::TimedOut) => "does not answer the guard".to_owned(),
            Some(Connection::Tls(Handshake::NoCommonVersion)) if offers_modern_alone(door) => {
                "supports none of the TLS versions in OriginSslProtocols".to_owned()
            }
            Some(Connection::Tls(Handshake::Broken(why))) => {
                format!("fails the TLS handshake ({why})")
            }
            // The guard itself has no way there, such as from a subnet without a route: that proves
            // nothing.
            Some(Connection::Failed(why)) => {
                findings.undecided(&origin.place, Unknown::probe_failed(
                    ORIGIN_PORT,
                    &format!("{}:{}", origin.domain_name, door.port()),
                    ProbeFailure::Unreachable(why.clone()),
                ));
                continue;
            }
            Some(
                Connection::Open
                // Where older versions are listed too, CloudFront may use one of them.
                | Connection::Tls(
                    Handshake::Certificate(_) | Handshake::NotJudged | Handshake::NoCommonVersion,
                ),
            )
            | None => continue,
        };
        let proven = matches!(
            host.connections.get(door),
            Some(Connection::Tls(Handshake::NoCommonVersion))
        );
        let finding = findings.add(place, format!("origin {} at {at} {what}", origin.name()));
        finding.origin(case.reach(), origin);
        if proven {
            finding.remedy("enable TLS 1.2 or later on the origin");
            if is_down(case, origin, door, host.connections.get(door)) {
                finding.severity(Severity::Error);
            }
        } else {
            finding.remedy(format!(
                "make sure that origin {} listens on port {} and allows CloudFront's \
                 addresses; if it allows only those, no change is needed",
                origin.name(),
                door.port()
            ));
        }
    }
}

/// Whether it is proven that no viewer gets anything from the origin: no version of TLS is left.
pub(super) fn is_down(
    case: &Case<'_>,
    origin: &Origin,
    door: &Door,
    connection: Option<&Connection>,
) -> bool {
    let custom = origin.custom.as_ref();
    let policy = custom.and_then(CustomOriginConfig::protocol_policy);
    connection == Some(&Connection::Tls(Handshake::NoCommonVersion))
        && offers_modern_alone(door)
        && policy == Some(OriginProtocolPolicy::HttpsOnly)
        && !case.reach().edge_decides(origin)
}

fn offers_modern_alone(door: &Door) -> bool {
    matches!(
        door,
        Door::Https {
            offer: TlsOffer::Modern,
            ..
        }
    )
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, text};

    fn scene(connection: Connection) -> Scene {
        Scene::custom("api.example.com").connection(connection)
    }

    #[test]
    fn fails_for_a_closed_port() {
        scene(Connection::Refused).fails(&RULE, expect![[r#"
            warning at /api.example.com
              origin `main` at `api.example.com` port 443 refuses connections from the guard
              help: make sure that origin `main` listens on port 443 and allows CloudFront's addresses; if it allows only those, no change is needed
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_port_that_does_not_answer() {
        scene(Connection::TimedOut).fails(&RULE, expect![[r#"
            warning at /api.example.com
              origin `main` at `api.example.com` port 443 does not answer the guard
              help: make sure that origin `main` listens on port 443 and allows CloudFront's addresses; if it allows only those, no change is needed
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_port_without_tls() {
        let broken = Handshake::Broken("received corrupt message".to_owned());
        scene(Connection::Tls(broken)).fails(&RULE, expect![[r#"
            warning at /api.example.com
              origin `main` at `api.example.com` port 443 fails the TLS handshake (received corrupt message)
              help: make sure that origin `main` listens on port 443 and allows CloudFront's addresses; if it allows only those, no change is needed
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_in_full_where_no_version_of_tls_is_left() {
        let old = || Connection::Tls(Handshake::NoCommonVersion);
        scene(old()).fails(&RULE, expect![[r#"
            error at /api.example.com
              origin `main` at `api.example.com` port 443 supports none of the TLS versions in OriginSslProtocols
              help: enable TLS 1.2 or later on the origin
              origin: main
              paths: `*`
        "#]]);
        let mixed = Scene::custom("api.example.com")
            .with(|o| {
                let custom = o.custom.as_mut().unwrap();
                custom.origin_ssl_protocols.push(text("TLSv1"));
            })
            .connection(old());
        mixed.passes(&RULE);
    }

    #[test]
    fn passes_for_an_open_port() {
        scene(Connection::Open).passes(&RULE);
    }

    #[test]
    fn passes_for_a_tls_port_whatever_its_certificate() {
        Scene::custom("api.example.com")
            .certificate(crate::facts::Trust::Expired, -3)
            .passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_without_a_network() {
        let unknowns = scene(Connection::Failed("Network is unreachable".to_owned()));
        unknowns.passes_with_unknowns(
            &RULE,
            expect![[r#"
            unknown: origin port `api.example.com:443`, unreachable: Network is unreachable
              needs: a retry
        "#]],
        );
    }
}
