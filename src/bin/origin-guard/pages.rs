//! `rules` and `man`: what is there to read.

use std::path::Path;
use std::process::ExitCode;

use crate::site;
use clap::CommandFactory as _;
use origin_guard::rule::Phase;
use origin_guard::rules;

use crate::arguments::Arguments;
use crate::output::print_and_pass;

pub(crate) fn manual() -> Result<ExitCode, String> {
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(Arguments::command());
    page.render(&mut text).map_err(|error| error.to_string())?;
    print_and_pass(&String::from_utf8_lossy(&text))
}

pub(crate) fn show_rules(name: Option<&str>) -> Result<ExitCode, String> {
    let text = match name {
        None => rules_table(),
        Some(name) => {
            if let Some(rule) = rules::find(name) {
                format!("# {}\n\n{}\n", rule.name, rule.page().markdown())
            } else {
                let near = rules::nearest_name(name)
                    .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                return Err(format!("there is no rule `{name}`{near}"));
            }
        }
    };
    print_and_pass(&text)
}

/// Writes each page into a folder, which is made where it is not there.
pub(crate) fn write_site(folder: &Path) -> Result<ExitCode, String> {
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
    ] {
        let _ = writeln!(text, "{title}");
        for rule in rules::all().filter(|rule| rule.phase == phase) {
            let severity = rule.severity.name();
            let _ = writeln!(text, "  {:<36} {severity:<8} {}", rule.name, rule.summary());
        }
    }
    text
}
