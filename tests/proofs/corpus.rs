//! Real configs from public repositories, which are not part of this one: `ORIGIN_GUARD_CORPUS` names
//! the folder that they are in. What the guard says against any of them is in `corpus-findings.md`,
//! each with the reason why it is right.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::offline::checked;
use origin_guard::candidate::{
    Candidate, Format, ReadOptions, Source, read_document, read_documents,
};
use origin_guard::document::Node;
use origin_guard::error::GuardError;
use origin_guard::report;
use origin_guard::report::v1::Severity;
use origin_guard::request::{self, Request};
use serde_json::Value;

const LISTED: &str = include_str!("../corpus-findings.md");

/// The folder, where there is one.
#[expect(
    clippy::disallowed_methods,
    reason = "the corpus is the tests' own, and no setting of the guard"
)]
pub(crate) fn folder() -> Option<PathBuf> {
    std::env::var_os("ORIGIN_GUARD_CORPUS").map(PathBuf::from)
}

/// Every file below a folder with its path from there, in order.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
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
pub(crate) fn configs(folder: &Path) -> (Vec<(String, Vec<u8>)>, usize) {
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
    let candidate = read_document(Source::File, name, content)?;
    match candidate.provenance.format {
        Format::DistributionConfig => Ok(candidate),
        Format::CloudFormation | Format::TerraformPlan | Format::ChangeSet => {
            Err(GuardError::configuration("a template", "see templates()"))
        }
    }
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

/// Whether a row is about this file: its path, or the beginning of it before a `*`.
fn fits(row: &(String, String), key: &(String, String)) -> bool {
    let (file, rule) = row;
    let same = match file.strip_suffix('*') {
        Some(start) => key.0.starts_with(start),
        None => *file == key.0,
    };
    same && *rule == key.1
}

/// The candidates of every template and plan below a folder, by its file, and the files that are none. Each
/// distribution that a template's text has is found.
fn templates(folder: &Path) -> (Vec<(String, Candidate)>, Vec<String>) {
    let mut found = Vec::new();
    let mut unreadable = Vec::new();
    let is_template = |name: &str| {
        let ends = [".json", ".yaml", ".yml", ".template"];
        let folders = ["cloudformation/", "terraform-plan/"];
        folders.iter().any(|folder| name.starts_with(folder))
            && ends.iter().any(|end| name.ends_with(end))
    };
    for (name, content) in files(folder) {
        if !is_template(&name) {
            continue;
        }
        match read_documents(Source::File, &name, &content, &ReadOptions::default()) {
            Ok(candidates) => {
                let text = String::from_utf8_lossy(&content);
                let lines = text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with('#'));
                let text: String = lines.collect::<String>().replace(['"', '\'', ' '], "");
                let count = |kind: &str| {
                    text.matches(&format!("Type:AWS::CloudFront::{kind}"))
                        .count()
                };
                let stated = count("Distribution") - count("DistributionTenant");
                // Some are made under conditions that do not hold.
                if name.starts_with("terraform-plan/") {
                    assert!(!candidates.is_empty(), "{name}");
                } else if text.contains("Condition:") {
                    assert!(candidates.len() <= stated, "{name}");
                } else {
                    assert_eq!(candidates.len(), stated, "{name}");
                }
                let resource = |it: &Candidate| {
                    let resource = it.provenance.resource.as_ref();
                    resource.map(ToString::to_string).unwrap_or_default()
                };
                found.extend(
                    candidates
                        .into_iter()
                        .map(|it| (format!("{name}#{}", resource(&it)), it)),
                );
            }
            Err(error) => unreadable.push(format!("{name}: {error}")),
        }
    }
    (found, unreadable)
}

/// The guard blocks no config that its source presents as working, and what it blocks is listed.
#[tokio::test]
async fn nothing_of_the_corpus_is_blocked_but_what_is_listed() {
    let Some(folder) = folder() else {
        println!("skipped: ORIGIN_GUARD_CORPUS names no folder of configs");
        return;
    };
    let (configs, others) = configs(&folder);
    let (templates, unreadable) = templates(&folder);
    println!(
        "{} configs and {} distributions of templates judged, {others} other files passed over, {} \
         templates not readable: {unreadable:#?}",
        configs.len(),
        templates.len(),
        unreadable.len(),
    );
    assert!(!configs.is_empty(), "no config in {}", folder.display());
    let mut candidates: Vec<(String, Candidate)> = configs
        .into_iter()
        .map(|(name, content)| {
            let candidate = read(&name, &content).unwrap();
            (name, candidate)
        })
        .collect();
    candidates.extend(templates);
    let mut blocked: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (name, candidate) in candidates {
        let mut judged = checked(vec![candidate]).await;
        let report = judged.remove(0).report;
        for rendered in [report::markdown(&report), report::text(&report)] {
            assert!(!rendered.is_empty(), "{name}");
        }
        for finding in report
            .findings
            .iter()
            .filter(|it| it.severity == Severity::Error)
        {
            let texts = blocked
                .entry((name.clone(), finding.rule.clone()))
                .or_default();
            texts.push(format!("{}: {}", finding.location.pointer, finding.message));
        }
    }
    let listed = listed();
    let is_listed = |key: &(String, String)| listed.iter().any(|row| fits(row, key));
    let news: Vec<_> = blocked.iter().filter(|(key, _)| !is_listed(key)).collect();
    assert!(news.is_empty(), "not listed, so perhaps false: {news:#?}");
    let is_found = |row: &&(String, String)| blocked.keys().any(|key| fits(row, key));
    let gone: Vec<_> = listed.iter().filter(|row| !is_found(row)).collect();
    assert!(gone.is_empty(), "listed, and no longer found: {gone:#?}");
}
