use std::cmp::Ordering;

use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins whose `DomainName` is one of the distribution's own aliases, or its own
    /// `cloudfront.net` domain.
    ///
    /// ## Why is this bad?
    /// It may deploy quietly. As soon as the alias resolves to the distribution, CloudFront sends
    /// requests to itself, detects the loop, and viewers get 403 errors. While the alias still
    /// resolves to the old server it seems to work, and it breaks on the day DNS is switched.
    ///
    /// A refusal by CloudFront is neither documented nor reported, and where the alias resolves to
    /// is not known, so this is a warning.
    ///
    /// An alias with a wildcard (`*.example.com`) is not checked: a specific record in DNS takes
    /// precedence.
    ///
    /// ## Example
    /// ```json
    /// {"Aliases": {"Items": ["www.example.com"]},
    ///  "Origins": {"Items": [{"Id": "web", "DomainName": "www.example.com"}]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Aliases": {"Items": ["www.example.com"]},
    ///  "Origins": {"Items": [{"Id": "web", "DomainName": "origin.example.com"}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Aliases: [www.example.com]
    /// Origins:
    ///   - Id: web
    ///     DomainName: www.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// # good
    /// Aliases: [www.example.com]
    /// Origins:
    ///   - Id: web
    ///     DomainName: origin.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// aliases = ["www.example.com"]
    /// origin {
    ///   origin_id   = "web"
    ///   domain_name = "www.example.com"
    /// }
    /// # good
    /// aliases = ["www.example.com"]
    /// origin {
    ///   origin_id   = "web"
    ///   domain_name = aws_route53_record.origin.fqdn # origin.example.com
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Give the server a DNS name of its own, and a certificate for it, and use that as
    /// `DomainName`. Don't forward the viewer's `Host` header to hide the change of name from a
    /// server that still expects the alias.
    ///
    /// ## References
    /// - [Use custom URLs](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html)
    /// - [Origin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html)
    "self-referencing-origin", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let candidate = case.candidate;
    let aliases = candidate.aliases.iter();
    let mut aliases: Vec<_> = aliases.filter_map(|it| Some((it.known()?, it))).collect();
    // Sorted once: a document may have thousands of aliases and of origins.
    aliases.sort_by(|(one, _), (other, _)| caseless_order(one, other));
    for origin in &candidate.origins {
        let Some(domain) = origin.domain_name.known() else {
            continue;
        };
        let names = |name: &String| name.eq_ignore_ascii_case(domain);
        let at = aliases.partition_point(|(name, _)| caseless_order(name, domain).is_lt());
        let alias = aliases.get(at).filter(|(name, _)| names(name));
        let own = candidate.domain_name.as_ref().filter(|name| names(name));
        let what = match (alias, own) {
            (None, None) => continue,
            // A wildcard may be an alias, but is not a host.
            _ if domain.contains('*') => continue,
            (Some(_), _) => "an alias of this distribution",
            (None, Some(_)) => "this distribution's own CloudFront domain",
        };
        let finding = findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} has the DomainName `{domain}`, which is {what}: CloudFront \
                     would send requests to itself, and viewers get errors",
                    origin.name()
                ),
            )
            .origin(case.reach(), origin)
            .evidence("DomainName", domain)
            .remedy(
                "set DomainName to a name that resolves to the server and not to CloudFront, such \
                 as the load balancer's own or an `origin.` name",
            );
        if let Some((_, alias)) = alias {
            finding.related(&alias.place, format!("`{alias}` is an alias here"));
        }
    }
}

/// The order of texts that are equal whatever the case of their letters.
fn caseless_order(one: &str, other: &str) -> Ordering {
    let one = one.bytes().map(|byte| byte.to_ascii_lowercase());
    one.cmp(other.bytes().map(|byte| byte.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, text};

    fn scene(domain: &str, alias: &str) -> Scene {
        let mut scene = Scene::custom(domain);
        scene.candidate.aliases = vec![text("example.com"), text(alias)];
        scene.candidate.domain_name = Some("d111111abcdef8.cloudfront.net".to_owned());
        scene
    }

    #[test]
    fn fails_for_an_alias() {
        scene("www.example.com", "www.example.com").fails(&RULE, expect![[r#"
            warning at /www.example.com
              origin `main` has the DomainName `www.example.com`, which is an alias of this distribution: CloudFront would send requests to itself, and viewers get errors
              help: set DomainName to a name that resolves to the server and not to CloudFront, such as the load balancer's own or an `origin.` name
              see /www.example.com: `www.example.com` is an alias here
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_whatever_the_case() {
        scene("WWW.example.com", "www.Example.com").fails(&RULE, expect![[r#"
            warning at /WWW.example.com
              origin `main` has the DomainName `WWW.example.com`, which is an alias of this distribution: CloudFront would send requests to itself, and viewers get errors
              help: set DomainName to a name that resolves to the server and not to CloudFront, such as the load balancer's own or an `origin.` name
              see /www.Example.com: `www.Example.com` is an alias here
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_its_own_cloudfront_domain() {
        scene("D111111abcdef8.cloudfront.net", "www.example.com").fails(&RULE, expect![[r#"
            warning at /D111111abcdef8.cloudfront.net
              origin `main` has the DomainName `D111111abcdef8.cloudfront.net`, which is this distribution's own CloudFront domain: CloudFront would send requests to itself, and viewers get errors
              help: set DomainName to a name that resolves to the server and not to CloudFront, such as the load balancer's own or an `origin.` name
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_a_name_beside_the_alias() {
        scene("origin.example.com", "www.example.com").passes(&RULE);
    }

    #[test]
    fn passes_for_a_wildcard_alias() {
        scene("origin.example.com", "*.example.com").passes(&RULE);
        scene("*.example.com", "*.example.com").passes(&RULE);
    }

    #[test]
    fn passes_for_another_distribution() {
        scene("d222222abcdef8.cloudfront.net", "www.example.com").passes(&RULE);
    }

    #[test]
    fn passes_for_equal_expressions() {
        scene("${Domain}", "${Domain}").passes(&RULE);
    }
}
