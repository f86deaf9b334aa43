use crate::facts::{Connection, CouldNotLook, Handshake, Trust, Unknown};
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
        let certificate = match host.connections.get(door) {
            Some(Connection::Tls(Handshake::Certificate(certificate))) => certificate,
            Some(Connection::Tls(Handshake::NotJudged)) => {
                findings.undecided(Unknown::could_not_look(
                    "origin certificate",
                    &origin.domain_name.to_string(),
                    CouldNotLook::Failed(
                        "OriginSslProtocols has only versions that the guard does not speak"
                            .to_owned(),
                    ),
                ));
                continue;
            }
            _ => continue,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::rules::testing::Scene;

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
    fn passes_where_the_port_is_closed() {
        Scene::custom("api.example.com")
            .connection(Connection::Refused)
            .passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_where_only_old_tls_is_configured() {
        let unknowns = Scene::custom("api.example.com")
            .connection(Connection::Tls(Handshake::NotJudged))
            .unknowns(&RULE);
        assert_eq!(unknowns[0].fact, "origin certificate");
    }
}
