use foldhash::{HashMap, HashMapExt};

use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins that add the same custom header twice. Header names are compared without regard to
    /// upper and lower case.
    ///
    /// ## Why is this bad?
    /// It is not documented which of the values the origin gets, or whether CloudFront refuses the
    /// config. Where the header is a shared secret that is being rotated, half of the requests may
    /// be refused.
    ///
    /// ## Example
    /// ```json
    /// {"CustomHeaders": {"Quantity": 2, "Items": [
    ///   {"HeaderName": "X-Origin-Key", "HeaderValue": "…"}, {"HeaderName": "x-origin-key", "HeaderValue": "…"}]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X-Origin-Key", "HeaderValue": "…"}]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    ///     OriginCustomHeaders: [{HeaderName: X-Origin-Key, HeaderValue: a}, {HeaderName: x-origin-key, HeaderValue: b}]
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    ///     OriginCustomHeaders: [{HeaderName: X-Origin-Key, HeaderValue: b}]
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// custom_header {
    ///   name  = "X-Origin-Key"
    ///   value = var.old_key
    /// }
    /// custom_header {
    ///   name  = "x-origin-key"
    ///   value = var.new_key
    /// }
    /// # good
    /// custom_header {
    ///   name  = "X-Origin-Key"
    ///   value = var.new_key
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Keep one of the two. To rotate a secret, let the origin accept both the old and the new
    /// value for a time.
    ///
    /// ## References
    /// - [Add custom headers to origin requests](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html)
    "duplicate-origin-header", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        if origin.custom_headers.len() < 2 {
            continue;
        }
        let mut first = HashMap::new();
        for header in &origin.custom_headers {
            let Some(name) = header.name.known().filter(|name| !name.is_empty()) else {
                continue;
            };
            // Names of headers have no case in HTTP.
            let Some(before) = first.insert(name.to_ascii_lowercase(), &header.name.place) else {
                continue;
            };
            findings
                .add(
                    &header.name.place,
                    format!("origin {} adds the header `{name}` twice", origin.name()),
                )
                .origin(case.reach(), origin)
                .key(name.to_ascii_lowercase())
                .related(before, "the first one")
                .remedy(format!("keep one of the two CustomHeaders `{name}`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::Scene;

    fn scene(names: &[&str]) -> Scene {
        let scene = Scene::custom("api.example.com");
        names
            .iter()
            .fold(scene, |scene, name| scene.header(name, 1))
    }

    #[test]
    fn fails_for_a_header_twice() {
        scene(&["X-Key", "X-Key"]).fails(
            &RULE,
            expect![[r#"
                warning at /X-Key
                  origin `main` adds the header `X-Key` twice
                  help: keep one of the two CustomHeaders `X-Key`
                  see /X-Key: the first one
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_whatever_the_capitals() {
        scene(&["X-Key", "X-Other", "x-kEY"]).fails(
            &RULE,
            expect![[r#"
                warning at /x-kEY
                  origin `main` adds the header `x-kEY` twice
                  help: keep one of the two CustomHeaders `x-kEY`
                  see /X-Key: the first one
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_once_for_each_that_is_too_many() {
        scene(&["X-Key", "X-Key", "X-Key"]).fails(
            &RULE,
            expect![[r#"
                warning at /X-Key
                  origin `main` adds the header `X-Key` twice
                  help: keep one of the two CustomHeaders `X-Key`
                  see /X-Key: the first one
                  origin: main
                  paths: `*`
                warning at /X-Key
                  origin `main` adds the header `X-Key` twice
                  help: keep one of the two CustomHeaders `X-Key`
                  see /X-Key: the first one
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn passes_for_headers_of_their_own() {
        scene(&["X-Key", "X-Key-2"]).passes(&RULE);
    }

    #[test]
    fn passes_without_headers() {
        scene(&[]).passes(&RULE);
    }

    #[test]
    fn passes_for_names_that_are_not_decided() {
        scene(&["${Name}", "${Name}"]).passes(&RULE);
    }
}
