//! `plan`: the configs on the way to a candidate, each of them judged.

use std::path::Path;
use std::process::ExitCode;

use origin_guard::candidate::{Candidate, Source, config_of, read_document};
use origin_guard::change::header_values;
use origin_guard::change::rollout::{self, Step};
use origin_guard::document::Node;
use origin_guard::guard::{Candidates, CheckOptions, Checked, Progress, Session, check, live};
use origin_guard::ports::{Account, Memory, Offline};
use origin_guard::report;
use origin_guard::settings::Settings;
use origin_guard::verdict::Verdict;
use serde_json::{Value, json};

use crate::account::sign_in;
use crate::arguments::PlanArguments;
use crate::input::{content, is_distribution};
use crate::output::write_out;
use crate::progress::with_progress;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(arguments: &PlanArguments) -> Result<ExitCode, String> {
    if is_distribution(&arguments.candidate) {
        return Err(format!(
            "`{}` is a distribution; give the candidate as a file",
            arguments.candidate
        ));
    }
    let settings = Settings::from_environment().map_err(|error| error.to_string())?;
    if arguments.offline {
        let session = Session::open(&Offline, None);
        return Box::pin(plan(arguments, &settings, session, &Offline)).await;
    }
    let (aws, account) = sign_in(&settings).await?;
    let session = Session::open(&aws, Some(account));
    Box::pin(plan(arguments, &settings, session, &aws)).await
}

async fn plan<A: Account>(
    arguments: &PlanArguments,
    settings: &Settings,
    session: Session<'_, A>,
    memory: &impl Memory,
) -> Result<ExitCode, String> {
    let progress = Progress::default();
    let session = session.watched(&progress);
    let (candidate, id) = config(&arguments.candidate, session.account()).await?;
    let name = match arguments.baseline.as_deref() {
        Some(name) => name.to_owned(),
        None => id.ok_or_else(|| {
            format!(
                "`{}` does not say which distribution it is for; name what is there now as --baseline",
                arguments.candidate
            )
        })?,
    };
    let (mut baseline, id) = config(&name, session.account()).await?;
    with_header_values((&mut baseline, &name), (&candidate, &arguments.candidate))?;
    if let Some(url) = &settings.contract {
        eprintln!("note: the steps are judged without the contract {url}");
    }
    let steps = rollout::configs(&baseline, &candidate);
    let options = CheckOptions {
        candidates: Candidates::Files(candidates(&steps, id.as_deref())?),
        against: None,
        contract: None,
        settings,
    };
    let judged = check(&session, memory, options);
    let judged = Box::pin(with_progress(judged, &progress)).await;
    let judged = judged.map_err(|error| error.to_string())?;
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
) -> Result<(), String> {
    const GIVE: &str =
        "help: give what `aws cloudfront get-distribution-config` prints, which has the values";
    let filled = header_values::fill_in(live, candidate);
    for (config, name, option) in [
        (&*live, live_name, " as --baseline"),
        (candidate, candidate_name, ""),
    ] {
        let hidden = header_values::hidden(config);
        if !hidden.is_empty() {
            return Err(format!(
                "`{name}` does not have the value of {}, and a step without it would replace it\n{GIVE}{option}",
                hidden.join(", ")
            ));
        }
    }
    if filled > 0 {
        eprintln!(
            "note: {filled} origin header{} the candidate's value in every step, since the guard does not read \
             values from CloudFront\n{GIVE} as --baseline, where the candidate changes one",
            if filled == 1 { " has" } else { "s have" }
        );
    }
    Ok(())
}

/// The configs of the steps, to be judged.
fn candidates(steps: &[Step<Value>], id: Option<&str>) -> Result<Vec<Candidate>, String> {
    let candidates = steps.iter().enumerate().map(|(at, step)| {
        let name = format!("{}-{}.json", at + 1, step.name);
        let text = step.content.to_string();
        let mut read = read_document(Source::File, &name, text.as_bytes())
            .map_err(|error| error.to_string())?;
        read.distribution.id = id.map(str::to_owned);
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
) -> Result<(), String> {
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
                .and_then(|()| {
                    std::fs::write(folder.join(&report.candidate.document), pretty + "\n")
                })
                .map_err(|error| format!("{}: {error}", folder.display()))?;
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

/// The whole config of a file or of a distribution, every field of it, and the distribution's ID.
async fn config(name: &str, account: &impl Account) -> Result<(Value, Option<String>), String> {
    if is_distribution(name) {
        let live = live(account, name)
            .await
            .map_err(|error| error.to_string())?;
        return Ok((config_of(&live.config).to_value(), live.distribution.id));
    }
    let bytes = content(Path::new(name)).map_err(|error| format!("{name}: {error}"))?;
    let read = read_document(Source::File, name, &bytes).map_err(|error| error.to_string())?;
    if read.provenance.resource.is_some() {
        return Err(format!(
            "`{name}` is a {}; steps are made of whole configs, as get-distribution-config prints them",
            read.provenance.format.name()
        ));
    }
    let node = Node::from_json(&bytes).map_err(|error| format!("{name}: {error}"))?;
    Ok((config_of(&node).to_value(), read.distribution.id))
}
