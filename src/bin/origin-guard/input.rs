//! What is read before anything is asked: files, patterns, folders and standard input.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use origin_guard::aws::Trust;
use origin_guard::candidate::{
    Bounds, Candidate, Deployment, Format, ReadOptions, Source, choose, may_hold_config, one,
    read_documents, read_parameters,
};
use origin_guard::distribution::AccountId;
use origin_guard::settings::ca_bundle;

use crate::arguments::{Form, Reading};
use crate::names::{not_a_file, refuse_distribution};
use crate::problem::Problem;

/// A file that was read.
#[derive(Debug)]
pub(crate) struct File {
    /// As it was named, `standard input` for `-`.
    pub name: String,
    pub content: Vec<u8>,
    /// Whether it was named itself: what a pattern or a folder finds may be something else.
    is_named: bool,
}

/// Files, and what is wrong with those that could not be read: that is no reason to leave out the others.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub read: Vec<File>,
    pub problems: Vec<Problem>,
}

/// Reads files, all that patterns stand for, and the templates of folders, before an account is asked.
///
/// # Errors
/// The first problem, where nothing can be read.
pub(crate) fn load(paths: &[PathBuf]) -> Result<Files, Problem> {
    let mut files = Files::default();
    for path in paths {
        match expand(path) {
            Ok(found) => {
                let is_named = found == [path.as_path()];
                for path in found {
                    match file(&path, is_named) {
                        Ok(file) => files.read.push(file),
                        Err(problem) => files.problems.push(problem),
                    }
                }
            }
            Err(problem) => files.problems.push(problem),
        }
    }
    match (files.read.is_empty(), files.problems.first()) {
        // What can be read is judged, and the problems of the others are reported beside it.
        (true, Some(first)) => Err(first.clone()),
        _ => Ok(files),
    }
}

/// Reads a file that is named itself.
pub(crate) fn load_one(path: &Path) -> Result<File, Problem> {
    file(path, true)
}

fn file(path: &Path, is_named: bool) -> Result<File, Problem> {
    let name = path.display().to_string();
    let content = content(path)?;
    if let Some(problem) = not_a_file(&name, &content) {
        return Err(problem);
    }
    Ok(File {
        name: match name.as_str() {
            "-" => "standard input".to_owned(),
            _ => name,
        },
        content,
        is_named,
    })
}

/// The files that a pattern stands for, where the shell left it as it is, or the templates of a folder.
fn expand(path: &Path) -> Result<Vec<PathBuf>, Problem> {
    let name = path.display().to_string();
    // A file of just this name comes first: names may hold brackets.
    let is_pattern = name.contains(['*', '?', '[']) && !path.exists();
    if !is_pattern && !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    // A folder is a CDK cloud assembly, with nested ones below it.
    let pattern = if is_pattern {
        name.clone()
    } else {
        format!("{}/**/*.template.json", glob::Pattern::escape(&name))
    };
    let found = glob::glob(&pattern).map_err(|error| format!("{name}: {error}"))?;
    let found: Result<Vec<PathBuf>, _> = found.collect();
    let mut found = found.map_err(|error| format!("{name}: {error}"))?;
    found.retain(|path| !path.is_dir());
    if !found.is_empty() {
        return Ok(found);
    }
    Err(if is_pattern {
        Problem::new(format!("{name}: no file matches this pattern"))
    } else {
        Problem::new(format!("{name} is a folder without templates of the CDK"))
            .help(format!("name files, or a pattern such as '{name}/*.json'"))
    })
}

impl File {
    /// Every candidate of it; none where a pattern found something that is not CloudFront's.
    pub(crate) fn candidates(&self, options: &ReadOptions) -> Result<Vec<Candidate>, Problem> {
        // A pattern such as `*.json` also finds files that are no configs; one that is named is
        // meant.
        if !self.is_named && options.format.is_none() && !may_hold_config(&self.content) {
            return Ok(Vec::new());
        }
        let found = read_documents(Source::File, &self.name, &self.content, options)?;
        if self.is_named {
            // Refuses a file without any.
            choose_all(found, &self.name)
        } else {
            Ok(found)
        }
    }

    /// The one candidate of it that is meant.
    pub(crate) fn candidate(&self, options: &ReadOptions) -> Result<Candidate, Problem> {
        let found = self.candidates(options)?;
        let chosen = choose(found, options.resource.as_ref(), &self.name)?;
        Ok(one(chosen, &self.name)?)
    }
}

fn choose_all(found: Vec<Candidate>, name: &str) -> Result<Vec<Candidate>, Problem> {
    Ok(choose(found, None, name)?)
}

/// How the arguments say that files are to be read.
pub(crate) fn read_options(
    reading: &Reading,
    account: Option<AccountId>,
) -> Result<ReadOptions, Problem> {
    let mut deployment = Deployment {
        account,
        ..Deployment::default()
    };
    for each in &reading.parameters {
        if let Some((name, value)) = each.split_once('=')
            // A file may have `=` in its name.
            && !Path::new(each).exists()
        {
            deployment.parameters.set(name, value);
            continue;
        }
        let content = content(Path::new(each))
            .map_err(|problem| problem.help("give a file, or NAME=VALUE"))?;
        read_parameters(&mut deployment.parameters, each, &content)?;
    }
    Ok(ReadOptions {
        format: match reading.input_format {
            Form::Auto => None,
            Form::DistributionConfig => Some(Format::DistributionConfig),
            Form::CloudFormation => Some(Format::CloudFormation),
            Form::TerraformPlan => Some(Format::TerraformPlan),
        },
        resource: reading.resource.clone(),
        distribution: None,
        deployment,
        bounds: Bounds::default(),
    })
}

/// The bytes of a file, or of standard input.
pub(crate) fn content(path: &Path) -> Result<Vec<u8>, Problem> {
    let name = path.display();
    if path.as_os_str() == "-" {
        let mut content = Vec::new();
        let read = std::io::stdin().read_to_end(&mut content);
        read.map_err(|error| format!("standard input: {error}"))?;
        return Ok(content);
    }
    if path.is_dir() {
        return Err(Problem::new(format!("{name} is a folder, not a file")));
    }
    std::fs::read(path).map_err(|error| {
        use std::io::ErrorKind;
        if error.kind() != ErrorKind::NotFound {
            return Problem::new(format!("{name}: {error}"));
        }
        refuse_distribution(&name.to_string())
            .unwrap_or_else(|| Problem::new(format!("{name}: there is no such file")))
    })
}

pub(crate) fn trust() -> Result<Trust, Problem> {
    match ca_bundle() {
        Some(path) => Ok(Trust::of_bundle(&path).map_err(|error| error.to_string())?),
        None => Ok(Trust::Platform),
    }
}
