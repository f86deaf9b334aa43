//! The command line: arguments and exit codes only.

mod account;
mod arguments;
mod changes;
mod check;
mod config;
mod contract;
mod diff;
mod input;
mod names;
mod output;
mod pages;
mod plan;
mod problem;
mod progress;
mod site;
mod sweep;
mod trace;
mod uses;
mod values;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use origin_guard::{report, rules};

use arguments::{Arguments, Command};
use output::{print_and_pass, print_problem};

const USAGE: u8 = 2;

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let ended = match command {
        Command::Check(arguments) => check::run(*arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Trace(arguments) => trace::run(&arguments),
        Command::Uses(arguments) => uses::run(&arguments),
        Command::Sweep(arguments) => sweep::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Contract(arguments) => contract::run(&arguments),
        Command::Render(arguments) => output::run_render(&arguments),
        Command::Schema => report::schema()
            .map_err(problem::Problem::from)
            .and_then(|text| print_and_pass(&text)),
        Command::Demo(printing) => check::run_demo(&printing),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "origin-guard", &mut text);
            print_and_pass(&String::from_utf8_lossy(&text))
        }
        Command::Man {
            out: Some(folder), ..
        } => pages::write_manuals(&folder),
        Command::Man { command, .. } => pages::manual(&command),
        Command::Rules { markdown: true, .. } => print_and_pass(&rules::pages()),
        Command::Rules { table: true, .. } => print_and_pass(&rules::table()),
        Command::Rules {
            site: Some(folder), ..
        } => pages::write_site(&folder),
        Command::Rules { name, .. } => pages::show_rules(name.as_deref()),
    };
    match ended {
        Ok(code) => code,
        Err(problem) => {
            print_problem(&problem);
            ExitCode::from(USAGE)
        }
    }
}
