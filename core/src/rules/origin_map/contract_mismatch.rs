use foldhash::{HashMap, HashMapExt};

use crate::contract::{OriginTerms, PROTOCOLS, access_of};
use crate::distribution::{AccountId, At, BucketName, Origin, Part, Place, Region, S3Endpoint};
use crate::facts::{Bucket, Owner};
use crate::finding::{Finding, Findings};
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins that differ from what the contract file declares, and declared origins that are
    /// missing. For each `Id` the bucket, region, account, domain, access mode and lowest TLS
    /// protocol are compared; region and account are those that S3 reports for the bucket.
    ///
    /// ## Why is this bad?
    /// CloudFront deploys it quietly: the config may be sound and serve the wrong thing, such as
    /// another stage's bucket, a bucket of another account, or an origin that allows old TLS
    /// versions.
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
    /// Change the origin to what is declared. If the declaration is out of date, change it in a
    /// separate review.
    ///
    /// ## References
    /// - [Origin](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html)
    "contract-mismatch", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(contract) = case.contract else {
        return;
    };
    let mut origins = HashMap::new();
    for origin in &case.candidate.origins {
        if let Some(id) = origin.id.known() {
            // Of several with one ID, the first counts, as in the origin map.
            origins.entry(id.as_str()).or_insert(origin);
        }
    }
    for (id, terms) in &contract.origins {
        match origins.get(id.as_str()) {
            Some(origin) => compare(case, origin, terms, findings),
            // An origin that the deployment adds or names may be the one that is declared.
            None if is_open(case) => {}
            None => {
                findings
                    .add(
                        &case.candidate.place,
                        format!(
                            "the contract declares origin `{id}`, and the candidate has no \
                             origin with this ID"
                        ),
                    )
                    .about(Part::Origin(id.clone()))
                    .evidence("declared", id)
                    .remedy(format!(
                        "add origin `{id}`, or remove it from the contract if it is retired"
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

fn compare<'a>(
    case: &Case<'a>,
    origin: &'a Origin,
    terms: &'a OriginTerms,
    findings: &mut Findings,
) {
    let endpoint = origin.s3_endpoint.as_ref();
    let bucket = endpoint
        .and_then(S3Endpoint::bucket)
        .filter(|bucket| !bucket.is_symbolic());
    for difference in own_differences(origin, bucket, terms) {
        let (what, declared, is) = (difference.what, difference.declared, difference.is);
        let name = origin.name();
        let message =
            format!("origin {name} has the {what} `{is}`, and the contract declares `{declared}`");
        let remedy = format!(
            "set the {what} of origin {name} to `{declared}`, or change the contract if that is out \
             of date"
        );
        let finding = findings.add(difference.place, message);
        difference
            .explain(finding)
            .origin(case.reach(), origin)
            .remedy(remedy);
    }
    if bucket.is_none() {
        return;
    }
    for difference in bucket_differences(case, origin, terms, findings) {
        let (what, declared, is) = (difference.what, difference.declared, difference.is);
        let name = origin.name();
        let place = match is {
            ANOTHER_ACCOUNT => is.to_owned(),
            _ => format!("{what} `{is}`"),
        };
        let message = format!(
            "the bucket of origin {name} is in {place}, and the contract declares `{declared}`"
        );
        let remedy = format!(
            "point origin {name} at the bucket in {what} `{declared}`, or change the contract if \
             that is out of date"
        );
        let finding = findings.add(difference.place, message);
        difference
            .explain(finding)
            .origin(case.reach(), origin)
            .remedy(remedy);
    }
}

/// Stands for an account whose ID S3 does not report.
const ANOTHER_ACCOUNT: &str = "another account";

/// What is declared, and what is.
struct Difference<'a> {
    what: &'static str,
    place: &'a Place,
    declared: &'a str,
    is: &'a str,
}

impl Difference<'_> {
    fn explain<'f>(&self, finding: &'f mut Finding) -> &'f mut Finding {
        finding
            .key(self.what)
            .evidence("declared", self.declared)
            .evidence("is", self.is)
    }
}

/// What the config itself has that differs.
fn own_differences<'a>(
    origin: &'a Origin,
    bucket: Option<&'a BucketName>,
    terms: &'a OriginTerms,
) -> Vec<Difference<'a>> {
    let domain = &origin.domain_name;
    let difference = |what, place, declared: &'a str, is: &'a str| Difference {
        what,
        place,
        declared,
        is,
    };
    let mut all = Vec::new();
    if let (Some(declared), Some(known)) = (&terms.domain, domain.known())
        && !declared.eq_ignore_ascii_case(known)
    {
        all.push(difference("domain", &domain.place, declared, known));
    }
    if let Some(declared) = &terms.bucket
        // A bucket in a domain that is open may become the declared one.
        && domain.known().is_some()
    {
        let is = bucket.map_or("none", |bucket| bucket.as_str());
        if declared != is {
            all.push(difference("bucket", &domain.place, declared, is));
        }
    }
    if let Some(declared) = terms.access
        // Which config the origin will have is open, and its access mode with it.
        && !origin.undecided
    {
        let (declared, is) = (declared.name(), access_of(origin).name());
        if declared != is {
            all.push(difference("access mode", &origin.place, declared, is));
        }
    }
    if let (Some(declared), Some(lower)) = (&terms.lowest_tls, lower_tls(origin, terms)) {
        let is = lower.spelling();
        all.push(difference("TLS protocol", &lower.place, declared, is));
    }
    all
}

/// A protocol that is lower than the declared lowest one.
fn lower_tls<'a>(origin: &'a Origin, terms: &OriginTerms) -> Option<&'a At<String>> {
    let lowest = terms.lowest_tls.as_ref()?;
    let rank = |name: &str| PROTOCOLS.iter().position(|it| *it == name);
    let protocols = &origin.custom.as_ref()?.origin_ssl_protocols;
    let is_lower = |it: &&At<String>| it.known().is_some_and(|name| rank(name) < rank(lowest));
    protocols.iter().find(is_lower)
}

/// What S3 reports about the bucket that differs.
fn bucket_differences<'a>(
    case: &Case<'a>,
    origin: &'a Origin,
    terms: &'a OriginTerms,
    findings: &mut Findings,
) -> Vec<Difference<'a>> {
    let mut all = Vec::new();
    if terms.region.is_none() && terms.account.is_none() {
        return all;
    }
    let Some((bucket, Bucket::Exists { region, owner })) =
        case.bucket_of(&case.known(origin), findings)
    else {
        return all;
    };
    let owner = terms
        .account
        .as_ref()
        .and_then(|_| findings.need(&origin.place, owner));
    let own = case.facts.account;
    let account = match owner {
        Some(Owner::Ours) => case.facts.account.as_ref().map(AccountId::as_str),
        Some(Owner::Allowed(account)) => Some(account.as_str()),
        // Not ours is proof enough where the contract declares this account, whichever other one it
        // is.
        Some(Owner::NotOurs(_)) if terms.account == own => Some(ANOTHER_ACCOUNT),
        Some(Owner::NotOurs(why)) => {
            findings.undecided(&origin.place, case.undecided_owner(origin, bucket, why));
            None
        }
        Some(Owner::Foreign) | None => None,
    };
    let region = region.as_ref().map(Region::as_str);
    let declared = terms.account.as_ref().map(AccountId::as_str);
    for (what, declared, is) in [
        ("region", terms.region.as_deref(), region),
        ("account", declared, account),
    ] {
        if let (Some(declared), Some(is)) = (declared, is)
            && declared != is
        {
            all.push(Difference {
                what,
                place: &origin.domain_name.place,
                declared,
                is,
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::contract::{AccessMode, Contract};
    use crate::facts::Fact;
    use crate::rules::testing::{Scene, all_fail, closed, custom_origin, ours};

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
        Scene::s3("assets")
            .contract(declaring(terms))
            .fails(&RULE, expect![[r#"
                error at /assets.s3.us-east-1.amazonaws.com
                  origin `main` has the bucket `assets`, and the contract declares `assets-v2`
                  help: set the bucket of origin `main` to `assets-v2`, or change the contract if that is out of date
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn fails_for_another_region_and_access_mode() {
        all_fail(
            &RULE,
            [
                OriginTerms {
                    region: some("eu-west-1"),
                    ..OriginTerms::default()
                },
                OriginTerms {
                    access: Some(AccessMode::Oai),
                    ..OriginTerms::default()
                },
            ]
            .map(|terms| {
                Scene::s3("assets")
                    .bucket("assets", ours("us-east-1"))
                    .contract(declaring(terms))
            }),
            expect![[r#"
                error at /assets.s3.us-east-1.amazonaws.com
                  the bucket of origin `main` is in region `us-east-1`, and the contract declares `eu-west-1`
                  help: point origin `main` at the bucket in region `eu-west-1`, or change the contract if that is out of date
                  origin: main
                  paths: `*`

                error at /origins/main
                  origin `main` has the access mode `oac`, and the contract declares `oai`
                  help: set the access mode of origin `main` to `oai`, or change the contract if that is out of date
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_another_domain_and_lower_tls() {
        let mut origin = custom_origin("main", "api.example.com");
        let custom = origin.custom.as_mut().unwrap();
        custom.origin_ssl_protocols = vec![crate::rules::testing::text("TLSv1")];
        all_fail(
            &RULE,
            [
                OriginTerms {
                    domain: some("www.example.com"),
                    ..OriginTerms::default()
                },
                OriginTerms {
                    lowest_tls: some("TLSv1.2"),
                    ..OriginTerms::default()
                },
            ]
            .map(|terms| Scene::of(origin.clone()).contract(declaring(terms))),
            expect![[r#"
                error at /api.example.com
                  origin `main` has the domain `api.example.com`, and the contract declares `www.example.com`
                  help: set the domain of origin `main` to `www.example.com`, or change the contract if that is out of date
                  origin: main
                  paths: `*`

                error at /TLSv1
                  origin `main` has the TLS protocol `TLSv1`, and the contract declares `TLSv1.2`
                  help: set the TLS protocol of origin `main` to `TLSv1.2`, or change the contract if that is out of date
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_declared_origin_that_is_gone() {
        let mut contract = declaring(OriginTerms::default());
        contract
            .origins
            .insert("api".to_owned(), OriginTerms::default());
        Scene::s3("assets").contract(contract).fails(
            &RULE,
            expect![[r#"
                error at the whole config
                  the contract declares origin `api`, and the candidate has no origin with this ID
                  help: add origin `api`, or remove it from the contract if it is retired
            "#]],
        );
    }

    #[test]
    fn passes_for_what_is_as_declared() {
        let terms = OriginTerms {
            bucket: some("assets"),
            region: some("us-east-1"),
            domain: some("Assets.s3.us-east-1.amazonaws.com"),
            ..OriginTerms::default()
        };
        Scene::s3("assets")
            .bucket("assets", ours("us-east-1"))
            .contract(declaring(terms))
            .passes(&RULE);
    }

    /// The bucket of an account that may own buckets here, which keeps it closed to the guard.
    fn owned_elsewhere(declared: &str) -> Scene {
        let why = closed("assets");
        let terms = OriginTerms {
            account: AccountId::parse(declared),
            ..OriginTerms::default()
        };
        let owner = Fact::Known(Owner::NotOurs(why));
        let region = None;
        let mut scene = Scene::s3("assets")
            .bucket("assets", Bucket::Exists { region, owner })
            .contract(declaring(terms));
        scene.facts.account = AccountId::parse("111122223333");
        scene
    }

    #[test]
    fn fails_for_another_accounts_bucket_that_is_declared_as_this_accounts() {
        let scene = owned_elsewhere("111122223333");
        scene.fails(&RULE, expect![[r#"
            error at /assets.s3.us-east-1.amazonaws.com
              the bucket of origin `main` is in another account, and the contract declares `111122223333`
              help: point origin `main` at the bucket in account `111122223333`, or change the contract if that is out of date
              origin: main
              paths: `*`
        "#]]);
        assert!(
            scene
                .one_finding(&RULE)
                .evidence
                .contains(&("is", "another account".to_owned()))
        );
    }

    #[test]
    fn passes_with_an_unknown_for_an_owner_that_s3_does_not_report() {
        owned_elsewhere("444455556666").passes_with_unknowns(
            &RULE,
            expect![[r#"
            blocking unknown: bucket owner `assets`, closed: it is another account's
              needs: a grant
        "#]],
        );
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
