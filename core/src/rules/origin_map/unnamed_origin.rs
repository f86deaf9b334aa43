use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins and origin groups without an `Id`.
    ///
    /// ## Why is this bad?
    /// The `Id` is what behaviors and origin groups refer to. CloudFront refuses an origin or a group
    /// without one with `InvalidArgument`.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "", "DomainName": "api.example.com"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "api", "DomainName": "api.example.com"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: ""
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = var.name # empty
    ///   domain_name = "api.example.com"
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "api"
    ///   domain_name = "api.example.com"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Give the origin an `Id` of its own, and name it in the `TargetOriginId` of the behaviors that
    /// it serves. An origin that nothing targets can go.
    ///
    /// ## References
    /// - [Origin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html)
    "unnamed-origin", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        if !origin.id.is_empty() {
            continue;
        }
        findings
            .add(
                &origin.id.place,
                format!(
                    "the origin at {} (`{}`) has no Id, so no behavior or group can target it",
                    origin.place.pointer, origin.domain_name
                ),
            )
            .about(origin)
            .key(origin.domain_name.spelling())
            .evidence("DomainName", &origin.domain_name)
            .remedy("set its Id to the one that the behaviors target, or remove the origin");
    }
    let groups = case.candidate.origin_groups.iter();
    for group in groups.filter(|group| group.id.is_empty()) {
        findings
            .add(
                &group.id.place,
                format!(
                    "the origin group at {} has no Id, so no behavior can target it",
                    group.place.pointer
                ),
            )
            .remedy("set its Id to the one that the behaviors target, or remove the group");
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, custom_origin, s3_origin, text};

    #[test]
    fn fails_for_an_empty_id() {
        let scene = Scene::s3("assets").add(custom_origin("", "api.example.com"));
        scene.fails(&RULE, expect![[r#"
            error at /
              the origin at /origins/ (`api.example.com`) has no Id, so no behavior or group can target it
              help: set its Id to the one that the behaviors target, or remove the origin
        "#]]);
    }

    #[test]
    fn fails_for_the_only_origin() {
        Scene::s3("assets")
            .with(|origin| origin.id = text(""))
            .fails(&RULE, expect![[r#"
                error at /
                  the origin at /origins/main (`assets.s3.us-east-1.amazonaws.com`) has no Id, so no behavior or group can target it
                  help: set its Id to the one that the behaviors target, or remove the origin
            "#]]);
    }

    #[test]
    fn fails_for_each_of_several() {
        let bucket = "b.s3.us-east-1.amazonaws.com";
        let scene = Scene::of(s3_origin("", bucket)).add(s3_origin("", bucket));
        scene.fails(&RULE, expect![[r#"
            error at /
              the origin at /origins/ (`b.s3.us-east-1.amazonaws.com`) has no Id, so no behavior or group can target it
              help: set its Id to the one that the behaviors target, or remove the origin
            error at /
              the origin at /origins/ (`b.s3.us-east-1.amazonaws.com`) has no Id, so no behavior or group can target it
              help: set its Id to the one that the behaviors target, or remove the origin
        "#]]);
    }

    #[test]
    fn fails_for_a_group() {
        let scene = Scene::custom("www.example.com").origin("b");
        let finding = scene.group("", &["main", "b"]).one_finding(&RULE);
        assert!(finding.message.starts_with("the origin group at /groups/"));
    }

    #[test]
    fn passes_with_an_id() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_for_an_id_that_only_the_deployment_knows() {
        Scene::s3("assets").origin("${Api}").passes(&RULE);
    }

    #[test]
    fn passes_for_an_id_of_one_letter() {
        Scene::s3("assets").origin("a").passes(&RULE);
    }
}
