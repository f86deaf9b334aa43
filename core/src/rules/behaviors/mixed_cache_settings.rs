use crate::finding::Findings;
use crate::model::Form;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Behaviors with a `CachePolicyId` and with `ForwardedValues`.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidArgument`: "The parameter ForwardedValues cannot be
    /// used when a cache policy is associated to the cache behavior." Through CloudFormation,
    /// `ForwardedValues` beside a policy is ignored, and nothing is reported here.
    ///
    /// ## Example
    /// ```json
    /// {"TargetOriginId": "site", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    ///  "ForwardedValues": {"QueryString": true, "Cookies": {"Forward": "none"}}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"TargetOriginId": "site", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}
    /// ```
    /// In Terraform, a `forwarded_values` block beside `cache_policy_id` is such a config; remove the
    /// block.
    ///
    /// ## How to fix
    /// Remove `ForwardedValues`, `MinTTL`, `DefaultTTL` and `MaxTTL`. What the origin needs of headers,
    /// cookies and query strings beyond the cache key goes into an origin request policy. Don't add
    /// headers to the cache policy for the origin alone: each value gets a cache entry of its own.
    ///
    /// ## References
    /// - [DefaultCacheBehavior](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DefaultCacheBehavior.html)
    /// - [Control the cache key](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html)
    "mixed-cache-settings", Behaviors, Error, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    // Through CloudFormation ForwardedValues beside a policy is ignored without an error (cfn-lint
    // W3704).
    if case.candidate.form == Some(Form::Template) {
        return;
    }
    for behavior in case.candidate.all_behaviors() {
        let (Some(policy), Some(forwarded)) =
            (&behavior.cache_policy_id, &behavior.forwarded_values)
        else {
            continue;
        };
        // An expression may be empty.
        if policy.known().is_none_or(String::is_empty) {
            continue;
        }
        findings
            .add(
                forwarded,
                format!(
                    "{} has ForwardedValues beside CachePolicyId `{policy}`: CloudFront refuses both together",
                    behavior.name()
                ),
            )
            .behavior(behavior)
            .related(&policy.place, "the cache policy")
            .remedy("remove ForwardedValues, MinTTL, DefaultTTL and MaxTTL, or the CachePolicyId");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;

    const POLICY: &str = r#""CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6""#;
    const FORWARDED: &str = r#""ForwardedValues": {"QueryString": false}"#;

    fn api(members: &str) -> Scene {
        Scene::of_json(&format!(
            r#"{{"Origins": {{"Items": []}}, "DefaultCacheBehavior": {{"TargetOriginId": "a", {members}}}}}"#
        ))
    }

    #[test]
    fn fails_for_both() {
        let finding = api(&format!("{POLICY}, {FORWARDED}")).one_finding(&RULE);
        assert_eq!(
            finding.message,
            "the default cache behavior has ForwardedValues beside CachePolicyId \
             `658327ea-f89d-4fab-a63d-7e88639e58f6`: CloudFront refuses both together"
        );
    }

    #[test]
    fn fails_for_empty_forwarded_values() {
        api(&format!(r#"{POLICY}, "ForwardedValues": {{}}"#)).one_finding(&RULE);
    }

    #[test]
    fn fails_for_a_cache_behavior() {
        let behavior =
            format!(r#"{{"PathPattern": "/a", "TargetOriginId": "a", {POLICY}, {FORWARDED}}}"#);
        let scene = Scene::of_json(&format!(
            r#"{{"Origins": {{"Items": []}}, "CacheBehaviors": {{"Items": [{behavior}]}}}}"#
        ));
        assert_eq!(scene.one_finding(&RULE).path_patterns, ["/a"]);
    }

    #[test]
    fn passes_for_one_of_them() {
        api(POLICY).passes(&RULE);
        api(FORWARDED).passes(&RULE);
        api(&format!(r#"{FORWARDED}, "CachePolicyId": """#)).passes(&RULE);
    }

    #[test]
    fn passes_in_a_template() {
        Scene::of_template(
            "DefaultCacheBehavior: {TargetOriginId: a, CachePolicyId: p, ForwardedValues: {QueryString: true}}",
        )
        .passes(&RULE);
    }

    #[test]
    fn passes_for_a_policy_that_may_be_empty() {
        api(&format!(r#""CachePolicyId": "${{POLICY}}", {FORWARDED}"#)).passes(&RULE);
    }
}
