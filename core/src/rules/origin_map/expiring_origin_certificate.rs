use super::unreachable_origin_port::is_down;
use crate::facts::{Connection, Door, Handshake, ORIGIN_CERTIFICATE, ProbeFailure, Trust, Unknown};
use crate::finding::Findings;
use crate::rules::{Case, KnownHost};

rule! {
    /// ## What it does
    /// Custom origins whose certificate expires within 14 days.
    ///
    /// ## Why is this bad?
    /// It deploys quietly. When it expires, viewers get 502, and CloudFront gives no warning
    /// before. Certificates that renew themselves do so earlier (ACM 60 days, Let's Encrypt's
    /// clients 30 days before they expire), so one this close to its end is probably not being
    /// renewed.
    ///
    /// ## Example
    /// ```text
    /// api.example.com:443, notAfter in 5 days
    /// ```
    /// Use instead a certificate with time left:
    /// ```text
    /// api.example.com:443, notAfter in 80 days
    /// ```
    ///
    /// ## How to fix
    /// Renew the certificate and find out why it did not renew itself: often a DNS record or an
    /// HTTP path for the validation is gone, or the server has not reloaded the certificate.
    ///
    /// ## References
    /// - [Requiring HTTPS to a custom origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html)
    /// - [Managed renewal in ACM](https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html)
    "expiring-origin-certificate", OriginMap, Warning, check
}

const SOON: i64 = 14;

fn check(case: &Case<'_>, findings: &mut Findings) {
    for KnownHost { origin, door, fact } in case.hosts() {
        let (Some(host), Some(door)) = (findings.need(&origin.place, fact), door) else {
            continue;
        };
        let connection = host.connections.get(door);
        let Some(Connection::Tls(Handshake::Certificate(certificate))) = connection else {
            // Plain HTTP has none, and an error says more than a certificate that was not seen.
            let other =
                matches!(door, Door::Http { .. }) || is_down(case, origin, door, connection);
            if let Some(why) = connection.and_then(not_seen).filter(|_| !other) {
                let subject = origin.domain_name.to_string();
                let unknown = Unknown::probe_failed(ORIGIN_CERTIFICATE, &subject, why);
                findings.undecided(&origin.place, unknown);
            }
            continue;
        };
        // Counted when the certificate was seen: rules have no clock.
        let Some(days) = certificate.days_left.filter(|&days| days < SOON) else {
            continue;
        };
        // One that is refused already is `untrusted-origin-certificate`'s.
        if certificate.trust != Trust::Trusted {
            continue;
        }
        let when = match days {
            ..=0 => "in less than a day".to_owned(),
            1 => "in 1 day".to_owned(),
            _ => format!("in {days} days"),
        };
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "the certificate of origin {} at `{}` port {} expires {when}, and viewers \
                     get 502 from then on",
                    origin.name(),
                    origin.domain_name,
                    door.port()
                ),
            )
            .origin(case.reach(), origin)
            .evidence("days left", days)
            .remedy(format!(
                "renew the certificate of `{}`, and find out why it did not renew itself",
                origin.domain_name
            ));
    }
}

/// Why a connection showed no certificate, where one was to be seen and no other rule lists that.
fn not_seen(connection: &Connection) -> Option<ProbeFailure> {
    let failed = |why: &str| Some(ProbeFailure::Failed(why.to_owned()));
    match connection {
        Connection::Refused => {
            let why = "the port refuses connections from the guard";
            Some(ProbeFailure::Unreachable(why.to_owned()))
        }
        Connection::TimedOut => Some(ProbeFailure::TimedOut),
        Connection::Tls(Handshake::NoCommonVersion) => {
            failed("the origin supports no TLS version that the guard supports")
        }
        Connection::Tls(Handshake::NotJudged) => {
            failed("OriginSslProtocols lists only versions that the guard does not support")
        }
        Connection::Tls(Handshake::Broken(why)) => {
            failed(&format!("the TLS handshake failed ({why})"))
        }
        // That the guard has no way there, `unreachable-origin-port` lists.
        Connection::Failed(_) | Connection::Open | Connection::Tls(Handshake::Certificate(_)) => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, all_pass_with_unknowns, text};

    fn scene(trust: Trust, days: i64) -> Scene {
        Scene::custom("api.example.com").certificate(trust, days)
    }

    #[test]
    fn fails_in_the_last_two_weeks() {
        scene(Trust::Trusted, 13).fails(&RULE, expect![[r#"
            warning at /api.example.com
              the certificate of origin `main` at `api.example.com` port 443 expires in 13 days, and viewers get 502 from then on
              help: renew the certificate of `api.example.com`, and find out why it did not renew itself
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_on_the_day_before() {
        scene(Trust::Trusted, 1).fails(&RULE, expect![[r#"
            warning at /api.example.com
              the certificate of origin `main` at `api.example.com` port 443 expires in 1 day, and viewers get 502 from then on
              help: renew the certificate of `api.example.com`, and find out why it did not renew itself
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_on_the_last_day() {
        scene(Trust::Trusted, 0).fails(&RULE, expect![[r#"
            warning at /api.example.com
              the certificate of origin `main` at `api.example.com` port 443 expires in less than a day, and viewers get 502 from then on
              help: renew the certificate of `api.example.com`, and find out why it did not renew itself
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_with_time_left() {
        scene(Trust::Trusted, 14).passes(&RULE);
        scene(Trust::Trusted, 90).passes(&RULE);
    }

    #[test]
    fn passes_for_one_that_is_refused_already() {
        scene(Trust::Expired, -3).passes(&RULE);
        scene(Trust::UntrustedChain, 3).passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_where_no_certificate_was_seen() {
        let tls = |ended| Connection::Tls(ended);
        let scenes = [
            Connection::Refused,
            Connection::TimedOut,
            tls(Handshake::NoCommonVersion),
            tls(Handshake::NotJudged),
            tls(Handshake::Broken("eof".to_owned())),
        ]
        .map(|connection| {
            let scene = Scene::custom("api.example.com").with(|o| {
                let custom = o.custom.as_mut().unwrap();
                custom.origin_ssl_protocols.push(text("TLSv1"));
            });
            scene.connection(connection)
        });
        all_pass_with_unknowns(
            &RULE,
            scenes,
            expect![[r#"
                unknown: origin certificate `api.example.com`, unreachable: the port refuses connections from the guard
                  needs: a retry

                unknown: origin certificate `api.example.com`, timed out: no answer in time
                  needs: a retry

                unknown: origin certificate `api.example.com`, failed: the origin supports no TLS version that the guard supports
                  needs: a retry

                unknown: origin certificate `api.example.com`, failed: OriginSslProtocols lists only versions that the guard does not support
                  needs: a retry

                unknown: origin certificate `api.example.com`, failed: the TLS handshake failed (eof)
                  needs: a retry
            "#]],
        );
    }

    #[test]
    fn passes_without_an_unknown_where_another_rule_says_more() {
        let old = Connection::Tls(Handshake::NoCommonVersion);
        for connection in [old, Connection::Failed("no network".to_owned())] {
            let scene = Scene::custom("api.example.com").connection(connection);
            scene.passes(&RULE);
        }
        let http = Scene::custom("api.example.com")
            .with(|o| o.custom.as_mut().unwrap().origin_protocol_policy = Some(text("http-only")));
        for connection in [Connection::Open, Connection::Refused] {
            http.clone().connection(connection).passes(&RULE);
        }
    }
}
