use crate::distribution::Origin;
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Custom headers of origins whose name or value is too long, or that are too long together.
    ///
    /// ## Why is this bad?
    /// A name has at most 256 characters, a value 1,783, and all names and values of an origin
    /// 10,240; CloudFront refuses the config with `InvalidArgument`. The guard counts the
    /// characters of a value and does not keep it.
    ///
    /// ## Example
    /// ```json
    /// {"HeaderName": "X-Origin-Key", "HeaderValue": "a PEM file of 2,400 characters"}
    /// ```
    /// Use instead something short that stands for it:
    /// ```json
    /// {"HeaderName": "X-Origin-Key", "HeaderValue": "a token of 64 characters"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// OriginCustomHeaders:
    ///   - HeaderName: X-Origin-Key
    ///     HeaderValue: !Ref PrivateKey # a PEM file of 2,400 characters
    /// # good
    /// OriginCustomHeaders:
    ///   - HeaderName: X-Origin-Key
    ///     HeaderValue: !Ref Token # 64 characters
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// custom_header {
    ///   name  = "X-Origin-Key"
    ///   value = file("key.pem") # 2,400 characters
    /// }
    /// # good
    /// custom_header {
    ///   name  = "X-Origin-Key"
    ///   value = random_password.token.result # 64 characters
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Send a token that the origin resolves, instead of the data. AWS does not raise these quotas.
    /// Don't split the value over several headers: all of them together have a quota too.
    ///
    /// ## References
    /// - [Quotas on headers](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-custom-headers)
    "oversized-origin-header", OriginMap, Error, check
}

const NAME: usize = 256;
const VALUE: usize = 1_783;
const TOGETHER: usize = 10_240;

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let mut together = 0_usize;
        for (at, header) in origin.custom_headers.iter().enumerate() {
            let name = header.name.known().map_or(0, |name| name.chars().count());
            let value = header.value_length.unwrap_or_default();
            together = together.saturating_add(name).saturating_add(value);
            for (what, length, most) in [("name", name, NAME), ("value", value, VALUE)] {
                if length > most {
                    findings
                        .add(
                            &header.place,
                            format!(
                                "custom header {at} of origin {} has a {what} of {length} \
                                 characters, and CloudFront accepts {most}",
                                origin.name()
                            ),
                        )
                        .origin(case.reach(), origin)
                        .key(format!("{what} of {}", header.name.spelling()))
                        .remedy(format!(
                            "shorten the {what} by {} characters, or send a token that stands for \
                             it",
                            length - most
                        ));
                }
            }
        }
        if together > TOGETHER {
            add_together(case, origin, together, findings);
        }
    }
}

fn add_together(case: &Case<'_>, origin: &Origin, together: usize, findings: &mut Findings) {
    findings
        .add(
            &origin.place,
            format!(
                "the custom headers of origin {} have {together} characters together, and \
                 CloudFront accepts {TOGETHER}",
                origin.name()
            ),
        )
        .origin(case.reach(), origin)
        .remedy(format!(
            "shorten or remove CustomHeaders by {} characters of names and values",
            together - TOGETHER
        ));
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;

    fn scene() -> Scene {
        Scene::custom("api.example.com")
    }

    #[test]
    fn fails_for_a_value_of_1784() {
        scene().header("X-Key", 1_784).fails(&RULE, expect![[r#"
            error at /headers/X-Key
              custom header 0 of origin `main` has a value of 1784 characters, and CloudFront accepts 1783
              help: shorten the value by 1 characters, or send a token that stands for it
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_name_of_257() {
        scene()
            .header(&"N".repeat(257), 1)
            .fails(&RULE, expect![[r#"
                error at /headers/NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN
                  custom header 0 of origin `main` has a name of 257 characters, and CloudFront accepts 256
                  help: shorten the name by 1 characters, or send a token that stands for it
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_all_together() {
        let scene = (0..6).fold(scene(), |scene, n| scene.header(&format!("X-{n}"), 1_780));
        scene.fails(&RULE, expect![[r#"
            error at /origins/main
              the custom headers of origin `main` have 10698 characters together, and CloudFront accepts 10240
              help: shorten or remove CustomHeaders by 458 characters of names and values
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_the_longest() {
        scene().header(&"N".repeat(256), 1_783).passes(&RULE);
    }

    #[test]
    fn passes_for_as_much_as_there_may_be_together() {
        let scene = (0..8).fold(scene(), |scene, n| scene.header(&format!("X-{n}"), 1_277));
        scene.passes(&RULE);
    }

    #[test]
    fn passes_for_a_value_that_the_deployment_decides() {
        scene()
            .header("X-Key", 1)
            .with(|origin| origin.custom_headers[0].value_length = None)
            .passes(&RULE);
    }
}
