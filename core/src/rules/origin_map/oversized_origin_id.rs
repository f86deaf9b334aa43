use crate::distribution::{At, Part};
use crate::finding::Findings;
use crate::rules::Case;

/// Characters; stated in no documentation, and CloudFront refuses more with "The parameter originId is
/// too big." (<https://github.com/aws/aws-cdk/issues/11504>)
const MOST: usize = 128;

rule! {
    /// ## What it does
    /// Origins and origin groups whose `Id` has more than 128 characters.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidArgument`: "The parameter originId is too big." AWS
    /// documents no limit; the refusal and the 128 characters were seen with IDs that the CDK had made of
    /// long construct paths ([aws-cdk#11504](https://github.com/aws/aws-cdk/issues/11504)).
    ///
    /// ## Example
    /// ```json
    /// {"Id": "ProductionPipelineDeploymentStageWebFrontendApplicationStackStaticAssetsDistributionConstructGlobalEdgeDistributionOrigin1F2A3B4C5DE6",
    ///  "DomainName": "www.example.com"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "EdgeDistributionOrigin1F2A3B4C5DE6", "DomainName": "www.example.com"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: ProductionPipelineDeploymentStageWebFrontendApplicationStackStaticAssetsDistributionConstructGlobalEdgeDistributionOrigin1F2A3B4C5DE6
    ///     DomainName: www.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// # good
    /// Origins:
    ///   - Id: EdgeDistributionOrigin1F2A3B4C5DE6
    ///     DomainName: www.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = join("-", var.path) # longer than 128 characters
    ///   domain_name = "www.example.com"
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "edge"
    ///   domain_name = "www.example.com"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Give the origin a shorter `Id`, and change it in the `TargetOriginId` of the behaviors and in the
    /// members of the groups that name it in the same step.
    ///
    /// ## References
    /// - [Origin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html)
    /// - [OriginGroup](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginGroup.html)
    "oversized-origin-id", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let candidate = case.candidate;
    for origin in &candidate.origins {
        if let Some(length) = oversize(&origin.id) {
            report(case, origin.into(), &origin.id, length, findings);
        }
    }
    for group in &candidate.origin_groups {
        if let Some(length) = oversize(&group.id) {
            report(case, group.into(), &group.id, length, findings);
        }
    }
}

/// The characters of an ID that has too many.
fn oversize(id: &At<String>) -> Option<usize> {
    // No text has fewer bytes than characters, and bytes need no counting.
    let long = id.known().filter(|id| id.len() > MOST)?;
    Some(long.chars().count()).filter(|length| *length > MOST)
}

fn report(case: &Case<'_>, part: Part, id: &At<String>, length: usize, findings: &mut Findings) {
    findings
        .add(
            &id.place,
            format!("the Id of {part} has {length} characters, and CloudFront takes {MOST}"),
        )
        .about(part)
        .target(case.reach(), id.spelling())
        .evidence("characters", length)
        .remedy(format!(
            "shorten it to {MOST} characters, there and wherever a behavior or a group names it"
        ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;

    fn scene(id: &str) -> Scene {
        Scene::custom("www.example.com").origin(id)
    }

    #[test]
    fn fails_for_an_origin() {
        let finding = scene(&"x".repeat(129)).one_finding(&RULE);
        let end = "` has 129 characters, and CloudFront takes 128";
        assert!(finding.message.ends_with(end), "{}", finding.message);
    }

    #[test]
    fn fails_for_a_group() {
        let scene = scene("a").group(&"x".repeat(133), &["main", "a"]);
        assert!(scene.one_finding(&RULE).message.contains("origin group"));
    }

    #[test]
    fn fails_for_each_of_several() {
        let scene = scene(&"x".repeat(200)).origin(&"y".repeat(200));
        assert_eq!(scene.findings(&RULE).len(), 2);
    }

    #[test]
    fn passes_with_128_characters() {
        scene(&"x".repeat(128)).passes(&RULE);
    }

    #[test]
    fn passes_for_characters_of_several_bytes() {
        scene(&"ü".repeat(128)).passes(&RULE);
    }

    #[test]
    fn passes_for_a_long_expression() {
        scene(&format!("${{{}}}", "x".repeat(200))).passes(&RULE);
    }
}
