use foldhash::{HashSet, HashSetExt};

use crate::distribution::{Distribution, Origin};
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins that share an `Id`.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidArgument`: "The parameter origin ID must be
    /// unique." A behavior that targets the `Id` could mean either.
    ///
    /// ## Example
    /// ```json
    /// [{"Id": "api", "DomainName": "api-v1.example.com"},
    ///  {"Id": "api", "DomainName": "api-v2.example.com"}]
    /// ```
    /// Use instead:
    /// ```json
    /// [{"Id": "api-v1", "DomainName": "api-v1.example.com"},
    ///  {"Id": "api-v2", "DomainName": "api-v2.example.com"}]
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: api
    ///     DomainName: api-v1.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    ///   - Id: api
    ///     DomainName: api-v2.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// # good
    /// Origins:
    ///   - Id: api-v1
    ///     DomainName: api-v1.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    ///   - Id: api-v2
    ///     DomainName: api-v2.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "api"
    ///   domain_name = "api-v1.example.com"
    /// }
    /// origin {
    ///   origin_id   = "api"
    ///   domain_name = "api-v2.example.com"
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "api-v1"
    ///   domain_name = "api-v1.example.com"
    /// }
    /// origin {
    ///   origin_id   = "api-v2"
    ///   domain_name = "api-v2.example.com"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Decide for each behavior and group which of the origins it means, then give the other one a
    /// unique `Id`, or remove it if it is the same. Don't rename one of them alone: the behaviors
    /// silently follow the one that keeps the `Id`.
    ///
    /// ## References
    /// - [Origin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html)
    "duplicate-origin-id", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let candidate = case.candidate;
    let mut seen = HashSet::with_capacity(candidate.origins.len());
    let mut duplicates: Vec<&str> = Vec::new();
    for id in candidate
        .origins
        .iter()
        .filter_map(|it| id_of(candidate, it))
    {
        if !seen.insert(id) && !duplicates.contains(&id) {
            duplicates.push(id);
        }
    }
    for id in duplicates {
        let is_sharing = |origin: &&Origin| id_of(candidate, origin) == Some(id);
        let sharing: Vec<&Origin> = candidate.origins.iter().filter(is_sharing).collect();
        if let [first, second, ..] = sharing[..] {
            add(case, id, first, second, &sharing, findings);
        }
    }
}

/// What the ID is, or the expression that makes one ID wherever it stands.
fn id_of<'a>(candidate: &Distribution, origin: &'a Origin) -> Option<&'a str> {
    // In a template one spelling is one value; two placeholders of one spelling in a file may be
    // filled in with different ones.
    let is_compared = candidate.exact_expressions || origin.id.known().is_some();
    Some(origin.id.spelling()).filter(|id| is_compared && !id.is_empty())
}

fn add(
    case: &Case<'_>,
    id: &str,
    first: &Origin,
    second: &Origin,
    sharing: &[&Origin],
    findings: &mut Findings,
) {
    let domain = |origin: &Origin| origin.domain_name.to_string();
    // The same domain twice is a copy; two domains are two meanings, which only the author can
    // separate.
    let remedy = if first.domain_name.value == second.domain_name.value {
        format!("remove one of the origins `{id}`, or give it a unique Id")
    } else {
        format!(
            "decide which of them each behavior that targets `{id}` should use, and give the \
             other a unique Id"
        )
    };
    let finding = findings
        .add(
            &second.id.place,
            format!(
                "{} origins have the Id `{id}` (`{}` and `{}`), and an Id must be unique",
                sharing.len(),
                domain(first),
                domain(second),
            ),
        )
        .origin(case.reach(), second)
        .remedy(remedy);
    for origin in sharing {
        finding.evidence("DomainName", domain(origin));
        if !std::ptr::eq(*origin, second) {
            finding.related(
                &origin.id.place,
                format!("`{id}` is `{}` here", domain(origin)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, custom_origin};

    #[test]
    fn fails_for_two_origins_of_one_id() {
        let scene = Scene::s3("assets")
            .add(custom_origin("api", "v1.example.com"))
            .add(custom_origin("api", "v2.example.com"))
            .behavior("/api/*", "api");
        scene.fails(&RULE, expect![[r#"
            error at /api
              2 origins have the Id `api` (`v1.example.com` and `v2.example.com`), and an Id must be unique
              help: decide which of them each behavior that targets `api` should use, and give the other a unique Id
              see /api: `api` is `v1.example.com` here
              origin: api
              paths: `/api/*`
        "#]]);
    }

    #[test]
    fn fails_once_for_three() {
        let scene = Scene::s3("assets")
            .origin("api")
            .origin("api")
            .origin("api");
        scene.fails(&RULE, expect![[r#"
            error at /api
              3 origins have the Id `api` (`api.example.com` and `api.example.com`), and an Id must be unique
              help: remove one of the origins `api`, or give it a unique Id
              see /api: `api` is `api.example.com` here
              see /api: `api` is `api.example.com` here
              origin: api
        "#]]);
    }

    #[test]
    fn fails_for_the_same_origin_twice() {
        let scene = Scene::s3("assets").origin("api").origin("api");
        scene.fails(&RULE, expect![[r#"
            error at /api
              2 origins have the Id `api` (`api.example.com` and `api.example.com`), and an Id must be unique
              help: remove one of the origins `api`, or give it a unique Id
              see /api: `api` is `api.example.com` here
              origin: api
        "#]]);
    }

    #[test]
    fn passes_for_ids_that_differ_in_case() {
        Scene::s3("assets")
            .origin("api")
            .origin("API")
            .passes(&RULE);
    }

    #[test]
    fn passes_for_one_domain_under_two_ids() {
        Scene::custom("a.example.com")
            .add(custom_origin("a", "a.example.com"))
            .passes(&RULE);
    }

    #[test]
    fn passes_for_ids_that_are_missing_or_symbolic() {
        Scene::s3("assets")
            .origin("")
            .origin("")
            .origin("${Id}")
            .origin("${Id}")
            .passes(&RULE);
    }

    #[test]
    fn fails_for_one_expression_twice_where_that_is_one_value() {
        let mut scene = Scene::s3("assets").origin("${Id}").origin("${Id}");
        scene.candidate.exact_expressions = true;
        scene.fails(&RULE, expect![[r#"
            error at /${Id}
              2 origins have the Id `${Id}` (`${Id}.example.com` and `${Id}.example.com`), and an Id must be unique
              help: remove one of the origins `${Id}`, or give it a unique Id
              see /${Id}: `${Id}` is `${Id}.example.com` here
              origin: ${Id}
        "#]]);
        scene.origin("${Id}-2").fails(&RULE, expect![[r#"
            error at /${Id}
              2 origins have the Id `${Id}` (`${Id}.example.com` and `${Id}.example.com`), and an Id must be unique
              help: remove one of the origins `${Id}`, or give it a unique Id
              see /${Id}: `${Id}` is `${Id}.example.com` here
              origin: ${Id}
        "#]]);
    }
}
