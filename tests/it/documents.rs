//! The documents that people read: lines that fit a screen, and snippets that work.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use origin_guard::document::parse;
use serde_json::Value;

use crate::command_line::{err, origin_guard_in};

/// Written by `make docs` and `make model`.
const GENERATED: [&str; 3] = ["rules.md", "cloudfront-model.md", "cloudfront-errors.md"];

/// Every document, by its name.
fn documents() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "SKILL.md"]
        .map(|name| root.join(name))
        .into();
    for entry in std::fs::read_dir(root.join("docs")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.extension().is_some_and(|it| it == "md") && !GENERATED.contains(&name) {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(root).unwrap().display().to_string();
        (name, std::fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn lines_are_under_a_hundred_columns() {
    for (name, text) in documents() {
        for (at, line) in text.lines().enumerate() {
            // A row of a table cannot be broken, nor can what a program printed or a long address.
            let words = line.split_whitespace().map(|word| word.chars().count());
            let is_free = line.starts_with('|')
                || line.starts_with("    ")
                || words.max().unwrap_or_default() > 80;
            let length = line.chars().count();
            assert!(is_free || length <= 100, "{name}:{}: {length}", at + 1);
        }
    }
}

/// Blocks of code: the word after the fence (empty where the block is indented), and the text.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut fence: Option<String> = None;
    let mut is_indented = false;
    for line in text.lines() {
        if let Some(word) = line.strip_prefix("```") {
            fence = if fence.is_some() {
                None
            } else {
                blocks.push((word.to_owned(), String::new()));
                Some(word.to_owned())
            };
            continue;
        }
        let code = match (&fence, line.strip_prefix("    ")) {
            (Some(_), _) => Some(line),
            (None, code) => code,
        };
        let Some(code) = code else {
            is_indented = false;
            continue;
        };
        if fence.is_none() && !is_indented {
            blocks.push((String::new(), String::new()));
        }
        is_indented = fence.is_none();
        let block = &mut blocks.last_mut().unwrap().1;
        block.push_str(code);
        block.push('\n');
    }
    blocks
}

/// The commands of ours in a text, one a line, without comments, pipes and redirections.
fn commands(text: &str) -> Vec<Vec<String>> {
    let joined = text.replace("\\\n", " ");
    let ours = joined.lines().filter_map(|line| {
        let line = line.trim().trim_start_matches("entry: ");
        line.starts_with("origin-guard ").then(|| words(line))
    });
    ours.filter(|words| words.len() > 1).collect()
}

/// The words of a command, as a shell reads them.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, ' ') => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            (Some(_) | None, _) => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    let ends = |word: &String| ["#", "|", ">", ">>", "||", "&&"].contains(&word.as_str());
    let end = words.iter().position(ends).unwrap_or(words.len());
    words.truncate(end);
    words
}

fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|item| texts(item, found)),
        _ => {}
    }
}

/// Each command is run as it stands, in an empty folder and without an account: what it names is not
/// there, but it is understood.
#[test]
fn every_command_of_the_documents_is_understood() {
    let folder = std::env::temp_dir().join(format!("origin-guard-snippets-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut run = BTreeSet::new();
    for (name, text) in documents() {
        for (language, code) in blocks(&text) {
            let mut found = vec![code.clone()];
            if language == "yaml" {
                let node = parse(&name, code.as_bytes());
                let node = node.unwrap_or_else(|error| panic!("{name}: {error}\n{code}"));
                texts(&node.to_value(), &mut found);
                found.remove(0);
            }
            for words in found.iter().flat_map(|text| commands(text)) {
                let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
                let output = origin_guard_in(&folder, &arguments);
                let told = err(&output);
                // pre-commit adds the files to its `entry`.
                let is_whole = !told.contains("required arguments were not provided");
                assert!(
                    !is_whole || !told.contains("Usage:"),
                    "{name}: {words:?}: {told}"
                );
                assert!(!told.contains("panicked"), "{name}: {words:?}: {told}");
                run.insert(words);
            }
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
    assert!(run.len() > 25, "only {} commands are found", run.len());
}

/// What is written in a language that is read here is read.
#[test]
fn snippets_are_well_formed() {
    let mut read = BTreeSet::new();
    for (name, text) in documents() {
        for (language, code) in blocks(&text) {
            match language.as_str() {
                "yaml" => {
                    parse(&name, code.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
                }
                "json" => {
                    serde_json::from_str::<Value>(&code)
                        .unwrap_or_else(|error| panic!("{name}: {error}: {code}"));
                }
                _ => continue,
            }
            read.insert(language);
        }
    }
    assert!(read.contains("yaml"));
}
