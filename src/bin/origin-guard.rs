//! The command line: arguments and exit codes only.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use origin_guard::aws::{Aws, Trust};
use origin_guard::candidate::{Candidate, Source, read_document};
use origin_guard::error::GuardError;
use origin_guard::guard::{CheckOptions, check};
use origin_guard::network::Network;
use origin_guard::report::{self, Document, Output};
use origin_guard::rules::{self, Phase};
use origin_guard::settings::{OnUnknown, Settings, ca_bundle};
use origin_guard::verdict::Verdict;

/// Judges a CloudFront config against the account before it is deployed.
///
/// Exit codes: 0 pass, 1 findings block, 2 usage or unreadable input, 3 inconclusive.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge a config from a file, or the one that is live
    Check(CheckArguments),
    /// Write a stored report in another form
    Render(RenderArguments),
    /// Print the JSON Schema of the report
    Schema,
    /// List the rules, or show one rule's page
    Rules {
        /// The rule to show
        name: Option<String>,
        /// Print the pages of all rules as one Markdown document
        #[arg(long, conflicts_with = "name")]
        markdown: bool,
        /// Print the rules as a Markdown table
        #[arg(long, conflicts_with_all = ["name", "markdown"])]
        table: bool,
    },
}

#[derive(Debug, Args)]
struct CheckArguments {
    /// JSON of a config: get-distribution(-config) output, DistributionConfig, or CLI input; `-` reads standard input
    #[arg(
        required_unless_present = "distribution",
        conflicts_with = "distribution"
    )]
    file: Option<PathBuf>,
    /// Judge what is live: a distribution's ID or alias
    #[arg(long, value_name = "ID")]
    distribution: Option<String>,
    /// Make no call, not even DNS: what could not be looked at is listed
    #[arg(long, conflicts_with = "distribution")]
    offline: bool,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
    /// Write the report to this file instead of standard output
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// What a fact that could not be looked at does
    #[arg(long, value_enum)]
    unknown: Option<Unknown>,
}

#[derive(Debug, Args)]
struct RenderArguments {
    /// A report as `--output json` prints it or the guard stores it; `-` reads standard input
    file: PathBuf,
    /// Which form
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
    /// Write it to this file instead of standard output
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Unknown {
    Block,
    Warn,
}

const USAGE: u8 = 2;

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let ended = match command {
        Command::Check(arguments) => run_check(&arguments),
        Command::Render(arguments) => run_render(&arguments),
        Command::Schema => report::schema().and_then(|text| print_and_pass(&text)),
        Command::Rules { markdown: true, .. } => print_and_pass(&rules::pages()),
        Command::Rules { table: true, .. } => print_and_pass(&rules::table()),
        Command::Rules { name, .. } => show_rules(name.as_deref()),
    };
    match ended {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::from(USAGE)
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn run_check(arguments: &CheckArguments) -> Result<ExitCode, String> {
    let mut settings = Settings::from_environment().map_err(|error| error.to_string())?;
    if let Some(unknown) = arguments.unknown {
        settings.on_unknown = match unknown {
            Unknown::Block => OnUnknown::Block,
            Unknown::Warn => OnUnknown::Warn,
        };
    }
    let candidate = match &arguments.file {
        Some(path) => Some(read(path).map_err(|error| error.to_string())?),
        None => None,
    };
    let options = match (candidate, &arguments.distribution) {
        (Some(candidate), _) => CheckOptions::File(Box::new(candidate)),
        (None, Some(distribution)) => CheckOptions::Distribution(distribution),
        (None, None) => return Err("give a file or --distribution".to_owned()),
    };
    let judged = if arguments.offline {
        check::<Aws>(options, None, &settings).await
    } else {
        let aws = Aws::load(&trust()?, settings.report_bucket.clone()).await;
        let account = aws.account().await.map_err(|error| {
            format!("{error}\nhelp: log in to AWS, or use --offline to check what needs no account")
        })?;
        let aws = if settings.network == Some(false) {
            aws
        } else {
            aws.with_network(Network::system())
        };
        check(options, Some((&aws, Some(&account))), &settings).await
    };
    let (report, verdict) = judged.map_err(|error| error.to_string())?;
    let document = Document::One(Box::new(report));
    deliver(
        &report::render(&document, arguments.output)?,
        arguments.out.as_deref(),
    )?;
    Ok(ExitCode::from(match verdict {
        Verdict::Pass => 0,
        Verdict::Block => 1,
        Verdict::Inconclusive => 3,
    }))
}

fn read(path: &Path) -> Result<Candidate, GuardError> {
    let name = path.display().to_string();
    let content = content(path).map_err(|error| {
        GuardError::missing(format!("{name}: {error}"), "Give a file that can be read")
    })?;
    let name = if name == "-" { "standard input" } else { &name };
    read_document(Source::File, name, &content)
}

fn content(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.as_os_str() != "-" {
        return std::fs::read(path);
    }
    let mut content = Vec::new();
    std::io::stdin().read_to_end(&mut content)?;
    Ok(content)
}

fn trust() -> Result<Trust, String> {
    match ca_bundle() {
        Some(path) => std::fs::read(&path)
            .map(Trust::Pem)
            .map_err(|error| format!("AWS_CA_BUNDLE={path}: {error}")),
        None => Ok(Trust::Platform),
    }
}

fn run_render(arguments: &RenderArguments) -> Result<ExitCode, String> {
    let name = arguments.file.display();
    let document = content(&arguments.file)
        .map_err(|error| error.to_string())
        .and_then(|content| Document::read(&content).map_err(|error| error.to_string()))
        .map_err(|error| format!("{name}: {error}"))?;
    deliver(
        &report::render(&document, arguments.output)?,
        arguments.out.as_deref(),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn deliver(text: &str, out: Option<&Path>) -> Result<(), String> {
    match out {
        None => write_out(text),
        Some(path) => {
            std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
        }
    }
}

/// A reader that stopped reading, such as `head`, is no error.
fn write_out(text: &str) -> Result<(), String> {
    use std::io::{ErrorKind, Write as _};
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

fn show_rules(name: Option<&str>) -> Result<ExitCode, String> {
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

fn print_and_pass(text: &str) -> Result<ExitCode, String> {
    write_out(text)?;
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
