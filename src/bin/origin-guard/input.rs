//! Files, standard input, and what the environment says about reading.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use origin_guard::aws::Trust;
use origin_guard::candidate::{
    Candidate, Deployment, Format, ReadOptions, Source, choose, one, read_documents,
    read_parameters,
};
use origin_guard::error::GuardError;
use origin_guard::settings::ca_bundle;

use crate::arguments::{Form, Reading};

/// Whether a word means a distribution: it is no file, and has the form of an ID or an alias.
pub(crate) fn is_distribution(word: &str) -> bool {
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
pub(crate) fn expand(files: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut all = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let is_pattern = name.contains(['*', '?', '[']) && !file.exists();
        if !is_pattern && !file.is_dir() {
            all.push(file.clone());
            continue;
        }
        // A folder is a CDK cloud assembly, with nested ones below it.
        let pattern = if is_pattern {
            name.clone()
        } else {
            format!("{}/**/*.template.json", glob::Pattern::escape(&name))
        };
        let found = glob::glob(&pattern).map_err(|error| format!("{name}: {error}"))?;
        let found: Result<Vec<PathBuf>, _> = found.collect();
        let found = found.map_err(|error| format!("{name}: {error}"))?;
        if found.is_empty() {
            return Err(format!("{pattern}: there is no such file"));
        }
        all.extend(found);
    }
    Ok(all)
}

/// Every candidate of a file, and its text.
pub(crate) fn read(
    path: &Path,
    options: &ReadOptions,
) -> Result<(Vec<Candidate>, Vec<u8>), GuardError> {
    let name = path.display().to_string();
    let content = content(path).map_err(|error| {
        GuardError::missing(format!("{name}: {error}"), "Give a file that can be read")
    })?;
    let name = if name == "-" { "standard input" } else { &name };
    Ok((
        read_documents(Source::File, name, &content, options)?,
        content,
    ))
}

/// The one candidate of a file.
pub(crate) fn read_one(path: &Path, options: &ReadOptions) -> Result<Candidate, GuardError> {
    let name = path.display().to_string();
    let (candidates, _) = read(path, options)?;
    one(
        choose(candidates, options.resource.as_deref(), &name)?,
        &name,
    )
}

/// How the arguments say that files are to be read.
pub(crate) fn read_options(
    reading: &Reading,
    account: Option<&str>,
) -> Result<ReadOptions, GuardError> {
    let mut deployment = Deployment {
        account: account.map(str::to_owned),
        ..Deployment::default()
    };
    for each in &reading.parameters {
        if let Some((name, value)) = each.split_once('=')
            && !Path::new(each).exists()
        {
            deployment.parameters.set(name, value);
            continue;
        }
        let content = content(Path::new(each)).map_err(|error| {
            GuardError::missing(format!("{each}: {error}"), "Give a file, or NAME=VALUE")
        })?;
        read_parameters(&mut deployment.parameters, each, &content)?;
    }
    Ok(ReadOptions {
        format: match reading.format {
            Form::Auto => None,
            Form::DistributionConfig => Some(Format::DistributionConfig),
            Form::CloudFormation => Some(Format::CloudFormation),
            Form::TerraformPlan => Some(Format::TerraformPlan),
        },
        resource: reading.resource.clone(),
        distribution: None,
        deployment,
    })
}

pub(crate) fn content(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.as_os_str() != "-" {
        return std::fs::read(path);
    }
    let mut content = Vec::new();
    std::io::stdin().read_to_end(&mut content)?;
    Ok(content)
}

pub(crate) fn trust() -> Result<Trust, String> {
    match ca_bundle() {
        Some(path) => Trust::of_bundle(&path).map_err(|error| error.to_string()),
        None => Ok(Trust::Platform),
    }
}
