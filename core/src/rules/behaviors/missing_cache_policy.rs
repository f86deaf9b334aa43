use crate::finding::Findings;
use crate::rules::{Case, OriginMap};

rule! {
    /// ## What it does
    /// Behaviors with neither a `CachePolicyId` nor `ForwardedValues`.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidArgument`: "The parameter ForwardedValues is
    /// required." Each behavior must say what belongs to the cache key.
    ///
    /// ## Example
    /// ```json
    /// {"TargetOriginId": "site", "ViewerProtocolPolicy": "redirect-to-https"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"TargetOriginId": "site", "ViewerProtocolPolicy": "redirect-to-https",
    ///  "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// DefaultCacheBehavior:
    ///   TargetOriginId: site
    ///   ViewerProtocolPolicy: redirect-to-https
    /// # good
    /// DefaultCacheBehavior:
    ///   TargetOriginId: site
    ///   ViewerProtocolPolicy: redirect-to-https
    ///   CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// default_cache_behavior {
    ///   target_origin_id       = "site"
    ///   viewer_protocol_policy = "redirect-to-https"
    /// }
    /// # good
    /// default_cache_behavior {
    ///   target_origin_id       = "site"
    ///   viewer_protocol_policy = "redirect-to-https"
    ///   cache_policy_id        = data.aws_cloudfront_cache_policy.optimized.id
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Set `CachePolicyId`, for files to that of the managed policy CachingOptimized, for an API to that
    /// of CachingDisabled. `ForwardedValues` is deprecated.
    ///
    /// ## References
    /// - [DefaultCacheBehavior](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DefaultCacheBehavior.html)
    /// - [Managed cache policies](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html)
    "missing-cache-policy", Behaviors, Error, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    for behavior in case.candidate.all_behaviors() {
        let policy = behavior.cache_policy_id.as_ref();
        if policy.is_some_and(|policy| !policy.is_empty()) || behavior.forwarded_values.is_some() {
            continue;
        }
        findings
            .add(
                &behavior.place,
                format!(
                    "{} has neither CachePolicyId nor ForwardedValues, of which CloudFront requires one",
                    behavior.name()
                ),
            )
            .behavior(behavior)
            .remedy(
                "set CachePolicyId, such as `658327ea-f89d-4fab-a63d-7e88639e58f6` (CachingOptimized) or \
                 `4135ea2d-6df8-44a3-9df3-4b5a84be39ad` (CachingDisabled)",
            );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;

    fn api(members: &str) -> Scene {
        Scene::of_json(&format!(
            r#"{{"Origins": {{"Items": []}}, "DefaultCacheBehavior": {{"TargetOriginId": "a"{members}}}}}"#
        ))
    }

    #[test]
    fn fails_for_neither() {
        let finding = api("").one_finding(&RULE);
        assert_eq!(
            finding.message,
            "the default cache behavior has neither CachePolicyId nor ForwardedValues, of which \
             CloudFront requires one"
        );
    }

    #[test]
    fn fails_for_an_empty_policy() {
        api(r#", "CachePolicyId": """#).one_finding(&RULE);
    }

    #[test]
    fn fails_in_a_template() {
        let behavior = "DefaultCacheBehavior: {TargetOriginId: a, ViewerProtocolPolicy: allow-all}";
        Scene::of_template(behavior).one_finding(&RULE);
    }

    #[test]
    fn passes_for_a_policy() {
        api(r#", "CachePolicyId": "p""#).passes(&RULE);
    }

    #[test]
    fn passes_for_forwarded_values() {
        api(r#", "ForwardedValues": {"QueryString": true}"#).passes(&RULE);
    }

    #[test]
    fn passes_for_what_the_deployment_decides() {
        for behavior in [
            "{TargetOriginId: a, CachePolicyId: !Ref Policy}",
            "{TargetOriginId: a, ForwardedValues: !Ref Values}",
        ] {
            Scene::of_template(&format!("DefaultCacheBehavior: {behavior}")).passes(&RULE);
        }
    }
}
