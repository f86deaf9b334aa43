use crate::distribution::{Behavior, CustomOriginConfig, Origin, OriginProtocolPolicy};
use crate::facts::Fact;
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Load balancers and instances that CloudFront connects to over HTTPS by the name that AWS
    /// assigned to them.
    ///
    /// ## Why is this bad?
    /// The certificate must be for the `DomainName` of the origin, or for the viewer's `Host` where
    /// that is forwarded. Names below `amazonaws.com` belong to AWS, so you cannot get a
    /// certificate for them: the load balancer presents the certificate of your site, CloudFront
    /// closes the connection, and viewers get 502. It deploys quietly. With `match-viewer` only
    /// viewers on HTTPS are affected. Where the guard checked the certificate itself,
    /// `untrusted-origin-certificate` reports it, and this rule does not.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "web", "DomainName": "web-123.eu-west-1.elb.amazonaws.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443,
    ///   "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "web", "DomainName": "origin.example.com",
    ///  "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443,
    ///   "OriginProtocolPolicy": "https-only"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: web
    ///     DomainName: web-123.eu-west-1.elb.amazonaws.com # what LoadBalancer.DNSName gives
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// # good
    /// Origins:
    ///   - Id: web
    ///     DomainName: origin.example.com
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
    ///   domain_name = aws_route53_record.origin.fqdn # origin.example.com
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Create a DNS record of your own for the load balancer or instance, with a name that its
    /// certificate covers, and set it as `DomainName`. Don't fall back to `http-only`: it sends the
    /// viewers' requests and cookies unencrypted over the internet. Forwarding the viewer's `Host`
    /// works too, where the certificate covers every alias of the distribution.
    ///
    /// ## References
    /// - [Requiring HTTPS to a custom origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html)
    /// - [HTTP 502: SSL/TLS negotiation failure](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html)
    "uncertifiable-origin-name", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let policy = origin
            .custom
            .as_ref()
            .and_then(CustomOriginConfig::protocol_policy);
        let viewers = match policy {
            Some(OriginProtocolPolicy::HttpsOnly) => "viewers",
            Some(OriginProtocolPolicy::MatchViewer) => "viewers on HTTPS",
            _ => continue,
        };
        let Some(what) = what(origin) else { continue };
        // CloudFront also accepts a certificate for the forwarded Host; and a certificate that was
        // seen decides better than a name.
        if may_be_another_name(case, origin) || was_checked(case, origin) {
            continue;
        }
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} uses HTTPS with `{}`, the name that AWS assigned to {what}, for \
                     which you cannot get a certificate, so {viewers} get 502",
                    origin.name(),
                    origin.domain_name
                ),
            )
            .origin(case.reach(), origin)
            .evidence("DomainName", &origin.domain_name)
            .remedy(format!(
                "give `{}` a DNS name of your own that its certificate covers, and set that as DomainName",
                origin.domain_name
            ));
    }
}

/// What has this name, where AWS gave it.
fn what(origin: &Origin) -> Option<&'static str> {
    let domain = origin.domain_name.known()?.to_ascii_lowercase();
    let domain = domain.strip_suffix(".cn").unwrap_or(&domain);
    let labels: Vec<&str> = domain.strip_suffix(".amazonaws.com")?.split('.').collect();
    match labels.as_slice() {
        [_, "elb", _] | [_, _, "elb"] => Some("a load balancer"),
        [name, _, "compute"] | [name, "compute-1"] if name.starts_with("ec2-") => {
            Some("an instance")
        }
        _ => None,
    }
}

/// Whether the certificate may be for the viewer's host, or code at the edge may choose another
/// origin; with no behavior at all, nothing is known of it.
fn may_be_another_name(case: &Case<'_>, origin: &Origin) -> bool {
    let id = origin.id.to_string();
    let mut behaviors = case.reach().behaviors_to(&id);
    behaviors.any(Behavior::may_forward_host) || case.reach().edge_decides(origin)
}

fn was_checked(case: &Case<'_>, origin: &Origin) -> bool {
    let domain = origin.domain_name.to_string().to_ascii_lowercase();
    matches!(case.facts.hosts.get(domain.as_str()), Some(Fact::Known(_)))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::EdgeEvent;
    use crate::facts::Trust;
    use crate::rules::testing::{Scene, all_fail, text};

    const BALANCER: &str = "web-123.eu-west-1.elb.amazonaws.com";

    fn policy(scene: Scene, policy: &str) -> Scene {
        scene.with(|origin| {
            origin.custom.as_mut().unwrap().origin_protocol_policy = Some(text(policy));
        })
    }

    #[test]
    fn fails_for_a_load_balancers_own_name() {
        Scene::custom(BALANCER).fails(&RULE, expect![[r#"
            warning at /web-123.eu-west-1.elb.amazonaws.com
              origin `main` uses HTTPS with `web-123.eu-west-1.elb.amazonaws.com`, the name that AWS assigned to a load balancer, for which you cannot get a certificate, so viewers get 502
              help: give `web-123.eu-west-1.elb.amazonaws.com` a DNS name of your own that its certificate covers, and set that as DomainName
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_every_kind_of_load_balancer_and_for_instances() {
        all_fail(
            &RULE,
            [
                "tcp-0123456789abcdef.elb.eu-central-1.amazonaws.com",
                "Web-123.US-East-1.ELB.amazonaws.com",
                "web-123.elb.cn-north-1.amazonaws.com.cn",
                "ec2-203-0-113-7.eu-west-1.compute.amazonaws.com",
                "ec2-203-0-113-7.compute-1.amazonaws.com",
            ]
            .map(Scene::custom),
            expect![[r#"
                warning at /tcp-0123456789abcdef.elb.eu-central-1.amazonaws.com
                  origin `main` uses HTTPS with `tcp-0123456789abcdef.elb.eu-central-1.amazonaws.com`, the name that AWS assigned to a load balancer, for which you cannot get a certificate, so viewers get 502
                  help: give `tcp-0123456789abcdef.elb.eu-central-1.amazonaws.com` a DNS name of your own that its certificate covers, and set that as DomainName
                  origin: main
                  paths: `*`

                warning at /Web-123.US-East-1.ELB.amazonaws.com
                  origin `main` uses HTTPS with `Web-123.US-East-1.ELB.amazonaws.com`, the name that AWS assigned to a load balancer, for which you cannot get a certificate, so viewers get 502
                  help: give `Web-123.US-East-1.ELB.amazonaws.com` a DNS name of your own that its certificate covers, and set that as DomainName
                  origin: main
                  paths: `*`

                warning at /web-123.elb.cn-north-1.amazonaws.com.cn
                  origin `main` uses HTTPS with `web-123.elb.cn-north-1.amazonaws.com.cn`, the name that AWS assigned to a load balancer, for which you cannot get a certificate, so viewers get 502
                  help: give `web-123.elb.cn-north-1.amazonaws.com.cn` a DNS name of your own that its certificate covers, and set that as DomainName
                  origin: main
                  paths: `*`

                warning at /ec2-203-0-113-7.eu-west-1.compute.amazonaws.com
                  origin `main` uses HTTPS with `ec2-203-0-113-7.eu-west-1.compute.amazonaws.com`, the name that AWS assigned to an instance, for which you cannot get a certificate, so viewers get 502
                  help: give `ec2-203-0-113-7.eu-west-1.compute.amazonaws.com` a DNS name of your own that its certificate covers, and set that as DomainName
                  origin: main
                  paths: `*`

                warning at /ec2-203-0-113-7.compute-1.amazonaws.com
                  origin `main` uses HTTPS with `ec2-203-0-113-7.compute-1.amazonaws.com`, the name that AWS assigned to an instance, for which you cannot get a certificate, so viewers get 502
                  help: give `ec2-203-0-113-7.compute-1.amazonaws.com` a DNS name of your own that its certificate covers, and set that as DomainName
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_viewers_on_https_where_the_viewer_decides() {
        policy(Scene::custom(BALANCER), "match-viewer").fails(&RULE, expect![[r#"
            warning at /web-123.eu-west-1.elb.amazonaws.com
              origin `main` uses HTTPS with `web-123.eu-west-1.elb.amazonaws.com`, the name that AWS assigned to a load balancer, for which you cannot get a certificate, so viewers on HTTPS get 502
              help: give `web-123.eu-west-1.elb.amazonaws.com` a DNS name of your own that its certificate covers, and set that as DomainName
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_beside_a_policy_that_leaves_the_host_out() {
        let except_host = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
        Scene::custom(BALANCER)
            .with_behavior(|it| it.origin_request_policy_id = Some(text(except_host)))
            .fails(&RULE, expect![[r#"
                warning at /web-123.eu-west-1.elb.amazonaws.com
                  origin `main` uses HTTPS with `web-123.eu-west-1.elb.amazonaws.com`, the name that AWS assigned to a load balancer, for which you cannot get a certificate, so viewers get 502
                  help: give `web-123.eu-west-1.elb.amazonaws.com` a DNS name of your own that its certificate covers, and set that as DomainName
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn passes_over_http_and_for_a_name_of_ones_own() {
        policy(Scene::custom(BALANCER), "http-only").passes(&RULE);
        Scene::custom("origin.example.com").passes(&RULE);
        Scene::custom("elb.example.com").passes(&RULE);
        Scene::custom("${LoadBalancer}").passes(&RULE);
    }

    #[test]
    fn passes_for_other_names_of_aws_which_have_certificates() {
        for domain in [
            "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
            "x.lambda-url.eu-west-1.on.aws",
            "assets.s3.eu-west-1.amazonaws.com",
            "a1b2.egress.k9y8x7.mediapackagev2.eu-west-1.amazonaws.com",
        ] {
            Scene::custom(domain).passes(&RULE);
        }
    }

    #[test]
    fn passes_where_the_viewers_host_may_be_the_name() {
        let header = |it: &mut Behavior| it.forwarded_headers = vec![text("Host")];
        Scene::custom(BALANCER).with_behavior(header).passes(&RULE);
        let policy = |it: &mut Behavior| it.origin_request_policy_id = Some(text("our-own"));
        Scene::custom(BALANCER).with_behavior(policy).passes(&RULE);
        let code = |it: &mut Behavior| it.edge_events = vec![EdgeEvent::OriginRequest];
        Scene::custom(BALANCER).with_behavior(code).passes(&RULE);
    }

    #[test]
    fn passes_where_the_certificate_was_checked() {
        Scene::custom(BALANCER).reachable().passes(&RULE);
        let names = Trust::WrongNames(vec!["www.example.com".to_owned()]);
        Scene::custom(BALANCER).certificate(names, 60).passes(&RULE);
    }

    #[test]
    fn passes_for_an_origin_that_nothing_reaches() {
        Scene::custom("api.example.com")
            .add(crate::rules::testing::custom_origin("spare", BALANCER))
            .passes(&RULE);
    }
}
