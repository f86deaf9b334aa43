//! Files, standard input, and what the environment says about reading.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use origin_guard::aws::Trust;
use origin_guard::candidate::{Candidate, Source, read_document};
use origin_guard::error::GuardError;
use origin_guard::settings::ca_bundle;

/// Whether a word means a distribution: it is no file, and has the form of an ID or an alias.
pub fn is_distribution(word: &str) -> bool {
    let id = word.starts_with('E')
        && word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let is_file_name = ["json", "yaml", "yml", "template"]
        .iter()
        .any(|end| word.to_ascii_lowercase().ends_with(&format!(".{end}")));
    let alias = word.contains('.') && !word.contains(['/', '\\']) && !is_file_name;
    word != "-" && (id || alias) && !Path::new(word).exists()
}

/// The files that patterns stand for, for shells that leave them as they are.
pub fn expand(files: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut all = Vec::new();
    for file in files {
        let name = file.display().to_string();
        if file.exists() || !name.contains(['*', '?', '[']) {
            all.push(file.clone());
            continue;
        }
        let found = glob::glob(&name).map_err(|error| format!("{name}: {error}"))?;
        let found: Result<Vec<PathBuf>, _> = found.collect();
        let found = found.map_err(|error| format!("{name}: {error}"))?;
        if found.is_empty() {
            return Err(format!("{name}: there is no such file"));
        }
        all.extend(found);
    }
    Ok(all)
}

pub fn read(path: &Path) -> Result<(Candidate, Vec<u8>), GuardError> {
    let name = path.display().to_string();
    let content = content(path).map_err(|error| {
        GuardError::missing(format!("{name}: {error}"), "Give a file that can be read")
    })?;
    let name = if name == "-" { "standard input" } else { &name };
    Ok((read_document(Source::File, name, &content)?, content))
}

pub fn content(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.as_os_str() != "-" {
        return std::fs::read(path);
    }
    let mut content = Vec::new();
    std::io::stdin().read_to_end(&mut content)?;
    Ok(content)
}

pub fn trust() -> Result<Trust, String> {
    match ca_bundle() {
        Some(path) => std::fs::read(&path)
            .map(Trust::Pem)
            .map_err(|error| format!("AWS_CA_BUNDLE={path}: {error}")),
        None => Ok(Trust::Platform),
    }
}
