//! The configuration file: what every run in a folder shares. Nearest upwards, `origin-guard.toml`, or the
//! table `tool.origin-guard` of `pyproject.toml`, as ruff and others look for theirs.

use std::path::{Path, PathBuf};

use origin_guard::rules;
use serde::Deserialize;

use crate::arguments::CheckArguments;
use crate::problem::Problem;

const OWN: &str = "origin-guard.toml";
const SHARED: &str = "pyproject.toml";

/// What a configuration file says, with its paths as they are from here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// The contract file.
    pub contract: Option<PathBuf>,
    /// Rules that do not judge.
    pub ignore: Vec<String>,
    /// Values for a template's parameters: files, or NAME=VALUE.
    pub parameters: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    contract: Option<PathBuf>,
    #[serde(default)]
    ignore: Vec<String>,
    #[serde(default)]
    parameters: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Pyproject {
    #[serde(default)]
    tool: Tools,
}

#[derive(Debug, Default, Deserialize)]
struct Tools {
    #[serde(rename = "origin-guard")]
    own: Option<Table>,
}

impl Config {
    /// The configuration that the arguments name, or else the nearest; none with `--isolated`.
    pub(crate) fn of(arguments: &CheckArguments) -> Result<Self, Problem> {
        match &arguments.config {
            _ if arguments.isolated => Ok(Self::default()),
            Some(path) => Self::read(path)?.ok_or_else(|| {
                Problem::new(format!(
                    "{} has no table [tool.origin-guard]",
                    path.display()
                ))
            }),
            None => {
                let folder = std::env::current_dir().map_err(|error| error.to_string())?;
                Self::nearest(&folder)
            }
        }
    }

    /// The configuration of a folder, or of the nearest one above it that has any.
    fn nearest(folder: &Path) -> Result<Self, Problem> {
        for folder in folder.ancestors() {
            for name in [OWN, SHARED] {
                let path = folder.join(name);
                // The nearest one counts, and a pyproject.toml without the table is passed over.
                if path.is_file()
                    && let Some(config) = Self::read(&path)?
                {
                    return Ok(config);
                }
            }
        }
        Ok(Self::default())
    }

    /// Reads a file; `None` of a `pyproject.toml` without the table.
    fn read(path: &Path) -> Result<Option<Self>, Problem> {
        let name = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Problem::new(format!("{name}: {error}")))?;
        let wrong = |error: toml::de::Error| {
            Problem::new(format!(
                "{name} cannot be read: {}",
                error.to_string().trim_end()
            ))
            .help("it takes `contract`, `ignore` and `parameters`")
        };
        let table = if path.file_name().is_some_and(|name| name == SHARED) {
            toml::from_str::<Pyproject>(&text).map_err(wrong)?.tool.own
        } else {
            Some(toml::from_str(&text).map_err(wrong)?)
        };
        // Paths in the file are relative to it, wherever the command runs.
        let folder = path.parent().unwrap_or(Path::new(""));
        table
            .map(|table| Self::from_table(table, folder, &name.to_string()))
            .transpose()
    }

    /// Paths of a configuration file begin at its folder.
    fn from_table(table: Table, folder: &Path, name: &str) -> Result<Self, Problem> {
        // A misspelt rule would ignore nothing, and read as if it did.
        if let Some(unknown) = table.ignore.iter().find(|rule| rules::find(rule).is_none()) {
            let near = rules::nearest_name(unknown)
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            return Err(Problem::new(format!(
                "{name}: there is no rule `{unknown}`, which `ignore` names{near}"
            )));
        }
        let parameters = table.parameters.into_iter().map(|each| {
            let path = folder.join(&each);
            if each.contains('=') && !path.exists() {
                each
            } else {
                path.display().to_string()
            }
        });
        Ok(Self {
            contract: table.contract.map(|path| folder.join(path)),
            ignore: table.ignore,
            parameters: parameters.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of this test, with files in it.
    fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
        let id = std::process::id();
        let folder = std::env::temp_dir().join(format!("origin-guard-config-{name}-{id}"));
        for (file, text) in files {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn the_nearest_file_counts_and_its_paths_begin_at_its_folder() {
        let root = folder(
            "nearest",
            &[
                (
                    "origin-guard.toml",
                    "contract = 'guard/contract.yaml'\nignore = ['global-s3-endpoint']\n\
                     parameters = ['prod.json', 'Stage=prod']\n",
                ),
                ("site/pyproject.toml", "[project]\nname = 'site'\n"),
                ("site/cdn/main.json", "{}"),
                (
                    "other/pyproject.toml",
                    "[tool.origin-guard]\nignore = ['unused-origin']\n",
                ),
            ],
        );
        let above = Config::nearest(&root.join("site/cdn")).unwrap();
        let own = Config::nearest(&root.join("other")).unwrap();
        std::fs::remove_dir_all(&root).unwrap();
        assert_eq!(
            above,
            Config {
                contract: Some(root.join("guard/contract.yaml")),
                ignore: vec!["global-s3-endpoint".to_owned()],
                parameters: vec![
                    root.join("prod.json").display().to_string(),
                    "Stage=prod".to_owned()
                ],
            }
        );
        assert_eq!(own.ignore, ["unused-origin"]);
        assert_eq!(own.contract, None);
    }

    #[test]
    fn what_is_misspelt_is_refused_with_its_line() {
        for (name, text, words) in [
            ("key", "ignored = []\n", "unknown field `ignored`"),
            (
                "rule",
                "ignore = ['unused-orign']\n",
                "did you mean `unused-origin`?",
            ),
            ("toml", "ignore = [\n", "TOML parse error at line"),
        ] {
            let root = folder(name, &[("origin-guard.toml", text)]);
            let problem = Config::nearest(&root).unwrap_err().to_string();
            std::fs::remove_dir_all(&root).unwrap();
            assert!(problem.contains(words), "{problem}");
        }
    }
}
