use crate::contract::{OriginTerms, PROTOCOLS, access_of};
use crate::distribution::{Origin, Place, S3Endpoint};
use crate::facts::{Bucket, Owner};
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// Finds origins that are not what the contract file declares, and declared ones that are gone.
    ///
    /// ## What it does
    /// Compares each origin with what the contract file says of its `Id`: bucket, region, account,
    /// domain, access mode, and the lowest TLS protocol. Region and account are those that S3 tells
    /// of the bucket.
    ///
    /// ## Why is this bad?
    /// CloudFront deploys it quietly: the config may be sound and serve the wrong thing, another stage's bucket, a bucket of
    /// another account, an origin that takes old TLS.
    ///
    /// ## Example
    /// The contract says `{"origins": {"assets": {"bucket": "example-assets"}}}`:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets-test.s3.eu-west-1.amazonaws.com"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "assets", "DomainName": "example-assets.s3.eu-west-1.amazonaws.com"}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins: # the contract declares the bucket example-assets
    ///   - {Id: assets, DomainName: example-assets-test.s3.eu-west-1.amazonaws.com, S3OriginConfig: {OriginAccessIdentity: ""}}
    /// # good
    /// Origins:
    ///   - {Id: assets, DomainName: example-assets.s3.eu-west-1.amazonaws.com, S3OriginConfig: {OriginAccessIdentity: ""}}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin { # the contract declares the bucket example-assets
    ///   origin_id   = "assets"
    ///   domain_name = "example-assets-test.s3.eu-west-1.amazonaws.com"
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "assets"
    ///   domain_name = "example-assets.s3.eu-west-1.amazonaws.com"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Change the origin to what is declared; if the declaration is out of date, change that, in a
    /// review of its own.
    ///
    /// ## References
    /// - [Origin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html)
    "contract-mismatch", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(contract) = case.contract else {
        return;
    };
    for (id, terms) in &contract.origins {
        match case.candidate.origin(id) {
            Some(origin) => compare(case, origin, terms, findings),
            None if is_open(case) => {}
            None => {
                findings
                    .add(
                        &case.candidate.place,
                        format!("the contract declares origin `{id}`, and the candidate has none of this ID"),
                    )
                    .evidence("declared", id)
                    .remedy(format!(
                        "add origin `{id}`, or take it out of the contract if it is retired"
                    ));
            }
        }
    }
}

fn is_open(case: &Case<'_>) -> bool {
    let candidate = case.candidate;
    candidate.leaves_open(&["Origins"]).is_some()
        || candidate.origins.iter().any(|it| it.id.known().is_none())
}

fn compare<'a>(case: &Case<'a>, origin: &'a Origin, terms: &OriginTerms, findings: &mut Findings) {
    let endpoint = origin.s3_endpoint.as_ref();
    let bucket = endpoint
        .and_then(S3Endpoint::bucket)
        .filter(|bucket| !bucket.is_symbolic());
    let domain = &origin.domain_name;
    let mut differs = |what: &'static str, place: &Place, declared: &str, is: &str| {
        findings
            .add(
                place,
                format!(
                    "origin {} has the {what} `{is}`, and the contract declares `{declared}`",
                    origin.name()
                ),
            )
            .origin(case.candidate, origin)
            .evidence("declared", declared)
            .evidence("is", is)
            .remedy(format!(
                "set the {what} of origin {} to `{declared}`, or change the contract if that is out \
                 of date",
                origin.name()
            ));
    };
    if let (Some(declared), Some(known)) = (&terms.domain, domain.known())
        && !declared.eq_ignore_ascii_case(known)
    {
        differs("domain", &domain.place, declared, known);
    }
    if let Some(declared) = &terms.bucket
        && domain.known().is_some()
    {
        let is = bucket.map_or("none", |bucket| bucket.as_str());
        if declared != is {
            differs("bucket", &domain.place, declared, is);
        }
    }
    if let Some(declared) = terms.access
        && !origin.undecided
    {
        let is = access_of(origin);
        if declared != is {
            differs("access mode", &origin.place, declared.name(), is.name());
        }
    }
    if let (Some(declared), Some(custom)) = (&terms.lowest_tls, &origin.custom) {
        let rank = |name: &str| PROTOCOLS.iter().position(|it| *it == name);
        let lower = custom
            .origin_ssl_protocols
            .iter()
            .find(|it| it.known().is_some_and(|name| rank(name) < rank(declared)));
        if let Some(lower) = lower {
            differs("TLS protocol", &lower.place, declared, lower.spelling());
        }
    }
    if terms.region.is_none() && terms.account.is_none() || bucket.is_none() {
        return;
    }
    let Some((_, Bucket::Exists { region, owner })) = case.bucket_of(&case.known(origin), findings)
    else {
        return;
    };
    let owner = terms.account.as_ref().and_then(|_| findings.need(owner));
    let mut differs = |what: &'static str, declared: &str, is: &str| {
        findings
            .add(
                &domain.place,
                format!(
                    "the bucket of origin {} is in {what} `{is}`, and the contract declares `{declared}`",
                    origin.name()
                ),
            )
            .origin(case.candidate, origin)
            .evidence("declared", declared)
            .evidence("is", is)
            .remedy(format!(
                "point origin {} at the bucket in {what} `{declared}`, or change the contract if \
                 that is out of date",
                origin.name()
            ));
    };
    if let (Some(declared), Some(region)) = (&terms.region, region)
        && declared != region.as_str()
    {
        differs("region", declared, region.as_str());
    }
    let account = match owner {
        Some(Owner::Ours) => case.facts.account.as_deref(),
        Some(Owner::Allowed(account)) => Some(account.as_str()),
        Some(Owner::Foreign) | None => None,
    };
    if let (Some(declared), Some(account)) = (&terms.account, account)
        && declared != account
    {
        differs("account", declared, account);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{AccessMode, Contract};
    use crate::rules::testing::{Scene, custom_origin, ours};

    fn declaring(terms: OriginTerms) -> Contract {
        Contract {
            origins: [("main".to_owned(), terms)].into(),
            ..Contract::default()
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "the terms are read more easily")]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn fails_for_another_bucket() {
        let terms = OriginTerms {
            bucket: some("assets-v2"),
            ..OriginTerms::default()
        };
        let finding = Scene::s3("assets")
            .contract(declaring(terms))
            .one_finding(&RULE);
        assert_eq!(
            finding.message,
            "origin `main` has the bucket `assets`, and the contract declares `assets-v2`"
        );
    }

    #[test]
    fn fails_for_another_region_and_access_mode() {
        for terms in [
            OriginTerms {
                region: some("eu-west-1"),
                ..OriginTerms::default()
            },
            OriginTerms {
                access: Some(AccessMode::Oai),
                ..OriginTerms::default()
            },
        ] {
            Scene::s3("assets")
                .bucket("assets", ours("us-east-1"))
                .contract(declaring(terms))
                .one_finding(&RULE);
        }
    }

    #[test]
    fn fails_for_another_domain_and_lower_tls() {
        let mut origin = custom_origin("main", "api.example.com");
        let custom = origin.custom.as_mut().unwrap();
        custom.origin_ssl_protocols = vec![crate::rules::testing::text("TLSv1")];
        for terms in [
            OriginTerms {
                domain: some("www.example.com"),
                ..OriginTerms::default()
            },
            OriginTerms {
                lowest_tls: some("TLSv1.2"),
                ..OriginTerms::default()
            },
        ] {
            Scene::of(origin.clone())
                .contract(declaring(terms))
                .one_finding(&RULE);
        }
    }

    #[test]
    fn fails_for_a_declared_origin_that_is_gone() {
        let mut contract = declaring(OriginTerms::default());
        contract
            .origins
            .insert("api".to_owned(), OriginTerms::default());
        let finding = Scene::s3("assets").contract(contract).one_finding(&RULE);
        assert!(finding.message.contains("declares origin `api`"));
    }

    #[test]
    fn passes_for_what_is_as_declared() {
        let terms = OriginTerms {
            bucket: some("assets"),
            region: some("us-east-1"),
            domain: some("Assets.s3.us-east-1.amazonaws.com"),
            ..OriginTerms::default()
        };
        Scene::s3("assets").contract(declaring(terms)).passes(&RULE);
    }

    #[test]
    fn passes_without_a_contract() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_while_the_domain_is_not_decided() {
        let mut scene = Scene::s3("assets");
        let origin = &mut scene.candidate.origins[0];
        origin.domain_name = crate::rules::testing::text("${Domain}");
        origin.s3_endpoint = None;
        let terms = OriginTerms {
            bucket: some("assets"),
            region: some("eu-west-1"),
            domain: some("x.example.com"),
            ..OriginTerms::default()
        };
        scene.contract(declaring(terms)).passes(&RULE);
    }
}
