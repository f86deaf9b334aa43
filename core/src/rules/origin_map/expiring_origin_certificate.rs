use super::unreachable_origin_port::is_down;
use crate::facts::{Connection, CouldNotLook, Door, Handshake, ORIGIN_CERTIFICATE, Trust, Unknown};
use crate::finding::Findings;
use crate::rules::{Case, KnownHost};

rule! {
    /// ## What it does
    /// Finds custom origins whose certificate ends within 14 days.
    ///
    /// ## Why is this bad?
    /// It deploys quietly. On the day it ends, viewers get 502, and nothing in CloudFront warns before. Certificates that
    /// renew themselves do so earlier (ACM 60 days, Let's Encrypt's clients 30 days before the end), so
    /// one this near to its end is probably not being renewed.
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
    /// Renew the certificate and find out why it did not renew itself: often a DNS record or an HTTP path
    /// for the validation is gone, or the server was not reloaded.
    ///
    /// ## References
    /// - [Requiring HTTPS to a custom origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html)
    /// - [Managed renewal in ACM](https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html)
    "expiring-origin-certificate", OriginMap, Warning, check
}

const SOON: i64 = 14;

fn check(case: &Case<'_>, findings: &mut Findings) {
    for KnownHost { origin, door, fact } in case.hosts() {
        let (Some(host), Some(door)) = (findings.need(fact), door) else {
            continue;
        };
        let connection = host.connections.get(door);
        let Some(Connection::Tls(Handshake::Certificate(certificate))) = connection else {
            // Plain HTTP has none, and an error says more than a certificate that nobody saw.
            let other =
                matches!(door, Door::Http { .. }) || is_down(case, origin, door, connection);
            if let Some(why) = connection.and_then(not_seen).filter(|_| !other) {
                let subject = origin.domain_name.to_string();
                let unknown = Unknown::could_not_look(ORIGIN_CERTIFICATE, &subject, why);
                findings.undecided(unknown);
            }
            continue;
        };
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
                    "the certificate of origin {} at `{}` port {} ends {when}; viewers get 502 then",
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
fn not_seen(connection: &Connection) -> Option<CouldNotLook> {
    let failed = |why: &str| Some(CouldNotLook::Failed(why.to_owned()));
    match connection {
        Connection::Refused => {
            let why = "the port refuses connections from the guard";
            Some(CouldNotLook::Unreachable(why.to_owned()))
        }
        Connection::TimedOut => Some(CouldNotLook::TimedOut),
        Connection::Tls(Handshake::NoCommonVersion) => {
            failed("the origin has no version of TLS that the guard speaks")
        }
        Connection::Tls(Handshake::NotJudged) => {
            failed("OriginSslProtocols has only versions that the guard does not speak")
        }
        Connection::Tls(Handshake::Broken(why)) => {
            failed(&format!("the TLS handshake broke ({why})"))
        }
        // That the guard has no way there, `unreachable-origin-port` lists.
        Connection::Failed(_) | Connection::Open | Connection::Tls(Handshake::Certificate(_)) => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::rules::testing::{Scene, text};

    fn scene(trust: Trust, days: i64) -> Scene {
        Scene::custom("api.example.com").certificate(trust, days)
    }

    #[test]
    fn fails_in_the_last_two_weeks() {
        let finding = scene(Trust::Trusted, 13).one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Warning);
        assert!(finding.message.contains("port 443 ends in 13 days"));
    }

    #[test]
    fn fails_on_the_day_before() {
        let message = scene(Trust::Trusted, 1).one_finding(&RULE).message;
        assert!(message.contains("ends in 1 day;"));
    }

    #[test]
    fn fails_on_the_last_day() {
        let message = scene(Trust::Trusted, 0).one_finding(&RULE).message;
        assert!(message.contains("in less than a day"));
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
        for (connection, cause) in [
            (Connection::Refused, "unreachable: the port refuses"),
            (Connection::TimedOut, "timed out"),
            (tls(Handshake::NoCommonVersion), "has no version of TLS"),
            (tls(Handshake::NotJudged), "failed: OriginSslProtocols has"),
            (tls(Handshake::Broken("eof".to_owned())), "broke (eof)"),
        ] {
            let scene = Scene::custom("api.example.com").with(|o| {
                let custom = o.custom.as_mut().unwrap();
                custom.origin_ssl_protocols.push(text("TLSv1"));
            });
            let unknowns = scene.connection(connection).unknowns(&RULE);
            assert_eq!(unknowns.len(), 1, "{cause}");
            assert_eq!(unknowns[0].fact, ORIGIN_CERTIFICATE);
            assert_eq!(unknowns[0].subject, "api.example.com");
            let text = unknowns[0].cause_text();
            assert!(text.contains(cause), "{text}");
        }
    }

    #[test]
    fn passes_without_an_unknown_where_another_rule_says_more() {
        let old = Connection::Tls(Handshake::NoCommonVersion);
        for connection in [old, Connection::Failed("no network".to_owned())] {
            let scene = Scene::custom("api.example.com").connection(connection);
            assert_eq!(scene.unknowns(&RULE), []);
        }
        let http = Scene::custom("api.example.com")
            .with(|o| o.custom.as_mut().unwrap().origin_protocol_policy = Some(text("http-only")));
        for connection in [Connection::Open, Connection::Refused] {
            assert_eq!(http.clone().connection(connection).unknowns(&RULE), []);
        }
    }
}
