//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use origin_guard::candidate::{ResourceName, StackName};
use origin_guard::report::Output;
use origin_guard::sweep::Depth;

use crate::problem::Problem;
use crate::values::{FormAndPath, FormOf, RuleName};

pub(crate) const EXAMPLES: &str = "\
Examples:
  origin-guard demo                                       see it at work, without an account
  origin-guard check distribution.json                    judge a config against your account
  origin-guard check template.yaml --parameters prod.json judge each distribution of a template
  origin-guard check --offline 'cdn/*.json'               judge several, without a call
  origin-guard trace distribution.json /docs/ /api/users  which origin and key a path reaches
  origin-guard verify E2EXAMPLE1GUARD --wait              is it deployed, and does the edge reach its origins?
  origin-guard contract init E2EXAMPLE1GUARD              declare what is there now, to hold changes to
  origin-guard check --distribution www.example.com       judge what is live, by ID, ARN or domain
  origin-guard check --all --output html=report.html      judge every live distribution
  origin-guard uses --live s3://example-assets            who uses a bucket, before it is deleted
  origin-guard sweep                                      which origins of the account's distributions are gone
  origin-guard render report.json --output-format junit   another form of a stored report
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
    Check(Box<CheckArguments>),
    /// Show what changes between two configs, as CloudFront sees it
    Diff(DiffArguments),
    /// Write the configs on the way to a candidate, each of them judged: origins, behaviors, removal
    Plan(PlanArguments),
    /// Show which behavior, origin and key a path reaches, and what may answer
    Trace(TraceArguments),
    /// Show which distributions use a bucket, access control, key, VPC origin or host, and how to remove it
    Uses(UsesArguments),
    /// Check every distribution of the account, from its lists
    Sweep(SweepArguments),
    /// Check that a config is deployed, and what the edge answers for each cache behavior
    Verify(Box<VerifyArguments>),
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
    /// Print a manual page, or write all of them
    Man {
        /// The command whose page is printed, such as `check`; without it, the main page
        #[arg(value_name = "COMMAND")]
        command: Vec<String>,
        /// Write the page of every command into this folder
        #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
        out: Option<PathBuf>,
    },
    /// List the rules, or show one rule's page
    Rules {
        /// The rule to show
        #[arg(value_parser = RuleName, hide_possible_values = true)]
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
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that is typed"
)]
pub(crate) struct CheckArguments {
    /// Configs: CloudFormation, SAM or CDK templates (JSON, YAML, or a `cdk.out`), Terraform plans (`terraform show -json`), get-distribution(-config) output, DistributionConfig, or CLI input; patterns such as `cdn/*.json`; `-` reads standard input
    #[arg(
        required_unless_present_any = ["distribution", "change_set", "all"],
        conflicts_with_all = ["change_set", "all"],
        value_name = "FILE"
    )]
    pub files: Vec<PathBuf>,
    /// Judge what is live: a distribution's ID, ARN, alias or `d….cloudfront.net`, in any case; beside FILE, the distribution that the file is for, whose live config is then the baseline
    #[arg(long, value_name = "ID")]
    pub distribution: Option<String>,
    /// Judge every live distribution of the account
    #[arg(
        long,
        conflicts_with_all = ["distribution", "change_set", "stack", "resource", "parameters", "input_format", "offline"]
    )]
    pub all: bool,
    /// Judge a change set of CloudFormation: its ARN, or its name beside --stack
    #[arg(
        long,
        value_name = "CHANGE_SET",
        conflicts_with_all = ["distribution", "offline", "parameters", "input_format"]
    )]
    pub change_set: Option<String>,
    /// The stack that a template or change set is for: its physical IDs, parameters and outputs fill in what the template leaves open
    #[arg(long, value_name = "STACK", conflicts_with = "offline")]
    pub stack: Option<StackName>,
    #[command(flatten)]
    pub reading: Reading,
    /// Show what changes against this: a file, `live`, `last-good`, or a distribution's ID, ARN or domain
    #[arg(long, value_name = "BASELINE")]
    pub baseline: Option<String>,
    /// Hold it to what this contract file declares (JSON or YAML), and accept what it waives
    #[arg(long, value_name = "FILE")]
    pub contract: Option<PathBuf>,
    /// Make no call, not even DNS: what could not be checked is listed
    #[arg(long, conflicts_with_all = ["profile", "region"])]
    pub offline: bool,
    #[command(flatten)]
    pub credentials: Credentials,
    /// Judge only by these rules; a comma between them, or the option again
    #[arg(
        long,
        value_name = "RULE",
        value_parser = RuleName,
        value_delimiter = ',',
        hide_possible_values = true
    )]
    pub select: Vec<String>,
    /// Judge by all rules but these; a report names them
    #[arg(
        long,
        value_name = "RULE",
        value_parser = RuleName,
        value_delimiter = ',',
        hide_possible_values = true
    )]
    pub ignore: Vec<String>,
    /// Take contract, ignored rules and parameters from this file, rather than from the nearest
    /// `origin-guard.toml` or `[tool.origin-guard]` of a `pyproject.toml` in this folder or above it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long, conflicts_with = "config")]
    pub isolated: bool,
    /// Print the facts behind the verdict too: what was asked about each origin, and what was answered
    #[arg(long)]
    pub explain: bool,
    #[command(flatten)]
    pub printing: Printing,
    /// From what on the exit code is not 0: errors (1), warnings too (1), or also any fact that is not known (3)
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    pub fail_on: FailOn,
    /// Exit with 0 whatever is found; what cannot be read stays an error (2)
    #[arg(long)]
    pub exit_zero: bool,
    /// What a fact that could not be checked does
    #[arg(long, value_enum)]
    pub unknown: Option<Unknown>,
}

/// Whose account is asked.
#[derive(Debug, Args)]
pub(crate) struct Credentials {
    /// The profile of the AWS configuration to sign in with, in the place of AWS_PROFILE
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The Region to sign in to, in the place of AWS_REGION
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
}

/// How files are read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// The form of the files
    #[arg(long, value_enum, default_value_t = Form::Auto)]
    pub input_format: Form,
    /// The logical ID or address of the one distribution that is meant
    #[arg(long, value_name = "ID")]
    pub resource: Option<ResourceName>,
    /// Values for a template's parameters: a file (CodePipeline's template configuration, the AWS CLI's list), or NAME=VALUE, such as AWS::Region=eu-west-1
    #[arg(long, value_name = "FILE|NAME=VALUE")]
    pub parameters: Vec<String>,
}

impl Reading {
    /// Refuses what is asked for where no file is read, so that nothing is left out in silence.
    pub(crate) fn without_files(&self) -> Result<(), Problem> {
        let options = [
            ("--input-format", self.input_format != Form::Auto),
            ("--resource", self.resource.is_some()),
            ("--parameters", !self.parameters.is_empty()),
        ];
        match options.into_iter().find(|(_, is_given)| *is_given) {
            Some((option, _)) => Err(Problem::new(format!(
                "{option} is for files; what is live needs none"
            ))),
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
    /// A file, or a distribution's ID, ARN or domain; `live` is what the other one's distribution runs
    pub before: String,
    /// The same
    pub after: String,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub credentials: Credentials,
    #[command(flatten)]
    pub printing: Printing,
    /// Exit with 1 where they differ
    #[arg(long)]
    pub exit_code: bool,
    /// The same as --output-format json
    #[arg(long, hide = true, conflicts_with_all = ["output_format", "outputs"])]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    /// The config to end with, as get-distribution-config prints it, or DistributionConfig
    pub candidate: String,
    /// The config that is there now: a file, or a distribution's ID, ARN or domain; without it, what the candidate's distribution runs
    #[arg(long, value_name = "BASELINE")]
    pub baseline: Option<String>,
    /// Make no call, not even DNS
    #[arg(long, conflicts_with_all = ["profile", "region"])]
    pub offline: bool,
    #[command(flatten)]
    pub credentials: Credentials,
    /// Print no progress and no notes
    #[arg(long, short)]
    pub quiet: bool,
    /// Write each config to a file of its own in this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct TraceArguments {
    /// A file, or a distribution's ID, ARN or domain, which takes an account and asks it about the buckets
    pub config: String,
    /// Paths such as `/docs/`, or URLs; without one, a path for each cache behavior is made from its pattern
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// The HTTP method
    #[arg(long, value_name = "METHOD", default_value = "GET", value_parser = METHODS)]
    pub method: String,
    /// The viewer's Host: an alias, or the distribution's own name
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// What the edge answered for the one path, as `curl -si URL` prints it; `-` reads standard input: shows what that proves about the origin, and the exit code is 1 where it fails, 3 where that is open
    #[arg(long, value_name = "FILE")]
    pub answer: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub credentials: Credentials,
    /// The form
    #[arg(
        long,
        visible_aliases = ["format", "output"],
        value_name = "FORM",
        value_parser = FormOf::<TraceOutput>::new(),
        default_value = "text"
    )]
    pub output_format: TraceOutput,
}

#[derive(Debug, Args)]
pub(crate) struct SweepArguments {
    /// How much is asked: which buckets there are, where and whose; or also grants, keys, access controls and hosts
    #[arg(long, value_enum, default_value_t = SweepDepth::Existence)]
    pub depth: SweepDepth,
    /// What the origins must be: a contract file
    #[arg(long, value_name = "FILE")]
    pub contract: Option<PathBuf>,
    #[command(flatten)]
    pub credentials: Credentials,
    /// The form
    #[arg(
        long,
        visible_aliases = ["format", "output"],
        value_name = "FORM",
        value_parser = FormOf::<TraceOutput>::new(),
        default_value = "text"
    )]
    pub output_format: TraceOutput,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SweepDepth {
    Existence,
    Full,
}

impl From<SweepDepth> for Depth {
    fn from(depth: SweepDepth) -> Self {
        match depth {
            SweepDepth::Existence => Self::Existence,
            SweepDepth::Full => Self::Full,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// The distribution: its ID, ARN, alias or `d….cloudfront.net`, in any case
    #[arg(value_name = "ID")]
    pub distribution: String,
    /// What was to be deployed, in any form that `check` reads; without it, what is live is verified
    #[arg(long, value_name = "FILE")]
    pub candidate: Option<PathBuf>,
    /// The stack that a template is for: its physical IDs, parameters and outputs fill in what the template leaves open
    #[arg(long, value_name = "STACK", requires = "candidate")]
    pub stack: Option<StackName>,
    #[command(flatten)]
    pub reading: Reading,
    /// Hold it to what this contract file declares (JSON or YAML): paths that are asked, and what they must answer
    #[arg(long, value_name = "FILE")]
    pub contract: Option<PathBuf>,
    /// Wait while CloudFront deploys, for ORIGIN_GUARD_VERIFY_MINUTES at most (60)
    #[arg(long)]
    pub wait: bool,
    #[command(flatten)]
    pub credentials: Credentials,
    #[command(flatten)]
    pub printing: Printing,
    /// What a fact that could not be checked does
    #[arg(long, value_enum)]
    pub unknown: Option<Unknown>,
}

/// The methods that CloudFront takes
/// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html>).
const METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceOutput {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct UsesArguments {
    /// `s3://BUCKET`, a bucket's domain or ARN, a domain, the ID or ARN of a distribution, an origin access control, an origin access identity or a VPC origin, or the ARN of a KMS key
    pub subject: String,
    /// Read the list of distributions, not the index that the last sweep has written to the report bucket
    #[arg(long)]
    pub live: bool,
    #[command(flatten)]
    pub credentials: Credentials,
    /// The form
    #[arg(
        long,
        visible_alias = "output-format",
        value_enum,
        default_value_t = TraceOutput::Text
    )]
    pub output: TraceOutput,
    /// Exit with 1 where something uses it
    #[arg(long)]
    pub exit_code: bool,
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
        /// A file, or a distribution's ID, ARN or domain
        config: String,
        #[command(flatten)]
        reading: Reading,
        #[command(flatten)]
        credentials: Credentials,
        /// The form that is written
        #[arg(
            long,
            visible_alias = "format",
            value_name = "FORM",
            value_parser = FormOf::<JsonOnly>::new(),
            default_value = "json"
        )]
        output_format: JsonOnly,
        /// Write it to this file
        #[arg(long, visible_alias = "output-file", value_name = "PATH")]
        out: Option<PathBuf>,
    },
    /// Print the JSON Schema of contract files, for editors
    Schema,
}

/// The only form that a contract is written in; YAML is read too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum JsonOnly {
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct RenderArguments {
    /// A report as `--output-format json` prints it or the guard stores it; `-` reads standard input
    pub file: PathBuf,
    #[command(flatten)]
    pub printing: Printing,
}

/// How and where a report is printed.
#[derive(Debug, Args)]
pub(crate) struct Printing {
    /// The form that is printed; `text` without it
    #[arg(long, visible_alias = "format", value_name = "FORM", value_parser = FormOf::<Output>::new())]
    pub output_format: Option<Output>,
    /// Also write the report in this form to this file, such as `sarif=out.sarif`; may be repeated. Without a
    /// path, the form that is printed
    #[arg(long = "output", value_name = "FORM=PATH", value_parser = FormAndPath)]
    pub outputs: Vec<(Output, Option<PathBuf>)>,
    /// Write what would be printed to this file; its summary and its counts still reach standard error
    #[arg(long, visible_alias = "output-file", value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Print the report only: no progress, summary or counts on standard error, and as text no report that
    /// passes without a finding
    #[arg(long, short)]
    pub quiet: bool,
    /// Colors in text; `auto` is on terminals, unless NO_COLOR is set, and wherever FORCE_COLOR is
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
