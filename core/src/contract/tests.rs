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
verify:
  - {path: /index.html, status: 200}
  - {path: /api/health?full=1, status: [200, '401'], method: HEAD, header: {X-App: v2}}
  - path: /download
skip: ['/admin/*', '*.map']
";

#[test]
fn reads_everything_that_it_may_hold_in_yaml_and_json() {
    let contract = read(WHOLE).unwrap();
    let accounts: Vec<String> = contract.accounts.iter().map(ToString::to_string).collect();
    assert_eq!(accounts, ["111122223333", "444455556666"]);
    assert_eq!(contract.origins["assets"].access, Some(AccessMode::Oac));
    assert_eq!(
        contract.origins["api"].lowest_tls.as_deref(),
        Some("TLSv1.2")
    );
    assert_eq!(contract.behaviors["/api/*"], "api");
    assert_eq!(contract.waivers[0].until.to_string(), "2027-05-31");
    let [page, health, download] = contract.verify.as_slice() else {
        panic!("{:?}", contract.verify);
    };
    assert_eq!(page.expected().as_deref(), Some("status 200"));
    assert_eq!(page.method, ReadMethod::Get);
    assert_eq!(health.method, ReadMethod::Head);
    assert_eq!(
        health.expected().as_deref(),
        Some("status 200 or 401 and header `X-App: v2`")
    );
    assert_eq!(download.path, "/download");
    assert!(!download.declares_an_answer());
    assert_eq!(contract.skip, ["/admin/*", "*.map"]);
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
        says(text, part, place);
    }
}

#[test]
fn more_paths_than_can_be_asked_are_refused() {
    let patterns = vec!["/a/*"; 201].join(", ");
    let error = read(&format!("skip: [{patterns}]")).unwrap_err();
    assert!(
        error.contains("`skip` has 201 items, and 200 are taken"),
        "{error}"
    );
}

#[test]
fn says_what_is_wrong_with_the_paths_to_verify_and_where() {
    for (text, part, place) in [
        ("verify: {}", "verify is an object, not a list", "line 1"),
        (
            "verify:\n  - {path: /a, stauts: 200}",
            "a path of `verify` has no `stauts`; did you mean `status`?",
            "line 2",
        ),
        ("verify: [{status: 200}]", "needs a `path`", "line 1"),
        ("verify: [{path: a}]", "begins with one `/`", "line 1"),
        (
            "verify: [{path: //a.example.com/}]",
            "names no host",
            "line 1",
        ),
        (
            "verify: [{path: /a b}]",
            "' ' must be percent-encoded",
            "line 1",
        ),
        (
            "verify: [{path: /a#b}]",
            "'#' must be percent-encoded",
            "line 1",
        ),
        (
            "verify: [{path: /a, method: POST}]",
            "it takes GET or HEAD",
            "line 1",
        ),
        (
            "verify: [{path: /a, status: 99}]",
            "a status from 100 to 599",
            "line 1",
        ),
        (
            "verify: [{path: /a, status: [200, 600]}]",
            "`status` is `600`",
            "line 1",
        ),
        ("verify: [{path: /a, status: []}]", "empty list", "line 1"),
        (
            "verify: [{path: /a, header: {x: 1}}]",
            "`x` is a number, not a text",
            "line 1",
        ),
        (
            "verify: [{path: /a, header: {'x y': a}}]",
            "`x y` is no name of a header",
            "line 1",
        ),
        (
            "verify: [{path: /a, header: {x: a, X: b}}]",
            "has `X` twice",
            "line 1",
        ),
        (
            "verify: [{path: /a}, {path: /a, status: 200}]",
            "`verify` has GET `/a` twice",
            "line 1",
        ),
        ("skip: /admin/*", "skip is a string, not a list", "line 1"),
        (
            "skip: [/a b]",
            "`/a b` in `skip` is no path pattern",
            "line 1",
        ),
    ] {
        says(text, part, place);
    }
}

#[track_caller]
fn says(text: &str, part: &str, place: &str) {
    let error = read(text).unwrap_err();
    assert!(
        error.contains(part) && error.contains(place),
        "{text}: {error}"
    );
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
