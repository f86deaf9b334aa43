use crate::facts::{Resolution, Vantage};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::{Case, KnownHost};

rule! {
    /// ## What it does
    /// Custom origins whose domain has no address in DNS, and those whose domain is an alias
    /// (CNAME) of a name that is gone.
    ///
    /// ## Why is this bad?
    /// CloudFront does not resolve the name when it deploys: the update succeeds, and viewers get
    /// 502. A dangling alias is worse where it points at a service that assigns names (a load
    /// balancer, a hosted site): the next customer who gets that name serves under your domain.
    /// Where code at the edge runs on every behavior of the origin, or no behavior uses it, the
    /// code may choose another domain, so it is a warning. It is a warning too where DNS servers
    /// inside a network say it, since they may not know what public DNS has.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "api", "DomainName": "api-blue.example.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// Use instead a name that resolves:
    /// ```json
    /// {"Id": "api", "DomainName": "api.example.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: api
    ///     DomainName: api-blue.example.com # its record is gone
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: !Ref ApiRecord # an AWS::Route53::RecordSet
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "api"
    ///   domain_name = "api-blue.example.com" # its record is gone
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "api"
    ///   domain_name = aws_route53_record.api.fqdn
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Correct the `DomainName`, or create the record in the public zone; a private hosted zone
    /// does not count, since CloudFront asks public DNS. For a dangling alias, remove the record
    /// first, then point the origin at what replaced the target.
    ///
    /// ## References
    /// - [HTTP 502 status code: DNS error](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html)
    /// - [Origin domain name](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html)
    "unresolvable-origin-domain", OriginMap, Error, check
}

/// Services whose names, once released, another customer may get, by the ends of those names.
const REUSED_NAMES: [(&str, &str); 20] = [
    (".elasticbeanstalk.com", "Elastic Beanstalk"),
    (".elb.amazonaws.com", "Elastic Load Balancing"),
    (".amazonaws.com", "AWS"),
    (".cloudfront.net", "CloudFront"),
    (".azurewebsites.net", "Azure App Service"),
    (".cloudapp.azure.com", "Azure"),
    (".cloudapp.net", "Azure"),
    (".trafficmanager.net", "Azure Traffic Manager"),
    (".blob.core.windows.net", "Azure Storage"),
    (".azureedge.net", "Azure CDN"),
    (".azurefd.net", "Azure Front Door"),
    (".herokuapp.com", "Heroku"),
    (".herokudns.com", "Heroku"),
    (".github.io", "GitHub Pages"),
    (".gitlab.io", "GitLab Pages"),
    (".netlify.app", "Netlify"),
    (".vercel.app", "Vercel"),
    (".pages.dev", "Cloudflare Pages"),
    (".fly.dev", "Fly.io"),
    (".web.app", "Firebase"),
];

fn check(case: &Case<'_>, findings: &mut Findings) {
    for KnownHost { origin, fact, .. } in case.hosts() {
        let Some(host) = findings.need(&origin.place, fact) else {
            continue;
        };
        let says = match host.resolution {
            Resolution::Addresses { .. } => continue,
            Resolution::NoSuchName { .. } => "does not exist in DNS",
            Resolution::NoAddress { .. } => "has no address in DNS",
        };
        let domain = &origin.domain_name;
        // The last CNAME is the name that was deleted: the record to change is the one that points
        // there.
        let dangling = host.resolution.aliases().last();
        let what = match dangling {
            Some(target) => format!("`{domain}`, an alias of `{target}`, which {says}"),
            None => format!("`{domain}`, which {says}"),
        };
        let name = dangling.cloned().unwrap_or_else(|| domain.to_string());
        let claim = service(&name).map_or_else(String::new, |service| {
            format!(
                " ({service} may assign that name to another customer, who would then \
                 serve your viewers)"
            )
        });
        let is_proof = host.vantage == Vantage::Internet;
        let view = if is_proof {
            ""
        } else {
            ", as DNS servers inside a network say, which may not know what public DNS has"
        };
        let finding = findings.add(
            &domain.place,
            format!("origin {} points at {what}{claim}{view}", origin.name()),
        );
        finding
            .origin(case.reach(), origin)
            .evidence("DNS", says)
            .remedy(match dangling {
                Some(target) => format!(
                    "remove the record `{domain}` → `{target}` or point it at what replaced the \
                     target, or correct the DomainName of origin {}",
                    origin.name()
                ),
                None => format!(
                    "correct the DomainName of origin {}, or create `{domain}` in the public DNS",
                    origin.name()
                ),
            });
        // A server inside a network may lack a name that public DNS has, and code at the edge may
        // never use this origin.
        if !is_proof || case.reach().edge_decides(origin) {
            finding.severity(Severity::Warning);
        }
    }
}

fn service(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    REUSED_NAMES
        .iter()
        .find(|(end, _)| name.ends_with(end))
        .map(|(_, service)| *service)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::EdgeEvent;
    use crate::facts::ProbeFailure;
    use crate::rules::testing::{Scene, all_fail, custom_origin};

    fn nowhere(aliases: &[&str]) -> Scene {
        Scene::custom("api.example.com").resolves_to(Resolution::NoSuchName {
            aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
        })
    }

    #[test]
    fn fails_for_a_name_that_does_not_exist() {
        nowhere(&[]).fails(&RULE, expect![[r#"
            error at /api.example.com
              origin `main` points at `api.example.com`, which does not exist in DNS
              help: correct the DomainName of origin `main`, or create `api.example.com` in the public DNS
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_name_without_addresses() {
        let aliases = Vec::new();
        Scene::custom("mail.example.com")
            .resolves_to(Resolution::NoAddress { aliases })
            .fails(&RULE, expect![[r#"
                error at /mail.example.com
                  origin `main` points at `mail.example.com`, which has no address in DNS
                  help: correct the DomainName of origin `main`, or create `mail.example.com` in the public DNS
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_an_alias_that_someone_else_could_take_over() {
        let target = "web-1.eu-west-1.elb.amazonaws.com";
        nowhere(&["web.example.net", target]).fails(&RULE, expect![[r#"
            error at /api.example.com
              origin `main` points at `api.example.com`, an alias of `web-1.eu-west-1.elb.amazonaws.com`, which does not exist in DNS (Elastic Load Balancing may assign that name to another customer, who would then serve your viewers)
              help: remove the record `api.example.com` → `web-1.eu-west-1.elb.amazonaws.com` or point it at what replaced the target, or correct the DomainName of origin `main`
              origin: main
              paths: `*`
        "#]]);
        all_fail(
            &RULE,
            [
                "shop.azurewebsites.net",
                "shop.herokuapp.com",
                "me.github.io",
            ]
            .map(|target| nowhere(&[target])),
            expect![[r#"
                error at /api.example.com
                  origin `main` points at `api.example.com`, an alias of `shop.azurewebsites.net`, which does not exist in DNS (Azure App Service may assign that name to another customer, who would then serve your viewers)
                  help: remove the record `api.example.com` → `shop.azurewebsites.net` or point it at what replaced the target, or correct the DomainName of origin `main`
                  origin: main
                  paths: `*`

                error at /api.example.com
                  origin `main` points at `api.example.com`, an alias of `shop.herokuapp.com`, which does not exist in DNS (Heroku may assign that name to another customer, who would then serve your viewers)
                  help: remove the record `api.example.com` → `shop.herokuapp.com` or point it at what replaced the target, or correct the DomainName of origin `main`
                  origin: main
                  paths: `*`

                error at /api.example.com
                  origin `main` points at `api.example.com`, an alias of `me.github.io`, which does not exist in DNS (GitHub Pages may assign that name to another customer, who would then serve your viewers)
                  help: remove the record `api.example.com` → `me.github.io` or point it at what replaced the target, or correct the DomainName of origin `main`
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_with_a_warning_where_code_at_the_edge_decides() {
        let scene = nowhere(&[]);
        let edge = scene
            .clone()
            .with_behavior(|b| b.edge_events = vec![EdgeEvent::OriginRequest]);
        edge.fails(&RULE, expect![[r#"
            warning at /api.example.com
              origin `main` points at `api.example.com`, which does not exist in DNS
              help: correct the DomainName of origin `main`, or create `api.example.com` in the public DNS
              origin: main
              paths: `*`
        "#]]);
        let unused = scene
            .add(custom_origin("used", "169.254.1.1"))
            .default_target("used");
        unused.fails(&RULE, expect![[r#"
            warning at /api.example.com
              origin `main` points at `api.example.com`, which does not exist in DNS
              help: correct the DomainName of origin `main`, or create `api.example.com` in the public DNS
              origin: main
        "#]]);
    }

    #[test]
    fn fails_lightly_where_servers_inside_a_network_say_it() {
        let finding = nowhere(&[]).seen_from_inside().one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Warning);
        assert!(finding.message.contains("DNS servers inside a network"));
    }

    #[test]
    fn fails_in_full_where_one_behavior_runs_no_code() {
        nowhere(&[])
            .behavior("/api/*", "main")
            .with_behavior(|b| b.edge_events = vec![EdgeEvent::ViewerRequest])
            .fails(&RULE, expect![[r#"
                error at /api.example.com
                  origin `main` points at `api.example.com`, which does not exist in DNS
                  help: correct the DomainName of origin `main`, or create `api.example.com` in the public DNS
                  origin: main
                  paths: `/api/*`, `*`
            "#]]);
    }

    #[test]
    fn passes_for_a_name_with_an_address() {
        Scene::custom("api.example.com").reachable().passes(&RULE);
    }

    #[test]
    fn passes_for_what_s3_is_asked_about() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_when_dns_did_not_answer() {
        Scene::custom("api.example.com")
            .host_unknown(ProbeFailure::TimedOut)
            .passes_with_unknowns(
                &RULE,
                expect![[r#"
                blocking unknown: origin host `api.example.com`, timed out: no answer in time
                  needs: a retry
            "#]],
            );
    }

    #[test]
    fn passes_with_an_unknown_when_it_was_not_asked_for() {
        Scene::custom("api.example.com").passes_with_unknowns(
            &RULE,
            expect![[r#"
            unknown: origin host `api.example.com`, not asked for
              needs: a run with ORIGIN_GUARD_NETWORK=on
        "#]],
        );
    }
}
