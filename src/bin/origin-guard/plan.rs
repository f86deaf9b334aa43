//! `plan`: the configs on the way to a candidate, each of them judged.

use std::path::Path;
use std::process::ExitCode;

use origin_guard::candidate::{Candidate, Source, config_of, read_document};
use origin_guard::change::header_values;
use origin_guard::change::rollout::{self, Step};
use origin_guard::distribution::DistributionId;
use origin_guard::document::Node;
use origin_guard::guard::{Candidates, CheckOptions, Checked, Progress, Session, check, live};
use origin_guard::ports::{Account, Memory};
use origin_guard::report;
use origin_guard::rules::Selection;
use origin_guard::settings::Settings;
use origin_guard::verdict::Verdict;
use serde_json::{Value, json};

use crate::account::{Access, WithoutAccount, Work, in_session};
use crate::arguments::PlanArguments;
use crate::input::content;
use crate::names::is_distribution;
use crate::output::{write_file, write_out};
use crate::problem::Problem;
use crate::progress::with_progress;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(arguments: &PlanArguments) -> Result<ExitCode, Problem> {
    if is_distribution(&arguments.candidate) {
        return Err(Problem::new(format!(
            "`{}` is a distribution; give the candidate as a file",
            arguments.candidate
        )));
    }
    let settings = Settings::from_environment()?;
    let plan = Plan {
        candidate: Config::of_file(&arguments.candidate)?,
        baseline: match arguments.baseline.as_deref() {
            Some(name) if !is_distribution(name) => Some(Config::of_file(name)?),
            _ => None,
        },
        arguments,
        settings: &settings,
    };
    let access = Access::of(arguments.offline, &arguments.credentials);
    in_session(access, &settings, WithoutAccount::Plan, plan).await
}

/// A whole config, every field of it, and its distribution's ID.
struct Config {
    content: Value,
    id: Option<DistributionId>,
}

/// What steps are made of, read as far as it can be before an account is asked.
struct Plan<'a> {
    arguments: &'a PlanArguments,
    settings: &'a Settings,
    candidate: Config,
    /// Where it is a file.
    baseline: Option<Config>,
}

impl Work for Plan<'_> {
    async fn run<A: Account + Memory>(self, session: Session<'_, A>) -> Result<ExitCode, Problem> {
        plan(self, session).await
    }
}

async fn plan<A: Account + Memory>(
    plan: Plan<'_>,
    session: Session<'_, A>,
) -> Result<ExitCode, Problem> {
    let Plan {
        arguments,
        settings,
        candidate,
        baseline,
    } = plan;
    let progress = Progress::default();
    let session = session.watched(&progress);
    let name = match arguments.baseline.as_deref() {
        Some(name) => name.to_owned(),
        None => candidate.id.map(|id| id.to_string()).ok_or_else(|| {
            format!(
                "`{}` does not say which distribution it is for; name what is there now as --baseline",
                arguments.candidate
            )
        })?,
    };
    let candidate = candidate.content;
    let baseline = match baseline {
        Some(baseline) => baseline,
        None => Config::of_live(&name, session.account()).await?,
    };
    let (mut baseline, id) = (baseline.content, baseline.id);
    // CloudFront's answer has its header values hidden, and a step that is deployed without them
    // would replace the real ones.
    let filled = with_header_values((&mut baseline, &name), (&candidate, &arguments.candidate))?;
    if let Some(note) = filled.filter(|_| !arguments.quiet) {
        eprintln!("{note}");
    }
    if let Some(url) = settings.contract.as_ref().filter(|_| !arguments.quiet) {
        eprintln!("note: the steps are judged without the contract {url}");
    }
    let steps = rollout::configs(&baseline, &candidate);
    let options = CheckOptions {
        candidates: Candidates::Read(candidates(&steps, id.as_ref())?),
        distribution: None,
        against: None,
        contract: None,
        selection: &Selection::default(),
        settings,
    };
    let judged = check(&session, session.account(), options);
    let judged = if arguments.quiet {
        Box::pin(judged).await?
    } else {
        Box::pin(with_progress(judged, &progress)).await?
    };
    print_steps(&steps, &judged, arguments.out.as_deref())?;
    let worst = judged.iter().map(|checked| checked.verdict).max();
    Ok(ExitCode::from(match worst.unwrap_or(Verdict::Pass) {
        Verdict::Pass => 0,
        Verdict::Block => 1,
        Verdict::Inconclusive => 3,
    }))
}

/// A step that is deployed replaces what is there, so it has the value of each header or is not made.
fn with_header_values(
    (live, live_name): (&mut Value, &str),
    (candidate, candidate_name): (&Value, &str),
) -> Result<Option<String>, Problem> {
    const GIVE: &str =
        "give what `aws cloudfront get-distribution-config` prints, which has the values";
    let filled = header_values::fill_in(live, candidate);
    for (config, name, option) in [
        (&*live, live_name, " as --baseline"),
        (candidate, candidate_name, ""),
    ] {
        let hidden = header_values::hidden(config);
        if !hidden.is_empty() {
            return Err(Problem::new(format!(
                "`{name}` does not have the value of {}, and a step without it would replace it",
                hidden.join(", ")
            ))
            .help(format!("{GIVE}{option}")));
        }
    }
    let have = if filled == 1 { " has" } else { "s have" };
    Ok((filled > 0).then(|| {
        format!(
            "note: {filled} origin header{have} the candidate's value in every step, since the guard does not read \
             values from CloudFront\nhelp: {GIVE} as --baseline, where the candidate changes one"
        )
    }))
}

/// The configs of the steps, to be judged.
fn candidates(
    steps: &[Step<Value>],
    id: Option<&DistributionId>,
) -> Result<Vec<Candidate>, Problem> {
    let candidates = steps.iter().enumerate().map(|(at, step)| {
        let name = format!("{}-{}.json", at + 1, step.name);
        let text = step.content.to_string();
        let mut read = read_document(Source::File, &name, text.as_bytes())?;
        // A step's file names no distribution, and bucket policies are judged by its ARN.
        read.distribution.id = id.cloned();
        Ok(read)
    });
    candidates.collect()
}

/// Writes each step to a file of its own, or all of them to standard output; what is wrong with them
/// to standard error.
fn print_steps(
    steps: &[Step<Value>],
    judged: &[Checked],
    out: Option<&Path>,
) -> Result<(), Problem> {
    let mut printed = Vec::with_capacity(steps.len());
    for (step, checked) in steps.iter().zip(judged) {
        let report = &checked.report;
        eprintln!(
            "{}: {}: {}",
            report.candidate.document, report.verdict, step.why
        );
        if checked.verdict != Verdict::Pass {
            eprint!("{}", report::text(report));
        }
        let pretty = serde_json::to_string_pretty(&step.content).map_err(|it| it.to_string())?;
        if let Some(folder) = out {
            std::fs::create_dir_all(folder)
                .map_err(|error| format!("{}: {error}", folder.display()))?;
            write_file(&folder.join(&report.candidate.document), &(pretty + "\n"))?;
        }
        printed.push(json!({"step": step.name, "why": step.why, "verdict": report.verdict, "config": step.content}));
    }
    if steps.is_empty() {
        eprintln!("nothing changes");
    } else if out.is_none() {
        let text = serde_json::to_string_pretty(&printed).map_err(|error| error.to_string())?;
        write_out(&(text + "\n"))?;
    }
    Ok(())
}

impl Config {
    async fn of_live(name: &str, account: &impl Account) -> Result<Self, Problem> {
        let live = live(account, name).await?;
        Ok(Self {
            content: config_of(&live.config).to_value(),
            id: live.distribution.id,
        })
    }

    fn of_file(name: &str) -> Result<Self, Problem> {
        let bytes = content(Path::new(name))?;
        let read = read_document(Source::File, name, &bytes)?;
        if read.provenance.resource.is_some() {
            return Err(Problem::new(format!(
                "`{name}` is a {}; steps are made of whole configs, as get-distribution-config prints them",
                read.provenance.format.name()
            )));
        }
        let node = Node::from_json(&bytes).map_err(|error| format!("{name}: {error}"))?;
        Ok(Self {
            content: config_of(&node).to_value(),
            id: read.distribution.id,
        })
    }
}
