use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins with more custom headers than the quota allows.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `TooManyOriginCustomHeaders`: "Your request contains too many
    /// origin custom headers." The default quota is 30 for each origin, and AWS raises it on request:
    /// above it, the finding is a warning, and an error only above the account's own quota in
    /// `ORIGIN_GUARD_MAX_ORIGIN_HEADERS`. An origin with no more headers than the one of its ID in the
    /// baseline is not reported.
    ///
    /// ## Example
    /// ```json
    /// {"CustomHeaders": {"Quantity": 31, "Items": [
    ///   {"HeaderName": "X-Flag-1", "HeaderValue": "…"}, {"HeaderName": "X-Flag-2", "HeaderValue": "…"}]}}
    /// ```
    /// Use instead one header for what belongs together:
    /// ```json
    /// {"CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X-Flags", "HeaderValue": "…"}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// OriginCustomHeaders:
    ///   - {HeaderName: X-Flag-1, HeaderValue: "on"}
    ///   - {HeaderName: X-Flag-2, HeaderValue: "off"}
    ///   # … 29 more
    /// # good
    /// OriginCustomHeaders:
    ///   - {HeaderName: X-Flags, HeaderValue: "1=on,2=off"}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// dynamic "custom_header" {
    ///   for_each = var.flags # 31 flags
    ///   content {
    ///     name  = "X-Flag-${custom_header.key}"
    ///     value = custom_header.value
    ///   }
    /// }
    /// # good
    /// custom_header {
    ///   name  = "X-Flags"
    ///   value = join(",", [for name, value in var.flags : "${name}=${value}"])
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Remove headers that the origin does not read, combine several into one, or ask AWS for a
    /// higher quota before this deployment.
    ///
    /// ## References
    /// - [Quotas on headers](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-custom-headers)
    "too-many-origin-headers", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let quota = case.limits.origin_headers;
    for origin in &case.candidate.origins {
        let headers = origin.custom_headers.len();
        let Some(beyond) = origin.custom_headers.get(quota.most()) else {
            continue;
        };
        let before = case.baseline().and_then(|it| it.origin(origin.id.known()?));
        let before = before.map(|before| before.custom_headers.len());
        let Some(severity) = quota.exceeded(headers, before) else {
            continue;
        };
        findings
            .add(
                &beyond.place,
                format!(
                    "origin {} has {headers} custom headers, and {}",
                    origin.name(),
                    quota.text()
                ),
            )
            .severity(severity)
            .origin(case.reach(), origin)
            .evidence("custom headers", headers)
            .evidence("quota", quota.most())
            .remedy(format!(
                "remove or merge {} of its CustomHeaders, or have AWS raise the quota \"Custom \
                 headers\" first and set ORIGIN_GUARD_MAX_ORIGIN_HEADERS to it",
                headers - quota.most()
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::Quota;
    use crate::rules::testing::Scene;

    fn scene(headers: usize) -> Scene {
        (0..headers).fold(Scene::custom("api.example.com"), |scene, n| {
            scene.header(&format!("X-{n}"), 1)
        })
    }

    #[test]
    fn fails_for_31() {
        scene(31).fails(&RULE, expect![[r#"
            warning at /headers/X-30
              origin `main` has 31 custom headers, and the default quota is 30
              help: remove or merge 1 of its CustomHeaders, or have AWS raise the quota "Custom headers" first and set ORIGIN_GUARD_MAX_ORIGIN_HEADERS to it
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_once_for_many() {
        scene(34).fails(&RULE, expect![[r#"
            warning at /headers/X-30
              origin `main` has 34 custom headers, and the default quota is 30
              help: remove or merge 4 of its CustomHeaders, or have AWS raise the quota "Custom headers" first and set ORIGIN_GUARD_MAX_ORIGIN_HEADERS to it
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_the_quota_of_the_account() {
        let mut scene = scene(3);
        scene.limits.origin_headers = Quota::OfAccount(2);
        scene.fails(&RULE, expect![[r#"
            error at /headers/X-2
              origin `main` has 3 custom headers, and the account's quota is 2
              help: remove or merge 1 of its CustomHeaders, or have AWS raise the quota "Custom headers" first and set ORIGIN_GUARD_MAX_ORIGIN_HEADERS to it
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_30() {
        scene(30).passes(&RULE);
    }

    #[test]
    fn passes_without_headers() {
        scene(0).passes(&RULE);
    }

    #[test]
    fn passes_where_the_baseline_has_as_many() {
        let baseline = scene(31).candidate;
        scene(31).baseline(baseline).passes(&RULE);
    }

    #[test]
    fn passes_under_a_raised_quota() {
        let mut scene = scene(31);
        scene.limits.origin_headers = Quota::OfAccount(50);
        scene.passes(&RULE);
    }
}
