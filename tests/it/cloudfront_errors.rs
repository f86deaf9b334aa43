//! `docs/cloudfront-errors.md` against the SDK's model, the rules' pages, and the explanations of
//! failed updates: an error that the SDK gains or loses fails here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use origin_guard::refusal::{About, explain, rules_behind};
use origin_guard::request::FailedCall;
use origin_guard::rules;

struct Row {
    message: String,
    rules: Vec<String>,
    text: String,
}

/// The table: error, message, rules or a sentence.
fn table() -> BTreeMap<String, Row> {
    let text = include_str!("../../docs/cloudfront-errors.md");
    let (text, _) = text.split_once("\n## ").unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| "));
    rows.skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [error, message, by] = cells[..] else {
                panic!("not three cells: {line}");
            };
            let rules = by
                .split("](rules.md#")
                .skip(1)
                .map(|rest| rest.split(')').next().unwrap().to_owned())
                .collect();
            let row = Row {
                message: message.to_owned(),
                rules,
                text: by.to_owned(),
            };
            (error.to_owned(), row)
        })
        .collect()
}

/// The folder of the SDK's crate that this build uses.
fn sdk() -> PathBuf {
    // What other platforms need besides is not fetched.
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let sdk = packages
        .iter()
        .find(|package| package["name"] == "aws-sdk-cloudfront")
        .unwrap();
    let manifest = Path::new(sdk["manifest_path"].as_str().unwrap());
    manifest.parent().unwrap().to_owned()
}

/// Every error code that the SDK reads off an answer to one of the two calls, with the message
/// that the model has for it.
fn modelled() -> BTreeMap<String, String> {
    let sdk = sdk();
    let read = |path: String| std::fs::read_to_string(sdk.join(path)).unwrap();
    let mut errors = BTreeMap::new();
    for operation in ["create_distribution", "update_distribution"] {
        let variants = read(format!("src/operation/{operation}.rs"));
        let parser = read(format!("src/protocol_serde/shape_{operation}.rs"));
        let before = errors.len();
        let parser = parser.split_whitespace().collect::<Vec<_>>().join(" ");
        let arms = parser.split("\" => ").collect::<Vec<_>>();
        for arm in arms.windows(2) {
            let code = arm[0].rsplit('"').next().unwrap();
            let path = arm[1].trim_start_matches("{ ");
            let Some((path, _)) = path
                .starts_with("crate::operation::")
                .then(|| path.split_once('('))
                .flatten()
            else {
                continue;
            };
            let variant = path.rsplit("::").next().unwrap();
            let end = variants
                .find(&format!("    {variant}(crate::types"))
                .unwrap();
            let mut doc: Vec<String> = variants[..end]
                .lines()
                .rev()
                .take_while(|line| line.trim().starts_with("///"))
                .map(plain)
                .collect();
            doc.reverse();
            errors.insert(code.to_owned(), doc.join(" "));
        }
        assert!(errors.len() > before || operation == "update_distribution");
    }
    assert!(
        errors.len() > 60,
        "the SDK's source is read differently now"
    );
    errors
}

/// A doc comment's line without its marks.
fn plain(doc: &str) -> String {
    let mut text = doc.trim().trim_start_matches("///").trim().to_owned();
    while let Some((before, rest)) = text.split_once('<')
        && let Some((_, after)) = rest.split_once('>')
    {
        text = format!("{before}{after}");
    }
    text
}

/// A page in one line.
fn page(rule: &str) -> String {
    let rule = rules::find(rule).unwrap_or_else(|| panic!("no rule {rule}"));
    let text = rule.page().markdown();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_table_has_every_error_of_the_sdks_model_in_its_words() {
    let table = table();
    let listed: BTreeMap<String, String> = table
        .iter()
        .map(|(error, row)| (error.clone(), row.message.replace('`', "")))
        .collect();
    let modelled: BTreeMap<String, String> = modelled()
        .into_iter()
        .map(|(error, message)| (error, message.replace('`', "")))
        .collect();
    assert_eq!(listed, modelled);
}

/// `InvalidArgument` has another message each time: the pages quote those that are known.
#[test]
fn every_rule_of_the_table_names_the_error_and_its_message() {
    for (error, row) in table() {
        assert!(!row.rules.is_empty() || row.text.len() > 4, "{error}");
        for rule in &row.rules {
            let page = page(rule);
            assert!(page.contains(&format!("`{error}`")), "{rule}: {error}");
            if error != "InvalidArgument" {
                assert!(page.contains(&row.message), "{rule}: {}", row.message);
            }
        }
    }
}

/// The other way round: a page that says CloudFront refuses with an error is in that error's row.
#[test]
fn every_error_that_a_page_names_has_the_rule_in_its_row() {
    let table = table();
    for rule in rules::all() {
        let page = page(rule.name);
        for (error, row) in &table {
            let named = page.contains(&format!("`{error}`"));
            assert!(
                !named || row.rules.iter().any(|listed| listed == rule.name),
                "{} names {error}",
                rule.name
            );
        }
    }
}

#[test]
fn a_failed_update_is_explained_by_the_rules_of_the_table() {
    for (error, row) in table() {
        let mut expected: Vec<&str> = row.rules.iter().map(String::as_str).collect();
        let mut behind = rules_behind(&error).to_vec();
        expected.sort_unstable();
        behind.sort_unstable();
        assert_eq!(behind, expected, "{error}");
        let failed = FailedCall {
            code: error.clone(),
            message: String::new(),
        };
        let about = explain(&failed, &[], None).about;
        assert_eq!(
            about == About::OriginContract,
            !expected.is_empty(),
            "{error}"
        );
    }
}
