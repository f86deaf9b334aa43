use crate::finding::Findings;
use crate::nearest::Nearest;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins that the contract file does not declare, where it declares any.
    ///
    /// ## Why is this bad?
    /// CloudFront deploys any origin quietly. Where a team has declared its origins, another one is
    /// a mistake, or a source of content that was not agreed on.
    ///
    /// ## Example
    /// The contract declares `assets` and `api`:
    /// ```json
    /// {"Id": "assets-test", "DomainName": "example-assets-test.s3.eu-west-1.amazonaws.com"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.eu-west-1.amazonaws.com"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins: # the contract declares assets
    ///   - {Id: assets-test, DomainName: example-assets-test.s3.eu-west-1.amazonaws.com, S3OriginConfig: {OriginAccessIdentity: ""}}
    /// # good
    /// Origins:
    ///   - {Id: assets, DomainName: example-assets.s3.eu-west-1.amazonaws.com, S3OriginConfig: {OriginAccessIdentity: ""}}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin { # the contract declares assets
    ///   origin_id   = "assets-test"
    ///   domain_name = aws_s3_bucket.assets_test.bucket_regional_domain_name
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = aws_s3_bucket.assets.bucket_regional_domain_name
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Remove the origin, give it the ID that is declared, or declare it in the contract file.
    ///
    /// ## References
    /// - [Origin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html)
    "undeclared-origin", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    // A contract without origins declares none: it may be there for its waivers alone.
    let Some(contract) = case.contract.filter(|it| !it.origins.is_empty()) else {
        return;
    };
    let mut nearest = Nearest::default();
    for origin in &case.candidate.origins {
        let Some(id) = origin.id.known().filter(|id| !id.is_empty()) else {
            continue;
        };
        if contract.origins.contains_key(id) {
            continue;
        }
        let known = contract.origins.keys().map(String::as_str);
        let remedy = match nearest.few(id, known, 1).first() {
            Some(near) => format!("did you mean `{near}`? Otherwise declare `{id}`"),
            None => format!("declare `{id}` in the contract file, or remove the origin"),
        };
        findings
            .add(
                &origin.id.place,
                format!("origin `{id}` is not declared in the contract"),
            )
            .origin(case.reach(), origin)
            .evidence("DomainName", &origin.domain_name)
            .remedy(remedy);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::contract::{Contract, OriginTerms};
    use crate::rules::testing::Scene;

    fn declaring(ids: &[&str]) -> Contract {
        let origins = ids
            .iter()
            .map(|id| ((*id).to_owned(), OriginTerms::default()));
        Contract {
            origins: origins.collect(),
            ..Contract::default()
        }
    }

    #[test]
    fn fails_for_an_origin_that_is_not_declared() {
        Scene::s3("assets").contract(declaring(&["other"])).fails(
            &RULE,
            expect![[r#"
                error at /main
                  origin `main` is not declared in the contract
                  help: declare `main` in the contract file, or remove the origin
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_typo_and_names_the_declared_one() {
        Scene::s3("assets").contract(declaring(&["mian"])).fails(
            &RULE,
            expect![[r#"
                error at /main
                  origin `main` is not declared in the contract
                  help: did you mean `mian`? Otherwise declare `main`
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_the_one_of_two_that_is_not_declared() {
        let scene = Scene::s3("assets").origin("api");
        scene.contract(declaring(&["main"])).fails(
            &RULE,
            expect![[r#"
                error at /api
                  origin `api` is not declared in the contract
                  help: declare `api` in the contract file, or remove the origin
                  origin: api
            "#]],
        );
    }

    #[test]
    fn passes_without_a_contract() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_where_a_contract_declares_no_origin() {
        Scene::s3("assets")
            .contract(Contract::default())
            .passes(&RULE);
    }

    #[test]
    fn passes_for_what_is_declared() {
        Scene::s3("assets")
            .contract(declaring(&["main"]))
            .passes(&RULE);
    }
}
