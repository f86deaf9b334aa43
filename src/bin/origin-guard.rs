//! The command line: arguments and exit codes only.

use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use origin_guard::aws::{Aws, Trust};
use origin_guard::candidate::{Candidate, Source, read_document};
use origin_guard::change::difference;
use origin_guard::demo;
use origin_guard::error::GuardError;
use origin_guard::guard::{Against, CheckOptions, check, live};
use origin_guard::network::Network;
use origin_guard::report::v1::Report;
use origin_guard::report::{self, Document, Look, Output};
use origin_guard::rules::{self, Phase};
use origin_guard::settings::{OnUnknown, Settings, ca_bundle, no_color};
use origin_guard::verdict::Verdict;

const EXAMPLES: &str = "\
Examples:
  origin-guard demo                                       see it at work, without an account
  origin-guard check distribution.json                    judge a config against your account
  origin-guard check --offline 'cdn/*.json'               judge several, without a call
  origin-guard check --distribution E2EXAMPLE1GUARD --output html --out report.html
  origin-guard render report.json --output junit          another form of a stored report
  origin-guard rules missing-bucket                       what a rule means, and how to fix it";

/// Judges a CloudFront config against the account before it is deployed.
///
/// Exit codes: 0 pass, 1 findings block, 2 usage or unreadable input, 3 inconclusive.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, after_help = EXAMPLES)]
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
    /// Write a stored report in another form
    Render(RenderArguments),
    /// Print the JSON Schema of the report
    Schema,
    /// Judge a broken example, without an account
    Demo(Printing),
    /// Print completions for a shell, such as `origin-guard completions bash`
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
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
    /// JSON of configs: get-distribution(-config) output, DistributionConfig, or CLI input; patterns such as `cdn/*.json`; `-` reads standard input
    #[arg(
        required_unless_present = "distribution",
        conflicts_with = "distribution",
        value_name = "FILE"
    )]
    files: Vec<PathBuf>,
    /// Judge what is live: a distribution's ID or alias
    #[arg(long, value_name = "ID")]
    distribution: Option<String>,
    /// Tell what changes against this: a file, `live`, `last-good`, or a distribution's ID or alias
    #[arg(long, value_name = "BASELINE")]
    baseline: Option<String>,
    /// Make no call, not even DNS: what could not be looked at is listed
    #[arg(long, conflicts_with = "distribution")]
    offline: bool,
    #[command(flatten)]
    printing: Printing,
    /// From what on the exit code is not 0: errors (1), warnings too (1), or also any fact that is not known (3)
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
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

#[derive(Debug, Args)]
struct RenderArguments {
    /// A report as `--output json` prints it or the guard stores it; `-` reads standard input
    file: PathBuf,
    #[command(flatten)]
    printing: Printing,
}

/// How and where a report is printed.
#[derive(Debug, Args)]
struct Printing {
    /// The form of the report
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
    /// Write it to this file instead of standard output
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Colors in text; `auto` is on terminals, unless NO_COLOR is set
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Unknown,
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
        Command::Render(arguments) => run_render(&arguments),
        Command::Schema => report::schema().and_then(|text| print_and_pass(&text)),
        Command::Demo(printing) => run_demo(&printing),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "origin-guard", &mut text);
            print_and_pass(&String::from_utf8_lossy(&text))
        }
        Command::Man => manual(),
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
    let aws = if arguments.offline {
        None
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
        Some((aws, account))
    };
    let services = || {
        aws.as_ref()
            .map(|(aws, account)| (aws, Some(account.as_str())))
    };
    let against = match arguments.baseline.as_deref() {
        None => None,
        Some("live") => Some(Against::Live),
        Some("last-good") => Some(Against::LastGood),
        Some(name) if is_distribution(name) => Some(Against::Distribution(name)),
        Some(path) => {
            let (file, _) = read(Path::new(path)).map_err(|error| error.to_string())?;
            Some(Against::File(Box::new(file)))
        }
    };
    let mut judged = Vec::new();
    let mut sources = Vec::new();
    if let Some(distribution) = &arguments.distribution {
        let options = CheckOptions::Distribution(distribution);
        judged.push(check(options, against.clone(), services(), &settings).await);
        sources.push(None);
    }
    for path in expand(&arguments.files)? {
        let (candidate, content) = read(&path).map_err(|error| error.to_string())?;
        let options = CheckOptions::File(Box::new(candidate));
        judged.push(check(options, against.clone(), services(), &settings).await);
        sources.push(String::from_utf8(content).ok());
    }
    let judged: Result<Vec<_>, GuardError> = judged.into_iter().collect();
    let judged = judged.map_err(|error| error.to_string())?;
    let (reports, verdicts): (Vec<Report>, Vec<Verdict>) = judged.into_iter().unzip();
    let worst = verdicts.into_iter().max().unwrap_or(Verdict::Pass);
    let code = exit_code(&reports, worst, arguments.fail_on);
    let document = Document::of(reports, worst.name());
    print(&document, &sources, &arguments.printing)?;
    Ok(ExitCode::from(code))
}

/// Whether a word means a distribution: it is no file, and has the form of an ID or an alias.
fn is_distribution(word: &str) -> bool {
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

#[tokio::main(flavor = "current_thread")]
async fn run_diff(arguments: &DiffArguments) -> Result<ExitCode, String> {
    let words = [arguments.before.as_str(), arguments.after.as_str()];
    let mut sides = [None, None];
    for (side, word) in sides.iter_mut().zip(words) {
        if word != "live" && !is_distribution(word) {
            *side = Some(read(Path::new(word)).map_err(|error| error.to_string())?.0);
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

fn exit_code(reports: &[Report], verdict: Verdict, fail_on: FailOn) -> u8 {
    let warned = || {
        let mut findings = reports.iter().flat_map(|report| &report.findings);
        findings.any(|finding| finding.severity == "warning")
    };
    let unknown = || reports.iter().any(|report| !report.unknowns.is_empty());
    match verdict {
        Verdict::Block => 1,
        _ if fail_on >= FailOn::Warning && warned() => 1,
        Verdict::Inconclusive => 3,
        Verdict::Pass if fail_on == FailOn::Unknown && unknown() => 3,
        Verdict::Pass => 0,
    }
}

/// The files that patterns stand for, for shells that leave them as they are.
fn expand(files: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
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

fn run_demo(printing: &Printing) -> Result<ExitCode, String> {
    let (report, verdict) = demo::report().map_err(|error| error.to_string())?;
    let reports = vec![report];
    let code = exit_code(&reports, verdict, FailOn::Error);
    let document = Document::of(reports, verdict.name());
    print(&document, &[Some(demo::CONFIG.to_owned())], printing)?;
    Ok(ExitCode::from(code))
}

fn manual() -> Result<ExitCode, String> {
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(Arguments::command());
    page.render(&mut text).map_err(|error| error.to_string())?;
    print_and_pass(&String::from_utf8_lossy(&text))
}

/// Prints in the form that was asked for; text with the sources' lines, where they are at hand.
fn print(
    document: &Document,
    sources: &[Option<String>],
    printing: &Printing,
) -> Result<(), String> {
    let is_terminal = printing.out.is_none() && std::io::stdout().is_terminal();
    let look = Look {
        color: match printing.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !no_color(),
        },
        width: terminal_size::terminal_size()
            .filter(|_| is_terminal)
            .map(|(width, _)| usize::from(width.0)),
    };
    let is_plain = !look.color && sources.iter().all(Option::is_none);
    let text = if printing.output != Output::Text || is_plain {
        report::render(document, printing.output)?
    } else {
        let sources = sources.iter().map(Option::as_deref);
        let reports = document
            .reports()
            .iter()
            .zip(sources.chain(std::iter::repeat(None)));
        let texts: Vec<String> = reports
            .map(|(report, source)| report::terminal(report, source, look))
            .collect();
        texts.join("\n")
    };
    deliver(&text, printing.out.as_deref())
}

fn read(path: &Path) -> Result<(Candidate, Vec<u8>), GuardError> {
    let name = path.display().to_string();
    let content = content(path).map_err(|error| {
        GuardError::missing(format!("{name}: {error}"), "Give a file that can be read")
    })?;
    let name = if name == "-" { "standard input" } else { &name };
    Ok((read_document(Source::File, name, &content)?, content))
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
    print(&document, &[], &arguments.printing)?;
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
