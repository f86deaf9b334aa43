use std::borrow::Cow;

use crate::distribution::{
    Expression, ExpressionPart, HostNameError, Origin, S3Endpoint, S3EndpointKind, Value,
};
use crate::document::{Nature, Referent};
use crate::finding::Findings;
use crate::plain::without_query;
use crate::rule::Severity;
use crate::rules::Case;
use crate::rules::shared::tenant_parameters::undefined_parameters;

rule! {
    /// ## What it does
    /// Origins whose `DomainName` is not a host name: empty, a URL, with a port or a path, an
    /// IP address, a wildcard, without a dot, or with characters that no host name has.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidArgument`: "The parameter origin name cannot
    /// contain a colon", "The parameter origin name must be a domain name", or, on an S3 origin, "The
    /// parameter Origin DomainName does not refer to a valid S3 bucket". The usual cause is an output
    /// that is a URL (`WebsiteURL`, the invoke URL of an API), or a variable that was empty.
    ///
    /// In a multi-tenant distribution, a tenant parameter that `TenantConfig` does not define is a
    /// warning: no tenant can give it a value.
    ///
    /// For an origin in a VPC only the characters are checked: its name is an internal one. Bucket
    /// names that are not valid are reported by `invalid-bucket-name`.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "api", "DomainName": "https://abc123.execute-api.eu-west-1.amazonaws.com/prod"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "api", "DomainName": "abc123.execute-api.eu-west-1.amazonaws.com",
    ///  "OriginPath": "/prod"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: site
    ///     DomainName: http://example-site.s3-website-eu-west-1.amazonaws.com # what SiteBucket.WebsiteURL gives
    ///     CustomOriginConfig: {OriginProtocolPolicy: http-only}
    /// # good
    /// Origins:
    ///   - Id: site
    ///     DomainName: !Select [2, !Split ["/", !GetAtt SiteBucket.WebsiteURL]]
    ///     CustomOriginConfig: {OriginProtocolPolicy: http-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "api"
    ///   domain_name = aws_apigatewayv2_api.api.api_endpoint # https://…
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "api"
    ///   domain_name = replace(aws_apigatewayv2_api.api.api_endpoint, "https://", "")
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Leave only the host in `DomainName`. The path belongs in `OriginPath`, the port in
    /// `HTTPPort` or `HTTPSPort`, the scheme in `OriginProtocolPolicy`. A server that has only an
    /// address needs a DNS name. Don't drop the stage of an API together with the scheme: without
    /// the stage in `OriginPath`, the API answers 403 or 404.
    ///
    /// ## References
    /// - [Origin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html)
    /// - [Origin domain](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html)
    "malformed-origin-domain", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        if case.candidate.has_variable(&origin.domain_name.place) {
            continue;
        }
        let domain = match &origin.domain_name.value {
            Value::Known(domain) => domain,
            Value::Symbolic(expression) => {
                undefined_parameters(case, origin, "DomainName", &origin.domain_name, findings);
                check_expression(case, origin, expression, findings);
                continue;
            }
        };
        let Some(error) = HostNameError::of(domain).filter(|error| concerns(origin, *error)) else {
            continue;
        };
        // A domain that is pasted as a URL may carry a signature or token behind `?`.
        let shown = without_query(domain);
        findings
            .add(
                &origin.domain_name.place,
                match error {
                    HostNameError::Empty => format!("origin {} has no DomainName", origin.name()),
                    _ => format!(
                        "origin {} has the DomainName `{shown}`, which is not a valid host \
                         name: {error}",
                        origin.name()
                    ),
                },
            )
            .origin(case.reach(), origin)
            .evidence("DomainName", shown)
            .remedy(remedy(origin, domain, error));
    }
}

/// What is wrong whatever the deployment fills in.
fn check_expression(
    case: &Case<'_>,
    origin: &Origin,
    expression: &Expression,
    findings: &mut Findings,
) {
    let Some((error, part)) = HostNameError::of_expression(expression) else {
        check_url(case, origin, expression, findings);
        return;
    };
    if !concerns(origin, error) {
        return;
    }
    let shown = without_query(expression.spelling());
    let name = origin.name();
    let message = match part {
        ExpressionPart::Open(open) if expression.only_symbol().is_some() => format!(
            "the DomainName of origin {name} is {}, {}, which CloudFront does not take for a host name: {error}",
            open.in_words(),
            open.nature().name().unwrap_or("no host"),
        ),
        ExpressionPart::Open(open) => format!(
            "origin {name} has the DomainName `{shown}`, which is not a valid host name whatever the \
             deployment fills in, as {} is {}: {error}",
            open.in_words(),
            open.nature().name().unwrap_or("no host"),
        ),
        ExpressionPart::Known(text) => format!(
            "origin {name} has the DomainName `{shown}`, which is not a valid host name whatever the \
             deployment fills in, as `{}` stays in it: {error}",
            without_query(text)
        ),
    };
    findings
        .add(&origin.domain_name.place, message)
        .origin(case.reach(), origin)
        .evidence("DomainName", shown)
        .remedy(remedy_for(part, error));
}

/// A plan names the URL that a value is made from, and not whether the host is taken out of it.
fn check_url(case: &Case<'_>, origin: &Origin, expression: &Expression, findings: &mut Findings) {
    let url = expression
        .only_symbol()
        .filter(|open| open.nature() == Nature::OfUrl);
    let Some(url) = url else { return };
    findings
        .add(
            &origin.domain_name.place,
            format!(
                "the DomainName of origin {} is {}, a URL, and the plan does not show whether its \
                 host is taken out of it: CloudFront refuses a DomainName with a scheme",
                origin.name(),
                url.in_words()
            ),
        )
        .severity(Severity::Warning)
        .origin(case.reach(), origin)
        .remedy("take the host out of it, such as with `split(\"/\", …)[2]`, unless that is already done");
}

fn remedy_for(part: ExpressionPart<'_>, error: HostNameError) -> String {
    const HOST: &str = "set DomainName to an attribute that is a host, such as a bucket's RegionalDomainName or a load balancer's DNSName";
    let ExpressionPart::Open(open) = part else {
        return match error {
            HostNameError::Port if is_arn(part) => format!("{HOST}, and not to an ARN"),
            HostNameError::Scheme => {
                "set DomainName to the host alone, without the scheme in front of it".to_owned()
            }
            _ => format!("set DomainName to the host alone: {error}"),
        };
    };
    let name = open.in_words();
    if open.nature() != Nature::Url {
        return format!("{HOST}, in the place of {name}");
    }
    let referent = open.symbol.map(|symbol| &symbol.referent);
    match referent.and_then(Referent::in_a_template) {
        Some(reference) => format!(
            "take the host out of {name}: set DomainName to `!Select [2, !Split ['/', {reference}]]`"
        ),
        None => format!("take the host out of {name}"),
    }
}

fn is_arn(part: ExpressionPart<'_>) -> bool {
    matches!(part, ExpressionPart::Known(text) if text.starts_with("arn:"))
}

/// Whether the error is this rule's and certain.
fn concerns(origin: &Origin, error: HostNameError) -> bool {
    use HostNameError as E;
    if origin.vpc.is_some() {
        // A VPC origin is found by its ID, so its domain need not be a name of the internet's.
        return error.is_url() || matches!(error, E::Empty | E::Wildcard | E::Character(_));
    }
    let bucket = origin.s3_endpoint.as_ref().and_then(S3Endpoint::bucket);
    let within_bucket = bucket.is_some_and(|bucket| bucket.validate().is_err());
    // A bucket's name that is wrong is `invalid-bucket-name`'s.
    error.is_url() || error == E::TrailingDot || !within_bucket
}

fn remedy(origin: &Origin, domain: &str, error: HostNameError) -> String {
    use HostNameError as E;
    // Before the kind of error: `aws_lb.web.dns_name` in quotes is a text with an underscore at its
    // end, and the quotes are the mistake.
    if let Some(reference) = quoted_reference(domain) {
        return format!("write the reference `{reference}` in Terraform without quotes around it");
    }
    match error {
        E::Port if domain.starts_with("arn:") => match domain.splitn(6, ':').nth(5) {
            Some(bucket) if domain.contains(":s3:::") && !bucket.contains('/') => {
                endpoint_of(bucket)
            }
            _ => "set DomainName to the host that serves the content, and not to an ARN".to_owned(),
        },
        E::Scheme | E::Port | E::Path => Url::read(domain).remedy(origin),
        E::Empty | E::TopLevel => "set DomainName to the host that serves the content".to_owned(),
        E::IpAddress => format!(
            "set DomainName to a DNS name that resolves to {domain}, such as the load balancer's \
             or the instance's public one"
        ),
        E::Wildcard => "set DomainName to one host; a wildcard is for Aliases only".to_owned(),
        E::TrailingDot => format!("set DomainName to `{}`", domain.trim_end_matches('.')),
        E::EmptyLabel => {
            "set DomainName to the whole host; a variable in it was probably empty".to_owned()
        }
        E::NoDot if origin.s3.is_some() => endpoint_of(domain),
        E::NoDot => "set DomainName to the whole host, with its domain".to_owned(),
        E::Character(c) if !c.is_ascii() => "write DomainName in punycode (`xn--…`)".to_owned(),
        E::Character(c) => format!("set DomainName to the host, without {c:?}"),
        E::LabelTooLong(_) | E::TooLong(_) => "set DomainName to a shorter host".to_owned(),
    }
}

/// The reference of Terraform that a text is, where it was quoted: `aws_lb.web.dns_name`, also in `#{…}`
/// or `${…}`.
fn quoted_reference(domain: &str) -> Option<&str> {
    let marked = domain
        .strip_prefix("#{")
        .or_else(|| domain.strip_prefix("${"));
    let reference = marked.map_or(Some(domain), |rest| rest.strip_suffix('}'))?;
    let kinds = ["aws_", "data.aws_", "module.", "var.", "local."];
    let is_one = kinds.iter().any(|kind| reference.starts_with(kind))
        && reference.contains('.')
        && !reference.contains([' ', '{', '}']);
    is_one.then_some(reference)
}

/// What to write for a bucket whose region is not known here.
fn endpoint_of(bucket: &str) -> String {
    format!("set DomainName to `{bucket}.s3.REGION.amazonaws.com`, with the bucket's Region")
}

/// A URL that stands where a host should be.
struct Url<'a> {
    /// Whether it is `s3://bucket/key`.
    is_s3: bool,
    host: &'a str,
    port: Option<&'a str>,
    path: &'a str,
}

impl<'a> Url<'a> {
    fn read(text: &'a str) -> Self {
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let rest = rest.trim_start_matches('/');
        // By hand: URL parsers refuse or repair what is malformed, and the remedy is about just
        // that.
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        Self {
            is_s3: scheme.eq_ignore_ascii_case("s3"),
            host,
            port: port.filter(|port| !port.is_empty()),
            path: path.trim_end_matches('/'),
        }
    }

    fn remedy(&self, origin: &Origin) -> String {
        let Self {
            is_s3,
            host,
            port,
            path,
        } = *self;
        if is_s3 {
            return endpoint_of(host);
        }
        if let Some(error) = HostNameError::of(host) {
            return remedy(origin, host, error);
        }
        let endpoint = S3Endpoint::parse(host);
        if endpoint.is_some_and(|endpoint| endpoint.kind == S3EndpointKind::PathStyle) {
            return "set DomainName to `BUCKET.s3.REGION.amazonaws.com`: the bucket belongs in the \
                    host, not in the path"
                .to_owned();
        }
        if origin.s3.is_some() && S3Endpoint::parse(host).is_none() {
            return format!(
                "set DomainName to the bucket's endpoint, such as `BUCKET.s3.REGION.amazonaws.com`; if \
                 the origin is the host `{host}`, replace S3OriginConfig by CustomOriginConfig too"
            );
        }
        let known = origin.origin_path.as_ref().and_then(|path| path.known());
        let more = known.map_or(Cow::Borrowed(""), |path| without_query(path));
        let path = match path {
            "" => String::new(),
            _ => format!(", OriginPath to `{}`", joined(path, &more)),
        };
        let port = match port {
            // An S3 origin has no ports.
            None => String::new(),
            Some(_) if origin.s3.is_some() => String::new(),
            Some(port) => format!(", and HTTPPort or HTTPSPort to {port}"),
        };
        format!("set DomainName to `{host}`{path}{port}")
    }
}

/// One path below another, with one slash between them and none at the end.
fn joined(path: &str, below: &str) -> String {
    match below.trim_matches('/') {
        "" => path.to_owned(),
        below => format!("{path}/{below}"),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::{At, VpcOriginConfig};
    use crate::document::Symbol;
    use crate::rules::testing::{Scene, all_fail, bare_origin, custom_origin, s3_origin, text};

    fn in_vpc(domain: &str) -> Scene {
        let mut origin = bare_origin("main", domain);
        origin.vpc = Some(VpcOriginConfig {
            place: origin.place.clone(),
            vpc_origin_id: Some(text("vo_1")),
            ..VpcOriginConfig::default()
        });
        Scene::of(origin)
    }

    #[test]
    fn fails_for_a_url_and_takes_it_apart() {
        let domains = [
            "https://x.example.com/prod",
            "http://b.s3-website-us-east-1.amazonaws.com",
            "x.example.com:8443/",
            "//x.example.com/a/?b=c/d",
        ];
        all_fail(
            &RULE,
            domains.map(Scene::custom),
            expect![[r#"
                error at /https://x.example.com/prod
                  origin `main` has the DomainName `https://x.example.com/prod`, which is not a valid host name: it has a scheme
                  help: set DomainName to `x.example.com`, OriginPath to `/prod`
                  origin: main
                  paths: `*`

                error at /http://b.s3-website-us-east-1.amazonaws.com
                  origin `main` has the DomainName `http://b.s3-website-us-east-1.amazonaws.com`, which is not a valid host name: it has a scheme
                  help: set DomainName to `b.s3-website-us-east-1.amazonaws.com`
                  origin: main
                  paths: `*`

                error at /x.example.com:8443/
                  origin `main` has the DomainName `x.example.com:8443/`, which is not a valid host name: it has a colon
                  help: set DomainName to `x.example.com`, and HTTPPort or HTTPSPort to 8443
                  origin: main
                  paths: `*`

                error at ///x.example.com/a/?b=c/d
                  origin `main` has the DomainName `//x.example.com/a/?…`, which is not a valid host name: it has a path
                  help: set DomainName to `x.example.com`, OriginPath to `/a`
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_path_and_keeps_the_origin_path() {
        let scene = Scene::custom("x.example.com/prod").with(|o| o.origin_path = Some(text("/v1")));
        scene.fails(&RULE, expect![[r#"
            error at /x.example.com/prod
              origin `main` has the DomainName `x.example.com/prod`, which is not a valid host name: it has a path
              help: set DomainName to `x.example.com`, OriginPath to `/prod/v1`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_path_beside_an_origin_path_without_a_slash() {
        let mut scene = Scene::custom("https://x.example.com/path");
        scene.candidate.origins[0].origin_path = Some(text("static/"));
        scene.fails(&RULE, expect![[r#"
            error at /https://x.example.com/path
              origin `main` has the DomainName `https://x.example.com/path`, which is not a valid host name: it has a scheme
              help: set DomainName to `x.example.com`, OriginPath to `/path/static`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_url_that_names_a_bucket_or_no_bucket_at_all() {
        for (domain, expected) in [
            (
                "s3://my.bucket/assets",
                expect![[r#"
                error at /s3://my.bucket/assets
                  origin `main` has the DomainName `s3://my.bucket/assets`, which is not a valid host name: it has a scheme
                  help: set DomainName to `my.bucket.s3.REGION.amazonaws.com`, with the bucket's Region
                  origin: main
                  paths: `*`
            "#]],
            ),
            (
                "https://x.example.com:8443/prod",
                expect![[r#"
                error at /https://x.example.com:8443/prod
                  origin `main` has the DomainName `https://x.example.com:8443/prod`, which is not a valid host name: it has a scheme
                  help: set DomainName to the bucket's endpoint, such as `BUCKET.s3.REGION.amazonaws.com`; if the origin is the host `x.example.com`, replace S3OriginConfig by CustomOriginConfig too
                  origin: main
                  paths: `*`
            "#]],
            ),
            (
                "https://assets.s3.eu-west-1.amazonaws.com:443",
                expect![[r#"
                error at /https://assets.s3.eu-west-1.amazonaws.com:443
                  origin `main` has the DomainName `https://assets.s3.eu-west-1.amazonaws.com:443`, which is not a valid host name: it has a scheme
                  help: set DomainName to `assets.s3.eu-west-1.amazonaws.com`
                  origin: main
                  paths: `*`
            "#]],
            ),
        ] {
            Scene::of(s3_origin("main", domain)).fails(&RULE, expected);
        }
    }

    #[test]
    fn fails_for_urls_of_buckets() {
        Scene::custom("https://s3.amazonaws.com/assets").fails(&RULE, expect![[r#"
            error at /https://s3.amazonaws.com/assets
              origin `main` has the DomainName `https://s3.amazonaws.com/assets`, which is not a valid host name: it has a scheme
              help: set DomainName to `BUCKET.s3.REGION.amazonaws.com`: the bucket belongs in the host, not in the path
              origin: main
              paths: `*`
        "#]]);
        let scene = Scene::of(s3_origin("main", "s3://assets"));
        scene.fails(&RULE, expect![[r#"
            error at /s3://assets
              origin `main` has the DomainName `s3://assets`, which is not a valid host name: it has a scheme
              help: set DomainName to `assets.s3.REGION.amazonaws.com`, with the bucket's Region
              origin: main
              paths: `*`
        "#]]);
        Scene::of(s3_origin("main", "https://assets.s3.amazonaws.com")).fails(&RULE, expect![[r#"
            error at /https://assets.s3.amazonaws.com
              origin `main` has the DomainName `https://assets.s3.amazonaws.com`, which is not a valid host name: it has a scheme
              help: set DomainName to `assets.s3.amazonaws.com`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_an_invalid_host_name() {
        all_fail(
            &RULE,
            [
                "",
                "3.89.124.135",
                "2001:db8::1",
                "[::1]:80",
                "*.example.com",
                "localhost",
                "a..example.com",
                "bücher.example",
                "my host.example.com",
                "<host>.example.com",
            ]
            .map(Scene::custom),
            expect![[r#"
                error at /
                  origin `main` has no DomainName
                  help: set DomainName to the host that serves the content
                  origin: main
                  paths: `*`

                error at /3.89.124.135
                  origin `main` has the DomainName `3.89.124.135`, which is not a valid host name: it is an IP address
                  help: set DomainName to a DNS name that resolves to 3.89.124.135, such as the load balancer's or the instance's public one
                  origin: main
                  paths: `*`

                error at /2001:db8::1
                  origin `main` has the DomainName `2001:db8::1`, which is not a valid host name: it is an IP address
                  help: set DomainName to a DNS name that resolves to 2001:db8::1, such as the load balancer's or the instance's public one
                  origin: main
                  paths: `*`

                error at /[::1]:80
                  origin `main` has the DomainName `[::1]:80`, which is not a valid host name: it has a colon
                  help: set DomainName to the host, without '['
                  origin: main
                  paths: `*`

                error at /*.example.com
                  origin `main` has the DomainName `*.example.com`, which is not a valid host name: it has a wildcard
                  help: set DomainName to one host; a wildcard is for Aliases only
                  origin: main
                  paths: `*`

                error at /localhost
                  origin `main` has the DomainName `localhost`, which is not a valid host name: it has no dot
                  help: set DomainName to the whole host, with its domain
                  origin: main
                  paths: `*`

                error at /a..example.com
                  origin `main` has the DomainName `a..example.com`, which is not a valid host name: it has nothing between two dots, or before the first
                  help: set DomainName to the whole host; a variable in it was probably empty
                  origin: main
                  paths: `*`

                error at /bücher.example
                  origin `main` has the DomainName `bücher.example`, which is not a valid host name: it has the character 'ü'
                  help: write DomainName in punycode (`xn--…`)
                  origin: main
                  paths: `*`

                error at /my host.example.com
                  origin `main` has the DomainName `my host.example.com`, which is not a valid host name: it has the character ' '
                  help: set DomainName to the host, without ' '
                  origin: main
                  paths: `*`

                error at /<host>.example.com
                  origin `main` has the DomainName `<host>.example.com`, which is not a valid host name: it has the character '<'
                  help: set DomainName to the host, without '<'
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_trailing_dot_and_says_the_host() {
        Scene::custom("a.example.com.").fails(&RULE, expect![[r#"
            error at /a.example.com.
              origin `main` has the DomainName `a.example.com.`, which is not a valid host name: it ends with a dot
              help: set DomainName to `a.example.com`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_url_in_a_vpc() {
        in_vpc("http://internal.example").fails(&RULE, expect![[r#"
            error at /http://internal.example
              origin `main` has the DomainName `http://internal.example`, which is not a valid host name: it has a scheme
              help: set DomainName to `internal.example`
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_hosts() {
        for domain in [
            "a.example.com",
            "my_api.Example.com",
            "b.s3.amazonaws.com",
            "aws_lb.web.example.com",
        ] {
            Scene::custom(domain).passes(&RULE);
        }
    }

    #[test]
    fn passes_for_internal_names_in_a_vpc() {
        for domain in ["internal-alb", "10.0.0.7", "alb.internal."] {
            in_vpc(domain).passes(&RULE);
        }
    }

    #[test]
    fn passes_for_a_bad_bucket_name_which_is_another_rules() {
        Scene::s3("[bucketName]").passes(&RULE);
        Scene::s3("a..b").passes(&RULE);
    }

    #[test]
    fn fails_for_what_no_deployment_makes_a_host() {
        for domain in [
            "https://${Host}",
            "${Host}:8443",
            "${Host}/prod",
            "${A}..${B}",
        ] {
            let finding = Scene::custom(domain).one_finding(&RULE);
            assert!(finding.message.contains("whatever the deployment fills in"));
        }
    }

    #[test]
    fn fails_for_an_attribute_that_is_a_url() {
        let mut scene = Scene::custom("a.example.com");
        let url = Expression::of(
            "${Url.FunctionUrl}",
            Symbol {
                referent: Referent::Attribute {
                    of: "Url".to_owned(),
                    attribute: "FunctionUrl".to_owned(),
                },
                nature: Nature::Url,
            },
        );
        let place = scene.candidate.origins[0].domain_name.place.clone();
        scene.candidate.origins[0].domain_name = At::of(url, place);
        let finding = scene.one_finding(&RULE);
        let message = "the DomainName of origin `main` is the FunctionUrl of `Url`, a URL, which CloudFront does \
                       not take for a host name: it has a scheme";
        assert_eq!(finding.message, message);
        let remedy = "take the host out of the FunctionUrl of `Url`: set DomainName to \
                      `!Select [2, !Split ['/', !GetAtt Url.FunctionUrl]]`";
        assert_eq!(finding.remediation, remedy);
    }

    #[test]
    fn fails_for_an_arn_and_names_the_host_of_its_bucket() {
        for (domain, remedy) in [
            (
                "arn:aws:s3:::orchard",
                "set DomainName to `orchard.s3.REGION.amazonaws.com`, with the bucket's Region",
            ),
            (
                "arn:aws:sqs:eu-west-1:111122223333:jobs",
                "set DomainName to the host that serves the content, and not to an ARN",
            ),
            (
                "arn:${AWS::Partition}:s3:::orchard",
                "set DomainName to an attribute that is a host, such as a bucket's RegionalDomainName or a load \
                 balancer's DNSName, and not to an ARN",
            ),
        ] {
            assert_eq!(
                Scene::custom(domain).one_finding(&RULE).remediation,
                remedy,
                "{domain}"
            );
        }
    }

    #[test]
    fn fails_for_a_quoted_reference_of_terraform_and_says_how_it_is_written() {
        for (domain, reference) in [
            (
                "aws_elastic_beanstalk_environment.shop.endpoint_url",
                "aws_elastic_beanstalk_environment.shop.endpoint_url",
            ),
            ("#{aws_alb.shop.dns_name}", "aws_alb.shop.dns_name"),
            (
                "aws_instance.web[0].public_dns",
                "aws_instance.web[0].public_dns",
            ),
            ("data.aws_lb.shop.dns_name", "data.aws_lb.shop.dns_name"),
        ] {
            for origin in [s3_origin("main", domain), custom_origin("main", domain)] {
                let finding = Scene::of(origin).one_finding(&RULE);
                assert_eq!(finding.severity, Severity::Error, "{domain}");
                let remedy = format!(
                    "write the reference `{reference}` in Terraform without quotes around it"
                );
                assert_eq!(finding.remediation, remedy, "{domain}");
            }
        }
        let finding = Scene::custom("www.shop_example").one_finding(&RULE);
        assert_eq!(
            finding.remediation,
            "set DomainName to the host that serves the content"
        );
    }

    #[test]
    fn passes_for_a_host_that_only_the_deployment_knows() {
        Scene::custom("${Host}").passes(&RULE);
        Scene::custom("{{tenant}}.example.com").passes(&RULE);
    }
}
