use super::*;
use crate::rules;
use crate::rules::testing::Scene;

fn read(text: &str) -> Result<Contract, String> {
    Contract::read("contract.yaml", text.as_bytes(), &rules::names())
        .map_err(|error| error.to_string())
}

const WHOLE: &str = "
accounts: ['111122223333', 444455556666]
origins:
  assets: {bucket: example-assets, region: eu-west-1, account: 111122223333, access: oac}
  api:
    domain: api.example.com
    lowestTls: TLSv1.2
behaviors:
  '*': assets
  /api/*: api
waivers:
  - {rule: global-s3-endpoint, origin: assets, path: '*', reason: moves in May, until: 2027-05-31}
";

#[test]
fn reads_everything_that_it_may_hold_in_yaml_and_json() {
    let contract = read(WHOLE).unwrap();
    assert_eq!(contract.accounts, ["111122223333", "444455556666"]);
    assert_eq!(contract.origins["assets"].access, Some(AccessMode::Oac));
    assert_eq!(
        contract.origins["api"].lowest_tls.as_deref(),
        Some("TLSv1.2")
    );
    assert_eq!(contract.behaviors["/api/*"], "api");
    assert_eq!(contract.waivers[0].until.to_string(), "2027-05-31");
    let json = serde_json::to_vec(&contract).unwrap();
    assert_eq!(
        Contract::read("contract.json", &json, &rules::names()),
        Ok(contract)
    );
    assert_eq!(read("{}"), Ok(Contract::default()));
    assert_eq!(read("{\"$schema\": \"x\"}"), Ok(Contract::default()));
}

#[test]
fn says_what_is_wrong_and_where() {
    for (text, part, place) in [
        (
            "orgins: {}",
            "has no `orgins`; did you mean `origins`?",
            "line 1",
        ),
        (
            "origins:\n  a: {buket: b}",
            "has no `buket`; did you mean `bucket`?",
            "line 2",
        ),
        (
            "origins:\n  a: {bucket: B}",
            "`B` is no bucket's name",
            "line 2",
        ),
        (
            "origins:\n  a: {region: here}",
            "invalid region `here`",
            "line 2",
        ),
        (
            "origins:\n  a: {access: oca}",
            "it takes oac, oai or none",
            "line 2",
        ),
        (
            "origins:\n  a: {lowestTls: 1.2}",
            "is a number, not a text",
            "line 2",
        ),
        (
            "origins:\n  a: {lowestTls: TLS1.2}",
            "it takes SSLv3, TLSv1",
            "line 2",
        ),
        ("accounts: [1]", "12 digits", "line 1"),
        ("origins: []", "origins is a list, not an object", "line 1"),
        ("behaviors: {a: [b]}", "`a` is a list", "line 1"),
        (
            "waivers: [{rule: missing-buckt, reason: x, until: 2027-01-01}]",
            "did you mean `missing-bucket`?",
            "line 1",
        ),
        (
            "waivers: [{rule: missing-bucket, until: 2027-01-01}]",
            "needs a `reason`",
            "line 1",
        ),
        (
            "waivers: [{rule: missing-bucket, reason: x, until: 2027-02-30}]",
            "not a day such as",
            "line 1",
        ),
        ("- a", "a contract is a list", "line 1"),
    ] {
        let error = read(text).unwrap_err();
        assert!(
            error.contains(part) && error.contains(place),
            "{text}: {error}"
        );
    }
}

#[test]
fn a_contract_made_from_a_config_is_kept_by_it() {
    let scene = Scene::s3("assets").origin("api").behavior("/api/*", "api");
    let contract = init(&scene.candidate);
    assert_eq!(contract.origins["main"].bucket.as_deref(), Some("assets"));
    assert_eq!(
        contract.origins["api"].domain.as_deref(),
        Some("api.example.com")
    );
    assert_eq!(contract.behaviors["*"], "main");
    let case = crate::rules::Case::new(&scene.candidate, &scene.facts, &scene.limits);
    let judgement = crate::rules::judge(&case.with_contract(Some(&contract)));
    let broken: Vec<_> = judgement
        .findings
        .iter()
        .filter(|finding| {
            finding.rule.name.contains("contract") || finding.rule.name == "undeclared-origin"
        })
        .collect();
    assert!(broken.is_empty(), "{broken:?}");
}
