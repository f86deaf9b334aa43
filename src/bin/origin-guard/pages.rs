//! `rules` and `man`: what is there to read.

use std::path::Path;
use std::process::ExitCode;

use crate::site;
use clap::CommandFactory as _;
use origin_guard::rule::Phase;
use origin_guard::rules;

use crate::arguments::Arguments;
use crate::output::print_and_pass;
use crate::problem::Problem;

/// Prints the manual page of a command, such as `contract init`; without a name, the main page.
pub(crate) fn manual(names: &[String]) -> Result<ExitCode, Problem> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    // Gives each command its whole name, and the options that it inherits.
    command.build();
    for name in names {
        let known = command.get_subcommands().map(clap::Command::get_name);
        let known: Vec<&str> = known.collect();
        let found = command.find_subcommand(name).cloned();
        command = found.ok_or_else(|| {
            Problem::new(format!("there is no command `{name}`"))
                .help(format!("the commands are {}", known.join(", ")))
        })?;
    }
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(command);
    page.render(&mut text).map_err(|error| error.to_string())?;
    print_and_pass(&String::from_utf8_lossy(&text))
}

/// Writes the manual page of every command into a folder, which is made where it is not there.
pub(crate) fn write_manuals(folder: &Path) -> Result<ExitCode, Problem> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    let command = Arguments::command().disable_help_subcommand(true);
    clap_mangen::generate_to(command, folder).map_err(failed)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn show_rules(name: Option<&str>) -> Result<ExitCode, Problem> {
    let text = match name {
        None => rules_table(),
        Some(name) => {
            if let Some(rule) = rules::find(name) {
                format!("# {}\n\n{}\n", rule.name, rule.page().markdown())
            } else {
                let near = rules::nearest_name(name)
                    .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                return Err(Problem::new(format!("there is no rule `{name}`{near}")));
            }
        }
    };
    print_and_pass(&text)
}

/// Writes each page into a folder, which is made where it is not there.
pub(crate) fn write_site(folder: &Path) -> Result<ExitCode, Problem> {
    let files = site::site().map_err(|error| error.to_string())?;
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    for (name, page) in files {
        std::fs::write(folder.join(name), page).map_err(failed)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn rules_table() -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for (phase, title) in [
        (Phase::OriginMap, "Phase 1, origin map"),
        (Phase::Behaviors, "Phase 2, behaviors"),
        (Phase::Edge, "Phase 3, after a deployment: the edge"),
    ] {
        let _ = writeln!(text, "{title}");
        for rule in rules::all().filter(|rule| rule.phase == phase) {
            let severity = rule.severity.name();
            let _ = writeln!(text, "  {:<36} {severity:<8} {}", rule.name, rule.summary());
        }
    }
    text
}
