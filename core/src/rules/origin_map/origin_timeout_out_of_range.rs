use std::ops::RangeInclusive;

use crate::distribution::{At, Origin};
use crate::finding::{Finding, Findings};
use crate::rule::Severity;
use crate::rules::Case;

/// What CloudFront takes in a field.
struct Range {
    of: RangeInclusive<i64>,
    /// The quota that AWS raises on request: the maximum then differs by account.
    quota: Option<&'static str>,
}

/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html>
const ATTEMPTS: Range = Range {
    of: 1..=3,
    quota: None,
};
/// Seconds; <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html>
const CONNECTION: Range = Range {
    of: 1..=10,
    quota: None,
};
/// Seconds; <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
const RESPONSE: Range = Range {
    of: 1..=120,
    quota: Some("Response timeout per origin"),
};
/// Seconds; <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
const KEEPALIVE: Range = Range {
    of: 1..=120,
    quota: Some("Keep-alive timeout per origin"),
};

rule! {
    /// ## What it does
    /// Timeouts and attempts of an origin that are out of CloudFront's range:
    /// `ConnectionAttempts` 1 to 3, `ConnectionTimeout` 1 to 10 seconds, `OriginReadTimeout` and
    /// `OriginKeepaliveTimeout` 1 to 120 seconds, `ResponseCompletionTimeout` not below
    /// `OriginReadTimeout`.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidOriginReadTimeout`,
    /// `InvalidOriginKeepaliveTimeout` or `InvalidArgument`. For the read and the keep-alive
    /// timeout the maximum is a quota, `Response timeout per origin` and `Keep-alive timeout per
    /// origin`, which AWS raises on request: no call reports the quota of an account, so a higher
    /// value is a warning.
    ///
    /// CloudFront's model words it: `InvalidOriginReadTimeout`, "The read timeout specified for the
    /// origin is not valid."; `InvalidOriginKeepaliveTimeout`, "The keep alive timeout specified for
    /// the origin is not valid."
    ///
    /// ## Example
    /// ```json
    /// {"CustomOriginConfig": {"OriginReadTimeout": 180}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"CustomOriginConfig": {"OriginReadTimeout": 120}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only, OriginReadTimeout: 180}
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only, OriginReadTimeout: 120}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// custom_origin_config {
    ///   http_port              = 80
    ///   https_port             = 443
    ///   origin_protocol_policy = "https-only"
    ///   origin_ssl_protocols   = ["TLSv1.2"]
    ///   origin_read_timeout    = 180
    /// }
    /// # good
    /// custom_origin_config {
    ///   http_port              = 80
    ///   https_port             = 443
    ///   origin_protocol_policy = "https-only"
    ///   origin_ssl_protocols   = ["TLSv1.2"]
    ///   origin_read_timeout    = 120
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Set the value within the range. Work that takes longer than CloudFront waits needs another
    /// design, such as an answer with the URL of the result.
    ///
    /// ## References
    /// - [Origin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html)
    /// - [CustomOriginConfig](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomOriginConfig.html)
    /// - [CloudFront quotas](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html)
    "origin-timeout-out-of-range", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let read = read_timeout(origin);
        let fields = [
            (
                "ConnectionAttempts",
                origin.connection_attempts.as_ref(),
                ATTEMPTS,
            ),
            (
                "ConnectionTimeout",
                origin.connection_timeout.as_ref(),
                CONNECTION,
            ),
            ("OriginReadTimeout", read, RESPONSE),
            (
                "OriginKeepaliveTimeout",
                keepalive_timeout(origin),
                KEEPALIVE,
            ),
        ];
        for (name, field, range) in fields {
            let Some(field) = field else { continue };
            if let Some(value) = field.known().filter(|value| !range.of.contains(value)) {
                let finding = findings.add(&field.place, String::new());
                describe(
                    finding.origin(case.reach(), origin).key(name),
                    origin,
                    name,
                    *value,
                    &range,
                );
            }
        }
        if let (Some(whole), Some(read)) = (&origin.response_completion_timeout, read) {
            judge_completion(case, origin, whole, read, findings);
        }
    }
}

fn read_timeout(origin: &Origin) -> Option<&At<i64>> {
    let custom = origin
        .custom
        .as_ref()
        .and_then(|config| config.origin_read_timeout.as_ref());
    let s3 = || origin.s3.as_ref()?.origin_read_timeout.as_ref();
    let vpc = || origin.vpc.as_ref()?.origin_read_timeout.as_ref();
    custom.or_else(s3).or_else(vpc)
}

fn keepalive_timeout(origin: &Origin) -> Option<&At<i64>> {
    let custom = origin
        .custom
        .as_ref()
        .and_then(|config| config.origin_keepalive_timeout.as_ref());
    custom.or_else(|| origin.vpc.as_ref()?.origin_keepalive_timeout.as_ref())
}

fn describe(finding: &mut Finding, origin: &Origin, name: &'static str, value: i64, range: &Range) {
    let (least, most) = (*range.of.start(), *range.of.end());
    let (severity, consequence, unless) = match range.quota {
        // Both timeouts have a quota that AWS raises on request, so more than the default is no
        // proof of refusal.
        Some(quota) if value > most => (
            Severity::Warning,
            format!("needs the quota `{quota}` raised"),
            ", unless AWS has raised that quota for the account",
        ),
        _ => (Severity::Error, "CloudFront refuses".to_owned(), ""),
    };
    finding.message = format!(
        "origin {} has {name} {value}, which {consequence}: the range is {least} to {most}",
        origin.name()
    );
    finding
        .evidence(name, value)
        .remedy(format!(
            "set {name} to {}{unless}",
            value.clamp(least, most)
        ))
        .severity(severity);
}

fn judge_completion(
    case: &Case<'_>,
    origin: &Origin,
    whole: &At<i64>,
    read: &At<i64>,
    findings: &mut Findings,
) {
    let (Some(whole_seconds), Some(read_seconds)) = (whole.known(), read.known()) else {
        return;
    };
    // The API reference wants ResponseCompletionTimeout to be at least OriginReadTimeout.
    if whole_seconds >= read_seconds {
        return;
    }
    findings
        .add(
            &whole.place,
            format!(
                "origin {} has ResponseCompletionTimeout {whole_seconds}, less than its \
                 OriginReadTimeout {read_seconds}; CloudFront refuses it",
                origin.name()
            ),
        )
        .origin(case.reach(), origin)
        .key("ResponseCompletionTimeout")
        .related(
            &read.place,
            format!("OriginReadTimeout is {read_seconds} here"),
        )
        .evidence("ResponseCompletionTimeout", whole_seconds)
        .evidence("OriginReadTimeout", read_seconds)
        .remedy(format!(
            "set ResponseCompletionTimeout to {read_seconds} or more, or remove it: then there is \
             no maximum"
        ));
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::CustomOriginConfig;
    use crate::rules::testing::{Scene, all_fail, number};

    fn custom(modify: impl FnOnce(&mut CustomOriginConfig)) -> Scene {
        Scene::custom("api.example.com").with(|origin| modify(origin.custom.as_mut().unwrap()))
    }

    #[test]
    fn fails_for_a_read_timeout_of_0() {
        custom(|c| c.origin_read_timeout = Some(number(0))).fails(
            &RULE,
            expect![[r#"
                error at /0
                  origin `main` has OriginReadTimeout 0, which CloudFront refuses: the range is 1 to 120
                  help: set OriginReadTimeout to 1
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_every_value_out_of_range() {
        custom(|c| c.origin_keepalive_timeout = Some(number(0))).fails(&RULE, expect![[r#"
            error at /0
              origin `main` has OriginKeepaliveTimeout 0, which CloudFront refuses: the range is 1 to 120
              help: set OriginKeepaliveTimeout to 1
              origin: main
              paths: `*`
        "#]]);
        all_fail(
            &RULE,
            [(4, 10), (0, 10), (3, 11), (3, 0)].map(|(attempts, timeout)| {
                Scene::s3("a").with(|o| {
                    o.connection_attempts = Some(number(attempts));
                    o.connection_timeout = Some(number(timeout));
                })
            }),
            expect![[r#"
                error at /4
                  origin `main` has ConnectionAttempts 4, which CloudFront refuses: the range is 1 to 3
                  help: set ConnectionAttempts to 3
                  origin: main
                  paths: `*`

                error at /0
                  origin `main` has ConnectionAttempts 0, which CloudFront refuses: the range is 1 to 3
                  help: set ConnectionAttempts to 1
                  origin: main
                  paths: `*`

                error at /11
                  origin `main` has ConnectionTimeout 11, which CloudFront refuses: the range is 1 to 10
                  help: set ConnectionTimeout to 10
                  origin: main
                  paths: `*`

                error at /0
                  origin `main` has ConnectionTimeout 0, which CloudFront refuses: the range is 1 to 10
                  help: set ConnectionTimeout to 1
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_the_read_timeout_of_s3() {
        let scene = Scene::s3("assets");
        scene
            .with(|o| o.s3.as_mut().unwrap().origin_read_timeout = Some(number(-1)))
            .fails(&RULE, expect![[r#"
                error at /-1
                  origin `main` has OriginReadTimeout -1, which CloudFront refuses: the range is 1 to 120
                  help: set OriginReadTimeout to 1
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_with_a_warning_where_the_quota_may_have_been_raised() {
        all_fail(
            &RULE,
            [(121, 5), (900, 5), (30, 121), (30, 999)].map(|(read, keepalive)| {
                custom(|c| {
                    c.origin_read_timeout = Some(number(read));
                    c.origin_keepalive_timeout = Some(number(keepalive));
                })
            }),
            expect![[r#"
                warning at /121
                  origin `main` has OriginReadTimeout 121, which needs the quota `Response timeout per origin` raised: the range is 1 to 120
                  help: set OriginReadTimeout to 120, unless AWS has raised that quota for the account
                  origin: main
                  paths: `*`

                warning at /900
                  origin `main` has OriginReadTimeout 900, which needs the quota `Response timeout per origin` raised: the range is 1 to 120
                  help: set OriginReadTimeout to 120, unless AWS has raised that quota for the account
                  origin: main
                  paths: `*`

                warning at /121
                  origin `main` has OriginKeepaliveTimeout 121, which needs the quota `Keep-alive timeout per origin` raised: the range is 1 to 120
                  help: set OriginKeepaliveTimeout to 120, unless AWS has raised that quota for the account
                  origin: main
                  paths: `*`

                warning at /999
                  origin `main` has OriginKeepaliveTimeout 999, which needs the quota `Keep-alive timeout per origin` raised: the range is 1 to 120
                  help: set OriginKeepaliveTimeout to 120, unless AWS has raised that quota for the account
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_completion_before_the_read_timeout() {
        let scene = custom(|c| c.origin_read_timeout = Some(number(60)));
        let scene = scene.with(|o| o.response_completion_timeout = Some(number(30)));
        scene.fails(&RULE, expect![[r#"
            error at /30
              origin `main` has ResponseCompletionTimeout 30, less than its OriginReadTimeout 60; CloudFront refuses it
              help: set ResponseCompletionTimeout to 60 or more, or remove it: then there is no maximum
              see /60: OriginReadTimeout is 60 here
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_without_any() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_at_the_ends_of_the_ranges() {
        for (read, keepalive) in [(1, 1), (120, 120)] {
            custom(|c| c.origin_read_timeout = Some(number(read))).passes(&RULE);
            custom(|c| c.origin_keepalive_timeout = Some(number(keepalive))).passes(&RULE);
        }
        Scene::s3("a")
            .with(|o| o.connection_attempts = Some(number(3)))
            .passes(&RULE);
        Scene::s3("a")
            .with(|o| o.connection_timeout = Some(number(10)))
            .passes(&RULE);
    }

    #[test]
    fn passes_for_a_completion_as_long_as_the_read_timeout_or_alone() {
        let scene = custom(|c| c.origin_read_timeout = Some(number(60)));
        scene
            .with(|o| o.response_completion_timeout = Some(number(60)))
            .passes(&RULE);
        Scene::s3("a")
            .with(|o| o.response_completion_timeout = Some(number(9)))
            .passes(&RULE);
    }
}
