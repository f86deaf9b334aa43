//! Real configs from public repositories, which are not part of this one: `ORIGIN_GUARD_CORPUS` names
//! the folder that they are in. What the guard says against any of them is in `corpus-findings.md`,
//! each with the reason why it is right.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use origin_guard::aws::Aws;
use origin_guard::candidate::{Candidate, Node, Source, read_document};
use origin_guard::error::GuardError;
use origin_guard::guard::{CheckOptions, check};
use origin_guard::report;
use origin_guard::request::{self, Request};
use origin_guard::settings::Settings;
use serde_json::Value;

const LISTED: &str = include_str!("../corpus-findings.md");

/// The folder, where there is one.
#[expect(
    clippy::disallowed_methods,
    reason = "the corpus is the tests' own, and no setting of the guard"
)]
pub fn folder() -> Option<PathBuf> {
    std::env::var_os("ORIGIN_GUARD_CORPUS").map(PathBuf::from)
}

/// Every file below a folder with its path from there, in order.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut paths = vec![folder.to_owned()];
    let mut found = BTreeMap::new();
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            paths.extend(entries.map(|entry| entry.unwrap().path()));
        } else {
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
    assert!(!found.is_empty(), "{} is empty", folder.display());
    found.into_iter().collect()
}

/// Every config below a folder, by its file; one of a list carries its number. Whatever the guard
/// reads as a config is one: also in events, and in lists and recorded answers, which it does not take
/// as a file.
pub fn configs(folder: &Path) -> (Vec<(String, Vec<u8>)>, usize) {
    let mut configs = Vec::new();
    let mut others = 0;
    for (name, content) in files(folder) {
        let before = configs.len();
        if read(&name, &content).is_ok() {
            configs.push((name, content));
        } else if let Ok(document) = serde_json::from_slice::<Value>(&content) {
            let event = match request::parse(document.clone()) {
                Ok(Request::Audit(change)) => change
                    .config
                    .map(|config| Node::from_value(&config, request::api_name).to_value()),
                _ => None,
            };
            let answer = event.as_ref().or(document.get("data")).unwrap_or(&document);
            let list = answer.pointer("/DistributionList/Items");
            let list = list
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice);
            let within = list
                .iter()
                .enumerate()
                .map(|(at, item)| (format!("{name}#{at}"), item));
            let within = within.chain([(name.clone(), answer)]);
            configs.extend(
                within
                    .map(|(name, config)| (name, config.to_string().into_bytes()))
                    .filter(|(name, content)| read(name, content).is_ok()),
            );
        }
        others += usize::from(configs.len() == before);
    }
    (configs, others)
}

fn read(name: &str, content: &[u8]) -> Result<Candidate, GuardError> {
    read_document(Source::File, name, content)
}

/// The rows of the list: file, rule, reason.
fn listed() -> Vec<(String, String)> {
    let rows = LISTED.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.map(|row| {
        let cells: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
        let [file, rule, reason] = cells[..] else {
            panic!("file, rule, reason: {row}");
        };
        assert!(reason.len() > 20, "say why it is right: {row}");
        (
            file.trim_matches('`').to_owned(),
            rule.trim_matches('`').to_owned(),
        )
    });
    cells.collect()
}

/// The guard blocks no config that its source presents as working, and what it blocks is listed.
#[tokio::test]
async fn nothing_of_the_corpus_is_blocked_but_what_is_listed() {
    let Some(folder) = folder() else {
        println!("skipped: ORIGIN_GUARD_CORPUS names no folder of configs");
        return;
    };
    let mut blocked: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let (configs, others) = configs(&folder);
    println!(
        "{} configs judged, {others} other files passed over",
        configs.len()
    );
    assert!(!configs.is_empty(), "no config in {}", folder.display());
    for (name, content) in configs {
        let candidate = read(&name, &content).unwrap();
        let options = CheckOptions::File(Box::new(candidate));
        let (report, _) = check(
            options,
            None,
            None::<(&Aws, Option<&str>)>,
            &Settings::default(),
        )
        .await
        .unwrap();
        for rendered in [report::markdown(&report), report::text(&report)] {
            assert!(!rendered.is_empty(), "{name}");
        }
        for finding in report.findings.iter().filter(|it| it.severity == "error") {
            let texts = blocked
                .entry((name.clone(), finding.rule.clone()))
                .or_default();
            texts.push(format!("{}: {}", finding.location.pointer, finding.message));
        }
    }
    let listed = listed();
    let news: Vec<_> = blocked
        .iter()
        .filter(|(key, _)| !listed.contains(key))
        .collect();
    assert!(news.is_empty(), "not listed, so perhaps false: {news:#?}");
    let gone: Vec<_> = listed
        .iter()
        .filter(|key| !blocked.contains_key(key))
        .collect();
    assert!(gone.is_empty(), "listed, and no longer found: {gone:#?}");
}
