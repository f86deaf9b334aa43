//! The command line: arguments and exit codes only.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use origin_guard::aws::{Aws, Trust};
use origin_guard::candidate::{Candidate, Source, read_document};
use origin_guard::change::difference;
use origin_guard::error::GuardError;
use origin_guard::guard::{Against, CheckOptions, check, live};
use origin_guard::network::Network;
use origin_guard::report;
use origin_guard::report::v1::Report;
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
    /// Tell what changes between two configs, as CloudFront sees it
    Diff(DiffArguments),
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
    /// Tell what changes against this: a file, `live`, `last-good`, or a distribution's ID or alias
    #[arg(long, value_name = "BASELINE")]
    baseline: Option<String>,
    /// Make no call, not even DNS: what could not be looked at is listed
    #[arg(long, conflicts_with = "distribution")]
    offline: bool,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
    /// What a fact that could not be looked at does
    #[arg(long, value_enum)]
    unknown: Option<Unknown>,
}

#[derive(Debug, Args)]
struct DiffArguments {
    /// A file, or a distribution's ID or alias; `live` is what the other one's distribution runs
    before: String,
    /// The same
    after: String,
    /// Print the changes as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Output {
    Text,
    Json,
    Markdown,
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
        Command::Diff(arguments) => run_diff(&arguments),
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
    let against = match arguments.baseline.as_deref() {
        None => None,
        Some("live") => Some(Against::Live),
        Some("last-good") => Some(Against::LastGood),
        Some(name) if is_distribution(name) => Some(Against::Distribution(name)),
        Some(path) => {
            let file = read(&path.into()).map_err(|error| error.to_string())?;
            Some(Against::File(Box::new(file)))
        }
    };
    let judged = if arguments.offline {
        check::<Aws>(options, against, None, &settings).await
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
        check(options, against, Some((&aws, Some(&account))), &settings).await
    };
    let (report, verdict) = judged.map_err(|error| error.to_string())?;
    print(&report, arguments.output)?;
    Ok(ExitCode::from(match verdict {
        Verdict::Pass => 0,
        Verdict::Block => 1,
        Verdict::Inconclusive => 3,
    }))
}

/// Whether a word means a distribution: it is no file, and has the form of an ID or an alias.
fn is_distribution(word: &str) -> bool {
    let id = word.starts_with('E')
        && word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let alias = word.contains('.')
        && !word.contains(['/', '\\'])
        && !word.to_ascii_lowercase().ends_with("json");
    word != "-" && (id || alias) && !std::path::Path::new(word).exists()
}

#[tokio::main(flavor = "current_thread")]
async fn run_diff(arguments: &DiffArguments) -> Result<ExitCode, String> {
    let words = [arguments.before.as_str(), arguments.after.as_str()];
    let mut sides = [None, None];
    for (side, word) in sides.iter_mut().zip(words) {
        if word != "live" && !is_distribution(word) {
            *side = Some(read(&word.into()).map_err(|error| error.to_string())?);
        }
    }
    let mut names = words.map(str::to_owned);
    for (at, word) in words.into_iter().enumerate() {
        if word == "live" {
            let other = &sides[1 - at];
            let own = other.as_ref().and_then(|it| it.distribution.id.clone());
            let given = is_distribution(words[1 - at]).then(|| words[1 - at].to_owned());
            names[at] = own.or(given).ok_or_else(|| {
                format!(
                    "`{}` does not say which distribution it is for; give an ID instead of `live`",
                    words[1 - at]
                )
            })?;
        }
    }
    if sides.iter().any(Option::is_none) {
        let settings = Settings::from_environment().map_err(|error| error.to_string())?;
        let aws = Aws::load(&trust()?, settings.report_bucket.clone()).await;
        for (side, name) in sides.iter_mut().zip(&names) {
            if side.is_none() {
                let found = live(name, Some(&aws)).await;
                *side = Some(found.map_err(|error| error.to_string())?);
            }
        }
    }
    let [Some(before), Some(after)] = &sides else {
        return Err("give two configs".to_owned());
    };
    let changes = report::changes(&difference(&before.distribution, &after.distribution));
    let text = if arguments.json {
        serde_json::to_string_pretty(&changes).map_err(|error| error.to_string())? + "\n"
    } else if changes.is_empty() {
        "no difference in origins, origin groups and cache behaviors\n".to_owned()
    } else {
        report::changes_text(&changes, usize::MAX)
    };
    print_and_pass(&text)
}

fn read(path: &PathBuf) -> Result<Candidate, GuardError> {
    let name = path.display().to_string();
    let unreadable = |error: std::io::Error| {
        GuardError::missing(format!("{name}: {error}"), "Give a file that can be read")
    };
    if name == "-" {
        let mut content = Vec::new();
        std::io::stdin()
            .read_to_end(&mut content)
            .map_err(unreadable)?;
        return read_document(Source::File, "standard input", &content);
    }
    let content = std::fs::read(path).map_err(unreadable)?;
    read_document(Source::File, &name, &content)
}

fn trust() -> Result<Trust, String> {
    match ca_bundle() {
        Some(path) => std::fs::read(&path)
            .map(Trust::Pem)
            .map_err(|error| format!("AWS_CA_BUNDLE={path}: {error}")),
        None => Ok(Trust::Platform),
    }
}

fn print(report: &Report, output: Output) -> Result<(), String> {
    let text = match output {
        Output::Text => report::text(report),
        Output::Markdown => report::markdown(report),
        Output::Json => {
            serde_json::to_string_pretty(report).map_err(|error| error.to_string())? + "\n"
        }
    };
    write_out(&text)
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
