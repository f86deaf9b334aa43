//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use origin_guard::report::Output;

pub(crate) const EXAMPLES: &str = "\
Examples:
  origin-guard demo                                       see it at work, without an account
  origin-guard check distribution.json                    judge a config against your account
  origin-guard check template.yaml --parameters prod.json judge each distribution of a template
  origin-guard check --offline 'cdn/*.json'               judge several, without a call
  origin-guard contract init E2EXAMPLE1GUARD              declare what is there now, to hold changes to
  origin-guard check --distribution E2EXAMPLE1GUARD --output html --out report.html
  origin-guard render report.json --output junit          another form of a stored report
  origin-guard rules missing-bucket                       what a rule means, and how to fix it";

/// Judges a CloudFront config against the account before it is deployed.
///
/// Exit codes: 0 pass, 1 findings block, 2 usage or unreadable input, 3 inconclusive.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge a config from a file, or the one that is live
    Check(CheckArguments),
    /// Show what changes between two configs, as CloudFront sees it
    Diff(DiffArguments),
    /// Write the configs on the way to a candidate, each of them judged: origins, behaviors, removal
    Plan(PlanArguments),
    /// Write the contract that a config keeps, or the schema of contract files
    Contract(ContractArguments),
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
        /// Write the pages as a static site into this folder
        #[arg(long, value_name = "FOLDER", conflicts_with_all = ["name", "markdown", "table"])]
        site: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Configs: CloudFormation, SAM or CDK templates (JSON, YAML, or a `cdk.out`), Terraform plans (`terraform show -json`), get-distribution(-config) output, DistributionConfig, or CLI input; patterns such as `cdn/*.json`; `-` reads standard input
    #[arg(
        required_unless_present_any = ["distribution", "change_set"],
        conflicts_with_all = ["distribution", "change_set"],
        value_name = "FILE"
    )]
    pub files: Vec<PathBuf>,
    /// Judge what is live: a distribution's ID or alias
    #[arg(long, value_name = "ID", conflicts_with_all = ["stack", "resource", "parameters"])]
    pub distribution: Option<String>,
    /// Judge a change set of CloudFormation: its ARN, or its name beside --stack
    #[arg(long, value_name = "CHANGE_SET", conflicts_with_all = ["distribution", "offline", "parameters"])]
    pub change_set: Option<String>,
    /// The stack that a template or change set is for: its physical IDs, parameters and outputs fill in what the template leaves open
    #[arg(long, value_name = "STACK", conflicts_with = "offline")]
    pub stack: Option<String>,
    #[command(flatten)]
    pub reading: Reading,
    /// Show what changes against this: a file, `live`, `last-good`, or a distribution's ID or alias
    #[arg(long, value_name = "BASELINE")]
    pub baseline: Option<String>,
    /// Hold it to what this contract file declares (JSON or YAML), and accept what it waives
    #[arg(long, value_name = "FILE")]
    pub contract: Option<PathBuf>,
    /// Make no call, not even DNS: what could not be checked is listed
    #[arg(long, conflicts_with = "distribution")]
    pub offline: bool,
    /// Print the facts behind the verdict too: what was asked about each origin, and what was answered
    #[arg(long)]
    pub explain: bool,
    #[command(flatten)]
    pub printing: Printing,
    /// From what on the exit code is not 0: errors (1), warnings too (1), or also any fact that is not known (3)
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    pub fail_on: FailOn,
    /// What a fact that could not be checked does
    #[arg(long, value_enum)]
    pub unknown: Option<Unknown>,
}

/// How files are read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// The form of the files
    #[arg(long, value_enum, default_value_t = Form::Auto)]
    pub format: Form,
    /// The logical ID or address of the one distribution that is meant
    #[arg(long, value_name = "ID")]
    pub resource: Option<String>,
    /// Values for a template's parameters: a file (CodePipeline's template configuration, the AWS CLI's list), or NAME=VALUE, such as AWS::Region=eu-west-1
    #[arg(long, value_name = "FILE|NAME=VALUE")]
    pub parameters: Vec<String>,
}

impl Reading {
    /// Refuses what is asked for where no file is read, so that nothing is left out in silence.
    pub(crate) fn without_files(&self) -> Result<(), String> {
        let options = [
            ("--format", self.format != Form::Auto),
            ("--resource", self.resource.is_some()),
            ("--parameters", !self.parameters.is_empty()),
        ];
        match options.into_iter().find(|(_, is_given)| *is_given) {
            Some((option, _)) => Err(format!("{option} is for files; what is live needs none")),
            None => Ok(()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    Auto,
    DistributionConfig,
    #[value(name = "cloudformation")]
    CloudFormation,
    TerraformPlan,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// A file, or a distribution's ID or alias; `live` is what the other one's distribution runs
    pub before: String,
    /// The same
    pub after: String,
    #[command(flatten)]
    pub reading: Reading,
    /// Print the changes as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    /// The config to end with, as get-distribution-config prints it, or DistributionConfig
    pub candidate: String,
    /// The config that is there now: a file, or a distribution's ID or alias; without it, what the candidate's distribution runs
    #[arg(long, value_name = "BASELINE")]
    pub baseline: Option<String>,
    /// Make no call, not even DNS
    #[arg(long)]
    pub offline: bool,
    /// Write each config to a file of its own in this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ContractArguments {
    #[command(subcommand)]
    pub command: ContractCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ContractCommand {
    /// Print the contract that a config keeps, to begin with
    Init {
        /// A file, or a distribution's ID or alias
        config: String,
        #[command(flatten)]
        reading: Reading,
    },
    /// Print the JSON Schema of contract files, for editors
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct RenderArguments {
    /// A report as `--output json` prints it or the guard stores it; `-` reads standard input
    pub file: PathBuf,
    #[command(flatten)]
    pub printing: Printing,
}

/// How and where a report is printed.
#[derive(Debug, Args)]
pub(crate) struct Printing {
    /// The form of the report
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// Write it to this file instead of standard output
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Colors in text; `auto` is on terminals, unless NO_COLOR is set
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum FailOn {
    Error,
    Warning,
    Unknown,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Unknown {
    Block,
    Warn,
}
